"""What a host says about a touchpoint beside the named fields."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import attrs

from lifecycle.errors import InvalidTouchpoint

from ._refusal import Refusal, wrong_type
from ._walk import frozen_values

if TYPE_CHECKING:
    from decimal import Decimal

AttributeValue: TypeAlias = "bool | int | float | str | Decimal | tuple[AttributeValue, ...] | Attributes | None"
"""What an attribute is once it is kept: lists have become tuples, dicts `Attributes`, dates ISO text."""


@attrs.frozen(init=False, eq=False, repr=False)
class Attributes(Mapping[str, AttributeValue]):
    """A frozen, checked mapping of attributes; equal to a dict of the same values, and picklable.

    Values are None, bool, int of 64 bits, finite float, Decimal, text, date, aware datetime, and
    lists (or tuples) and dicts of these, of the exact built-in types. At most 256 keys, 64 KiB of
    text, 16 levels and 2,000 values in all. Lists are kept as tuples, nested dicts as
    `Attributes`, dates and datetimes as ISO 8601 text with the offset they came with, -0.0 as 0.0.

    Args:
        values: a dict, or `Attributes`.

    Raises:
        InvalidTouchpoint: something in it is not of that kind; `code` says what.
    """

    _values: dict[str, AttributeValue]

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        try:
            checked = {} if values is None else checked_attributes(values)._values
        except Refusal as refusal:
            raise InvalidTouchpoint(refusal.message, code=refusal.code, field=refusal.field) from None
        object.__setattr__(self, "_values", checked)

    @classmethod
    def _sealed(cls, values: dict[str, Any]) -> Self:
        made = cls.__new__(cls)
        object.__setattr__(made, "_values", values)
        return made

    def __getitem__(self, name: str) -> AttributeValue:
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or the default."""
        return self._values.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    # The views of Mapping look every key up again; those of the dict do not.
    def keys(self) -> KeysView[str]:
        """The names."""
        return self._values.keys()

    def values(self) -> ValuesView[AttributeValue]:
        """The values."""
        return self._values.values()

    def items(self) -> ItemsView[str, AttributeValue]:
        """The pairs of name and value."""
        return self._values.items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Attributes):
            return self._values == other._values
        return self._values == other if isinstance(other, dict) else NotImplemented

    def __repr__(self) -> str:
        return f"Attributes({self._values!r})"


NO_ATTRIBUTES = Attributes()


def checked_attributes(values: object) -> Attributes:
    """Attributes from a dict that nobody has checked yet.

    Raises:
        Refusal: as `frozen_values`, or `wrong_type` when it is no dict.
    """
    if type(values) is Attributes:
        return values
    if type(values) is not dict:
        raise wrong_type(values, "attributes", "a dict")
    return Attributes._sealed(frozen_values(values, Attributes, Attributes._sealed))
