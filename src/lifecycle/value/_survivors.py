"""What models of contracts need to know: how many were lost and how many are still there, by cohort and age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._cells import of_cohorts
from ._grouped import Int64Array, digest_of, grouped, one_length, own_columns, whole_numbers
from ._time_unit import DAYS_OF, TimeUnit


@attrs.frozen(eq=False)
class SurvivorTally:
    """Contracts counted by cohort and age: lost in that period, or still there after it and not followed further.

    An age is a number of periods, the first being 1: who does not renew for the first time was lost in period 1, who
    was there after 3 whole periods and is not known beyond is kept at 3. Tallies of disjoint customers add up
    exactly: any split gives the same tally, bit for bit, and so the same fit. Make one with `of` or `of_counts`.

    Raises:
        InvalidArgument: the columns differ in length, hold something impossible, or are not sorted; no such unit.
    """

    cohort_keys: tuple[str, ...]
    """The names of the cohorts, ascending."""
    cohort: Int64Array
    """Codes into `cohort_keys`; shape (n_rows,)."""
    age: Int64Array
    """Periods; 1 or more where somebody was lost, 0 for who is new."""
    n_lost: Int64Array
    """How many were lost in that period."""
    n_kept: Int64Array
    """How many are known to be there after that many periods and are not followed further."""
    unit: TimeUnit = attrs.field(kw_only=True)
    """How long a period is."""

    def __attrs_post_init__(self) -> None:
        _check_unit(self.unit)
        own_columns(self, ("cohort", "age", "n_lost", "n_kept"))
        keys = self.cohort_keys
        if list(keys) != sorted(set(keys)) or not np.array_equal(np.unique(self.cohort), np.arange(len(keys))):
            raise InvalidArgument(f"SurvivorTally: cohorts {keys[:5]} do not ascend or have no rows; use 'of'")
        step = np.diff(self.cohort) * (int(self.age.max(initial=0)) + 1) + np.diff(self.age)
        if (step <= 0).any() or (self.n_lost + self.n_kept < 1).any():
            raise InvalidArgument("SurvivorTally: rows do not ascend or stand for nobody; use 'of'")
        _check_counts(self.age, self.n_lost, self.n_kept)

    @classmethod
    def of(
        cls, durations: npt.ArrayLike, is_lost: npt.ArrayLike, *, unit: TimeUnit, cohorts: npt.ArrayLike | None = None
    ) -> Self:
        """The tally of customers one by one, in any order.

        Args:
            durations: the period in which the customer was lost (1 for the first), or the whole periods that one who
                is still there is known for (0 for a new one); shape (n_customers,).
            is_lost: whether the customer was lost; shape (n_customers,).
            unit: how long a period is.
            cohorts: the name of each customer's cohort; None: all are of one cohort, 'all'.

        Raises:
            InvalidArgument: a customer is impossible (the message names the row), or no such unit.
        """
        ages = whole_numbers(durations, "durations")
        lost = np.atleast_1d(np.asarray(is_lost))
        if lost.dtype.kind != "b" and len(lost):
            raise InvalidArgument(f"SurvivorTally.of: is_lost has values of type {lost.dtype}; give booleans")
        keys, codes = _coded(cohorts, len(ages))
        one_length(durations=ages, is_lost=lost.astype(np.int64), cohorts=codes)
        _check_counts(ages, lost.astype(np.int64), 1 - lost.astype(np.int64))
        (codes, ages, was_lost), n = grouped((codes, ages, lost.astype(np.int64)), None)
        return cls(keys, *_rows(codes, ages, n * was_lost, n * (1 - was_lost)), unit=unit)

    @classmethod
    def of_counts(cls, survivors: Mapping[str, Sequence[int]], *, unit: TimeUnit) -> Self:
        """The tally of cohorts of which only the numbers still there are known.

        Args:
            survivors: by cohort, how many there were at the start, after one period, after two, …
            unit: how long a period is.

        Raises:
            InvalidArgument: numbers that grow, below 0 or not whole, an empty cohort, or no such unit.

        >>> tally = SurvivorTally.of_counts({"2023": [1000, 869, 743], "2024": [1200, 1000]}, unit="year")
        >>> tally.n_customers, tally.n_lost_by_age.tolist()
        (2200, [0, 331, 126])
        """
        rows: list[list[int]] = []
        named = {name: whole_numbers(counts, name) for name, counts in survivors.items()}
        kept = {name: counts for name, counts in sorted(named.items()) if _check_survivors(name, counts)}
        for code, counts in enumerate(kept.values()):
            lost = -np.diff(counts)
            rows += [[code, age + 1, int(n), 0] for age, n in enumerate(lost) if n]
            rows += [[code, len(lost), 0, int(counts[-1])]] if counts[-1] else []
        columns = np.array(rows, np.int64).reshape(-1, 4).T
        return cls(tuple(kept), *_rows(*columns), unit=unit)

    @classmethod
    def zero(cls, unit: TimeUnit) -> Self:
        """The tally of nobody, of periods of that length."""
        return cls.of_counts({}, unit=unit)

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n_lost.sum() + self.n_kept.sum())

    @property
    def n_lost_by_age(self) -> Int64Array:
        """How many were lost in each period, all cohorts together; shape (highest age + 1,), place 0 is 0."""
        return self._by_age(self.n_lost)

    @property
    def n_kept_by_age(self) -> Int64Array:
        """How many are there after that many periods and not followed further; shape (highest age + 1,)."""
        return self._by_age(self.n_kept)

    @property
    def n_entering(self) -> Int64Array:
        """How many were followed through each period; shape (highest age + 1,), place 0 counts everybody."""
        return np.asarray((self.n_lost_by_age + self.n_kept_by_age)[::-1].cumsum()[::-1])

    @property
    def digest(self) -> str:
        """The SHA-256 of all columns: equal for equal customers, however they were split."""
        head = "survivors\0" + "\0".join((self.unit, *self.cohort_keys))
        return digest_of(head, (self.cohort, self.age, self.n_lost, self.n_kept))

    def _by_age(self, counts: Int64Array) -> Int64Array:
        made = np.zeros(int(self.age.max(initial=0)) + 1, np.int64)
        np.add.at(made, self.age, counts)
        return made

    def __len__(self) -> int:
        return len(self.age)

    def __add__(self, other: SurvivorTally) -> Self:
        """Both together.

        Raises:
            InvalidArgument: their periods differ in length.
        """
        if not isinstance(other, SurvivorTally):
            return NotImplemented
        if other.unit != self.unit:
            raise InvalidArgument(f"periods of a {self.unit} and of a {other.unit} do not add up; count both alike")
        keys = tuple(sorted({*self.cohort_keys, *other.cohort_keys}))
        place = {key: code for code, key in enumerate(keys)}
        codes = [np.array([place[key] for key in side.cohort_keys], np.int64)[side.cohort] for side in (self, other)]
        columns = [np.concatenate([getattr(side, name) for side in (self, other)]) for name in _COUNTS]
        return type(self)(keys, *_rows(np.concatenate(codes), *columns), unit=self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SurvivorTally):
            return NotImplemented
        return self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        told = f"{self.n_customers:,} customers in {len(self.cohort_keys)} cohorts, {int(self.n_lost.sum()):,} lost"
        return f"<SurvivorTally: {told}, by {self.unit}>"


_COUNTS = ("age", "n_lost", "n_kept")
_MOST_PERIODS = 10_000_000


def _rows(
    cohort: Int64Array, age: Int64Array, n_lost: Int64Array, n_kept: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """One row per cohort and age, ascending."""
    if not len(age):
        return cohort, age, n_lost, n_kept
    order = np.lexsort((age, cohort))
    cohort, age = cohort[order], age[order]
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(cohort) != 0) | (np.diff(age) != 0)]))
    lost, kept = (np.add.reduceat(counts[order], starts) for counts in (n_lost, n_kept))
    return cohort[starts], age[starts], lost, kept


def _coded(cohorts: npt.ArrayLike | None, n: int) -> tuple[tuple[str, ...], Int64Array]:
    if cohorts is None:
        return (("all",) if n else ()), np.zeros(n, np.int64)
    return of_cohorts(cohorts)


def _check_unit(unit: str) -> None:
    if unit not in DAYS_OF:
        raise InvalidArgument(f"SurvivorTally: unit={unit!r} is unknown; give one of {', '.join(DAYS_OF)}")


def _check_counts(age: Int64Array, n_lost: Int64Array, n_kept: Int64Array) -> None:
    checks = (
        ((age < 0) | (n_lost < 0) | (n_kept < 0), "something negative; ages and counts start at 0"),
        (age > _MOST_PERIODS, "an age above 10,000,000 periods; count whole periods of the unit, not time"),
        ((age == 0) & (n_lost > 0), "a loss at age 0; who does not renew for the first time is lost in period 1"),
    )
    for bad, what in checks:
        if bad.any():
            row = int(np.argmax(bad))
            found = f"age={age[row]}, lost={n_lost[row]}, kept={n_kept[row]}"
            raise InvalidArgument(f"{int(bad.sum())} of {len(age)} rows have {what} (first: row {row}, {found})")


def _check_survivors(name: str, counts: Int64Array) -> bool:
    """Whether there is anybody.

    Raises:
        InvalidArgument: the numbers cannot be of a cohort that nobody joins later.
    """
    if not len(counts):
        raise InvalidArgument(f"SurvivorTally: cohort {name!r} has no numbers; give at least its size")
    bad = np.flatnonzero((np.diff(counts) > 0) | (counts[1:] < 0))
    if len(bad) or counts[0] < 0:
        place = int(bad[0]) + 1 if len(bad) else 0
        raise InvalidArgument(
            f"SurvivorTally: cohort {name!r} has {counts[place]} at age {place}, after {counts[max(place - 1, 0)]}; "
            "survivors never grow and are never below 0; who returns is of a new cohort"
        )
    return bool(counts[0] > 0)
