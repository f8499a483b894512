"""What comes next for each customer of a walk: a row that can move it, a timer that falls due (S7-S9)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.chart import DateOf
from lifecycle.rules import Points, Rows

from ._answers import UNCERTAIN, Answers, find_answers
from ._program import NEVER_DAY, OVERTAKEN, Program
from ._state import IntArray, WalkState
from ._timing import basis_at, find_timings

NOBODY = -1
"""In place of a row, a timer or a route: none."""


class Lookout:
    """Looks ahead for some customers.

    Args:
        program: the definition.
        rows: the rows.
        state: where the customers stand; what a row overtakes is noted in it.
        limit_day: the last day on which a timer may fire.
        walked: how many rows of each customer have been walked before, None for none; shape (n,).
    """

    def __init__(
        self, program: Program, rows: Rows, state: WalkState, limit_day: int, walked: IntArray | None = None
    ) -> None:
        self.program = program
        self.rows = rows
        self.state = state
        self.limit_day = limit_day
        self.stop = rows.starts[:-1].copy() if walked is None else rows.starts[:-1] + walked
        fresh = None if walked is None else _not_walked(rows, walked)
        self.answers = find_answers(program, rows, fresh)
        self.timings = find_timings(program, rows, limit_day, fresh)
        self.overtaken = set(np.flatnonzero((state.special == OVERTAKEN).any(axis=1)).tolist())

    def next_happening(self, who: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """For each customer the next row that can move it (-1: none) with its code, and the next timer with its day."""
        n = len(who)
        row, code = np.full(n, -1, np.int64), np.zeros(n, np.int16)
        timer, due = np.full(n, NOBODY, np.int16), np.full(n, NEVER_DAY, np.int64)
        for leaf in np.flatnonzero(np.bincount(self.state.leaf[who])):
            here = np.flatnonzero(self.state.leaf[who] == leaf)
            row[here], code[here] = self.next_row(who[here], self.answers[leaf])
            for index, _ in sorted(self.program.chart.armed[leaf]):
                when = self.next_due(who[here], index)
                sooner = when < due[here]
                due[here[sooner]], timer[here[sooner]] = when[sooner], index
        return row, code, timer, due

    def next_row(self, who: IntArray, answers: Answers) -> tuple[IntArray, IntArray]:
        """The next row that can move each customer, -1 for none, and its code."""
        stop = self.stop[who]
        row, place = self.first_from(who, stop, answers.sure)
        code = answers.codes[place]
        for index, one in answers.whole:
            other, _ = self.first_from(who, stop, index)
            sooner = other < row
            row, code = np.where(sooner, other, row), np.where(sooner, np.int16(one), code)
        if len(answers.asked) > 1:
            if answers.least_days > 0:
                opens = self.state.entry_day[0][who] + np.int32(answers.least_days)
                stop = np.maximum(stop, self.first_row_on(who, opens))
            asked, _ = self.first_from(who, stop, answers.asked)
            sooner = asked < row
            row, code = np.where(sooner, asked, row), np.where(sooner, np.int16(UNCERTAIN), code)
        return np.where(row < len(self.rows), row, -1), code

    def first_from(self, who: IntArray, stop: IntArray, index: IntArray) -> tuple[IntArray, IntArray]:
        """The customer's first row at or after `stop` among some, the end of all rows for none, and its place."""
        place = np.searchsorted(index, stop)
        row = index[place]
        return np.where(row < self.rows.starts[who + 1], row, len(self.rows)), place

    def next_due(self, who: IntArray, timer: int) -> IntArray:
        """The next day on which a timer fires for each customer, `NEVER_DAY` for none."""
        special = self.next_special(who, timer)
        timing, state = self.timings[timer], self.state
        if len(timing.gaps) == 1:
            return special
        gap = np.maximum(self.stop[who] - 1, self.rows.starts[who])
        place = np.searchsorted(timing.gaps, gap)
        # In the present gap only what is still to come counts: later days, or today's later timers.
        in_present = np.flatnonzero(timing.gaps[place] == gap)
        if len(in_present):
            due, here = timing.dues[place[in_present]], who[in_present]
            waits = (due == state.today[here]) & (timer > state.tie[here]) & (special[in_present] == NEVER_DAY)
            place[in_present] += (due <= state.today[here]) & ~waits
        due = np.where(timing.gaps[place] < self.rows.starts[who + 1], timing.dues[place], NEVER_DAY)
        if isinstance(self.program.chart.timers[timer].since, DateOf):
            due = self.unless_fired(who, timer, timing.gaps[place], due)
        return np.minimum(special, due)

    def unless_fired(self, who: IntArray, timer: int, gap: IntArray, due: IntArray) -> IntArray:
        """A date that comes back fires again only by repeating (S9)."""
        again = np.zeros(len(who), bool)
        falls = np.flatnonzero(due != NEVER_DAY)
        points = Points(who[falls], gap[falls] + 1, due[falls].astype(np.int32))
        again[falls] = basis_at(self.program, self.rows, timer, points) == self.state.fired_basis[timer][who[falls]]
        every = self.program.chart.timers[timer].every_days
        later = NEVER_DAY if every is None else np.maximum(self.state.fired_day[timer][who] + every, due)
        return np.where(again, later, due)

    def next_special(self, who: IntArray, timer: int) -> IntArray:
        """Due days that were set on entry or by a repeat, dropped where a row changes the basis before."""
        special: IntArray = self.state.special[timer][who].astype(np.int64)
        if self.program.is_entry(timer) or not (special < OVERTAKEN).any():
            return special
        pending = np.flatnonzero(special < OVERTAKEN)
        some = who[pending]
        day = special[pending].astype(np.int32)
        then = Points(some, self.first_row_on(some, day), day)
        changed = basis_at(self.program, self.rows, timer, then) != self.basis(some, timer)
        gone = pending[changed]
        if len(gone):
            special[gone] = OVERTAKEN
            self.state.special[timer][who[gone]] = OVERTAKEN
            self.overtaken.add(timer)
        return special

    def first_row_on(self, who: IntArray, day: IntArray) -> IntArray:
        """The customer's first row on or after a day, or the end of its rows."""
        return np.searchsorted(self.rows.row_key, self.rows.day_key(who, day))

    def still_to_come(self, who: IntArray, timer: int) -> IntArray:
        """The day after the limit on which a timer fires for the last basis, `NEVER_DAY` if it has or there is none."""
        final = self.timings[timer].final[who].astype(np.int64)
        due = np.where(final > self.limit_day, final, NEVER_DAY)
        return self.unless_fired(who, timer, self.rows.starts[who + 1] - 1, due)

    def basis(self, who: IntArray, timer: int) -> IntArray:
        """The day from which a timer counts, now."""
        if not self.program.is_entry(timer):
            points = Points(who, np.maximum(self.stop[who], self.rows.starts[who] + 1), self.state.today[who])
            return basis_at(self.program, self.rows, timer, points)
        basis = np.full(len(who), NEVER_DAY, np.int32)
        for leaf in np.flatnonzero(np.bincount(self.state.leaf[who])):
            node = dict(self.program.chart.armed[leaf]).get(timer)
            if node is not None:
                here = self.state.leaf[who] == leaf
                clock = self.program.clocks.index(self.program.chart.nodes[node])
                basis[here] = self.state.entry_day[clock][who[here]]
        return basis


def _not_walked(rows: Rows, walked: IntArray) -> npt.NDArray[np.bool_]:
    """The rows not yet walked and the last walked one of each customer; shape (n_rows,)."""
    sizes = np.diff(rows.starts)
    place = np.arange(len(rows)) - np.repeat(rows.starts[:-1], sizes)
    fresh: npt.NDArray[np.bool_] = place >= np.repeat(walked - 1, sizes)
    return fresh
