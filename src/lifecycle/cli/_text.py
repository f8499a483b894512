"""Plain text for terminals: nothing from the data may steer them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

WIDTH: Final = 100
"""How many columns running text may take."""


def plain(text: str) -> str:
    """The text with every sign that does not print (control, direction, surrogate) written as its escape."""
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode("ascii")


def columns_of(text: str) -> int:
    """How many columns a text takes: two for each wide sign, such as a Japanese one, none for a mark above another."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else not unicodedata.combining(sign) for sign in text)


def cut(text: str, columns: int) -> str:
    """As much of the text as fits, with an ellipsis where something is left out."""
    if columns_of(text) <= columns:
        return text
    while text and columns_of(text) >= columns:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(parts: Sequence[str], indent: str, separator: str = "; ") -> list[str]:
    """Parts of a sentence on lines of at most `WIDTH` columns, broken between parts only."""
    lines: list[str] = []
    for part in map(plain, parts):
        if lines and columns_of(indent + lines[-1] + separator + part) <= WIDTH:
            lines[-1] += separator + part
        else:
            lines = [*lines[:-1], *(line + separator.rstrip() for line in lines[-1:]), part]
    return [f"{indent}{line}" for line in lines]


def cell(value: Any) -> str:
    """One value of a table."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The lines of a table with a head; numbers to the right, all else to the left."""
    found = list(rows)
    if not found:
        return ["(nothing)"]
    names = list(found[0])
    is_number = [all(isinstance(row[name], (int, float, type(None))) for row in found) for name in names]
    lines = [names, *([cell(row[name]) for name in names] for row in found)]
    widths = [max(columns_of(line[place]) for line in lines) for place in range(len(names))]
    return [_line(line, widths, is_number) for line in lines]


def section(title: str, lines: Iterable[str]) -> str:
    """A title with its lines below it, indented."""
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _line(cells: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> str:
    padded = []
    for text, width, number in zip(cells, widths, is_number, strict=True):
        space = " " * (width - columns_of(text))
        padded.append(space + text if number else text + space)
    return "  ".join(padded).rstrip()
