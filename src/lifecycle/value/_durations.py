"""How long it took, or how long it has not yet happened: counts that add up."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._grouped import Int64Array, check_groups, digest_of, grouped, one_length, own_columns, whole_numbers


@attrs.frozen(eq=False)
class DurationTally:
    """Customers grouped by how long it took, those censored with how long it has not happened yet.

    A duration is a whole number of days, or of any one unit that the caller keeps to. Tallies of disjoint customers
    add up exactly: any split gives the same tally, bit for bit. Make one with `of`.

    Raises:
        InvalidArgument: the columns differ in length, are negative, or are not sorted.
    """

    duration: Int64Array
    """The distinct durations, ascending; 0 or more; shape (n_rows,)."""
    n_events: Int64Array
    """To how many it happened then."""
    n_censored: Int64Array
    """How many were followed so long and not longer, without it happening."""

    def __attrs_post_init__(self) -> None:
        own_columns(self, ("duration", "n_events", "n_censored"))
        for name in ("duration", "n_events", "n_censored"):
            _check_sign(name, getattr(self, name))
        check_groups((self.duration,), self.n_events + self.n_censored)

    @classmethod
    def of(cls, durations: npt.ArrayLike, is_event: npt.ArrayLike, *, weights: npt.ArrayLike | None = None) -> Self:
        """The tally of customers, in any order.

        Args:
            durations: whole numbers from 0; shape (n,).
            is_event: whether it happened; where not, the customer was followed so long without it; shape (n,).
            weights: how many customers each row stands for, whole numbers from 0; None: one each.

        Raises:
            InvalidArgument: something is negative, not whole, no boolean, or of another length.

        >>> DurationTally.of([6, 6, 6, 7, 10], [True, True, False, True, False])
        <DurationTally: 5 customers, 3 events, longest 10>
        """
        happened = np.atleast_1d(np.asarray(is_event))
        if happened.dtype.kind != "b" and len(happened):
            raise InvalidArgument(f"DurationTally.of: is_event has values of type {happened.dtype}; give booleans")
        given = np.ones(len(happened), np.int64) if weights is None else whole_numbers(weights, "weights")
        columns = one_length(durations=durations, is_event=happened.astype(np.int64), weights=given)
        _check_sign("durations", columns[0])
        _check_sign("weights", columns[2])
        used = columns[2] > 0
        (duration, event), n = grouped((columns[0][used], columns[1][used]), columns[2][used])
        return cls(*_merged(duration, n * event, n * (1 - event)))

    @classmethod
    def zero(cls) -> Self:
        """The tally of nobody."""
        return cls.of([], [])

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n_events.sum() + self.n_censored.sum())

    @property
    def digest(self) -> str:
        """The SHA-256 of the columns: equal for equal customers, however they were split."""
        return digest_of("durations", (self.duration, self.n_events, self.n_censored))

    def __len__(self) -> int:
        return len(self.duration)

    def __add__(self, other: DurationTally) -> Self:
        if not isinstance(other, DurationTally):
            return NotImplemented
        names = ("duration", "n_events", "n_censored")
        return type(self)(*_merged(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DurationTally):
            return NotImplemented
        return self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        longest = f", longest {int(self.duration[-1])}" if len(self) else ""
        return f"<DurationTally: {self.n_customers:,} customers, {int(self.n_events.sum()):,} events{longest}>"


def _merged(duration: Int64Array, n_events: Int64Array, n_censored: Int64Array) -> tuple[Int64Array, ...]:
    """One row per duration, ascending."""
    found, place = np.unique(duration, return_inverse=True)
    events, censored = np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)
    np.add.at(events, place, n_events)
    np.add.at(censored, place, n_censored)
    return found, events, censored


def _check_sign(name: str, values: Int64Array) -> None:
    if (values < 0).any():
        row = int(np.argmax(values < 0))
        raise InvalidArgument(f"DurationTally: {name} is negative in row {row} ({values[row]}); it starts at 0")
