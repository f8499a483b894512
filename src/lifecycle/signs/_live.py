"""The signs of one customer, one touchpoint at a time (S7, S17)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import attrs

from lifecycle.engine import Program, Step, advance, begin, pass_time, reader_on, refuse_foreign
from lifecycle.model import Customer, Figure, MilestoneChange, Move, SignalChange, SignCause, Touchpoint
from lifecycle.rules import Read, Value

from ._compile import HEALTH, SIGNAL
from ._program import DOWN, SignProgram, Watch, WatchState
from ._signal import Signal

CheckedUp: TypeAlias = tuple[int, int | None, tuple[tuple[int, float, tuple[float, ...]], ...]]
"""The day of the last check-up, the band then, and days, scores and shares that the trend may still ask for."""
Overdue: TypeAlias = tuple[int | None, tuple[bool, ...]]
"""The day on which a blueprint started, and which milestones became overdue."""


class Going:
    """One customer while something happens to it; frozen again at the end."""

    def __init__(self, signs: SignProgram, customer: Customer) -> None:
        self.signs, self.program = signs, signs.program
        self.customer = customer
        self.states: tuple[WatchState, ...]
        self.journeys: tuple[Overdue, ...]
        self.due, self.states, self.journeys, self.checkups = customer.signs
        self.moves: list[Move] = []
        self.signals: list[SignalChange] = []
        self.milestones: list[MilestoneChange] = []
        self.touched = False

    # --- what happens -------------------------------------------------------------------------------------------------

    def pass_until(self, last_day: int) -> None:
        """Every midnight on which something is due, in order."""
        while (day := _earliest((self.customer.due_day, self.due))) is not None and day <= last_day:
            moves: tuple[Move, ...] = ()
            if self.customer.due_day is not None and self.customer.due_day <= day:
                self.catch_up(day - 1)
                step = pass_time(self.program, self.customer, self.program.calendar.start_of(day))
                self.customer, moves = step.customer, step.moves
                self.moves += moves
            if moves:
                self.start_journeys(moves, day)
                concerned: Iterable[int] = range(len(self.states))
            else:
                concerned = [
                    place for place, state in enumerate(self.states) if state[2] is not None and state[2] <= day
                ]
            self.look(concerned, day, self.program.calendar.start_of(day), "time")

    def take(self, touchpoint: Touchpoint) -> None:
        """One touchpoint, after everything that was due before it."""
        program = self.program
        day = program.calendar.day_of(touchpoint.at_us)
        self.pass_until(day)
        self.catch_up(day)
        step = advance(program, self.customer, touchpoint)
        self.customer = step.customer
        self.after(touchpoint, step, day)

    def after(self, touchpoint: Touchpoint, step: Step, day: int) -> None:
        """The signs after a touchpoint was folded."""
        self.moves += step.moves
        if step.moves:
            self.start_journeys(step.moves, day)
            concerned: Iterable[int] = range(len(self.states))
        else:
            key = self.program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)
            concerned = self.signs.concerned(key, is_life=key not in self.program.passive)
        if concerned:
            self.look(concerned, day, touchpoint.at_us, "touchpoint")

    def start_journeys(self, moves: tuple[Move, ...], day: int) -> None:
        """Blueprints whose stage was entered start."""
        paths, leaves = self.program.chart.paths, self.signs.leaves
        entered = {node for move in moves for node in paths[leaves[move.target.id]]}
        self.begin_journeys(entered, day)

    def begin_journeys(self, entered: set[int], day: int) -> None:
        self.journeys = tuple(
            (day, state[1]) if state[0] is None and (journey.node is None or journey.node in entered) else state
            for journey, state in zip(self.signs.journeys, self.journeys, strict=True)
        )

    # --- what is seen -------------------------------------------------------------------------------------------------

    def reader(self, day: int, leaf: int) -> Read:
        """Reads facts, `stage`, `health` and signals on a day."""
        signs, customer = self.signs, self.customer

        def other(name: str) -> Value:
            if name == "stage":
                return customer.stage.id
            if name == HEALTH:
                return None if signs.scoring is None else signs.scoring.score(leaf, read)
            return int(self.states[signs.signals[name.removeprefix(SIGNAL)]][0] is not None)

        read = reader_on(self.program, customer, day, other)
        return read

    def look(self, concerned: Iterable[int], day: int, at_us: int, cause: SignCause) -> None:
        """Ask some watches, and those that read a signal that changes."""
        leaf = self.signs.leaves[self.customer.stage.id]
        read, facts = self.reader(day, leaf), self.customer.facts
        waiting = list(concerned)
        place = 0
        while place < len(waiting):
            number = waiting[place]
            watch, before = self.signs.watches[number], self.states[number]
            state = self.next_state(watch, before, (day, at_us, cause), (leaf, read, facts))
            if state != before:
                self.states = (*self.states[:number], state, *self.states[number + 1 :])
                self.touched |= state[:2] != before[:2]
                if (state[0] is None) != (before[0] is None):
                    self.tell(watch, state[0] is not None, (at_us, cause), (leaf, read))
                    waiting = sorted({*waiting[place + 1 :], *self.signs.readers.get(number, ())})
                    place = -1
            place += 1
        if self.journeys and cause == "time":
            self.note_overdue(day, at_us, leaf, read)
        self.due = _earliest([state[2] for state in self.states] + self.overdue_days(day))
        if self.touched and cause == "time" and at_us > self.customer.head_us:
            self.customer = attrs.evolve(self.customer, head_us=at_us)
        self.touched = False

    def next_state(
        self, watch: Watch, state: WatchState, now: tuple[int, int, SignCause], known: tuple[int, Read, tuple[Any, ...]]
    ) -> WatchState:
        """The state of a watch after a look at it."""
        (day, at_us, cause), (leaf, read, facts) = now, known
        since, run, _ = state
        if watch.journey is not None and (since is not None or self.journeys[watch.journey][0] is None):
            return since, None, None
        if not watch.watched[leaf]:
            # Only midnights count: whoever is back by the next one goes on with the run.
            return DOWN if run is None or cause == "time" else (None, run, day + 1)
        raised, cleared = watch.asks(read)
        due = watch.next_day(read, facts, day)
        if watch.dwell:
            if cause == "time":
                run = (day if run is None else run) if raised else None
            ripe = None if run is None else run + watch.dwell - 1
            is_ripe = ripe is not None and day >= ripe
            if cause != "time" and (raised != (run is not None) or (raised and is_ripe and since is None)):
                due = day + 1  # only midnights count
            elif ripe is not None and not is_ripe:
                due = ripe if due is None else min(due, ripe)
            raised = raised and cause == "time" and is_ripe
        if since is None:
            since = at_us if raised else None
        elif cleared:
            since = None
        return since, run, due

    def tell(self, watch: Watch, is_raised: bool, when: tuple[int, SignCause], known: tuple[int, Read]) -> None:  # noqa: FBT001
        """Note what a watch did."""
        (at_us, cause), (leaf, read) = when, known
        if watch.journey is not None:
            self.tell_milestone(watch, is_reached=True, when=when, figures=watch.raises.figures(read))
        elif isinstance(watch.of, Signal):
            is_left = not is_raised and not watch.watched[leaf]
            condition = watch.clears if watch.clears is not None and not is_raised else watch.raises
            self.signals.append(
                SignalChange(
                    self.customer.id, watch.name, watch.of.topic, watch.of.severity, is_raised, at_us,
                    "stage" if is_left else cause, () if is_left else condition.figures(read), self.customer.zone,
                )
            )  # fmt: skip

    def tell_milestone(
        self, watch: Watch, *, is_reached: bool, when: tuple[int, SignCause], figures: tuple[Figure, ...]
    ) -> None:
        assert watch.journey is not None
        blueprint = self.signs.journeys[watch.journey].blueprint.name
        at_us, cause = when
        self.milestones.append(
            MilestoneChange(
                self.customer.id, blueprint, watch.name, is_reached, at_us, cause, figures, self.customer.zone
            )
        )

    # --- milestones that become overdue -------------------------------------------------------------------------------

    def overdue_days(self, today: int) -> list[int | None]:
        """The midnights after today on which milestones become overdue."""
        found: list[int | None] = []
        for journey, (start, _) in zip(self.signs.journeys, self.journeys, strict=True):
            if start is not None:
                for milestone, place in zip(journey.blueprint.milestones, journey.places, strict=True):
                    if self.states[place][0] is None and start + milestone.due_days + 1 > today:
                        found.append(start + milestone.due_days + 1)
        return found

    def note_overdue(self, day: int, at_us: int, leaf: int, read: Read) -> None:
        """Milestones whose last day was yesterday and that are not reached."""
        for number, (journey, (start, late)) in enumerate(zip(self.signs.journeys, self.journeys, strict=True)):
            for which, (milestone, place) in enumerate(zip(journey.blueprint.milestones, journey.places, strict=True)):
                watch = self.signs.watches[place]
                is_due = start is not None and start + milestone.due_days + 1 == day
                if is_due and self.states[place][0] is None and watch.watched[leaf] and not late[which]:
                    now_late = (*late[:which], True, *late[which + 1 :])
                    late, self.touched = now_late, True
                    self.journeys = (*self.journeys[:number], (start, now_late), *self.journeys[number + 1 :])
                    self.tell_milestone(
                        watch, is_reached=False, when=(at_us, "time"), figures=watch.raises.figures(read)
                    )

    # --- check-ups ----------------------------------------------------------------------------------------------------

    def catch_up(self, last_day: int) -> None:
        """Take the check-ups up to a day; nothing has happened since the last one that was taken."""
        self.checkups = self.taken(last_day)

    def taken(self, last_day: int) -> CheckedUp:
        """Last check-up, the band then, and the scores that the trend may still ask for."""
        done, band, scores = self.checkups
        scoring = self.signs.scoring
        if scoring is None or (last := scoring.check_up(last_day)) <= done:
            return done, band, scores
        leaf = self.signs.leaves[self.customer.stage.id]
        every, kept = scoring.health.every_days, last - scoring.health.trend_days - scoring.health.every_days
        if not scoring.watched[leaf]:
            return last, None, tuple(one for one in scores if one[0] > kept)
        found = list(scores)
        for day in range(done + every, last + 1, every):
            read = self.reader(day, leaf)
            score = scoring.score(leaf, read)
            band = scoring.band(band, score)
            if score is not None:
                found.append((day, score, tuple(share.share for share in scoring.shares(leaf, read))))
        return last, band, tuple(one for one in found if one[0] > kept)

    def frozen(self) -> Step:
        """The customer after, with what happened."""
        signs = (self.due, self.states, self.journeys, self.checkups)
        customer = attrs.evolve(self.customer, signs=signs)
        return Step(customer, tuple(self.moves), tuple(self.signals), tuple(self.milestones))


def begin_signs(signs: SignProgram, touchpoint: Touchpoint) -> Step:
    """A customer who begins with a touchpoint."""
    program: Program = signs.program
    step = begin(program, touchpoint)
    day = program.calendar.day_of(touchpoint.at_us)
    first = day if signs.scoring is None else signs.scoring.check_up(day)
    nothing = tuple((None, (False,) * len(journey.places)) for journey in signs.journeys)
    empty = (None, (DOWN,) * len(signs.watches), nothing, (first, None, ()))
    going = Going(signs, attrs.evolve(step.customer, signs=empty))
    going.moves += step.moves
    going.begin_journeys(set(program.chart.paths[program.chart.initial]), day)
    going.start_journeys(step.moves, day)
    going.look(range(len(going.states)), day, touchpoint.at_us, "touchpoint")
    return going.frozen()


def advance_signs(signs: SignProgram, customer: Customer, touchpoint: Touchpoint) -> Step:
    """The customer after a touchpoint and everything that was due before it.

    Raises:
        LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(signs.program, customer)
    going = Going(signs, customer)
    going.take(touchpoint)
    return going.frozen()


def pass_signs(signs: SignProgram, customer: Customer, now_us: int) -> Step:
    """The customer after everything that was due by an instant, that instant included (S2).

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(signs.program, customer)
    day = signs.program.calendar.day_of(now_us)
    due = _earliest((customer.due_day, customer.signs[0]))
    if due is None or due > day:
        return Step(customer)
    going = Going(signs, customer)
    going.pass_until(day)
    return going.frozen()


def _earliest(days: Iterable[int | None]) -> int | None:
    return min([day for day in days if day is not None], default=None)
