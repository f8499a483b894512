"""The columnar walk: all customers together, each round one thing that happens to each (S7-S9).

Most touchpoints move nobody. What a row can do in each stage is known before the walk, so a customer jumps from one
happening (a row that can move it, a timer that falls due) to the next: the work is that of the moves, not of the rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.rules import Points, ReadColumn, Rows

from ._answers import UNCERTAIN, all_routes, by_hand
from ._clock import StageClock
from ._lookout import NOBODY, Lookout
from ._program import NEVER_DAY, OVERTAKEN, Program
from ._state import IntArray, Moved, WalkState, no_moves


class Walk(Lookout):
    """One walk over the rows of some customers, from a state to an instant; the arguments are those of a lookout."""

    def __init__(
        self, program: Program, rows: Rows, state: WalkState, limit_day: int, walked: IntArray | None = None
    ) -> None:
        super().__init__(program, rows, state, limit_day, walked)
        self.routes = all_routes(program)
        self.targets = np.array([route.target for route in self.routes] + [0], np.int16)
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
        """Leave the walk, all rows walked; the next day on which a timer is due, `NEVER_DAY` for none; shape (n,)."""
        state, chart = self.state, self.program.chart
        next_due = np.full(len(state.leaf), NEVER_DAY, np.int64)
        for leaf in np.flatnonzero(np.bincount(state.leaf)):
            here = np.flatnonzero(state.leaf == leaf)
            for timer, _ in chart.armed[leaf]:
                due = self.next_special(here, timer)
                if not self.program.is_entry(timer):
                    due = np.minimum(due, self.still_to_come(here, timer))
                next_due[here] = np.minimum(next_due[here], due)
        return np.where(next_due >= OVERTAKEN, NEVER_DAY, next_due).astype(np.int32)

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
            special[later[special[later] == OVERTAKEN]] = NEVER_DAY
        state.today[who], state.tie[who] = due, timer
        for index in np.flatnonzero(np.bincount(timer)):
            these = np.flatnonzero(timer == index)
            some = who[these]
            state.fired_basis[index][some] = self.basis(some, int(index))
            if len(state.fired_day):
                state.fired_day[index][some] = due[these]
            every = chart.timers[index].every_days
            state.special[index][some] = NEVER_DAY if every is None else due[these] + every
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
                state.special[timer][who] = NEVER_DAY
            elif (timer, armed[timer]) not in kept:
                self.arm(who, timer)

    def arm(self, who: IntArray, timer: int) -> None:
        """Arm a timer on entry: note the day only where rows alone do not tell it."""
        state, rule = self.state, self.program.chart.timers[timer]
        basis, today = self.basis(who, timer).astype(np.int64), state.today[who]
        due = basis + rule.after_days
        again = state.fired_basis[timer][who] == basis
        special = np.where(due <= today, today + 1, due if self.program.is_entry(timer) else NEVER_DAY)
        if rule.every_days is None:
            repeat: IntArray | int = NEVER_DAY
        else:
            repeat = np.maximum(state.fired_day[timer][who] + rule.every_days, today + 1)
        special = np.where(again, repeat, special)
        state.special[timer][who] = np.where(basis == NEVER_DAY, NEVER_DAY, special)
