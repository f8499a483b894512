"""Playbooks: what to do when."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs
from attrs.validators import optional

from lifecycle.errors import DefinitionError
from lifecycle.signs import called, is_text

from ._steps import Action, Step, Stop, Wait, actions_of, as_steps
from ._texts import as_texts, between, is_name, one_of, wrong
from ._trigger import Trigger

Purpose: TypeAlias = Literal["onboard", "adopt", "expand", "advocate", "retain", "win_back", "listen", "serve"]
"""What a playbook is for."""
PURPOSES: Final[tuple[Purpose, ...]] = (
    "onboard", "adopt", "expand", "advocate", "retain", "win_back", "listen", "serve",
)  # fmt: skip
"""All of them."""
Reentry: TypeAlias = Literal["never", "after_exit", "per_key"] | int
"""Whether a customer may enter again: never; when the run before has ended; once per correlation key; when it has ended
and so many days have passed since the last entry."""
_SEVERITIES: Final = ("info", "watch", "warning", "critical")


def _steps(value: object) -> tuple[Step, ...]:
    return as_steps(value, "steps")


@attrs.frozen
class Goal:
    """What a playbook wants to bring about; counted for who is treated and for the holdout, also after an exit.

    Raises:
        DefinitionError: neither or both of condition and touchpoint are given, or the days are out of range.
    """

    condition: str | None = attrs.field(default=None, validator=optional(is_text))
    """It is reached when this comes true; where it holds at the entry already, when it comes true again."""
    within_days: int = attrs.field(default=30, kw_only=True, validator=between(1, 3_660))
    """Within so many times 24 hours of the entry, inclusive."""
    touchpoint: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Or it is reached by a touchpoint of one of these kinds after the entry."""
    exits: bool = attrs.field(default=True, kw_only=True)
    """Whether reaching it ends the run."""

    def __attrs_post_init__(self) -> None:
        if (self.condition is None) == (not self.touchpoint):
            raise DefinitionError("Goal: give a condition or touchpoint=kinds, one of the two")

    def __str__(self) -> str:
        what = self.condition if self.condition is not None else " or ".join(self.touchpoint)
        return f"{what} within {self.within_days} days"


@attrs.frozen
class Tier:
    """Steps for how serious it is: the last tier whose demands are met when a run begins is taken.

    A trigger that comes while a lower tier runs ends that run and starts the higher one.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    steps: tuple[Step, ...] = attrs.field(converter=_steps)
    """What to do."""
    least_signals: int = attrs.field(default=1, kw_only=True, validator=between(0, 1_000))
    """So many signals of the playbook's topic must be up."""
    severity: str = attrs.field(default="info", kw_only=True, validator=one_of(*_SEVERITIES))
    """One of them must weigh at least so much; not asked where `least_signals` is 0."""
    condition: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """And this must hold."""


def _triggers(value: object) -> tuple[Trigger, ...]:
    found = (value,) if isinstance(value, Trigger) else tuple(value)  # type: ignore[arg-type]
    for one in found:
        if not isinstance(one, Trigger):
            raise wrong("Playbook: on", one, "a trigger such as raised('login_stopped')")
    return found


def _tiers(value: object) -> tuple[Tier, ...]:
    found = (value,) if isinstance(value, Tier) else tuple(value)  # type: ignore[arg-type]
    for one in found:
        if not isinstance(one, Tier):
            raise wrong("Playbook: tiers", one, "a Tier")
    return found


def _reentry(instance: Any, _: Any, value: Reentry) -> None:
    if value not in ("never", "after_exit", "per_key") and (type(value) is not int or not 1 <= value <= 3_660):
        raise wrong(f"{called(instance)}: reentry", value, "'never', 'after_exit', 'per_key' or days from 1 to 3,660")


@attrs.frozen
class Playbook:
    """What to do when: a trigger, an audience, steps, a goal and an end.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range; both or neither of steps and tiers are given.

    >>> from lifecycle.playbooks import raised
    >>> book = Playbook("call_them", on=raised("fading"), steps=[Action("call", channel="phone")],
    ...                 goal=Goal("visits_30d >= 2", within_days=30), holdout=0.1)
    >>> print(book.on[0])
    signal 'fading' raised
    """

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    on: tuple[Trigger, ...] = attrs.field(kw_only=True, converter=_triggers)
    """What starts it; any of them."""
    steps: tuple[Step, ...] = attrs.field(default=(), kw_only=True, converter=_steps)
    """What to do, in order."""
    tiers: tuple[Tier, ...] = attrs.field(default=(), kw_only=True, converter=_tiers)
    """Or steps by how serious it is, from the lightest to the heaviest."""
    topic: tuple[str, ...] = attrs.field(default=("churn",), kw_only=True, converter=as_texts)
    """The topics of the signals that tiers count."""
    version: str = attrs.field(default="1", kw_only=True, validator=is_text)
    """Its version; part of every play's key."""
    purpose: Purpose = attrs.field(default="retain", kw_only=True, validator=one_of(*PURPOSES))
    """What it is for."""
    audience: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """Only who meets this condition enters."""
    goal: Goal | None = attrs.field(default=None, kw_only=True)
    """What it wants to bring about."""
    exit: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """The run ends at once, with all that is held back, when this holds. Who meets it does not enter."""
    exit_on: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """It ends at once with a touchpoint of one of these kinds too."""
    reentry: Reentry = attrs.field(default="after_exit", kw_only=True, validator=_reentry)
    """Whether a customer may enter again."""
    key: str | None = attrs.field(default=None, kw_only=True, validator=optional(is_text))
    """The attribute of the touchpoint that starts it which correlates a run, such as 'order'. A touchpoint that reaches
    the goal or ends runs and names a key does so for the runs of that key; one that names none for all."""
    concurrent: int | None = attrs.field(default=None, kw_only=True, validator=optional(between(1, 1_000)))
    """How many runs of one customer may be open at once; above 1 only with `key`. None: one, with a key any number."""
    priority: int = attrs.field(default=0, kw_only=True, validator=between(-1_000, 1_000))
    """Of plays due at one instant the one of higher priority is decided first; equal: by name."""
    holdout: float = attrs.field(default=0.0, kw_only=True, validator=between(0, 1, whole=False))
    """The share of customers who enter and get nothing, so that the effect can be measured."""
    owners: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """The roles that own it; several for a team across departments."""
    max_days: int = attrs.field(default=365, kw_only=True, validator=between(1, 3_660))
    """So many times 24 hours after the entry every run ends."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in Japanese."""

    def __attrs_post_init__(self) -> None:
        where = called(self)
        if bool(self.steps) == bool(self.tiers):
            raise DefinitionError(f"{where}: give steps or tiers, one of the two")
        if not self.on:
            raise DefinitionError(f"{where}: nothing starts it; give on=raised('…') or another trigger")
        if self.goal is not None and not isinstance(self.goal, Goal):
            raise wrong(f"{where}: goal", self.goal, "a Goal")
        if self.key is None and (self.reentry == "per_key" or (self.concurrent or 1) > 1):
            raise DefinitionError(f"{where}: runs are told apart by a key; give key='order' or another attribute")
        names = [tier.name for tier in self.tiers]
        if len(set(names)) < len(names):
            raise DefinitionError(f"{where}: two tiers have one name: {', '.join(names)}")

    @property
    def ways(self) -> tuple[tuple[str, tuple[Step, ...]], ...]:
        """Its steps by tier; one nameless tier where it has none."""
        return tuple((tier.name, tier.steps) for tier in self.tiers) or (("", self.steps),)

    @property
    def actions(self) -> tuple[Action, ...]:
        """All its actions, tiers and branches in order."""
        return tuple(action for _, steps in self.ways for action in actions_of(steps))


__all__ = ["Action", "Goal", "PURPOSES", "Playbook", "Purpose", "Reentry", "Stop", "Tier", "Wait"]
