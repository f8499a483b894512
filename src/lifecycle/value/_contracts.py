"""Customers with contracts: how long each has paid, what, and whether they are still there."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import Money, exponent

from ._customer_ids import CustomerIds
from ._grouped import Int64Array, one_length, whole_numbers
from ._survivors import SurvivorTally
from ._time_unit import TimeUnit


@attrs.frozen(eq=False, repr=False)
class Contracts:
    """One row for each contract, in the order given. Make it with `of`."""

    who: CustomerIds
    """Whose rows these are."""
    durations: Int64Array
    """The period in which the contract was lost, 1 for the first; or the whole periods that one still there is
    known for, 0 for a new one; shape (n_customers,)."""
    is_lost: npt.NDArray[np.bool_]
    """Whether it was lost."""
    payment_minor: Int64Array
    """What it pays each period, in minor units."""
    currency: str | None = attrs.field(kw_only=True)
    """The currency of the payments; None where payments are only counted."""
    unit: TimeUnit = attrs.field(kw_only=True)
    """How long a period is."""

    @classmethod
    def of(
        cls,
        ids: npt.ArrayLike,
        durations: npt.ArrayLike,
        is_lost: npt.ArrayLike,
        *,
        unit: TimeUnit,
        payment: Money | tuple[npt.ArrayLike, str] | None = None,
    ) -> Self:
        """Contracts one by one.

        Args:
            ids: texts, each once; shape (n_customers,).
            durations: as the field says; whole numbers.
            is_lost: booleans.
            unit: how long a period is.
            payment: what all pay each period; or minor units by contract and their currency; None to count payments.

        Raises:
            InvalidArgument: columns of different lengths, an id twice, something impossible, or no such unit.
        """
        who = CustomerIds(ids)
        ages, lost = whole_numbers(durations, "durations"), np.atleast_1d(np.asarray(is_lost))
        SurvivorTally.of(ages, lost, unit=unit)
        minor, currency = _payments(payment, len(ages))
        one_length(ids=np.arange(len(who)), durations=ages, payment=minor)
        texts = who.texts().tolist()
        if len(set(texts)) != len(texts):
            again = next(text for place, text in enumerate(texts) if text in texts[:place])
            raise InvalidArgument(f"the id {again!r} is there twice; give each contract an id of its own")
        lost = lost.astype(np.bool_)
        lost.flags.writeable = False
        return cls(who, ages, lost, minor, currency=currency, unit=unit)

    @property
    def ids(self) -> npt.NDArray[np.object_]:
        """The ids as texts; shape (n_customers,)."""
        return self.who.texts()

    @property
    def n_payments(self) -> Int64Array:
        """How many payments each has made: who is there after t periods has paid t + 1 times."""
        return self.durations + ~self.is_lost

    def tally(self) -> SurvivorTally:
        """The contracts counted by age: what models of contracts are fitted to."""
        return SurvivorTally.of(self.durations, self.is_lost, unit=self.unit)

    def __len__(self) -> int:
        return len(self.durations)

    def __repr__(self) -> str:
        return f"<Contracts: {len(self):,} by {self.unit}, {int(self.is_lost.sum()):,} lost>"


def _payments(payment: Money | tuple[npt.ArrayLike, str] | None, n: int) -> tuple[Int64Array, str | None]:
    if payment is None:
        return np.ones(n, np.int64), None
    if isinstance(payment, Money):
        return np.full(n, payment.minor), payment.currency
    minor, currency = payment
    exponent(currency)
    return whole_numbers(minor, "payment"), currency


def payment_major(contracts: Contracts, price: Money | None) -> tuple[npt.NDArray[np.float64], str]:
    """What each contract pays per period in major units, and what that is counted in.

    Raises:
        CurrencyMismatch: the price is in another currency than the contracts.
    """
    if price is not None:
        if contracts.currency not in (None, price.currency):
            raise CurrencyMismatch(f"the spend is in {price.currency}, the contracts in {contracts.currency}")
        return np.full(len(contracts), float(price.major)), price.currency
    if contracts.currency is None:
        return np.ones(len(contracts)), "payments"
    return contracts.payment_minor / 10.0 ** exponent(contracts.currency), contracts.currency
