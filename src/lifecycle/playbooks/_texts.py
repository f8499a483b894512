"""Checks that the declared playbooks share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from lifecycle.errors import DefinitionError
from lifecycle.signs import called, name_like

is_name = name_like("say_hello")
"""Refuses a name that is no identifier."""


def wrong(where: str, value: object, wanted: str) -> DefinitionError:
    """The error for a value that is not what was wanted."""
    return DefinitionError(f"{where}: {value!r} is not {wanted}")


def names_of(names: Iterable[object], where: str) -> tuple[str, ...]:
    """Some names as a tuple.

    Raises:
        DefinitionError: there is none, or one is no text.
    """
    found = tuple(names)
    if not found or not all(type(name) is str and name for name in found):
        raise wrong(where, found, "one or several names")
    return tuple(map(str, found))


def as_texts(value: object) -> tuple[str, ...]:
    """One text, several or none, as a tuple.

    Raises:
        DefinitionError: one is no text.
    """
    found = () if value is None else (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]
    if not all(type(one) is str and one for one in found):
        raise wrong("names", value, "a text or several")
    return found


def between(low: float, high: float, *, whole: bool = True) -> Any:
    """A validator: a number from low to high, whole unless said.

    Raises:
        DefinitionError: it is none.
    """
    kinds = (int,) if whole else (int, float)

    def check(instance: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if type(value) not in kinds or not low <= value <= high:
            sort = "a whole number" if whole else "a number"
            raise wrong(f"{called(instance)}: {field.name}", value, f"{sort} from {low:,} to {high:,}")

    return check


def one_of(*allowed: str) -> Any:
    """A validator: one of some texts.

    Raises:
        DefinitionError: it is none.
    """

    def check(instance: Any, field: attrs.Attribute[str], value: str) -> None:
        if value not in allowed:
            raise wrong(f"{called(instance)}: {field.name}", value, f"one of {', '.join(allowed)}")

    return check
