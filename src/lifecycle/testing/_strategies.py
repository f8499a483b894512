"""Hypothesis strategies for touchpoints, histories, customers and logs of a definition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from hypothesis import assume
from hypothesis import strategies as st

from lifecycle.definition import Definition
from lifecycle.log import TouchpointLog
from lifecycle.model import Customer, Touchpoint

from ._asked import checked_bounds, checked_goal
from ._beats import Beat, Stage
from ._guide import guide_of
from ._history import History
from ._plugin import register_strategies
from ._telling import CUSTOMERS, Bounds, Goal, teller_of
from ._walking import us_of, walk_through

_SEEDS: Final = 2**24 - 1
_RARELY: Final = 63
_FEW: Final = 40
_KINDS: Final = ("login", "Page Viewed", "Order Completed", "feature_used", "ticket_opened", "nps", "profile_set")
_EARLIEST, _LATEST = datetime(2020, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - hypothesis wants naive bounds


def _instants() -> st.SearchStrategy[datetime]:
    return st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))


@st.composite
def touchpoints(
    draw: st.DrawFn,
    definition: Definition | None = None,
    *,
    customer: str | None = None,
    kinds: Sequence[str] | None = None,
) -> Touchpoint:
    """Single touchpoints, with attributes that a definition reads.

    Args:
        draw: given by hypothesis.
        definition: whose kinds and attributes; None: usual kinds, with amount and attributes now and then.
        customer: whose; None: of a few.
        kinds: only these.
    """
    who = customer or draw(st.sampled_from(CUSTOMERS))
    at = draw(_instants())
    if definition is None:
        kind = draw(st.sampled_from(tuple(kinds or _KINDS)))
        amount = draw(st.none() | st.integers(-100, 1_000))
        given: dict[str, Any] = draw(
            st.dictionaries(st.sampled_from(["plan", "score", "contact"]), st.sampled_from(("a", 1, 9.5, True)))
        )
        currency = None if amount is None else "EUR"
        return Touchpoint(who, kind, at, amount=amount, currency=currency, attributes=given)
    words = guide_of(definition).words
    kind = draw(st.sampled_from(tuple(kinds or words.kinds)))
    pools = words.pools(definition.program.context.key(kind))
    chosen = {name: draw(st.sampled_from((None, *pool))) for name, pool in pools.items()}
    given = {name: value for name, value in chosen.items() if value is not None}
    name = draw(st.sampled_from(words.names.get(kind, (kind,))))
    day = definition.program.calendar.day_of(us_of(at))
    stage = Stage(words, definition.program.calendar, day, who)
    return stage.touchpoint(Beat(0, kind, given), us_of(at), name)


def histories(
    definition: Definition,
    *,
    stage: str | None = None,
    signal: str | None = None,
    playbook: str | None = None,
    min_size: int = 1,
    max_size: int | None = None,
) -> st.SearchStrategy[History]:
    """Histories of one customer that really lead somewhere: to stages, signals and playbooks.

    They are guided by the definition: its kinds, attributes and thresholds, the routes of its chart, the silences of
    its timers, what its playbooks wait for. Without a goal they lead to all of these by turns. They shrink to few
    touchpoints.

    Args:
        definition: whose customers.
        stage: a stage, compound or role that they should reach.
        signal: a signal that they should raise.
        playbook: a playbook that they should start.
        min_size: at least so many touchpoints.
        max_size: at most so many; None: as many as it takes.

    Raises:
        InvalidArgument: the definition has no such stage, signal or playbook, or a number is out of range.
    """
    goal, bounds = checked_goal(definition, stage, signal, playbook), checked_bounds(min_size, max_size)
    return _histories(definition, goal, bounds)


@st.composite
def _histories(draw: st.DrawFn, definition: Definition, goal: Goal, bounds: Bounds) -> History:
    seed = draw(st.integers(0, _SEEDS))
    told = teller_of(definition).history(Random(seed), goal, bounds)
    # A touchpoint is left out for a 0, rarely when drawn, always tried when shrunk: so histories shrink one by one.
    kept = [touchpoint for touchpoint in told.touchpoints if draw(st.integers(0, _RARELY))]
    assume(len(kept) >= bounds.min_size)
    return History(kept, told.until)


def customers(definition: Definition, *, stage: str | None = None) -> st.SearchStrategy[Customer]:
    """Customers, folded live from histories.

    Args:
        definition: whose.
        stage: a stage, compound or role in which they stand; None: anywhere.

    Raises:
        InvalidArgument: the definition has no such stage.
    """
    goal = checked_goal(definition, stage, None, None)
    names = [one.id for one in definition.stages] if stage is None else guide_of(definition).inside((stage,))
    return _standing(definition, goal, names)


@st.composite
def _standing(draw: st.DrawFn, definition: Definition, goal: Goal, stages: Sequence[str]) -> Customer:
    """Customers at the last moment at which they stand in one of some stages."""
    history = draw(_histories(definition, goal, Bounds()))
    found = [step.customer for step in walk_through(definition, history).steps if step.customer.stage.id in stages]
    assume(found)
    return found[-1]


@st.composite
def logs(draw: st.DrawFn, definition: Definition, *, min_customers: int = 1, max_customers: int = 5) -> TouchpointLog:
    """Logs of several customers of a definition, their rows in no order.

    Args:
        draw: given by hypothesis.
        definition: whose customers.
        min_customers: at least so many.
        max_customers: at most so many.
    """
    told = draw(st.lists(_histories(definition, Goal(), Bounds()), min_size=min_customers, max_size=max_customers))
    rows: list[Touchpoint] = []
    for number, history in enumerate(told):
        rows += [_as(touchpoint, f"{touchpoint.customer}{number}") for touchpoint in history.touchpoints]
    return TouchpointLog.from_touchpoints(draw(st.permutations(rows)) if len(rows) < _FEW else rows)


def _as(touchpoint: Touchpoint, customer: str) -> Touchpoint:
    return Touchpoint(
        customer, touchpoint.kind, touchpoint.at, amount=touchpoint.amount, currency=touchpoint.currency,
        channel=touchpoint.channel, attributes=touchpoint.attributes, id=touchpoint.id, sequence=touchpoint.sequence,
    )  # fmt: skip


register_strategies(loading=True)
