"""Promises kept, late and overdue; answers and how fast; scores before and after: pairs matched by reference."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import CustomerMachine, Definition, Open, Overdue, Paired, Touchpoint, TouchpointLog, replay, role
from lifecycle.errors import DefinitionError, FactOverflow
from lifecycle.model import Calendar
from lifecycle.rules import Fact, Points, Rows, Value, day_of_text, major, show

from .readings import PASSIVE, asked, both, context, folded, touchpoint, unannounced

BEGIN = datetime(2024, 3, 8, 22, tzinfo=UTC)
MADE, KEPT, DROPPED = "Promise made", "promise.kept", "promise withdrawn"
CLOSED = (KEPT, DROPPED)
KEYS = {"pledge": "promise_made"}
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
OLD = "1999-01-01"

made = some.sampled_from([MADE, MADE, "pledge"])
kinds = some.one_of(made, some.sampled_from([KEPT, KEPT, DROPPED, "visit"]))
references = some.sampled_from(["a", "a", "b", 7, "7", None, "", 0.5])
scores = some.sampled_from([None, 0, 5, 7.5, 10, 0.1, -3, "x", True, 1e-7])
dues = some.one_of(
    some.integers(-4, 9).map(lambda days: (BEGIN + timedelta(days=days)).date().isoformat()),
    some.sampled_from(
        [None, "soon", "9999-12-31", "2024-03-10T23:30:00", "2024-03-12 00:00:00+09:00", date(2024, 3, 11)]
    ),
)
steps = some.sampled_from(
    [timedelta(0), timedelta(0), timedelta(microseconds=1), timedelta(seconds=3600), timedelta(hours=7),
     timedelta(hours=24), timedelta(days=2, microseconds=-1), timedelta(days=5)]
)  # fmt: skip


@some.composite
def histories(draw: some.DrawFn) -> list[list[Touchpoint]]:
    """The promises made to up to three customers."""
    found = []
    for number in range(draw(some.integers(1, 3))):
        at, history = BEGIN, []
        for step in draw(some.lists(steps, min_size=1, max_size=12)):
            at += step
            about = {"promise": draw(references), "due": draw(dues), "score": draw(scores)}
            amount = draw(some.sampled_from([None, "10.50", "-0.01", 99]))
            history.append(
                Touchpoint(
                    f"c{number}", draw(kinds), at, amount=amount, currency=None if amount is None else "EUR",
                    attributes={name: value for name, value in about.items() if value is not None},
                )
            )  # fmt: skip
        found.append(history)
    return found


def reference(one: Touchpoint) -> str:
    """The reference as text; whatever is none is one reference."""
    value = one.attributes.get("promise")
    return {7: "7", 0.5: ""}.get(value, value) if value is not None else ""  # type: ignore[call-overload, no-any-return]


def matched(fact: Overdue | Paired, history: Sequence[Touchpoint]) -> Iterator[tuple[Touchpoint, Touchpoint | None]]:
    """Openings with what closed them, written down from the whole history of each reference."""
    for ref in dict.fromkeys(map(reference, history)):
        mine = [one for one in history if reference(one) == ref and one.kind in (MADE, "pledge", *fact.closed)]
        closings = [place for place, one in enumerate(mine) if one.kind in fact.closed]
        for begin, end in zip([0, *(place + 1 for place in closings)], [*closings, len(mine)], strict=True):
            if begin < end:
                yield mine[begin], mine[end] if end < len(mine) else None


def day(one: Touchpoint, zone: str) -> int:
    """The calendar day of a touchpoint."""
    return Calendar(zone).day_of(one.at_us)


def due_day(one: Touchpoint) -> int | None:
    """The due day as it is written."""
    return day_of_text(str(one.attributes.get("due", "")))


def n_overdue(fact: Overdue, history: Sequence[Touchpoint], today: int, zone: str) -> int:
    """How many are open past their due day, and past the day on which they were opened."""
    still = [opening for opening, closing in matched(fact, history) if closing is None]
    return sum(1 for one in still if (due := due_day(one)) is not None and due < today and day(one, zone) < today)


def number_of(fact: Paired, opening: Touchpoint, closing: Touchpoint, zone: str) -> int | None:
    """The number of a pair in stored units."""
    if fact.value == "hours":
        return (closing.at - opening.at) // timedelta(seconds=1)
    if fact.value == "late_days":
        due = due_day(opening)
        return None if due is None else day(closing, zone) - due
    if fact.of == "amount":
        return None if opening.minor is None or closing.minor is None else closing.minor - opening.minor
    scores = [one.attributes.get("score") for one in (opening, closing)]
    if any(score is None or isinstance(score, str) for score in scores):
        return None
    before, after = (round(Decimal(str(float(score))) * 10**6) for score in scores)  # type: ignore[arg-type]
    return after - before


def expected(fact: Paired, history: Sequence[Touchpoint], today: int, zone: str) -> Value:
    """The statistic, from all pairs at once."""
    days, scale = fact.days, {"hours": 3600, "late_days": 1, "gap": 100 if fact.of == "amount" else 10**6}[fact.value]
    pairs = [(opening, closing) for opening, closing in matched(fact, history) if closing is not None]
    pairs.sort(key=lambda pair: history.index(pair[1]))
    found = []
    for opening, closing in pairs:
        number = number_of(fact, opening, closing, zone)
        age = today - day(closing, zone)
        if number is None or (days is not None and not days.ago <= age < days.ago + days.n):
            continue
        units = Decimal(number) / scale
        if (fact.above is None or units > Decimal(str(fact.above))) and (
            fact.below is None or units < Decimal(str(fact.below))
        ):
            found.append(number)
    if fact.statistic == "count":
        return len(found)
    if not found:
        return None
    if fact.statistic == "mean":
        return sum(found) / len(found)
    return float(found[-1]) if fact.value == "hours" else found[-1]


PAIRED: dict[str, Paired] = {
    "hours": Paired(MADE, KEPT, ref="promise"),
    "hours of a week": Paired(MADE, CLOSED, ref="promise").within(7),
    "hours of the last": Paired(MADE, CLOSED, ref="promise", statistic="last"),
    "last hours of two days": Paired(MADE, KEPT, ref="promise", statistic="last").within(2),
    "last hours of two days ago": Paired(MADE, KEPT, ref="promise", statistic="last").within(2, ago=3),
    "within an hour": Paired(MADE, KEPT, ref="promise", statistic="count", below=1.0001),
    "an hour or more, ago": Paired(MADE, CLOSED, ref="promise", statistic="count", above=0.9999).within(4, ago=1),
    "days late": Paired(MADE, KEPT, ref="promise", value="late_days"),
    "kept late": Paired(MADE, KEPT, ref="promise", value="late_days", statistic="count", above=0),
    "kept late of late": Paired(MADE, KEPT, ref="promise", value="late_days", statistic="count", above=0).within(3),
    "kept on the day": Paired(MADE, CLOSED, value="late_days", statistic="count", above=-1, below=0.5, ref="promise"),
    "last lateness": Paired(MADE, KEPT, ref="promise", value="late_days", statistic="last").within(1, ago=1),
    "gap": Paired(MADE, KEPT, ref="promise", value="gap"),
    "fell short": Paired(MADE, CLOSED, ref="promise", value="gap", statistic="count", below=0).within(90),
    "far beyond": Paired(MADE, CLOSED, ref="promise", value="gap", statistic="count", above=2.4),
    "last gap": Paired(MADE, CLOSED, ref="promise", value="gap", statistic="last"),
    "gap of money": Paired(MADE, KEPT, ref="promise", value="gap", of="amount").within(6),
    "last gap of money": Paired(MADE, CLOSED, ref="promise", value="gap", of="amount", statistic="last"),
}
OVERDUE: dict[str, Overdue] = {
    "overdue": Overdue(MADE, CLOSED, ref="promise"),
    "overdue that only keeping ends": Overdue(MADE, KEPT, ref="promise"),
}


def moments(found: list[list[Touchpoint]], zone: str) -> list[tuple[int, int, int]]:
    """(customer, how many rows are seen, day): after each touchpoint and later, also when others came by then."""
    return [
        (customer, seen, day(one, zone) + later)
        for customer, history in enumerate(found)
        for seen, one in enumerate(history, 1)
        for later in (0, 1, 2, 6, 30)
    ]


def rows_of(found: list[list[Touchpoint]], zone: str) -> Rows:
    """The columns of some customers."""
    log = TouchpointLog.from_touchpoints(one for history in found for one in history)
    return Rows(log.block(0, log.n_customers), Calendar(zone), KEYS, PASSIVE, 2)


def columns(fact: Fact, rows: Rows, wanted: list[tuple[int, int, int]]) -> list[Value]:
    """The values from the columns."""
    who, seen, today = (np.array(part) for part in zip(*wanted, strict=True))
    points = Points(who.astype(np.int32), rows.starts[who] + seen, today.astype(np.int32))
    column = fact.bind(context(keys=KEYS)).query(rows, points)
    return [column.value(place) for place in range(len(wanted))]


def folds(fact: Fact, found: list[list[Touchpoint]], wanted: list[tuple[int, int, int]], zone: str) -> list[Value]:
    """The values from folds; each state goes through JSON on its way."""
    bound, values = fact.bind(context(keys=KEYS)), []
    for customer, seen, today in wanted:
        state = bound.start
        for one in found[customer][:seen]:
            if KEYS.get(one.kind_key, one.kind_key) in (bound.kinds or ()):
                state = bound.fold(state, one, day(one, zone))
                assert tuples(json.loads(json.dumps(state, allow_nan=False))) == state
        values.append(bound.read(state, today, 0))
    return values


def tuples(value: Any) -> Any:
    """Lists as tuples."""
    return tuple(map(tuples, value)) if isinstance(value, list) else value


@settings(max_examples=80)
@given(histories(), some.sampled_from(ZONES))
def test_pairs_are_those_of_the_whole_history(found: list[list[Touchpoint]], zone: str) -> None:
    """The fold, the columns, and all pairs written down at once give one number, in every zone, of the same type."""
    wanted, rows = moments(found, zone), rows_of(found, zone)
    for name, fact in PAIRED.items():
        truth = [expected(fact, found[who][:seen], today, zone) for who, seen, today in wanted]
        for values in (folds(fact, found, wanted, zone), columns(fact, rows, wanted)):
            assert values == truth, name
            assert [type(value) for value in values] == [type(value) for value in truth], name


@settings(max_examples=80)
@given(histories(), some.sampled_from(ZONES))
def test_overdue_is_what_is_open_past_its_day(found: list[list[Touchpoint]], zone: str) -> None:
    """The fold, the columns, and what the whole history leaves open give one number."""
    wanted, rows = moments(found, zone), rows_of(found, zone)
    for name, fact in OVERDUE.items():
        truth = [n_overdue(fact, found[who][:seen], today, zone) for who, seen, today in wanted]
        assert folds(fact, found, wanted, zone) == truth, name
        assert columns(fact, rows, wanted) == truth, name


@settings(max_examples=100)
@given(histories(), some.sampled_from(ZONES))
def test_what_is_overdue_is_open(found: list[list[Touchpoint]], zone: str) -> None:
    """`Overdue` matches as `Open` does: with every due day long past, it is what is open since before today."""
    wanted = moments(found, zone)
    tomorrow = [(who, seen, today + 1) for who, seen, today in wanted]
    rows = rows_of(
        [[attrs.evolve(one, attributes={**one.attributes, "due": OLD}) for one in mine] for mine in found], zone
    )
    is_open = columns(Open(MADE, KEPT, ref="promise"), rows, wanted)
    late, later = (columns(Overdue(MADE, KEPT, ref="promise"), rows, days) for days in (wanted, tomorrow))
    assert later == is_open
    assert all(n <= most for n, most in zip(late, is_open, strict=True))  # type: ignore[operator]


@settings(max_examples=100)
@given(histories(), some.sampled_from(ZONES))
def test_whatever_time_changes_was_announced(found: list[list[Touchpoint]], zone: str) -> None:
    """A due day that passes and a pair that leaves a window are told beforehand, by the state and by the rows."""
    rows = rows_of(found, zone)
    for name, fact in {**PAIRED, **OVERDUE}.items():
        assert unannounced(fact.bind(context(keys=KEYS)), found, rows) == [], name


def promise(kind: str, at: float, ref: str | None = "a", due: int | None = None, **about: object) -> Touchpoint:
    """A touchpoint about a promise; `due` in days after the first one's."""
    if ref is not None:
        about["promise"] = ref
    if due is not None:
        about["due"] = (date(2024, 1, 30) + timedelta(days=due)).isoformat()
    return touchpoint(kind, at, **about)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("history", "later", "n"),
    [
        ([promise("made", 0, due=3)], 3, 0),
        ([promise("made", 0, due=3)], 4, 1),
        ([promise("made", 0, due=3), promise("kept", 3)], 9, 0),
        ([promise("made", 0, due=3), promise("kept", 9)], 0, 0),
        ([promise("made", 0, due=3), promise("visit", 9)], 0, 1),
        ([promise("made", 0, due=3), promise("dropped", 2)], 9, 0),
        ([promise("made", 0, due=-5)], 0, 0),
        ([promise("made", 0, due=-5)], 1, 1),
        ([promise("made", 0)], 99, 0),
        ([promise("made", 0, due=3), promise("made", 1, due=50)], 4, 1),
        ([promise("made", 0), promise("made", 1, due=3)], 9, 0),
        ([promise("made", 0, due=3), promise("kept", 1), promise("made", 2, due=5)], 3, 0),
        ([promise("made", 0, due=3), promise("kept", 1), promise("made", 2, due=5)], 4, 1),
        ([promise("made", 0, due=3), promise("made", 0, "b", due=1), promise("kept", 2, "c")], 2, 2),
        ([promise("made", 0, None, due=3), promise("kept", 1, "")], 9, 0),
        ([promise("kept", 0), promise("made", 0, due=0)], 1, 1),
    ],
)
def test_overdue(history: list[Touchpoint], later: int, n: int) -> None:
    """Open and past its due day; on the due day it is not yet, on the day of opening never."""
    assert both(Overdue("made", ("kept", "dropped"), ref="promise"), history, later) == n


TALE = [
    promise("made", 0, due=3, score=8),
    promise("made", 0.25, "b", due=1),
    promise("kept", 1, score=6),  # 24 hours, 2 days early, 2 less
    promise("kept", 3.25, "b", score=9),  # 72 hours, 2 days late
    promise("made", 4, due=4, score=5),
    promise("kept", 4.5, score=9.5),  # 12 hours; noon and half a day is the next date
]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("about", "value"),
    [
        ({}, (24 + 72 + 12) * 3600 / 3),
        ({"statistic": "last"}, 12 * 3600.0),
        ({"statistic": "count"}, 3),
        ({"statistic": "count", "above": 24}, 1),
        ({"statistic": "count", "above": 23.99}, 2),
        ({"statistic": "count", "below": 24}, 1),
        ({"statistic": "count", "above": 12, "below": 72}, 1),
        ({"value": "late_days"}, (-2 + 2 + 1) / 3),
        ({"value": "late_days", "statistic": "last"}, 1),
        ({"value": "late_days", "statistic": "count", "above": 0}, 2),
        ({"value": "late_days", "statistic": "count", "below": 0}, 1),
        ({"value": "gap"}, (-2_000_000 + 4_500_000) / 2),
        ({"value": "gap", "statistic": "last"}, 4_500_000),
        ({"value": "gap", "statistic": "count"}, 2),
        ({"value": "gap", "statistic": "count", "below": 0}, 1),
        ({"value": "gap", "of": "other"}, None),
        ({"value": "gap", "of": "other", "statistic": "last"}, None),
        ({"value": "gap", "of": "other", "statistic": "count"}, 0),
        ({"value": "late_days", "due": "other"}, None),
    ],
)
def test_what_pairs_tell(about: dict[str, Any], value: Value) -> None:
    """Hours, days late and the gap of scores: how many, their mean, the last; missing where there is no pair."""
    assert both(Paired("made", "kept", ref="promise", **about), TALE) == value
    assert both(Paired("made", "kept", ref="promise", **about), TALE[:2]) in (None, 0)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("n", "ago", "later", "mean", "last"),
    [
        (1, 0, 0, 12.0, 12.0),
        (1, 0, 1, None, None),
        (2, 0, 0, 12.0, 12.0),
        (2, 0, 1, 12.0, 12.0),
        (3, 0, 0, (72 + 12) / 2, 12.0),
        (5, 0, 0, (24 + 72 + 12) / 3, 12.0),
        (3, 1, 0, 72.0, 72.0),
        (4, 1, 0, (24 + 72) / 2, 72.0),
        (1, 4, 0, 24.0, 24.0),
        (1, 4, 1, None, None),
        (1, 4, 2, 72.0, 72.0),
        (1, 4, 4, 12.0, 12.0),
    ],
)
def test_windows_are_over_the_day_of_closing(
    n: int, ago: int, later: int, mean: float | None, last: float | None
) -> None:
    """A pair is in the window if its closing is; the last one is the last within the window."""
    fact = Paired("made", "kept", ref="promise").within(n, ago=ago)
    for statistic, hours in (("mean", mean), ("last", last)):
        found = both(attrs.evolve(fact, statistic=statistic), TALE, later)
        assert found == (None if hours is None else hours * 3600)


@pytest.mark.smoke
def test_hours_are_read_as_hours() -> None:
    """Conditions, tables and people see hours; a threshold is exact to the second."""

    class Desk(CustomerMachine):
        new, slow, other = role.prospect(initial=True), role.active(), role.active()
        visit = new.to(slow, cond="hours >= 24.1 and last_hours > 12") | new.to(other)

    facts = {
        "hours": Paired("asked", "answered"),
        "last_hours": Paired("asked", "answered", statistic="last"),
        "gap": Paired("asked", "answered", value="gap", statistic="last"),
    }
    desk = Definition(Desk, name="desk", facts=facts)
    for seconds, stage in ((24.1 * 3600, "slow"), (24.1 * 3600 - 1, "other")):
        answer = touchpoint("answered", seconds / 86_400, score=6.25)
        story = [touchpoint("asked", 0, score=4), answer, touchpoint("visit", 3)]
        row = next(replay(desk, TouchpointLog.from_touchpoints(story)).as_of("2024-03-01").rows())
        assert row["stage"] == stage
        assert row["hours"] == row["last_hours"] == round(seconds) / 3600
        assert row["gap"] == 2.25
        customer = desk.begin(story[0]).customer
        for one in story[1:]:
            customer = desk.advance(customer, one).customer
        assert customer.stage.id == stage
        live = desk.facts_of(customer, story[-1].at)
        assert live == {"hours": round(seconds) / 3600, "last_hours": round(seconds) / 3600, "gap": Decimal("2.25")}
    kind = facts["hours"].bind(context()).type
    assert (kind.unit, show(5400.0, kind), major(5400.0, kind)) == ("hours", "1.5", 1.5)


@pytest.mark.smoke
def test_facts_that_differ_in_one_part_share_no_answer() -> None:
    """Facts asked of the same columns, one after the other, answer as each does alone."""
    draw = random.Random(3)
    history = [
        touchpoint(
            draw.choice(["made", "asked", "kept", "dropped"]), at, ref=draw.choice("xyz"), tag=draw.choice("xyz"),
            due=f"2024-02-0{draw.randint(1, 9)}", until="2024-01-31", score=draw.randint(0, 9), mood=draw.randint(0, 9),
        )
        for at in range(40)
    ]  # fmt: skip
    one = Paired("made", "kept", value="gap", statistic="last")
    facts: list[Fact] = [
        one,
        attrs.evolve(one, opened="asked"),
        attrs.evolve(one, closed="dropped"),
        attrs.evolve(one, ref="tag"),
        attrs.evolve(one, of="mood"),
        attrs.evolve(one, value="hours"),
        attrs.evolve(one, value="late_days"),
        attrs.evolve(one, value="late_days", due="until"),
        attrs.evolve(one, statistic="count", above=0),
        attrs.evolve(one, statistic="count", below=0),
        Overdue("made", "kept"),
        Overdue("made", "kept", due="until"),
        Overdue("made", "kept", ref="tag"),
        Open("made", "kept"),
        Open("asked", "kept"),
    ]
    rows, wanted = rows_of([history], "UTC"), moments([history], "UTC")
    together = [columns(fact, rows, wanted) for fact in facts]
    assert together == [columns(fact, rows_of([history], "UTC"), wanted) for fact in facts]
    assert len(set(map(tuple, together))) == len(facts)


@pytest.mark.smoke
def test_units_of_the_numbers() -> None:
    """Days are days, money is money, counts are plain; only counts are never missing."""
    bound = {name: fact.bind(context()).type for name, fact in PAIRED.items()}
    assert (bound["days late"].unit, bound["days late"].is_real, bound["days late"].may_miss) == ("days", True, True)
    assert (bound["last lateness"].unit, bound["last lateness"].is_real) == ("days", False)
    assert (bound["hours of the last"].unit, bound["hours of the last"].is_real) == ("hours", True)
    assert (bound["gap of money"].unit, bound["gap of money"].scale) == ("EUR", 100)
    assert (bound["gap"].unit, bound["gap"].scale) == ("", 10**6)
    assert (bound["kept late"].unit, bound["kept late"].scale, bound["kept late"].may_miss) == ("", 1, False)
    assert Paired("a", "b", value="gap", of="amount").bind(context("JPY")).type.scale == 1


@pytest.mark.smoke
def test_a_customer_keeps_no_more_than_a_window_needs() -> None:
    """A state holds what is open and the days that a window can still reach, however long the history."""
    history = [promise(kind, at, due=3, score=1) for at in range(300) for kind in ("made", "kept") * 2]
    calendar, week = Calendar("UTC"), Paired("made", "kept", ref="promise", value="gap")
    for fact, most in (
        (week, 0),
        (week.within(7), 7),
        (week.within(7, ago=5), 12),
        (attrs.evolve(week, statistic="last").within(7), 1),
        (attrs.evolve(week, statistic="last").within(7, ago=5), 12),
        (attrs.evolve(week, statistic="last"), 1),
    ):
        bound = fact.bind(context())
        state = bound.start
        for one in history:
            state = bound.fold(state, one, calendar.day_of(one.at_us))
        openings, seen = state
        assert openings == ()
        assert len([part for part in seen if isinstance(part, tuple)]) == most


@pytest.mark.smoke
def test_numbers_too_large_are_refused_by_both() -> None:
    """A score that float64 cannot hold exactly is a declared error, also on an opening that nothing closed."""
    lent, fact = context(), Paired("made", "kept", ref="promise", value="gap", statistic="last")
    large, near = 2.0**53, 2**52 / 10**6
    for history in (
        [promise("made", 0, score=large)],
        [promise("made", 0, score=1), promise("kept", 1, score=large)],
        [promise("made", 0, score=-near), promise("kept", 1, score=near)],
    ):
        with pytest.raises(FactOverflow, match="beyond 2\\*\\*53"):
            folded(fact.bind(lent), history)
        with pytest.raises(FactOverflow, match="beyond 2\\*\\*53"):
            asked(fact.bind(lent), TouchpointLog.from_touchpoints(history), [(0, len(history), 19_790)], lent)
    # What pairs with nothing is not read by either.
    assert both(fact, [promise("made", 0), promise("kept", 1, score=large)]) is None
    assert both(fact, [promise("kept", 1, score=large)]) is None


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Overdue("", "kept"), "Overdue: opened='' is not a name"),
        (lambda: Overdue("made", "kept", ref=" "), "Overdue: ref=' ' is not a name"),
        (lambda: Overdue("made", "kept", due=None), "Overdue: due=None is not a name"),  # type: ignore[arg-type]
        (lambda: Overdue("made", "kept", due=7), "Overdue: due=7 is not a name"),  # type: ignore[arg-type]
        (lambda: Overdue("made", "kept", due="amount"), "Overdue: due='amount' is money, not a day"),
        (lambda: Overdue("made", ()).bind(context()), "nothing closes what 'made' opens"),
        (lambda: Overdue("made", "Made").bind(context()), "'made' opens and closes; give two different kinds"),
        (lambda: Paired("a", ("b", "pledge")).bind(context(keys={"pledge": "a"})), "'a' opens and closes"),
        (lambda: Paired(("a", "b"), "c"), "Paired: opened=('a', 'b') is not a name"),  # type: ignore[arg-type]
        (lambda: Paired("a", "b", of=""), "Paired: of='' is not a name"),
        (lambda: Paired("a", "b", value="days"), "Paired: value='days' is none of 'hours', 'late_days', 'gap'"),  # type: ignore[arg-type]
        (lambda: Paired("a", "b", statistic="sum"), "Paired: statistic='sum' is none of 'count', 'mean', 'last'"),  # type: ignore[arg-type]
        (lambda: Paired("a", "b", statistic=["mean"]), "is none of"),  # type: ignore[arg-type]
        (lambda: Paired("a", "b", above=1), "Paired: above=1 is for statistic='count', not for 'mean'"),
        (lambda: Paired("a", "b", below=1, statistic="last"), "below=1 is for statistic='count', not for 'last'"),
        (lambda: Paired("a", "b", above="1", statistic="count"), "above='1' is not a number"),  # type: ignore[arg-type]
        (lambda: Paired("a", "b", above=True, statistic="count"), "above=True is not a number"),
        (lambda: Paired("a", "b", below=float("nan"), statistic="count"), "below=nan is not a number"),
        (lambda: Paired("a", "b", below=float("inf"), statistic="count"), "below=inf is not a number"),
        (lambda: Paired("a", "b", above=2, below=2, statistic="count"), "no number is above=2 and below=2"),
        (lambda: Paired("a", "b").within(0), "within=0 is not a whole number of days"),
        (lambda: Paired("a", "b").within(3, ago=-1), "ago=-1 is not a whole number of days"),
    ],
)
def test_what_no_pair_can_be(make: Callable[[], object], message: str) -> None:
    """A fact about pairs that makes no sense is refused when it is declared or bound."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.smoke
@pytest.mark.parametrize(("bound", "n"), [(1e300, 0), (-1e300, 1), (0.0000005, 1), (0.000001, 0), (-1e-300, 1)])
def test_bounds_of_any_size(bound: float, n: int) -> None:
    """A bound beyond all numbers, or between two of them, is compared exactly; a tenth is a tenth."""
    pair = [promise("made", 0, score=0), promise("kept", 0, score=0.000001)]
    assert both(Paired("made", "kept", ref="promise", value="gap", statistic="count", above=bound), pair) == n
    tenths = [promise("made", 0, score=0.2), promise("kept", 0, score=0.3)]
    for edge in ({"above": 0.1}, {"below": 0.1}):
        assert both(Paired("made", "kept", ref="promise", value="gap", statistic="count", **edge), tenths) == 0  # type: ignore[arg-type]
