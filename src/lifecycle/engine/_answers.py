"""Which rows can move a customer, for each stage: worked out for all rows before the walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.chart import Route
from lifecycle.errors import InvalidTouchpoint
from lifecycle.rules import BoundCondition, Column, Condition, ReadColumn, Rows, texts

from ._program import Program
from ._state import IntArray

UNCERTAIN = -1
"""A row whose answer depends on a stage clock or on a Python function: asked when the walk gets there."""
_BY_HAND = -2
_MANY = 16  # rows of an event beyond one in so many are not copied for each stage


@attrs.frozen(eq=False)
class Answers:
    """The rows that can move a customer who is in one stage."""

    sure: npt.NDArray[np.intp]
    """Ascending row numbers whose answer is known; the end of all rows comes last."""
    codes: npt.NDArray[np.int16]
    """Route + 1, or a stage set by hand; shape as `sure`."""
    asked: npt.NDArray[np.intp]
    """Ascending row numbers that must be asked when the walk gets there; the end of all rows comes last."""
    whole: tuple[tuple[npt.NDArray[np.intp], int], ...]
    """Kinds of which every row moves, too many to be listed again: their ascending rows with the end, and the code."""
    least_days: int
    """An uncertain row is worth asking only so many days after entry into the stage."""


def by_hand(leaves: IntArray) -> IntArray:
    """The codes of stages that are set by hand; of such codes, the stages again."""
    codes: IntArray = _BY_HAND - leaves
    return codes


def all_routes(program: Program) -> tuple[Route, ...]:
    """Every route of the chart, in a fixed order; codes count from 1."""
    return tuple(route for routes in program.chart.routes.values() for route in routes)


def find_answers(program: Program, rows: Rows, fresh: npt.NDArray[np.bool_] | None) -> tuple[Answers, ...]:
    """The rows that can move a customer, for each leaf.

    Args:
        program: the definition.
        rows: the rows.
        fresh: rows to look at, None for all; shape (n_rows,).
    """
    found: list[list[tuple[IntArray, IntArray]]] = [[] for _ in program.chart.stages]
    whole: list[list[tuple[IntArray, int]]] = [[] for _ in program.chart.stages]
    position = {id(route): place for place, route in enumerate(all_routes(program))}
    for event in dict.fromkeys(event for _, event in program.chart.routes if event not in program.timed):
        index = _fresh(rows.select(frozenset({event})).index, fresh)
        if len(index):
            asked = _Event(program, rows, index)
            for leaf, parts in enumerate(found):
                routes = program.chart.routes.get((leaf, event), ())
                if len(index) * _MANY > len(rows) and routes and routes[0].condition is None:
                    if not routes[0].is_touch:
                        whole[leaf].append((np.append(index, len(rows)), position[id(routes[0])] + 1))
                    continue
                parts += [(index[hits], asked.codes(route, position, hits)) for route, hits in asked.first_hits(routes)]
    _find_by_hand(program, rows, fresh, found)
    return tuple(_answers(program, leaf, (found[leaf], whole[leaf]), len(rows)) for leaf in range(len(found)))


def _answers(
    program: Program, leaf: int, found: tuple[list[tuple[IntArray, IntArray]], list[tuple[IntArray, int]]], n_rows: int
) -> Answers:
    rows, codes = _in_order(found[0], n_rows)
    is_asked = codes == UNCERTAIN
    sure, asked = (np.append(part, n_rows) for part in (rows[~is_asked], rows[is_asked]))
    codes = np.append(codes[~is_asked], np.int16(0))
    return Answers(sure, codes, asked, tuple(found[1]), least_days(program, leaf))


def _in_order(parts: list[tuple[IntArray, IntArray]], n_rows: int) -> tuple[IntArray, IntArray]:
    """The rows of all parts ascending, with their codes; no row is in two parts."""
    if sum(len(index) for index, _ in parts) * _MANY > n_rows:
        marks = np.zeros(n_rows, np.int16)
        for index, code in parts:
            marks[index] = code
        rows = np.flatnonzero(marks)
        return rows, marks[rows]
    rows = np.concatenate([np.zeros(0, np.intp), *(index for index, _ in parts)])
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate([np.zeros(0, np.int16), *(code for _, code in parts)])[order]


def least_days(program: Program, leaf: int) -> int:
    """The days after entry into a stage before which no uncertain route out of it can hold."""
    unknown = program.facts.unknown_without_stage()
    clocks = frozenset(name for name, fact in program.facts.staged.items() if fact.stage is None and fact.count is None)
    least = []
    for (here, event), routes in program.chart.routes.items():
        is_asked = False
        for route in routes if here == leaf and event not in program.timed else ():
            if route.condition is not None and not route.condition.is_certain(unknown):
                is_asked = True
                least.append(route.condition.least(clocks))
            elif is_asked and not route.is_touch:
                least.append(0)  # known, but asked only where the route before it is
    return min(least, default=0)


def _fresh(index: npt.NDArray[np.intp], fresh: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.intp]:
    return index if fresh is None else index[fresh[index]]


class _Event:
    """The rows of one event, and which routes could take them; each condition is asked once for all stages."""

    def __init__(self, program: Program, rows: Rows, index: npt.NDArray[np.intp]) -> None:
        self.unknown = program.facts.unknown_without_stage()
        self.program, self.rows, self.index = program, rows, index
        self.n = len(index)
        self.masks: dict[Condition, npt.NDArray[np.bool_]] = {}

    @cached_property
    def read(self) -> ReadColumn:
        """Reads facts at the rows; no condition, no look."""
        return self.program.facts.columns(self.rows, self.rows.row_points(self.index), _stage_is_unknown)

    def first_hits(self, routes: Sequence[Route]) -> Iterator[tuple[Route, IntArray]]:
        """Each route that moves somebody or must be asked, with the rows that no route before it may take."""
        undecided: npt.NDArray[np.bool_] | None = None
        for route in routes:
            mask = None if route.condition is None else self.may_hold(route.condition)
            if not (route.is_touch and self.is_certain(route)):
                yield route, np.flatnonzero(_both(undecided, mask, self.n))
            if mask is None:
                return
            undecided = _both(undecided, ~mask, self.n)

    def codes(self, route: Route, position: dict[int, int], hits: IntArray) -> IntArray:
        """The code of a route for each of its rows."""
        return np.full(len(hits), position[id(route)] + 1 if self.is_certain(route) else UNCERTAIN, np.int16)

    def is_certain(self, route: Route) -> bool:
        """Whether the answer is known before the walk."""
        return route.condition is None or route.condition.is_certain(self.unknown)

    def may_hold(self, bound: BoundCondition) -> npt.NDArray[np.bool_]:
        """Where a condition holds or could; shape (n,)."""
        if bound.condition not in self.masks:
            self.masks[bound.condition] = bound.may_hold(self.read, self.n, self.unknown)
        return self.masks[bound.condition]


def _both(left: npt.NDArray[np.bool_] | None, right: npt.NDArray[np.bool_] | None, n: int) -> npt.NDArray[np.bool_]:
    """Both masks; None is everywhere."""
    if left is None:
        return np.ones(n, bool) if right is None else right
    return left if right is None else left & right


def _stage_is_unknown(name: str) -> Column:
    raise AssertionError(f"{name} needs the stage")  # may_hold never reads an unknown fact


def _find_by_hand(
    program: Program, rows: Rows, fresh: npt.NDArray[np.bool_] | None, found: list[list[tuple[IntArray, IntArray]]]
) -> None:
    index = _fresh(rows.select(frozenset({"stage_set"})).index, fresh)
    if not len(index):
        return
    entries = program.chart.entries
    codes, book = texts(rows, "stage", index)
    target = np.array([entries.get(text, -1) for text in book] + [-1])[codes]
    if (target < 0).any():
        bad = int((target < 0).sum())
        wanted = sorted({repr(book[code]) for code in codes[target < 0] if code >= 0} or {"nothing"})
        raise InvalidTouchpoint(
            f"{bad} of {len(index)} 'stage_set' touchpoints name a stage that the lifecycle does not have "
            f"({', '.join(wanted[:5])}); its stages: {', '.join(entries)}",
            code="unknown_stage", field="attributes",
        )  # fmt: skip
    for leaf, parts in enumerate(found):
        away = target != leaf
        parts.append((index[away], by_hand(target[away]).astype(np.int16)))
