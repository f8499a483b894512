"""Money: exact minor units with their currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

import attrs

from lifecycle.errors import CurrencyMismatch, FactOverflow, InvalidArgument

from ._amount import EXACT_LIMIT, checked_currency, checked_minor, major_units
from ._currencies import EXPONENTS
from ._refusal import Refusal, shown, wrong_type


def exponent(currency: str) -> int:
    """How many decimals the minor unit of a currency has: 2 for EUR, 0 for JPY, 3 for BHD.

    Args:
        currency: an ISO 4217 code in upper case.

    Raises:
        InvalidArgument: no such currency; the message holds near ones.
    """
    try:
        return EXPONENTS[checked_currency(currency)]
    except Refusal as refusal:
        raise InvalidArgument(refusal.message) from None


@attrs.frozen(repr=False)
class Money:
    """An exact amount of one currency; may be negative.

    Args:
        minor: a whole number of minor units, magnitude below 2**53.
        currency: an ISO 4217 code in upper case.

    Raises:
        InvalidArgument: no such currency, or minor is no such number.
    """

    minor: int
    """Minor units: cents, or yen where there is nothing smaller."""
    currency: str
    """The ISO 4217 code."""

    def __attrs_post_init__(self) -> None:
        try:
            checked_currency(self.currency)
            if type(self.minor) is not int:
                raise wrong_type(self.minor, "minor", "an integer of minor units")
        except Refusal as refusal:
            raise InvalidArgument(refusal.message) from None
        if not -EXACT_LIMIT < self.minor < EXACT_LIMIT:
            raise InvalidArgument(f"'minor' reaches 2**53 ({shown(self.minor)}); check the unit")

    @classmethod
    def of(cls, amount: int | str | Decimal, currency: str) -> Self:
        """Money from major units: `Money.of("59.90", "EUR")`.

        Args:
            amount: an integer, a text of ASCII digits, or a Decimal; never a float.
            currency: an ISO 4217 code in upper case.

        Raises:
            InvalidArgument: no exact number of minor units below 2**53, or no such currency.
        """
        try:
            return cls(checked_minor(amount, checked_currency(currency)), currency)
        except Refusal as refusal:
            raise InvalidArgument(refusal.message) from None

    @property
    def major(self) -> Decimal:
        """The amount in major units, with the decimals of the currency."""
        return major_units(self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        """The sum, in the same currency.

        Raises:
            CurrencyMismatch: the currencies differ.
            FactOverflow: the sum reaches 2**53 minor units.
        """
        if not isinstance(other, Money):
            return NotImplemented
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} have different currencies; convert one, or sum each alone")
        total = self.minor + other.minor
        if abs(total) >= EXACT_LIMIT:
            raise FactOverflow(f"{self} and {other} make 2**53 minor units or more; check the unit")
        return Money(total, self.currency)

    def __sub__(self, other: Money) -> Money:
        """The difference, in the same currency; raises as `+` does."""
        if not isinstance(other, Money):
            return NotImplemented
        return self + -other

    def __neg__(self) -> Money:
        """The same amount the other way."""
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.major:f} {self.currency}"

    def __repr__(self) -> str:
        return f"Money.of('{self.major:f}', {self.currency!r})"
