"""Stage and facts of all customers as of one moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.rules import Column, FactType, Points, ReadColumn, Rows

from ._clock import StageClock
from ._record import Record
from ._table import Table

_BLOCK_ROWS = 1_000_000
IntArray = npt.NDArray[Any]


def as_of_table(record: Record, at_us: int) -> Table:
    """`Story.as_of`."""
    at_us = min(at_us, record.until_us)
    begun = np.flatnonzero(record.started < at_us)
    leaf, last_move = stage_at(record, at_us)
    since = np.where(last_move >= 0, np.append(record.moved.at, 0)[last_move], record.started)[begun]
    names = np.array([stage.id for stage in record.stages], object)
    columns: dict[str, IntArray] = {
        "customer": record.log.ids(begun),
        "stage": names[leaf[begun]],
        "since": since.view("M8[us]"),
    }
    facts = fact_columns(record, at_us, leaf)
    for name, column in facts.items():
        columns[name] = _for_people(column, record.program.facts.types[name])
    return Table(columns, title="as of " + str(np.datetime64(at_us, "us"))[:16].replace("T", " ") + " UTC")


def stage_at(record: Record, at_us: int) -> tuple[IntArray, IntArray]:
    """The stage of each customer just before an instant, and its last move (-1: none); shape (n_customers,)."""
    moved = record.moved
    before = np.flatnonzero(moved.at < at_us)
    last = np.full(record.n_customers, -1, np.int64)
    last[moved.customer[before]] = before  # moves are in order, so the last one stays
    leaf = np.append(moved.target, record.program.chart.initial)[last]
    return leaf, last


def fact_columns(record: Record, at_us: int, leaf: IntArray) -> dict[str, Column]:
    """Every fact of every customer who has begun, just before an instant; shape (n_begun,)."""
    starts = record.log.starts
    parts: list[dict[str, Column]] = []
    low = 0
    while low < record.n_customers:
        high = max(low + 1, int(np.searchsorted(starts, starts[low] + _BLOCK_ROWS, side="right")) - 1)
        parts.append(_block_columns(record, (low, high), at_us, leaf))
        low = high
    names = record.program.facts.types
    return {name: _joined([part[name] for part in parts], names[name]) for name in names}


def _block_columns(record: Record, span: tuple[int, int], at_us: int, leaf: IntArray) -> dict[str, Column]:
    program = record.program
    rows = program.rows(record.log.block(*span))
    seen = (
        np.add.reduceat((rows.block.at < at_us).astype(np.int64), rows.starts[:-1]) if len(rows) else rows.starts[:-1]
    )
    who = np.flatnonzero(seen)
    today = np.full(len(who), program.calendar.day_of(at_us - 1), np.int32)
    points = Points(who, rows.starts[who] + seen[who], today)
    staged = _staged(record, rows, points, (span[0], at_us, leaf))
    read = program.facts.columns(rows, points, staged)
    return {name: read(name) for name in program.facts.types}


def _staged(record: Record, rows: Rows, points: Points, where: tuple[int, int, IntArray]) -> ReadColumn:
    """Facts about the stage at points: the clocks are read off the moves."""
    offset, at_us, leaf = where
    program = record.program
    entry_day, entry_row = _entries(record, rows, (offset, at_us))
    here = leaf[offset + points.customer]

    def read(name: str) -> Column:
        values, valid = np.zeros(len(points), np.int64), np.ones(len(points), bool)
        for stage in np.unique(here):
            some = np.flatnonzero(here == stage)
            clock = StageClock(program, rows, int(stage))
            column = clock.column(name, points.take(some), entry_day, entry_row)
            values[some] = column.values
            valid[some] = True if column.valid is None else column.valid
        return Column(values, valid)

    return read


def _entries(record: Record, rows: Rows, where: tuple[int, int]) -> tuple[IntArray, IntArray]:
    """Day and rows seen at the last setting of each clock before an instant; shape (n_clocks, n_customers)."""
    offset, at_us = where
    program, moved = record.program, record.moved
    n, n_stages = len(rows.starts) - 1, len(program.chart.stages)
    low, high = np.searchsorted(moved.customer, (offset, offset + n))
    part = moved.take(np.arange(low, high)[moved.at[low:high] < at_us])
    customer = part.customer - offset
    by_time = np.searchsorted(rows.row_key, rows.day_key(customer, part.day)) - rows.starts[customer]
    seen = np.where(part.row >= 0, part.row + 1, by_time)
    entry_day = np.tile(rows.start_day, (len(program.clocks), 1))
    entry_row = np.zeros((len(program.clocks), n), np.int64)
    pairs, group = np.unique(part.source.astype(np.int64) * n_stages + part.target, return_inverse=True)
    sets = np.zeros((len(program.clocks), len(pairs)), bool)
    for place, pair in enumerate(pairs):
        sets[list(program.entered(*divmod(int(pair), n_stages))), place] = True
    for clock in range(len(program.clocks)):
        entered = np.flatnonzero(sets[clock][group])
        entry_day[clock][customer[entered]] = part.day[entered]
        entry_row[clock][customer[entered]] = seen[entered]
    return entry_day, entry_row


def _joined(columns: list[Column], kind: FactType) -> Column:
    """The parts of one fact after another; texts are decoded, their books differ."""
    if not columns:
        return Column(np.zeros(0, object if kind.kind == "text" else np.int64))
    valid = np.concatenate([np.ones(len(c.values), bool) if c.valid is None else c.valid for c in columns])
    if kind.kind == "text":
        parts = [np.array([*column.book, None], object)[column.values] for column in columns]
        return Column(np.concatenate(parts), valid)
    return Column(np.concatenate([column.values for column in columns]), valid)


def _for_people(column: Column, kind: FactType) -> IntArray:
    values: IntArray = column.values
    valid = np.ones(len(values), bool) if column.valid is None else column.valid
    if kind.kind == "text":
        texts: IntArray = values.copy()
        texts[~valid] = None
        return texts
    if kind.kind == "flag":
        flags: IntArray = valid & (values != 0)
        return flags
    if kind.unit == "date":
        return np.where(valid, values.astype("M8[D]"), np.datetime64("NaT"))
    if kind.scale == 1 and not kind.is_real and valid.all():
        return column.values
    return np.where(valid, values / kind.scale, np.nan)
