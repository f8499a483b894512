"""What a replay found, as values that JSON and a terminal can both show."""

from __future__ import annotations

from typing import Any

import numpy as np

from lifecycle.engine import CustomerStory, Story

from ._heading import heading, rows_of
from ._reading import Read


def outcome(asked: Read, customer: str | None) -> dict[str, Any]:
    """The whole content of `replay`: definition, log, census by month, flow, time in stage, one story.

    Args:
        asked: the lifecycle, the log and its story.
        customer: whose story is told; None is who moved most often.

    Raises:
        UnknownCustomer: the log has no such customer.
    """
    story = asked.story
    told = customer if customer is not None else telling_customer(story)
    return {
        **heading(asked),
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
