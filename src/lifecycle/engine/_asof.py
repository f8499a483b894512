"""Stage and facts of all customers as of one moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.rules import Column, FactType

from ._past import pasts
from ._record import Record
from ._table import Table

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
    facts = fact_columns(record, at_us)
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


def fact_columns(record: Record, at_us: int) -> dict[str, Column]:
    """Every fact of every customer who has begun, just before an instant; shape (n_begun,)."""
    names = record.program.facts.types
    parts: list[dict[str, Column]] = []
    for past in pasts(record):
        read = past.facts(past.points_at(at_us))
        parts.append({name: read(name) for name in names})
    return {name: _joined([part[name] for part in parts], names[name]) for name in names}


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
