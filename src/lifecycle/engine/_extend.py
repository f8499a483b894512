"""A replay goes on with more touchpoints: who is neither touched nor due is not looked at.

Who is touched only by what the stage has no answer to is not walked either, so that its history need not be read.
That can only put off what is due, so the old day stands, as the day to look again; `settle` works out the new one.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument, LateTouchpoint
from lifecycle.log import TouchpointLog
from lifecycle.rules import Rows

from ._program import NEVER_DAY, Program
from ._quiet import look_again
from ._record import Record
from ._replay import check_currency, counted
from ._state import Moved, WalkState
from ._walk import Walk

IntArray = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Extension:
    """What one more log did. Customers who came later than the base stand behind it, in order of arrival."""

    log: TouchpointLog
    """The touchpoints that came."""
    until_us: int
    """The new end."""
    newcomers: dict[str, int]
    """Every customer who is not in the base → its place."""
    who: IntArray
    """The customers that were walked; ascending."""
    state: WalkState
    """Where they stand; in the order of `who`, rows counted from the customer's first."""
    started: npt.NDArray[np.int64]
    """Their first touchpoints."""
    moved: Moved
    """Their new moves; rows are counted from the customer's first."""
    due: npt.NDArray[np.int32]
    """The next due day of every customer, base and newcomers."""
    loose: npt.NDArray[np.bool_]
    """Whose due day may in truth be later; shape as `due`."""


def extend(base: Record, earlier: tuple[Extension, ...], log: TouchpointLog, until_us: int | None) -> Extension:
    """What more touchpoints do.

    Raises:
        InvalidArgument: the new end is before the old one.
        LateTouchpoint: a touchpoint is older than what its customer has lived through.
        CurrencyMismatch: amounts in another currency than the definition's.
    """
    calendar = base.program.calendar
    check_currency(base.program, log)
    old_end = earlier[-1].until_us if earlier else base.until_us
    if until_us is None:
        end = old_end if log.last_us is None else calendar.start_of(calendar.day_of(log.last_us) + 1)
        until_us = max(end, old_end)
    if until_us < old_end:
        raise InvalidArgument("the new end is before the old one; replay the log with that 'until' instead")
    if log.last_us is not None and log.last_us >= until_us:
        log = log.before(until_us)
    return _Run(base, earlier, log, until_us).extension()


class _Run:
    """One extension: who is concerned, their rows old and new, the walk."""

    def __init__(self, base: Record, earlier: tuple[Extension, ...], log: TouchpointLog, until_us: int) -> None:
        self.base, self.earlier, self.log, self.until_us = base, earlier, log, until_us
        self.program = base.program
        self.limit_day = self.program.calendar.day_of(until_us - 1)
        self.newcomers = dict(earlier[-1].newcomers) if earlier else {}
        self.old_end = earlier[-1].until_us if earlier else base.until_us
        self.due = (earlier[-1].due if earlier else base.due).copy()
        self.loose = earlier[-1].loose.copy() if earlier else np.zeros(len(self.due), bool)

    def extension(self) -> Extension:
        """What the log does."""
        touched = self.places(self.log)
        passed = self.pass_over(touched)
        n_new = self.base.n_customers + len(self.newcomers) - len(self.due)
        self.due = np.append(self.due, np.full(n_new, NEVER_DAY, np.int32))
        self.loose = np.append(self.loose, np.zeros(n_new, bool))
        who = np.union1d(touched[~passed], np.flatnonzero(self.due <= self.limit_day))
        found = self.rows_of(who, self.log.select(np.flatnonzero(~passed)) if passed.any() else self.log)
        places = self.places(found.log)
        order = np.argsort(places)
        rows = self.program.rows(found.log.block(0, found.log.n_customers))
        n_old = np.diff(rows.starts) - found.n_new
        state = self.state_of(places, rows)
        self.refuse_late(found, state)
        walk = Walk(self.program, rows, state, self.limit_day, n_old)
        moved = counted(walk.run(), rows, 0)
        self.due[places], self.loose[places] = walk.finish(), False
        moved = attrs.evolve(moved, customer=places[moved.customer].astype(np.int32))
        return Extension(
            self.log, self.until_us, self.newcomers, places[order], state.take(order),
            rows.block.at[rows.starts[:-1]][order], moved.take(np.argsort(moved.customer, kind="stable")), self.due,
            self.loose,
        )  # fmt: skip

    def pass_over(self, places: IntArray) -> npt.NDArray[np.bool_]:
        """The touched customers with whom nothing happens, noted for a later look; shape (n_touched,)."""
        passed = places < len(self.due)
        known = places[passed]
        state = self.recall(WalkState.empty(self.program, len(places)), places)
        rows = self.program.rows(self.log.block(0, self.log.n_customers))
        again = np.minimum(look_again(self.program, rows, state)[passed], self.due[known])
        # What is not older than the old end cannot be late (S4).
        quiet = (again > self.limit_day) & (rows.block.at[rows.starts[:-1]][passed] >= self.old_end)
        passed[passed] = quiet
        self.due[known[quiet]], self.loose[known[quiet]] = again[quiet], True
        return passed

    def places(self, log: TouchpointLog) -> IntArray:
        """Where the customers of a log stand: in the base, or behind it; new ones are given a place."""
        places = self.base.log.codes_of(log)
        unknown = np.flatnonzero(places < 0)
        for here, id in zip(unknown, log.ids(unknown), strict=True):
            places[here] = self.newcomers.setdefault(id, self.base.n_customers + len(self.newcomers))
        return places

    def rows_of(self, who: IntArray, log: TouchpointLog) -> _Rows:
        """All touchpoints of some customers, old and new; the new ones are in `log`."""
        old = self.base.log.select(who[who < self.base.n_customers])
        wanted = np.zeros(self.base.n_customers + len(self.newcomers), bool)
        wanted[who] = True
        for step in self.earlier:
            part = step.log.select(np.flatnonzero(wanted[self.places(step.log)]))
            old = old.merge(part) if part.n_customers else old
        mini = old.merge(log) if len(log) else old
        found = _Rows(mini, *(np.zeros(mini.n_customers, np.int64) for _ in range(3)))
        known, come = mini.codes_of(old), mini.codes_of(log)
        found.last_old[known] = old.block(0, old.n_customers).at[old.starts[1:] - 1]
        found.first_new[:] = np.iinfo(np.int64).max
        found.first_new[come] = log.block(0, log.n_customers).at[log.starts[:-1]]
        # Not those of `log`: a touchpoint that came before is dropped by its id.
        found.n_new[:] = np.diff(mini.starts)
        found.n_new[known] -= np.diff(old.starts)
        return found

    def state_of(self, places: IntArray, rows: Rows) -> WalkState:
        """Where the customers stood, counted in the rows of now."""
        return self.recall(WalkState.empty(self.program, len(places)).begin(self.program, rows.start_day), places)

    def recall(self, state: WalkState, places: IntArray) -> WalkState:
        """Write over a state where the customers stood."""
        known = np.flatnonzero(places < self.base.n_customers)
        state.put(known, self.base.state.take(places[known]))
        for step in self.earlier:
            found = np.searchsorted(step.who, places)
            here = np.flatnonzero(np.append(step.who, -1)[found] == places)
            state.put(here, step.state.take(found[here]))
        return state

    def refuse_late(self, found: _Rows, state: WalkState) -> None:
        """Refuse touchpoints that are older than what their customers have lived through (S4)."""
        fired = np.flatnonzero(state.tie < len(self.program.chart.timers))
        head = found.last_old.copy()
        days, place = np.unique(state.today[fired], return_inverse=True)
        starts = np.array([self.program.calendar.start_of(int(day)) for day in days], np.int64)
        head[fired] = np.maximum(head[fired], starts[place])
        # With a sequence, a touchpoint of the same moment may belong before what was walked.
        unclear = (found.first_new == found.last_old) & found.log.has_sequence
        late = np.flatnonzero((found.first_new < head) | unclear)
        if len(late):
            first = found.log.ids(late[:1])[0]
            raise LateTouchpoint(
                f"{len(late)} customers, the first is {first!r}, have touchpoints older than what was processed; "
                "replay the whole log instead"
            )


@attrs.frozen(eq=False)
class _Rows:
    """Touchpoints old and new of the customers that are walked; shape (n_customers,) each."""

    log: TouchpointLog
    n_new: npt.NDArray[np.int64]
    last_old: npt.NDArray[np.int64]
    first_new: npt.NDArray[np.int64]


def settle(base: Record, steps: tuple[Extension, ...]) -> Record:
    """The record that a replay of everything at once would give."""
    if not steps:
        return base
    log = base.log
    for step in steps:
        log = log.merge(step.log)
    last = steps[-1]
    code = np.append(log.codes_of(base.log), [log.code_of(id) for id in last.newcomers]).astype(np.int64)
    place = np.argsort(code)
    n_new = len(last.newcomers)
    state = WalkState.empty(base.program, base.n_customers + n_new)
    state.put(np.arange(base.n_customers), base.state)
    started = np.append(base.started, np.zeros(n_new, np.int64))
    for step in steps:
        state.put(step.who, step.state)
        started[step.who] = step.started
    state = state.take(place)
    moved = Moved.join([base.moved, *(step.moved for step in steps)])
    moved = attrs.evolve(moved, customer=code[moved.customer].astype(np.int32))
    moved = moved.take(np.argsort(moved.customer, kind="stable"))
    due = last.due[place]
    _tighten(base.program, log, (state, due, last.until_us), np.flatnonzero(last.loose[place]))
    return Record(base.program, log, last.until_us, started[place], moved, state, due)


def _tighten(program: Program, log: TouchpointLog, stand: tuple[WalkState, IntArray, int], who: IntArray) -> None:
    """Work out the due days of some customers; written where they stand."""
    state, due, until_us = stand
    rows = program.rows(log.select(who).block(0, len(who)))
    limit_day = program.calendar.day_of(until_us - 1)
    due[who] = Walk(program, rows, state.take(who), limit_day, np.diff(rows.starts)).finish()
