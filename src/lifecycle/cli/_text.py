"""Plain text for terminals: nothing from the data may steer them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any


def plain(text: str) -> str:
    """The text with every sign that does not print (control, direction, surrogate) written as its escape."""
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode("ascii")


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
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    return [_line(line, widths, is_number) for line in lines]


def _line(cells: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> str:
    padded = (
        text.rjust(width) if number else text.ljust(width)
        for text, width, number in zip(cells, widths, is_number, strict=True)
    )
    return "  ".join(padded).rstrip()
