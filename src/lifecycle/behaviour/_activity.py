"""In which periods each customer was active: one bit mask per customer, or pairs where there are many periods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog

from ._masks import distinct, gram, onehot_first, smeared, totals
from ._pairs import Flows, active_pairs
from ._periods import Periods
from ._reading import stretches, wanted_kinds

Int64 = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint64]
Form: TypeAlias = Literal["auto", "masks", "pairs"]
"""How activity is held; all answer alike."""
MOST_PERIODS: Final = 63
"""So many periods fit a mask, beside one bit for whatever was before."""
_ONE: Final = np.uint64(1)


class Activity(Protocol):
    """In which periods each customer was active, and whether before.

    A place is 0 before the first period, 1 in the first, 2 in the next …
    """

    @property
    def periods(self) -> Periods:
        """The periods."""
        ...

    @property
    def n_customers(self) -> int:
        """How many customers there are, active or not."""
        ...

    def flows(self, *, inside: bool = False) -> Flows:
        """How many customers were active, stayed and began in each period.

        Args:
            inside: what was before the first period is as if it had not been.
        """
        ...

    def active_at(self, places: Int64) -> npt.NDArray[np.bool_]:
        """Whether each customer was active at a place of its own; false for -1. Shape (n_customers,)."""
        ...

    def cohorts(self, *, recurring: bool, lasting: bool) -> Int64:
        """How many of each cohort were active in each period.

        Args:
            recurring: every active period opens a cohort, not only a customer's first.
            lasting: a customer also counts in each period before another in which they were active.

        Returns:
            Counts by cohort and period, 0 before the cohort; shape (n_periods, n_periods).
        """
        ...


@attrs.frozen(eq=False)
class MaskActivity:
    """Activity as a mask per customer: bit 0 for before the first period, bit i for period i - 1."""

    periods: Periods
    """The periods, 63 at most."""
    masks: Masks
    """Shape (n_customers,)."""

    @property
    def n_customers(self) -> int:
        """How many customers there are, active or not."""
        return len(self.masks)

    def flows(self, *, inside: bool = False) -> Flows:
        """As in `Activity`."""
        masks, counts = distinct(self.masks)
        shown = masks >> _ONE
        first = onehot_first(shown) if inside else onehot_first(masks) >> _ONE
        return Flows(*(totals(which, counts, len(self.periods)) for which in (shown, shown & (shown << _ONE), first)))

    def active_at(self, places: Int64) -> npt.NDArray[np.bool_]:
        """As in `Activity`."""
        shift = np.maximum(places, 0).astype(np.uint64)
        return np.asarray((self.masks >> shift & _ONE).astype(np.bool_) & (places >= 0))

    def cohorts(self, *, recurring: bool, lasting: bool) -> Int64:
        """As in `Activity`."""
        masks, counts = distinct(self.masks)
        opens = masks if recurring else onehot_first(masks)
        shown = smeared(masks) if lasting else masks
        return np.triu(gram(opens >> _ONE, shown >> _ONE, counts, len(self.periods)))


def activity(
    log: TouchpointLog, periods: Periods, *, kinds: Iterable[str] | None = None, form: Form = "auto"
) -> Activity:
    """In which periods each customer of a log has touchpoints.

    Args:
        log: the touchpoints.
        periods: the periods; what is after them does not count.
        kinds: the kinds that count; None for all.
        form: "auto" holds masks where they fit, and else pairs.

    Raises:
        InvalidArgument: masks are asked for and there are more than 63 periods, or `form` or `kinds` is wrong.
    """
    if form not in ("auto", "masks", "pairs"):
        raise InvalidArgument(f"form={form!r} is not one of: auto, masks, pairs")
    fits = len(periods) <= MOST_PERIODS
    if form == "masks" and not fits:
        raise InvalidArgument(f"form='masks' holds {MOST_PERIODS} periods, not {len(periods)}; take 'auto'")
    if form == "pairs" or not fits:
        return active_pairs(log, periods, kinds)
    return _active_masks(log, periods, kinds)


def _active_masks(log: TouchpointLog, periods: Periods, kinds: Iterable[str] | None) -> MaskActivity:
    block = log.block(0, log.n_customers)
    wanted = wanted_kinds(block, kinds)
    every = np.uint64(2**64 - 1)
    counts = None if wanted is None else np.where(wanted, every, np.uint64(0))
    bits = np.append(_ONE << np.arange(len(periods) + 1, dtype=np.uint64), np.uint64(0))
    read = periods.lookup.reader(bits, every)
    masks = np.zeros(log.n_customers, np.uint64)
    for part in stretches(block.starts) if len(periods) else ():
        rows = slice(part.row_low, part.row_high)
        found = read(block.at[rows])
        if counts is not None:
            found &= counts[block.kind[rows]]
        np.bitwise_or.reduceat(found, part.starts[:-1], out=masks[part.low : part.high])
    masks.flags.writeable = False
    return MaskActivity(periods, masks)
