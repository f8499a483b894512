"""The plays of a day for a terminal."""

from __future__ import annotations

from typing import Any

from ._heading import head_lines
from ._text import plain, section, wrapped


def plan_report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    span = f"{found['from'][:10]} to {found['until'][:10]}"
    plays, held = found["plays"], found["held"]
    sections = [
        "\n".join(head_lines(found)),
        section(
            f"plays, {span}: {_of(plays)}, the most important first",
            [line for play in plays["shown"] for line in _play(play)] or _nothing(plays),
        ),
        section(
            f"held back and not done since: {_of(held)}",
            [line for play in held["shown"] for line in _held(play)] or _nothing(held),
        ),
        section("next: held plays that are tried again", _list(found["next"], "day")),
        section("how much, by playbook, by role and by channel", _amounts(found)),
    ]
    return "\n\n".join(sections) + "\n"


def _of(part: dict[str, Any]) -> str:
    shown, total = len(part["shown"]), part["plays"]
    number = f"{total:,} play{'' if total == 1 else 's'}"
    return f"{shown:,} of {number}" if shown < total else number


def _nothing(part: dict[str, Any]) -> list[str]:
    return ["(not shown)"] if part["plays"] else ["(nothing)"]


def _play(play: dict[str, Any]) -> list[str]:
    """A play in some lines: what to do for whom and why, then the words and what they need."""
    by = f" by {play['channel']}" if play["channel"] else ""
    who = f" ({', '.join(play['owners'])})" if play["owners"] else ""
    head = f"{play['at'][:10]} {play['at'][11:16]} {play['customer']}: {play['action']}{by}{who}"
    known = [f"{name} {value}" for name, value in play["params"].items() if value is not None]
    why = [f"{play['playbook']}: {play['why']}", *dict.fromkeys(play["figures"])]
    return [plain(head), *wrapped([play["text"], *known], "  "), *wrapped(why, "  ")]


def _held(play: dict[str, Any]) -> list[str]:
    then = f"tried again {play['next'][:16].replace('T', ' ')}" if play["next"] else "not tried again"
    return [*_play(play), plain(f"  held by {play['policy']}: {play['reason']}; {then}")]


def _list(rows: list[dict[str, Any]], name: str) -> list[str]:
    return wrapped([f"{row[name]} {row['plays']:,}" for row in rows], "", ", ") or ["(nothing)"]


def _amounts(found: dict[str, Any]) -> list[str]:
    parts = (found["by_playbook"], found["by_role"], found["by_channel"])
    return [line for part in parts if part for line in _list(part, "name")] or ["(nothing)"]
