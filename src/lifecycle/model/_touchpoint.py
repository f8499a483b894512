"""A touchpoint: one dated event of one customer, checked when it is built."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from lifecycle.errors import InvalidTouchpoint

from ._amount import checked_currency, checked_minor, major_units
from ._attributes import NO_ATTRIBUTES, Attributes, AttributeValue, checked_attributes
from ._kind import kind_key
from ._moment import checked_us, utc_of
from ._money import Money
from ._refusal import Refusal
from ._text import checked_customer, checked_int, checked_name

# Writes past the frozen setter, as the __init__ of attrs does; that one could not derive fields.
_set: Final = object.__setattr__


@attrs.frozen(init=False)
class Touchpoint:
    """One dated event of one customer.

    Args:
        customer: the customer's id, text of 1 to 200 bytes; the integer 1 is "1".
        kind: what happened, as the source names it; compared without case and separators.
        at: when, an aware datetime between 1970 and 2200.
        amount: money in major units: an integer, a text such as "59.90", or a Decimal; negative for a refund.
        currency: an ISO 4217 code in upper case; needed where there is an amount.
        channel: the way by which it happened, such as "web".
        attributes: what else is known, see `Attributes`.
        id: the source's id of this event; the same id is accepted once.
        sequence: order among touchpoints of one customer and moment.

    Raises:
        InvalidTouchpoint: a value cannot be used; `field` names it and `code` says why.

    Empty and missing: None is missing; empty text is refused.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 9, 14, tzinfo=UTC)
    >>> order = Touchpoint("ada", "Order Completed", at, amount="59.90", currency="EUR")
    >>> order.kind_key, order.minor, str(order.money)
    ('order_completed', 5990, '59.90 EUR')
    """

    customer: str
    """The id of the customer."""
    kind: str
    """What happened, in the words of the source."""
    at: datetime
    """When, in UTC."""
    amount: Decimal | None
    """The amount in major units, with the decimals of its currency."""
    currency: str | None
    """The ISO 4217 code of the amount."""
    channel: str | None
    """The way by which it happened."""
    attributes: Attributes = attrs.field(hash=False)
    """What else is known; frozen."""
    id: str | None
    """The source's id of the event."""
    sequence: int | None
    """Order among touchpoints of one customer and moment."""
    kind_key: str = attrs.field(init=False, eq=False, repr=False)
    """The normalised kind."""
    at_us: int = attrs.field(init=False, eq=False, repr=False)
    """Microseconds since 1970-01-01 00:00 UTC."""
    minor: int | None = attrs.field(init=False, eq=False, repr=False)
    """The amount in minor units of its currency."""

    def __init__(  # noqa: PLR0913 (the value object has these fields; all but three are keyword-only)
        self,
        customer: str | int,
        kind: str,
        at: datetime,
        *,
        amount: int | str | Decimal | None = None,
        currency: str | None = None,
        channel: str | None = None,
        attributes: Mapping[str, Any] = NO_ATTRIBUTES,
        id: str | None = None,
        sequence: int | None = None,
    ) -> None:
        try:
            _set(self, "customer", checked_customer(customer))
            _set(self, "kind_key", kind_key(kind))
            _set(self, "kind", kind)
            us = checked_us(at, "at")
            _set(self, "at_us", us)
            _set(self, "at", at if at.tzinfo is UTC else utc_of(us))
            self._set_money(amount, currency)
            _set(self, "channel", None if channel is None else checked_name(channel, "channel"))
            _set(self, "attributes", checked_attributes(attributes))
            _set(self, "id", None if id is None else checked_name(id, "id"))
            _set(self, "sequence", None if sequence is None else checked_int(sequence, "sequence"))
        except Refusal as refusal:
            raise InvalidTouchpoint(
                f"touchpoint refused: {refusal.message}", code=refusal.code, field=refusal.field
            ) from refusal.__cause__

    def _set_money(self, amount: object, currency: object) -> None:
        code = None if currency is None else checked_currency(currency)
        _set(self, "currency", code)
        if amount is None:
            _set(self, "minor", None)
            _set(self, "amount", None)
            return
        if code is None:
            raise Refusal(
                "currency_missing",
                "currency",
                "'amount' is given without 'currency'; give its code, such as 'EUR'",
            )
        minor = checked_minor(amount, code)
        _set(self, "minor", minor)
        _set(self, "amount", major_units(minor, code))

    @property
    def money(self) -> Money | None:
        """The amount with its currency, or None where there is no amount."""
        if self.minor is None or self.currency is None:
            return None
        return Money(self.minor, self.currency)

    def attribute(self, name: str) -> AttributeValue:
        """The attribute of a name, or None where it is missing; "channel" also finds the channel."""
        if name == "channel" and self.channel is not None:
            return self.channel
        value: AttributeValue = self.attributes.get(name)
        return value
