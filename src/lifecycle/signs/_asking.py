"""A condition asked of one customer: whether it holds, and the next day on which time may change the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from lifecycle.engine import NEVER_DAY, Program
from lifecycle.rules import All, BoundCondition, Compare, Either, Not, Read, Stepping, atoms_of, names_of

from ._declared import HEALTH
from ._turning import Turner, atom_turners

_HEALTH: Final = 10  # a score reads many facts
Answer: TypeAlias = tuple[bool | None, int]
"""Whether it holds (None: unknown), and the first day after today on which that may be different."""
Ask: TypeAlias = Callable[[Read, tuple[Any, ...], int], Answer]
"""(read, states of the facts, today) → the answer."""


def asking(
    condition: BoundCondition,
    program: Program,
    more: Mapping[str, list[Turner]],
    score: Callable[[float], Turner] | None,
    *,
    is_two_valued: bool,
) -> Ask:
    """A bound condition as something to ask.

    Args:
        condition: what to ask.
        program: the facts behind it.
        more: the reasons for which time may change names that are no facts.
        score: why time may carry the health score across a bound.
        is_two_valued: a comparison with missing is false, not unknown.
    """

    def compiled(node: Any) -> Ask:
        if isinstance(node, Not):
            return _denied(compiled(node.child))
        if isinstance(node, (All, Either)):
            # What costs least is asked first: it may settle the answer.
            children = sorted(node.children, key=lambda child: _cost(child, program))
            return _joined(tuple(compiled(child) for child in children), settling=isinstance(node, Either))
        test = condition.tests[node]
        limit = condition.threshold(node) if isinstance(node, Compare) and node.left.name == HEALTH else None
        is_score = limit is not None and score is not None
        turners = [score(limit[1])] if is_score else atom_turners(node, program, more)  # type: ignore[misc, index]
        return _atom(test.scalar if is_two_valued else test.verdict, turners, stays=_stays(condition, node, program))

    return compiled(condition.condition.root)


def _cost(node: Any, program: Program) -> int:
    """How many facts a part of a condition reads; a stage or a signal costs nothing."""
    facts = program.facts
    names = [name for atom in atoms_of(node) for name in names_of(atom)]
    return sum(len(facts.parts(name)) if name in facts.types else _HEALTH * (name == "health") for name in names)


def _stays(condition: BoundCondition, atom: Any, program: Program) -> bool | None:
    """The answer that time cannot change: a count that only falls stays below its bound. None: neither."""
    limit = condition.threshold(atom) if isinstance(atom, Compare) else None
    bound = None if limit is None else program.facts.folded.get(atom.left.name)
    if limit is None or bound is None or not bound.is_count:
        return None
    if not isinstance(bound.ageing, Stepping) or not bound.ageing.only_leaves:
        return None
    return {">": False, ">=": False, "<": True, "<=": True}.get(limit[0])


def _atom(verdict: Callable[[Read], bool | None], turners: list[Turner], *, stays: bool | None) -> Ask:
    days = tuple(turner.next_day for turner in turners)

    def ask(read: Read, states: tuple[Any, ...], today: int) -> Answer:
        found = verdict(read)
        if found is not None and found is stays:
            return found, NEVER_DAY
        first = NEVER_DAY
        for next_day in days:
            day = next_day(read, states, today)
            if day is not None and day < first:
                first = day
        return found, first

    return ask if days else lambda read, _states, _today: (verdict(read), NEVER_DAY)


def _denied(inner: Ask) -> Ask:
    def ask(read: Read, states: tuple[Any, ...], today: int) -> Answer:
        found, day = inner(read, states, today)
        return None if found is None else not found, day

    return ask


def _joined(parts: tuple[Ask, ...], *, settling: bool) -> Ask:
    """One False settles an `and`, one True an `or`: then nothing else matters before that part changes."""

    def ask(read: Read, states: tuple[Any, ...], today: int) -> Answer:
        result: bool | None = not settling
        first = NEVER_DAY
        for part in parts:
            found, day = part(read, states, today)
            if found is settling:
                return settling, day
            if found is None:
                result = None
            if day < first:
                first = day
        return result, first

    return ask
