"""The KPIs of a period for a terminal."""

from __future__ import annotations

from typing import Any, Final

from lifecycle.tally import figure

from ._heading import head_lines
from ._text import plain, section, table, wrapped

_COLUMNS: Final = ("kpi", "group", "value", "interval", "of", "target", "gap", "before", "change")


def kpis_report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    grouped = f" by {plain(found['by'])}" if found["by"] else ""
    sections = [
        "\n".join(head_lines(found)),
        section(f"KPIs of {plain(found['period'])}{grouped}", _lines(found["lines"])),
    ]
    notes = [f"{_name(line)}: {note}" for line in found["lines"] for note in line["notes"]]
    if notes:
        sections.append(section("read with care", wrapped(notes, "")))
    if found["undefined"]:
        told = [f"{one['kpi']} ({one['reason'].removeprefix('undefined because ')})" for one in found["undefined"]]
        sections.append(section("undefined here", wrapped(told, "")))
    return "\n\n".join(sections) + "\n"


def _lines(lines: list[dict[str, Any]]) -> list[str]:
    rows = [_row(line) for line in lines]
    used = [name for name in _COLUMNS if name in {"kpi", "value"} or any(row[name] for row in rows)]
    return table({name: row[name] for name in used} for row in rows)


def _row(line: dict[str, Any]) -> dict[str, str]:
    def shown(value: float | None, *, is_change: bool = False) -> str:
        return "" if value is None else figure(value, line["unit"], line["currency"], is_change=is_change)

    mark = {True: " met", False: " missed", None: ""}[line["is_met"]]
    interval = "" if line["low"] is None else f"{shown(line['low'])} … {shown(line['high'])}"
    of = "" if line["denominator"] is None else f"{line['denominator']:,.0f}"
    return {
        "kpi": line["kpi"],
        "group": line["group"],
        "value": shown(line["value"]) or "undefined",
        "interval": interval,
        "of": of,
        "target": shown(line["target"]),
        "gap": shown(line["gap"], is_change=True) + mark,
        "before": shown(line["before"][0]) if line["before"] else "",
        "change": shown(line["change"], is_change=True),
    }


def _name(line: dict[str, Any]) -> str:
    return f"{line['kpi']} of {line['group']}" if line["group"] else line["kpi"]
