"""Money is exact, in minor units, and never of two currencies at once."""

from __future__ import annotations

import decimal
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import CurrencyMismatch, FactOverflow, InvalidArgument, InvalidTouchpoint
from lifecycle.model import Money, exponent, minor_units

CURRENCIES = st.sampled_from(["EUR", "JPY", "BHD", "CLF", "USD"])
MINORS = st.integers(-(2**53) + 1, 2**53 - 1)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("59.90", "EUR", 5990),
        ("59.9", "EUR", 5990),
        ("59", "EUR", 5900),
        ("+59.90", "EUR", 5990),
        ("-0.01", "EUR", -1),
        ("007", "EUR", 700),
        ("59.900000", "EUR", 5990),
        (Decimal("59.9000"), "EUR", 5990),
        (Decimal("1E+2"), "EUR", 10000),
        (Decimal("-5"), "EUR", -500),
        (12, "JPY", 12),
        ("12.00", "JPY", 12),
        ("1.234", "BHD", 1234),
        ("1.2345", "CLF", 12345),
        (0, "EUR", 0),
        (2**53 - 1, "JPY", 2**53 - 1),
        ("90071992547409.91", "EUR", 2**53 - 1),
    ],
)
def test_major_units_become_minor_units(amount: int | str | Decimal, currency: str, minor: int) -> None:
    """Integers, texts and Decimals of major units are taken exactly; zeros at the end lose nothing."""
    assert minor_units(amount, currency) == minor
    assert Money.of(amount, currency) == Money(minor, currency)


@given(MINORS, CURRENCIES)
def test_text_of_money_leads_back_to_it(minor: int, currency: str) -> None:
    """What is written can be read: text, major units and pickle give the same money."""
    money = Money(minor, currency)
    text, code = str(money).split()
    assert Money.of(text, code) == money
    assert Money.of(money.major, currency) == money
    assert pickle.loads(pickle.dumps(money)) == money
    assert eval(repr(money), {"Money": Money}) == money


def test_major_units_ignore_the_callers_decimal_context() -> None:
    """A context of few digits does not round money."""
    with decimal.localcontext(decimal.Context(prec=3)):
        assert str(Money(123456789, "EUR").major) == "1234567.89"
        assert minor_units(Decimal("1234567.89"), "EUR") == 123456789


@given(st.integers(-(2**51), 2**51), st.integers(-(2**51), 2**51), CURRENCIES)
def test_sums_are_sums_of_minor_units(one: int, other: int, currency: str) -> None:
    """Adding and taking away are exact, and each undoes the other."""
    a, b = Money(one, currency), Money(other, currency)
    assert (a + b).minor == one + other
    assert (a - b).minor == one - other
    assert a + b - b == a


def test_two_currencies_do_not_add_up() -> None:
    """A sum of two currencies is refused, with both in the message."""
    with pytest.raises(CurrencyMismatch, match=r"1\.00 EUR and 1 JPY"):
        Money(100, "EUR") + Money(1, "JPY")
    with pytest.raises(CurrencyMismatch):
        Money(100, "EUR") - Money(1, "JPY")


def test_a_sum_that_is_no_longer_exact_is_refused() -> None:
    """A sum of 2**53 minor units or more overflows, with its own error (S12)."""
    most = Money(2**53 - 1, "EUR")
    with pytest.raises(FactOverflow, match=r"2\*\*53"):
        most + Money(1, "EUR")
    with pytest.raises(FactOverflow):
        -most - Money(1, "EUR")


def test_money_does_not_add_to_numbers() -> None:
    """A bare number has no currency."""
    with pytest.raises(TypeError):
        Money(1, "EUR") + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1, "EUR") - 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("minor", "currency", "message"),
    [
        (1.0, "EUR", "must be an integer"),
        (True, "EUR", "must be an integer"),
        (2**53, "EUR", r"2\*\*53"),
        (-(2**53), "EUR", r"2\*\*53"),
        (1, "eur", "did you mean EUR"),
        (1, "XXX", "not an ISO 4217 code"),
        (1, None, "must be a text"),
    ],
)
def test_money_checks_its_parts(minor: int, currency: str, message: str) -> None:
    """Money of no whole minor units, or of no currency, cannot be built."""
    with pytest.raises(InvalidArgument, match=message):
        Money(minor, currency)


@pytest.mark.parametrize("amount", [0.1, float("nan"), "1e3", "1.005", Decimal("Infinity"), None, True])
def test_money_of_an_inexact_amount_is_refused(amount: object) -> None:
    """Money.of refuses what Touchpoint refuses, as an invalid argument."""
    with pytest.raises(InvalidArgument, match="'amount'"):
        Money.of(amount, "EUR")  # type: ignore[arg-type]
    with pytest.raises(InvalidTouchpoint, match="'amount'"):
        minor_units(amount, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("BHD", 3),
        ("CLF", 4),
        ("UYI", 0),
        ("XAF", 0),
        ("HRK", 2),
        ("BYR", 0),
    ],
)
def test_exponents_are_those_of_iso_4217(currency: str, digits: int) -> None:
    """The published minor units, and those of withdrawn currencies that logs still hold."""
    assert exponent(currency) == digits


def test_an_unknown_currency_is_told_near_ones() -> None:
    """The message offers currencies like the one that was given."""
    with pytest.raises(InvalidArgument, match=r"'eur'\); did you mean EUR"):
        exponent("eur")
