"""What the kinds of touchpoints and their amounts mean to a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lifecycle.chart import Chart, Timer
from lifecycle.errors import DefinitionError
from lifecycle.model import exponent, normalise_kind
from lifecycle.rules import Context, Declared, FactSet, reads_money


def context_of(events: Mapping[str, Sequence[str]], currency: str | None) -> Context:
    """The event of each kind, and the currency of amounts.

    Raises:
        DefinitionError: a kind raises two events.
    """
    keys: dict[str, str] = {}
    problems = []
    for event, kinds in events.items():
        for kind in kinds:
            key, target = normalise_kind(kind), normalise_kind(event)
            if keys.setdefault(key, target) != target:
                problems.append(f"events: kind {kind!r} raises both {keys[key]!r} and {event!r}; keep one")
    if problems:
        raise DefinitionError(problems)
    decimals = 0 if currency is None else exponent(currency)
    return Context(MappingProxyType(keys), currency, decimals)


def event_problems(
    events: Mapping[str, Sequence[str]], timers: Sequence[Timer], chart: Chart, facts: FactSet
) -> list[str]:
    """Problems with events that no touchpoint may raise, or that nothing listens to."""
    timed = {timer.event for timer in timers}
    known = set(chart.events) | {kind for fact in facts.folded.values() for kind in fact.kinds or ()}
    return [
        f"events: {event!r} is raised by a timer, so no touchpoint may raise it (S1); rename one of them"
        for event in events
        if normalise_kind(event) in timed
    ] + [
        f"events: {event!r} is answered by no stage and read by no fact; remove it, or add a transition"
        for event in events
        if normalise_kind(event) not in known
    ]


def amount_problems(declared: Mapping[str, Declared], currency: str | None) -> list[str]:
    """Problems with facts that read amounts where no currency is given."""
    if currency is not None:
        return []
    return [
        f"fact {name!r} reads amounts: pass currency='EUR' (or another) to the definition"
        for name, fact in declared.items()
        if getattr(fact, "of", None) == "amount" or _filters_money(fact)
    ]


def _filters_money(fact: object) -> bool:
    where = getattr(fact, "where", None)
    return isinstance(where, str) and reads_money(where)
