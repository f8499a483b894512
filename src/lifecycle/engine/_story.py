"""A story: what a definition makes of a whole log."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.log import TouchpointLog
from lifecycle.model import Customer, Stage, moment

from ._asof import as_of_table
from ._extend import Extension, extend, settle
from ._moments import Moment, instant
from ._periods import By, boundaries, period_days
from ._record import Record
from ._table import Table
from ._telling import CustomerStory, live_customer, tell
from ._unanswered import unanswered_table

_DAY_US = 86_400_000_000
_SETTLE_AFTER = 8  # a chain of small logs costs a merge each
BEFORE = "(new)"
"""Where a customer is before its first touchpoint, in a flow."""


@attrs.frozen(eq=False, repr=False)
class Story:
    """The stage history of every customer of a log, in columns, with reasons.

    Everything strictly before its end has happened (S2). Made by `replay` and `extend`.
    """

    base: Record
    """The outcome of the replay."""
    steps: tuple[Extension, ...] = ()
    """What each extension did since."""

    @property
    def record(self) -> Record:
        """The outcome with all extensions settled in; worked out when first asked for."""
        return self._settled

    @cached_property
    def _settled(self) -> Record:
        return settle(self.base, self.steps)

    @property
    def log(self) -> TouchpointLog:
        """The touchpoints, extensions merged in."""
        return self.record.log

    @property
    def until(self) -> datetime:
        """The end, exclusive, in the definition's zone."""
        end = self.steps[-1].until_us if self.steps else self.base.until_us
        return moment(end, self.base.program.calendar.zone)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the definition."""
        return self.base.stages

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return self.record.n_customers

    def __repr__(self) -> str:
        return f"<Story of {self.n_customers} customers, {len(self.record.moved)} moves, until {self.until}>"

    @cached_property
    def moves(self) -> Table:
        """Every move: customer, at, source, target, event, cause; one row each, by customer and time."""
        moved, chart = self.record.moved, self.base.program.chart
        names = np.array([stage.id for stage in self.stages], object)
        timers = np.array([timer.event for timer in chart.timers] + [""], object)
        routes = np.array([route.event for routes in chart.routes.values() for route in routes] + ["stage_set"], object)
        cause = np.where(moved.timer >= 0, "timer", np.where(moved.route < 0, "person", "touchpoint"))
        return Table(
            {
                "customer": self.log.ids(moved.customer),
                "at": moved.at.view("M8[us]"),
                "source": names[moved.source],
                "target": names[moved.target],
                "event": np.where(moved.timer >= 0, timers[moved.timer], routes[moved.route]),
                "cause": cause.astype(object),
            },
            title="moves",
        )

    @cached_property
    def stays(self) -> Table:
        """Every stay: customer, stage, start, end (NaT while it lasts); by customer and time."""
        stays = self.record.stay_columns
        end = stays["end"].view("M8[us]").copy()
        end[stays["is_open"]] = np.datetime64("NaT")
        names = np.array([stage.id for stage in self.stages], object)
        columns = {
            "customer": self.log.ids(stays["customer"]),
            "stage": names[stays["stage"]],
            "start": stays["start"].view("M8[us]"),
            "end": end,
        }
        return Table(columns, title="stays")

    def census(self, by: By = "month") -> Table:
        """How many customers stand in each stage at the end of each period (exclusive, S2).

        Args:
            by: day, week (from Monday), month, quarter or year, in the definition's zone.

        Returns:
            One row per period: `period` (its first day), one column per stage, `total`. The last period ends
            with the story.

        Raises:
            InvalidArgument: another `by`.
        """
        periods, edges = self._periods(by)
        flows = self._flows(edges)
        stock = np.cumsum(flows.sum(axis=1) - flows.sum(axis=2)[:, : len(self.stages)], axis=0)
        columns: dict[str, npt.NDArray[Any]] = {"period": periods}
        columns |= {stage.id: stock[:, place] for place, stage in enumerate(self.stages)}
        columns["total"] = stock.sum(axis=1)
        return Table(columns, title=f"customers by stage at the end of each {by}")

    def flow(self, by: By | None = None) -> Table:
        """How many moves went from each stage to each other; arrivals come from '(new)'.

        Args:
            by: count per period, or over the whole story (None).

        Returns:
            `period` (if `by`), `source`, `target`, `moves`; only pairs that happened.
        """
        periods, edges = self._periods("year" if by is None else by)
        flows = self._flows(edges)
        names = np.array([stage.id for stage in self.stages] + [BEFORE], object)
        if by is None:
            flows = flows.sum(axis=0, keepdims=True)
        period, source, target = np.nonzero(flows)
        columns: dict[str, npt.NDArray[Any]] = {} if by is None else {"period": periods[period]}
        columns |= {"source": names[source], "target": names[target], "moves": flows[period, source, target]}
        return Table(columns, title="moves between stages")

    def _periods(self, by: By) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        calendar, record = self.base.program.calendar, self.record
        last = calendar.day_of(record.until_us - 1)
        first = calendar.day_of(int(record.started.min())) if self.n_customers else last
        days = period_days(first, last, by)
        return days[:-1].astype("M8[D]"), boundaries(days, calendar)

    def _flows(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Moves per period, source and target; source one beyond the stages is '(new)'."""
        n, record = len(self.stages), self.record
        moved, initial = record.moved, record.program.chart.initial
        at = np.concatenate((record.started, moved.at))
        source = np.concatenate((np.full(record.n_customers, n), moved.source))
        target = np.concatenate((np.full(record.n_customers, initial), moved.target))
        period = np.searchsorted(edges, at, side="right") - 1
        flat = (period * (n + 1) + source) * n + target
        size = (len(edges) - 1) * (n + 1) * n
        return np.bincount(flat, minlength=size).reshape(len(edges) - 1, n + 1, n)

    def time_in_stage(self) -> Table:
        """How long stays last: per stage the stays, those still open, and quartiles of the closed ones in days."""
        stays = self.record.stay_columns
        days = (stays["end"] - stays["start"]) / _DAY_US
        rows: dict[str, list[Any]] = {
            name: [] for name in ("stage", "stays", "open", "q1_days", "median_days", "q3_days")
        }
        for place, stage in enumerate(self.stages):
            here = stays["stage"] == place
            closed = days[here & ~stays["is_open"]]
            quartiles = np.percentile(closed, (25, 50, 75)) if len(closed) else np.full(3, np.nan)
            values = (stage.id, int(here.sum()), int((here & stays["is_open"]).sum()), *quartiles)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
        return Table({name: np.array(values) for name, values in rows.items()}, title="time in stage")

    def unanswered(self) -> Table:
        """How many touchpoints of each kind there were, and how many met a stage that had no answer to them.

        Returns:
            `kind`, `touchpoints`, `unanswered`; bookkeeping kinds always count as answered.
        """
        return unanswered_table(self.record)

    def as_of(self, at: Moment) -> Table:
        """Stage and every fact of every customer as of a moment, later touchpoints unseen.

        Args:
            at: an aware datetime, or a date or its text: its 00:00 in the definition's zone; exclusive (S2).

        Returns:
            `customer`, `stage`, `since`, and one column per fact: int64, float64 (money in major units, NaN where
            missing), object for texts, `datetime64[D]` for dates, bool for flags. Who had not begun is left out.
        """
        return as_of_table(self.record, instant(at, self.base.program.calendar))

    def customer(self, id: str | int) -> CustomerStory:
        """One customer's story: moves with figures, in words.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        return tell(self.record, id)

    def live(self, id: str | int) -> Customer:
        """One customer as the live engine would have it, to go on from here.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        return live_customer(self.record, id)

    def why(self, id: str | int, move: int = -1) -> str:
        """Why a customer moved: the move (by position, the last one unless asked) in words with its figures."""
        return self.customer(id).why(move)

    def why_not(self, id: str | int, stage: str) -> str:
        """Why a customer does not stand in a stage: what it would take, with the figures of now."""
        return self.customer(id).why_not(stage)

    def extend(self, log: TouchpointLog | None = None, *, until: Moment | None = None) -> Self:
        """The story after more touchpoints; what is old is shared, only who is touched or due is walked.

        Args:
            log: touchpoints that are not older than what their customers have lived through; None lets time pass only.
            until: the new end, exclusive; None is the midnight after the last touchpoint, or the old end if later.

        Raises:
            LateTouchpoint: a touchpoint is older; replay the whole log instead.
        """
        end = None if until is None else instant(until, self.base.program.calendar)
        log = self.base.log.before(0) if log is None else log
        if len(self.steps) >= _SETTLE_AFTER:
            return attrs.evolve(self, base=self.record, steps=(extend(self.record, (), log, end),))
        return attrs.evolve(self, steps=(*self.steps, extend(self.base, self.steps, log, end)))
