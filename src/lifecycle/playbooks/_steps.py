"""The steps of a playbook: actions, waits, and its early end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs
from attrs.validators import optional

from lifecycle.errors import DefinitionError
from lifecycle.model import DAY_US, Shown
from lifecycle.signs import is_text

from ._texts import as_texts, between, is_name, wrong

HOUR_US: Final = 3_600_000_000
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def minute_of(text: str) -> int:
    """The minute of the day that 'HH:MM' means.

    Raises:
        DefinitionError: it means none.
    """
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise wrong("time of day", text, "a local time such as '09:00'")
    return int(found[1]) * 60 + int(found[2])


def _is_clock(_: Any, __: Any, value: str) -> None:
    minute_of(value)


def _params(value: object) -> tuple[tuple[str, Any], ...]:
    if isinstance(value, Mapping):
        return tuple(value.items())
    items = (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]
    pairs = (item if isinstance(item, (tuple, list)) and len(item) == 2 else (item, Fact(str(item))) for item in items)
    return tuple((str(name), found) for name, found in pairs)


@attrs.frozen
class Fact:
    """A parameter that is read from the customer when the play is decided."""

    name: str
    """A fact of the definition, or `stage`."""


@attrs.frozen
class Action:
    """Something to do: the host's hook of that name is given a play.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.

    >>> Action("call", channel="phone", owners="trainer", after_days=2, at="10:00").delay_us // 86_400_000_000
    2
    """

    name: str = attrs.field(validator=is_name)
    """What to do: the name of the hook, such as 'send_email'."""
    channel: str = attrs.field(default="", kw_only=True, validator=is_text)
    """By which channel: email, phone, sms, in_app, post, meeting …; '' where it needs none."""
    owners: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """The roles that carry it out; none: those of the playbook."""
    after_days: int = attrs.field(default=0, kw_only=True, validator=between(0, 3_660))
    """So many times 24 hours after the step before, or after the entry."""
    after_hours: int = attrs.field(default=0, kw_only=True, validator=between(0, 24 * 366))
    """And so many hours."""
    at: str | None = attrs.field(default=None, kw_only=True, validator=optional(_is_clock))
    """The next such time of day in the customer's zone, at or after that, such as '09:00'."""
    only_if: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """A condition asked whenever the play is tried; where it is false the play is skipped."""
    expires_days: int = attrs.field(default=7, kw_only=True, validator=between(1, 365))
    """So long after it was due it may still be decided, where it was held back."""
    params: tuple[tuple[str, Shown | Fact], ...] = attrs.field(default=(), kw_only=True, converter=_params)
    """What the hook needs: names of facts, or a mapping of names to constants and `Fact(…)`."""
    purpose: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """Another purpose than the playbook's."""
    transactional: bool = attrs.field(default=False, kw_only=True)
    """Whether the customer waits for it, as for a receipt: then caps, cadence and quiet hours do not hold it."""
    discount_percent: float = attrs.field(default=0.0, kw_only=True, validator=between(0, 100, whole=False))
    """How deep a discount it gives."""
    cost: float = attrs.field(default=0.0, kw_only=True, validator=between(0, 1e9, whole=False))
    """What it costs, in major units of the definition's currency."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For the person or the template, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """The same in Japanese."""

    @property
    def delay_us(self) -> int:
        """The delay without the time of day, in microseconds."""
        return self.after_days * DAY_US + self.after_hours * HOUR_US


def _then(value: object) -> tuple[Step, ...]:
    return as_steps(value, "Wait: then")


def _otherwise(value: object) -> tuple[Step, ...]:
    return as_steps(value, "Wait: otherwise")


@attrs.frozen
class Wait:
    """Waits for a touchpoint since the entry; then goes on one way, or another way when the time is over.

    A touchpoint that came after the entry and before the wait counts too. After either way the steps behind follow.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    kinds: tuple[str, ...] = attrs.field(converter=as_texts)
    """For which kinds; any of them."""
    days: int = attrs.field(default=7, kw_only=True, validator=between(1, 3_660))
    """How long, in times of 24 hours from the step before; then `otherwise`."""
    match: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """The attribute that must equal the correlation key of the run, such as 'order'."""
    where: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """A filter over the touchpoint's attributes."""
    then: tuple[Step, ...] = attrs.field(default=(), kw_only=True, converter=_then)
    """The steps if it came."""
    otherwise: tuple[Step, ...] = attrs.field(default=(), kw_only=True, converter=_otherwise)
    """The steps if it did not."""

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise DefinitionError("Wait: it waits for no kind; name one, such as Wait('reply', days=7)")


@attrs.frozen
class Stop:
    """Ends the run here."""


Step: TypeAlias = Action | Wait | Stop


def as_steps(value: object, where: str) -> tuple[Step, ...]:
    """One step, several or none, as a tuple.

    Raises:
        DefinitionError: one is no step.
    """
    found = (value,) if isinstance(value, (Action, Wait, Stop)) else tuple(value)  # type: ignore[arg-type]
    for one in found:
        if not isinstance(one, (Action, Wait, Stop)):
            raise wrong(where, one, "an Action, a Wait or a Stop")
    return found


def actions_of(steps: Iterable[Step]) -> list[Action]:
    """All actions of some steps, those of branches too, in order."""
    found: list[Action] = []
    for step in steps:
        if isinstance(step, Action):
            found.append(step)
        elif isinstance(step, Wait):
            found += [*actions_of(step.then), *actions_of(step.otherwise)]
    return found


__all__ = ["Action", "Fact", "HOUR_US", "Step", "Stop", "Wait", "actions_of", "as_steps", "minute_of"]
