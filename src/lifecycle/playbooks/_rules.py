"""Where and while not: rules over the stage and the state of the customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.log import days_of
from lifecycle.model import Calendar
from lifecycle.rules import BoundCondition, Fact
from lifecycle.signs import called

from ._clock import instants_of
from ._ledger import Choice, held_until, of_actions
from ._policy import PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import as_texts, is_name, wrong


def _condition(instance: Any, _: Any, value: str) -> None:
    if type(value) is not str or not value.strip():
        raise wrong(f"{called(instance)}: condition", value, "a condition such as 'tickets_open >= 1'")


@attrs.frozen
class NoSelling:
    """Holds plays of some purposes while the customer is in some stages: no selling in onboarding.

    A play that is held is tried again at each midnight of the definition's zone, until it expires. Transactional plays
    are held too.

    Raises:
        DefinitionError: no stage or no purpose is named.
    """

    stages: tuple[str, ...] = attrs.field(default=("onboarding",), converter=as_texts)
    """Stages, compounds or roles."""
    purposes: tuple[str, ...] = attrs.field(default=("expand",), kw_only=True, converter=as_texts)
    """What is not done there."""
    name: str = attrs.field(default="no_selling", kw_only=True, validator=is_name)
    """What it is called."""

    def __attrs_post_init__(self) -> None:
        if not self.stages or not self.purposes:
            raise DefinitionError(f"{called(self)}: name at least one stage and one purpose")

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundStageRule:
        """The policy inside a definition.

        Raises:
            DefinitionError: a stage or purpose that nothing has.
        """
        flags, stages = setup.stages(self.stages), setup.program.chart.stages
        held = {
            stage.id: f"no plays to {' or '.join(self.purposes)} in stage {stage.id!r}"
            for stage, flag in zip(stages, flags, strict=True)
            if flag
        }
        chosen = Choice(purposes=self.purposes).of(setup, self, transactional=True)
        return BoundStageRule(chosen, held, setup.program.calendar)


@attrs.frozen(eq=False)
class BoundStageRule:
    """`NoSelling` inside a definition."""

    concerned: tuple[bool, ...]
    """Per action whether it is held."""
    held: Mapping[str, str]
    """The stages in which it is, with the reason."""
    calendar: Calendar
    """The zone of the definition."""
    keeps_us: int = 0
    """It needs no decided plays."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether the customer is in such a stage."""
        if not self.concerned[attempt.action.number]:
            return None
        reason = self.held.get(attempt.read("stage"))  # type: ignore[arg-type]
        return None if reason is None else Block(reason, _midnight(self.calendar, attempt.at_us))

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        stage = attempts.read("stage")
        inside = np.array([*(one in self.held for one in stage.book), False])[stage.values]
        return _held_while(attempts, self.concerned, inside, self.calendar)


@attrs.frozen
class HoldWhile:
    """Holds plays while a condition holds: no selling while a complaint is open.

    A play that is held is tried again at each midnight of the definition's zone, until it expires. Transactional plays
    are held too.

    Raises:
        DefinitionError: the condition is no text.

    >>> HoldWhile("tickets_open >= 1", purposes=("expand", "advocate")).name
    'hold_while'
    """

    condition: str = attrs.field(validator=_condition)
    """Over facts, `stage`, `health` and signals."""
    purposes: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays for one of these purposes are held."""
    playbooks: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays of one of these playbooks."""
    channels: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays by one of these channels."""
    name: str = attrs.field(default="hold_while", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundHold:
        """The policy inside a definition.

        Raises:
            DefinitionError: it names a fact, playbook or purpose that nothing has.
        """
        choice = Choice(self.channels, self.purposes, self.playbooks)
        chosen = choice.of(setup, self, transactional=True)
        return BoundHold(chosen, setup.condition(self.condition), setup.program.calendar)


@attrs.frozen(eq=False)
class BoundHold:
    """`HoldWhile` inside a definition."""

    concerned: tuple[bool, ...]
    """Per action whether it is held."""
    condition: BoundCondition
    """While what holds."""
    calendar: Calendar
    """The zone of the definition."""
    keeps_us: int = 0
    """It needs no decided plays."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether the condition holds."""
        if not self.concerned[attempt.action.number] or not self.condition.holds(attempt.read):
            return None
        reason = "; ".join(str(figure) for figure in self.condition.figures(attempt.read) if figure.holds)
        return Block(reason or self.condition.condition.text, _midnight(self.calendar, attempt.at_us))

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        if not of_actions(attempts, self.concerned).any():
            return np.full(len(attempts.at_us), PASSES, np.int64)
        holds = self.condition.mask(attempts.read, len(attempts.at_us))
        return _held_while(attempts, self.concerned, holds, self.calendar)


def _midnight(calendar: Calendar, at_us: int) -> int:
    return calendar.start_of(calendar.day_of(at_us) + 1)


def _held_while(attempts: Attempts, concerned: tuple[bool, ...], held: Any, calendar: Calendar) -> Int64Array:
    result = np.full(len(held), PASSES, np.int64)
    if held.any():
        result[held] = instants_of(calendar, days_of(attempts.at_us[held], calendar) + 1, 0)
    return held_until(attempts, concerned, result)
