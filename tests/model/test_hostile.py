"""Inputs that mean harm, or happen by accident: each is refused with its code, or kept as opaque data.

The numbers are the entries of the catalogue of bad inputs in the reliability research; those that need a
clock, a log, a store or a report are tested in the rooms that have one.
"""

from __future__ import annotations

import json
import tracemalloc
from collections import OrderedDict, UserDict
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lifecycle.errors import InvalidTouchpoint, LifecycleError
from lifecycle.model import Touchpoint

AT = datetime(2026, 1, 9, 14, tzinfo=UTC)


class _Bomb(Exception):
    """What hostile code raises when it is run."""


def _explode(*_: object, **__: object) -> Any:
    raise _Bomb


def _hostile() -> Any:
    """An object that runs hostile code whatever is done to it or its class, but `type` and `is`."""
    # Made in a function: pytest looks at the classes of a module, which is enough to set this one off.
    meta = type(
        "Meta",
        (type,),
        dict.fromkeys(["__eq__", "__hash__", "__instancecheck__", "__subclasscheck__", "__repr__"], _explode)
        | {"__name__": property(_explode), "__getattribute__": _explode},
    )
    names = [
        "__eq__",
        "__hash__",
        "__repr__",
        "__str__",
        "__format__",
        "__len__",
        "__iter__",
        "__getattribute__",
    ]
    return object.__new__(type.__call__(meta, "Hostile", (), dict.fromkeys(names, _explode)))


class _HostileText(str):
    __slots__ = ()
    __eq__ = __repr__ = __str__ = __lt__ = __len__ = isascii = lower = _explode
    __hash__ = str.__hash__


class _HostileInt(int):
    __eq__ = __repr__ = __str__ = __lt__ = __abs__ = __mul__ = __hash__ = _explode


class _HostileFloat(float):
    __eq__ = __repr__ = __str__ = __lt__ = __sub__ = __hash__ = _explode


class _HostileDict(dict):
    __iter__ = __len__ = items = copy = keys = __getitem__ = _explode


class _Colour(Enum):
    RED = "red"


class _Stamp(datetime):
    """A subclass, as pandas and pendulum have."""


class _Zone(tzinfo):
    """A time zone whose offset is whatever is asked for."""

    def __init__(self, *offsets: object) -> None:
        self.offsets = list(offsets)

    def utcoffset(self, _: datetime | None) -> Any:
        offset = self.offsets.pop(0) if len(self.offsets) > 1 else self.offsets[0]
        if isinstance(offset, Exception):
            raise offset
        return offset

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        raise _Bomb


class _Offset(timedelta):
    """A timedelta that is not quite one."""


def _nested(depth: int, make: Any) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = make(value)
    return value


def _ring() -> dict[str, Any]:
    ring: dict[str, Any] = {}
    ring["self"] = [ring]
    return ring


def _laughs() -> list[Any]:
    value: list[Any] = ["ha"] * 2
    for _ in range(12):
        value = [value, value]
    return value


def _money(amount: object, currency: object = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _value(value: object) -> dict[str, Any]:
    return {"attributes": {"a": value}}


NAN, INFINITY = float("nan"), float("inf")
LONG = "x" * 10_000_000

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("1 amount NaN", _money(NAN), "not_finite", "amount"),
    ("2 amount Infinity", _money(INFINITY), "not_finite", "amount"),
    ("3 amount -Infinity", _money(-INFINITY), "not_finite", "amount"),
    ("1 attribute NaN", _value(NAN), "not_finite", "attributes"),
    ("2 attribute Infinity", _value([INFINITY]), "not_finite", "attributes"),
    ("4 1e400 of JSON text", {"attributes": json.loads('{"a": 1e400}')}, "not_finite", "attributes"),
    ("6 float money", _money(0.1 * 3), "float_amount", "amount"),
    ("7 amount Decimal NaN", _money(Decimal("NaN")), "not_finite", "amount"),
    ("8 amount Decimal sNaN", _money(Decimal("sNaN")), "not_finite", "amount"),
    ("7 attribute Decimal NaN", _value(Decimal("NaN")), "not_finite", "attributes"),
    ("8 attribute Decimal sNaN", _value(Decimal("sNaN")), "not_finite", "attributes"),
    ("8 NaN with a payload", _value(Decimal("NaN" + "1" * 5000)), "not_finite", "attributes"),
    ("9 amount 1E+1000000", _money(Decimal("1E+1000000")), "decimal_range", "amount"),
    ("9 amount 1E-1000000", _money(Decimal("1E-999999")), "decimal_range", "amount"),
    ("9 amount of 29 digits", _money(Decimal("1" * 29)), "decimal_range", "amount"),
    ("9 attribute 1E+16", _value(Decimal("1E+16")), "decimal_range", "attributes"),
    ("9 attribute of a million digits", _value(Decimal("1" * 1_000_000)), "decimal_range", "attributes"),
    ("10 attribute 2**63", _value(2**63), "int_range", "attributes"),
    ("10 attribute -2**63-1", _value(-(2**63) - 1), "int_range", "attributes"),
    ("10 customer 2**63", {"customer": 2**63}, "int_range", "customer"),
    ("10 sequence 2**63", {"sequence": 2**63}, "int_range", "sequence"),
    ("10 amount 2**53 minor units", _money(2**53), "amount_range", "amount"),
    ("10 amount -2**53 minor units", _money(-(2**53), "JPY"), "amount_range", "amount"),
    ("10 amount text of -2**53 minor units", _money(str(-(2**53)), "JPY"), "amount_range", "amount"),
    ("10 amount 2**53 after scaling", _money(Decimal(2**53) / 100), "amount_range", "amount"),
    ("11 attribute of 5,000 digits", _value(10**5000), "int_range", "attributes"),
    ("11 amount of 5,000 digits", _money(10**5000), "amount_range", "amount"),
    ("11 amount text of 5,000 digits", _money("1" * 5000), "bad_number", "amount"),
    ("11 at of 5,000 digits", {"at": 10**5000}, "looks_like_milliseconds", "at"),
    ("12 amount True", _money(True), "wrong_type", "amount"),
    ("12 customer True", {"customer": True}, "wrong_type", "customer"),
    ("12 sequence True", {"sequence": True}, "wrong_type", "sequence"),
    ("13 int subclass amount", _money(_HostileInt(1)), "wrong_type", "amount"),
    ("13 int subclass attribute", _value(_HostileInt(1)), "wrong_type", "attributes"),
    ("13 str subclass attribute", _value(_HostileText("x")), "wrong_type", "attributes"),
    ("13 str subclass key", {"attributes": {_HostileText("x"): 1}}, "non_str_key", "attributes"),
    ("13 str subclass customer", {"customer": _HostileText("ada")}, "wrong_type", "customer"),
    ("13 str subclass kind", {"kind": _HostileText("buy")}, "wrong_type", "kind"),
    ("13 str subclass currency", _money(1, _HostileText("EUR")), "wrong_type", "currency"),
    ("13 float subclass attribute", _value(_HostileFloat(1.0)), "wrong_type", "attributes"),
    ("13 dict subclass", {"attributes": _HostileDict(a=1)}, "wrong_type", "attributes"),
    ("13 nested dict subclass", _value(_HostileDict(a=1)), "wrong_type", "attributes"),
    ("13 OrderedDict", {"attributes": OrderedDict(a=1)}, "wrong_type", "attributes"),
    ("13 mapping that is no dict", {"attributes": UserDict(a=1)}, "wrong_type", "attributes"),
    ("13 mapping proxy", {"attributes": MappingProxyType({"a": 1})}, "wrong_type", "attributes"),
    ("13 hostile object as attribute", _value(_hostile()), "wrong_type", "attributes"),
    ("13 hostile object in a list", _value([_hostile()]), "wrong_type", "attributes"),
    ("13 hostile object as amount", _money(_hostile()), "wrong_type", "amount"),
    ("13 hostile object as customer", {"customer": _hostile()}, "wrong_type", "customer"),
    ("13 hostile object as kind", {"kind": _hostile()}, "wrong_type", "kind"),
    ("13 hostile object as at", {"at": _hostile()}, "wrong_type", "at"),
    ("13 hostile object as attributes", {"attributes": _hostile()}, "wrong_type", "attributes"),
    ("13 hostile object as channel", {"channel": _hostile()}, "wrong_type", "channel"),
    ("14 numpy integer", _value(np.int64(3)), "wrong_type", "attributes"),
    ("14 numpy float", _value(np.float64(3)), "wrong_type", "attributes"),
    ("14 numpy text", {"customer": np.str_("ada")}, "wrong_type", "customer"),
    ("14 numpy datetime", {"at": np.datetime64("2026-01-01")}, "wrong_type", "at"),
    ("14 UUID", {"customer": UUID(int=7)}, "wrong_type", "customer"),
    ("14 Enum", _value(_Colour.RED), "wrong_type", "attributes"),
    ("14 bytes", _value(b"x"), "wrong_type", "attributes"),
    ("14 set", _value({1}), "wrong_type", "attributes"),
    ("14 complex", _value(1j), "wrong_type", "attributes"),
    ("14 timedelta", _value(timedelta(1)), "wrong_type", "attributes"),
    ("15 Arabic digits", _money("١٢٣"), "bad_number", "amount"),
    ("15 underscore", _money("1_000"), "bad_number", "amount"),
    ("15 infinity", _money("infinity"), "bad_number", "amount"),
    ("15 nan", _money("nan"), "bad_number", "amount"),
    ("15 exponent", _money("1e3"), "bad_number", "amount"),
    ("15 comma", _money("1,50"), "bad_number", "amount"),
    ("15 space", _money(" 1"), "bad_number", "amount"),
    ("15 line feed at the end", _money("1\n"), "bad_number", "amount"),
    ("15 empty", _money(""), "bad_number", "amount"),
    ("15 point alone", _money("1."), "bad_number", "amount"),
    ("17 lower-case currency", _money(1, "eur"), "unknown_currency", "currency"),
    ("17 no currency code", _money(1, "XXX"), "unknown_currency", "currency"),
    ("17 gold", _money(1, "XAU"), "unknown_currency", "currency"),
    ("17 empty currency", _money(1, ""), "unknown_currency", "currency"),
    ("17 currency of 10 MB", _money(1, LONG), "unknown_currency", "currency"),
    ("17 no currency", _money(1, None), "currency_missing", "currency"),
    ("17 decimals of yen", _money("1.5", "JPY"), "too_many_decimals", "amount"),
    ("17 decimals of euro", _money("1.005"), "too_many_decimals", "amount"),
    ("17 decimals of dinar", _money(Decimal("1.0005"), "BHD"), "too_many_decimals", "amount"),
    ("20 naive at", {"at": datetime(2026, 1, 9)}, "naive_datetime", "at"),
    ("20 naive attribute", _value(datetime(2026, 1, 9)), "naive_datetime", "attributes"),
    ("21 offset None", {"at": datetime(2026, 1, 9, tzinfo=_Zone(None))}, "naive_datetime", "at"),
    ("21 offset raises", {"at": datetime(2026, 1, 9, tzinfo=_Zone(_Bomb()))}, "bad_time_zone", "at"),
    ("21 offset recursion",
     {"at": datetime(2026, 1, 9, tzinfo=_Zone(RecursionError()))}, "bad_time_zone", "at"),
    ("21 offset is no timedelta", {"at": datetime(2026, 1, 9, tzinfo=_Zone(3))}, "bad_time_zone", "at"),
    ("21 offset subclass", {"at": datetime(2026, 1, 9, tzinfo=_Zone(_Offset(0)))}, "bad_time_zone", "at"),
    ("21 attribute offset raises",
     _value(datetime(2026, 1, 9, tzinfo=_Zone(_Bomb()))), "bad_time_zone", "attributes"),
    ("22 year 1", {"at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "out_of_window", "at"),
    ("23 year 9999",
     {"at": datetime(9999, 12, 31, tzinfo=timezone(-timedelta(hours=12)))}, "out_of_window", "at"),
    ("22 just before 1970", {"at": datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)}, "out_of_window", "at"),
    ("23 just after 2200", {"at": datetime(2201, 1, 1, tzinfo=UTC)}, "out_of_window", "at"),
    ("29 compact date text", {"at": "20260101"}, "not_a_datetime", "at"),
    ("29 week date text", {"at": "2026-W01-1"}, "not_a_datetime", "at"),
    ("29 good text all the same", {"at": "2026-01-09T14:00:00+00:00"}, "not_a_datetime", "at"),
    ("30 milliseconds", {"at": 1_767_225_600_000}, "looks_like_milliseconds", "at"),
    ("30 milliseconds as float", {"at": 1.7672256e12}, "looks_like_milliseconds", "at"),
    ("30 seconds", {"at": 1_767_225_600}, "not_a_datetime", "at"),
    ("30 NaN", {"at": NAN}, "not_a_datetime", "at"),
    ("31 offset of 24 hours",
     {"at": datetime(2026, 1, 9, tzinfo=_Zone(timedelta(hours=24)))}, "bad_time_zone", "at"),
    ("31 attribute offset in seconds",
     _value(datetime(2026, 1, 9, tzinfo=timezone(timedelta(seconds=1)))), "bad_time_zone", "attributes"),
    ("35 date", {"at": date(2026, 1, 9)}, "not_a_datetime", "at"),
    ("35 datetime subclass", {"at": _Stamp(2026, 1, 9, tzinfo=UTC)}, "wrong_type", "at"),
    ("35 datetime subclass attribute", _value(_Stamp(2026, 1, 9, tzinfo=UTC)), "wrong_type", "attributes"),
    ("35 at missing", {"at": None}, "wrong_type", "at"),
    ("41 empty customer", {"customer": ""}, "empty", "customer"),
    ("41 white customer", {"customer": " \t"}, "empty", "customer"),
    ("41 space around customer", {"customer": "ada "}, "surrounding_whitespace", "customer"),
    ("41 no-break space around", {"customer": "\u00a0ada"}, "surrounding_whitespace", "customer"),
    ("41 null", {"customer": "null"}, "sentinel_id", "customer"),
    ("41 undefined", {"customer": "undefined"}, "sentinel_id", "customer"),
    ("41 None", {"customer": "None"}, "sentinel_id", "customer"),
    ("41 NaN", {"customer": "NaN"}, "sentinel_id", "customer"),
    ("41 <NA>", {"customer": "<NA>"}, "sentinel_id", "customer"),
    ("41 anonymous", {"customer": "Anonymous"}, "sentinel_id", "customer"),
    ("41 [object Object]", {"customer": "[object Object]"}, "sentinel_id", "customer"),
    ("41 customer missing", {"customer": None}, "wrong_type", "customer"),
    ("41 customer a float", {"customer": 1.0}, "wrong_type", "customer"),
    ("41 empty id", {"id": ""}, "empty", "id"),
    ("41 empty channel", {"channel": ""}, "empty", "channel"),
    ("41 empty kind", {"kind": ""}, "empty", "kind"),
    ("41 kind of separators", {"kind": " _-. "}, "empty", "kind"),
    ("42 customer of 201 bytes", {"customer": "a" * 201}, "id_too_long", "customer"),
    ("42 customer of 201 bytes in 67 letters", {"customer": "あ" * 67}, "id_too_long", "customer"),
    ("42 id of 10 MB", {"id": LONG}, "id_too_long", "id"),
    ("42 kind of 10 MB", {"kind": LONG}, "id_too_long", "kind"),
    ("43 NUL in customer", {"customer": "a\0b"}, "control_char", "customer"),
    ("43 NUL in kind", {"kind": "a\0b"}, "control_char", "kind"),
    ("43 NUL in attribute", _value("a\0b"), "control_char", "attributes"),
    ("43 NUL in nested attribute", _value(["あ\0b"]), "control_char", "attributes"),
    ("43 NUL in key", {"attributes": {"a\0": 1}}, "control_char", "attributes"),
    ("44 surrogate in customer", {"customer": "\ud800"}, "surrogate", "customer"),
    ("44 surrogate in attribute", _value("\ud800"), "surrogate", "attributes"),
    ("44 surrogate in key", {"attributes": {"\udfff": 1}}, "surrogate", "attributes"),
    ("46 zero-width space in customer", {"customer": "a\u200bda"}, "format_char", "customer"),
    ("46 right-to-left override in customer", {"customer": "a\u202eda"}, "format_char", "customer"),
    ("46 right-to-left override in kind", {"kind": "a\u202eda"}, "format_char", "kind"),
    ("46 Hangul filler", {"customer": "a\u3164"}, "format_char", "customer"),
    ("46 escape sequence in customer", {"customer": "a\x1b[31m"}, "control_char", "customer"),
    ("46 line break in id", {"id": "a\r\nb"}, "control_char", "id"),
    ("46 line separator in id", {"id": "a\u2028b"}, "control_char", "id"),
    ("46 escape sequence in channel", {"channel": "a\x1b"}, "control_char", "channel"),
    ("47 a million emoji", _value("😀" * 1_000_000), "too_large", "attributes"),
    ("47 64 KiB by bytes, not letters", _value("あ" * 30_000), "too_large", "attributes"),
    ("48 10 MB attribute", _value(LONG), "too_large", "attributes"),
    ("48 64 KiB and one byte", _value("x" * 65_536), "too_large", "attributes"),
    ("48 64 KiB in pieces", _value(["x" * 1_000] * 66), "too_large", "attributes"),
    ("48 10 MB key", {"attributes": {LONG: 1}}, "too_large", "attributes"),
    ("49 100,000 attributes",
     {"attributes": dict.fromkeys(map(str, range(100_000)))}, "too_many_attributes", "attributes"),
    ("49 257 attributes",
     {"attributes": dict.fromkeys(map(str, range(257)))}, "too_many_attributes", "attributes"),
    ("50 lists 100,000 deep", _value(_nested(100_000, lambda v: [v])), "too_deep", "attributes"),
    ("50 dicts 100,000 deep", _value(_nested(100_000, lambda v: {"k": v})), "too_deep", "attributes"),
    ("50 tuples 100,000 deep", _value(_nested(100_000, lambda v: (v,))), "too_deep", "attributes"),
    ("50 one level too many", _value(_nested(16, lambda v: [v])), "too_deep", "attributes"),
    ("51 dict in itself", {"attributes": _ring()}, "too_deep", "attributes"),
    ("52 shared lists, 2**13 leaves", _value(_laughs()), "too_many_nodes", "attributes"),
    ("52 list of a million", _value([None] * 1_000_000), "too_many_nodes", "attributes"),
    ("52 one value too many", _value([None] * 2_000), "too_many_nodes", "attributes"),
    ("53 key 1", {"attributes": {1: "a"}}, "non_str_key", "attributes"),
    ("53 key True", {"attributes": {True: "a"}}, "non_str_key", "attributes"),
    ("53 key None", {"attributes": {None: "a"}}, "non_str_key", "attributes"),
    ("53 key 1.5, nested", _value({1.5: "a"}), "non_str_key", "attributes"),
    ("53 key tuple", {"attributes": {("a",): "a"}}, "non_str_key", "attributes"),
    ("55 1e30000 as integer", _value(10**30_000), "int_range", "attributes"),
]  # fmt: skip

KEPT: list[tuple[str, dict[str, Any]]] = [
    ("22 the first moment of 1970", {"at": datetime(1970, 1, 1, tzinfo=UTC)}),
    ("23 the last moment of 2200", {"at": datetime(2200, 12, 31, 23, 59, 59, 999999, UTC)}),
    ("18 refund", _money("-5.00")),
    ("19 10**18 seats", _value(10**18)),
    ("10 2**63-1", _value(2**63 - 1)),
    ("9 Decimal of 28 digits", _value(Decimal("9" * 28))),
    ("41 customer 0", {"customer": 0}),
    ("42 customer of 200 bytes", {"customer": "a" * 200}),
    ("45 decomposed letters", {"customer": "jose\u0301"}),
    ("45 capital dotted i", {"kind": "İptal"}),
    ("46 override in an attribute", _value("a\u202eb\x1b[31m\r\n")),
    ("48 nearly 64 KiB", _value("x" * 65_535)),
    ("49 256 attributes", {"attributes": dict.fromkeys(map(str, range(256)))}),
    ("50 15 levels in the attributes", _value(_nested(15, lambda v: [v]))),
    ("52 2,000 values", _value([None] * 1_999)),
    ("56 keys that are paths elsewhere",
     {"attributes": dict.fromkeys(["__class__", "__proto__", "$where", "a.b", "", "select"], 1)}),
    ("57 keys that are code elsewhere",
     {"attributes": {'"; drop table': 1, "%s": 2, ":name": 3, "'": 4}}),
    ("58 format string", _value("{0.__class__.__init__.__globals__}")),
    ("59 markup", {"kind": "<img src=x onerror=alert(1)>", **_value('"><script>')}),
    ("61 formula", {"customer": "=HYPERLINK(1)", **_value("@x")}),
    ("65 unknown kind", {"kind": "never heard of"}),
]  # fmt: skip


def _build(given: dict[str, Any]) -> Touchpoint:
    return Touchpoint(**{"customer": "ada", "kind": "purchase", "at": AT, **given})


# By number, as pytest itself stumbles over hostile values among its parameters.
every_refused = pytest.mark.parametrize("row", range(len(REFUSED)), ids=[case[0] for case in REFUSED])


@every_refused
def test_hostile_input_is_refused_with_its_code(row: int) -> None:
    """A bad input raises InvalidTouchpoint with its code and field, and a short printable message."""
    _, given, code, field = REFUSED[row]
    with pytest.raises(InvalidTouchpoint) as caught:
        _build(given)
    assert (caught.value.code, caught.value.field) == (code, field)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    assert isinstance(caught.value, LifecycleError)


@pytest.mark.parametrize("given", [c[1] for c in KEPT], ids=[c[0] for c in KEPT])
def test_odd_but_honest_input_is_kept_as_it_is(given: dict[str, Any]) -> None:
    """What only looks like code, or only just fits, is opaque data."""
    made = _build(given)
    for name, value in given.items():
        if name == "attributes":
            kept = json.loads(json.dumps(dict(made.attributes), default=str))
            assert kept == json.loads(json.dumps(value, default=str))
        elif name == "amount":
            assert made.amount == Decimal(value)
        else:
            assert getattr(made, name) == (str(value) if name == "customer" else value)


@every_refused
def test_refusing_costs_little_memory(row: int) -> None:
    """A refusal needs a few hundred KiB at most, however large the input is."""
    name, given, _, _ = REFUSED[row]
    tracemalloc.start()
    try:
        with pytest.raises(InvalidTouchpoint, match="refused"):
            _build(given)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A Decimal of a million digits is written out once or twice; nothing else is copied.
    assert peak < (4_000_000 if "million digits" in name else 400_000)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (UUID(int=7), "str(value)"),
        (_Colour.RED, "value.value"),
        (b"x", "value.decode()"),
        ({1}, "sorted(value)"),
        (np.int64(3), "value.item()"),
        (_HostileText("x"), "a plain str"),
    ],
    ids=["uuid", "enum", "bytes", "set", "numpy", "subclass"],
)
def test_a_foreign_type_is_told_its_adapter(value: object, advice: str) -> None:
    """The message for a foreign type says what to pass instead (14)."""
    with pytest.raises(InvalidTouchpoint, match="attribute 'a' must be") as caught:
        _build(_value(value))
    assert advice in str(caught.value)


def test_pandas_timestamp_is_told_its_adapter() -> None:
    """A pandas Timestamp is a datetime subclass: refused with the way to convert it (14, 35)."""
    pandas = pytest.importorskip("pandas")
    with pytest.raises(InvalidTouchpoint, match=r"to_pydatetime\(\)"):
        _build({"at": pandas.Timestamp("2026-01-09", tz="UTC")})
    with pytest.raises(InvalidTouchpoint, match="None where it is missing"):
        _build(_value(pandas.NA))
    with pytest.raises(InvalidTouchpoint, match="must be a datetime"):
        _build({"at": pandas.NaT})


def test_negative_zero_becomes_zero() -> None:
    """-0.0 and Decimal('-0') are kept as zero, so that equal values have equal text (5)."""
    made = _build({"attributes": {"f": -0.0, "d": Decimal("-0"), "l": [-0.0]}, **_money("-0.00")})
    assert repr(made.attributes["f"]) == "0.0"
    assert str(made.attributes["d"]) == "0"
    assert repr(made.attributes["l"]) == "(0.0,)"
    assert str(made.amount) == "0.00"


def test_both_hours_of_an_autumn_night_are_kept_apart() -> None:
    """02:30 happens twice in Berlin; the fold tells which, and UTC keeps it (25, 27)."""
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (_build({"at": datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold)}) for fold in (0, 1))
    assert second.at - first.at == timedelta(hours=1)
    assert first.at.tzinfo is UTC
    assert first != second


def test_an_hour_that_spring_skips_is_read_as_pep_495_does() -> None:
    """02:30 of the spring night does not exist in Berlin; it is read with the winter offset (26)."""
    made = _build({"at": datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))})
    assert made.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_offset_of_microseconds_is_normalised() -> None:
    """An offset may have microseconds; the moment in UTC is exact (31)."""
    zone = timezone(timedelta(hours=1, microseconds=1))
    assert _build({"at": datetime(2026, 1, 9, 1, tzinfo=zone)}).at == (
        datetime(2026, 1, 9, tzinfo=UTC) - timedelta(microseconds=1)
    )


def test_a_zone_is_asked_only_once() -> None:
    """A zone that changes its mind cannot make `at` and `at_us` disagree (21)."""
    made = _build({"at": datetime(2026, 1, 9, tzinfo=_Zone(timedelta(0), timedelta(hours=5), _Bomb()))})
    assert made.at == datetime(2026, 1, 9, tzinfo=UTC)
    assert made.at.tzinfo is UTC


def test_attributes_do_not_follow_the_caller() -> None:
    """What the caller changes later, at any depth, does not reach the touchpoint."""
    given: dict[str, Any] = {"tags": ["a"], "plan": {"name": "gold"}}
    made = _build({"attributes": given})
    given["tags"].append("b")
    given["plan"]["name"] = "lead"
    given["new"] = 1
    assert made.attributes == {"tags": ("a",), "plan": {"name": "gold"}}
