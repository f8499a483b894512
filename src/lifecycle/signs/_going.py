"""One customer of the live engine and its signs, while something happens to it (S7, S17)."""

from __future__ import annotations

from typing import TypeAlias

from lifecycle.engine import NEVER_DAY, Step, advance, pass_days, reader_on
from lifecycle.model import Customer, Figure, MilestoneChange, Move, SignalChange, SignCause, Touchpoint
from lifecycle.rules import Read, Value

from ._declared import HEALTH, SIGNAL
from ._program import DOWN, SignProgram, Watch, WatchState
from ._signal import Signal

CheckedUp: TypeAlias = tuple[int, int | None, tuple[tuple[int, float, tuple[float, ...]], ...]]
"""The day of the last check-up, the band then, and days, scores and shares that the trend may still ask for."""
Started: TypeAlias = tuple[int | None, tuple[bool, ...]]
"""The day on which a blueprint started, and which milestones became overdue."""


class Going:
    """One customer while something happens to it; frozen again at the end."""

    def __init__(self, signs: SignProgram, customer: Customer) -> None:
        self.signs, self.program = signs, signs.program
        self.customer = customer
        self.journeys: tuple[Started, ...]
        due, states, self.journeys, self.overdue, self.checkups = customer.signs
        self.due: int = NEVER_DAY if due is None else due
        self.states: list[WatchState] = list(states)
        self.moves: list[Move] = []
        self.signals: list[SignalChange] = []
        self.milestones: list[MilestoneChange] = []
        self.turned: list[tuple[int, bool]] = []
        self.is_touched = False

    # --- what happens -------------------------------------------------------------------------------------------------

    def pass_until(self, last_day: int) -> None:
        """Every midnight on which something is due, in order."""
        while (day := self.next_day()) <= last_day:
            self.pass_midnight(day)

    def pass_midnight(self, day: int) -> None:
        """The next midnight on which something is due."""
        moves: tuple[Move, ...] = ()
        if self.customer.due_day is not None and self.customer.due_day <= day:
            self.catch_up(day - 1)
            step = pass_days(self.program, self.customer, day)
            self.customer, moves = step.customer, step.moves
            self.moves += moves
        if moves:
            self.start_journeys(moves, day)
            concerned = self.signs.everything
        else:
            concerned = 0
            for place, state in enumerate(self.states):
                if state[2] <= day:
                    concerned |= 1 << place
        self.look(concerned, day, self.program.calendar.start_of(day), "time")

    def next_day(self) -> int:
        """The next day on which something is due, `NEVER_DAY` for none."""
        due = self.customer.due_day
        return self.due if due is None or due > self.due else due

    def take(self, touchpoint: Touchpoint, day: int) -> None:
        """One touchpoint, after everything that was due before it."""
        self.pass_until(day)
        self.catch_up(day)
        before = self.customer.facts
        step = advance(self.program, self.customer, touchpoint)
        self.customer = step.customer
        after = step.customer.facts
        self.after(touchpoint, step, self.signs.changed((touchpoint.kind_key, day), (before, after), self.states), day)

    def after(self, touchpoint: Touchpoint, step: Step, concerned: int, day: int) -> None:
        """The signs after a touchpoint."""
        if step.moves:
            self.moves += step.moves
            self.start_journeys(step.moves, day)
            concerned = self.signs.everything
        if concerned:
            self.look(concerned, day, touchpoint.at_us, "touchpoint")

    def start_journeys(self, moves: tuple[Move, ...], day: int) -> None:
        """Blueprints whose stage was entered start."""
        if self.journeys:
            paths, leaves = self.program.chart.paths, self.signs.leaves
            self.begin_journeys({node for move in moves for node in paths[leaves[move.target.id]]}, day)

    def begin_journeys(self, entered: set[int], day: int) -> None:
        """Blueprints that wait for one of some states start."""
        self.journeys = tuple(
            (day, state[1]) if state[0] is None and (journey.node is None or journey.node in entered) else state
            for journey, state in zip(self.signs.journeys, self.journeys, strict=True)
        )
        # What is due on this very day stays due.
        self.overdue = min(self.overdue, self.next_overdue(day))

    # --- what is seen -------------------------------------------------------------------------------------------------

    def reader(self, day: int, leaf: int) -> Read:
        """Reads facts, `stage`, `health` and signals on a day."""
        signs, customer = self.signs, self.customer

        scores: list[float | None] = []

        def other(name: str) -> Value:
            if name == "stage":
                return customer.stage.id
            if name == HEALTH:
                if not scores and signs.scoring is not None:
                    scores.append(signs.scoring.score(leaf, read))
                return scores[0]
            return int(self.states[signs.signals[name.removeprefix(SIGNAL)]][0] is not None)

        read = reader_on(self.program, customer, day, other)
        return read

    def look(self, concerned: int, day: int, at_us: int, cause: SignCause) -> None:
        """Ask some watches (one bit each), and those that read a signal that changes."""
        leaf = self.signs.leaves[self.customer.stage.id]
        read = self.reader(day, leaf)
        is_milestone, soonest = cause == "time", self.due
        is_stale = soonest <= day or self.overdue <= soonest
        watches, states, known = self.signs.watches, self.states, (leaf, read)
        now: tuple[int, int, SignCause] = (day, at_us, cause)
        while concerned:
            number = (concerned & -concerned).bit_length() - 1
            concerned &= concerned - 1
            watch, before = watches[number], states[number]
            state = self.next_state(watch, before, now, known)
            if state == before:
                continue
            states[number] = state
            is_stale |= before[2] <= soonest
            soonest = min(soonest, state[2])
            self.is_touched |= state[:2] != before[:2]
            if (state[0] is None) != (before[0] is None):
                if watch.of is None and watch.journey is None:
                    self.turned.append((number, state[0] is not None))
                else:
                    self.tell(watch, state[0] is not None, (at_us, cause), (leaf, read))
                concerned |= self.signs.readers[number]
            is_milestone |= watch.journey is not None
        if self.journeys and is_milestone:
            if cause == "time" and self.overdue <= day:
                self.note_overdue(day, at_us, leaf, read)
            self.overdue = self.next_overdue(day)
        # Looking at all is for when the soonest of before may be gone.
        self.due = min([self.overdue, *[state[2] for state in self.states]]) if is_stale else min(soonest, self.overdue)
        if self.is_touched and cause == "time" and at_us > self.customer.head_us:
            self.customer = self.customer.with_signs(self.customer.signs, at_us)
        self.is_touched = False

    def next_state(
        self, watch: Watch, state: WatchState, now: tuple[int, int, SignCause], known: tuple[int, Read]
    ) -> WatchState:
        """The state of a watch after a look at it."""
        (day, at_us, cause), (leaf, read) = now, known
        since, run, _ = state
        if watch.journey is not None and (since is not None or self.journeys[watch.journey][0] is None):
            return since, None, NEVER_DAY
        if not watch.watched[leaf]:
            # Only midnights count: whoever is back by the next one goes on with the run.
            return DOWN if run is None or cause == "time" else (None, run, day + 1)
        if not watch.dwell and watch.ask_clear is None:  # most watches
            verdict, due = watch.ask(read, self.customer.facts, day)
            if since is None:
                return (at_us if verdict is True else None), None, due
            return (None if verdict is False else since), None, due
        raised, cleared, due = watch.asks(read, self.customer.facts, day, is_up=since is not None)
        if watch.dwell:
            raised, run, due = self.dwelt(watch.dwell, (since, run, due), (raised, cause == "time"), day)
        if since is None:
            since = at_us if raised else None
        elif cleared:
            since = None
            if watch.ask_clear is not None:  # until now the other condition was asked
                due = min(due, watch.asks(read, self.customer.facts, day, is_up=False)[2])
        return since, run, due

    def dwelt(self, dwell: int, state: WatchState, now: tuple[bool, bool], day: int) -> tuple[bool, int | None, int]:
        """Whether it has held on enough midnights, the first midnight of the run, and the day to look again."""
        (since, run, due), (holds, is_midnight) = state, now
        if is_midnight:
            run = (day if run is None else run) if holds else None
        ripe = NEVER_DAY if run is None else run + dwell - 1
        if not is_midnight and (holds != (run is not None) or (holds and ripe <= day and since is None)):
            due = day + 1  # only midnights count
        elif ripe > day:
            due = min(due, ripe)
        return holds and is_midnight and ripe <= day, run, due

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

    def next_overdue(self, today: int) -> int:
        """The next midnight after today on which a milestone becomes overdue."""
        first = NEVER_DAY
        for journey, (start, _) in zip(self.signs.journeys, self.journeys, strict=True):
            if start is None:
                continue
            for due_days, place in journey.dues:
                if today < start + due_days + 1 < first and self.states[place][0] is None:
                    first = start + due_days + 1
        return first

    def note_overdue(self, day: int, at_us: int, leaf: int, read: Read) -> None:
        """Milestones whose last day was yesterday and that are not reached."""
        for number, (journey, (start, late)) in enumerate(zip(self.signs.journeys, self.journeys, strict=True)):
            for which, (milestone, place) in enumerate(zip(journey.blueprint.milestones, journey.places, strict=True)):
                watch = self.signs.watches[place]
                is_due = start is not None and start + milestone.due_days + 1 == day
                if is_due and self.states[place][0] is None and watch.watched[leaf] and not late[which]:
                    now_late = (*late[:which], True, *late[which + 1 :])
                    late, self.is_touched = now_late, True
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
            taken = scoring.appraisal(leaf, read)
            band = scoring.band(band, None if taken is None else taken[0])
            if taken is not None:
                found.append((day, *taken))
        return last, band, tuple(one for one in found if one[0] > kept)

    def frozen(self) -> Step:
        """The customer after, with what happened."""
        signs = (
            None if self.due == NEVER_DAY else self.due,
            tuple(self.states),
            self.journeys,
            self.overdue,
            self.checkups,
        )
        customer = self.customer.with_signs(signs, self.customer.head_us)
        return Step(customer, tuple(self.moves), tuple(self.signals), tuple(self.milestones), turned=tuple(self.turned))
