"""A story with its signs: what a definition makes of a whole log."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from lifecycle.engine import Moment, Table, instant
from lifecycle.engine import Story as StageStory
from lifecycle.errors import InvalidArgument
from lifecycle.model import MilestoneChange, SignalChange
from lifecycle.signs import (
    SignProgram,
    episodes_table,
    fit_table,
    health_table,
    loyalty_table,
    milestone_changes,
    milestones_table,
    raised_table,
    signal_changes,
    wide_table,
)


@attrs.frozen(eq=False, repr=False)
class Story(StageStory):
    """The stages and signs of every customer of a log, in columns, with reasons.

    Everything strictly before its end has happened (S2). Made by `replay` and `extend`. Where a method takes `at`, it
    is an aware datetime, or a date or its text: its 00:00 in the definition's zone; exclusive; None is the end.
    """

    signs: SignProgram | None = attrs.field(default=None, kw_only=True)
    """The signs of the definition, compiled."""

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

    def milestones(self, at: Moment | None = None) -> Table:
        """Every milestone that has begun: customer, stage, blueprint, milestone, status, due, reached, days_late.

        The status is reached, late (reached after its day), overdue or open.

        Raises:
            InvalidArgument: the definition has no signs.
        """
        return milestones_table(self._signs(), self.record, self._instant(at))

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

    def _signs(self) -> SignProgram:
        if self.signs is None:
            raise InvalidArgument("the definition has no signs; pass signals, health, segments or blueprints to it")
        return self.signs

    def _instant(self, at: Moment | None) -> int:
        until = self.record.until_us
        return until if at is None else min(instant(at, self.base.program.calendar), until)


def _chosen(names: Mapping[str, int], name: str | None, sort: str) -> Mapping[str, int]:
    if name is None:
        return names
    if name not in names:
        raise InvalidArgument(f"there is no {sort} {name!r}; {sort}s: {', '.join(names) or 'none'}")
    return {name: names[name]}
