"""Caps, one a day and the cadence: how often, and until when."""

from __future__ import annotations

import pytest

from lifecycle.errors import DefinitionError
from lifecycle.playbooks import PASSES, Action, Cadence, Cap, OnePerDay, Playbook, happened
from tests.rules.readings import both, touchpoint

from .gym import gym, live, touch
from .policing import (
    CALL,
    CHEAPER,
    DAY_US,
    HOUR_US,
    NOON,
    OFFER,
    RECEIPT,
    SURVEY,
    TASK,
    ZONE,
    Case,
    judged,
    until,
    us,
)

WEEK_US = 7 * DAY_US


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        ((), PASSES),
        ((1,), PASSES),
        ((2, 1), NOON - 2 * HOUR_US + WEEK_US),
        ((50, 40, 30), NOON - 40 * HOUR_US + WEEK_US),
        ((168, 1), PASSES),
        ((167, 1), NOON + HOUR_US),
    ],
    ids=["none", "one", "two", "three", "one just left", "one leaves soon"],
)
def test_at_most_two_in_a_week(ago: tuple[int, ...], expected: int) -> None:
    """Two in any 7 times 24 hours; the next is tried when the older one leaves the span."""
    sent = tuple((NOON - hours * HOUR_US, OFFER) for hours in ago)
    assert until(Cap(2, 7), Case(OFFER, sent=sent)) == expected


def test_the_edge_is_exact() -> None:
    """A microsecond before the span is over the play is held, then it passes."""
    case = Case(OFFER, at_us=NOON + DAY_US - 1, sent=((NOON, OFFER),))
    assert until(Cap(1, 1), case) == NOON + DAY_US
    assert until(Cap(1, 1), Case(OFFER, at_us=NOON + DAY_US, sent=case.sent)) == PASSES


def test_one_at_the_same_instant_counts() -> None:
    """The play that was decided before it at the same instant took the place."""
    assert until(Cap(1, 1), Case(OFFER, sent=((NOON, CALL),))) == NOON + DAY_US


def test_across_all_playbooks() -> None:
    """Plays of other playbooks and channels count; transactional ones neither count nor are held."""
    assert until(Cap(1, 7), Case(OFFER, sent=((NOON, SURVEY),))) == NOON + WEEK_US
    assert until(Cap(1, 7), Case(OFFER, sent=((NOON, RECEIPT),))) == PASSES
    assert until(Cap(1, 7), Case(RECEIPT, sent=((NOON, OFFER),))) == PASSES
    assert until(Cap(1, 7), Case(TASK, sent=((NOON, OFFER),))) == NOON + WEEK_US


@pytest.mark.parametrize(
    ("cap", "inside", "outside"),
    [
        (Cap(1, 7, channel="email"), (OFFER, CHEAPER), (CALL, SURVEY)),
        (Cap(1, 7, channel=("email", "phone")), (OFFER, CALL), (SURVEY,)),
        (Cap(1, 7, purpose="listen"), (SURVEY,), (OFFER, TASK)),
        (Cap(1, 7, playbook="upgrade"), (OFFER, CALL), (SURVEY, TASK)),
        (Cap(1, 7, action=("call", "survey")), (CALL, SURVEY), (OFFER,)),
        (Cap(1, 7, playbook="upgrade", channel="email"), (OFFER,), (CALL,)),
        (Cap(1, 7, discounts_only=True), (CHEAPER,), (OFFER, CALL)),
    ],
    ids=lambda value: value.reason if hasattr(value, "reason") else str(value),
)
def test_only_some_plays(cap: Cap, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    """A cap on a channel, purpose, playbook, action or on discounts holds and counts these alone."""
    for one in inside:
        assert until(cap, Case(one, sent=((NOON, inside[0]),))) == NOON + WEEK_US
        assert all(until(cap, Case(one, sent=((NOON, other),))) == PASSES for other in outside)
    for other in outside:
        assert until(cap, Case(other, sent=((NOON, inside[0]),))) == PASSES


@pytest.mark.parametrize(
    ("cap", "reason"),
    [
        (Cap(1, 1), "1 play in 1 day already"),
        (Cap(2, 7, channel="email"), "2 plays by email in 7 days already"),
        (Cap(1, 30, discounts_only=True, purpose="expand"), "1 discount for expand in 30 days already"),
        (Cap(1, 1, calendar=True), "1 play in 1 day of the calendar already"),
    ],
    ids=str,
)
def test_reasons(cap: Cap, reason: str) -> None:
    """The reason names the limit."""
    block = judged(cap, Case(CHEAPER, sent=((NOON - 1, CHEAPER), (NOON, CHEAPER))))
    assert block is not None
    assert block.reason == reason


@pytest.mark.parametrize(
    ("cap", "message"),
    [
        (Cap(1, 7, playbook="upgade"), "Cap 'cap': no playbook is called 'upgade'; did you mean 'upgrade'"),
        (Cap(1, 7, action="zzz"), "no action is called 'zzz'; known: call, hint, offer"),
        (Cap(1, 7, purpose="sell", name="sales"), "Cap 'sales': no purpose is called 'sell'"),
    ],
    ids=str,
)
def test_names_that_nothing_has(cap: Cap, message: str) -> None:
    """A cap on a playbook, action or purpose that does not exist would silently cap nothing: refused."""
    with pytest.raises(DefinitionError, match=message):
        judged(cap, Case())


@pytest.mark.parametrize("make", [lambda: Cap(0, 7), lambda: Cap(1, 0), lambda: Cap(1, 7, at="09:00")])
def test_what_is_refused(make: object) -> None:
    """A cap that lets nothing pass, or has a time of day without a calendar, is refused."""
    with pytest.raises(DefinitionError):
        make()  # type: ignore[operator]


# --- one a day --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at_us", "expected"),
    [
        ("UTC", us(2026, 6, 1, 23), us(2026, 6, 2)),
        ("UTC", us(2026, 6, 2), PASSES),
        ("Asia/Tokyo", us(2026, 6, 1, 14, 59), us(2026, 6, 1, 15)),
        ("Asia/Tokyo", us(2026, 6, 1, 15), PASSES),
        (None, us(2026, 6, 1, 21, 59), us(2026, 6, 1, 22)),
        (None, us(2026, 6, 1, 22), PASSES),
    ],
)
def test_one_a_day_of_the_customer(zone: str | None, at_us: int, expected: int) -> None:
    """The slot is free again as the next day begins in the customer's zone, or in the definition's (Berlin)."""
    case = Case(OFFER, at_us, {} if zone is None else {ZONE: zone}, sent=((NOON, CALL),))
    assert until(OnePerDay(), case) == expected


def test_the_slot_of_a_short_day() -> None:
    """The day on which clocks go forward has 23 hours: the slot is free after these, not after 24."""
    first = us(2026, 3, 28, 23)  # 00:00 of the 29th in Berlin
    assert until(OnePerDay(), Case(OFFER, first + 1, sent=((first, OFFER),))) == first + 23 * HOUR_US


def test_held_plays_wait_for_the_morning() -> None:
    """With a time of day, what is held goes out then; what becomes due on the next day before it need not wait."""
    sent = ((NOON, CALL),)
    assert until(OnePerDay(at="09:00"), Case(OFFER, NOON, {ZONE: "UTC"}, sent)) == us(2026, 6, 2, 9)
    assert until(OnePerDay(at="09:00"), Case(OFFER, us(2026, 6, 2, 1), {ZONE: "UTC"}, sent)) == PASSES


def test_several_days_of_the_calendar() -> None:
    """Two plays in three days of the calendar, today included."""
    sent = ((us(2026, 6, 1, 23), OFFER), (us(2026, 6, 2), OFFER))
    policy = Cap(2, 3, calendar=True)
    assert until(policy, Case(OFFER, us(2026, 6, 3, 12), {ZONE: "UTC"}, sent)) == us(2026, 6, 4)
    assert until(policy, Case(OFFER, us(2026, 6, 4), {ZONE: "UTC"}, sent)) == PASSES


def test_the_slot_goes_to_the_more_important() -> None:
    """Of plays due at one instant the one of higher priority gets the slot; the other waits for the next day."""
    books = [
        Playbook(name, on=happened("visit"), steps=[Action(name, channel="email")], priority=priority)
        for name, priority in (("alpha", 1), ("beta", 9), ("gamma", 5))
    ]
    story = live(gym(*books, policies=[OnePerDay(at="10:00")]), [touch("01-01 09:00", "visit")], "02-01")
    assert story.plays == [("01-01 09:00", "beta"), ("01-02 10:00", "gamma"), ("01-03 10:00", "alpha")]


# --- cadence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "days"),
    [(None, 7), (14.0, 14), (0.5, 0.5), (0.0, 0), (-3.0, 0), (1_000.0, 366)],
    ids=["none", "rarer", "more often", "as often as you like", "nonsense", "never"],
)
def test_the_customer_wishes(wish: float | None, days: float) -> None:
    """So long after the last play nothing goes out; the customer's wish replaces it, up to a year."""
    free = NOON + int(days * DAY_US)
    facts = {"cadence.every_days": wish}
    assert until(Cadence(7), Case(OFFER, free, facts, ((NOON, CALL),))) == PASSES
    if days:
        assert until(Cadence(7), Case(OFFER, free - 1, facts, ((NOON, CALL),))) == free


def test_cadence_looks_at_the_last_play() -> None:
    """The last play counts, whatever it was; transactional ones do not."""
    sent = ((NOON - 6 * DAY_US, OFFER), (NOON - DAY_US, SURVEY), (NOON, RECEIPT))
    assert until(Cadence(7), Case(OFFER, sent=sent)) == NOON + 6 * DAY_US
    assert until(Cadence(7), Case(RECEIPT, sent=sent)) == PASSES


def test_cadence_tells_why() -> None:
    """The reason says whose rule it is."""
    plain = judged(Cadence(7), Case(sent=((NOON, OFFER),)))
    wished = judged(Cadence(7), Case(facts={"cadence.every_days": 30.5}, sent=((NOON, OFFER),)))
    assert plain is not None
    assert wished is not None
    assert plain.reason == "less than 7 days since the last play"
    assert wished.reason == "less than 30.5 days since the last play, as the customer wishes"


def test_cadence_by_default() -> None:
    """About once a quarter at least; the bounds must not cross."""
    assert Cadence().at_most_days == 92
    with pytest.raises(DefinitionError, match="at_least_days=30 is more than at_most_days=20"):
        Cadence(30, at_most_days=20)


def test_the_wish_comes_from_the_profile() -> None:
    """The last number that the customer gave counts."""
    fact = Cadence().facts()["cadence.every_days"]
    history = [touchpoint("welcomed", contact_every_days=30), touchpoint("profile_set", 1, contact_every_days=60.5)]
    assert both(fact, history[:1]) == 30.0
    assert both(fact, history) == 60.5


def test_a_failed_play_does_not_count() -> None:
    """A play that the host reports as failed gives its place back."""
    book = Playbook("hello", on=happened("visit"), steps=[Action("write", channel="email")])
    definition = gym(book, policies=[Cap(1, 30)])
    first = live(definition, [touch("01-01 09:00", "visit")], "01-01")
    key = first.of("plays")[0].key
    visits = [touch("01-01 09:00", "visit"), touch("01-03 09:00", "visit")]
    failed = touch("01-02 09:00", "play_outcome", key=key, outcome="failed")
    assert len(live(definition, visits, "01-10").plays) == 1
    assert live(definition, [visits[0], failed, visits[1]], "01-10").plays[1:] == [("01-03 09:00", "write")]
