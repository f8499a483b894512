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


def touchpoints(
    definition: Definition | None = None, *, customer: str | None = None, kinds: Sequence[str] | None = None
) -> st.SearchStrategy[Touchpoint]:
    """Single touchpoints, with attributes that a definition reads.

    Args:
        definition: whose kinds and attributes; None: usual kinds, with amount and attributes now and then.
        customer: whose; None: of a few.
        kinds: only these.
    """
    who = st.sampled_from(CUSTOMERS) if customer is None else st.just(customer)
    return _usual(who, kinds) if definition is None else _fitting(definition, who, kinds)


def _usual(who: st.SearchStrategy[str], kinds: Sequence[str] | None) -> st.SearchStrategy[Touchpoint]:
    @st.composite
    def usual_touchpoints(draw: st.DrawFn) -> Touchpoint:
        amount = draw(st.none() | st.integers(-100, 1_000))
        given: dict[str, Any] = draw(
            st.dictionaries(st.sampled_from(["plan", "score", "contact"]), st.sampled_from(("a", 1, 9.5, True)))
        )
        kind, currency = draw(st.sampled_from(tuple(kinds or _KINDS))), None if amount is None else "EUR"
        return Touchpoint(draw(who), kind, draw(_instants()), amount=amount, currency=currency, attributes=given)

    return usual_touchpoints()


def _fitting(
    definition: Definition, who: st.SearchStrategy[str], kinds: Sequence[str] | None
) -> st.SearchStrategy[Touchpoint]:
    words, calendar = guide_of(definition).words, definition.program.calendar

    # A definition is no argument of it: hypothesis would write it out.
    @st.composite
    def fitting_touchpoints(draw: st.DrawFn) -> Touchpoint:
        at_us, kind = us_of(draw(_instants())), draw(st.sampled_from(tuple(kinds or words.kinds)))
        pools = words.pools(definition.program.context.key(kind))
        chosen = {name: draw(st.sampled_from((None, *pool))) for name, pool in pools.items()}
        given = {name: value for name, value in chosen.items() if value is not None}
        name = draw(st.sampled_from(words.names.get(kind, (kind,))))
        stage = Stage(words, calendar, calendar.day_of(at_us), draw(who))
        return stage.touchpoint(Beat(0, kind, given), at_us, name)

    return fitting_touchpoints()


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


def _histories(definition: Definition, goal: Goal, bounds: Bounds) -> st.SearchStrategy[History]:
    @st.composite
    def guided_histories(draw: st.DrawFn) -> History:
        told = teller_of(definition).history(Random(draw(st.integers(0, _SEEDS))), goal, bounds)
        # A touchpoint is left out for a 0, rarely when drawn, always tried when shrunk: they shrink one by one.
        kept = [touchpoint for touchpoint in told.touchpoints if draw(st.integers(0, _RARELY))]
        assume(len(kept) >= bounds.min_size)
        return History(kept, told.until)

    return guided_histories()


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

    @st.composite
    def standing_customers(draw: st.DrawFn) -> Customer:
        history = draw(_histories(definition, goal, Bounds()))
        found = [step.customer for step in walk_through(definition, history).steps if step.customer.stage.id in names]
        assume(found)
        return found[-1]

    return standing_customers()


def logs(definition: Definition, *, min_customers: int = 1, max_customers: int = 5) -> st.SearchStrategy[TouchpointLog]:
    """Logs of several customers of a definition, their rows in no order.

    Args:
        definition: whose customers.
        min_customers: at least so many.
        max_customers: at most so many.
    """
    told = st.lists(_histories(definition, Goal(), Bounds()), min_size=min_customers, max_size=max_customers)

    @st.composite
    def mixed_logs(draw: st.DrawFn) -> TouchpointLog:
        rows: list[Touchpoint] = []
        for number, history in enumerate(draw(told)):
            rows += [_of_customer(touchpoint, f"{touchpoint.customer}{number}") for touchpoint in history.touchpoints]
        return TouchpointLog.from_touchpoints(draw(st.permutations(rows)) if len(rows) < _FEW else rows)

    return mixed_logs()


def _of_customer(touchpoint: Touchpoint, customer: str) -> Touchpoint:
    return Touchpoint(
        customer, touchpoint.kind, touchpoint.at, amount=touchpoint.amount, currency=touchpoint.currency,
        channel=touchpoint.channel, attributes=touchpoint.attributes, id=touchpoint.id, sequence=touchpoint.sequence,
    )  # fmt: skip


register_strategies(loading=True)
