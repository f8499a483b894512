"""Time to first value: how long customers took to reach the milestone that a blueprint calls the first value."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record, Table

from ._moment import BlockMoment, block_moments
from ._program import Journey, SignProgram
from ._tables import reached_at, started

IntArray = npt.NDArray[Any]


def first_value_table(signs: SignProgram, record: Record, at_us: int) -> Table:
    """Days from the start of a blueprint to its first value, by blueprint and customer.

    Returns:
        `customer`, `blueprint`, `start`, `days` (calendar days; so far, for who is not there yet) and `is_reached`.
        Only blueprints that name a first value, and customers who have started them.
    """
    rows: dict[str, list[IntArray]] = {name: [] for name in ("customer", "blueprint", "start", "days", "is_reached")}
    for block in block_moments(signs, record, at_us):
        for number, journey in enumerate(signs.journeys):
            if journey.blueprint.first_value is not None:
                for name, values in _first_value(block, number, journey).items():
                    rows[name].append(values)
    kinds: dict[str, Any] = {"start": np.int64, "days": np.int64, "is_reached": bool}
    columns = {name: np.concatenate([np.zeros(0, kinds.get(name, object)), *parts]) for name, parts in rows.items()}
    columns["start"] = columns["start"].astype("M8[D]")
    return Table(columns, title="time to first value")


def _first_value(block: BlockMoment, number: int, journey: Journey) -> dict[str, IntArray]:
    blueprint = journey.blueprint
    place = [milestone.name for milestone in blueprint.milestones].index(str(blueprint.first_value))
    start, who = started(block, number)
    _, day = reached_at(block, journey.places[place])
    is_reached = block.is_up(journey.places[place])[who]
    last = np.where(is_reached, day[who], block.points.day[who])
    return {
        "customer": block.past.record.log.ids(block.points.customer[who] + block.past.low),
        "blueprint": np.full(len(who), blueprint.name, object),
        "start": start[who],
        "days": (last - start[who]).astype(np.int64),
        "is_reached": is_reached,
    }
