"""The signs of a whole base, as values that JSON and a terminal can both show."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from lifecycle.definition import Definition, Story
from lifecycle.engine import Table
from lifecycle.signs import LOYALTIES, Language, spoken

from ._heading import heading, rows_of, value_of
from ._person import Person
from ._ranking import NEAR, Places, Ranked, overdue, ranked
from ._reading import Read

DAYS: Final = 28
"""How far back raised and cleared signals are counted."""


def signs(asked: Read, customer: str | None, top: int, language: Language) -> dict[str, Any]:
    """The whole content of `signs`: who is at risk, who could grow, what is overdue, counts, one story.

    Args:
        asked: the lifecycle, the log and its story.
        customer: whose signs are told from the beginning; None is nobody's.
        top: how many of each list are told.
        language: of the texts.

    Raises:
        UnknownCustomer: the log has no such customer.
    """
    definition, story = asked.definition, asked.story
    found = ranked(definition, story)
    declared = {signal.name: signal for signal in definition.signals}
    return {
        **heading(asked),
        "language": language,
        "days": DAYS,
        "at_risk": _shown(asked, found, found.at_risk, (top, language)),
        "growing": _shown(asked, found, found.growing, (top, language)),
        "overdue": _overdue(definition, overdue(definition, story), top, language),
        "signals": [
            {**row, "text": spoken(declared[row["signal"]], language)}
            for row in rows_of(story.signal_counts(days=DAYS))
        ],
        "health": _bands(definition, found.everybody),
        "loyalty": _loyalty(definition, story),
        "segments": [
            {
                "segment": segment.name,
                "text": spoken(segment, language),
                "customers": int(found.everybody[segment.name].sum()),
                "is_near": segment.name in NEAR,
            }
            for segment in definition.segments
        ],
        "story": None if customer is None else Person(asked, customer, language).story(),
    }  # fmt: skip


def _shown(asked: Read, found: Ranked, places: Places, how: tuple[int, Language]) -> dict[str, Any]:
    """How many customers a list has, and the first of them."""
    top, language = how
    shown = []
    for place in places[:top]:
        id = str(found.everybody["customer"][place])
        shown.append({**Person(asked, id, language).summary(), "is_at_risk": bool(found.is_serious[place])})
    return {"customers": len(places), "shown": shown}


def _overdue(definition: Definition, rows: Table, top: int, language: Language) -> dict[str, Any]:
    """How many milestones are overdue, and those that are the latest."""
    declared = {
        (blueprint.name, milestone.name): milestone
        for blueprint in definition.blueprints
        for milestone in blueprint.milestones
    }
    first = [{name: values[place] for name, values in rows.columns.items()} for place in range(min(top, len(rows)))]
    # What is due first is overdue too, so that each of these customers has its next best step among the rows.
    named = {row["customer"] for row in first}
    theirs = [place for place in np.flatnonzero(rows["next_best"]) if rows["customer"][place] in named]
    following = {rows["customer"][place]: (rows["blueprint"][place], rows["milestone"][place]) for place in theirs}
    return {
        "milestones": len(rows),
        "customers": int(rows["next_best"].sum()),
        "shown": [
            {
                "customer": row["customer"],
                "stage": row["stage"],
                "blueprint": row["blueprint"],
                "milestone": row["milestone"],
                "text": spoken(declared[row["blueprint"], row["milestone"]], language),
                "due": value_of(row["due"].item()),
                "days_late": int(row["days_late"]),
                "role": declared[row["blueprint"], row["milestone"]].role,
                "next_best": dict(zip(("blueprint", "milestone"), following[row["customer"]], strict=True)),
            }
            for row in first
        ],
    }


def _bands(definition: Definition, everybody: Table) -> dict[str, Any] | None:
    """How many customers are in each band of health, and how many have no score."""
    if definition.health is None:
        return None
    band = everybody["band"]
    bands = {name: int((band == name).sum()) for name in definition.health.bands}
    scores = everybody["health"][~np.isnan(everybody["health"])]
    return {
        "bands": bands,
        "without": len(band) - sum(bands.values()),
        "median": value_of(float(np.median(scores))) if len(scores) else None,
        "trend_days": definition.health.trend_days,
    }


def _loyalty(definition: Definition, story: Story) -> list[dict[str, Any]]:
    """Why the retained stay."""
    if definition.loyalty is None:
        return []
    found = story.loyalty()["loyalty"]
    counts = {name: int((found == name).sum()) for name in LOYALTIES}
    return [
        {"loyalty": name, "customers": count, "share": value_of(count / len(found)) if len(found) else None}
        for name, count in counts.items()
    ]
