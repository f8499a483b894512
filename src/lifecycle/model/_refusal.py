"""How the checks of this room say no, and how they show a value that may be hostile."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

_SHOWN_CHARACTERS = 40
# `type(value).__name__` could run code of a hostile metaclass; the slot of `type` itself cannot.
_name_of = type.__dict__["__name__"].__get__
_module_of = type.__dict__["__module__"].__get__


class Refusal(Exception):
    """A check failed; the public callers turn this into an error of `lifecycle.errors`.

    Args:
        code: a short stable reason, such as `naive_datetime`.
        field: the field that was checked.
        message: what was wrong, the value, what to do.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


def shown(value: object) -> str:
    """A short, printable picture of a value; runs no code of the value's own class."""
    if type(value) is str:
        return repr(value[:_SHOWN_CHARACTERS]) + ("…" if len(value) > _SHOWN_CHARACTERS else "")
    if type(value) is int:
        # str() of a very long int raises ValueError, so its size is told instead.
        return str(value) if value.bit_length() <= 64 else f"an integer of {value.bit_length()} bits"
    if value is None or type(value) is bool or type(value) is float:
        return repr(value)
    if type(value) is datetime:
        return value.replace(tzinfo=None).isoformat(" ")
    if type(value) is date:
        return value.isoformat()
    if type(value) is Decimal:
        return str(value)[:_SHOWN_CHARACTERS]
    return f"of type {type_name(type(value))}"


def type_name(kind: type) -> str:
    """The printable name of a type, at most 40 characters."""
    return repr(str(_name_of(kind))[:_SHOWN_CHARACTERS])[1:-1]


def remedy(value: object) -> str:
    """What a caller may do about a value of a foreign type."""
    kind = type(value)
    module = _module_of(kind)
    if type(module) is str and module.split(".", 1)[0] in {"numpy", "pandas"}:
        if issubclass(kind, datetime):
            return "pass value.to_pydatetime()"
        return "pass value.item(), or None where it is missing"
    if issubclass(kind, Enum):
        return "pass value.value"
    if kind is UUID:
        return "pass str(value)"
    if kind is bytes or kind is bytearray:
        return "pass value.decode()"
    if kind is set or kind is frozenset:
        return "pass sorted(value)"
    for plain in (str, bool, int, float, Decimal, datetime, date, list, dict, tuple):
        if issubclass(kind, plain) and kind is not plain:
            return f"pass a plain {plain.__name__}, not a subclass"
    return "pass a plain Python value"


def wrong_type(value: object, field: str, wanted: str, place: str | None = None) -> Refusal:
    """The refusal of a value because of its type; its code is `wrong_type`."""
    where = place or f"'{field}'"
    kind = type_name(type(value))
    return Refusal("wrong_type", field, f"{where} must be {wanted}, not {kind} ({shown(value)}); {remedy(value)}")
