"""Which touchpoints met a stage that had no answer to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._program import RESERVED_KINDS, Program
from ._record import Record
from ._table import Table

BoolArray = npt.NDArray[np.bool_]
_BLOCK = 100_000


def unanswered_table(record: Record) -> Table:
    """`Story.unanswered`."""
    kinds = record.log.kinds
    met, missed = np.zeros(len(kinds), np.int64), np.zeros(len(kinds), np.int64)
    for low in range(0, record.n_customers, _BLOCK):
        block = record.log.block(low, min(low + _BLOCK, record.n_customers))
        answers = _answers(record.program, record.program.rows(block).names)
        answered = answers[_stage_before(record, low, low + block.n_customers, block.at, block.starts), block.kind]
        met += np.bincount(block.kind, minlength=len(kinds))
        missed += np.bincount(block.kind[~answered], minlength=len(kinds))
    columns = {"kind": np.array(kinds, object), "touchpoints": met, "unanswered": missed}
    return Table({name: values[met > 0] for name, values in columns.items()}, title="touchpoints by kind")


def _answers(program: Program, names: tuple[str, ...]) -> BoolArray:
    """Whether a stage waits for a kind; shape (n_stages, n_kinds)."""
    routes, n = program.chart.routes, len(program.chart.stages)
    found = [
        [name in RESERVED_KINDS or ((leaf, name) in routes and name not in program.timed) for name in names]
        for leaf in range(n)
    ]
    return np.array(found, bool).reshape(n, len(names))


def _stage_before(record: Record, low: int, high: int, at: Any, starts: Any) -> npt.NDArray[np.int16]:
    """The stage in which each row meets its customer; shape (n_rows,)."""
    first, last = np.searchsorted(record.moved.customer, (low, high))
    moved = record.moved.take(np.arange(first, last))
    who = moved.customer - low
    customer = np.repeat(np.arange(high - low), np.diff(starts))
    # A move by time stands before the first row at or after it, midnight first (S7).
    order = np.lexsort((np.repeat((0, 1), (len(who), len(at))), np.append(moved.at, at), np.append(who, customer)))
    is_row = order >= len(who)
    by_time = np.empty(len(who), np.int64)
    by_time[order[~is_row]] = np.cumsum(is_row)[~is_row]
    place = np.where(moved.row >= 0, starts[who] + moved.row + 1, by_time)
    stage = np.full(len(at), -1, np.int16)
    stage[starts[:-1]] = record.program.chart.initial
    within = place < starts[who + 1]
    stage[place[within]] = moved.target[within]
    return stage[np.maximum.accumulate(np.where(stage >= 0, np.arange(len(at)), 0))]
