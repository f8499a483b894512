"""What a definition says of one live customer at an instant."""

from __future__ import annotations

from datetime import datetime

from lifecycle.engine import Program, Step, reader_of
from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer, moment_us
from lifecycle.playbooks import PlaybookProgram, WhyNot, why_not
from lifecycle.rules import FactValue, major
from lifecycle.signs import HealthReading, MilestoneReading, RaisedSignal, Readings, SignProgram


class Asked:
    """The readings of a definition."""

    __slots__ = ()
    name: str
    program: Program
    signs: SignProgram | None
    plan: PlaybookProgram | None

    def pass_time(self, customer: Customer, now: datetime) -> Step:
        """The customer after everything that was due."""
        raise NotImplementedError

    def facts_of(self, customer: Customer, now: datetime) -> dict[str, FactValue]:
        """Every fact of a customer at an instant, timers due by then fired; money in major units, None where missing.

        Raises:
            InvalidArgument: `now` is not aware.
            DefinitionMismatch: the customer was made by another definition.
        """
        after = self.pass_time(customer, now).customer
        read = reader_of(self.program, after, max(moment_us(now, "now"), after.head_us))
        return {name: major(read(name), kind) for name, kind in self.program.facts.types.items()}

    def signals_of(self, customer: Customer, now: datetime) -> tuple[RaisedSignal, ...]:
        """The signals that are up at an instant, since when, with the figures of now.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).signals()

    def segments_of(self, customer: Customer, now: datetime) -> dict[str, datetime]:
        """The segments that the customer belongs to at an instant, and since when.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).segments()

    def health_of(self, customer: Customer, now: datetime) -> HealthReading | None:
        """The health of the customer at an instant, with the share of each measure; None: the definition has none.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).health()

    def milestones_of(self, customer: Customer, now: datetime) -> tuple[MilestoneReading, ...]:
        """The milestones of the blueprints that have started, in order: status, due day, figures of now.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).milestones()

    def next_milestone(self, customer: Customer, now: datetime) -> MilestoneReading | None:
        """The next best step: of the milestones not reached, the one due first, then declared first; None: all are.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).next_milestone()

    def fit_of(self, customer: Customer, now: datetime) -> dict[str, float | None]:
        """How much of the ideal customer the customer has, per blueprint that names it, 0 to 100; None: unknown.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).fit()

    def loyalty_of(self, customer: Customer, now: datetime) -> str | None:
        """loyal, satisfied, captive or unheard; None where the customer is not retained, or nothing is declared.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no signs.
            DefinitionMismatch: the customer was made by another definition.
        """
        return self._readings(customer, now).loyalty()

    def _readings(self, customer: Customer, now: datetime) -> Readings:
        if self.signs is None:
            raise InvalidArgument(f"{self.name!r} has no signs; pass signals, health, segments or blueprints to it")
        return Readings(self.signs, customer, moment_us(now, "now"))

    def why_not(self, customer: Customer, playbook: str, now: datetime) -> WhyNot:
        """Why a playbook does nothing for a customer at an instant: what starts it, and what stands in the way.

        Raises:
            InvalidArgument: `now` is not aware, or the definition has no such playbook.
            DefinitionMismatch: the customer was made by another definition.
        """
        if self.plan is None:
            raise InvalidArgument(f"{self.name!r} has no playbooks; pass playbooks=[…] to it")
        after = self.pass_time(customer, now).customer
        return why_not(self.plan, after, playbook, max(moment_us(now, "now"), after.head_us))
