"""Orders as they stand at an instant: what was bought, what was given back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray

from ._cut import Cut
from ._references import is_first, places_of, reference_keys
from ._rows import Touched
from ._stated import BUYS, GIVES_BACK, kinds_of

Int64Array = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class OrderBook:
    """All orders before an instant, and what of them was given back by then.

    Touchpoints of one customer with the same attribute `order` are one order, told again: the first one counts. What
    gives back is a refund, a cancellation or a negative amount. If it names an order that came before it, it gives back
    at most that order, without an amount all of it; if not, it lowers the customer's revenue and leaves every order as
    it is.
    """

    orders: Touched
    """The first touchpoint of each order."""
    is_void: BoolArray
    """Which of them were given back whole, or cancelled."""
    returns: Touched
    """What gave back."""
    back: Int64Array
    """How much each gave back, in minor units; shape (len(returns),)."""
    is_named: BoolArray
    """Which returns name an order that came before them; shape (len(returns),)."""

    @cached_property
    def kept(self) -> Touched:
        """The orders that were not given back."""
        return self.orders.where(~self.is_void)

    def kept_in(self, cut: Cut) -> Touched:
        """Those of them within a period."""
        return self.kept.where(_inside(self.kept.at, cut.start_us, cut.end_us))

    def void_in(self, cut: Cut) -> int:
        """How many orders of a period were given back."""
        return int(np.count_nonzero(self.is_void & _inside(self.orders.at, cut.start_us, cut.end_us)))

    def revenue(self, start_us: int | None, end_us: int) -> Int64Array:
        """What each customer paid within a stretch of time, less what was given back in it; shape (n_customers,)."""
        found = np.zeros(self.orders.n_customers, np.int64)
        for touched, minor, sign in ((self.orders, self.orders.minor, 1), (self.returns, self.back, -1)):
            inside = _inside(touched.at, start_us, end_us)
            np.add.at(found, touched.customer[inside], sign * minor[inside])
        return found


def order_book(cut: Cut, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> OrderBook:
    """The orders before the end of a period.

    Raises:
        InvalidArgument: no kind is named, or one is both an order and a refund.
    """
    return cut.kept(("orders", tuple(kinds), tuple(refunds)), lambda: _book(cut, kinds, refunds))


def _book(cut: Cut, kinds: Sequence[str], refunds: Sequence[str]) -> OrderBook:
    bought = cut.history(*_apart(cut, kinds, refunds))
    given_back = np.zeros(len(cut.rows), bool)
    given_back[cut.history(*kinds_of(refunds, "refunds")).index] = True
    both = Touched(cut.rows, np.union1d(bought.index, np.flatnonzero(given_back)))
    keys = reference_keys(both, "order")
    is_return = given_back[both.index] | (both.has_amount & (both.minor < 0))
    is_order = ~is_return
    is_order[is_order] = is_first(keys[is_order])
    orders, returns = both.where(is_order), both.where(is_return)
    place = places_of(keys[is_return], keys[is_order])
    # Only what came before can be given back: so nothing later changes what stands at an instant.
    place = np.where(np.append(orders.index, -1)[place] < returns.index, place, -1)
    back, is_void = _given_back(orders, returns, place)
    return OrderBook(orders, is_void, returns, back, place >= 0)


def _given_back(orders: Touched, returns: Touched, place: npt.NDArray[np.int64]) -> tuple[Int64Array, BoolArray]:
    """How much each return gives back, never more than its order; and which orders are void."""
    named, amount = np.flatnonzero(place >= 0), orders.minor
    back = np.abs(returns.minor)
    whole = named[~returns.has_amount[named]]
    back[whole] = amount[place[whole]]
    named = named[np.argsort(place[named], kind="stable")]
    of = place[named]
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    summed = np.cumsum(back[named])
    before = np.repeat((summed - back[named])[begins], np.diff(np.append(begins, len(named))))
    so_far = np.minimum(summed - before, amount[of])
    back[named] = np.diff(so_far, prepend=0)
    back[named[begins]] = so_far[begins]
    total = np.zeros(len(orders), np.int64)
    np.add.at(total, of, back[named])
    is_void = np.zeros(len(orders), bool)
    is_void[of] = True
    return back, is_void & (total >= amount)


def _apart(cut: Cut, kinds: Sequence[str], refunds: Sequence[str]) -> tuple[str, ...]:
    found, key = kinds_of(kinds), cut.record.program.context.key
    shared = sorted({key(kind) for kind in found} & {key(kind) for kind in kinds_of(refunds, "refunds")})
    if shared:
        raise InvalidArgument(f"{', '.join(shared)} is an order in kinds= and gives back in refunds=; name it once")
    return found


def _inside(at: Int64Array, start_us: int | None, end_us: int) -> BoolArray:
    return np.asarray(at < end_us if start_us is None else (at >= start_us) & (at < end_us))
