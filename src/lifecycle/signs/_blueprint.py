"""Blueprints: whom to win, and the milestones on the way (顧客維持設計図)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from lifecycle.chart import mermaid_label
from lifecycle.errors import DefinitionError, InvalidArgument

from ._texts import Language, days_of, is_name, is_text, of_type, spoken

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "fit": "Ideal customer",
        "weight": "weight",
        "start": "Starts with the first touchpoint",
        "entry": "Starts with the first entry into {}",
        "due": "by day {}",
        "first": "first value",
        "expectation": "customer expects: {}",
        "value": "company gives: {}",
        "role": "responsible: {}",
        "condition": "reached when {}",
    },
    "ja": {
        "fit": "理想の顧客像",
        "weight": "重み",
        "start": "最初の接点で開始",
        "entry": "{}に最初に入ったときに開始",
        "due": "{}日目まで",
        "first": "最初の価値",
        "expectation": "顧客の期待:{}",
        "value": "企業の提供価値:{}",
        "role": "担当:{}",
        "condition": "達成条件:{}",
    },
}


@attrs.frozen
class Criterion:
    """One mark of the ideal customer.

    Raises:
        DefinitionError: a name or a text that is none, or a weight not above 0.
    """

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    condition: str = attrs.field(validator=is_text)
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

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    condition: str = attrs.field(validator=is_text)
    """When it is reached; once reached it stays so."""
    due_days: int = attrs.field(kw_only=True, validator=days_of)
    """So many days after the start is the last day for it."""
    expectation: str = attrs.field(default="", kw_only=True, validator=is_text)
    """What the customer expects."""
    value: str = attrs.field(default="", kw_only=True, validator=is_text)
    """What the company gives."""
    role: str = attrs.field(default="", kw_only=True, validator=is_text)
    """Who is responsible."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in Japanese."""


def _milestones(milestones: Sequence[Milestone]) -> tuple[Milestone, ...]:
    return of_type(milestones, Milestone, "Blueprint")


def _criteria(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    return of_type(criteria, Criterion, "Blueprint")


@attrs.frozen
class Blueprint:
    """The ordered milestones of a stage or a whole journey, and the marks of the ideal customer.

    It starts when the customer first enters the stage `start`, or with the first touchpoint.

    Raises:
        DefinitionError: no milestone, two of one name, or a first value that is none of them.
    """

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    milestones: tuple[Milestone, ...] = attrs.field(converter=_milestones)
    """The milestones in order."""
    start: str | None = attrs.field(default=None, kw_only=True, validator=attrs.validators.optional(is_text))
    """The stage or compound whose first entry starts it; None: the first touchpoint."""
    fit: tuple[Criterion, ...] = attrs.field(default=(), kw_only=True, converter=_criteria)
    """The marks of the ideal customer."""
    first_value: str | None = attrs.field(default=None, kw_only=True)
    """The milestone that is the first value, for time to first value."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
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

    def mermaid(self, language: Language = "en") -> str:
        """The blueprint as a Mermaid flowchart: whom to win, the start, each milestone with what both sides give.

        Args:
            language: of headings and names; what has no text in it is shown by its name.

        Raises:
            InvalidArgument: there is no such language.
        """
        if language not in _WORDS:
            raise InvalidArgument(f"language={language!r} is none of {', '.join(_WORDS)}")
        return "\n".join(["flowchart LR", *(f"    {line}" for line in self._drawn(_WORDS[language], language))]) + "\n"

    def _drawn(self, words: Mapping[str, str], language: Language) -> Iterator[str]:
        """The boxes and the arrows between them."""
        begins = words["start"] if self.start is None else words["entry"].format(self.start)
        yield f"begin([{_box([spoken(self, language), begins])}])"
        if self.fit:
            marks = (f"{mark.name} ({words['weight']} {mark.weight:g}): {mark.condition}" for mark in self.fit)
            yield f"ideal([{_box([words['fit'], *marks])}])"
            yield "ideal -.-> begin"
        before = "begin"
        for number, milestone in enumerate(self.milestones, start=1):
            due = words["due"].format(milestone.due_days)
            is_first = milestone.name == self.first_value
            lines = [spoken(milestone, language), f"{due}, {words['first']}" if is_first else due]
            given = ((name, getattr(milestone, name)) for name in ("expectation", "value", "role", "condition"))
            lines += [words[name].format(text) for name, text in given if text]
            yield f"step{number}[{_box(lines)}]"
            yield f"{before} --> step{number}"
            before = f"step{number}"


def _box(lines: Sequence[str]) -> str:
    """Lines of text as the label of a box."""
    return '"' + "<br/>".join(map(mermaid_label, lines)) + '"'
