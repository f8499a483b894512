"""From what a host gives as an amount to exact minor units."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from lifecycle.errors import InvalidTouchpoint

from ._currencies import EXPONENTS
from ._refusal import Refusal, shown, wrong_type

EXACT_LIMIT: Final = 1 << 53
"""Magnitudes from here on are refused: float64 columns would stop being exact (S12)."""
_MAX_DIGITS: Final = 28
_MIN_EXPONENT, _MAX_EXPONENT = -12, 15
# ASCII only: Python's own parsers also take "١٢٣", "1_000" and "infinity".
_NUMBER: Final = re.compile(r"([+-]?)([0-9]{1,28})(?:\.([0-9]{1,28}))?")
_NUMBER_LENGTH: Final = 60


def minor_units(amount: int | str | Decimal, currency: str) -> int:
    """An amount of major units as an exact count of minor units.

    Args:
        amount: an integer, a text such as "59.90" (ASCII digits, one point, a sign), or a Decimal.
        currency: an ISO 4217 code in upper case.

    Raises:
        InvalidTouchpoint: the amount is no exact number of minor units below 2**53, or the
            currency is unknown; `code` says why.

    >>> minor_units("59.90", "EUR"), minor_units(1200, "JPY")
    (5990, 1200)
    """
    try:
        return checked_minor(amount, checked_currency(currency))
    except Refusal as refusal:
        raise InvalidTouchpoint(refusal.message, code=refusal.code, field=refusal.field) from None


def checked_currency(value: object) -> str:
    """The code itself, when ISO 4217 knows it.

    Raises:
        Refusal: `wrong_type` or `unknown_currency`.
    """
    if type(value) is not str:
        raise wrong_type(value, "currency", "a text")
    if value not in EXPONENTS:
        near = [] if len(value) > 20 else get_close_matches(value.upper(), EXPONENTS, n=3, cutoff=0.6)
        hint = f"; did you mean {', '.join(near)}?" if near else "; give its three capitals, such as 'EUR'"
        raise Refusal("unknown_currency", "currency", f"'currency' is not an ISO 4217 code ({shown(value)}){hint}")
    return value


def checked_minor(amount: object, currency: str) -> int:
    """The amount in minor units of a currency already checked.

    Raises:
        Refusal: `wrong_type`, `float_amount`, `not_finite`, `bad_number`, `decimal_range`,
            `too_many_decimals` or `amount_range`.
    """
    if type(amount) is str:
        minor = _minor_of_text(amount, currency)
    elif type(amount) is int:
        # Compared before it is multiplied: a huge integer costs nothing.
        minor = amount * 10 ** EXPONENTS[currency] if abs(amount) < EXACT_LIMIT else EXACT_LIMIT
    elif type(amount) is Decimal:
        minor = _minor_of_text(format(checked_decimal(amount, "amount", "'amount'"), "f"), currency)
    elif type(amount) is float:
        if amount - amount != 0.0:
            raise Refusal("not_finite", "amount", f"'amount' is {amount!r}; leave it out where it is unknown")
        raise Refusal(
            "float_amount",
            "amount",
            f"'amount' is a float ({amount!r}), which is not exact; pass a text or a Decimal",
        )
    else:
        raise wrong_type(amount, "amount", "an integer, a text or a Decimal")
    if not -EXACT_LIMIT < minor < EXACT_LIMIT:
        raise Refusal("amount_range", "amount", f"'amount' reaches 2**53 minor units ({shown(amount)}); check the unit")
    return minor


def major_units(minor: int, currency: str) -> Decimal:
    """Minor units as a Decimal of major units, with the decimals of the currency."""
    # From text, because arithmetic would round by the caller's decimal context.
    return Decimal(f"{minor}E-{EXPONENTS[currency]}")


def checked_decimal(value: Decimal, field: str, place: str) -> Decimal:
    """The Decimal itself, when it is finite and of a size that can be written out; -0 becomes 0.

    Raises:
        Refusal: `not_finite` or `decimal_range`.
    """
    if not value.is_finite():
        raise Refusal("not_finite", field, f"{place} is {shown(value)}; leave it out where it is unknown")
    # 28 digits, sign, point and exponent; the text of more is long, so it is not taken apart.
    text = str(value)
    exponent = value.as_tuple().exponent if len(text) <= _NUMBER_LENGTH else None
    if (
        not isinstance(exponent, int)
        or not _MIN_EXPONENT <= exponent <= _MAX_EXPONENT
        or value.adjusted() - exponent >= _MAX_DIGITS
    ):
        raise Refusal(
            "decimal_range",
            field,
            f"{place} has more than {_MAX_DIGITS} digits or an exponent outside "
            f"{_MIN_EXPONENT}..{_MAX_EXPONENT} ({shown(value)}); quantize it first",
        )
    return value if value else value.copy_abs()


def _minor_of_text(text: str, currency: str) -> int:
    match = _NUMBER.fullmatch(text) if len(text) <= _NUMBER_LENGTH else None
    if match is None:
        raise Refusal(
            "bad_number",
            "amount",
            f"'amount' is not a number ({shown(text)}); write ASCII digits with one point, such as '59.90'",
        )
    sign, whole, fraction = match.groups(default="")
    digits = EXPONENTS[currency]
    if fraction[digits:].strip("0"):
        raise Refusal(
            "too_many_decimals",
            "amount",
            f"'amount' has more decimals than {currency} has ({shown(text)}, {digits} allowed); round it",
        )
    minor = int(whole + fraction[:digits].ljust(digits, "0"))
    return -minor if sign == "-" else minor
