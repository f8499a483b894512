"""Checks that the declared signs share."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import attrs

from lifecycle.errors import DefinitionError

Language: TypeAlias = Literal["en", "ja"]
"""In which language signs speak to people: English or Japanese."""


def spoken(declared: Any, language: Language) -> str:
    """What was declared (a signal, segment, milestone or blueprint) for people; its name where it has no text."""
    text: str = declared.text_ja if language == "ja" else declared.text
    return text or str(declared.name)


def called(instance: Any) -> str:
    """How messages call a declared object."""
    return f"{type(instance).__name__} {getattr(instance, 'name', '')!r}"


def name_like(example: str) -> Any:
    """A validator: a name that conditions can read.

    Args:
        example: a good one, for the message.

    Raises:
        DefinitionError: it is no identifier.
    """

    def check(instance: Any, field: attrs.Attribute[str], value: str) -> None:
        if type(value) is not str or not value.isidentifier() or keyword.iskeyword(value):
            raise DefinitionError(
                f"{type(instance).__name__} {value!r}: a {field.name} is letters, digits and underscores, "
                f"such as {example!r}"
            )

    return check


is_name = name_like("login_stopped")
"""Refuses a name that conditions could not read."""


def is_text(instance: Any, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what is no text.

    Raises:
        DefinitionError: it is none.
    """
    if type(value) is not str:
        raise DefinitionError(f"{called(instance)}: {field.name}={value!r} is no text")


def days_of(instance: Any, field: attrs.Attribute[int], value: int) -> None:
    """Refuse what is no number of days from 0 to 36,600.

    Raises:
        DefinitionError: it is none.
    """
    if type(value) is not int or not 0 <= value <= 36_600:
        raise DefinitionError(f"{called(instance)}: {field.name}={value!r} is not a whole number of days, 0 to 36,600")


def stages(names: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """One stage, several, or the default (None), as a tuple."""
    if names is None:
        return None
    found = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else (names,)
    if not all(isinstance(name, str) for name in found):
        raise DefinitionError(f"stages={names!r} are not the names of stages, compounds or roles")
    return found


def of_type(values: object, wanted: type, what: str) -> tuple[Any, ...]:
    """Several values of one class, as a tuple.

    Raises:
        DefinitionError: one of them is something else.
    """
    found = tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else (values,)
    for value in found:
        if not isinstance(value, wanted):
            raise DefinitionError(f"{what}: {value!r} is no {wanted.__name__}; pass {wanted.__name__}(…)")
    return found


def is_number(value: object, low: float, high: float) -> bool:
    """Whether a value is a number from one bound to another."""
    return type(value) in (int, float) and low <= value <= high  # type: ignore[operator]
