"""The review by example: each thing that can make a difference, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from lifecycle import (
    ENTRY,
    Count,
    CustomerMachine,
    DateOf,
    Definition,
    InStage,
    Last,
    Since,
    Timer,
    Touchpoint,
    TouchpointLog,
    compare,
    role,
)
from lifecycle.definition import Review
from lifecycle.errors import InvalidArgument, UnknownCustomer
from lifecycle.signs import Health, Measure, Segment, Signal

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
FACTS = {
    "score": Last("answer", of="value"),
    "quiet": Since("visit"),
    "visits": Count("visit"),
    "expiry": Last("signed", of="value", type="date"),
}
Told = Sequence[tuple[Any, ...]]


def machine(joined: object = None, *, by: str = "joined", also: str | None = None) -> type[CustomerMachine]:
    """Lead, member, away, and back again; the condition to join, its event, and another event that leads away."""
    lead, member = role.prospect(initial=True), role.active()
    away, back = role.lost(), role.returning()
    body: dict[str, Any] = {"lead": lead, "member": member, "away": away, "back": back}
    body[by] = lead.to(member) if joined is None else lead.to(member, cond=joined)  # type: ignore[arg-type]
    body["left"] = member.to(away)
    body["expired"] = member.to(away)
    body["returned"] = away.to(back)
    if also is not None:
        body[also] = lead.to(away) if also not in body else lead.to(away) | body[also]
    return type(CustomerMachine)("Made", (CustomerMachine,), body)


def club(*signs: Signal | Segment, made: type[CustomerMachine] | None = None, **parts: Any) -> Definition:
    """A club with some signs; membership expires with the date, or so many days after entry."""
    timers = parts.pop("timers", (Timer("expired", 0, DateOf("expiry")),))
    return Definition(
        made or machine(), name="club", facts={**FACTS, **parts.pop("facts", {})}, timers=timers,
        signals=[one for one in signs if isinstance(one, Signal)],
        segments=[one for one in signs if isinstance(one, Segment)], **{"version": "1", **parts},
    )  # fmt: skip


def history(*told: tuple[int, str] | tuple[int, str, object]) -> TouchpointLog:
    """What happens to ann: days after joining on 1 January at noon, kind, value."""
    touchpoints = [Touchpoint("ann", "joined", START)]
    for days, kind, *value in told:
        attributes = {"value": value[0]} if value else {}
        touchpoints.append(Touchpoint("ann", kind, START + timedelta(days=days), attributes=attributes))
    return TouchpointLog.from_touchpoints(touchpoints)


def review(before: Definition, after: Definition, log: TouchpointLog, until: str = "2026-03-01") -> Review:
    """A review of a later version."""
    return compare(before, attrs.evolve(after, version="2"), log, until=until)


def rows(table: Any) -> list[tuple[Any, ...]]:
    """The rows, days as text, without the customer."""

    def shown(value: Any) -> Any:
        return f"{value:%m-%d %H:%M}" if isinstance(value, datetime) else value

    return [tuple(map(shown, list(row.values())[1:])) for row in table.rows()]


# --- segments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told", "expected"),
    [
        ("score < 5", "score < 8", [(1, "answer", 6)], [("in", None, "01-02 12:00", "score < 5 → < 8")]),
        ("score < 8", "score < 5", [(1, "answer", 6)], [("out", "01-02 12:00", None, "score < 8 → < 5")]),
        ("score < 8", "score < 8 and visits >= 1", [(1, "answer", 6)],
         [("out", "01-02 12:00", None, "added: and visits >= 1")]),
        ("score < 5", "score < 5 or visits >= 1", [(1, "visit"), (2, "answer", 6)],
         [("in", None, "01-02 12:00", "added: or visits >= 1")]),
        ("score < 5 and visits >= 2", "score < 8 and visits >= 1", [(1, "visit"), (2, "answer", 6)],
         [("in", None, "01-03 12:00", "score < 5 → < 8; visits >= 2 → >= 1")]),
        ("score < 5 and visits >= 1", "score < 8 and visits >= 1", [(1, "visit"), (2, "answer", 6)],
         [("in", None, "01-03 12:00", "score < 5 → < 8")]),
        ("not score < 5", "not score < 8", [(1, "answer", 6)], [("out", "01-01 12:00", None, "score < 5 → < 8")]),
        ("quiet > 20", "quiet > 10", [(1, "visit")],
         [("moved", "01-23 00:00", "01-13 00:00", "quiet > 20 → > 10")]),
        ("visits >= 1", "visits >= 3", [(1, "visit"), (2, "visit"), (3, "visit")],
         [("moved", "01-02 12:00", "01-04 12:00", "visits >= 1 → >= 3")]),
        ("visits >= 2", "visits >= 2 and score > 5", [(1, "visit"), (2, "visit"), (3, "answer", 3)],
         [("out", "01-03 12:00", None, "added: and score > 5")]),
    ],
)  # fmt: skip
def test_a_segment_by_its_condition(before: str, after: str, told: Told, expected: list[Any]) -> None:
    """Who is in, out, or in since another time, and the parts of the condition that did it."""
    found = review(club(Segment("s", before)), club(Segment("s", after)), history(*told))
    assert rows(found.segment("s")) == expected


def test_a_moment_before_the_end() -> None:
    """A segment is reviewed as of a moment: what comes later is not seen."""
    found = review(
        club(Segment("s", "score < 5")), club(Segment("s", "score < 8")), history((1, "answer", 6), (9, "answer", 4))
    )
    assert rows(found.segment("s", at="2026-01-02")) == []
    assert rows(found.segment("s", at="2026-01-05")) == [("in", None, "01-02 12:00", "score < 5 → < 8")]
    assert rows(found.segment("s")) == [("moved", "01-10 12:00", "01-02 12:00", "score < 5 → < 8")]


def test_a_fact_of_the_same_name_that_means_something_else() -> None:
    """The part that reads it is named, and that the fact changed."""
    old = club(Segment("s", "recent >= 1"), facts={"recent": Count("visit").within(7)})
    new = club(Segment("s", "recent >= 1"), facts={"recent": Count("visit").within(90)})
    found = review(old, new, history((1, "visit")))
    assert rows(found.segment("s")) == [("in", None, "01-02 12:00", "recent >= 1 (recent changed)")]
    assert [str(change) for change in found.changes] == ["definition: version 1 → 2", "fact recent: days.n 7 → 90"]


def test_what_lies_under_a_segment() -> None:
    """A segment over a signal, over health and over the stage says which of them changed."""
    segments = [Segment("up", "signal_low"), Segment("ill", "health < 50"), Segment("gone", "stage == 'away'")]
    old = club(Signal("low", "score < 5"), *segments, health=Health([Measure("score", bad=0, good=10)]))
    new = club(
        Signal("low", "score < 8"), *segments, health=Health([Measure("score", bad=0, good=20)]),
        timers=(Timer("expired", 20, ENTRY),),
    )  # fmt: skip
    log = history((1, "answer", 6), (50, "visit"))
    found = review(old, new, log, until="2026-01-10")
    assert rows(found.segment("up"))[0][-1] == "signal_low (signal_low changed)"
    assert rows(found.segment("ill"))[0][-1] == "health < 50 (health changed)"
    later = review(old, new, log)
    assert rows(later.segment("gone")) == [("in", None, "01-21 00:00", "stage == 'away' (stage changed)")]


def test_a_segment_of_one_version_only() -> None:
    """A new segment takes everybody in that it holds; one that is gone lets them go; a renamed one can be followed."""
    old, new = club(Segment("s", "visits >= 1")), club(Segment("t", "visits >= 2"))
    log = history((1, "visit"), (2, "visit"))
    found = review(old, new, log)
    assert rows(found.segment("t")) == [("in", None, "01-03 12:00", "added: visits >= 2")]
    assert rows(found.segment("s")) == [("out", "01-02 12:00", None, "removed: visits >= 1")]
    assert rows(found.segment("t", was="s")) == [("moved", "01-02 12:00", "01-03 12:00", "visits >= 1 → >= 2")]
    bare = review(club(), new, log)
    assert rows(bare.segment("t")) == [("in", None, "01-03 12:00", "added: visits >= 2")]


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told", "expected"),
    [
        # The condition.
        ({"condition": "score < 5"}, {"condition": "score < 8"}, [(1, "answer", 6), (3, "answer", 9)],
         [("in", None, None, "01-02 12:00", "01-04 12:00", "score < 5 → < 8")]),
        ({"condition": "score < 8"}, {"condition": "score < 5"}, [(1, "answer", 6)],
         [("out", "01-02 12:00", None, None, None, "score < 8 → < 5")]),
        ({"condition": "quiet > 14"}, {"condition": "quiet > 10"}, [(1, "visit"), (30, "visit")],
         [("moved", "01-17 00:00", "01-31 12:00", "01-13 00:00", "01-31 12:00", "quiet > 14 → > 10"),
          ("moved", "02-15 00:00", None, "02-11 00:00", None, "quiet > 14 → > 10")]),
        ({"condition": "score < 5"}, {"condition": "score < 7"}, [(1, "answer", 4), (3, "answer", 6), (5, "answer", 9)],
         [("moved", "01-02 12:00", "01-04 12:00", "01-02 12:00", "01-06 12:00", "score < 5 → < 7")]),
        # One old episode becomes two, two become one: where they part is where one of them closed.
        ({"condition": "score < 7"}, {"condition": "score < 5"}, [(1, "answer", 4), (3, "answer", 6), (5, "answer", 4)],
         [("moved", "01-02 12:00", None, "01-02 12:00", "01-04 12:00", "score < 7 → < 5"),
          ("in", None, None, "01-06 12:00", None, "score < 7 → < 5")]),
        ({"condition": "score < 5"}, {"condition": "score < 7"}, [(1, "answer", 4), (3, "answer", 6), (5, "answer", 4)],
         [("moved", "01-02 12:00", "01-04 12:00", "01-02 12:00", None, "score < 5 → < 7"),
          ("out", "01-06 12:00", None, None, None, "score < 5 → < 7")]),
        # What clears it.
        ({"condition": "score < 5", "clear": "score >= 9"}, {"condition": "score < 5", "clear": "score >= 7"},
         [(1, "answer", 4), (3, "answer", 8)],
         [("moved", "01-02 12:00", None, "01-02 12:00", "01-04 12:00", "clear score >= 9 → >= 7")]),
        ({"condition": "score < 5"}, {"condition": "score < 5", "clear": "score >= 9"},
         [(1, "answer", 4), (3, "answer", 8)],
         [("moved", "01-02 12:00", "01-04 12:00", "01-02 12:00", None, "clear added: score >= 9")]),
        ({"condition": "score < 5", "clear": "score >= 9"}, {"condition": "score < 5"},
         [(1, "answer", 4), (3, "answer", 8)],
         [("moved", "01-02 12:00", None, "01-02 12:00", "01-04 12:00", "clear removed: score >= 9")]),
        # How long it must hold.
        ({"condition": "score < 5"}, {"condition": "score < 5", "dwell_days": 3}, [(1, "answer", 4)],
         [("moved", "01-02 12:00", None, "01-05 00:00", None, "dwell_days 0 → 3")]),
        ({"condition": "score < 5", "dwell_days": 5}, {"condition": "score < 5", "dwell_days": 2}, [(1, "answer", 4)],
         [("moved", "01-07 00:00", None, "01-04 00:00", None, "dwell_days 5 → 2")]),
        # It held on the last midnight in both versions, but not on those before.
        ({"condition": "score < 5", "dwell_days": 3}, {"condition": "score < 7", "dwell_days": 3},
         [(1, "answer", 6), (2, "answer", 4)],
         [("moved", "01-06 00:00", None, "01-05 00:00", None, "score < 5 → < 7")]),
        # Where it is watched.
        ({"condition": "score < 5"}, {"condition": "score < 5", "stages": "lead"}, [(1, "answer", 4)],
         [("out", "01-02 12:00", None, None, None, "stages active, returning → lead")]),
        ({"condition": "score < 5"}, {"condition": "score < 5", "stages": ["member", "away"]},
         [(1, "answer", 4), (3, "left")],
         [("moved", "01-02 12:00", "01-04 12:00", "01-02 12:00", None, "stages active, returning → member, away")]),
    ],
)  # fmt: skip
def test_a_signal_by_how_it_is_declared(
    before: dict[str, Any], after: dict[str, Any], told: Told, expected: list[Any]
) -> None:
    """Episodes that are new, gone or at another time, and what the versions part over."""
    found = review(club(Signal("s", **before)), club(Signal("s", **after)), history(*told))
    assert rows(found.signal("s")) == expected


def test_an_episode_that_the_other_version_overtakes() -> None:
    """Where the other version is still up at a start, they part when it closes; what lies before is another row."""
    facts = {"mood": Last("felt", of="value")}
    old, new = (club(Signal("s", condition), facts=facts) for condition in ("score < 5", "mood < 5"))
    log = history(
        (1, "answer", 4), (1, "felt", 4), (3, "answer", 9), (5, "answer", 4), (6, "felt", 9), (8, "felt", 4)
    )  # fmt: skip
    assert rows(review(old, new, log).signal("s")) == [
        ("moved", "01-02 12:00", "01-04 12:00", "01-02 12:00", "01-07 12:00", "score < 5 → mood < 5"),
        ("moved", "01-06 12:00", None, "01-09 12:00", None, "score < 5 → mood < 5"),
    ]


def test_a_signal_whose_customer_stands_elsewhere() -> None:
    """Where a move made the difference, the two stages are named."""
    signal = Signal("s", "score < 5")
    old, new = club(signal), club(signal, timers=(Timer("expired", 20, ENTRY),))
    found = review(old, new, history((1, "answer", 4), (30, "answer", 9), (32, "answer", 3)))
    assert rows(found.signal("s")) == [
        ("moved", "01-02 12:00", "01-31 12:00", "01-02 12:00", "01-21 00:00", "stage member → away"),
        ("out", "02-02 12:00", None, None, None, "stage member → away"),
    ]


def test_a_signal_of_one_version_only() -> None:
    """A new signal adds its episodes, one that is gone loses them; a renamed one can be followed."""
    old, new = club(Signal("s", "score < 5")), club(Signal("t", "score < 7"))
    log = history((1, "answer", 6), (3, "answer", 4))
    found = review(old, new, log)
    assert rows(found.signal("t")) == [("in", None, None, "01-02 12:00", None, "added: score < 7")]
    assert rows(found.signal("s")) == [("out", "01-04 12:00", None, None, None, "removed: score < 5")]
    assert rows(found.signal("t", was="s")) == [("moved", "01-04 12:00", None, "01-02 12:00", None, "score < 5 → < 7")]


# --- moves and stages -------------------------------------------------------------------------------------------------


def moves(before: Definition, after: Definition, log: TouchpointLog) -> list[tuple[Any, ...]]:
    """The rows of the moves."""
    return rows(review(before, after, log).moves())


def test_a_move_by_its_condition() -> None:
    """A guard that asks for more lets the customer move later, or not at all."""
    old = club(made=machine("visits >= 1", by="visit"))
    new = club(made=machine("visits >= 2", by="visit"))
    assert moves(old, new, history((1, "visit"), (5, "visit"))) == [
        ("moved", "lead", "member", "01-02 12:00", "01-06 12:00", "visit", "visits >= 1 → >= 2")
    ]
    assert moves(old, new, history((1, "visit"))) == [
        ("out", "lead", "member", "01-02 12:00", None, "visit", "visits >= 1 → >= 2")
    ]
    free = club(made=machine(by="visit"))
    assert moves(free, new, history((1, "visit")))[0][-1] == "added: visits >= 2"


def test_a_move_by_its_timer() -> None:
    """Another number of days moves the customer at another time."""
    old, new = (club(timers=(Timer("expired", days, ENTRY),)) for days in (30, 20))
    why = "timer expired: 30 days → 20 days after entry"
    assert moves(old, new, history((50, "visit"))) == [
        ("moved", "member", "away", "01-31 00:00", "01-21 00:00", "expired", why)
    ]


def test_moves_that_follow() -> None:
    """What comes after the first difference says in which other stage the customer stood, or since when."""
    old, new = (club(timers=(Timer("expired", days, ENTRY),)) for days in (200, 20))
    assert moves(old, new, history((40, "left"), (45, "returned"))) == [
        ("moved", "member", "away", "02-10 12:00", "01-21 00:00", "expired",
         "timer expired: 200 days → 20 days after entry"),
    ]  # fmt: skip
    found = review(old, new, history((10, "left"), (12, "returned"), (50, "visit")))
    assert rows(found.moves()) == []
    late = machine("visits >= 2", by="visit")
    early = machine("visits >= 1", by="visit")
    first, second = (club(made=made, timers=(Timer("expired", 10, ENTRY),)) for made in (late, early))
    assert [row[-1] for row in moves(first, second, history((1, "visit"), (3, "visit"), (40, "answer", 1)))] == [
        "visits >= 2 → >= 1",
        "in member since another time",
    ]


def test_a_kind_that_raises_another_event() -> None:
    """A touchpoint whose kind means another event moves the customer another way."""
    old, new = club(events={"left": ["visit"]}), club(events={"returned": ["visit"]})
    assert moves(old, new, history((2, "visit"))) == [
        ("out", "member", "away", "01-03 12:00", None, "left", "kind 'visit': event 'left' → 'returned'")
    ]


def test_another_transition() -> None:
    """A transition that is new, or gone, says so."""
    old, new = club(made=machine("visits >= 9")), club(made=machine("visits >= 9", also="answer"))
    log = history((2, "answer", 3))
    assert moves(old, new, log)[0][-1] == "added: lead → away on 'answer'"
    assert moves(new, old, log)[0][-1] == "removed: lead → away on 'answer'"


def test_what_is_taken_instead() -> None:
    """Where the order of transitions decides, what was taken instead is named."""

    def made(*, is_kept: bool) -> type[CustomerMachine]:
        lead, member, friend = role.prospect(initial=True), role.active(), role.active()
        ways = [(member, "visits >= 1"), (friend, "visits >= 0")]
        # The order of the calls of to() is the order in which they are tried.
        first, second = (lead.to(target, cond=cond) for target, cond in (ways if is_kept else ways[::-1]))
        body = {"lead": lead, "member": member, "friend": friend, "visit": first | second}
        return type(CustomerMachine)("Made", (CustomerMachine,), body)

    old, new = (Definition(made(is_kept=is_kept), name="club", facts=FACTS) for is_kept in (True, False))
    assert [row[-1] for row in moves(old, new, history((1, "visit")))] == [
        "instead: lead → friend on 'visit' if visits >= 0",
        "instead: lead → member on 'visit' if visits >= 1",
    ]


def test_a_date_that_means_something_else() -> None:
    """A timer over a date says that the date changed."""
    old = club(facts={"expiry": Last("signed", of="value", type="date")})
    new = club(facts={"expiry": Last("signed", of="other", type="date")})
    assert moves(old, new, history((1, "signed", "2026-01-20")))[0][-1] == "timer expired: expiry changed"


def test_who_stands_elsewhere() -> None:
    """Stages differ by the first move that differs; a summary counts them."""
    old, new = (club(timers=(Timer("expired", days, ENTRY),)) for days in (200, 20))
    found = review(old, new, history((50, "visit")))
    why = "timer expired: 200 days → 20 days after entry"
    assert rows(found.stages()) == [("stage", "member", "away", "01-01 12:00", "01-21 00:00", why)]
    assert rows(found.stages("2026-01-10")) == []
    counts = {row["what"]: tuple(row.values())[2:] for row in found.summary().rows()}
    assert counts["stage member"] == (1, 0, 0, 1, 0)
    assert counts["stage away"] == (0, 1, 1, 0, 0)
    assert counts["moves"] == (1, 2, 1, 0, 0)


# --- the review as a whole --------------------------------------------------------------------------------------------


def test_the_review_in_words() -> None:
    """What the definitions say differently, what comes of it, and how much more could have."""
    signals = Signal("low", "score < 5"), Signal("unheard", "score < 3")
    new = (Signal("low", "score < 8"), Signal("unheard", "score < 2"))
    found = review(club(*signals), club(*new), history((1, "answer", 6)))
    assert str(found) == (
        "club 1 → club 2: 1 customer until 2026-03-01 00:00\n"
        "what the definitions say differently:\n"
        "  definition: version 1 → 2\n"
        "  signal low: condition score < 5 → < 8\n"
        "  signal unheard: condition score < 3 → < 2\n"
        "what comes of it:\n"
        "        what   counted  before  after  in  out  moved\n"
        "  signal low  episodes       0      1   1    0      0\n"
        "  the same: 1 more that these changes could reach"
    )
    assert repr(found) == "<Review of club 1 → club 2, 1 customers>"


def test_one_customer_in_words() -> None:
    """Everything that differs for one customer, each with the figures of both versions."""
    segment, signal = Segment("s", "score < 5 and visits >= 0"), Signal("low", "score < 5")
    old = club(segment, signal, made=machine("visits >= 1", by="visit"))
    new = club(
        Segment("s", "score < 8 and visits >= 0"), Signal("low", "score < 8"), made=machine("visits >= 2", by="visit")
    )
    found = review(old, new, history((1, "visit"), (5, "visit"), (7, "answer", 6)))
    assert found.why("ann") == (
        "ann: club 1 → club 2\n"
        "  move lead → member at another time: visits >= 1 → >= 2\n"
        "    before: lead → member on 2026-01-02 12:00: 'visit'; visits 1 ≥ 1\n"
        "    after: lead → member on 2026-01-06 12:00: 'visit'; visits 2 ≥ 2\n"
        "  segment s only after: score < 5 → < 8\n"
        "    before, 2026-02-28: score 6 < 5 ✗\n"
        "    after, 2026-02-28: score 6 < 8\n"
        "  signal low only after (none → 2026-01-08 to now): score < 5 → < 8\n"
        "    before, 2026-01-08: score 6 < 5 ✗\n"
        "    after, 2026-01-08: score 6 < 8"
    )


def test_versions_that_were_not_told_apart() -> None:
    """Where a revision has no version of its own, the digests tell the two apart."""
    old, new = club(Segment("s", "score < 5")), club(Segment("s", "score < 8"))
    found = compare(old, new, history((1, "answer", 6)))
    assert str(found.before) == f"club 1 ({old.digest[:7]})"
    assert str(found.after) == f"club 1 ({new.digest[:7]})"
    assert str(compare(old, old, history()).after) == "club 1"


def test_customers_of_their_own_log() -> None:
    """What is known of customers can come in a second log, as for `replay`."""
    old, new = (club(Segment("s", f"plan == '{plan}'"), facts={"plan": Last("welcomed", of="plan", type="text")})
                for plan in ("pro", "team"))  # fmt: skip
    known = TouchpointLog.from_columns(
        {"customer": ["ann"], "at": ["2025-12-31"], "kind": ["welcomed"], "plan": ["team"]}
    )
    found = compare(old, attrs.evolve(new, version="2"), history(), customers=known)
    assert rows(found.segment("s")) == [("in", None, "12-31 00:00", "plan == 'pro' → == 'team'")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda found: found.segment("x"), "there is no segment 'x'; segments: s"),
        (lambda found: found.segment("s", was="x"), "there is no segment 'x'; segments: s"),
        (lambda found: found.signal("s"), "there is no signal 's'; signals: none"),
        (lambda found: found.segment("s", at="soon"), "'soon' is not an ISO date"),
    ],
)
def test_what_is_refused(call: Any, message: str) -> None:
    """A name that neither version has, or a moment that is none."""
    found = review(club(Segment("s", "score < 5")), club(Segment("s", "score < 8")), history())
    with pytest.raises(InvalidArgument, match=message):
        call(found)
    with pytest.raises(UnknownCustomer):
        found.why("bob")


def test_an_empty_log() -> None:
    """No customers, no differences."""
    found = review(club(Segment("s", "score < 5")), club(Segment("s", "score < 8")), TouchpointLog.from_touchpoints([]))
    assert [len(table) for table in (found.segment("s"), found.moves(), found.stages())] == [0, 0, 0]
    assert "0 customers" in str(found)


def test_facts_about_the_stage_are_read_as_the_guard_saw_them() -> None:
    """A guard over days in the stage is asked before the move that it lets happen."""

    def made(days: int) -> type[CustomerMachine]:
        new, old = role.active(initial=True), role.active()
        body = {"new": new, "old": old, "visit": new.to(old, cond=f"here >= {days}") | old.to(new)}
        return type(CustomerMachine)("Made", (CustomerMachine,), body)

    first, second = (
        Definition(made(days), name="club", facts={"here": InStage()}, version=str(days)) for days in (5, 9)
    )
    log = history((6, "visit"), (10, "visit"))
    assert rows(compare(first, second, log).moves()) == [
        ("moved", "new", "old", "01-07 12:00", "01-11 12:00", "visit", "here >= 5 → >= 9"),
        ("out", "old", "new", "01-11 12:00", None, "visit", "stage old → new"),
    ]
