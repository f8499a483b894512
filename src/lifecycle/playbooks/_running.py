"""The runs of playbooks of one customer while something happens to it."""

from __future__ import annotations

from typing import Any

from lifecycle.model import DAY_US, Figure, RunChange, RunEvent, Touchpoint
from lifecycle.rules import Read, text_of
from lifecycle.signs import Going

from ._clock import calendar_of, next_clock
from ._policy import NEVER_US, Sent
from ._program import ENDED, Act, Await, BoundPlaybook, Jump, PlaybookProgram
from ._run import Entries, Happening, Run, Waiting, begun


class Running:
    """The runs of one customer at one moment after the other; who tries the plays is told what became due."""

    def __init__(self, program: PlaybookProgram, going: Going) -> None:
        self.program, self.going = program, going
        self.id, self.zone = going.customer.id, going.customer.zone
        _, entries, runs, goals, ledger, dates = going.customer.runs
        self.entries: list[Entries] = list(entries)
        self.runs: list[Run] = [Run(*run) for run in runs]
        self.goals: list[Waiting] = list(goals)
        self.ledger: tuple[Sent, ...] = ledger
        self.dates: list[int | None] = list(dates)
        self.changes: list[RunChange] = []
        self.revoked: list[tuple[Run, tuple[int, int, int], str]] = []
        self.now: Happening
        self._read: Read | None = None

    # --- what is seen -------------------------------------------------------------------------------------------------

    @property
    def read(self) -> Read:
        """Reads facts, `stage`, `health` and signals now."""
        if self._read is None:
            going = self.going
            self._read = going.reader(self.now.day, self.program.signs.leaves[going.customer.stage.id])
        return self._read

    def is_up(self, watch: int) -> bool:
        """Whether a watch is up."""
        return self.going.states[watch][0] is not None

    # --- one moment ---------------------------------------------------------------------------------------------------

    def go(self, now: Happening) -> list[tuple[Run, int, int]]:
        """Goals, exits, waits and steps of one moment; the plays that became due: run, action, due."""
        self.now, self._read = now, None
        if self.goals:
            self.reach_goals()
        if self.runs:
            self.leave_exits()
            if now.touchpoint is not None:
                self.match_waits(now.touchpoint)
        due: list[tuple[Run, int, int]] = []
        if self.runs:
            # Those that end stay until all is done, because what has just become due is looked up among them.
            self.runs = [self.progress(run, due) for run in self.runs if run.is_open or run.held]
        return due

    def note(self, run: Run, event: RunEvent, why: str, figures: tuple[Figure, ...] = ()) -> None:
        """What happened to a run now."""
        book = self.program.playbooks[run.playbook]
        tier = book.tiers[run.tier].tier
        self.changes.append(
            RunChange(
                self.id, book.name, event, self.now.at_us, run.entered_us, why, run.occasion,
                "" if tier is None or event == "refused" else tier.name, run.is_holdout, figures, self.zone,
            )
        )  # fmt: skip

    def reach_goals(self) -> None:
        """Goals that are reached now are counted; some end their run."""
        now, kept = self.now, []
        for waiting in self.goals:
            playbook, entered_us, occasion, last_us, is_holdout, tier = waiting
            book = self.program.playbooks[playbook]
            is_reached = book.goal in now.up or (now.kind in book.goal_kinds and self.is_of(book, occasion))
            if now.at_us > last_us:
                continue
            if not is_reached:
                kept.append(waiting)
                continue
            place = self.place_of(playbook, entered_us, occasion)
            shell = begun((playbook, tier, entered_us, occasion), "", "")._replace(is_holdout=is_holdout)
            run = shell if place is None else self.runs[place]
            figures = () if book.goal not in now.up else self.figures_of(book.goal)
            self.note(run, "goal", f"goal reached: {book.playbook.goal}", figures)
            assert book.playbook.goal is not None
            if place is not None and book.playbook.goal.exits:
                self.end(place, None, "goal reached")
        self.goals = kept

    def figures_of(self, watch: int | None) -> tuple[Figure, ...]:
        """The figures of a watched condition."""
        assert watch is not None
        return self.program.signs.watches[watch].raises.figures(self.read)

    def place_of(self, playbook: int, entered_us: int, occasion: str) -> int | None:
        """Where a run stands among the runs."""
        for place, run in enumerate(self.runs):
            if run[:4:2] == (playbook, entered_us) and run.occasion == occasion:
                return place
        return None

    def end(self, place: int, event: RunEvent | None, why: str) -> None:
        """End a run with everything that it holds back."""
        run = self.runs.pop(place)
        if run.is_open and event is not None:
            self.note(run, event, why)
        self.revoked += [(run, held, why) for held in run.held]

    def leave_exits(self) -> None:
        """Runs whose exit has come end at once."""
        now = self.now
        for place in reversed(range(len(self.runs))):
            book = self.program.playbooks[self.runs[place].playbook]
            if book.exit in now.up:
                self.end(place, "exited", f"exit: {book.playbook.exit}")
            elif now.kind in book.exit_kinds and self.is_of(book, self.runs[place].occasion):
                self.end(place, "exited", f"exit: touchpoint {now.kind!r}")

    def is_of(self, book: BoundPlaybook, occasion: str) -> bool:
        """Whether the touchpoint of now concerns a run: one that names a key concerns the runs of that key only."""
        key, touchpoint = book.playbook.key, self.now.touchpoint
        if key is None or touchpoint is None:
            return True
        return (text_of(touchpoint, key) or occasion) == occasion

    def match_waits(self, touchpoint: Touchpoint) -> None:
        """Waits that a touchpoint answers."""
        for place, run in enumerate(self.runs):
            for number, wait in enumerate(self.program.playbooks[run.playbook].waits):
                if self.now.kind not in wait.kinds or (wait.where is not None and not wait.where.passes(touchpoint)):
                    continue
                if wait.match is None or (text_of(touchpoint, wait.match) or "") == run.occasion:
                    self.runs[place] = self.runs[place]._replace(matched=self.runs[place].matched | 1 << number)

    # --- steps --------------------------------------------------------------------------------------------------------

    def progress(self, run: Run, due: list[tuple[Run, int, int]]) -> Run:
        """Every step of a run whose time has come."""
        book = self.program.playbooks[run.playbook]
        ops, now_us = book.tiers[run.tier].ops, self.now.at_us
        limit_us = run.entered_us + book.playbook.max_days * DAY_US
        while run.is_open:
            op = ops[run.op]
            if isinstance(op, Await) and run.matched >> op.wait & 1:
                run = self.arrive(run, run.op + 1, min(now_us, run.next_us))
                continue
            if run.next_us > now_us:
                break
            if run.next_us >= limit_us:
                self.note(run, "ended", f"{book.playbook.max_days} days are over")
                return run._replace(op=ENDED)
            if isinstance(op, Act):
                due.append((run, op.action, run.next_us))
                run = self.arrive(run, run.op + 1, run.next_us)
            elif isinstance(op, Await):
                run = self.arrive(run, op.otherwise, run.next_us)
            else:
                self.note(run, "ended", "no step is left")
                return run._replace(op=ENDED)
        return run

    def arrive(self, run: Run, op: int, cursor_us: int) -> Run:
        """The run at another op, with the instant at which that is due."""
        book = self.program.playbooks[run.playbook]
        ops = book.tiers[run.tier].ops
        while isinstance(jump := ops[op], Jump):
            op = jump.to
        found, next_us = ops[op], cursor_us
        if isinstance(found, Act):
            bound = self.program.actions[found.action]
            next_us += bound.action.delay_us
            if bound.minute is not None:
                next_us = next_clock(calendar_of(run.zone, self.zone), next_us, bound.minute)
        elif isinstance(found, Await):
            if run.matched >> found.wait & 1:
                return self.arrive(run, op + 1, cursor_us)
            next_us += found.days_us
        return run._replace(op=op, next_us=min(next_us, run.entered_us + book.playbook.max_days * DAY_US))

    # --- afterwards ---------------------------------------------------------------------------------------------------

    @property
    def due_us(self) -> int:
        """The next instant at which there is something to do, `NEVER_US` for none."""
        due_us = min([run.due_us for run in self.runs], default=NEVER_US)
        day = min([day for day in self.dates if day is not None], default=None)
        return due_us if day is None else min(due_us, self.program.signs.program.calendar.start_of(day))

    def frozen(self) -> tuple[Any, ...]:
        """The opaque part of the customer."""
        due_us = self.due_us
        runs = tuple([tuple(run) for run in self.runs if run.is_open or run.held])
        return (
            None if due_us == NEVER_US else due_us, tuple(self.entries), runs, tuple(self.goals), self.ledger,
            tuple(self.dates),
        )  # fmt: skip
