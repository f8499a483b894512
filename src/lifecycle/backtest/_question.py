"""What a sign of a story is asked: does it foretell this, so far ahead, at these moments?"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

from lifecycle.engine import Moment
from lifecycle.errors import InvalidArgument
from lifecycle.rules import as_kinds


def _kinds(kinds: Any) -> tuple[str, ...]:
    found = as_kinds(kinds)
    for kind in found:
        if not isinstance(kind, str) or not kind.strip():
            raise InvalidArgument(f"{kind!r} is no kind of touchpoint; write a text such as 'purchase'")
    return found


@attrs.frozen
class Happens:
    """The outcome that a touchpoint of some kinds comes, such as `Happens("account_closed")`.

    Raises:
        InvalidArgument: no kind, or something that is none.
    """

    kinds: tuple[str, ...] = attrs.field(converter=_kinds)
    """One kind or several."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise InvalidArgument("Happens: no kind of touchpoint; name one, such as Happens('account_closed')")

    def __str__(self) -> str:
        return _written(self.kinds, self.where)


@attrs.frozen
class Absence:
    """The outcome that no touchpoint of some kinds comes for a whole horizon, such as `Absence("purchase")`.

    It is what churn is where there is no contract. It looks at what comes after a moment and at nothing before, so a
    sign made of silence is not judged by the silence that raised it.

    Raises:
        InvalidArgument: something that is no kind.
    """

    kinds: tuple[str, ...] = attrs.field(default=(), converter=_kinds)
    """One kind or several; none: every sign of life."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""

    def __str__(self) -> str:
        return f"no {_written(self.kinds, self.where)}" if self.kinds else "no sign of life"


def _written(kinds: tuple[str, ...], where: str | None) -> str:
    return " or ".join(kinds) + ("" if where is None else f" where {where}")


Outcome: TypeAlias = str | Happens | Absence
"""Entering a stage, a compound or a stage of a role; a touchpoint; or that none comes."""


def _stages(stages: Any) -> tuple[str, ...] | None:
    return None if stages is None else (stages,) if isinstance(stages, str) else tuple(stages)


@attrs.frozen
class Question:
    """What signs should foretell, how far ahead, and at which moments they are asked.

    The moments are midnights of the definition's zone, Mondays when they are 7 days apart. A moment sees everything
    strictly before it. Those whose horizon reaches beyond the end of the story are left out and counted.

    Raises:
        InvalidArgument: a field that is none of its sort.
    """

    outcome: Outcome = attrs.field(default="lost")
    """Entering a stage, a compound or a stage of a role, as text; or `Happens(…)`, or `Absence(…)`."""
    horizon_days: float = attrs.field(default=90, kw_only=True)
    """How far ahead; a day is 24 hours."""
    every_days: int = attrs.field(default=7, kw_only=True)
    """How many days the moments are apart."""
    since: Moment | None = attrs.field(default=None, kw_only=True)
    """Moments from then on; None: from the first touchpoint on."""
    until: Moment | None = attrs.field(default=None, kw_only=True)
    """Moments strictly before; what comes after them is still looked at. None: the end of the story."""
    stages: tuple[str, ...] | None = attrs.field(default=None, kw_only=True, converter=_stages)
    """Who is at risk: stages, compounds or roles. None: where a signal is watched, else roles active and returning."""
    among: str | None = attrs.field(default=None, kw_only=True)
    """Who is at risk of these: a condition that must hold at the moment. A sign that only some customers can show is
    compared with the others who can."""

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.outcome, (str, Happens, Absence)):
            raise InvalidArgument(
                f"Question: outcome={self.outcome!r}; give a stage, compound or role as text, Happens(…) or Absence(…)"
            )
        if type(self.every_days) is not int or not 1 <= self.every_days <= 36_600:
            raise InvalidArgument(
                f"Question: every_days={self.every_days!r} is no whole number of days from 1 to 36,600"
            )
        days = self.horizon_days
        if isinstance(days, bool) or not isinstance(days, (int, float)) or not 0 < days <= 36_600:
            raise InvalidArgument(f"Question: horizon_days={days!r} is no number of days above 0, up to 36,600")
