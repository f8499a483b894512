"""Whom a report shows first: who is at risk, who could grow, what is overdue."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.definition import Definition, Story
from lifecycle.engine import Table
from lifecycle.signs import SEVERITIES

RISK: Final = "churn"
"""The topic of who is at risk."""
GROWTH: Final = ("loyalty", "expansion")
"""The topics of who is near advocacy or expansion."""
NEAR: Final = ("champions", "expansion", "to_nurture")
"""The segments of who is near advocacy or expansion, where a definition has them."""
_SERIOUS: Final = SEVERITIES.index("warning")
_LATE: Final = np.iinfo(np.int64).max

Places: TypeAlias = npt.NDArray[np.int64]
"""Rows of the table of everybody, best first."""


@attrs.frozen(eq=False)
class Ranked:
    """Everybody at the end of a story, and who comes first."""

    everybody: Table
    """Stage, flags and health of each customer."""
    at_risk: Places
    """Who has a raised signal of churn: the heaviest first, then the most signals, then the longest."""
    growing: Places
    """Who is near advocacy or expansion: no warning of churn first, then by segments, signals and health."""
    is_serious: npt.NDArray[np.bool_]
    """Whether a warning or worse of churn is up; shape (n_customers,)."""


def ranked(definition: Definition, story: Story) -> Ranked:
    """Who comes first, from the columns."""
    everybody, raised = story.signs_at(), story.signals()
    place = {id: row for row, id in enumerate(everybody["customer"])}
    who = np.fromiter((place[id] for id in raised["customer"]), np.int64, len(raised))
    worst, count, since = _risk(definition, raised, who, len(everybody))
    risky = np.flatnonzero(count)
    at_risk = risky[np.lexsort((since[risky], -count[risky], -worst[risky]))]
    segments = _members(definition, everybody)
    signals = np.zeros(len(everybody), np.int64)
    for signal in definition.signals:
        if signal.topic in GROWTH:
            signals += everybody[f"signal_{signal.name}"]
    is_serious = worst >= _SERIOUS
    near = np.flatnonzero(segments + signals)
    health = everybody.columns.get("health", np.full(len(everybody), np.nan))
    growing = near[np.lexsort((-np.nan_to_num(health[near]), -signals[near], -segments[near], is_serious[near]))]
    return Ranked(everybody, at_risk, growing, is_serious)


def _risk(definition: Definition, raised: Table, who: Places, n: int) -> tuple[Any, Any, Any]:
    """The heaviest signal of churn (-1: none), how many are up, and since when the first; shape (n,) each."""
    worst, count, since = np.full(n, -1), np.zeros(n, np.int64), np.full(n, _LATE)
    start = raised["since"].view(np.int64)
    for signal in definition.signals:
        if signal.topic == RISK:
            rows = np.flatnonzero(raised["signal"] == signal.name)
            here = who[rows]
            worst[here] = np.maximum(worst[here], SEVERITIES.index(signal.severity))
            count[here] += 1
            since[here] = np.minimum(since[here], start[rows])
    return worst, count, since


def _members(definition: Definition, everybody: Table) -> npt.NDArray[np.int64]:
    """In how many of the segments near advocacy or expansion each is who is not lost; shape (n_customers,)."""
    found = np.zeros(len(everybody), np.int64)
    for segment in definition.segments:
        if segment.name in NEAR:
            found += everybody[segment.name]
    found[is_lost(definition, everybody)] = 0
    return found


def is_lost(definition: Definition, rows: Table) -> npt.NDArray[np.bool_]:
    """Whether the stage of each row is one of the lost; shape (n_rows,)."""
    lost = [stage.id for stage in definition.stages if stage.role == "lost"]
    return np.isin(rows["stage"].astype(str), lost)


def overdue(definition: Definition, story: Story) -> Table:
    """The overdue milestones of who is not lost, most days late first."""
    rows = story.milestones(status="overdue")
    here = np.flatnonzero(~is_lost(definition, rows))
    order = here[np.argsort(-rows["days_late"][here], kind="stable")]
    return Table({name: values[order] for name, values in rows.columns.items()}, title=rows.title)
