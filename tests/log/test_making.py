"""Making a log from columns: order, roles, times, amounts, attributes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lifecycle.errors import BadRows, InvalidArgument, UnknownCustomer
from lifecycle.log import TouchpointLog

from .conftest import content

DAY = 86_400_000_000


def us(*when: int) -> int:
    """Microseconds of a time in UTC."""
    moment = datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def one_row(at: Any, **more: Any) -> TouchpointLog:
    """A log of one customer with these times."""
    return TouchpointLog.from_columns({"customer": ["a"] * len(at), "at": at, "kind": ["k"] * len(at)}, **more)


def times(at: Any, **more: Any) -> list[int]:
    """These times, as a log of one customer has them."""
    return one_row(at, **more).block(0, 1).at.tolist()


def amounts(values: Any, **more: Any) -> list[int]:
    """These amounts in minor units."""
    given = {"currency": "EUR"} | more
    rows = len(values)
    columns = {
        "customer": np.arange(rows),
        "at": np.zeros(rows, "M8[s]"),
        "kind": ["k"] * rows,
        "amount": values,
    }
    log = TouchpointLog.from_columns(columns, **given)
    return log.block(0, rows).read_minor(np.arange(len(log)))[0].tolist()


def attribute(values: Any) -> tuple[Any, ...]:
    """These values as an attribute says them."""
    rows = len(values)
    columns = {"customer": np.arange(rows), "at": np.zeros(rows, "M8[s]"), "kind": ["k"] * rows, "x": values}
    return tuple(content(TouchpointLog.from_columns(columns))["attribute x"])


# --- order --------------------


def test_customers_come_in_the_order_of_length_then_text(columns: dict[str, Any]) -> None:
    """Customers are ordered by (length, characters), rows by time."""
    log = TouchpointLog.from_columns(columns, currency="EUR")
    assert log.ids().tolist() == ["ada", "bea", "cleo"]
    assert log.starts.tolist() == [0, 2, 3, 4]
    assert log.block(0, 1).at.tolist() == [us(2023, 12, 1), us(2024, 1, 1, 10)]


def test_whole_numbers_are_in_order_of_value_and_equal_their_texts() -> None:
    """The customers 2 and 10 come in this order, as numbers and as texts, and are the same customers."""
    rows = {"at": ["2024-01-01"] * 3, "kind": ["k"] * 3}
    numbers = TouchpointLog.from_columns({**rows, "customer": np.array([10, 2, 10])})
    texts = TouchpointLog.from_columns({**rows, "customer": ["10", "2", "10"]})
    assert numbers.ids().tolist() == texts.ids().tolist() == ["2", "10"]
    assert numbers.code_of(10) == texts.code_of("10") == 1


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
def test_every_width_of_whole_number_is_an_id(dtype: Any) -> None:
    """Ids of any integer type are read, up to their largest value."""
    largest = np.iinfo(dtype).max
    log = TouchpointLog.from_columns(
        {"customer": np.array([largest, 0, largest], dtype), "at": ["2024-01-01"] * 3, "kind": ["k"] * 3}
    )
    assert log.ids().tolist() == ["0", str(largest)]
    assert log.starts.tolist() == [0, 1, 3]


def test_negative_ids_follow_the_order_of_texts() -> None:
    """-5 has two characters, so it comes after 7 and before 123."""
    log = TouchpointLog.from_columns({"customer": np.array([123, -5, 7]), "at": ["2024-01-01"] * 3, "kind": ["k"] * 3})
    assert log.ids().tolist() == ["7", "-5", "123"]


def test_ids_beyond_ascii_are_ordered_by_characters_not_bytes() -> None:
    """'é' is one character although two bytes, so it comes before 'aa'."""
    log = TouchpointLog.from_columns({"customer": ["aa", "é", "z"], "at": ["2024-01-01"] * 3, "kind": ["k"] * 3})
    assert log.ids().tolist() == ["z", "é", "aa"]
    assert [log.code_of(text) for text in ("z", "é", "aa")] == [0, 1, 2]


def test_ties_keep_sequence_then_input_order() -> None:
    """At one moment the sequence decides, and where it is equal or missing the input row."""
    columns = {"customer": [1] * 5, "at": ["2024-01-01"] * 5, "kind": list("abcde")}
    assert content(TouchpointLog.from_columns(columns))["kind"] == list("abcde")
    columns["sequence"] = [3, 1, None, 1, 2]
    assert content(TouchpointLog.from_columns(columns))["kind"] == list("cbdea")


def test_an_ordered_log_is_stored_as_it_is() -> None:
    """Rows already in order need no permutation."""
    columns = {"customer": [1, 1, 2], "at": ["2024-01-01", "2024-01-02", "2023-01-01"], "kind": ["k"] * 3}
    assert TouchpointLog.from_columns(columns)._parts.order is None


def test_unknown_customers_are_named() -> None:
    """Asking for a customer that is not there tells the id."""
    with pytest.raises(UnknownCustomer, match="'nobody'"):
        one_row(["2024-01-01"]).code_of("nobody")


def test_inputs_are_not_shared_and_columns_are_read_only() -> None:
    """Changing the input afterwards changes nothing; the log's own arrays refuse to be written."""
    at = np.array([5, 7])
    log = one_row(at, unit="us")
    at[:] = 0
    block = log.block(0, 1)
    assert block.at.tolist() == [5, 7]
    with pytest.raises(ValueError, match="read-only"):
        log._parts.rows.at[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        log.starts[0] = 1


def test_an_empty_log_is_a_log() -> None:
    """No rows give no customers."""
    log = TouchpointLog.from_columns({"customer": [], "at": [], "kind": []})
    assert (len(log), log.n_customers, log.first_us, log.last_us) == (0, 0, None, None)
    assert len(log.block(0, 0)) == 0
    assert len(log.merge(log)) == 0


# --- roles --------------------


def test_usual_names_are_found_whatever_their_case() -> None:
    """'User ID', 'TimeStamp' and 'eventName' need no arguments."""
    log = TouchpointLog.from_columns({"User ID": ["a"], "TimeStamp": ["2024-01-01"], "eventName": ["k"], "x": [1]})
    assert (log.ids().tolist(), log.kinds, log.attributes) == (["a"], ("k",), ("x",))


def test_a_constant_stands_for_a_column() -> None:
    """'=purchase' is the kind of all rows and 'GBP' the currency of all amounts."""
    log = TouchpointLog.from_columns(
        {"user": ["a"], "ts": ["2024-01-01"], "amount": [2]}, kind="=purchase", currency="GBP"
    )
    assert (log.kinds, log.currencies) == (("purchase",), ("GBP",))


def test_attributes_can_be_named_or_left_out(columns: dict[str, Any]) -> None:
    """attributes=() carries none; an attribute may also be a column with another part."""
    assert TouchpointLog.from_columns(columns, currency="EUR", attributes=()).attributes == ()
    named = TouchpointLog.from_columns(columns, currency="EUR", attributes=["plan", "kind"])
    assert named.attributes == ("plan", "kind")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"customer": "custmer"}, "did you mean 'customer'"),
        ({"kind": "nope"}, "no such column"),
        ({"customer": "=me"}, "cannot be the same for all rows"),
        ({"currency": "XXZ"}, "not an ISO 4217 code"),
        ({"zone": "Europe/Berlim"}, "Europe/Berlin"),
        ({"unit": "minutes"}, "'s', 'ms', 'us' or 'ns'"),
        ({"on_error": "ignore"}, "'raise' or 'quarantine'"),
        ({"rounding": "up"}, "'exact' or 'half_even'"),
        ({"attributes": ["colour"]}, "no such column"),
        ({}, "of which currency"),
    ],
)
def test_wrong_arguments_are_refused(columns: dict[str, Any], asked: dict[str, Any], message: str) -> None:
    """Each argument that cannot be followed is named, with what to do."""
    with pytest.raises(InvalidArgument, match=message):
        TouchpointLog.from_columns(columns, **asked)


def test_a_missing_column_lists_those_there_are() -> None:
    """Without any usual name the message lists the columns."""
    with pytest.raises(InvalidArgument, match="'when'"):
        TouchpointLog.from_columns({"customer": ["a"], "when": ["2024-01-01"], "kind": ["k"]})


def test_an_amount_that_is_no_money_stays_an_attribute(columns: dict[str, Any]) -> None:
    """amount='=' says that there is none."""
    log = TouchpointLog.from_columns(columns, amount="=")
    assert "amount" in log.attributes
    assert log.currencies == ()


def test_columns_of_different_lengths_are_refused() -> None:
    """The message tells each length."""
    with pytest.raises(InvalidArgument, match="'at' has 2"):
        TouchpointLog.from_columns({"customer": ["a"], "at": ["2024-01-01"] * 2, "kind": ["k"]})


# --- times --------------------


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_numpy_times_of_any_unit_are_read(unit: str) -> None:
    """datetime64 columns are taken as UTC in whatever unit they are."""
    assert times(np.array(["2024-03-01"], f"M8[{unit}]")) == [us(2024, 3, 1)]


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_numbers_are_read_with_a_unit(unit: str, factor: int) -> None:
    """Integers and floats count what unit= says."""
    seconds = us(2024, 3, 1) // 10**6
    assert times(np.array([seconds * factor]), unit=unit) == [us(2024, 3, 1)]
    assert times(np.array([float(seconds * factor)]), unit=unit) == [us(2024, 3, 1)]


def test_numbers_without_a_unit_are_refused_with_a_guess() -> None:
    """13 digits look like milliseconds."""
    with pytest.raises(InvalidArgument, match="13 digits look like 'ms'"):
        one_row(np.array([1_709_251_200_000]))


def test_milliseconds_read_as_seconds_are_out_of_range() -> None:
    """The year 56,000 is refused, with a hint at the unit."""
    with pytest.raises(BadRows, match="unit='ms'"):
        one_row(np.array([1_709_251_200_000]), unit="s")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-01", us(2024, 3, 1)),
        ("2024-02-29T23:59", us(2024, 2, 29, 23, 59)),
        ("2024-03-01 10:20:30", us(2024, 3, 1, 10, 20, 30)),
        ("2024-03-01t10:20:30z", us(2024, 3, 1, 10, 20, 30)),
        ("2024-03-01T10:20:30.5Z", us(2024, 3, 1, 10, 20, 30) + 500_000),
        ("2024-03-01T10:20:30,123456789+00:00", us(2024, 3, 1, 10, 20, 30) + 123_456),
        ("2024-03-01T10:20:30+05:30", us(2024, 3, 1, 4, 50, 30)),
        ("2024-03-01T10:20:30-0800", us(2024, 3, 1, 18, 20, 30)),
        ("2024-03-01T10:20+01", us(2024, 3, 1, 9, 20)),
        ("1970-01-01", 0),
        ("2200-12-31T23:59:59.999999", us(2200, 12, 31, 23, 59, 59) + 999_999),
    ],
)
def test_iso_texts_are_read(text: str, moment: int) -> None:
    """The forms of RFC 3339, dates alone and minutes alone."""
    assert times([text]) == [moment]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2024",
        "2024-3-1",
        "20240301",
        "2024-W01-1",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-03-01T24:00:00",
        "2024-03-01T23:59:60Z",
        "2024-03-01T10",
        "2024-03-01T10:00:00 UTC",
        "01/02/2024",
        "2024-03-01T10:00:00+24:00",
        "2024-03-01T10:00:00.",
        "2024-03-01T10:00:00.1234567890Z",
        "٢٠٢٤-٠٣-٠١",
        "2024-03-01T10:00:00Zjunk",
        "yesterday",
        "1969-12-31",
        "2201-01-01",
        "9999-12-31T00:00:00-12:00",
        "infinity",
        "0001-01-01T00:00:00+14:00",
        "2024-03-01\n",
        "x" * 100_000,
    ],
)
def test_texts_that_are_no_times_are_bad_rows(text: str) -> None:
    """Each is told, none raises anything else."""
    with pytest.raises(BadRows) as told:
        one_row(["2024-01-01", text])
    assert told.value.rows == (1,)
    assert len(str(told.value)) < 1000


def test_iso_texts_agree_with_python_on_every_day() -> None:
    """Each day from 1970 to 2200 is where Python has it."""
    days = [date(1970, 1, 1) + timedelta(days=n) for n in range(0, 84_000, 17)]
    assert times([day.isoformat() for day in days]) == [(day - date(1970, 1, 1)).days * DAY for day in days]


def test_a_date_format_reads_american_dates() -> None:
    """'%m/%d/%Y' is followed; without it such dates are refused with the hint."""
    with pytest.raises(BadRows, match="date_format="):
        one_row(["12/23/2023"])
    assert times(["6/11/2024", "12/23/2023"], date_format="%m/%d/%Y") == [us(2023, 12, 23), us(2024, 6, 11)]
    with pytest.raises(BadRows, match="does not have the form"):
        one_row(["23/12/2023"], date_format="%m/%d/%Y")


def test_naive_times_are_of_the_zone() -> None:
    """Summer and winter offsets apply; a time that names its offset keeps it."""
    texts = ["2024-01-01 12:00", "2024-07-01 12:00", "2024-07-01 12:00Z"]
    assert times(texts, zone="Europe/Berlin") == [us(2024, 1, 1, 11), us(2024, 7, 1, 10), us(2024, 7, 1, 12)]
    naive = np.array(["2024-07-01T12:00"], "M8[s]")
    assert times(naive, zone="Asia/Tokyo") == [us(2024, 7, 1, 3)]


@pytest.mark.parametrize("zone", ["America/St_Johns", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_wall_clocks_agree_with_zoneinfo_around_every_change(zone: str) -> None:
    """Each ten minutes of four years have the offset that zoneinfo gives, also where clocks change oddly."""
    start = datetime(2006, 1, 1)
    walls = [start + timedelta(minutes=10 * n) for n in range(6 * 24 * 365 * 4)]
    want = sorted(
        (w.replace(tzinfo=ZoneInfo(zone)) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        for w in walls
    )
    assert times(np.array(walls, "M8[us]"), zone=zone) == want


def test_python_times_may_be_mixed() -> None:
    """Aware and naive datetimes, dates and texts in one list."""
    east = timezone(timedelta(hours=2))
    given = [
        datetime(2024, 1, 1, 2, tzinfo=east),
        datetime(2024, 1, 2),
        date(2024, 1, 3),
        "2024-01-04",
        np.nan,
    ]
    log = one_row(given, on_error="quarantine")
    assert log.block(0, 1).at.tolist() == [us(2024, 1, n) for n in (1, 2, 3, 4)]
    assert log.quarantine.reasons == ("'at' is missing",)


# --- amounts --------------------


@pytest.mark.parametrize(
    "values",
    [
        [59.9, -3.0],
        np.array([59.9, -3], np.float64),
        ["59.90", "-3"],
        [Decimal("59.9"), Decimal("-3.00")],
        [59.9, Decimal("-3")],
    ],
)
def test_amounts_of_any_type_become_minor_units(values: Any) -> None:
    """Floats, texts and decimals mean the same amount."""
    assert amounts(values) == [5990, -300]


def test_the_currency_decides_the_decimals() -> None:
    """Yen have none, dinars three; each row is read in its own currency."""
    assert amounts(np.array([5, 1200]), currency="JPY") == [5, 1200]
    assert amounts([1.234], currency="BHD") == [1234]
    columns = {"customer": [1, 2, 3], "at": ["2024-01-01"] * 3, "kind": ["k"] * 3, "amount": [1.5, 7, None]}
    log = TouchpointLog.from_columns({**columns, "currency": ["EUR", "JPY", None]})
    assert (content(log)["minor"][:2], content(log)["currency"]) == ([150, 7], ["EUR", "JPY", None])


def test_floats_near_a_minor_unit_are_that_unit() -> None:
    """0.1 * 3 is 30 cents, and a large float that is the nearest to its cents is taken."""
    assert amounts([0.1 * 3, 9_999_999_999.99]) == [30, 999_999_999_999]


@pytest.mark.parametrize(
    "value",
    [
        0.001,
        np.inf,
        -np.inf,
        1e300,
        2.0**53,
        "1e3",
        "1_000",
        "١٢",
        "NaN",
        "",
        "1,5",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+1000000"),
        pytest.param(10**5000, id="5001 digits"),
        True,
        b"1",
        "9" * 1000,
        object(),
    ],
)
def test_amounts_that_are_none_are_bad_rows(value: Any) -> None:
    """Each is told by row; none raises anything else."""
    with pytest.raises(BadRows) as told:
        amounts([1.5, value, Decimal(2)])
    assert told.value.rows == (1,)
    assert len(str(told.value)) < 1000


def test_half_even_rounds_and_counts() -> None:
    """Halves go to the even neighbour, as floats, texts and decimals; what was exact is not counted."""
    columns = {"customer": np.arange(5), "at": ["2024-01-01"] * 5, "kind": ["k"] * 5}
    for values in ([1.005, 1.015, 0.004, 2.0, np.nan], ["1.005", "1.015", "0.004", "2", None]):
        log = TouchpointLog.from_columns({**columns, "amount": values}, currency="EUR", rounding="half_even")
        assert log.block(0, 5).read_minor(np.arange(len(log)))[0].tolist() == [100, 102, 0, 200, 0]
        assert log.rounded == 3


@pytest.mark.parametrize(("code", "reason"), [("eur", "did you mean EUR"), ("XXX", "ISO 4217"), (None, "no currency")])
def test_amounts_need_a_known_currency(code: str | None, reason: str) -> None:
    """A currency that is unknown, in lower case or missing makes the row bad."""
    columns = {"customer": [1, 2], "at": ["2024-01-01"] * 2, "kind": ["k"] * 2, "amount": [1, 2]}
    with pytest.raises(BadRows, match=reason) as told:
        TouchpointLog.from_columns({**columns, "currency": ["EUR", code]})
    assert told.value.rows == (1,)


# --- attributes --------------------


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ([1, 2.5, None], (1.0, 2.5, None)),
        ([True, False], (1.0, 0.0)),
        (np.array([1.5, np.nan], np.float32), (1.5, None)),
        (["b", None, "a"], ("b", None, "a")),
        (["", "a"], ("", "a")),
        (["x", 3, True, Decimal("0.5"), date(2024, 1, 2)], ("x", 3.0, 1.0, 0.5, "2024-01-02")),
        (np.array(["2024-01-02", "NaT"], "M8[us]"), ("2024-01-02", None)),
        (np.array(["2024-01-02T03:00"], "M8[us]"), ("2024-01-02T03:00:00",)),
        (np.array([2**60, 5]), (str(2**60), 5.0)),
        ([[1], {"a": 1}, "x"], (None, None, "x")),
        (np.array([b"ab", b"c"]), ("ab", "c")),
        (np.array(["añb", "c"]), ("añb", "c")),
    ],
)
def test_attributes_are_numbers_texts_or_both(values: Any, read: tuple[Any, ...]) -> None:
    """Each value is read as what it is; lists and dicts are left out."""
    assert attribute(values) == read


@pytest.mark.parametrize(
    "value", [np.inf, "\ud800", "a\0b", object(), pytest.param(10**400, id="401 digits"), Decimal("sNaN")]
)
def test_attributes_that_cannot_be_kept_are_bad_rows(value: Any) -> None:
    """Infinities, broken texts and foreign objects are told by row."""
    with pytest.raises(BadRows) as told:
        attribute(["fine", value])
    assert told.value.rows == (1,)
