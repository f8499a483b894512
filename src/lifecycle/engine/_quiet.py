"""Touchpoints with which nothing can happen: told by stage and kind alone, without the customer's history."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.chart import DateOf
from lifecycle.rules import Rows

from ._program import NEVER_DAY, OVERTAKEN, Program
from ._state import WalkState


def look_again(program: Program, rows: Rows, state: WalkState) -> npt.NDArray[np.int64]:
    """A day before which new touchpoints alone bring nothing about; -1 where only a walk can tell.

    What stood before them is not looked at: neither older rows nor what was due anyway.

    Args:
        program: the definition.
        rows: the new touchpoints.
        state: where their customers stood.

    Returns:
        Shape (n_customers,).
    """
    first_day, chart = rows.day[rows.starts[:-1]], program.chart
    again = np.full(len(first_day), NEVER_DAY, np.int64)
    for leaf in np.flatnonzero(np.bincount(state.leaf)):
        here = np.flatnonzero(state.leaf == leaf)
        for timer, _ in chart.armed[leaf]:
            rule = chart.timers[timer]
            if program.is_entry(timer):
                continue
            if not isinstance(rule.since, DateOf):
                again[here] = np.minimum(again[here], first_day[here].astype(np.int64) + rule.after_days)
            # A day that was set by a repeat is dropped when the basis changes: the walk does that.
            again[here[state.special[timer][here] < OVERTAKEN]] = -1
    moving = _moving(program, rows.names)[state.leaf[rows.customer], rows.block.kind]
    again[rows.customer[moving]] = -1
    return again


def _moving(program: Program, names: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Whether a kind can move a customer or one of its dates, per stage; shape (n_stages, n_names)."""
    chart = program.chart
    table: npt.NDArray[Any] = np.zeros((len(chart.stages), len(names)), bool)
    for leaf, armed in enumerate(chart.armed):
        dates = [program.basis_fact(timer) for timer, _ in armed if isinstance(chart.timers[timer].since, DateOf)]
        heard = [program.facts.folded[date].kinds for date in dates if date is not None]
        for place, name in enumerate(names):
            sets_date = any(name in kinds if kinds is not None else name not in program.passive for kinds in heard)
            table[leaf, place] = name == "stage_set" or (leaf, name) in chart.routes or sets_date
    return table
