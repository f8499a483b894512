"""The playbooks of one customer, one touchpoint or one instant at a time (S7, S10, S19)."""

from __future__ import annotations

from typing import Any

from lifecycle.engine import Step, refuse_foreign
from lifecycle.model import Customer, Touchpoint
from lifecycle.rules import text_of
from lifecycle.signs import advance_signs, begin_signs, pass_signs

from ._dates import next_date
from ._entering import enter_all
from ._program import PlaybookProgram
from ._run import NEVER, Happening
from ._running import Running
from ._trying import Trying

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
        self.running = Running(program, customer)
        self.trying = Trying(self.running)
        self.done: list[Step] = []

    @property
    def customer(self) -> Customer:
        """The customer so far."""
        return self.running.customer

    def pass_until(self, last_us: int) -> None:
        """Every midnight and every instant at which something is due, in order."""
        while True:
            day, due_us = self.customer.next_day, self.running_due()
            midnight_us = NEVER if day is None else self.calendar.start_of(day)
            at_us = min(midnight_us, due_us)
            if at_us > last_us:
                return
            step = Step(self.customer)
            if midnight_us == at_us:
                step = pass_signs(self.signs, self.customer, at_us)
            self.hear(step, at_us, None)
            if due_us == at_us and self.customer.head_us < at_us:
                self.running.customer = self.customer.with_runs(self.customer.runs, at_us)

    def running_due(self) -> int:
        """The next instant at which runs have something to do."""
        due: int | None = self.customer.runs[0]
        return NEVER if due is None else due

    def hear(self, step: Step, at_us: int, touchpoint: Touchpoint | None, entered: frozenset[int] = _NOTHING) -> None:
        """One moment, after the stages and signs of it."""
        self.done.append(step)
        self.running.customer = step.customer
        day = self.calendar.day_of(at_us)
        kind = ""
        if touchpoint is not None:
            keys = self.signs.program.context.keys
            kind = keys.get(touchpoint.kind_key, touchpoint.kind_key)
            if kind == OUTCOME:
                self.take_back(touchpoint)
        dates = _NOTHING if touchpoint is not None else self.dates_on(day, at_us)
        now = self.happening(step, (at_us, day, touchpoint, kind), entered, dates)
        due = self.running.go(now)
        enter_all(self.running, due)
        if due or self.running.revoked or any(run.held for run in self.running.runs):
            self.trying.go(due)
        if self.running.dates:
            self.set_dates(day, kind, is_new=bool(entered))
        self.running.customer = step.customer.with_runs(self.running.frozen(), step.customer.head_us)

    def happening(
        self,
        step: Step,
        when: tuple[int, int, Touchpoint | None, str],
        entered: frozenset[int],
        dates: frozenset[tuple[int, int]],
    ) -> Happening:
        """What a step says to the runs."""
        signs, program = self.signs, self.program
        left: frozenset[int] = _NOTHING
        if step.moves:
            paths, leaves = signs.program.chart.paths, signs.leaves
            for move in step.moves:
                source, target = (frozenset(paths[leaves[stage.id]]) for stage in (move.source, move.target))
                entered, left = entered | (target - source), left | (source - target)
        up = {signs.signals[one.signal] for one in step.signals if one.is_raised}
        down = {signs.signals[one.signal] for one in step.signals if not one.is_raised}
        reached = [(program.milestones[one.blueprint, one.milestone], one.is_reached) for one in step.milestones]
        up.update(place for place, is_reached in reached if is_reached)
        up.update(place for place, is_up in step.turned if is_up)
        overdue = frozenset(place for place, is_reached in reached if not is_reached)
        return Happening(*when, step, entered, left, frozenset(up), frozenset(down), overdue, dates)

    # --- dates that the customer carries ------------------------------------------------------------------------------

    def dates_on(self, day: int, at_us: int) -> frozenset[tuple[int, int]]:
        """The date triggers whose day begins now."""
        if not self.running.dates or self.calendar.start_of(day) != at_us:
            return _NOTHING
        pairs = zip(self.program.dates, self.running.dates, strict=True)
        return frozenset(one[:2] for one, due in pairs if due is not None and due <= day)

    def set_dates(self, day: int, kind: str, *, is_new: bool) -> None:
        """The next day of every date trigger, where it has fired or the date may have changed."""
        running, kinds = self.running, self.program.date_kinds
        is_told = bool(kind) and (kinds is None or kind in kinds)
        for place, (playbook, trigger, fact) in enumerate(self.program.dates):
            due = running.dates[place]
            if is_told or is_new or (due is not None and due <= day):
                declared = self.program.playbooks[playbook].triggers[trigger].trigger
                running.dates[place] = next_date(declared, running.read(fact), day)

    def take_back(self, touchpoint: Touchpoint) -> None:
        """A play that came to nothing counts no more."""
        if text_of(touchpoint, "outcome") in TAKES_BACK:
            key = text_of(touchpoint, "key")
            self.running.ledger = tuple(sent for sent in self.running.ledger if sent[3] != key)

    def frozen(self) -> Step:
        """The customer after, with everything that happened."""
        trying, running = self.trying, self.running
        return Step(
            self.customer,
            tuple(move for step in self.done for move in step.moves),
            tuple(change for step in self.done for change in step.signals),
            tuple(change for step in self.done for change in step.milestones),
            tuple(trying.plays),
            tuple(trying.held),
            tuple(trying.dropped),
            tuple(running.changes),
        )


def begin_playbooks(program: PlaybookProgram, touchpoint: Touchpoint) -> Step:
    """A customer who begins with a touchpoint."""
    step = begin_signs(program.signs, touchpoint)
    empty = (None, ((None, (), ()),) * len(program.playbooks), (), (), (), (None,) * len(program.dates))
    acting = Acting(program, step.customer.with_runs(empty, step.customer.head_us))
    chart = program.signs.program.chart
    whole = Step(acting.customer, step.moves, step.signals, step.milestones, turned=step.turned)
    acting.hear(whole, touchpoint.at_us, touchpoint, frozenset(chart.paths[chart.initial]))
    return acting.frozen()


def advance_playbooks(program: PlaybookProgram, customer: Customer, touchpoint: Touchpoint) -> Step:
    """The customer after a touchpoint and everything that was due before it.

    Raises:
        LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(program.signs.program, customer)
    at_us, due_us, day = touchpoint.at_us, customer.runs[0], customer.next_day
    is_due = (due_us is not None and due_us <= at_us) or (
        day is not None and program.signs.program.calendar.start_of(day) <= at_us
    )
    if is_due and at_us >= customer.head_us:
        acting = Acting(program, customer)
        acting.pass_until(at_us)
        acting.hear(advance_signs(program.signs, acting.customer, touchpoint), at_us, touchpoint)
        return acting.frozen()
    step = advance_signs(program.signs, customer, touchpoint)
    if not concerns(program, step, touchpoint):
        return step
    acting = Acting(program, step.customer)
    acting.hear(step, at_us, touchpoint)
    return acting.frozen()


def concerns(program: PlaybookProgram, step: Step, touchpoint: Touchpoint) -> bool:
    """Whether a touchpoint can matter to any playbook."""
    if step.moves or step.signals or step.milestones or step.turned:
        return True
    kind = program.signs.program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)
    if kind in program.by_kind or kind == OUTCOME:
        return True
    return bool(program.dates) and (program.date_kinds is None or kind in program.date_kinds)


def pass_playbooks(program: PlaybookProgram, customer: Customer, now_us: int) -> Step:
    """The customer after everything that was due by an instant, that instant included (S2).

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(program.signs.program, customer)
    acting = Acting(program, customer)
    acting.pass_until(now_us)
    return acting.frozen()
