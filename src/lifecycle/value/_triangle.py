"""Cohort triangles: how much of each cohort is still there at each age, in customers and in money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument

from ._cells import cells_equal, joined, of_cohorts, own_cells, ratio, sums_by
from ._grouped import Int64Array, whole_numbers
from ._survivors import SurvivorTally
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen(eq=False)
class LogoTriangle:
    """Customers by cohort and age: how many were followed through each period, and how many of them stayed.

    A cell counts only who was followed that long, so a cohort whose customers joined on different days is not
    understated at its end. Triangles of disjoint customers add up exactly: the triangle of a sum of tallies is the
    sum of their triangles. Make one with `of`.
    """

    cohort_keys: tuple[str, ...]
    """The names of the cohorts, ascending."""
    n_entering: Int64Array
    """There before the period and followed through it; shape (n_cohorts, n_ages); at age 0 the whole cohort."""
    n_staying: Int64Array
    """Of these, still there after it."""
    unit: TimeUnit = attrs.field(kw_only=True)
    """How long a period is."""

    def __attrs_post_init__(self) -> None:
        own_cells(self, "n_entering", "n_staying")
        if (self.n_staying < 0).any() or (self.n_staying > self.n_entering).any():
            raise InvalidArgument("LogoTriangle: a cell has more staying than entering, or fewer than 0; use 'of'")

    @classmethod
    def of(cls, tally: SurvivorTally) -> Self:
        """The triangle of a tally of survivors; ages run from 0 to the longest known.

        >>> tally = SurvivorTally.of_counts({"2023": [1000, 869, 743], "2024": [1200, 1000]}, unit="year")
        >>> LogoTriangle.of(tally).retention.round(3).tolist()
        [[1.0, 0.869, 0.743], [1.0, 0.833, nan]]
        """
        shape = (len(tally.cohort_keys), int(tally.age.max(initial=-1)) + 1)
        lost, ended = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        lost[tally.cohort, tally.age] = tally.n_lost
        ended[tally.cohort, tally.age] = tally.n_lost + tally.n_kept
        entering = ended[:, ::-1].cumsum(axis=1)[:, ::-1]
        return cls(tally.cohort_keys, entering, entering - lost, unit=tally.unit)

    @classmethod
    def zero(cls, unit: TimeUnit) -> Self:
        """The triangle of nobody."""
        return cls.of(SurvivorTally.zero(unit))

    @property
    def period_retention(self) -> FloatArray:
        """Of those there before each period, the share that stayed; nan where nobody was followed."""
        return ratio(self.n_staying, self.n_entering)

    @property
    def retention(self) -> FloatArray:
        """The share of each cohort there after each period: the product of the shares that stayed.

        Where a cohort was followed as a whole this is its survivors over its size. nan where nobody was followed,
        be it that the period is not over or that nobody was left.
        """
        return np.asarray(np.cumprod(self.period_retention, axis=1), np.float64)

    @property
    def mean_retention(self) -> FloatArray:
        """The same of all cohorts together, each customer counting alike; shape (n_ages,)."""
        steps = ratio(self.n_staying.sum(axis=0), self.n_entering.sum(axis=0))
        return np.asarray(np.cumprod(steps), np.float64)

    def __add__(self, other: LogoTriangle) -> Self:
        """Both together.

        Raises:
            InvalidArgument: their periods differ in length.
        """
        if not isinstance(other, LogoTriangle):
            return NotImplemented
        _check_alike(self.unit, other.unit)
        keys, (entering, staying) = joined(
            (self.cohort_keys, self.n_entering, self.n_staying), (other.cohort_keys, other.n_entering, other.n_staying)
        )
        return type(self)(keys, entering, staying, unit=self.unit)

    def __eq__(self, other: object) -> bool:
        return cells_equal(self, other) if isinstance(other, LogoTriangle) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.cohort_keys, self.unit, self.n_entering.tobytes(), self.n_staying.tobytes()))


@attrs.frozen(eq=False)
class RevenueTriangle:
    """Revenue by cohort and age, beside what the same customers paid in their first period.

    A cell counts only who was followed that long, in both amounts; so triangles of disjoint customers add up
    exactly, and the ratio compares like with like. Make one with `of` or `of_counts`.
    """

    cohort_keys: tuple[str, ...]
    """The names of the cohorts, ascending."""
    minor: Int64Array
    """What was paid at each age, in minor units; shape (n_cohorts, n_ages)."""
    first_minor: Int64Array
    """What the same customers paid at age 0."""
    currency: str = attrs.field(kw_only=True)
    """Of the amounts."""
    unit: TimeUnit = attrs.field(kw_only=True)
    """How long a period is."""

    def __attrs_post_init__(self) -> None:
        own_cells(self, "minor", "first_minor")

    @classmethod
    def of(
        cls,
        minor: npt.ArrayLike,
        n_followed: npt.ArrayLike,
        *,
        cohorts: npt.ArrayLike,
        currency: str,
        unit: TimeUnit,
    ) -> Self:
        """The triangle of customers, in any order.

        Args:
            minor: what each paid at each age, in whole minor units; shape (n_customers, n_ages).
            n_followed: how many whole periods of each are over, whether he was still there or not; the amounts after
                these are not read; shape (n_customers,).
            cohorts: the cohort of each; shape (n_customers,).
            currency: of the amounts.
            unit: how long a period is.

        Raises:
            InvalidArgument: shapes that do not fit, amounts that are not whole, or no such number of periods.
        """
        paid: npt.NDArray[Any] = np.asarray(minor)
        if paid.ndim != 2:
            raise InvalidArgument(f"RevenueTriangle.of: minor has the shape {paid.shape}; give (n_customers, n_ages)")
        n_ages = paid.shape[1]
        amounts: npt.NDArray[Any] = whole_numbers(paid.ravel(), "minor").reshape(len(paid), n_ages)
        followed = whole_numbers(n_followed, "n_followed")
        keys, codes = of_cohorts(cohorts)
        if not len(amounts) == len(followed) == len(codes):
            told = f"minor {len(amounts)}, n_followed {len(followed)}, cohorts {len(codes)}"
            raise InvalidArgument(f"RevenueTriangle.of: rows differ in number ({told}); give one per customer")
        bad = np.flatnonzero((followed < 0) | (followed > n_ages))
        if len(bad):
            told = f"row {bad[0]} is followed for {followed[bad[0]]} periods, of {n_ages} with amounts"
            raise InvalidArgument(f"RevenueTriangle.of: {told}; give 0 to {n_ages}")
        cells = np.zeros((2, len(keys), n_ages), np.int64)
        for age in range(n_ages):
            seen = followed > age
            for cell, part in zip(cells, (amounts[seen, age], amounts[seen, 0]), strict=True):
                cell[:, age] = sums_by(codes[seen], part, len(keys))
        return cls(keys, cells[0], cells[1], currency=currency, unit=unit)

    @classmethod
    def of_counts(cls, minor: Mapping[str, Sequence[int]], *, currency: str, unit: TimeUnit) -> Self:
        """The triangle of cohorts of which only the totals are known, all customers followed equally long.

        Args:
            minor: by cohort, what was paid in the first period, the second, …, in whole minor units.
            currency: of the amounts.
            unit: how long a period is.
        """
        rows = {name: whole_numbers(minor[name], name) for name in sorted(minor)}
        width = max((len(row) for row in rows.values()), default=0)
        cells = np.zeros((2, len(rows), width), np.int64)
        for place, row in enumerate(rows.values()):
            cells[0, place, : len(row)] = row
            cells[1, place, : len(row)] = row[:1]
        return cls(tuple(rows), *cells, currency=currency, unit=unit)

    @classmethod
    def zero(cls, currency: str, unit: TimeUnit) -> Self:
        """The triangle of nobody."""
        return cls.of_counts({}, currency=currency, unit=unit)

    @property
    def retention(self) -> FloatArray:
        """What was paid at each age over what the same customers paid at first; nan where they paid or were nothing."""
        return ratio(self.minor, self.first_minor)

    @property
    def mean_retention(self) -> FloatArray:
        """The same of all cohorts together, each amount counting alike; shape (n_ages,)."""
        return ratio(self.minor.sum(axis=0), self.first_minor.sum(axis=0))

    def __add__(self, other: RevenueTriangle) -> Self:
        """Both together.

        Raises:
            CurrencyMismatch: their currencies differ.
            InvalidArgument: their periods differ in length.
        """
        if not isinstance(other, RevenueTriangle):
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatch(f"triangles in {self.currency} and {other.currency} do not add up; convert one")
        _check_alike(self.unit, other.unit)
        keys, (minor, first) = joined(
            (self.cohort_keys, self.minor, self.first_minor), (other.cohort_keys, other.minor, other.first_minor)
        )
        return type(self)(keys, minor, first, currency=self.currency, unit=self.unit)

    def __eq__(self, other: object) -> bool:
        return cells_equal(self, other) if isinstance(other, RevenueTriangle) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.cohort_keys, self.currency, self.unit, self.minor.tobytes(), self.first_minor.tobytes()))


def _check_alike(one: str, other: str) -> None:
    if one != other:
        raise InvalidArgument(f"periods of a {one} and of a {other} do not add up; count both alike")
