"""How facts change while nothing happens: whatever changes at a midnight was announced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import (
    Count,
    Difference,
    Distinct,
    Flag,
    InStage,
    Last,
    Max,
    Mean,
    Min,
    Open,
    Ratio,
    Touchpoint,
    TouchpointLog,
)
from lifecycle.model import Calendar
from lifecycle.rules import (
    DAILY,
    BoundFact,
    Fact,
    FactSet,
    FoldState,
    Growing,
    Rows,
    Stepping,
    Value,
    bind_facts,
    counter_of,
)

from .readings import PASSIVE, context, touchpoint
from .test_scalar_is_array import FACTS, KEYS, histories

UTC = Calendar("UTC")
LATER = 80
"""Days watched after the last touchpoint."""
TICKETS = Open("opened", "closed", ref="x")
FORMS: dict[str, Fact] = {
    **FACTS,
    "count today": Count().within(1),
    "count yesterday": Count("visit").within(1, ago=1),
    "count long ago": Count().within(2, ago=30),
    "count where, ago": Count("visit", where="x == 'A'").within(5, ago=5),
    "mean ago": Mean("bought").within(3, ago=4),
    "min ago": Min(of="x").within(1, ago=6),
    "max today": Max(of="w").within(1),
    "days today": Distinct("visit").within(1),
    "texts of a month": Distinct(of="x").within(30),
    "stale tomorrow": Last(of="x", type="text").stale_after(days=0),
    "stale in a month": Last(("visit", "bought"), of="x").stale_after(days=30),
    "flag that life sets": Flag(),
    "oldest, weekends only": TICKETS.oldest("business_days", week="0000011"),
    "oldest with holidays in a row": TICKETS.oldest(
        "business_days", week="1010000", holidays=tuple(date(2024, 2, day) for day in range(1, 22))
    ),
}
BOUND: dict[str, BoundFact] = {name: fact.bind(context(keys=KEYS)) for name, fact in FORMS.items()}


@attrs.frozen
class Stillness:
    """One fact of one customer between two touchpoints."""

    customer: int
    state: FoldState
    days: range
    """From the day of the touchpoint to that of the next: its midnight comes before it."""
    values: Sequence[Value]
    """One of each day."""


def stillnesses(fact: BoundFact, found: list[list[Touchpoint]]) -> Iterator[Stillness]:
    """What a fact does after each touchpoint, until the next."""
    for customer, history in enumerate(found):
        state, days = fact.start, [UTC.day_of(one.at_us) for one in history]
        for one, day, until in zip(history, days, [*days[1:], days[-1] + LATER], strict=True):
            kind = KEYS.get(one.kind_key, one.kind_key)
            if kind in fact.kinds if fact.kinds is not None else kind not in PASSIVE:
                state = fact.fold(state, one, day)
            watched = range(day, until + 1)
            yield Stillness(customer, state, watched, [fact.read(state, today, days[0]) for today in watched])


def rows_of(found: list[list[Touchpoint]]) -> Rows:
    """The rows of some customers."""
    log = TouchpointLog.from_touchpoints(one for history in found for one in history)
    return Rows(log.block(0, log.n_customers), UTC, KEYS, PASSIVE, 2)


def announced(ageing: Stepping, state: FoldState, days: range) -> set[int]:
    """The days that a state announces, one after the other."""
    found, day = set[int](), ageing.next_day(state, days[0])
    while day is not None and day <= days[-1]:
        found.add(day)
        after = ageing.next_day(state, day)
        assert after is None or after > day
        day = after
    return found


def changes(stillness: Stillness) -> set[int]:
    """The days whose midnight changes the value."""
    values = stillness.values
    return {
        day
        for day, before, after in zip(stillness.days[1:], values, values[1:], strict=False)
        if before != after
    }  # fmt: skip


@settings(max_examples=150)
@given(histories())
def test_what_steps_was_announced(found: list[list[Touchpoint]]) -> None:
    """A window or an age limit changes a value only on a day that the state, and the rows, tell beforehand."""
    rows = rows_of(found)
    for name, fact in BOUND.items():
        if not isinstance(fact.ageing, Stepping):
            continue
        customers, days = fact.ageing.days(rows)
        assert len(customers) == len(days)
        told = set(zip(customers.tolist(), days.tolist(), strict=True))
        for still in stillnesses(fact, found):
            changed = changes(still)
            assert changed <= announced(fact.ageing, still.state, still.days), name
            assert {(still.customer, day) for day in changed} <= told, name


@settings(max_examples=150)
@given(histories())
def test_what_grows_grows_by_a_day(found: list[list[Touchpoint]]) -> None:
    """An age grows by nothing or one at each midnight, stays missing, and tells when it has grown by so many."""
    more = np.arange(1, 7)
    for name, fact in BOUND.items():
        if not isinstance(fact.ageing, Growing):
            continue
        for still in stillnesses(fact, found):
            if still.values[0] is None:
                assert set(still.values) == {None}, name
                continue
            values = np.array(still.values)
            assert set(np.diff(values).tolist()) <= {0, 1}, name
            days = np.array(still.days)
            told = fact.ageing.later(days[:, None], more[None, :])
            assert told.dtype == np.int64
            # The first day with the wanted value, or one past those watched.
            truth = days[0] + np.searchsorted(values, values[:, None] + more)
            assert (np.minimum(told, days[-1] + 1) == truth).all(), name
            alone = [fact.ageing.later(still.days[0], n) for n in range(1, 7)]  # type: ignore[arg-type]
            assert alone == told[0].tolist()


@settings(max_examples=150)
@given(histories())
def test_what_does_not_age_stays(found: list[list[Touchpoint]]) -> None:
    """A fact that says that it does not age has one value from one touchpoint to the next."""
    for name, fact in BOUND.items():
        if fact.ageing is None:
            assert not any(changes(still) for still in stillnesses(fact, found)), name


@pytest.mark.smoke
def test_every_fact_of_the_library_says_how_it_ages() -> None:
    """None is left to be looked at every midnight; each of the three answers occurs."""
    assert not [name for name, fact in BOUND.items() if fact.ageing == DAILY]
    steps = {name for name, fact in BOUND.items() if isinstance(fact.ageing, Stepping)}
    grows = {name for name, fact in BOUND.items() if isinstance(fact.ageing, Growing)}
    assert {"count in a window", "max in a window ago", "texts in a window", "last that goes stale"} <= steps
    assert grows == {name for name in FORMS if name.startswith(("since", "oldest", "tenure"))}
    assert {"count", "first text", "flag", "flag of an attribute", "gap", "open", "days"}.isdisjoint(steps | grows)


@pytest.mark.smoke
def test_a_host_that_says_nothing_is_looked_at_daily() -> None:
    """The default is right for every fact."""
    told = BOUND["count"]
    assert BoundFact(told.type, told.kinds, told.start, told.fold, told.read, told.query).ageing == DAILY


@pytest.mark.smoke
def test_only_the_last_value_goes_stale() -> None:
    """A value that another follows in time is not announced; one replaced on the very day of its end is."""
    found = [[touchpoint("visit", day, x=1) for day in (0, 0, 2, 5, 9)]]
    fact = Last(of="x").stale_after(days=2).bind(context())
    assert isinstance(fact.ageing, Stepping)
    customers, days = fact.ageing.days(rows_of(found))
    first = UTC.day_of(found[0][0].at_us)
    assert (days - first).tolist() == [5, 8, 12]
    assert customers.tolist() == [0, 0, 0]


NAMED = {name.replace(" ", "_").replace(",", ""): fact for name, fact in FORMS.items() if "where " not in name}
SET = bind_facts(
    {
        **NAMED,
        "present": InStage(),
        "visits_here": InStage(count="visit"),
        "orders_there": InStage("there", count="order completed"),
        "share": Ratio("sum", "count_of_life"),
        "slowness": Difference("since", "present"),
        "both_here": Difference("visits_here", "orders_there"),
        "pace": Ratio("both_here", "slowness"),
        "same": Difference("pace", "pace"),
    },
    context(keys=KEYS),
)


@pytest.mark.smoke
def test_parts_are_what_a_formula_rests_on() -> None:
    """A formula is resolved down to folded facts and stage facts, each once; other facts are their own part."""
    assert SET.parts("since") == ("since",)
    assert SET.parts("present") == ("present",)
    assert SET.parts("visits_here") == ("visits_here",)
    assert SET.parts("share") == ("sum", "count_of_life")
    assert SET.parts("same") == SET.parts("pace") == ("visits_here", "orders_there", "since", "present")


@pytest.mark.smoke
def test_kinds_of_a_formula_are_those_of_its_parts() -> None:
    """One part that listens to every sign of life makes the formula listen too; days in a stage listen to nothing."""
    assert SET.kinds_of("tenure") == SET.kinds_of("present") == frozenset()
    assert SET.kinds_of("visits_here") == frozenset({"visit"})
    assert SET.kinds_of("orders_there") == frozenset({"bought"})
    assert SET.kinds_of("share") is None
    assert SET.kinds_of("slowness") == frozenset({"visit"})
    assert SET.kinds_of("pace") == frozenset({"visit", "bought"})
    assert SET.kinds_of("open") == frozenset({"opened", "closed"})


def values_of(facts: FactSet, states: tuple[FoldState, ...], day: int, start: int) -> dict[str, Value]:
    """All facts of a customer whose stage never changed."""

    def staged(name: str) -> Value:
        if facts.staged[name].count is None:
            return day - start
        return int(states[facts.slots[counter_of(name)]][0])

    read = facts.reader(states, day, start, staged)
    return {name: read(name) for name in facts.types}


@settings(max_examples=150)
@given(histories(), some.integers(0, 40))
def test_other_kinds_change_nothing(found: list[list[Touchpoint]], later: int) -> None:
    """A touchpoint of a kind that a fact does not listen to leaves its value on that day as it was."""
    kinds = {name: SET.kinds_of(name) for name in SET.types}
    for history in found:
        states, start = SET.start, UTC.day_of(history[0].at_us)
        for one in history:
            kind, day = KEYS.get(one.kind_key, one.kind_key), UTC.day_of(one.at_us)
            before = values_of(SET, states, day + later, start)
            states = SET.fold(states, kind, one, day, is_life=kind not in PASSIVE)
            after = values_of(SET, states, day + later, start)
            for name, heard in kinds.items():
                if kind in PASSIVE if heard is None else kind not in heard:
                    assert before[name] == after[name], (name, kind)
