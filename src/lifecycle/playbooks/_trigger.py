"""What can start a playbook."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import attrs

from lifecycle.errors import DefinitionError

from ._texts import names_of, wrong

Sort: TypeAlias = Literal[
    "entered", "left", "raised", "cleared", "reached", "overdue", "happened", "on_date", "silent", "became"
]
"""What a trigger waits for."""
_MOST_DAYS: Final = 3_660
_SHOWN: Final = 4


@attrs.frozen
class Trigger:
    """What starts a playbook; made by `entered`, `raised` and their like."""

    sort: Sort
    """What it waits for."""
    names: tuple[str, ...] = ()
    """Stages, signals, milestones or kinds; any of them will do."""
    where: str | None = None
    """For touchpoints: a filter over their attributes."""
    days: int = 0
    """For a date: days after it (before it, if negative). For silence: how long."""
    yearly: bool = False
    """For a date: again every year."""
    condition: str = ""
    """For `became`: the condition."""

    def __str__(self) -> str:
        shown = [*map(repr, self.names[:_SHOWN])]
        if len(self.names) > _SHOWN:
            shown = [*shown[:-1], f"{len(self.names) - _SHOWN + 1} more"]
        names = " or ".join(shown)
        match self.sort:
            case "silent":
                return f"{self.days} days without {names or 'any touchpoint'}"
            case "became":
                return f"{self.condition!r} came true"
            case "on_date":
                side = "after" if self.days > 0 else "before"
                offset = f"{abs(self.days)} days {side} " if self.days else "on "
                return f"{offset}{names}" + (" (every year)" if self.yearly else "")
            case "happened":
                return f"touchpoint {names}" + (f" where {self.where}" if self.where else "")
            case "entered" | "left":
                return f"stage {names} {self.sort}"
            case "raised" | "cleared":
                return f"signal {names} {self.sort}"
        return f"milestone {names} {self.sort}"


def entered(*stages: str) -> Trigger:
    """Starts when the customer enters a stage, or a compound from outside it.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("entered", names_of(stages, "entered"))


def left(*stages: str) -> Trigger:
    """Starts when the customer leaves a stage, or a compound altogether.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("left", names_of(stages, "left"))


def raised(*signals: str) -> Trigger:
    """Starts when a signal is raised.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("raised", names_of(signals, "raised"))


def cleared(*signals: str) -> Trigger:
    """Starts when a signal is cleared.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("cleared", names_of(signals, "cleared"))


def reached(*milestones: str) -> Trigger:
    """Starts when a milestone is reached: its name, or 'blueprint.name' where several blueprints have it.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("reached", names_of(milestones, "reached"))


def overdue(*milestones: str) -> Trigger:
    """Starts when a milestone becomes overdue: its name, or 'blueprint.name' where several blueprints have it.

    Raises:
        DefinitionError: no name, or one that is no text.
    """
    return Trigger("overdue", names_of(milestones, "overdue"))


def happened(*kinds: str, where: str | None = None) -> Trigger:
    """Starts at a touchpoint of a kind.

    Args:
        *kinds: the kinds; any of them.
        where: a filter over the touchpoint's attributes, such as "percent >= 80".

    Raises:
        DefinitionError: no kind, or one that is no text.
    """
    return Trigger("happened", names_of(kinds, "happened"), where=where)


def on_date(fact: str, *, days: int = 0, yearly: bool = False) -> Trigger:
    """Starts at 00:00 of a date that the customer carries, or some days before (negative) or after it.

    A date that is known too late does not start it. On 29 February: on the 28th in years that have none.

    Args:
        fact: a fact of type date, such as `Last("profile_set", of="birthday", type="date")`.
        days: from the date to the start, -3,660 to 3,660.
        yearly: again every year, from the year of the date on.

    Raises:
        DefinitionError: the name is no text, or the days are no whole number in range.
    """
    if type(days) is not int or not -_MOST_DAYS <= days <= _MOST_DAYS:
        raise DefinitionError(f"on_date({fact!r}): days={days!r} is not a whole number, -3,660 to 3,660")
    return Trigger("on_date", names_of((fact,), "on_date"), days=days, yearly=yearly)


def silent(days: int, *kinds: str) -> Trigger:
    """Starts at 00:00 of the day on which there was no touchpoint of some kinds for so many days.

    Who never had one counts from the first touchpoint.

    Args:
        days: how long, 1 to 3,660.
        *kinds: of which kinds; none: no sign of life at all.

    Raises:
        DefinitionError: the days are no whole number in range, or a kind is no text.
    """
    if type(days) is not int or not 1 <= days <= _MOST_DAYS:
        raise DefinitionError(f"silent: days={days!r} is not a whole number, 1 to 3,660")
    return Trigger("silent", names_of(kinds, "silent") if kinds else (), days=days)


def became(condition: str) -> Trigger:
    """Starts when a condition over facts, `stage`, `health` and signals comes true that was not true before.

    Raises:
        DefinitionError: it is no text.
    """
    if type(condition) is not str or not condition.strip():
        raise wrong("became", condition, "a condition such as 'logins_7d == 0'")
    return Trigger("became", condition=condition)
