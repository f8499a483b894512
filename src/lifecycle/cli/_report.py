"""The outcome of a replay for a terminal."""

from __future__ import annotations

from typing import Any

from ._text import plain, table


def report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    never = _never_entered(found["time_in_stage"])
    stays = [row for row in found["time_in_stage"] if row["stage"] not in never]
    census = [_by_month(row, never) for row in found["census"]]
    note = f"nobody was ever in: {', '.join(never)}" if never and census else ""
    sections = [
        _head(found),
        _section("customers by stage at the end of each month", [*table(census), *filter(None, [note])]),
        _section("moves between stages", table(found["flow"])),
        _section("time in stage, in days, of the stays that are over", table(stays)),
        _section("one customer", _story(found["story"])),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _head(found: dict[str, Any]) -> list[str]:
    log, definition = found["log"], found["definition"]
    span = f", {log['first'][:10]} to {log['last'][:10]}" if log["first"] else ""
    name = f"{definition['name']} {definition['version']} ({definition['digest'][:12]})"
    size = f"{log['replayed']:,} touchpoints of {log['customers']:,} customers"
    aside = f"quarantined {log['quarantined']:,}, duplicates {log['duplicates']:,}"
    unanswered = f"met by no transition {log['unanswered']:,} (kept: facts read them)"
    lines = [f"{name}: {size}{span}, until {found['until'][:10]}", f"{aside}, {unanswered}"]
    lines += [f"  row {one['row']}: {plain(one['reason'])}" for one in log["quarantine"]]
    if log["quarantined"] > len(log["quarantine"]):
        lines.append(f"  … and {log['quarantined'] - len(log['quarantine']):,} more")
    if log["unread_kinds"]:
        kinds = ", ".join(plain(repr(kind)) for kind in log["unread_kinds"][:10])
        lines.append(f"kinds that this lifecycle does not know: {kinds}")
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines)]


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
