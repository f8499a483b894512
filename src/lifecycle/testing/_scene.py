"""A decided play, with what was known when it was decided; for checks that do not ask the policies themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from lifecycle.definition import Definition
from lifecycle.errors import InvalidArgument
from lifecycle.model import Calendar, Customer, Play, Touchpoint, utc_of
from lifecycle.playbooks import Action
from lifecycle.rules import text_of

from ._reading import bound, reading
from ._trial import Trial

_PROFILE = ("welcomed", "profile_set")
_TAKES_BACK = ("failed", "revoked", "expired")


class Scene:
    """One play of a trial, among the plays and touchpoints before it."""

    def __init__(self, trial: Trial, play: Play, place: int, step: int) -> None:
        self.trial, self.play, self.place, self.step = trial, play, place, step
        self.definition = trial.definition

    @cached_property
    def action(self) -> Action:
        """What was declared."""
        return actions_of(self.definition)[self.play.playbook, self.play.step]

    @cached_property
    def pasts(self) -> tuple[tuple[Touchpoint, ...], ...]:
        """The touchpoints seen; two readings where one came at the very instant, before which or at which it was."""
        touchpoints = self.trial.history.touchpoints
        before = touchpoints[: self.step]
        if self.step < len(touchpoints) and touchpoints[self.step].at_us == self.play.at_us:
            at = touchpoints[: self.step + 1]
            return (before, at) if before else (at,)
        return (before,)

    @property
    def is_transactional(self) -> bool:
        """Whether the customer waits for it."""
        return self.action.transactional

    def said(self, past: Iterable[Touchpoint], kinds: Iterable[str], name: str) -> str | None:
        """The last text that some kinds gave to an attribute."""
        texts = (text_of(one, name) for one in past if self.trial.kind(one) in kinds)
        return next((text for text in reversed(list(texts)) if text is not None), None)

    def zone(self, past: Iterable[Touchpoint]) -> str:
        """The customer's zone as known, or that of the definition where there is no such zone."""
        return known_zone(self.said(past, _PROFILE, "zone") or "", self.definition.zone)

    def clock(self, past: Iterable[Touchpoint]) -> datetime:
        """What the clock on the customer's wall shows."""
        return utc_of(self.play.at_us).astimezone(ZoneInfo(self.zone(past)))

    def day_of(self, at_us: int, past: Iterable[Touchpoint]) -> date:
        """The date of an instant where the customer is."""
        return utc_of(at_us).astimezone(ZoneInfo(self.zone(past))).date()

    def earlier(self) -> Iterator[Scene]:
        """The plays decided before, newest first, without those that certainly came to nothing."""
        for scene in reversed(scenes(self.trial)[: self.place]):
            if scene.play.key not in self.taken_back:
                yield scene

    @cached_property
    def taken_back(self) -> frozenset[str | None]:
        """The keys of plays that were told by now to have come to nothing."""
        past = self.pasts[-1]
        return frozenset(
            text_of(one, "key")
            for one in past
            if self.trial.kind(one) == "play_outcome" and text_of(one, "outcome") in _TAKES_BACK
        )

    def stages(self) -> set[str]:
        """Where the customer stood; two stages where a move came at the very instant."""
        found = {stage_at(self.trial, self.play.at_us - 1, "")}
        return (
            found
            | {stage_at(self.trial, self.play.at_us, "")}
            | {move.target.id for move in self.trial.walked.moves if move.at_us == self.play.at_us}
            if self.at_instant()
            else {stage_at(self.trial, self.play.at_us, "")}
        )

    def at_instant(self) -> bool:
        """Whether a touchpoint came, or a day began, at the very instant."""
        return len(self.pasts) > 1

    def customers(self) -> Iterator[Customer]:
        """The customer as of the play; two where a touchpoint came at the very instant."""
        steps, touchpoints = self.trial.walked.steps, self.trial.history.touchpoints
        if self.step:
            yield self.definition.pass_time(steps[self.step - 1].customer, utc_of(self.play.at_us)).customer
        if self.step < len(touchpoints) and touchpoints[self.step].at_us == self.play.at_us:
            yield steps[self.step].customer

    def all_hold(self, text: str) -> bool:
        """Whether a condition held when it was decided, whatever came first."""
        found = bound(self.definition, text)
        return all(found.holds(reading(self.definition, one, self.play.at_us)) for one in self.customers())

    def __str__(self) -> str:
        return str(self.play)


def scenes(trial: Trial) -> tuple[Scene, ...]:
    """The plays of a trial in order, each with what was known."""
    found: Any = trial.__dict__.get("scenes")
    if found is None:
        plays = [(place, play) for place, step in enumerate(trial.walked.steps) for play in step.plays]
        found = tuple(Scene(trial, play, place, step) for place, (step, play) in enumerate(plays))
        trial.__dict__["scenes"] = found
    return found  # type: ignore[no-any-return]


def stage_at(trial: Trial, at_us: int, otherwise: str) -> str:
    """The stage after all moves until an instant."""
    moves = trial.walked.moves
    found = [move.target.id for move in moves if move.at_us <= at_us]
    if found:
        return found[-1]
    return moves[0].source.id if moves else trial.walked.steps[-1].customer.stage.id or otherwise


@lru_cache(maxsize=64)
def actions_of(definition: Definition) -> dict[tuple[str, str], Action]:
    """Playbook and step → action."""
    assert definition.plan is not None
    return {(one.playbook.name, one.step): one.action for one in definition.plan.actions}


@lru_cache(maxsize=256)
def known_zone(zone: str, otherwise: str) -> str:
    """A zone, or another one where there is no such zone."""
    try:
        return Calendar(zone).zone if zone else otherwise
    except InvalidArgument:
        return otherwise
