"""Findings about what one playbook lacks: a goal, an end, a hook, something that can be heard, a pause."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final, Protocol, TypeAlias

from lifecycle.engine import RESERVED_KINDS
from lifecycle.playbooks import BoundPlaybook, Playbook, Wait
from lifecycle.rules import Certainty

from ._check_entries import place_of
from ._finding import Finding
from ._playbook_setup import View


class HasHooks(Protocol):
    """Whatever knows which actions have a hook, such as `Hooks`."""

    def of(self, action: str) -> object | None:
        """The hook of an action; None where it has none."""
        ...


Hooked: TypeAlias = HasHooks | Collection[str]
"""A register of hooks, or the names of the actions that have one."""
_OUTCOME: Final = "play_outcome"


def review_plan(view: View, book: BoundPlaybook, hooks: Hooked | None) -> Iterator[Finding]:
    """What one playbook lacks."""
    yield from _goal(book.playbook, place_of(book))
    yield from _end(view, book)
    yield from _kinds(view, book)
    yield from _loops(view, book)
    if hooks is not None:
        yield from _hooks(book.playbook, place_of(book), hooks)


def _goal(playbook: Playbook, place: str) -> Iterator[Finding]:
    if playbook.goal is None:
        text = "it has no goal, so nobody can tell whether it helps"
        yield Finding(place, text, "pass goal=Goal('…', within_days=…)", code="no_goal")


def _end(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Steps that go on whatever the customer does; where all come at once, only what is held back does."""
    playbook = book.playbook
    if playbook.exit is not None or playbook.exit_on or (playbook.goal is not None and playbook.goal.exits):
        return
    is_short = _is_short(view, book)
    what = "what is held back is sent" if is_short else "its steps go on"
    text = f"nothing ends it: {what} whatever the customer does meanwhile"
    remedy = "pass exit='…', exit_on=kinds, or a goal that exits"
    yield Finding(place_of(book), text, remedy, severity="note" if is_short else "warning", code="no_exit")


def _is_short(view: View, book: BoundPlaybook) -> bool:
    """Whether it is over at the moment at which it begins."""
    at_once = {action.number for tier in book.tiers for action in view.at_once(tier)}
    return not book.waits and all(action.number in at_once for action in view.actions_of(book))


def _hooks(playbook: Playbook, place: str, hooks: Hooked) -> Iterator[Finding]:
    for name in dict.fromkeys(action.name for action in playbook.actions):
        is_bound = name in hooks if isinstance(hooks, Collection) else hooks.of(name) is not None
        if not is_bound:
            yield Finding(place, f"its action {name!r} has no hook", f"bind one: hooks.on({name!r})", code="no_hook")


# --- kinds ------------------------------------------------------------------------------------------------------------


def _heard(playbook: Playbook) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The kinds that a playbook listens to besides its triggers, with the place."""
    for name, steps in playbook.ways:
        for wait in _waits(steps):
            yield f"wait{f' of tier {name!r}' if name else ''}", wait.kinds
    if playbook.exit_on:
        yield "exit_on", playbook.exit_on
    if playbook.goal is not None and playbook.goal.touchpoint:
        yield "goal", playbook.goal.touchpoint


def _waits(steps: Iterable[object]) -> Iterator[Wait]:
    for step in steps:
        if isinstance(step, Wait):
            yield step
            yield from (*_waits(step.then), *_waits(step.otherwise))


def _kinds(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """Kinds that no touchpoint has: those of timers certainly not, those that nothing else names perhaps not."""
    program = view.program.signs.program
    triggers = [("on", bound.trigger.names) for bound in book.triggers if bound.trigger.sort == "happened"]
    for part, kinds in (*triggers, *_heard(book.playbook)):
        for kind in kinds:
            key = program.context.key(kind)
            if key in program.timed:
                text = f"{kind!r} is raised by time, and no touchpoint has that kind"
                remedy = "name a kind of touchpoint, or start from the stage that the timer leads to"
                yield Finding(place_of(book, part), text, remedy, code="kind_timed")
            elif part != "on" and key not in _known_kinds(view):
                near = get_close_matches(kind, sorted(_known_kinds(view)), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "map it in events=, or see that the host sends it"
                text = f"nothing else in the definition knows the kind {kind!r}"
                yield Finding(
                    place_of(book, part), text, hint, severity="note", certainty="undecided", code="kind_unknown"
                )


def _known_kinds(view: View) -> set[str]:
    """The kinds that stages, facts and triggers know."""
    program = view.program.signs.program
    known = {*program.chart.events, *program.context.keys, *program.context.keys.values(), *program.passive}
    known |= RESERVED_KINDS
    for name in program.facts.types:
        known |= program.facts.kinds_of(name) or set()
    for book in view.program.playbooks:
        known |= {kind for bound in book.triggers for kind in bound.kinds}
    return known


# --- loops ------------------------------------------------------------------------------------------------------------


def _loops(view: View, book: BoundPlaybook) -> Iterator[Finding]:
    """What starts it again at once, without any pause, as soon as it is over."""
    playbook = book.playbook
    if playbook.reentry != "after_exit" or not any(list(view.at_once(tier)) for tier in book.tiers):
        return
    ending = book.exit_kinds | (book.goal_kinds if playbook.goal is not None and playbook.goal.exits else frozenset())
    remedy = "let the first action come later, or pass reentry= with days, 'per_key' or 'never'"
    for bound in book.triggers:
        is_sure = bound.where is None and book.audience is None and playbook.exit is None
        certainty: Certainty = "proved" if is_sure else "possible"
        both = sorted(bound.kinds & ending)
        if _OUTCOME in bound.kinds and _is_short(view, book):
            text = "the outcome of each of its plays starts it again, and it acts at once"
            yield Finding(place_of(book, "on"), text, remedy, certainty=certainty, code="loop")
        elif both:
            text = f"{both[0]!r} ends it and starts it again in the same moment, and it acts at once, every time"
            yield Finding(place_of(book, "on"), text, remedy, severity="note", certainty=certainty, code="loop")
