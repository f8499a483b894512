"""What a company states of itself: its margin, what it spends, which touchpoints are orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import Money, exponent

from ._cut import Cut

Share: TypeAlias = float | str | Decimal | Fraction
"""A share from 0 to 1; a float means the decimal that it is written as."""
Spend: TypeAlias = Money | int | str | Decimal
"""An amount: money, or major units of the currency of the cut."""
BUYS: Final = ("purchase", "payment")
"""The kinds that are orders, unless others are named."""
GIVES_BACK: Final = ("refund", "order_refunded", "order_cancelled", "order_canceled")
"""The kinds that give an order back, unless others are named."""
_FINEST: Final = 10**6
_LIMIT: Final = 2**53


def share_of_one(value: Share, name: str = "margin") -> Fraction:
    """A share as an exact fraction.

    Raises:
        InvalidArgument: no number from 0 to 1, or one of more than six decimals.
    """
    try:
        if isinstance(value, bool):
            raise ValueError
        found = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise InvalidArgument(f"{name}={value!r} is no number; give a share such as 0.75") from None
    if not 0 <= found <= 1:
        raise InvalidArgument(f"{name}={value!r} is not from 0 to 1; give a share such as 0.75")
    if found.denominator > _FINEST:
        raise InvalidArgument(f"{name}={value!r} is finer than a millionth; round it")
    return found


def minor_per(cut: Cut) -> int:
    """How many minor units make a major one; 1 where there is no currency."""
    return int(10 ** exponent(cut.currency)) if cut.currency else 1


def minor_of(spend: Spend, cut: Cut, name: str = "spend") -> int:
    """An amount in minor units of the currency of a cut.

    Raises:
        CurrencyMismatch: it is money in another currency.
        InvalidArgument: it is negative or no exact amount, or the cut has no currency.
    """
    currency = cut.currency
    if not currency:
        raise InvalidArgument(f"{name}={spend!r}: neither definition nor log has a currency; give the definition one")
    if isinstance(spend, (float, bool)):
        raise InvalidArgument(f"{name}={spend!r} is not exact; give Money, a text, an integer or a Decimal")
    money = spend if isinstance(spend, Money) else Money.of(spend, currency)
    if money.currency != currency:
        raise CurrencyMismatch(f"{name}={money}, and the amounts of the log are in {currency}; convert one")
    if money.minor < 0:
        raise InvalidArgument(f"{name}={money} is negative; give what was spent")
    return money.minor


def scaled(minor: npt.NDArray[np.int64], share: Fraction) -> npt.NDArray[np.int64]:
    """Amounts times the numerator of a share, to be read per its denominator.

    Raises:
        InvalidArgument: a result reaches 2**53.
    """
    largest = max(-int(minor.min()), int(minor.max())) if len(minor) else 0
    if largest * share.numerator >= _LIMIT:
        raise InvalidArgument(f"an amount of {largest} times {share.numerator} reaches 2**53; round the share {share}")
    return minor * share.numerator


def kinds_of(kinds: Sequence[str], name: str = "kinds") -> tuple[str, ...]:
    """Kinds as a tuple.

    Raises:
        InvalidArgument: none is named, or one is no text.
    """
    found = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if not found or not all(isinstance(kind, str) and kind for kind in found):
        raise InvalidArgument(f"{name}={kinds!r} names no kind of touchpoint; give such as ('purchase',)")
    return found
