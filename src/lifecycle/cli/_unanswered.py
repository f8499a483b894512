"""Which touchpoints met a stage that had no answer to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import RESERVED_KINDS, Program, Record

BoolArray = npt.NDArray[np.bool_]
_BLOCK = 100_000


def count_unanswered(record: Record) -> int:
    """How many touchpoints met a stage without a transition for them; reserved kinds are always met."""
    total = 0
    for low in range(0, record.n_customers, _BLOCK):
        total += _in_block(record, low, min(low + _BLOCK, record.n_customers))
    return total


def unread_kinds(record: Record) -> tuple[str, ...]:
    """The kinds of the log that no stage and no fact of the lifecycle knows, as the log names them."""
    program, log = record.program, record.log
    known = set(program.chart.events) | RESERVED_KINDS
    known |= {kind for fact in program.facts.folded.values() for kind in fact.kinds or ()}
    known |= program.passive
    return tuple(kind for kind in log.kinds if program.context.key(kind) not in known)


def _in_block(record: Record, low: int, high: int) -> int:
    block = record.log.block(low, high)
    names = record.program.rows(block).names
    answers = _answers(record.program, names)
    return int((~answers[_stage_before(record, low, high, block.at, block.starts), block.kind]).sum())


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
