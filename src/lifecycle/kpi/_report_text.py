"""A report as people read it: as text, and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lifecycle.tally import figure

from ._line import Line

_HEAD = ("KPI", "group", "value", "interval", "target", "gap", "before", "change", "notes")
_LEFT = {"KPI", "group", "notes"}


def report_text(title: str, lines: Sequence[Line]) -> str:
    """Columns of one width; those that are empty throughout are left out."""
    cells = [_cells(line) for line in lines]
    places = [place for place, name in enumerate(_HEAD) if name == "KPI" or any(line[place] for line in cells)]
    table = [[row[place] for place in places] for row in ([*_HEAD], *cells)]
    widths = [max(len(row[place]) for row in table) for place in range(len(places))]
    told = [title]
    for row in table:
        parts = zip(row, widths, places, strict=True)
        shown = [text.ljust(width) if _HEAD[place] in _LEFT else text.rjust(width) for text, width, place in parts]
        told.append("  ".join(shown).rstrip())
    return "\n".join(told)


def report_html(title: str, lines: Sequence[Line]) -> str:
    """An HTML table; everything that comes from data is escaped."""
    cells = [_cells(line) for line in lines]
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in cells)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(line: Line) -> list[str]:
    one = line.measurement
    mark = {True: " ✓", False: " ✗", None: ""}

    def shown(value: float | None, *, is_change: bool = False) -> str:
        return "" if value is None else figure(value, one.unit, one.currency, is_change=is_change)

    before = line.before[0].value if line.before else None
    return [
        one.kpi,
        _plain(one.group),
        one.text,
        one.interval_text,
        shown(line.target),
        shown(line.gap, is_change=True) + mark[line.is_met],
        shown(before),
        shown(line.change, is_change=True),
        _plain("; ".join([*one.notes, *(f"{name} {count:g}" for name, count in one.parts.items())])),
    ]


def _plain(text: str) -> str:
    """Control and direction marks would let one cell rewrite the rest of the line."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
