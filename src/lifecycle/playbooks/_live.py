"""The playbooks of one customer, one touchpoint or one instant at a time (S7, S10, S19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from lifecycle.engine import NEVER_DAY, Step, refuse_foreign
from lifecycle.model import Customer, MilestoneChange, Move, SignalChange, Touchpoint
from lifecycle.rules import text_of
from lifecycle.signs import Going, advance_signs, begin_signs

from ._dates import next_date
from ._entering import enter_all
from ._policy import NEVER_US
from ._program import PlaybookProgram
from ._run import Happening
from ._running import Running
from ._trying import Trying

Told: TypeAlias = tuple[Sequence[Move], Sequence[SignalChange], Sequence[MilestoneChange], Sequence[tuple[int, bool]]]
"""Moves, signals, milestones, and conditions that turned."""
_NOTHING: frozenset[Any] = frozenset()
OUTCOME = "play_outcome"
"""The kind of the touchpoints that tell what became of a play."""
TAKES_BACK = frozenset({"failed", "revoked", "expired"})
"""The outcomes after which a play counts for no cap any more."""


class Acting:
    """One customer while something happens to it; frozen again at the end."""

    def __init__(self, program: PlaybookProgram, customer: Customer) -> None:
        self.program, self.signs = program, program.signs
        self.calendar = program.signs.program.calendar
        self.going = Going(program.signs, customer)
        self.running = Running(program, self.going)
        self.trying = Trying(self.running)

    def pass_until(self, last_us: int) -> None:
        """Every midnight and every instant at which something is due, in order."""
        going = self.going
        while True:
            day, due_us = going.next_day(), self.running.due_us
            midnight_us = NEVER_US if day == NEVER_DAY else self.calendar.start_of(day)
            at_us = midnight_us if midnight_us < due_us else due_us
            if at_us > last_us:
                return
            before = self.told()
            if midnight_us == at_us:
                going.pass_midnight(day)
                if self.calendar.start_of(day + 1) == at_us:
                    # A date that the zone skips shares its midnight with the next one: that is one moment.
                    going.pass_until(day + 1)
            if due_us == at_us or self.told() != before:
                self.hear(before, at_us, None, is_due=due_us == at_us)
            if due_us == at_us and going.customer.head_us < at_us:
                going.customer = going.customer.with_signs(going.customer.signs, at_us)

    def take(self, touchpoint: Touchpoint) -> None:
        """One touchpoint, after everything that was due before it."""
        before = self.told()
        self.going.take(touchpoint, self.calendar.day_of(touchpoint.at_us))
        self.hear(before, touchpoint.at_us, touchpoint)

    def go_on_from(self, step: Step) -> None:
        """Take over what has just been told."""
        going = self.going
        going.moves, going.signals = list(step.moves), list(step.signals)
        going.milestones, going.turned = list(step.milestones), list(step.turned)

    def told(self) -> tuple[int, int, int, int]:
        """How many moves, signals, milestones and conditions were told until now."""
        going = self.going
        return len(going.moves), len(going.signals), len(going.milestones), len(going.turned)

    def hear(
        self, before: tuple[int, int, int, int], at_us: int, touchpoint: Touchpoint | None, *, is_due: bool = False,
        entered: frozenset[int] = _NOTHING,
    ) -> None:  # fmt: skip
        """One moment, after the stages and signs of it; `before`: how much had been told before it."""
        running, going, kind = self.running, self.going, ""
        if touchpoint is not None:
            kind = kind_of(self.program, touchpoint)
        told = (
            going.moves[before[0] :],
            going.signals[before[1] :],
            going.milestones[before[2] :],
            going.turned[before[3] :],
        )
        if not (is_due or entered or matters(self.program, running.runs, running.goals, kind, told)):
            return
        now = self.happening(told, (at_us, self.calendar.day_of(at_us), touchpoint, kind), entered)
        if kind == OUTCOME and touchpoint is not None:
            self.take_back(touchpoint)
        due = running.go(now)
        enter_all(running, due)
        if due or running.revoked or is_due:
            self.trying.go(due)
        if running.dates:
            self.set_dates(now, is_new=bool(entered))

    def happening(
        self, told: Told, when: tuple[int, int, Touchpoint | None, str], entered: frozenset[int]
    ) -> Happening:
        """What stages and signs say to the runs."""
        signs, left = self.signs, _NOTHING
        moves, signals, milestones, turned = told
        if moves and self.program.starts_by_move:
            paths, leaves = signs.program.chart.paths, signs.leaves
            for move in moves:
                source, target = (frozenset(paths[leaves[stage.id]]) for stage in (move.source, move.target))
                entered, left = entered | (target - source), left | (source - target)
        up, down, overdue = {place for place, is_up in turned if is_up}, set[int](), set[int]()
        for change in signals:
            (up if change.is_raised else down).add(signs.signals[change.signal])
        for one in milestones:
            (up if one.is_reached else overdue).add(self.program.milestones[one.blueprint, one.milestone])
        dates = self.dates_on(when[1], when[0]) if when[2] is None and self.running.dates else _NOTHING
        return Happening(
            *when, tuple(moves), tuple(signals), tuple(milestones), entered, left, frozenset(up), frozenset(down),
            frozenset(overdue), dates,
        )  # fmt: skip

    # --- dates that the customer carries ------------------------------------------------------------------------------

    def dates_on(self, day: int, at_us: int) -> frozenset[tuple[int, int]]:
        """The date triggers whose day begins now."""
        if not self.running.dates or self.calendar.start_of(day) != at_us:
            return _NOTHING
        pairs = zip(self.program.dates, self.running.dates, strict=True)
        return frozenset(one[:2] for one, due in pairs if due is not None and due <= day)

    def set_dates(self, now: Happening, *, is_new: bool) -> None:
        """The next day of every date trigger, where it has fired or the date may have changed."""
        running, kinds = self.running, self.program.date_kinds
        is_told = now.touchpoint is not None and (kinds is None or now.kind in kinds)
        for place, (playbook, trigger, fact) in enumerate(self.program.dates):
            due = running.dates[place]
            if is_told or is_new or (due is not None and due <= now.day):
                declared = self.program.playbooks[playbook].triggers[trigger].trigger
                known = running.read(fact)
                running.dates[place] = next_date(declared, known if isinstance(known, int) else None, now.day)

    def take_back(self, touchpoint: Touchpoint) -> None:
        """A play that came to nothing counts no more."""
        if text_of(touchpoint, "outcome") in TAKES_BACK:
            key = text_of(touchpoint, "key")
            self.running.ledger = tuple(sent for sent in self.running.ledger if sent[3] != key)

    def frozen(self) -> Step:
        """The customer after, with everything that happened."""
        trying, step = self.trying, self.going.frozen()
        return Step(
            step.customer.with_runs(self.running.frozen(), step.customer.head_us),
            step.moves,
            step.signals,
            step.milestones,
            tuple(trying.plays),
            tuple(trying.held),
            tuple(trying.dropped),
            tuple(self.running.changes),
        )


def begin_playbooks(program: PlaybookProgram, touchpoint: Touchpoint) -> Step:
    """A customer who begins with a touchpoint."""
    step = begin_signs(program.signs, touchpoint)
    empty = (None, ((None, (), ()),) * len(program.playbooks), (), (), (), (None,) * len(program.dates))
    acting = Acting(program, step.customer.with_runs(empty, step.customer.head_us))
    acting.go_on_from(step)
    chart = program.signs.program.chart
    acting.hear((0, 0, 0, 0), touchpoint.at_us, touchpoint, entered=frozenset(chart.paths[chart.initial]))
    return acting.frozen()


def advance_playbooks(program: PlaybookProgram, customer: Customer, touchpoint: Touchpoint) -> Step:
    """The customer after a touchpoint and everything that was due before it.

    Raises:
        LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
        DefinitionMismatch: the customer was made by another definition.
    """
    signs = program.signs
    at_us, due_us, day = touchpoint.at_us, customer.runs[0], customer.next_day
    is_due = (due_us is not None and due_us <= at_us) or (
        day is not None and signs.program.calendar.start_of(day) <= at_us
    )
    if is_due and at_us >= customer.head_us:
        refuse_foreign(signs.program, customer)
        acting = Acting(program, customer)
        acting.pass_until(at_us)
        acting.take(touchpoint)
        return acting.frozen()
    # The usual touchpoint: nothing was due before it.
    step = advance_signs(signs, customer, touchpoint)
    told = (step.moves, step.signals, step.milestones, step.turned)
    if not matters(program, customer.runs[2], customer.runs[3], kind_of(program, touchpoint), told):
        return step
    acting = Acting(program, step.customer)
    acting.go_on_from(step)
    acting.hear((0, 0, 0, 0), at_us, touchpoint)
    return acting.frozen()


def kind_of(program: PlaybookProgram, touchpoint: Touchpoint) -> str:
    """The event or normalised kind of a touchpoint."""
    return program.signs.program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)


def matters(program: PlaybookProgram, runs: Iterable[Any], goals: Iterable[Any], kind: str, told: Told) -> bool:
    """Whether what happened at one moment can matter to any playbook.

    Args:
        program: the playbooks.
        runs: the runs of the customer; each begins with the number of its playbook.
        goals: the goals that are not reached yet, likewise.
        kind: the event or normalised kind of the touchpoint, '' at a midnight.
        told: moves, signals, milestones and conditions that turned.
    """
    if kind:
        if kind in program.starts_by_kind or kind == OUTCOME:
            return True
        if program.dates and (program.date_kinds is None or kind in program.date_kinds):
            return True
        ends = program.ends_by_kind.get(kind)
        if ends is not None and ends & active_in(runs, goals):
            return True
    moves, signals, milestones, turned = told
    if moves and program.starts_by_move:
        return True
    if not (signals or milestones or turned):
        return False
    places = [program.signs.signals[one.signal] for one in signals]
    places += [program.milestones[one.blueprint, one.milestone] for one in milestones]
    places += [place for place, is_up in turned if is_up]
    active, starts, ends_by = active_in(runs, goals), program.starts_by_watch, program.ends_by_watch
    return any(place in starts or ends_by.get(place, 0) & active for place in places)


def active_in(runs: Iterable[Any], goals: Iterable[Any]) -> int:
    """The playbooks of some runs and goals, one bit each."""
    active = 0
    for run in runs:
        active |= 1 << run[0]
    for waiting in goals:
        active |= 1 << waiting[0]
    return active


def pass_playbooks(program: PlaybookProgram, customer: Customer, now_us: int) -> Step:
    """The customer after everything that was due by an instant, that instant included (S2).

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(program.signs.program, customer)
    acting = Acting(program, customer)
    acting.pass_until(now_us)
    return acting.frozen()
