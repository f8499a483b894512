"""What makes a row bad, and what becomes of it."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from lifecycle.errors import BadRows, InvalidArgument, LifecycleError
from lifecycle.log import TouchpointLog

from .conftest import content


def customers(values: Any, **more: Any) -> TouchpointLog:
    """A log with these customers."""
    rows = len(values)
    return TouchpointLog.from_columns({"customer": values, "at": ["2024-01-01"] * rows, "kind": ["k"] * rows}, **more)


HOSTILE_CUSTOMERS = [
    "",
    " ",
    "\t",
    " ada",
    "ada ",
    "null",
    "NULL",
    "None",
    "undefined",
    "nan",
    "NaN",
    "anonymous",
    "N/A",
    "<NA>",
    "true",
    "a" * 201,
    "é" * 101,
    "x" * 1_000_000,
    "a\0b",
    "a\nb",
    "\x1b[31m",
    "a\u200bb",
    "a\u202eb",
    "\ud800",
    "\ufeffada",
    "\u3164",
    None,
    np.nan,
    1.5,
    np.inf,
    True,
    b"ada",
    ("a",),
    {"a": 1},
    object(),
    10**30 + 0.5,
]


@pytest.mark.parametrize("value", HOSTILE_CUSTOMERS, ids=lambda value: ascii(value)[:20])
def test_a_value_that_is_no_customer_is_a_bad_row(value: Any) -> None:
    """Empty, broken, invisible, placeholder and foreign ids are told by row; the message stays short."""
    with pytest.raises(BadRows) as told:
        customers(["ada", value, "bea"])
    assert told.value.rows == (1,)
    assert len(str(told.value)) < 1000
    str(told.value).encode()


@pytest.mark.parametrize("value", ["null", "", "a\nb", "x" * 300, "\u200b"])
def test_bad_customers_are_found_in_every_kind_of_column(value: str) -> None:
    """Lists, fixed-width arrays, arrow columns and categories refuse the same texts."""
    pa, pd = pytest.importorskip("pyarrow"), pytest.importorskip("pandas")
    texts = ["ada", value, "bea", value]
    for column in (
        texts,
        np.array(texts),
        pa.array(texts),
        pa.array(texts).dictionary_encode(),
        pd.Categorical(texts),
    ):
        given = pd.Series(column) if isinstance(column, pd.Categorical) else column
        with pytest.raises(BadRows) as told:
            customers(given)
        assert told.value.rows == (1, 3)


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "İstanbul",
        "jose\u0301",
        "josé",
        "__class__",
        "a.b",
        "'; drop table",
        "=1+1",
        "%s",
        "{0}",
        "<b>",
        "😀",
    ],
)
def test_odd_texts_that_are_ids_are_taken(value: str) -> None:
    """Data stays data: nothing is folded, joined or interpreted."""
    log = customers(["ada", value])
    assert value in log.ids().tolist()
    assert log.ids()[log.code_of(value)] == value


def test_twins_in_unicode_are_two_customers() -> None:
    """The composed and the decomposed é are different ids."""
    assert customers(["jose\u0301", "josé"]).n_customers == 2


def test_all_bad_rows_are_told_together_with_all_their_reasons() -> None:
    """A count, the first five rows, and every reason of a row."""
    columns = {
        "customer": ["a", None, "b", "null"],
        "at": ["2024-01-01", "x", None, "2024-01-01"],
        "kind": ["k", "k", "", None],
    }
    with pytest.raises(BadRows) as told:
        TouchpointLog.from_columns(columns)
    assert told.value.total == 4
    assert told.value.rows == (1, 2, 3)
    assert "missing" in told.value.reasons[0]
    assert "ISO 8601" in told.value.reasons[0]
    assert len(told.value.reasons) == 3


def test_quarantine_sets_bad_rows_aside_with_number_reason_and_values() -> None:
    """What remains is the log of the good rows alone."""
    columns = {
        "customer": ["b", None, "a", "b"],
        "at": ["2024-01-02", "2024-01-01", "never", "2024-01-01"],
        "kind": ["k", "l", "m", "n"],
    }
    log = TouchpointLog.from_columns(columns, on_error="quarantine")
    good = TouchpointLog.from_columns({name: [values[0], values[3]] for name, values in columns.items()})
    assert content(log) == content(good)
    assert log.kinds == good.kinds
    assert log.quarantine.rows == (1, 2)
    assert len(log.quarantine) == 2
    assert log.quarantine.table == {
        "customer": (None, "a"),
        "at": ("2024-01-01", "never"),
        "kind": ("l", "m"),
    }


def test_a_log_of_bad_rows_only_is_empty() -> None:
    """Nothing is left, and that is said."""
    log = customers([None, "null"], on_error="quarantine")
    assert (len(log), len(log.quarantine)) == (0, 2)


def test_kinds_need_a_word() -> None:
    """Kinds of separators only, or with control characters, make bad rows."""
    with pytest.raises(BadRows) as told:
        TouchpointLog.from_columns({"customer": ["a"] * 3, "at": ["2024-01-01"] * 3, "kind": ["k", "--", "a\0"]})
    assert told.value.rows == (1, 2)


def test_columns_that_no_row_can_use_are_refused_whole() -> None:
    """Numbers as kinds, complex numbers, tables and scalars are wrong arguments, not bad rows."""
    fine = {"customer": ["a"], "at": ["2024-01-01"], "kind": ["k"]}
    for name, value in (
        ("kind", np.array([1])),
        ("kind", "login"),
        ("customer", np.array([1j])),
        ("customer", np.array([["a"]])),
        ("at", np.array([True])),
        ("customer", 5),
    ):
        with pytest.raises(InvalidArgument, match=name):
            TouchpointLog.from_columns({**fine, name: value})


# --- ids of touchpoints --------------------


def test_a_repetition_is_dropped_and_counted() -> None:
    """Same id, same content: once."""
    columns = {
        "customer": ["a", "b", "a"],
        "at": ["2024-01-01"] * 3,
        "kind": ["k"] * 3,
        "id": ["1", "2", "1"],
        "x": [1.5, None, 1.5],
    }
    log = TouchpointLog.from_columns(columns)
    assert (len(log), log.duplicates) == (2, 1)
    assert [touchpoint.id for touchpoint in log.touchpoints(0)] == ["1"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("customer", ["a", "b"]),
        ("at", ["2024-01-01", "2024-01-02"]),
        ("kind", ["k", "l"]),
        ("x", [1, 2]),
        ("x", [1, None]),
        ("x", ["p", "q"]),
        ("x", ["p", None]),
        ("amount", [1, 2]),
        ("amount", [1, None]),
        ("sequence", [1, 2]),
        ("channel", ["web", "app"]),
    ],
)
def test_a_contradiction_is_a_bad_row(name: str, values: list[Any]) -> None:
    """Same id, other content in any column: the later row is bad."""
    columns = {
        "customer": ["a", "a"],
        "at": ["2024-01-01"] * 2,
        "kind": ["k"] * 2,
        "id": ["1", "1"],
        name: values,
    }
    with pytest.raises(BadRows, match="row 0, with other content") as told:
        TouchpointLog.from_columns(columns, currency="EUR")
    assert told.value.rows == (1,)


def test_touchpoints_without_id_are_never_repetitions() -> None:
    """Missing ids are not equal to each other."""
    columns = {"customer": ["a"] * 3, "at": ["2024-01-01"] * 3, "kind": ["k"] * 3, "id": [None, None, "1"]}
    assert (len(TouchpointLog.from_columns(columns)), TouchpointLog.from_columns(columns).duplicates) == (
        3,
        0,
    )


def test_a_bad_row_does_not_use_up_its_id() -> None:
    """The first row is set aside for another reason, so the second keeps the id."""
    columns = {"customer": [None, "a"], "at": ["2024-01-01"] * 2, "kind": ["k"] * 2, "id": ["1", "1"]}
    log = TouchpointLog.from_columns(columns, on_error="quarantine")
    assert (len(log), log.quarantine.rows) == (1, (0,))


def test_contradictions_are_numbered_by_input_row_after_others_left() -> None:
    """Row numbers in the quarantine are those of the input, in whatever round they were found."""
    columns = {
        "customer": [None, "a", "b", "c"],
        "at": ["2024-01-01"] * 4,
        "kind": ["k"] * 4,
        "id": [None, "1", "1", "2"],
    }
    log = TouchpointLog.from_columns(columns, on_error="quarantine")
    assert sorted(log.quarantine.rows) == [0, 2]
    assert log.ids().tolist() == ["a", "c"]


@pytest.mark.parametrize("value", ["", " ", "a\0", "x" * 300, "\ud800", True, 1.5])
def test_ids_of_touchpoints_are_checked(value: Any) -> None:
    """An id that cannot be one is a bad row; whole numbers can."""
    with pytest.raises((BadRows, InvalidArgument)):
        TouchpointLog.from_columns(
            {"customer": ["a"] * 2, "at": ["2024-01-01"] * 2, "kind": ["k"] * 2, "id": ["1", value]}
        )
    numbers = {"customer": ["a"] * 2, "at": ["2024-01-01"] * 2, "kind": ["k"] * 2, "id": np.array([7, 7])}
    assert TouchpointLog.from_columns(numbers).duplicates == 1


def test_errors_pickle_and_are_of_the_library() -> None:
    """A BadRows survives the way to another process."""
    with pytest.raises(LifecycleError) as told:
        customers([None])
    again = pickle.loads(pickle.dumps(told.value))
    assert (again.rows, str(again)) == ((0,), str(told.value))
