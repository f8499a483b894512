"""What every report begins with: the lifecycle and the log, as values and as lines."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from lifecycle.engine import RESERVED_KINDS, Record, Table
from lifecycle.log import TouchpointLog

from ._reading import Read
from ._text import plain

_SHOWN: Final = 5
_DECIMALS: Final = 3


def heading(asked: Read) -> dict[str, Any]:
    """Definition, log and end as JSON values."""
    definition = asked.definition
    return {
        "definition": {
            "name": definition.name,
            "version": definition.version,
            "digest": definition.digest,
            "zone": definition.zone,
            "currency": definition.currency,
        },
        "log": _of_log(asked),
        "until": asked.story.until.isoformat(),
    }


def head_lines(found: dict[str, Any]) -> list[str]:
    """The first lines of a report."""
    log, definition = found["log"], found["definition"]
    span = f", {log['first'][:10]} to {log['last'][:10]}" if log["first"] else ""
    name = f"{definition['name']} {definition['version']} ({definition['digest'][:12]})"
    size = f"{log['replayed']:,} touchpoints of {log['customers']:,} customers"
    unanswered = f"met by no transition {log['unanswered']:,} (kept: facts read them)"
    lines = [f"{name}: {size}{span}, until {found['until'][:10]}", *aside_lines(log, unanswered)]
    if log["unread_kinds"]:
        kinds = ", ".join(plain(repr(kind)) for kind in log["unread_kinds"][:10])
        lines.append(f"kinds that this lifecycle does not know: {kinds}")
    return lines


def aside_lines(log: dict[str, Any], *more: str) -> list[str]:
    """How many rows were set aside, and the first of them with their reasons."""
    lines = [", ".join((f"quarantined {log['quarantined']:,}, duplicates {log['duplicates']:,}", *more))]
    lines += [f"  row {one['row']}: {plain(one['reason'])}" for one in log["quarantine"]]
    if log["quarantined"] > len(log["quarantine"]):
        lines.append(f"  … and {log['quarantined'] - len(log['quarantine']):,} more")
    return lines


def rows_of(table: Table) -> list[dict[str, Any]]:
    """A table row by row in JSON values; what is missing is None."""
    return [{name: value_of(value) for name, value in row.items()} for row in table.rows()]


def value_of(value: Any) -> Any:
    """A value of a table in JSON values."""
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, _DECIMALS)
    return value.isoformat() if isinstance(value, date) else value


def _of_log(asked: Read) -> dict[str, Any]:
    story = asked.story
    return {
        **of_log(asked.log),
        "replayed": len(story.log),
        "customers": story.n_customers,
        "first": _instant(story.log.first_us),
        "last": _instant(story.log.last_us),
        "unanswered": int(story.unanswered()["unanswered"].sum()),
        "unread_kinds": list(_unread_kinds(story.record)),
    }


def of_log(log: TouchpointLog) -> dict[str, Any]:
    """A log and what was set aside of it, as JSON values."""
    aside = log.quarantine
    reasons = zip(aside.rows[:_SHOWN], aside.reasons, strict=False)
    return {
        "touchpoints": len(log),
        "customers": log.n_customers,
        "first": _instant(log.first_us),
        "last": _instant(log.last_us),
        "quarantined": len(aside),
        "quarantine": [{"row": row, "reason": reason} for row, reason in reasons],
        "duplicates": log.duplicates,
    }


def _instant(us: int | None) -> str | None:
    if us is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).isoformat()


def _unread_kinds(record: Record) -> tuple[str, ...]:
    """The kinds of the log that no stage and no fact of the lifecycle knows, as the log names them."""
    program, log = record.program, record.log
    known = set(program.chart.events) | RESERVED_KINDS
    known |= {kind for fact in program.facts.folded.values() for kind in fact.kinds or ()}
    known |= program.passive
    return tuple(kind for kind in log.kinds if program.context.key(kind) not in known)
