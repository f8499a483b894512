"""Checks of names and ids: short, printable, and no stand-in for 'nobody'."""

from __future__ import annotations

import unicodedata
from typing import Final

from lifecycle.errors import InvalidTouchpoint

from ._refusal import Refusal, shown, wrong_type

MAX_NAME_BYTES: Final = 200
SENTINEL_IDS: Final = frozenset(
    [
        "anonymous", "guest", "unknown", "undefined", "not_authenticated", "[object object]", "true", "false",
        "null", "(null)", "none", "(none)", "nil", "nan", "nat", "<na>", "n/a", "#n/a",
    ]
)  # fmt: skip
"""Texts that hosts send, by mistake, for 'no customer'; compared without case."""
# Invisible although Unicode calls them letters or marks: a twin of another id that nobody could tell apart.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_CODE_BY_CATEGORY: Final = {
    "Cc": "control_char",
    "Zl": "control_char",
    "Zp": "control_char",
    "Cf": "format_char",
    "Cs": "surrogate",
}
_INT64: Final = 1 << 63


def checked_name(value: object, field: str, *, trimmed: bool = True) -> str:
    """The text itself, when it can serve as an id or a name.

    Args:
        value: what the caller gave.
        field: the field that it is for.
        trimmed: whether white space around it is refused.

    Raises:
        Refusal: `wrong_type`, `empty`, `id_too_long`, `surrounding_whitespace`, `control_char`,
            `format_char` or `surrogate`.
    """
    if type(value) is not str:
        raise wrong_type(value, field, "text")
    if not value or value.isspace():
        raise Refusal("empty", field, f"'{field}' is empty ({shown(value)}); give a text")
    # Characters first: a 10 MB text must not be encoded only to be measured.
    if len(value) > MAX_NAME_BYTES:
        raise _too_long(value, field)
    if not (value.isascii() and value.isprintable()):
        _check_characters(value, field)
        if len(value.encode()) > MAX_NAME_BYTES:
            raise _too_long(value, field)
    if trimmed and (value[0].isspace() or value[-1].isspace()):
        raise Refusal(
            "surrounding_whitespace", field, f"'{field}' has white space around it ({shown(value)}); strip it"
        )
    return value


def checked_customer(value: object) -> str:
    """The id of a customer as text; the integer 1 is "1".

    Raises:
        Refusal: as `checked_name`, and `int_range` or `sentinel_id`.
    """
    if type(value) is int:
        return str(checked_int(value, "customer"))
    text = checked_name(value, "customer")
    if text.lower() in SENTINEL_IDS:
        raise Refusal(
            "sentinel_id",
            "customer",
            f"'customer' is {shown(text)}, which stands for nobody: strangers would become one customer; "
            "leave the touchpoint out, or give the customer an id",
        )
    return text


def checked_int(value: object, field: str) -> int:
    """The integer itself, when it is a plain one of 64 bits.

    Raises:
        Refusal: `wrong_type` or `int_range`.
    """
    if type(value) is not int:
        raise wrong_type(value, field, "an integer")
    if not -_INT64 <= value < _INT64:
        raise Refusal("int_range", field, f"'{field}' does not fit 64 bits ({shown(value)}); give a smaller one")
    return value


def customer_id(value: str | int) -> str:
    """The id of a customer as the library keeps it: text, the integer 1 being "1".

    Args:
        value: text of 1 to 200 bytes in UTF-8 without control, zero-width or directional
            characters and white space around it; or an integer of 64 bits.

    Raises:
        InvalidTouchpoint: the value cannot be an id; `code` says why.
    """
    try:
        return checked_customer(value)
    except Refusal as refusal:
        raise InvalidTouchpoint(refusal.message, code=refusal.code, field=refusal.field) from None


def _check_characters(text: str, field: str) -> None:
    for character in text:
        code = _CODE_BY_CATEGORY.get(unicodedata.category(character))
        if code is None and character in _INVISIBLE:
            code = "format_char"
        if code is not None:
            raise Refusal(code, field, f"'{field}' has the character U+{ord(character):04X} ({shown(text)}); remove it")


def _too_long(text: str, field: str) -> Refusal:
    return Refusal(
        "id_too_long",
        field,
        f"'{field}' is longer than {MAX_NAME_BYTES} bytes in UTF-8 ({shown(text)}); give a shorter one",
    )
