"""Products that go together, against counting by hand."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import ProductAffinity, _affinity, product_affinity

from .club import cut_of, touch

BASKETS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=12)


def bought(baskets: list[list[str]]) -> list[Touchpoint]:
    """One customer for each basket, one purchase for each product."""
    found = []
    for number, basket in enumerate(baskets):
        found.append(touch("01-01", "joined", f"c{number}"))
        for day, one in enumerate(basket):
            found.append(touch(f"01-{day + 2:02d}", "purchase", f"c{number}", "5", product=one))
    return found


def slow(baskets: list[list[str]]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Baskets by product and by pair."""
    sets = [sorted(set(basket)) for basket in baskets]
    pairs = Counter(pair for held in sets for pair in combinations(held, 2))
    return Counter(one for held in sets for one in held), pairs


def pairs_of(found: ProductAffinity) -> dict[tuple[str, str], int]:
    """The counts by names."""
    names = np.array(found.products, object)
    return dict(zip(zip(names[found.first], names[found.second], strict=True), found.together.tolist(), strict=True))


@pytest.mark.parametrize("at_once", [1, 5, 1 << 22])
@given(baskets=BASKETS)
def test_counts_are_those_of_counting_by_hand(at_once: int, baskets: list[list[str]]) -> None:
    """Of every product and every pair, however many pairs are counted at once."""
    found = _counted(baskets, at_once)
    singles, pairs = slow(baskets)
    assert dict(zip(found.products, found.counts.tolist(), strict=True)) == singles
    assert pairs_of(found) == pairs
    assert found.n_baskets == sum(bool(basket) for basket in baskets)
    assert found.n_larger == sum(len(set(basket)) > 1 for basket in baskets)


def _counted(baskets: list[list[str]], at_once: int) -> ProductAffinity:
    before = _affinity._AT_ONCE
    _affinity._AT_ONCE = at_once  # type: ignore[misc]
    try:
        basket = np.repeat(np.arange(len(baskets)), [len(one) for one in baskets])
        product = np.array(["abcdefg".index(one) for held in baskets for one in held], np.int64)
        used = sorted({one for held in baskets for one in held})
        place = np.searchsorted(["abcdefg".index(one) for one in used], product)
        return ProductAffinity.of_baskets(basket, place, used)
    finally:
        _affinity._AT_ONCE = before  # type: ignore[misc]


@given(BASKETS, st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_any_split_of_the_customers_gives_the_same(baskets: list[list[str]], colours: list[int]) -> None:
    """Counts of the parts add up, in any order; nobody adds nothing."""
    parts = [
        _counted([one for one, colour in zip(baskets, colours, strict=False) if colour == part], 9) for part in range(3)
    ]
    whole = _counted(baskets, 9)
    assert parts[2] + (parts[0] + parts[1]) == whole
    assert whole + ProductAffinity.zero() == whole


def test_a_cut_adds_up_over_customers() -> None:
    """The same law through a cut, with hashes."""
    cut = cut_of(bought([["a", "b"], ["b", "c", "b"], ["a", "b", "c"], [], ["c"]]))
    parts = [product_affinity(cut.of_customers(np.array(codes))) for codes in ([0, 4], [1, 2, 3])]
    assert parts[1] + parts[0] == product_affinity(cut)
    assert len({parts[1] + parts[0], product_affinity(cut)}) == 1


def test_support_confidence_and_lift() -> None:
    """Of ten baskets bread is in 6, butter in 5, both in 4: support 0.4, confidence 2/3 and 0.8, lift 4/3."""
    baskets = [["bread", "butter"]] * 4 + [["bread"]] * 2 + [["butter"]] + [["milk"]] * 3
    (row,) = product_affinity(cut_of(bought(baskets))).table().rows()
    assert (row["product"], row["other"], row["baskets"], row["support"]) == ("bread", "butter", 4, 0.4)
    assert (row["confidence"], row["confidence_back"]) == (pytest.approx(4 / 6), 0.8)
    assert row["lift"] == pytest.approx(4 / 3)


def test_rare_pairs_are_left_out_unless_asked_for() -> None:
    """The highest lift first, then what is bought most often."""
    found = product_affinity(cut_of(bought([["a", "b"], ["a", "b"], ["a", "c"], ["d"]])))
    assert found.table()["other"].tolist() == ["b"]
    assert found.table(least=1)["other"].tolist() == ["b", "c"]
    assert found.finish().value == 0.75
    with pytest.raises(InvalidArgument, match="least=0 is no whole number from 1"):
        found.table(least=0)


def test_orders_are_baskets_of_their_own() -> None:
    """Products of one order go together; those of two orders, or without an order, do not."""
    visits = [
        touch("01-01", "purchase", amount="5", product="a", order="o1"),
        touch("01-01", "purchase", amount="5", product="b", order="o1"),
        touch("01-02", "purchase", amount="5", product="c", order="o2"),
        touch("01-03", "purchase", amount="5", product="d"),
        touch("01-03", "purchase", amount="5", product="e"),
        touch("01-03", "purchase", "bob", amount="5", product="c", order="o1"),
    ]
    found = product_affinity(cut_of(visits), basket="order")
    assert pairs_of(found) == {("a", "b"): 1}
    assert found.n_baskets == 5
    assert len(product_affinity(cut_of(visits)).first) == 10
    with pytest.raises(InvalidArgument, match="basket='visit'; give 'customer' or 'order'"):
        product_affinity(cut_of(visits), basket="visit")  # type: ignore[arg-type]


def test_only_purchases_of_the_period_with_a_product_count() -> None:
    """Returns, purchases without a product, and later ones are out; categories may be asked for."""
    visits = [
        touch("01-01", "purchase", amount="5", product="a", category="x"),
        touch("01-02", "purchase", amount="-5", product="b"),
        touch("01-03", "purchase", amount="5"),
        touch("01-04", "login", product="c"),
        touch("02-01", "purchase", amount="5", product="d", category="y"),
    ]
    found = product_affinity(cut_of(visits, "2026-01"))
    assert (found.products, found.n_baskets, found.finish().value) == (("a",), 1, 0.0)
    assert product_affinity(cut_of(visits), attribute="category").products == ("x", "y")
    assert product_affinity(cut_of(visits, "2027")).finish().note.startswith("undefined because")


def test_many_products_need_no_square() -> None:
    """A hundred thousand products in baskets of ten are counted pair by pair."""
    basket, product = np.repeat(np.arange(10_000), 10), np.arange(100_000)
    found = ProductAffinity.of_baskets(basket, product, map(str, range(100_000)))
    assert len(found.together) == 10_000 * 45
    assert found.n_larger == 10_000
