"""The signs that all presets share, one history each; they hold after any beginning that makes a customer."""

from __future__ import annotations

from .signing import Sign, at_midnight, by, sign
from .walking import Told, on, told


def n_times(n: int, day: int, kind: str) -> tuple[Told, ...]:
    """So many touchpoints of a kind on one day."""
    return tuple(told(day, kind) for _ in range(n))


ALIVE = (told(50, "login"),)
EXPECTED = told(1, "expectation_stated", expectation="e", score=8)
AGAIN = told(5, "expectation_stated", expectation="e", score=8)
AS_EXPECTED = told(6, "experience_rated", expectation="e", score=8)
PROMISE = told(1, "promise_made", promise="p", due=on(5))
LOYAL_READER = (*n_times(4, 1, "mail_sent"), *n_times(4, 1, "mail_opened"), *ALIVE)
READER = n_times(4, 1, "email opened")

SIGNS: tuple[Sign, ...] = (
    # Used to write, three times, and not in the 30 days from then.
    sign(
        "contact_stopped",
        *(told(day, "inquiry") for day in (1, 2, 3)),
        told(40, "ticket"),
        raised=at_midnight(33),
        cleared=by(40),
    ),
    sign("contact_stopped", told(1, "inquiry"), told(2, "inquiry"), until=60),
    # Opened all of four, then two of four.
    sign(
        "mail_opens_fallen",
        *LOYAL_READER,
        *n_times(4, 60, "Email Sent"),
        *n_times(2, 60, "Email Opened"),
        *n_times(2, 95, "mail_opened"),
        raised=at_midnight(91),
        cleared=by(95),
    ),
    # From all of twenty to eleven of twenty; and three mails say nothing.
    sign(
        "mail_opens_fallen",
        *n_times(20, 1, "mail_sent"),
        *n_times(20, 1, "mail_opened"),
        *ALIVE,
        *n_times(20, 60, "mail_sent"),
        *n_times(11, 60, "mail_opened"),
        until=100,
    ),
    sign("mail_opens_fallen", *n_times(3, 1, "mail_opened"), *ALIVE, until=100),
    # Opened all of four, then both of two: fewer mails, no less interest.
    sign(
        "mail_opens_fallen",
        *LOYAL_READER,
        *n_times(2, 60, "mail_sent"),
        *n_times(2, 60, "mail_opened"),
        until=100,
    ),
    # A log without the mails that were sent.
    sign(
        "mail_opens_fallen",
        *READER,
        *ALIVE,
        *n_times(2, 60, "mail_opened"),
        *n_times(2, 95, "mail_opened"),
        raised=at_midnight(91),
        cleared=by(95),
    ),
    sign("negative_voice", told(5, "review posted", sentiment=-0.3), raised=by(5), cleared=at_midnight(35)),
    sign("negative_voice", told(5, "complaint"), raised=by(5), cleared=at_midnight(35)),
    sign("negative_voice", told(5, "voice", sentiment=-0.29), told(6, "voice"), until=40),
    sign("detractor", told(5, "nps", score=6), told(9, "nps", score=7), raised=by(5), cleared=by(9)),
    sign("near_advocacy", told(5, "nps", score=9), told(9, "nps", score=8), raised=by(5), cleared=by(9)),
    sign("event_attended", told(5, "webinar attended"), *ALIVE, raised=by(5), cleared=at_midnight(95)),
    sign("promise_late", PROMISE, told(8, "promise_kept", promise="p"), raised=at_midnight(6), cleared=by(8)),
    sign("promise_late", PROMISE, told(8, "promise_broken", promise="p"), raised=at_midnight(6), cleared=by(8)),
    sign("promise_late", PROMISE, told(5, "promise_kept", promise="p"), until=20),
    sign(
        "promise_broken", PROMISE, told(5, "promise_broken", promise="p"), *ALIVE, raised=by(5), cleared=at_midnight(95)
    ),
    sign(
        "expectation_missed",
        EXPECTED,
        told(3, "experience_rated", expectation="e", score=7),
        AGAIN,
        AS_EXPECTED,
        raised=by(3),
        cleared=by(6),
    ),
    sign(
        "expectation_exceeded",
        EXPECTED,
        told(3, "experience_rated", expectation="e", score=9),
        AGAIN,
        AS_EXPECTED,
        raised=by(3),
        cleared=by(6),
    ),
)
