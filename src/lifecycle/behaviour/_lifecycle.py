"""Lifecycle counts: per period the new, the returning, the resurrecting and the dormant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import By, Table
from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog

from ._activity import Activity, activity
from ._exact import read_only
from ._periods import Periods, instants, periods_for

Int64 = npt.NDArray[np.int64]
NewBasis: TypeAlias = Literal["created", "first_event", "first_in_window"]
"""What makes a customer new: the period of an instant given for each, the first active one of the whole log, or of the
periods asked for."""
_NAMES = ("new", "returning", "resurrecting", "dormant")


@attrs.frozen(eq=False, repr=False)
class LifecycleCounts:
    """Customers per period by where they come from. Counts of different customers over equal periods add up."""

    periods: Periods
    """The periods."""
    basis: NewBasis
    """What makes a customer new."""
    new: Int64 = attrs.field(converter=read_only)
    """Active, and new; shape (n_periods,), as all."""
    returning: Int64 = attrs.field(converter=read_only)
    """Active, not new, and active the period before."""
    resurrecting: Int64 = attrs.field(converter=read_only)
    """Active, not new, and not active the period before."""
    dormant: Int64 = attrs.field(converter=read_only)
    """Active the period before and no more: 0 or negative."""

    def __add__(self, other: LifecycleCounts) -> LifecycleCounts:
        if not isinstance(other, LifecycleCounts):
            return NotImplemented
        if (self.periods, self.basis) != (other.periods, other.basis):
            mine, theirs = (self.periods, self.basis), (other.periods, other.basis)
            raise InvalidArgument(f"counts of {mine} and of {theirs} do not add up; count both over the same Periods")
        return attrs.evolve(self, **{name: getattr(self, name) + getattr(other, name) for name in _NAMES})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LifecycleCounts):
            return NotImplemented
        same = (self.periods, self.basis) == (other.periods, other.basis)
        return same and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _NAMES)

    __hash__ = None  # type: ignore[assignment]

    @property
    def active(self) -> Int64:
        """The customers active in each period; shape (n_periods,)."""
        return self.new + self.returning + self.resurrecting

    def to_table(self) -> Table:
        """One row per period: period, the four counts, active, and is_over.

        Where `is_over` is false, the data ends inside the period: its dormant may still come.
        """
        columns: dict[str, npt.NDArray[np.generic]] = {"period": self.periods.starts}
        columns |= {name: getattr(self, name) for name in _NAMES}
        columns |= {"active": self.active, "is_over": self.periods.is_over}
        return Table(columns, title=self._title)

    @property
    def _title(self) -> str:
        return f"lifecycle by {self.periods.by}, new by {self.basis.replace('_', ' ')}, {self.periods.zone}"

    def __repr__(self) -> str:
        return f"<LifecycleCounts: {self._title}: {len(self.periods)} periods>"

    def _repr_html_(self) -> str:
        return self.to_table()._repr_html_()


def lifecycle_counts(
    log: TouchpointLog,
    by: By | Periods = "month",
    *,
    zone: str | None = None,
    basis: NewBasis = "first_event",
    created: object = None,
    kinds: Iterable[str] | None = None,
) -> LifecycleCounts:
    """How many customers were new, returning, resurrecting and dormant in each period.

    Args:
        log: the touchpoints.
        by: calendar periods that cover the log, or `Periods`, the window.
        zone: the time zone of the periods; None for UTC, or that of the `Periods`.
        basis: "first_event" makes new in the first active period of the log, "first_in_window" in the first of the
            periods asked for, as if nothing had been before; "created" in the period of `created`, if active then.
        created: for the basis "created": datetime64 in UTC or microseconds since 1970 per customer, in the order of
            the log's customers, NaT for unknown; shape (n_customers,).
        kinds: the kinds of touchpoints that make a customer active; None for all.

    Raises:
        InvalidArgument: an argument is not of its kind, or `created` is missing or given for another basis.

    Empty and missing: an empty log has no periods. Who has an unknown `created` is never new.
    """
    if basis not in get_args(NewBasis) or (created is None) != (basis != "created"):
        told = f"basis={basis!r} with created={'None' if created is None else 'given'}"
        raise InvalidArgument(f"{told}; give 'first_event', 'first_in_window', or 'created' and the instants")
    periods = periods_for(log, by, zone)
    if basis == "first_in_window":
        return _counted(activity(log, periods, kinds=kinds), periods, basis, None)
    whole = periods.with_one_before()
    births = None if created is None else instants(created, log.n_customers, "created")
    return _counted(activity(log, whole, kinds=kinds), periods, basis, births)


def _counted(found: Activity, periods: Periods, basis: NewBasis, created: Int64 | None) -> LifecycleCounts:
    flows = found.flows(inside=basis == "first_in_window")
    active, stayed = flows.active, flows.stayed
    new, both = (flows.began, np.zeros_like(active)) if created is None else _created(found, created)
    before = np.append(0, active[:-1])[: len(active)]
    parts = (new, stayed - both, active - new - (stayed - both), stayed - before)
    lead = len(active) - len(periods)
    return LifecycleCounts(periods, basis, *(part[lead:] for part in parts))


def _created(found: Activity, created: Int64) -> tuple[Int64, Int64]:
    """Of the customers created in each period, how many were active in it, and also in the one before."""
    index = found.periods.index_of(created).astype(np.int64)
    n = len(found.periods)
    known = (index >= 0) & (index < n)
    here = found.active_at(np.where(known, index + 1, -1))
    before = here & found.active_at(np.where(index > 0, np.where(known, index, -1), -1))
    new, both = (np.bincount(index[which], minlength=n).astype(np.int64) for which in (here, before))
    return new, both
