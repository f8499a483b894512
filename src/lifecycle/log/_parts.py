"""What a log is made of, and the smaller logs that share its columns."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import exponent

from ._names import Names
from ._problems import Quarantine
from ._rows import Rows

IntArray = npt.NDArray[np.integer]
Int64 = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Parts:
    """The stored columns of a log and the order in which they are read."""

    rows: Rows
    """The columns, in the order in which they came; perhaps more rows than the log has."""
    order: IntArray | None
    """The stored row of each sorted row; None when all are stored in order."""
    starts: Int64
    """First sorted row of each customer, and the end."""
    names: Names
    """The ids of the customers."""
    kinds: tuple[str, ...]
    """The kinds as the source names them."""
    currencies: tuple[str, ...]
    """The currencies of the amounts."""
    quarantine: Quarantine
    """The rows that were set aside."""
    duplicates: int
    """How many repetitions were dropped."""
    rounded: int
    """How many amounts were rounded."""

    def __attrs_post_init__(self) -> None:
        for array in (self.order, self.starts):
            if array is not None:
                array.flags.writeable = False

    def __reduce__(self) -> tuple[object, ...]:
        # A log of few customers shares the columns of many; only its own travel.
        whole = self.order is None or len(self.order) == len(self.rows)
        parts = self if whole else self.compact()
        return Parts, tuple(getattr(parts, field.name) for field in attrs.fields(Parts))

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The earliest and the latest time."""
        if not int(self.starts[-1]):
            return None, None
        at = self.rows.at
        if self.order is not None and len(self.order) < len(at):
            at = at[self.order]
        return int(at.min()), int(at.max())

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        order = 0 if self.order is None else self.order.nbytes
        return self.rows.nbytes + order + self.starts.nbytes + self.names.nbytes

    def picked(self, low: int, high: int) -> IntArray | slice:
        """The stored rows of a range of sorted rows."""
        return slice(low, high) if self.order is None else self.order[low:high]

    def compact(self) -> Parts:
        """The same with columns of its own, stored in order."""
        if self.order is None:
            return self
        return attrs.evolve(self, rows=self.rows.keep(self.order), order=None)


def picked_customers(parts: Parts, codes: Int64) -> Parts:
    """The parts of some customers."""
    counts = np.diff(parts.starts)[codes]
    starts = np.concatenate([[0], np.cumsum(counts)])
    places = np.repeat(parts.starts[codes] - starts[:-1], counts) + np.arange(starts[-1])
    return attrs.evolve(parts, order=_of_stored(parts, places), starts=starts, names=parts.names.take(codes))


def _of_stored(parts: Parts, places: IntArray) -> IntArray:
    if parts.order is not None:
        return parts.order[places]
    return places.astype(np.int32) if len(parts.rows) < 2**31 else places


def without_rows(parts: Parts, us: int) -> Parts:
    """The parts before a moment."""
    at = parts.rows.at if parts.order is None else parts.rows.at[parts.order]
    return _kept(parts, at < us)


def _kept(parts: Parts, keep: npt.NDArray[np.bool_]) -> Parts:
    """The parts of some sorted rows; customers without any are left out."""
    passed = np.concatenate([[0], np.cumsum(keep)])[parts.starts]
    remain = np.flatnonzero(np.diff(passed))
    return attrs.evolve(
        parts,
        order=_of_stored(parts, np.flatnonzero(keep)),
        starts=np.concatenate([[0], passed[1:][remain]]),
        names=parts.names if len(remain) == len(parts.names) else parts.names.take(remain),
    )


def without_other_currencies(parts: Parts, currency: str) -> Parts:
    """The parts with amounts of one currency; rows in others go to the quarantine."""
    exponent(currency)
    if parts.rows.minor is None or parts.currencies in ((), (currency,)):
        return parts
    picked = parts.picked(0, int(parts.starts[-1]))
    codes = np.zeros(int(parts.starts[-1]), np.int8) if parts.rows.currency is None else parts.rows.currency[picked]
    _, known = parts.rows.amounts(picked)
    wanted = parts.currencies.index(currency) if currency in parts.currencies else -1
    foreign = (codes != wanted) & (True if known is None else known)
    kept = _kept(parts, ~foreign)
    # One currency is left, so rows need no code of their own any more.
    left = attrs.evolve(kept.rows, currency=None)
    aside = _aside(parts, np.flatnonzero(foreign), currency)
    return attrs.evolve(kept, rows=left, currencies=(currency,), quarantine=parts.quarantine.joined(aside))


def _aside(parts: Parts, places: Int64, wanted: str) -> Quarantine:
    stored = places if parts.order is None else parts.order[places]
    rows = parts.rows
    numbers = stored if rows.numbers is None else rows.numbers[stored]
    by_number = np.argsort(numbers, kind="stable")
    places, stored = places[by_number], stored[by_number]
    customers = parts.names.decoded(np.searchsorted(parts.starts, places, "right") - 1)
    codes = np.zeros(len(stored), np.int8) if rows.currency is None else rows.currency[stored]
    money = tuple(parts.currencies[code] for code in codes.tolist())
    table = {
        "customer": tuple(customers.tolist()),
        "at": tuple(rows.at[stored].view("M8[us]").tolist()),
        "kind": tuple(parts.kinds[code] for code in rows.kind[stored].tolist()),
        "minor": tuple(rows.amounts(stored)[0].tolist()),
        "currency": money,
    }
    reasons = tuple(
        f"the amount is in {code}, not in {wanted}; convert it, or replay each currency alone" for code in money
    )
    return Quarantine(tuple(numbers[by_number].tolist()), reasons, table)
