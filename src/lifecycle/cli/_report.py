"""The outcome of a replay for a terminal."""

from __future__ import annotations

from typing import Any

from ._heading import head_lines
from ._text import plain, section, table


def report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    never = _never_entered(found["time_in_stage"])
    stays = [row for row in found["time_in_stage"] if row["stage"] not in never]
    census = [_by_month(row, never) for row in found["census"]]
    note = f"nobody was ever in: {', '.join(never)}" if never and census else ""
    sections = [
        "\n".join(head_lines(found)),
        section("customers by stage at the end of each month", [*table(census), *filter(None, [note])]),
        section("moves between stages", table(found["flow"])),
        section("time in stage, in days, of the stays that are over", table(stays)),
        section("one customer", _story(found["story"])),
    ]
    return "\n\n".join(sections) + "\n"


def _never_entered(stays: list[dict[str, Any]]) -> list[str]:
    return [row["stage"] for row in stays if not row["stays"]]


def _by_month(row: dict[str, Any], never: list[str]) -> dict[str, Any]:
    return {"month": row["period"][:7], **{name: row[name] for name in row if name not in ("period", *never)}}


def _story(told: dict[str, Any] | None) -> list[str]:
    if told is None:
        return ["(nobody)"]
    due = f"; time looks again on {told['next_due'][:10]}" if told["next_due"] else ""
    head = (
        f"{told['customer']}: {told['touchpoints']:,} touchpoints since {told['started']}, now in {told['stage']}{due}"
    )
    return [plain(head), *(f"  {plain(move['text'])}" for move in told["moves"])]
