"""Laws: equal texts, the order of texts and of rows, and that the order of customers changes nothing."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.log import TouchpointLog, _factorise
from lifecycle.log._factorise import factorise, shortlex
from lifecycle.log._order import group_rows
from lifecycle.log._text import Text

from .conftest import content

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), max_size=60)


def check_factorised(values: list[str]) -> None:
    """Codes and book stand for the texts."""
    codes, book = factorise(Text.of(values))
    distinct = book.decode()
    assert [distinct[code] for code in codes.tolist()] == values
    assert sorted(distinct) == sorted(set(values))


@given(texts)
def test_equal_texts_get_equal_codes(values: list[str]) -> None:
    """Codes read back give the texts, each distinct text once."""
    check_factorised(values)
    check_factorised(values + values[::-1])


@given(texts)
def test_colliding_hashes_change_nothing(values: list[str]) -> None:
    """When every hash is the same, the exact check still tells texts apart."""

    def same(text: Text) -> npt.NDArray[np.uint64]:
        return np.zeros(len(text), np.uint64)

    with patch.object(_factorise, "hashes", same):
        check_factorised(values)


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30), max_size=60))
def test_shortlex_is_pythons_order(values: set[str]) -> None:
    """The order is that of (len(text), text) in Python."""
    given_order = list(values)
    order = shortlex(Text.of(given_order).packed())
    assert [given_order[row] for row in order.tolist()] == sorted(values, key=lambda text: (len(text), text))


def test_many_texts_cross_chunks() -> None:
    """200,000 rows of one, two and many lengths, over several chunks, agree with Python."""
    random = np.random.default_rng(5)
    for pool in (
        [f"c_{n:010x}" for n in range(30_000)],
        [f"{'x' * (n % 29)}{n}" for n in range(30_000)],
        [f"{n}" for n in range(3)],
    ):
        values = [pool[n] for n in random.integers(0, len(pool), 200_000).tolist()]
        check_factorised(values)


@settings(max_examples=200)
@given(st.data())
def test_rows_are_sorted_as_lexsort_sorts_them(data: st.DataObject) -> None:
    """Keys and times of any width, with and without sequence, give the stable order."""
    rows = data.draw(st.integers(1, 200))
    wide = data.draw(st.sampled_from([3, 2**20, 2**62]))
    span = data.draw(st.sampled_from([2, 1000, 2**52]))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    keys = random.integers(0, wide, rows)[random.integers(0, rows, rows)]
    at = random.integers(0, span, rows)[random.integers(0, rows, rows)]
    if data.draw(st.booleans()):
        at = np.sort(at)
    sequence = random.integers(-2, 2, rows) if data.draw(st.booleans()) else None
    grouping = group_rows(keys, at, sequence)
    wanted = np.lexsort((np.arange(rows), np.zeros(rows) if sequence is None else sequence, at, keys))
    order = np.arange(rows) if grouping.order is None else grouping.order
    assert order.tolist() == wanted.tolist()
    assert np.repeat(grouping.keys, np.diff(grouping.starts)).tolist() == keys[wanted].tolist()


def test_long_logs_whose_times_do_not_fit_beside_row_numbers_are_sorted() -> None:
    """Two centuries of microseconds and 300,000 rows need more than 64 bits; many differ at the end."""
    random = np.random.default_rng(6)
    at = random.integers(0, 50, 300_000) * (7 * 10**15 // 50) + random.integers(0, 4, 300_000)
    keys = random.integers(0, 1000, 300_000)
    order = group_rows(keys, at).order
    assert order is not None
    assert (order == np.lexsort((at, keys))).all()


moments = st.integers(0, 5).map(lambda day: f"2024-01-0{day + 1}")
row = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["a", "b", "ca", "é", "10", "9"]),
        "at": moments,
        "kind": st.sampled_from(["x", "y", "Z z"]),
        "amount": st.none() | st.integers(0, 10**6),
        "currency": st.sampled_from(["EUR", "JPY"]),
        "note": st.none() | st.sampled_from(["p", "q"]) | st.integers(0, 3),
    }
)


def made(rows: list[dict[str, Any]]) -> TouchpointLog:
    """The log of some rows."""
    names = ["customer", "at", "kind", "amount", "currency", "note"]
    return TouchpointLog.from_columns({name: [row[name] for row in rows] for name in names})


def raw(log: TouchpointLog) -> list[bytes]:
    """The bytes that an engine reads."""
    block = log.block(0, log.n_customers)
    minor, known = block.read_minor(np.arange(len(block)))
    note = block.read_attribute("note")
    assert note is not None
    arrays = [block.starts, block.at, block.kind, minor, known, block.read_currency(), note.text, note.number]
    return [b"" if array is None else array.tobytes() for array in arrays]


@given(st.lists(row, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_customers_in_the_input_changes_no_byte(rows: list[dict[str, Any]], random: Any) -> None:
    """Rows of one customer stay in their order, customers come in any: same bytes."""
    customers = list({row["customer"]: None for row in rows})
    random.shuffle(customers)
    regrouped = [row for customer in customers for row in rows if row["customer"] == customer]
    assert raw(made(rows)) == raw(made(regrouped))
    assert made(rows).kinds == made(regrouped).kinds
    assert made(rows).ids().tolist() == made(regrouped).ids().tolist()


@given(st.lists(row, min_size=1, max_size=25), st.integers(1, 4))
def test_any_split_by_customer_holds_the_same_rows(rows: list[dict[str, Any]], parts: int) -> None:
    """The customers of the pieces, one after the other, are those of the whole."""
    whole = made(rows)
    for part in range(parts):
        codes = np.arange(part, whole.n_customers, parts)
        piece = whole.select(codes)
        assert [piece.touchpoints(n) for n in range(len(codes))] == [whole.touchpoints(int(c)) for c in codes]


@given(st.lists(row, max_size=20), st.integers(0, 20))
def test_merging_a_cut_log_gives_the_whole(rows: list[dict[str, Any]], cut: int) -> None:
    """Making two halves and merging them is making all."""
    assert content(made(rows[:cut]).merge(made(rows[cut:]))) == content(made(rows))
