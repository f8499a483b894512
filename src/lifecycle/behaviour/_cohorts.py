"""The cohort matrix: of those who came in a period, how many were there again each period later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import By, Table
from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog

from ._activity import activity
from ._exact import read_only
from ._periods import Periods, periods_for
from ._triangle import triangle

Int64 = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
CohortBasis: TypeAlias = Literal["first", "recurring"]
"""Which periods of a customer open a cohort: the first active one only, or every active one."""
Returns: TypeAlias = Literal["on", "on_or_after"]
"""Who counts at an age: those active in that very period, or in that or any later one."""


@attrs.frozen(eq=False, repr=False)
class CohortMatrix:
    """Counts by cohort and age. Matrices of different customers over equal periods add up with `+`."""

    periods: Periods
    """The periods: each is a cohort, and ages count periods."""
    basis: CohortBasis
    """Which periods of a customer open a cohort."""
    returns: Returns
    """Who counts at an age."""
    counts: Int64 = attrs.field(converter=read_only)
    """Customers by cohort and age, 0 where the period lies beyond the last; shape (n_periods, n_periods)."""

    def __attrs_post_init__(self) -> None:
        n = len(self.periods)
        if self.counts.shape != (n, n):
            raise InvalidArgument(f"counts has shape {self.counts.shape}; {n} periods need ({n}, {n})")

    def __add__(self, other: CohortMatrix) -> CohortMatrix:
        if not isinstance(other, CohortMatrix):
            return NotImplemented
        mine, theirs = ((one.periods, one.basis, one.returns) for one in (self, other))
        if mine != theirs:
            raise InvalidArgument(f"cohorts of {mine} and of {theirs} do not add up; count both over the same Periods")
        return attrs.evolve(self, counts=self.counts + other.counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CohortMatrix):
            return NotImplemented
        same = (self.periods, self.basis, self.returns) == (other.periods, other.basis, other.returns)
        return same and bool(np.array_equal(self.counts, other.counts))

    __hash__ = None  # type: ignore[assignment]

    @property
    def sizes(self) -> Int64:
        """The customers of each cohort; shape (n_periods,)."""
        return self.counts[:, 0] if len(self.periods) else np.zeros(0, np.int64)

    @property
    def is_watched(self) -> BoolArray:
        """Which cells have a period at all; the others lie beyond the last. Shape as `counts`."""
        ages = np.arange(len(self.periods))
        return np.asarray(ages[:, None] + ages[None, :] < len(self.periods))

    @property
    def is_over(self) -> BoolArray:
        """Which cells are final: watched, and their period had ended; the others are right-censored.

        With `on_or_after`, who was not seen in a late period may still come back: those cells are lower bounds.
        """
        ended = np.append(self.periods.is_over, np.zeros(len(self.periods), np.bool_))
        ages = np.arange(len(self.periods))
        return np.asarray(ended[ages[:, None] + ages[None, :]])

    @property
    def shares(self) -> FloatArray:
        """Each count as a share of its cohort; nan where the cohort is empty or nothing was watched."""
        sizes = self.sizes[:, None].astype(np.float64)
        usable = self.is_watched & (sizes > 0)
        return np.asarray(np.divide(self.counts, sizes, out=np.full(self.counts.shape, np.nan), where=usable))

    def mean(self, *, weighted: bool = True) -> FloatArray:
        """The share of each age over all cohorts whose cell is over.

        Args:
            weighted: every customer weighs the same; if not, every cohort does.

        Returns:
            Shape (n_periods,); nan where no cohort with customers is that old.
        """
        used = self.is_over & (self.sizes > 0)[:, None]
        if weighted:
            top, bottom = (self.counts * used).sum(axis=0), (self.sizes[:, None] * used).sum(axis=0)
        else:
            top, bottom = np.where(used, self.shares, 0).sum(axis=0), used.sum(axis=0)
        return np.asarray(np.divide(top, bottom, out=np.full(len(bottom), np.nan), where=bottom > 0))

    def to_table(self) -> Table:
        """One row per watched cell: cohort, age, size, active, share, is_over."""
        cohort, age = np.nonzero(self.is_watched)
        columns = {
            "cohort": self.periods.starts[cohort],
            "age": age,
            "size": self.sizes[cohort],
            "active": self.counts[cohort, age],
            "share": self.shares[cohort, age],
            "is_over": self.is_over[cohort, age],
        }
        return Table(columns, title=self._title)

    @property
    def _title(self) -> str:
        return f"cohorts by {self.periods.by}, {self.basis}, {self.returns.replace('_', ' ')}, {self.periods.zone}"

    def __repr__(self) -> str:
        return f"<CohortMatrix: {self._title}: {len(self.periods)} cohorts of {int(self.sizes.sum())} customers>"

    def _repr_html_(self) -> str:
        labels = [str(day) for day in self.periods.starts]
        return triangle(self._title, labels, self.counts, self.is_watched, self.is_over)


def cohort_matrix(
    log: TouchpointLog,
    by: By | Periods = "month",
    *,
    zone: str | None = None,
    basis: CohortBasis = "first",
    returns: Returns = "on",
    kinds: Iterable[str] | None = None,
) -> CohortMatrix:
    """How many customers of each cohort were active in each later period.

    Args:
        log: the touchpoints.
        by: calendar periods that cover the log, or `Periods`. Only results over equal `Periods` add up.
        zone: the time zone of the periods; None for UTC, or that of the `Periods`.
        basis: "first" opens a cohort in the first active period of a customer, whoever was active before the
            periods being in none; "recurring" in every active period.
        returns: "on" counts who is active at an age, "on_or_after" also who is active later only.
        kinds: the kinds of touchpoints that make a customer active; None for all.

    Raises:
        InvalidArgument: an argument is not of its kind.

    Empty and missing: an empty log has no cohorts. A cohort without customers has counts of 0 and shares of nan.
    """
    if basis not in get_args(CohortBasis) or returns not in get_args(Returns):
        told = f"basis={basis!r}, returns={returns!r}"
        raise InvalidArgument(f"{told}; give 'first' or 'recurring', and 'on' or 'on_or_after'")
    periods = periods_for(log, by, zone)
    seen = activity(log, periods, kinds=kinds)
    found = seen.cohorts(recurring=basis == "recurring", lasting=returns == "on_or_after")
    return CohortMatrix(periods, basis, returns, _by_age(found))


def _by_age(by_period: Int64) -> Int64:
    """Counts by cohort and period moved to cohort and age."""
    n = len(by_period)
    cohort, period = np.triu_indices(n)
    found = np.zeros((n, n), np.int64)
    found[cohort, period - cohort] = by_period[cohort, period]
    return found
