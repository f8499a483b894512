"""What each customer pays per period: the cells from which movements of recurring revenue are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import By
from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.log import Block, TouchpointLog

from ._exact import TWELFTHS, read_only
from ._lookup import Lookup
from ._periods import Periods, periods_for
from ._reading import Stretch, is_of, span_of, stretches, wanted_kinds

Int64 = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


NOTHING: Final = np.zeros(0, np.int64)
"""A column without cells."""


@attrs.frozen(eq=False, repr=False)
class RecurringAmounts:
    """What each customer pays in each period, above 0; ascending by customer, then place.

    Periods before the ones asked for are kept, because they tell a new customer from one who is back.
    Make it with `paid_amounts` or `subscribed_amounts`.
    """

    periods: Periods
    """The periods asked for; place 0 is the first of them, those before it are negative."""
    currency: str | None
    """The currency of the amounts; None where there are none."""
    customer: Int64 = attrs.field(converter=read_only)
    """The code of the customer of each cell; shape (n_cells,)."""
    place: Int64 = attrs.field(converter=read_only)
    """The period of each cell."""
    twelfths: Int64 = attrs.field(converter=read_only)
    """What is paid, in twelfths of minor units."""
    n_left_out: int = 0
    """How many cells came to less than 0 because more was paid back than paid; they count as nothing paid."""

    def __attrs_post_init__(self) -> None:
        shapes = {self.customer.shape, self.place.shape, self.twelfths.shape}
        if len(shapes) > 1 or self.customer.ndim != 1:
            raise InvalidArgument(f"customer, place and twelfths have the shapes {shapes}; give one cell each")
        step, later = np.diff(self.customer), np.diff(self.place)
        if not bool(((step > 0) | ((step == 0) & (later > 0))).all()) or bool((self.twelfths <= 0).any()):
            raise InvalidArgument("cells must ascend by customer and place, each once, with amounts above 0")
        if bool((self.place >= len(self.periods)).any()):
            raise InvalidArgument(f"a cell lies beyond the {len(self.periods)} periods; leave it out")

    def __len__(self) -> int:
        return len(self.customer)

    def __repr__(self) -> str:
        money = f", {self.currency}" if self.currency else ""
        return f"<RecurringAmounts: {len(self)} cells of {len(self.periods)} periods by {self.periods.by}{money}>"


def paid_amounts(
    log: TouchpointLog,
    by: By | Periods = "month",
    *,
    kinds: Iterable[str] = ("payment",),
    zone: str | None = None,
    currency: str | None = None,
) -> RecurringAmounts:
    """What each customer paid in each period: the sum of the payments in it.

    Args:
        log: the touchpoints.
        by: calendar periods that cover the log, or `Periods`.
        kinds: the kinds that are payments; those without an amount add nothing.
        zone: the time zone of the periods; None for UTC, or that of the `Periods`.
        currency: which amounts to take; None for the log's only one.

    Raises:
        CurrencyMismatch: the log has several currencies and none was asked for.
        InvalidArgument: an argument is not of its kind.

    Empty and missing: a period in which as much was paid back as paid, or more, counts as nothing paid; the latter
        are counted in `n_left_out`. An empty log has no periods.
    """
    if currency is None and len(log.currencies) > 1:
        told = ", ".join(log.currencies)
        raise CurrencyMismatch(f"the log has amounts in {told}, which have no sum; ask for one with currency=…")
    alone = log if currency is None or log.currencies == (currency,) else log.in_currency(currency)
    money = alone.currencies[0] if alone.currencies else None
    asked = periods_for(log, by, zone)
    if not len(asked) or not len(alone):
        return RecurringAmounts(asked, money, NOTHING, NOTHING, NOTHING)
    block = alone.block(0, alone.n_customers)
    # Periods made to cover the log begin with it: only a window has something before it.
    whole = asked.from_earlier(span_of(block)[0]) if isinstance(by, Periods) else asked
    cells = _paid_cells(block, whole.lookup, wanted_kinds(block, kinds))
    return _amounts(asked, len(whole) - len(asked), money, cells)


def _amounts(asked: Periods, lead: int, currency: str | None, cells: tuple[Int64, Int64, Int64]) -> RecurringAmounts:
    """The cells with an amount; places come counted from `lead` periods before the first asked for."""
    customer, place, twelfths = cells
    paid = twelfths > 0
    below = int(np.count_nonzero(twelfths < 0))
    return RecurringAmounts(asked, currency, customer[paid], place[paid] - lead, twelfths[paid], below)


def _paid_cells(block: Block, lookup: Lookup, wanted: BoolArray | None) -> tuple[Int64, Int64, Int64]:
    parts = [_cells_of(block, part, lookup, wanted) for part in stretches(block.starts)]
    customer, place, minor = (np.concatenate(column) for column in zip(*parts, strict=True))
    return customer, place, minor * TWELFTHS


def _cells_of(
    block: Block, part: Stretch, lookup: Lookup, wanted: BoolArray | None
) -> tuple[Int64, npt.NDArray[np.int32], Int64]:
    rows = slice(part.row_low, part.row_high)
    kind = block.kind[rows]
    those = np.arange(len(kind)) if wanted is None else np.flatnonzero(is_of(kind, wanted))
    place = lookup.find(block.at[rows][those])
    minor, known = block.read_minor(those + part.row_low)
    counts = (place >= 0) & (place < len(lookup.edges) - 1)
    if known is not None:
        counts &= known
    who, place, minor = part.customer_of_row()[those[counts]], place[counts], minor[counts]
    is_new = np.ones(len(place), np.bool_)
    is_new[1:] = (place[1:] != place[:-1]) | (who[1:] != who[:-1])
    first = np.flatnonzero(is_new)
    total = np.add.reduceat(minor, first) if len(first) else np.zeros(0, np.int64)
    return who[first].astype(np.int64) + part.low, place[first], total
