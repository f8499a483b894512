"""Plays whose time has come: decided, held back or dropped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, cast

from lifecycle.errors import DefinitionError
from lifecycle.model import DAY_US, DroppedPlay, Figure, HeldPlay, Play, Shown
from lifecycle.rules import major

from ._bound_action import BoundAction
from ._policy import Attempt, Block, Sent
from ._recent import RECENT
from ._run import Run, play_key
from ._running import Running
from ._steps import Fact

HOLDOUT = "holdout"
"""The name under which plays of the holdout are held."""


class Trying:
    """Tries what is due of one customer, over its runs."""

    def __init__(self, running: Running) -> None:
        self.running, self.program = running, running.program
        self.plays: list[Play] = []
        self.held: list[HeldPlay] = []
        self.dropped: list[DroppedPlay] = []

    def go(self, due: list[tuple[Run, int, int]]) -> None:
        """Everything that is due now: what was revoked, what has become due, and what was held back until now."""
        running, now_us = self.running, self.running.now.at_us
        for run, (action, due_us, _), why in running.revoked:
            self.dropped.append(DroppedPlay(self.play(run, action, due_us), "revoked", why))
        running.revoked.clear()
        waiting = list(due)
        for place, run in enumerate(running.runs):
            ready = [one for one in run.held if one[2] <= now_us]
            if ready:
                running.runs[place] = run._replace(held=tuple(one for one in run.held if one[2] > now_us))
                waiting += [(run, action, due_us) for action, due_us, _ in ready]
        for run, action, due_us in sorted(waiting, key=self.rank):
            self.attempt(run, self.program.actions[action], due_us)

    def rank(self, one: tuple[Run, int, int]) -> tuple[Any, ...]:
        """Of plays due at one instant: priority, then names, so that the order of declaration does not matter."""
        run, action, _ = one
        book = self.program.playbooks[run.playbook]
        return -book.playbook.priority, book.name, action, run.entered_us, run.occasion

    def attempt(self, run: Run, bound: BoundAction, due_us: int) -> None:
        """One try."""
        running, now_us = self.running, self.running.now.at_us
        expires_us = due_us + bound.action.expires_days * DAY_US
        if now_us >= expires_us:
            self.drop(run, bound, due_us, "expired")
            return
        if bound.only_if is not None and not bound.only_if.holds(running.read):
            self.drop(run, bound, due_us, "skipped")
            return
        name, block = self.block(run, bound)
        if block is None:
            self.decide(run, bound, due_us)
            return
        play = self.play(run, bound.number, due_us)
        self.held.append(HeldPlay(play, name, block.reason, block.next_us))
        if block.next_us is not None:
            self.keep(run, (bound.number, due_us, min(block.next_us, expires_us)))

    def drop(self, run: Run, bound: BoundAction, due_us: int, state: Literal["expired", "skipped"]) -> None:
        """Note a play that will not be decided."""
        reason = f"not {bound.action.only_if}" if state == "skipped" else f"{bound.action.expires_days} days are over"
        self.dropped.append(DroppedPlay(self.play(run, bound.number, due_us), state, reason))

    def block(self, run: Run, bound: BoundAction) -> tuple[str, Block | None]:
        """The first policy that holds a play back."""
        running = self.running
        if run.is_holdout:
            return HOLDOUT, Block("the customer is in the holdout", None)
        self.forget()
        attempt = Attempt(
            running.id, bound, running.now.at_us, run.contact, running.read, running.ledger, running.zone,
        )  # fmt: skip
        for name, policy in self.program.policies:
            block = policy.judge(attempt)
            if block is not None:
                if block.next_us is not None and block.next_us <= attempt.at_us:
                    raise DefinitionError(
                        f"policy {name!r} holds {bound.action.name!r} of {running.id!r} until an instant that "
                        "is not later than now; give a later one, or None for never"
                    )
                return name, block
        return "", None

    def forget(self) -> None:
        """Decided plays that no policy needs any more are forgotten."""
        ledger, first_us = self.running.ledger, self.running.now.at_us - self.program.keeps_us
        if ledger and ledger[0][0] < first_us:
            self.running.ledger = tuple(sent for sent in ledger if sent[0] >= first_us)

    def decide(self, run: Run, bound: BoundAction, due_us: int) -> None:
        """A play."""
        play = self.play(run, bound.number, due_us)
        self.plays.append(play)
        if self.program.keeps_us:
            sent: Sent = (play.at_us, bound.number, run.contact, play.key)
            self.running.ledger = (*self.running.ledger, sent)

    def keep(self, run: Run, held: tuple[int, int, int]) -> None:
        """Hold a play back in its run."""
        runs = self.running.runs
        place = self.running.place_of(run.playbook, run.entered_us, run.occasion)
        assert place is not None
        runs[place] = runs[place]._replace(held=(*runs[place].held, held))

    def play(self, run: Run, number: int, due_us: int) -> Play:
        """The play as of now."""
        running, bound = self.running, self.program.actions[number]
        action, book = bound.action, self.program.playbooks[run.playbook]
        recent = running.going.customer.facts[self.program.signs.program.facts.slots[RECENT]]
        return Play(
            play_key(running.id, book, run, bound.step), running.id, book.name, book.playbook.version, action.name,
            bound.step, bound.purpose, action.channel, bound.owners, run.entered_us, due_us, running.now.at_us,
            due_us + action.expires_days * DAY_US, run.why, tuple(Figure(*figure) for figure in run.figures),
            tuple((name, self.shown(value)) for name, value in action.params),
            recent, run.occasion, run.contact, action.text, action.text_ja,
            action.discount_percent, action.cost, running.zone,
        )  # fmt: skip

    def shown(self, value: Shown | Fact) -> Shown:
        """A parameter for the hook: money in major units, a date as its ISO text."""
        if not isinstance(value, Fact):
            return value
        found = self.running.read(value.name)
        kind = self.program.signs.program.facts.types.get(value.name)
        if kind is not None and kind.unit == "date" and isinstance(found, int):
            return (date(1970, 1, 1) + timedelta(found)).isoformat()
        return cast("Shown", found if kind is None else major(found, kind))
