"""When a condition may change while no touchpoint comes: for one customer, and for many moments at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past, Program
from lifecycle.rules import Growing, Points, Ratio, Read, ReadColumn, Stepping, names_of

IntArray: TypeAlias = npt.NDArray[Any]
Spans: TypeAlias = tuple[IntArray, IntArray, IntArray]
"""Places of moments, with the first and the last day after each on which something may change."""
_FAR = 36_600


@attrs.frozen(eq=False)
class Turner:
    """One reason for which time may change a condition."""

    next_day: Callable[[Read, tuple[Any, ...], int], int | None]
    """(read, states of the facts, today) → the first day after today to look again."""
    spans: Callable[[ReadColumn, Points], Spans] | None = None
    """(read, moments) → days to look at again after each, as long as no touchpoint comes."""
    days: Callable[[Past], tuple[IntArray, IntArray]] | None = None
    """(past) → customers and days to look at."""
    of: object = None
    """Whoever has the same one here gives the same days."""


def atom_turners(atom: Any, program: Program, more: Mapping[str, list[Turner]]) -> list[Turner]:
    """Every reason for which time may change one comparison; `more` has those of names that are no facts."""
    name, sign, bound = _threshold(atom)
    own = None if name is None or bound is None else _of_threshold(name, sign, bound, program)
    if own is not None:
        return [own]
    return [turner for name in names_of(atom) for turner in more.get(name, of_name(name, program))]


def _threshold(atom: Any) -> tuple[str | None, str, Fraction | None]:
    """The fact, operator and number of a comparison with a number."""
    value = getattr(getattr(atom, "right", None), "value", None)
    return (atom.left.name, atom.operator, value) if isinstance(value, Fraction) else (None, "", None)


def ageing_of(name: str, program: Program) -> Any:
    """How a folded fact or a fact about the stage changes with time."""
    staged = program.facts.staged.get(name)
    if staged is not None:
        return Growing(lambda day, more: day + more) if staged.count is None else None
    return program.facts.folded[name].ageing


def of_name(name: str, program: Program) -> list[Turner]:
    """Every reason for which time may change a fact."""
    if name not in program.facts.types:
        return []  # stage, health and signals: whoever asks knows more about them
    found = []
    for part in program.facts.parts(name):
        ageing = ageing_of(part, program)
        if isinstance(ageing, Stepping):
            found.append(_stepping(program.facts.slots[part], ageing))
        elif ageing is not None:
            found.append(Turner(lambda _read, _states, today: today + 1, _each_day))
    return found


def _each_day(_read: ReadColumn, points: Points) -> Spans:
    return np.arange(len(points)), points.day + 1, np.full(len(points), np.iinfo(np.int32).max)


def _stepping(slot: int, ageing: Stepping) -> Turner:
    def next_day(_read: Read, states: tuple[Any, ...], today: int) -> int | None:
        return ageing.next_day(states[slot], today)

    return Turner(next_day, days=lambda past: ageing.days(past.rows), of=ageing)


def _of_threshold(name: str, sign: str, bound: Fraction, program: Program) -> Turner | None:
    """A growing fact, or its ratio to one that time leaves alone, against a number."""
    facts = program.facts
    if name not in facts.types:
        return None
    formula = facts.derived.get(name)
    if isinstance(formula, Ratio):
        parts = [formula.of, formula.to]
        same = facts.types[formula.of].scale == facts.types[formula.to].scale
        if not same or any(part in facts.derived for part in parts):
            return None
        top, bottom = (ageing_of(part, program) for part in parts)
        return _ratio(formula, float(bound), top) if isinstance(top, Growing) and bottom is None else None
    if formula is not None or not isinstance(ageing_of(name, program), Growing):
        return None
    return _growing(name, _crossings(sign, bound), ageing_of(name, program))


def _crossings(sign: str, bound: Fraction) -> tuple[int, ...]:
    """The whole numbers at which a growing number changes its comparison with a bound; ascending."""
    if sign in {">", "<="}:
        return (floor(bound) + 1,)
    if sign in {">=", "<"}:
        return (ceil(bound),)
    return (int(bound), int(bound) + 1) if bound.denominator == 1 else ()


def _growing(name: str, crossings: tuple[int, ...], ageing: Growing) -> Turner:
    def next_day(read: Read, _states: tuple[Any, ...], today: int) -> int | None:
        value: Any = read(name)
        if value is not None:
            for crossing in crossings:
                if value < crossing:
                    return int(ageing.later(today, crossing - value))  # type: ignore[arg-type]
        return None

    def spans(read: ReadColumn, points: Points) -> Spans:
        column = read(name)
        found = [_reach(ageing, points, column.values, column.valid, np.float64(crossing)) for crossing in crossings]
        return _joined(found)

    return Turner(next_day, spans)


def _ratio(formula: Ratio, bound: float, ageing: Growing) -> Turner:
    """The quotient may cross its bound where its upper fact is about bound × the lower one."""

    def next_day(read: Read, _states: tuple[Any, ...], today: int) -> int | None:
        top, bottom = read(formula.of), read(formula.to)
        if top is None or bottom is None or not abs(bound * bottom) < _FAR:  # type: ignore[operator]
            return None
        about = floor(bound * bottom)  # type: ignore[operator]
        nearest = max(about - 1, top + 1)  # type: ignore[operator]
        return int(ageing.later(today, nearest - top)) if nearest <= about + 2 else None  # type: ignore[arg-type, operator]

    def spans(read: ReadColumn, points: Points) -> Spans:
        top, bottom = read(formula.of), read(formula.to)
        valid = _valid(top.valid, len(points)) & _valid(bottom.valid, len(points))
        near = np.where(valid, bound * bottom.values, _FAR)
        valid &= np.abs(near) < _FAR
        about = np.floor(np.where(valid, near, 0))
        found = [_reach(ageing, points, top.values, valid, about + more) for more in (-1, 0, 1, 2)]
        return _joined(found)

    return Turner(next_day, spans)


def _valid(valid: Any, n: int) -> npt.NDArray[np.bool_]:
    return np.ones(n, bool) if valid is None else valid


def _reach(ageing: Growing, points: Points, values: IntArray, valid: Any, crossing: Any) -> Spans:
    """The day after each moment on which a growing value reaches a number."""
    more = np.broadcast_to(crossing, len(points)) - values
    ahead = np.flatnonzero((more > 0) & (more < _FAR) & _valid(valid, len(points)))
    day = ageing.later(points.day[ahead].astype(np.int64), more[ahead].astype(np.int64))
    return ahead, day, day


def _joined(found: list[Spans]) -> Spans:
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def between(name: str, low: float, high: float, program: Program) -> list[Turner]:
    """Every reason for which time may change a fact that counts only between two ends."""
    ageing = ageing_of(name, program) if name in program.facts.folded or name in program.facts.staged else None
    if not isinstance(ageing, Growing):
        return of_name(name, program)
    first, last = floor(low) + 1, ceil(high)

    def next_day(read: Read, _states: tuple[Any, ...], today: int) -> int | None:
        value: Any = read(name)
        if value is None or value >= last:
            return None
        return int(ageing.later(today, max(first - value, 1)))  # type: ignore[arg-type]

    def spans(read: ReadColumn, points: Points) -> Spans:
        column = read(name)
        ahead = np.flatnonzero((column.values < last) & _valid(column.valid, len(points)))
        day, value = points.day[ahead].astype(np.int64), column.values[ahead]
        more = np.maximum(first - value, 1).astype(np.int64)
        return ahead, ageing.later(day, more), ageing.later(day, np.maximum(last - value, more).astype(np.int64))

    return [Turner(next_day, spans)]
