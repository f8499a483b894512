"""Loyalty of the retained: attitude against behaviour; whoever was never heard is not guessed (B6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import Definition, Flag, Last, Touchpoint, TouchpointLog, replay
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.signs import LOYALTIES, Loyalty, Signal

from .club import TICK, club, tp, utc

JOINED = tp("joined", "2026-01-01T12:00")
LOYALTY = Loyalty("score >= 8 or praise >= 1", "orders >= 2")
FACTS = {"praise": Last("wrote", of="praise"), "told": Flag("wrote")}


def loyal_club(loyalty: Loyalty = LOYALTY, **parts: Any) -> Definition:
    """The club that asks why its members stay."""
    return club(loyalty=loyalty, **{"facts": FACTS, "timers": (), **parts})


def loyalty_at(definition: Definition, *touchpoints: Touchpoint, at: str) -> str | None:
    """Loyalty at an instant; live and columns agree."""
    now = utc(at)
    customer = definition.begin(touchpoints[0]).customer
    for touchpoint in touchpoints[1:]:
        customer = definition.advance(customer, touchpoint).customer
    found = definition.loyalty_of(customer, now)
    table = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=now + TICK).loyalty()
    stage = definition.pass_time(customer, now).customer.stage.id
    wanted = [] if found is None else [{"customer": "ann", "stage": stage, "loyalty": found}]
    assert list(table.rows()) == wanted
    return found


def rated(score: float) -> Touchpoint:
    """An answer on 2 January, which holds until the 12th."""
    return tp("rated", "2026-01-02T12:00", score=score)


def wrote(praise: float) -> Touchpoint:
    """A letter."""
    return tp("wrote", "2026-01-02T12:00", praise=praise)


ORDERS = [tp("order", "2026-01-02T12:00"), tp("order", "2026-01-02T12:00")]
CASES = [
    # what was said, what was done → why the customer stays
    ([rated(9)], ORDERS, "loyal"),
    ([rated(9)], ORDERS[:1], "satisfied"),
    ([rated(9)], [], "satisfied"),
    ([rated(3)], ORDERS, "captive"),
    ([rated(3)], [], "captive"),
    ([], ORDERS, "unheard"),
    ([], [], "unheard"),
    ([wrote(1)], ORDERS, "loyal"),  # one of two attitudes is enough
    ([wrote(0)], ORDERS, "captive"),
    ([rated(3), wrote(1)], ORDERS, "loyal"),
    ([rated(3), wrote(0)], [], "captive"),
    ([tp("wrote", "2026-01-02T12:00")], ORDERS, "unheard"),  # wrote, but said nothing
]


@pytest.mark.smoke
@pytest.mark.parametrize(("said", "done", "loyalty"), CASES)
def test_attitude_against_behaviour(said: list[Touchpoint], done: list[Touchpoint], loyalty: str) -> None:
    """Loyal likes it and acts so; satisfied likes it; captive stays without liking it; unheard said nothing."""
    assert loyalty_at(loyal_club(), JOINED, *said, *done, at="2026-01-05") == loyalty
    assert loyalty in LOYALTIES


@pytest.mark.smoke
def test_an_attitude_that_grew_old_is_none() -> None:
    """Once the last answer is stale, nobody knows."""
    definition = loyal_club()
    found = {day: loyalty_at(definition, JOINED, rated(9), *ORDERS, at=f"2026-01-{day}") for day in (12, 13)}
    assert found == {12: "loyal", 13: "unheard"}


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stages", "retained"),
    [
        (("active",), "trial full"),
        (("inside",), "trial full"),
        ("full", "full"),
        (("active", "returning"), "trial full back"),
        (None, "trial full back"),
    ],
)
def test_only_the_retained_are_asked(stages: object, retained: str) -> None:
    """Leads and the lost are no question of loyalty; who counts as retained can be said."""
    definition = loyal_club(Loyalty(LOYALTY.content, LOYALTY.committed, stages=stages))  # type: ignore[arg-type]
    path = [
        tp("mail", "2026-01-01T12:00"), tp("joined", "2026-01-02T12:00"), tp("upgraded", "2026-01-03T12:00"),
        tp("left", "2026-01-04T12:00"), tp("returned", "2026-01-05T12:00"),
    ]  # fmt: skip
    found = [loyalty_at(definition, *path[: n + 1], at=f"2026-01-0{n + 1}T12:00") for n in range(5)]
    names = ("lead", "trial", "full", "away", "back")
    assert [name for name, one in zip(names, found, strict=True) if one is not None] == retained.split()


@settings(max_examples=60)
@given(some.integers(0, 6), some.integers(0, 6), some.integers(0, 3), some.sampled_from((None, 3, 9)))
def test_unheard_is_never_guessed(orders: int, visits: int, letters: int, score: int | None) -> None:
    """Without an attitude on record no behaviour makes anybody loyal, satisfied or captive; with one none is."""
    done = [tp("order", "2026-01-02T12:00")] * orders + [tp("visit", "2026-01-02T12:00")] * visits
    done += [tp("wrote", "2026-01-02T12:00")] * letters
    said = [] if score is None else [rated(score)]
    assert (loyalty_at(loyal_club(), JOINED, *done, *said, at="2026-01-05") == "unheard") is (score is None)


@pytest.mark.smoke
def test_it_may_read_signals_stage_and_health() -> None:
    """Behaviour may be told by a signal: who is quiet is not committed."""
    quiet = Signal("quiet", "quiet > 2")
    definition = club(quiet, loyalty=Loyalty("score >= 8", "not signal_quiet and stage == 'full'"), timers=())
    known = JOINED, rated(9), tp("upgraded", "2026-01-02T13:00"), tp("visit", "2026-01-02T14:00")
    assert [loyalty_at(definition, *known, at=f"2026-01-0{day}") for day in (4, 5)] == ["loyal", "satisfied"]


@pytest.mark.smoke
def test_a_definition_without_loyalty() -> None:
    """Nothing is told of the live customer, and the table is refused with the remedy."""
    definition = club(Signal("quiet", "quiet > 2"))
    customer = definition.begin(JOINED).customer
    assert definition.loyalty_of(customer, utc("2026-01-02")) is None
    story = replay(definition, TouchpointLog.from_touchpoints([JOINED]))
    with pytest.raises(InvalidArgument, match=r"the definition has no loyalty; pass loyalty=Loyalty\(…\) to it"):
        story.loyalty()


@pytest.mark.smoke
def test_a_condition_that_cannot_be_is_refused() -> None:
    """Attitude and behaviour are conditions like any other."""
    with pytest.raises(DefinitionError, match="loyalty: condition 'scores >= 8' reads 'scores', which is not a fact"):
        loyal_club(Loyalty("scores >= 8", "orders >= 2"))
