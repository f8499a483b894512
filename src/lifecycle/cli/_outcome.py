"""What a replay found, as values that JSON and a terminal can both show."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from lifecycle.definition import Definition
from lifecycle.engine import RESERVED_KINDS, CustomerStory, Record, Story, Table
from lifecycle.log import TouchpointLog

_SHOWN = 5
_DECIMALS = 3


def outcome(definition: Definition, log: TouchpointLog, story: Story, customer: str | None) -> dict[str, Any]:
    """The whole content of `replay`: definition, log, census by month, flow, time in stage, one story.

    Args:
        definition: the lifecycle.
        log: the log as it was read.
        story: what the lifecycle made of it.
        customer: whose story is told; None is who moved most often.

    Raises:
        UnknownCustomer: the log has no such customer.
    """
    told = customer if customer is not None else telling_customer(story)
    return {
        "definition": {
            "name": definition.name,
            "version": definition.version,
            "digest": definition.digest,
            "zone": definition.zone,
            "currency": definition.currency,
        },
        "log": _of_log(log, story),
        "until": story.until.isoformat(),
        "census": rows_of(story.census("month")) if story.n_customers else [],
        "flow": rows_of(story.flow()) if story.n_customers else [],
        "time_in_stage": rows_of(story.time_in_stage()),
        "story": None if told is None else _of_customer(story, story.customer(told)),
    }


def telling_customer(story: Story) -> str | None:
    """Who moved most often, the first by code among equals; None without customers."""
    if not story.n_customers:
        return None
    counts = np.bincount(story.record.moved.customer, minlength=story.n_customers)
    return str(story.log.ids(np.array([int(counts.argmax())]))[0])


def _of_log(log: TouchpointLog, story: Story) -> dict[str, Any]:
    aside = log.quarantine
    reasons = zip(aside.rows[:_SHOWN], aside.reasons, strict=False)
    return {
        "touchpoints": len(log),
        "replayed": len(story.log),
        "customers": story.n_customers,
        "first": _instant(story.log.first_us),
        "last": _instant(story.log.last_us),
        "quarantined": len(aside),
        "quarantine": [{"row": row, "reason": reason} for row, reason in reasons],
        "duplicates": log.duplicates,
        "unanswered": int(story.unanswered()["unanswered"].sum()),
        "unread_kinds": list(_unread_kinds(story.record)),
    }


def _instant(us: int | None) -> str | None:
    if us is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).isoformat()


def _of_customer(story: Story, told: CustomerStory) -> dict[str, Any]:
    due = story.live(told.id).next_due
    return {
        "customer": told.id,
        "stage": told.stage.id,
        "started": told.started.date().isoformat(),
        "touchpoints": told.n_touchpoints,
        "next_due": None if due is None else due.isoformat(),
        "moves": [
            {
                "at": move.at.isoformat(),
                "source": move.source.id,
                "target": move.target.id,
                "event": move.event,
                "cause": move.cause,
                "figures": [str(figure) for figure in move.figures],
                "note": move.note,
                "text": str(move),
            }
            for move in told.moves
        ],
    }


def rows_of(table: Table) -> list[dict[str, Any]]:
    """A table row by row in JSON values; what is missing is None."""
    return [{name: _value(value) for name, value in row.items()} for row in table.rows()]


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, _DECIMALS)
    return value.isoformat() if isinstance(value, date) else value


def _unread_kinds(record: Record) -> tuple[str, ...]:
    """The kinds of the log that no stage and no fact of the lifecycle knows, as the log names them."""
    program, log = record.program, record.log
    known = set(program.chart.events) | RESERVED_KINDS
    known |= {kind for fact in program.facts.folded.values() for kind in fact.kinds or ()}
    known |= program.passive
    return tuple(kind for kind in log.kinds if program.context.key(kind) not in known)
