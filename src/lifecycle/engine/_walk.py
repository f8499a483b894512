"""The columnar walk: all customers together, each round one thing that happens to each (S7-S9).

Most touchpoints move nobody. What a row can do in each stage is known before the walk, so a customer jumps from one
happening (a row that can move it, a timer that falls due) to the next: the work is that of the moves, not of the rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.chart import DateOf
from lifecycle.rules import Points, ReadColumn, Rows

from ._answers import UNCERTAIN, Answers, all_routes, by_hand, find_answers
from ._clock import StageClock
from ._program import NEVER, OVERTAKEN, Program
from ._state import IntArray, Moved, WalkState, no_moves
from ._timing import basis_at, find_timings

NOBODY = -1


class Walk:
    """One walk over the rows of some customers, from a state to an instant.

    Args:
        program: the definition.
        rows: the rows.
        state: where the customers stand; changed in place.
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
        self.routes = all_routes(program)
        self.targets = np.array([route.target for route in self.routes] + [0], np.int16)
        self.answers = find_answers(program, rows, fresh)
        self.timings = find_timings(program, rows, limit_day, fresh)
        self.overtaken = set(np.flatnonzero((state.special == OVERTAKEN).any(axis=1)).tolist())
        self.moved: list[Moved] = []

    def run(self) -> Moved:
        """Walk until nothing is left to happen; the moves, in order of customer and time."""
        active = np.arange(len(self.state.leaf))
        while len(active):
            row, code, timer, due = self.next_happening(active)
            by_timer = due <= np.where(row >= 0, self.rows.day[row], self.limit_day)
            by_row = ~by_timer & (row >= 0)
            if by_row.any():
                self.take_rows(active[by_row], row[by_row], code[by_row])
            if by_timer.any():
                self.fire(active[by_timer], timer[by_timer], due[by_timer])
            active = active[by_row | by_timer]
        if not self.moved:
            return no_moves()
        moves = Moved.join(self.moved)
        return moves.take(np.argsort(moves.customer, kind="stable"))

    def finish(self) -> npt.NDArray[np.int32]:
        """Leave the walk: all rows are walked; the next day on which a timer is due, `NEVER` for none; shape (n,)."""
        state, chart = self.state, self.program.chart
        next_due = np.full(len(state.leaf), NEVER, np.int64)
        for leaf in np.flatnonzero(np.bincount(state.leaf)):
            here = np.flatnonzero(state.leaf == leaf)
            for timer, _ in chart.armed[leaf]:
                due = self.next_special(here, timer)
                if not self.program.is_entry(timer):
                    due = np.minimum(due, self.still_to_come(here, timer))
                next_due[here] = np.minimum(next_due[here], due)
        return np.where(next_due >= OVERTAKEN, NEVER, next_due).astype(np.int32)

    def still_to_come(self, who: IntArray, timer: int) -> IntArray:
        """The day after the limit on which a timer fires for the last basis, `NEVER` if it has or there is none."""
        final = self.timings[timer].final[who].astype(np.int64)
        due = np.where(final > self.limit_day, final, NEVER)
        return self.unless_fired(who, timer, self.rows.starts[who + 1] - 1, due)

    def next_happening(self, who: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """For each customer the next row that can move it (-1: none) with its code, and the next timer with its day."""
        n = len(who)
        row, code = np.full(n, -1, np.int64), np.zeros(n, np.int16)
        timer, due = np.full(n, NOBODY, np.int16), np.full(n, NEVER, np.int64)
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
        """The next day on which a timer fires for each customer, `NEVER` for none."""
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
            waits = (due == state.today[here]) & (timer > state.tie[here]) & (special[in_present] == NEVER)
            place[in_present] += (due <= state.today[here]) & ~waits
        due = np.where(timing.gaps[place] < self.rows.starts[who + 1], timing.dues[place], NEVER)
        if isinstance(self.program.chart.timers[timer].since, DateOf):
            due = self.unless_fired(who, timer, timing.gaps[place], due)
        return np.minimum(special, due)

    def unless_fired(self, who: IntArray, timer: int, gap: IntArray, due: IntArray) -> IntArray:
        """A date that comes back fires again only by repeating (S9)."""
        again = np.zeros(len(who), bool)
        falls = np.flatnonzero(due != NEVER)
        points = Points(who[falls], gap[falls] + 1, due[falls].astype(np.int32))
        again[falls] = basis_at(self.program, self.rows, timer, points) == self.state.fired_basis[timer][who[falls]]
        every = self.program.chart.timers[timer].every_days
        later = NEVER if every is None else np.maximum(self.state.fired_day[timer][who] + every, due)
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

    def take_rows(self, who: IntArray, row: IntArray, code: IntArray) -> None:
        """Each customer meets a row that can move it."""
        state = self.state
        self.stop[who], state.today[who] = row + 1, self.rows.day[row]
        state.tie[who] = len(self.timings)
        route = np.where(code > 0, code - 1, NOBODY)
        asked = np.flatnonzero(code == UNCERTAIN)
        if len(asked):
            events = self.rows.block.kind[row[asked]]
            route[asked] = self.first_route(who[asked], events, np.array(self.rows.names, object))
        is_by_hand = code < UNCERTAIN
        target = np.where(is_by_hand, by_hand(code), self.targets[route])
        moves = np.flatnonzero(is_by_hand | (route >= 0))
        if len(moves):
            how = (self.rows.block.at[row], row, np.full(len(row), NOBODY), route)
            self.move(who[moves], target[moves], tuple(part[moves] for part in how))

    def fire(self, who: IntArray, timer: IntArray, due: IntArray) -> None:
        """A timer fires for each customer."""
        state, chart = self.state, self.program.chart
        stop = self.first_row_on(who, due)
        self.stop[who] = np.maximum(stop, self.stop[who])
        later = who[state.today[who] != due]
        for one in self.overtaken:
            special = state.special[one]
            special[later[special[later] == OVERTAKEN]] = NEVER
        state.today[who], state.tie[who] = due, timer
        for index in np.flatnonzero(np.bincount(timer)):
            these = np.flatnonzero(timer == index)
            some = who[these]
            state.fired_basis[index][some] = self.basis(some, int(index))
            if len(state.fired_day):
                state.fired_day[index][some] = due[these]
            every = chart.timers[index].every_days
            state.special[index][some] = NEVER if every is None else due[these] + every
        events = np.array([rule.event for rule in chart.timers], object)
        route = self.first_route(who, timer, events)
        moves = np.flatnonzero(route >= 0)
        if len(moves):
            at = self.midnights(due[moves])
            how = (at, np.full(len(moves), NOBODY), timer[moves], route[moves])
            self.move(who[moves], self.targets[route[moves]], how)

    def midnights(self, day: IntArray) -> IntArray:
        """The instants at which days begin; shape (n,)."""
        days, place = np.unique(day, return_inverse=True)
        return np.array([self.program.calendar.start_of(int(one)) for one in days], np.int64)[place]

    def basis(self, who: IntArray, timer: int) -> IntArray:
        """The day from which a timer counts, now."""
        if not self.program.is_entry(timer):
            points = Points(who, np.maximum(self.stop[who], self.rows.starts[who] + 1), self.state.today[who])
            return basis_at(self.program, self.rows, timer, points)
        basis = np.full(len(who), NEVER, np.int32)
        for leaf in np.flatnonzero(np.bincount(self.state.leaf[who])):
            node = dict(self.program.chart.armed[leaf]).get(timer)
            if node is not None:
                here = self.state.leaf[who] == leaf
                clock = self.program.clocks.index(self.program.chart.nodes[node])
                basis[here] = self.state.entry_day[clock][who[here]]
        return basis

    def first_route(self, who: IntArray, event: IntArray, names: IntArray) -> IntArray:
        """The first route that holds for each customer now, -1 for none or for a touch."""
        route = np.full(len(who), NOBODY)
        leaf = self.state.leaf[who].astype(np.int64)
        pairs, group = np.unique(leaf * len(names) + event, return_inverse=True)
        place = {id(one): index for index, one in enumerate(self.routes)}
        for number, pair in enumerate(pairs):
            here, name = divmod(int(pair), len(names))
            waiting = np.flatnonzero(group == number)
            read = None
            for one in self.program.chart.routes.get((here, names[name]), ()):
                if not len(waiting):
                    break
                if one.condition is None:
                    held = np.ones(len(waiting), bool)
                else:
                    read = self.reader(who[waiting], here)
                    held = one.condition.mask(read, len(waiting))
                if not one.is_touch:
                    route[waiting[held]] = place[id(one)]
                waiting = waiting[~held]
        return route

    def reader(self, who: IntArray, leaf: int) -> ReadColumn:
        """A way to read any fact of customers who are in one stage, now."""
        state = self.state
        points = Points(who, self.stop[who], state.today[who])
        staged = StageClock(self.program, self.rows, leaf)
        return self.program.facts.columns(
            self.rows, points, lambda name: staged.column(name, points, state.entry_day, state.entry_row)
        )

    def move(self, who: IntArray, target: IntArray, how: tuple[IntArray, ...]) -> None:
        """Move customers: note it, set the clocks of what is entered, arm its timers."""
        state, chart = self.state, self.program.chart
        at, row, timer, route = how
        source = state.leaf[who].copy()
        self.moved.append(
            Moved(
                who.astype(np.int32), at.astype(np.int64), state.today[who], source, target.astype(np.int16),
                row.astype(np.int64), timer.astype(np.int16), route.astype(np.int16),
            )
        )  # fmt: skip
        state.leaf[who] = target
        pairs, group = np.unique(source.astype(np.int64) * len(chart.stages) + target, return_inverse=True)
        for number, pair in enumerate(pairs):
            old, new = divmod(int(pair), len(chart.stages))
            self.enter(who[group == number], old, new)

    def enter(self, who: IntArray, old: int, new: int) -> None:
        """Clocks and timers of customers who go from one stage to another."""
        state, chart = self.state, self.program.chart
        for clock in self.program.entered(old, new):
            state.entry_day[clock][who] = state.today[who]
            if len(state.entry_row):
                state.entry_row[clock][who] = self.stop[who] - self.rows.starts[who]
        kept = set(chart.armed[old]) & set(chart.armed[new])
        armed = dict(chart.armed[new])
        for timer in range(len(self.timings)):
            if timer not in armed:
                state.special[timer][who] = NEVER
            elif (timer, armed[timer]) not in kept:
                self.arm(who, timer)

    def arm(self, who: IntArray, timer: int) -> None:
        """Arm a timer on entry: note the day only where rows alone do not tell it."""
        state, rule = self.state, self.program.chart.timers[timer]
        basis, today = self.basis(who, timer).astype(np.int64), state.today[who]
        due = basis + rule.after_days
        again = state.fired_basis[timer][who] == basis
        special = np.where(due <= today, today + 1, due if self.program.is_entry(timer) else NEVER)
        if rule.every_days is None:
            repeat: IntArray | int = NEVER
        else:
            repeat = np.maximum(state.fired_day[timer][who] + rule.every_days, today + 1)
        special = np.where(again, repeat, special)
        state.special[timer][who] = np.where(basis == NEVER, NEVER, special)


def _not_walked(rows: Rows, walked: IntArray) -> npt.NDArray[np.bool_]:
    """The rows not yet walked and the last walked one of each customer; shape (n_rows,)."""
    sizes = np.diff(rows.starts)
    place = np.arange(len(rows)) - np.repeat(rows.starts[:-1], sizes)
    fresh: npt.NDArray[np.bool_] = place >= np.repeat(walked - 1, sizes)
    return fresh
