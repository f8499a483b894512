"""Blueprints: whom to win, and the milestones on the way (顧客維持設計図)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from lifecycle.errors import DefinitionError

from ._texts import days_of, name_of, text_of


@attrs.frozen
class Criterion:
    """One mark of the ideal customer.

    Raises:
        DefinitionError: a name or a text that is none, or a weight not above 0.
    """

    name: str = attrs.field(validator=name_of)
    """What it is called."""
    condition: str = attrs.field(validator=text_of)
    """When a customer has it."""
    weight: float = attrs.field(default=1.0, kw_only=True)
    """How much it counts."""

    def __attrs_post_init__(self) -> None:
        if type(self.weight) not in (int, float) or not 0 < self.weight < 1e9:
            raise DefinitionError(f"Criterion {self.name!r}: weight={self.weight!r} is not a number above 0")


@attrs.frozen
class Milestone:
    """One step of a blueprint: what must be true, until when, and what both sides give.

    Raises:
        DefinitionError: a name, a text or a day that is none.
    """

    name: str = attrs.field(validator=name_of)
    """What it is called."""
    condition: str = attrs.field(validator=text_of)
    """When it is reached; once reached it stays so."""
    due_days: int = attrs.field(kw_only=True, validator=days_of)
    """So many days after the start is the last day for it."""
    expectation: str = attrs.field(default="", kw_only=True, validator=text_of)
    """What the customer expects."""
    value: str = attrs.field(default="", kw_only=True, validator=text_of)
    """What the company gives."""
    role: str = attrs.field(default="", kw_only=True, validator=text_of)
    """Who is responsible."""
    text: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in Japanese."""


def _milestones(milestones: Sequence[Milestone]) -> tuple[Milestone, ...]:
    return tuple(milestones)


def _criteria(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    return tuple(criteria)


@attrs.frozen
class Blueprint:
    """The ordered milestones of a stage or a whole journey, and the marks of the ideal customer.

    It starts when the customer first enters the stage `start`, or with the first touchpoint.

    Raises:
        DefinitionError: no milestone, two of one name, or a first value that is none of them.
    """

    name: str = attrs.field(validator=name_of)
    """What it is called."""
    milestones: tuple[Milestone, ...] = attrs.field(converter=_milestones)
    """The milestones in order."""
    start: str | None = attrs.field(default=None, kw_only=True)
    """The stage or compound whose first entry starts it; None: the first touchpoint."""
    fit: tuple[Criterion, ...] = attrs.field(default=(), kw_only=True, converter=_criteria)
    """The marks of the ideal customer."""
    first_value: str | None = attrs.field(default=None, kw_only=True)
    """The milestone that is the first value, for time to first value."""
    text: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in Japanese."""

    def __attrs_post_init__(self) -> None:
        names = [milestone.name for milestone in self.milestones]
        if not names or len(set(names)) < len(names):
            raise DefinitionError(
                f"Blueprint {self.name!r}: one milestone or more, each with its own name; got {names}"
            )
        if len({mark.name for mark in self.fit}) < len(self.fit):
            raise DefinitionError(f"Blueprint {self.name!r}: two marks of the ideal customer have one name")
        if self.first_value is not None and self.first_value not in names:
            raise DefinitionError(
                f"Blueprint {self.name!r}: first_value={self.first_value!r} is none of {', '.join(names)}"
            )
