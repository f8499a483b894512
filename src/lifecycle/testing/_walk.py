"""A customer walked through time in plain steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from lifecycle.definition import Definition
from lifecycle.engine import Step
from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer, Touchpoint
from lifecycle.rules import FactValue

from ._history import History, instant
from ._walking import Happened, Walked


class Walk(Happened):
    """A customer of a definition who lives through what a test says, step by step.

    Args:
        definition: which decides.
        customer: who.
        at: when it begins: aware, or a text such as '2026-01-05 10:00' in the definition's zone.
        begins: the kind of the first touchpoint.
        attributes: its attributes.

    Raises:
        InvalidArgument: `at` is no instant.
        InvalidTouchpoint: a value is refused.

    >>> from lifecycle import presets
    >>> ada = Walk(presets.saas(), "ada", "2026-01-05 10:00")
    >>> ada.happens("subscription_started").later(days=91).stage
    'churn'
    >>> for line in ada.why().splitlines()[:3]:
    ...     print(line)
    2026-01-05 10:00 welcomed
    2026-01-05 10:00 subscription_started
      acquisition → onboarding on 2026-01-05 10:00: 'subscription_started'
    """

    def __init__(
        self,
        definition: Definition,
        customer: str,
        at: str | datetime,
        *,
        begins: str = "welcomed",
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        self.definition = definition
        self._zone = ZoneInfo(definition.zone)
        self._now = instant(at, self._zone)
        self._told: list[tuple[datetime, str, Step]] = []
        self._touchpoints: list[Touchpoint] = []
        self._add(Touchpoint(customer, begins, self._now, attributes=attributes or {}))

    # What happens.

    def happens(
        self,
        kind: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        amount: int | str | None = None,
        currency: str | None = None,
    ) -> Self:
        """The same walk after a touchpoint now.

        Raises:
            InvalidTouchpoint: a value is refused.
            CurrencyMismatch: the amount is in another currency than the definition's.
        """
        money = (currency or self.definition.currency or "EUR") if amount is not None else None
        who = self.customer.id
        self._add(Touchpoint(who, kind, self._now, amount=amount, currency=money, attributes=attributes or {}))
        return self

    def later(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> Self:
        """The same walk some days, hours and minutes later, at the same time of day for whole days.

        Raises:
            InvalidArgument: that would be backwards.
        """
        whole = int(days)
        wall = self._now.astimezone(self._zone).replace(tzinfo=None) + timedelta(days=whole)
        then = wall.replace(tzinfo=self._zone) if whole else self._now
        return self.until(then + timedelta(days=days - whole, hours=hours, minutes=minutes))

    def until(self, at: str | datetime) -> Self:
        """The same walk at an instant, after all that was due by then.

        Raises:
            InvalidArgument: that would be backwards, or `at` is no instant.
        """
        then = instant(at, self._zone)
        if then < self._now:
            raise InvalidArgument(f"the walk is at {self.now}, and does not go back to {then.astimezone(self._zone)}")
        self._now = then
        self._told.append((then, "", self.definition.pass_time(self.customer, then)))
        return self

    def _add(self, touchpoint: Touchpoint) -> None:
        begun = bool(self._told)
        step = self.definition.advance(self.customer, touchpoint) if begun else self.definition.begin(touchpoint)
        self._told.append((self._now, touchpoint.kind, step))
        self._touchpoints.append(touchpoint)

    # Where the customer stands.

    @property
    def now(self) -> datetime:
        """The present instant, in the definition's zone."""
        return self._now.astimezone(self._zone)

    @property
    def customer(self) -> Customer:
        """The customer as the definition folds it."""
        return self._told[-1][2].customer

    @property
    def stage(self) -> str:
        """The stage in which the customer stands, by name."""
        return self.customer.stage.id

    @property
    def signals(self) -> tuple[str, ...]:
        """The signals that are up, by name."""
        if self.definition.signs is None:
            return ()
        return tuple(one.signal.name for one in self.definition.signals_of(self.customer, self._now))

    @property
    def facts(self) -> dict[str, FactValue]:
        """Every fact of the customer now."""
        return self.definition.facts_of(self.customer, self._now)

    # What was decided.

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps so far."""
        return tuple(step for _, _, step in self._told)

    def told(self) -> tuple[Step, ...]:
        """All steps so far."""
        return self.steps

    def history(self) -> History:
        """What was lived through, as a value that can be kept."""
        return History(self._touchpoints, self._now)

    def walked(self) -> Walked:
        """The history with all its steps."""
        return Walked(self.history(), self.steps)

    def why(self) -> str:
        """The diary: every touchpoint, and under it what happened until the next, with figures."""
        lines: list[str] = []
        for at, kind, step in self._told:
            if kind:
                lines.append(f"{at.astimezone(self._zone):%Y-%m-%d %H:%M} {kind}")
            changes = (*step.moves, *step.signals, *step.milestones, *step.runs, *step.held, *step.dropped, *step.plays)
            for change in sorted(changes, key=_at_us):
                lines += [f"  {line}" for line in str(change).splitlines()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"Walk({self.definition.name!r}, {self.customer.id!r}, now={self.now:%Y-%m-%d %H:%M}, stage={self.stage!r})"
        )


def _at_us(change: Any) -> int:
    found = getattr(change, "at_us", None)
    return int(change.play.at_us if found is None else found)
