"""Which products go together: pairs bought by the same customer, or in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.rules import texts
from lifecycle.tally import Estimate, RatioTally

from ._cut import Cut
from ._stated import BUYS, kinds_of

Int64 = npt.NDArray[np.int64]
Names = npt.NDArray[np.object_]
Basket: TypeAlias = Literal["customer", "order"]
"""What holds products together: all that a customer bought in the period, or one order."""
_AT_ONCE: Final = 1 << 22
"""So many pairs are counted at once, whatever the number of products."""


def _own(values: npt.ArrayLike) -> Int64:
    array = np.array(values, np.int64)
    array.flags.writeable = False
    return array


@attrs.frozen(eq=False)
class ProductAffinity:
    """Counts of baskets by product and by pair of products. Exact; those of several customers add up."""

    n_baskets: int = 0
    """Baskets with at least one product."""
    n_larger: int = 0
    """Baskets with at least two different products."""
    products: tuple[str, ...] = ()
    """The products, in order of their names."""
    counts: Int64 = attrs.field(factory=lambda: _own([]), converter=_own)
    """Baskets with each product; shape (n_products,)."""
    first: Int64 = attrs.field(factory=lambda: _own([]), converter=_own)
    """One product of each pair: its place in `products`, the smaller; shape (n_pairs,)."""
    second: Int64 = attrs.field(factory=lambda: _own([]), converter=_own)
    """The other one."""
    together: Int64 = attrs.field(factory=lambda: _own([]), converter=_own)
    """Baskets with both; above 0."""

    @classmethod
    def zero(cls) -> Self:
        """No baskets."""
        return cls()

    @classmethod
    def of_baskets(cls, basket: npt.NDArray[Any], product: npt.NDArray[Any], names: Iterable[str]) -> Self:
        """Counts of baskets and products that go together, one row for each product in a basket.

        Args:
            basket: a number per basket; shape (n,).
            product: places in `names`; shape (n,).
            names: the products, in order of their names.
        """
        named = tuple(names)
        if not len(basket):
            return cls()
        width = max(len(named), 1)
        place = np.unique(basket, return_inverse=True)[1]
        held = np.unique(place.astype(np.int64) * width + product)  # a product counts once in a basket
        place, product = np.divmod(held, width)
        keys, together = _pairs(place, product, width)
        n_larger = int(np.count_nonzero(np.bincount(place) > 1))
        counts = np.bincount(product, minlength=width)
        return cls(int(place.max()) + 1, n_larger, named, counts, keys // width, keys % width, together)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProductAffinity):
            return NotImplemented
        return bool(self._bytes() == other._bytes())

    def __hash__(self) -> int:
        return hash(self._bytes())

    def _bytes(self) -> tuple[object, ...]:
        arrays = (self.counts, self.first, self.second, self.together)
        return (self.n_baskets, self.n_larger, self.products, *(array.tobytes() for array in arrays))

    def __add__(self, other: ProductAffinity) -> ProductAffinity:
        """Both together; baskets of one are no baskets of the other."""
        names = sorted({*self.products, *other.products})
        place = {name: number for number, name in enumerate(names)}
        moved = [np.array([place[name] for name in part.products], np.int64) for part in (self, other)]
        counts = np.zeros(len(names), np.int64)
        keys, together = [], []
        for part, to in zip((self, other), moved, strict=True):
            np.add.at(counts, to, part.counts)
            keys.append(to[part.first] * len(names) + to[part.second])
            together.append(part.together)
        pair, both = _summed(np.concatenate(keys), np.concatenate(together))
        width = max(len(names), 1)
        return ProductAffinity(
            self.n_baskets + other.n_baskets, self.n_larger + other.n_larger, tuple(names), counts, pair // width,
            pair % width, both,
        )  # fmt: skip

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The share of the baskets that hold two products or more: how many have a pair at all."""
        return RatioTally(self.n_larger, self.n_baskets).finish(confidence)

    def table(self, *, least: int = 2) -> Table:
        """The pairs, the highest lift first.

        Args:
            least: pairs in fewer baskets are left out; of few baskets the lift is chance.

        Returns:
            `product` and `other`, `baskets` with both; `support`, their share of all baskets; `confidence`, the share
            of the baskets with `product` that also hold `other`; `confidence_back`, the same the other way; `lift`,
            how many times more often than if the two had nothing to do with each other.

        Raises:
            InvalidArgument: `least` is no whole number from 1 on.

        Source: Agrawal, Imielinski and Swami (1993), support and confidence; Brin et al. (1997), lift (interest).
        """
        if type(least) is not int or least < 1:
            raise InvalidArgument(f"least={least!r} is no whole number from 1 on; give 2 to leave out single baskets")
        shown = np.flatnonzero(self.together >= least)
        one, other, both = self.first[shown], self.second[shown], self.together[shown]
        of_one, of_other = self.counts[one], self.counts[other]
        lift = both / of_one * (self.n_baskets / of_other)
        order = np.lexsort((other, one, -both, -lift))
        names = np.array([*self.products, None], object)
        columns: dict[str, npt.NDArray[Any]] = {
            "product": names[one],
            "other": names[other],
            "baskets": both,
            "support": both / max(self.n_baskets, 1),
            "confidence": both / of_one,
            "confidence_back": both / of_other,
            "lift": lift,
        }
        return Table({name: values[order] for name, values in columns.items()}, title="products that go together")


def product_affinity(
    cut: Cut, *, basket: Basket = "customer", attribute: str = "product", kinds: Sequence[str] = BUYS
) -> ProductAffinity:
    """Which products were bought together in the period: exact counts of every pair.

    A product counts once in a basket, however often it was bought. Purchases without a product, and those whose amount
    is negative, are out. The counts of several customers add up; across accounts they do not (S23).

    Args:
        cut: the period, and whose purchases.
        basket: 'customer': all that a customer bought in the period; 'order': purchases of a customer with the same
            attribute `order`, each purchase without one by itself.
        attribute: the attribute that names the product; 'category' shows which categories go together.
        kinds: the kinds of purchases.

    Raises:
        InvalidArgument: another basket, or no kind.
    """
    if basket not in ("customer", "order"):
        raise InvalidArgument(f"basket={basket!r}; give 'customer' or 'order'")
    touched = cut.touchpoints(*kinds_of(kinds))
    codes, book = texts(touched.rows, attribute, touched.index)
    known = (codes >= 0) & (touched.minor >= 0)
    touched, codes = touched.where(known), codes[known]
    used, place = np.unique(codes, return_inverse=True)
    names = [book[code] for code in used.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    keys = touched.customer.astype(np.int64)
    if basket == "order":
        number, _ = texts(touched.rows, "order", touched.index)
        # Those without an order are baskets of their own: below 0, each by its row.
        keys = np.where(number >= 0, keys << 32 | number.astype(np.int64), -1 - touched.index)
    return ProductAffinity.of_baskets(keys, rank[place], [names[number] for number in order])


def _pairs(place: Int64, product: Int64, width: int) -> tuple[Int64, Int64]:
    """Each pair as smaller × width + larger, and in how many baskets it is; rows by basket and product."""
    ends = np.searchsorted(place, place, side="right")
    after = ends - np.arange(len(place)) - 1  # how many products of the basket follow
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for low, high in _stretches(after):
        n = after[low:high]
        one = np.repeat(np.arange(low, high), n)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(n) - n, n)
        found, times = np.unique(product[one] * width + product[other], return_counts=True)
        keys, counts = _summed(np.concatenate([keys, found]), np.concatenate([counts, times]))
    return keys, counts


def _stretches(after: Int64) -> Iterator[tuple[int, int]]:
    """Rows in stretches of about as many pairs as are counted at once."""
    total, low = np.concatenate([[0], np.cumsum(after)]), 0
    while low < len(after):
        high = max(low + 1, int(np.searchsorted(total, total[low] + _AT_ONCE, side="right")) - 1)
        yield low, high
        low = high


def _summed(keys: Int64, counts: Int64) -> tuple[Int64, Int64]:
    """The distinct keys, ascending, and the sum of the counts of each."""
    distinct, place = np.unique(keys, return_inverse=True)
    found = np.zeros(len(distinct), np.int64)
    np.add.at(found, place, counts)
    return distinct, found
