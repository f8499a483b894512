"""Why a playbook does nothing for a customer."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from typing import Literal, TypeAlias

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer, Figure, moment
from lifecycle.signs import Going

from ._entering import admits, entered_before, is_holdout
from ._policy import Attempt
from ._program import Act, BoundPlaybook, BoundTrigger, PlaybookProgram
from ._run import Happening, begun
from ._running import Running

Matter: TypeAlias = Literal["trigger", "entry", "run", "holdout", "action", "policy"]
"""What a reason is about: what starts it, who may enter, an open run, the holdout, an action's condition, a policy."""
_NONE: frozenset[int] = frozenset()


@attrs.frozen
class Reason:
    """One thing to know."""

    matter: Matter
    """What it is about."""
    text: str
    """In words."""
    figures: tuple[Figure, ...] = ()
    """The atoms with the figures of now."""
    next_try: datetime | None = None
    """When it is worth another try, in the definition's zone."""

    def __str__(self) -> str:
        figures = "".join(f"; {figure}" for figure in self.figures)
        then = "" if self.next_try is None else f"; next {self.next_try:%Y-%m-%d %H:%M}"
        return f"{self.matter}: {self.text}{figures}{then}"


@attrs.frozen
class WhyNot:
    """Why a playbook does nothing for a customer at an instant."""

    customer: str
    """Who."""
    playbook: str
    """Which."""
    at: datetime
    """When, in the definition's zone."""
    reasons: tuple[Reason, ...]
    """What starts it, then what stands in the way."""
    is_free: bool
    """Whether nothing would stand in the way if it started now."""

    def __str__(self) -> str:
        head = f"{self.playbook} for {self.customer} at {self.at:%Y-%m-%d %H:%M}"
        return "\n  ".join([head, *map(str, self.reasons)])


def why_not(program: PlaybookProgram, customer: Customer, name: str, now_us: int) -> WhyNot:
    """Why a playbook does nothing for a customer, everything due by then processed.

    Raises:
        InvalidArgument: there is no such playbook.
    """
    names = [book.name for book in program.playbooks]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"playbooks: {', '.join(names)}"
        raise InvalidArgument(f"there is no playbook {name!r}; {hint}")
    book, running = program.playbooks[names.index(name)], Running(program, Going(program.signs, customer))
    day = program.signs.program.calendar.day_of(now_us)
    running.now = Happening(now_us, day, None, "", (), (), (), _NONE, _NONE, _NONE, _NONE, _NONE, frozenset())
    starts = [_trigger(running, bound) for bound in book.triggers]
    against = [*_entry(running, book), *_runs(running, book)]
    against += _first(running, book, admits(running, book)[0])
    return WhyNot(customer.id, name, moment(now_us, customer.zone), (*starts, *against), not against)


def _trigger(running: Running, bound: BoundTrigger) -> Reason:
    text = f"it starts with: {bound.trigger}"
    if bound.condition is not None:
        holds = bound.condition.holds(running.read)
        return Reason("trigger", text + ("; true since before" if holds else ""), bound.condition.figures(running.read))
    if bound.trigger.sort in ("raised", "reached"):
        up = [running.program.signs.watches[place] for place in bound.numbers if running.is_up(place)]
        figures = tuple(
            figure
            for place in bound.numbers
            for figure in running.program.signs.watches[place].raises.figures(running.read)
        )
        return Reason("trigger", text + (f"; {', '.join(one.name for one in up)}: since before" if up else ""), figures)
    return Reason("trigger", text)


def _entry(running: Running, book: BoundPlaybook) -> list[Reason]:
    """What keeps the customer out."""
    tier, figures, why = admits(running, book)
    if why:
        return [Reason("entry", why, figures)]
    before = entered_before(running, book, begun((book.number, tier, running.now.at_us, ""), "", ""))
    found = [Reason("entry", before)] if before else []
    if is_holdout(running, book):
        found.append(Reason("holdout", "the customer is in the holdout and gets nothing"))
    return found


def _runs(running: Running, book: BoundPlaybook) -> list[Reason]:
    """What its runs wait for."""
    zone, found = running.zone, []
    for run in running.runs:
        if run.playbook != book.number:
            continue
        since = f"run since {moment(run.entered_us, zone):%Y-%m-%d %H:%M}"
        if run.is_open:
            found.append(Reason("run", f"{since}: its next step is due", (), moment(run.next_us, zone)))
        for number, _, next_us in run.held:
            action = running.program.actions[number].action.name
            found.append(Reason("run", f"{since}: {action} is held back", (), moment(next_us, zone)))
    return found


def _first(running: Running, book: BoundPlaybook, tier: int) -> list[Reason]:
    """What would hold its first action back now."""
    program, found = running.program, []
    acts = [op.action for op in book.tiers[tier].ops if isinstance(op, Act)]
    for bound in (program.actions[number] for number in acts[:1]):
        if bound.only_if is not None and not bound.only_if.holds(running.read):
            text = f"{bound.action.name} only if {bound.action.only_if}"
            found.append(Reason("action", text, bound.only_if.figures(running.read)))
        attempt = Attempt(running.id, bound, running.now.at_us, "", running.read, running.ledger, running.zone)
        for name, policy in program.policies:
            block = policy.judge(attempt)
            if block is not None:
                then = None if block.next_us is None else moment(block.next_us, running.zone)
                found.append(Reason("policy", f"{bound.action.name} would be held by {name}: {block.reason}", (), then))
                break
    return found
