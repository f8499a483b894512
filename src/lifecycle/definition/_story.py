"""A story with its signs: what a definition makes of a whole log."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from lifecycle.engine import Moment, Table, instant
from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer, MilestoneChange, SignalChange
from lifecycle.signs import (
    STATUSES,
    Status,
    advance_signs,
    begin_signs,
    episodes_table,
    first_value_table,
    fit_table,
    health_table,
    loyalty_table,
    milestone_changes,
    milestones_table,
    pass_signs,
    raised_table,
    signal_changes,
    signal_counts,
    wide_table,
)

from ._played import PlayedStory


@attrs.frozen(eq=False, repr=False)
class Story(PlayedStory):
    """The stages and signs of every customer of a log, in columns, with reasons.

    Everything strictly before its end has happened (S2). Made by `replay` and `extend`. Where a method takes `at`, it
    is an aware datetime, or a date or its text: its 00:00 in the definition's zone; exclusive; None is the end.
    """

    def signals(self, at: Moment | None = None) -> Table:
        """Which signals are up: customer, signal, stage, since; one row each, by signal and customer.

        Raises:
            InvalidArgument: the definition has no signs.
        """
        signs = self._signs()
        return raised_table(signs, self.record, self._instant(at), signs.signals, "signal")

    def episodes(self, signal: str | None = None) -> Table:
        """Every time that a signal, or any, was up: customer, signal, start, end (NaT while it lasts), causes.

        Raises:
            InvalidArgument: the definition has no such signal.
        """
        signs = self._signs()
        return episodes_table(signs, self.record, _chosen(signs.signals, signal, "signal"), "signal")

    def signal_counts(self, at: Moment | None = None, *, days: int = 28) -> Table:
        """Per signal: topic, severity, for how many it is up, and raised, cleared and left in the days before.

        `left` are the episodes that ended because the customer left the stages in which the signal is watched.

        Args:
            at: the moment.
            days: how many calendar days back, the last one included.

        Raises:
            InvalidArgument: the definition has no signs, or the days are no whole number above 0.
        """
        return signal_counts(self._signs(), self.record, self._instant(at), days)

    def segment(self, name: str, at: Moment | None = None) -> Table:
        """Who belongs to a segment: customer, segment, stage, since.

        Raises:
            InvalidArgument: the definition has no such segment.
        """
        signs = self._signs()
        return raised_table(signs, self.record, self._instant(at), _chosen(signs.segments, name, "segment"), "segment")

    def memberships(self, segment: str | None = None) -> Table:
        """Every time that somebody belonged to a segment, or to any: customer, segment, start, end, causes.

        Raises:
            InvalidArgument: the definition has no such segment.
        """
        signs = self._signs()
        return episodes_table(signs, self.record, _chosen(signs.segments, segment, "segment"), "segment")

    def signs_at(self, at: Moment | None = None) -> Table:
        """Everybody with stage, a flag per signal (`signal_…`) and per segment, health, band, trend and staleness.

        Raises:
            InvalidArgument: the definition has no signs.
        """
        return wide_table(self._signs(), self.record, self._instant(at))

    def health(self, at: Moment | None = None) -> Table:
        """Who has a score: health, band, trend, stale_days, is_stale, and the share of each measure in the score.

        Raises:
            InvalidArgument: the definition has no health.
        """
        signs = self._signs()
        if signs.scoring is None:
            raise InvalidArgument("the definition has no health; pass health=Health(…) to it")
        return health_table(signs, self.record, self._instant(at))

    def milestones(self, at: Moment | None = None, *, status: Status | None = None) -> Table:
        """Every milestone that has begun, with status, due, reached, days_late and next_best.

        The status is reached, late (reached after its day), overdue or open. The next best step of a customer is, of
        what is not reached, what is due first, then what was declared first.

        Args:
            at: the moment.
            status: only milestones of this status.

        Raises:
            InvalidArgument: the definition has no signs, or there is no such status.
        """
        if status is not None and status not in STATUSES:
            raise InvalidArgument(f"there is no status {status!r}; statuses: {', '.join(STATUSES)}")
        return milestones_table(self._signs(), self.record, self._instant(at), status)

    def time_to_first_value(self, at: Moment | None = None) -> Table:
        """Calendar days from the start of a blueprint to its first value: customer, blueprint, start, days, is_reached.

        Who is not there yet is listed with the days so far and `is_reached` False, so that nobody is left out.

        Raises:
            InvalidArgument: the definition has no signs.
        """
        return first_value_table(self._signs(), self.record, self._instant(at))

    def fit(self, at: Moment | None = None) -> Table:
        """How much of the ideal customer everybody has, one column per blueprint, 0 to 100; nan where unknown.

        Raises:
            InvalidArgument: the definition has no signs.
        """
        return fit_table(self._signs(), self.record, self._instant(at))

    def loyalty(self, at: Moment | None = None) -> Table:
        """Why the retained stay: loyal, satisfied, captive, or unheard.

        Raises:
            InvalidArgument: the definition has no loyalty.
        """
        return loyalty_table(self._signs(), self.record, self._instant(at))

    def signals_of(self, id: str | int) -> tuple[SignalChange, ...]:
        """Every signal of one customer that was raised and cleared, in order, with the figures that did it.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        return signal_changes(self._signs(), self.record, self.record.log.code_of(id))

    def milestones_of(self, id: str | int) -> tuple[MilestoneChange, ...]:
        """Every milestone of one customer that was reached or became overdue, in order, with the figures.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        return milestone_changes(self._signs(), self.record, self.record.log.code_of(id))

    def live(self, id: str | int) -> Customer:
        """One customer as the live engine would have it, signs included, to go on from here.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        if self.plan is not None:
            return self.plays_of(id)[-1].customer
        if self.signs is None:
            return super().live(id)
        first, *others = self.log.touchpoints(self.log.code_of(id))
        customer = begin_signs(self.signs, first).customer
        for touchpoint in others:
            customer = advance_signs(self.signs, customer, touchpoint).customer
        return pass_signs(self.signs, customer, self.record.until_us - 1).customer

    def _instant(self, at: Moment | None) -> int:
        until = self.record.until_us
        return until if at is None else min(instant(at, self.base.program.calendar), until)


def _chosen(names: Mapping[str, int], name: str | None, sort: str) -> Mapping[str, int]:
    if name is None:
        return names
    if name not in names:
        raise InvalidArgument(f"there is no {sort} {name!r}; {sort}s: {', '.join(names) or 'none'}")
    return {name: names[name]}
