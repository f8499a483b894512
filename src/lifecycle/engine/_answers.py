"""Which rows can move a customer, for each stage: worked out for all rows before the walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.chart import Route
from lifecycle.errors import InvalidTouchpoint
from lifecycle.rules import BoundCondition, Column, Condition, ReadColumn, Rows, texts

from ._program import Program

UNCERTAIN = -1
"""A row whose answer depends on a stage clock or on a Python function: asked when the walk gets there."""
_BY_HAND = -2


@attrs.frozen(eq=False)
class Answers:
    """The rows that can move a customer who is in one stage."""

    sure: npt.NDArray[np.intp]
    """Ascending row numbers whose answer is known; the end of all rows comes last."""
    codes: npt.NDArray[np.int16]
    """Route + 1, or a stage set by hand; shape as `sure`."""
    asked: npt.NDArray[np.intp]
    """Ascending row numbers that must be asked when the walk gets there; the end of all rows comes last."""
    least_days: int
    """An uncertain row is worth asking only so many days after entry into the stage."""


def by_hand(leaf: int) -> int:
    """The code of a stage set by hand."""
    return _BY_HAND - leaf


def leaf_by_hand(codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The stages behind such codes."""
    return _BY_HAND - codes


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
    marks = [np.zeros(len(rows), np.int16) for _ in program.chart.stages]
    position = {id(route): place for place, route in enumerate(all_routes(program))}
    for event in dict.fromkeys(event for _, event in program.chart.routes if event not in program.timed):
        index = _fresh(rows.select(frozenset({event})).index, fresh)
        if len(index):
            _mark_event(program, rows, event, index, position, marks)
    _mark_by_hand(program, rows, fresh, marks)
    return tuple(_answers(program, leaf, mark) for leaf, mark in enumerate(marks))


def _answers(program: Program, leaf: int, mark: npt.NDArray[np.int16]) -> Answers:
    index = np.flatnonzero(mark)
    is_asked = mark[index] == UNCERTAIN
    sure, asked = (np.append(part, len(mark)) for part in (index[~is_asked], index[is_asked]))
    return Answers(sure, np.append(mark[sure[:-1]], np.int16(0)), asked, least_days(program, leaf))


def least_days(program: Program, leaf: int) -> int:
    """The days after entry into a stage before which no uncertain route out of it can hold."""
    unknown = program.facts.unknown_without_stage()
    clocks = frozenset(name for name, fact in program.facts.staged.items() if fact.stage is None and fact.count is None)
    least = [
        route.condition.least(clocks)
        for (here, event), routes in program.chart.routes.items()
        if here == leaf and event not in program.timed
        for route in routes
        if route.condition is not None and not route.condition.is_certain(unknown)
    ]
    return min(least, default=0)


def _fresh(index: npt.NDArray[np.intp], fresh: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.intp]:
    return index if fresh is None else index[fresh[index]]


def _mark_event(
    program: Program,
    rows: Rows,
    event: str,
    index: npt.NDArray[np.intp],
    position: dict[int, int],
    marks: Sequence[npt.NDArray[np.int16]],
) -> None:
    unknown = program.facts.unknown_without_stage()
    read = program.facts.columns(rows, rows.row_points(index), _stage_is_unknown)
    masks: dict[Condition, npt.NDArray[np.bool_]] = {}
    for leaf, mark in enumerate(marks):
        routes = program.chart.routes.get((leaf, event), ())
        code = np.zeros(len(index), np.int16)
        undecided = np.ones(len(index), bool)
        for route in routes:
            bound = route.condition
            certain = bound is None or bound.is_certain(unknown)
            hits = undecided if bound is None else undecided & _may_hold(bound, read, len(index), unknown, masks)
            if not certain:
                code[hits] = UNCERTAIN
            elif not route.is_touch:
                code[hits] = position[id(route)] + 1
            undecided = undecided & ~hits
        if routes:
            mark[index] = code


def _may_hold(
    bound: BoundCondition,
    read: ReadColumn,
    n: int,
    unknown: frozenset[str],
    masks: dict[Condition, npt.NDArray[np.bool_]],
) -> npt.NDArray[np.bool_]:
    if bound.condition not in masks:
        masks[bound.condition] = bound.may_hold(read, n, unknown)
    return masks[bound.condition]


def _stage_is_unknown(name: str) -> Column:
    raise AssertionError(f"{name} needs the stage")  # may_hold never reads an unknown fact


def _mark_by_hand(
    program: Program, rows: Rows, fresh: npt.NDArray[np.bool_] | None, marks: Sequence[npt.NDArray[np.int16]]
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
    for leaf, mark in enumerate(marks):
        mark[index] = np.where(target == leaf, 0, _BY_HAND - target)
