"""What a tally checks when it is made, and before two are added."""

from __future__ import annotations

from typing import Any

import attrs

from lifecycle.errors import CurrencyMismatch, InvalidArgument


def is_count(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no whole number from 0 on."""
    if type(value) is not int or value < 0:
        raise InvalidArgument(f"{type(instance).__name__}: {attribute.name}={value!r} is no whole number from 0 on")


def is_whole(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no whole number."""
    if type(value) is not int:
        raise InvalidArgument(f"{type(instance).__name__}: {attribute.name}={value!r} is no whole number")


def must_agree(one: Any, other: Any) -> None:
    """Refuse two of different currencies, or in different parts of one."""
    if one.currency != other.currency:
        raise CurrencyMismatch(
            f"{one.currency or 'no money'} and {other.currency or 'no money'} in one sum; convert one, or sum each"
        )
    if (one.per, getattr(one, "bottom_per", 1)) != (other.per, getattr(other, "bottom_per", 1)):
        raise InvalidArgument(f"parts of {one.per} and of {other.per} in one sum; give both in the same parts")
