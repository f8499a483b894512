"""When timers are due between rows, worked out for all rows before the walk (S9)."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.chart import DateOf
from lifecycle.rules import Points, Rows

from ._program import NEVER_DAY, Program

IntArray = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Timing:
    """One timer over all rows: the gaps between rows in which it falls due if nothing happens to it before.

    A gap is named by the row before it.
    """

    gaps: npt.NDArray[np.int64]
    """Ascending gaps; the end of all rows comes last."""
    dues: npt.NDArray[np.int32]
    """The day in each such gap, `NEVER_DAY` last; shape as `gaps`."""
    final: npt.NDArray[np.int32]
    """The due day of each customer's last basis, however late, `NEVER_DAY` for none; shape (n_customers,)."""


def find_timings(
    program: Program, rows: Rows, limit_day: int, fresh: npt.NDArray[np.bool_] | None
) -> tuple[Timing, ...]:
    """The timings of every timer of the chart.

    Args:
        program: the definition.
        rows: the rows.
        limit_day: the last day on which a timer may fire.
        fresh: rows to look at, the last walked row of each customer among them, None for all; shape (n_rows,).
    """
    found = []
    for timer, rule in enumerate(program.chart.timers):
        final = np.full(len(rows.starts) - 1, NEVER_DAY, np.int32)
        if program.is_entry(timer):
            gaps, dues = np.zeros(0, np.int64), np.zeros(0, np.int32)
        elif isinstance(rule.since, DateOf):
            gaps, dues = _by_date(program, rows, timer, limit_day, final)
        else:
            gaps, dues = _by_kind(program, rows, timer, limit_day, final)
        if fresh is not None:
            gaps, dues = gaps[fresh[gaps]], dues[fresh[gaps]]
        found.append(Timing(np.append(gaps, len(rows)), np.append(dues, np.int32(NEVER_DAY)), final))
    return tuple(found)


def basis_at(program: Program, rows: Rows, timer: int, points: Points) -> IntArray:
    """The day from which a timer not of entry counts, `NEVER_DAY` where missing; shape (n_points,)."""
    name = program.basis_fact(timer)
    assert name is not None
    column = program.facts.folded[name].query(rows, points)
    if isinstance(program.chart.timers[timer].since, DateOf):
        return column.values if column.valid is None else np.where(column.valid, column.values, NEVER_DAY)
    days: IntArray = points.day - column.values
    return days


def _by_kind(program: Program, rows: Rows, timer: int, limit_day: int, final: IntArray) -> tuple[IntArray, IntArray]:
    """A customer's last touchpoint of some kinds stands until the next one, or until the limit."""
    selection = rows.select(program.context.kind_set(program.timer_kinds(timer)))
    days = program.chart.timers[timer].after_days
    day = rows.day if selection.is_all else rows.day[selection.index]
    last = selection.last_of_customer
    final[:] = rows.start_day + days
    final[rows.customer[last if selection.is_all else selection.index[last]]] = day[last] + days
    waited = np.empty(len(day), np.int32)
    np.subtract(day[1:], day[:-1], out=waited[:-1])
    waited[last] = limit_day - day[last]
    quiet = np.flatnonzero(waited >= days)
    dues = day[quiet] + np.int32(days)
    if selection.is_all:
        return quiet, dues
    gaps = _gap_before(rows, rows.customer[selection.index[quiet]], dues)
    unseen, first_dues = _before_first(rows, selection, days, limit_day)
    return _sorted(np.append(gaps, unseen), np.append(dues, first_dues))


def _before_first(rows: Rows, selection: Any, days: int, limit_day: int) -> tuple[IntArray, IntArray]:
    """Until the first such touchpoint a customer's start counts."""
    begin = rows.starts[:-1]
    place = selection.count_before(begin)
    first = np.append(selection.index, len(rows))[place]
    ends = np.where(first < rows.starts[1:], np.append(rows.day, 0)[first], limit_day)
    dues = rows.start_day + np.int32(days)
    who = np.flatnonzero((dues <= ends) & (first > begin))
    return _gap_before(rows, who, dues[who]), dues[who]


def _by_date(program: Program, rows: Rows, timer: int, limit_day: int, final: IntArray) -> tuple[IntArray, IntArray]:
    """A date that a touchpoint set stands until another is set, or until the limit."""
    name = program.basis_fact(timer)
    fact = program.facts.folded[name]  # type: ignore[index]
    index = rows.select(fact.kinds).index
    known = basis_at(program, rows, timer, rows.row_points(index))
    changed = np.ones(len(index), bool)
    same = rows.customer[index][1:] == rows.customer[index][:-1]
    changed[1:] = ~same | (known[1:] != known[:-1])
    kept = np.flatnonzero(changed & (known != NEVER_DAY))
    index_kept, known_kept = index[kept], known[kept]
    due = np.maximum(known_kept + program.chart.timers[timer].after_days, rows.day[index_kept] + 1)
    following = np.flatnonzero(changed)
    after = np.append(index[following], len(rows))[np.searchsorted(following, kept, side="right")]
    customer = rows.customer[index_kept]
    stands = after >= rows.starts[customer + 1]
    final[customer[stands]] = due[stands]
    ends = np.where(after < rows.starts[customer + 1], np.append(rows.day, 0)[after], limit_day)
    falls = due <= ends
    return _sorted(_gap_before(rows, customer[falls], due[falls]), due[falls].astype(np.int32))


def _gap_before(rows: Rows, customer: IntArray, day: IntArray) -> IntArray:
    """The customer's last row before a day."""
    return np.searchsorted(rows.row_key, rows.day_key(customer, day)) - 1


def _sorted(gaps: IntArray, dues: IntArray) -> tuple[IntArray, IntArray]:
    order = np.argsort(gaps, kind="stable")
    return gaps[order], dues[order].astype(np.int32)
