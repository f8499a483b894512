"""The signs of the preset for contracts, one history each."""

from __future__ import annotations

from .shared_signs import ALIVE, n_times
from .signing import Sign, at_midnight, by, sign
from .walking import Told, told

BEGIN = told(0, "subscription_started", subscription="s")
USED = (*n_times(4, 1, "feature_used"), *n_times(2, 20, "feature_used"))


def active(day: int, *people: str) -> tuple[Told, ...]:
    """Some people of the account log in."""
    return tuple(told(day, "login", contact=person) for person in people)


def answered(name: str, sent: int, day: int) -> tuple[Told, ...]:
    """A message and its reply."""
    return (told(sent, "message_sent", message=name), told(day, "message_answered", message=name))


SIGNS: tuple[Sign, ...] = (
    # 'Last log-in more than 14 days ago.'
    sign("login_stopped", told(1, "login"), told(20, "login"), raised=at_midnight(16), cleared=by(20)),
    sign("login_stopped", told(16, "login"), raised=at_midnight(15), cleared=by(16)),
    sign("login_stopped", told(1, "login"), until=15),
    # From ten to seven, and back to nine: a first, weak sign.
    sign(
        "logins_fallen",
        *n_times(10, 1, "login"),
        *n_times(7, 20, "login"),
        *n_times(2, 40, "login"),
        raised=at_midnight(31),
        cleared=by(40),
    ),
    sign("logins_fallen", *n_times(8, 1, "login"), *n_times(5, 20, "login"), raised=at_midnight(31), until=45),
    sign("logins_fallen", *n_times(20, 1, "login"), *n_times(15, 20, "login"), until=45),
    sign("logins_fallen", *n_times(7, 1, "login"), told(20, "login"), until=45),
    # 'Use of feature A down 50 % over the last 30 days', against the 30 before: from 4 to 2.
    sign("use_halved", *USED, *n_times(2, 40, "feature_used"), raised=at_midnight(31), cleared=by(40)),
    sign("use_halved", *USED, told(21, "feature_used"), until=45),
    sign("use_halved", *USED[1:], until=45),
    # No use at all leaves nothing to compare with, and the sign stays until use is taken up again.
    sign(
        "use_halved",
        *USED[:4],
        *ALIVE,
        *n_times(4, 80, "feature_used"),
        raised=at_midnight(31),
        cleared=by(80),
    ),
    sign(
        "use_halved",
        *(told(day, "feature_used", feature="export") for day in (1, 1, 1, 1, 20, 20, 40, 40)),
        *n_times(9, 20, "feature_used"),
        raised=at_midnight(31),
        cleared=by(40),
        main_feature="export",
    ),
    # 'A support ticket open more than 5 business days': from Tuesday, the sixth is Tuesday, told on Wednesday.
    sign(
        "ticket_overdue",
        told(1, "ticket", ticket="t"),
        told(10, "ticket_closed", ticket="t"),
        raised=at_midnight(9),
        cleared=by(10),
    ),
    # The older one is closed, a younger one is open.
    sign(
        "ticket_overdue",
        told(1, "ticket", ticket="t"),
        told(9, "ticket", ticket="u"),
        told(10, "ticket_closed", ticket="t"),
        raised=at_midnight(9),
        cleared=by(10),
    ),
    sign(
        "contacts_fallen",
        *active(1, "ann", "bob", "cy", "di"),
        *active(20, "ann", "bob"),
        *active(38, "cy"),
        *active(40, "di"),
        raised=at_midnight(31),
        cleared=by(40),
    ),
    # Four of five is more than three quarters.
    sign(
        "contacts_fallen",
        *active(1, "ann", "bob", "cy", "di", "eve"),
        *active(20, "ann", "bob"),
        *active(40, "cy", "di"),
        raised=at_midnight(31),
        cleared=by(40),
    ),
    sign("contacts_fallen", *active(1, "ann", "bob", "cy"), *active(20, "ann"), raised=at_midnight(31), until=45),
    sign("contacts_fallen", *active(1, "ann", "bob"), *active(20, "ann"), until=45),
    sign(
        "data_fallen",
        *(told(day, "data imported", volume=10) for day in (1, 2, 3, 4)),
        told(20, "data_added", volume=20),
        told(36, "data_added", volume=20),
        raised=at_midnight(34),
        cleared=by(36),
    ),
    sign("data_fallen", *(told(day, "data_added", volume=10) for day in (1, 2, 3)), until=60),
    # One great import at the beginning is no habit.
    sign("data_fallen", told(1, "data_added", volume=1000), told(20, "data_added", volume=1), until=60),
    # From minutes to three days; four replies later the mean is below a day.
    sign(
        "replies_slower",
        *answered("a", 1, 1),
        *ALIVE,
        *answered("b", 92, 95),
        *(one for day in (96, 97, 98) for one in answered(f"m{day}", day, day)),
        raised=by(95),
        cleared=by(98),
    ),
    # Twice as long, to the minute.
    sign(
        "replies_slower",
        *answered("a", 1, 2),
        *ALIVE,
        told(92, "message_sent", message="b"),
        *n_times(3, 93, "login"),
        told(94, "message_answered", message="b"),
        raised=by(94),
        until=100,
    ),
    sign("replies_slower", *answered("a", 1, 2), *ALIVE, *answered("b", 92, 94), until=100),
    # Fast is fast enough, however much faster it was.
    sign(
        "replies_slower",
        *answered("a", 1, 1),
        *ALIVE,
        told(92, "message_sent", message="b"),
        *n_times(3, 92, "login"),
        told(92, "message_answered", message="b"),
        until=100,
    ),
    sign(
        "replies_stopped",
        *(one for day in (1, 2, 3) for one in answered(f"m{day}", day, day)),
        told(35, "message_sent", message="x"),
        told(36, "message_sent", message="y"),
        told(40, "message_answered", message="y"),
        raised=by(36),
        cleared=by(40),
    ),
    sign(
        "meetings_cancelled",
        told(5, "meeting_cancelled"),
        told(10, "Invitee Canceled"),
        raised=by(10),
        cleared=at_midnight(65),
    ),
    sign("handed_over", told(5, "owner_changed", owner="tom"), raised=by(5), cleared=at_midnight(35)),
    sign("nobody_active", *active(1, "ann"), *active(33, "ann"), raised=at_midnight(31), cleared=by(33)),
    # A log that never names people knows nothing of them.
    sign("nobody_active", told(1, "login"), until=60),
    sign(
        "one_level",
        told(1, "login", contact="ann", level="operator"),
        told(2, "feature_used"),
        told(5, "login", contact="bob", level="manager"),
        raised=by(2),
        cleared=by(5),
        habit_days=1,
    ),
    sign(
        "use_risen",
        *n_times(4, 1, "feature_used"),
        *n_times(6, 33, "feature_used"),
        raised=at_midnight(60),
        cleared=at_midnight(61),
    ),
    sign("use_risen", *n_times(20, 1, "feature_used"), *n_times(29, 33, "feature_used"), until=60),
    # A contract of a month has no month before.
    sign("use_risen", *n_times(4, 1, "feature_used"), *n_times(6, 31, "feature_used"), until=59),
    # Between 70 and 80 % of the limit it stays as it is.
    sign(
        "limit_near",
        *(told(day, "usage_reported", used=used, limit=100) for day, used in ((4, 79), (5, 80), (6, 70), (7, 69))),
        raised=by(5),
        cleared=by(7),
    ),
    sign("feature_wanted", told(5, "feature_blocked", feature="api"), raised=by(5), cleared=at_midnight(35)),
    sign("plan_widened", told(5, "Seats Added"), *ALIVE, raised=by(5), cleared=at_midnight(95)),
    # In onboarding the log-in weighs two thirds: by the sixth day without one, 38 of 100.
    sign("health_poor", told(8, "login"), raised=at_midnight(6), cleared=by(8)),
    # No log-in and half the use together; then one sign of use and one of contact.
    sign("leaving", *USED, told(33, "login"), raised=at_midnight(31), cleared=by(33)),
    sign("leaving", told(20, "complaint"), told(22, "login"), raised=by(20), cleared=by(22)),
    sign("leaving", told(5, "complaint"), *(told(day, "login") for day in (10, 20, 30, 40)), until=50),
    # Leaving the stage closes the episode.
    sign("leaving", told(20, "complaint"), told(22, "account_closed"), raised=by(20), cleared=(22, "stage")),
)
