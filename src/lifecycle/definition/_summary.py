"""How many customers, moves and episodes differ between two versions."""

from __future__ import annotations

import numpy as np

from lifecycle.engine import NAT, Table
from lifecycle.rules import BoolArray

from ._affected import Affected
from ._review_customer import declared
from ._review_moves import move_pairs, standing
from ._review_segments import memberships
from ._review_signals import pairs_of
from ._sides import TURNS, IntArray, Version

_COLUMNS = ("before", "after", *TURNS)


def summary_table(before: Version, after: Version, affected: Affected, at_us: int) -> Table:
    """`Review.summary`."""
    rows: list[tuple[str, str, dict[str, int]]] = []
    if affected.has_stages:
        rows += [(f"stage {name}", "customers", counts) for name, counts in _stages(before, after, at_us).items()]
        pairs = move_pairs(before, after)
        rows.append(("moves", "moves", _counts(pairs.places[0] >= 0, pairs.places[1] >= 0, pairs.turn)))
    for name in declared((before, after), "segments", affected.segments):
        members = memberships(before, after, (name, name), at_us)
        first, second = (members[f"since_{which}"] != NAT for which in ("before", "after"))
        rows.append((f"segment {name}", "customers", _counts(first, second, members["turn"])))
    for name in declared((before, after), "signals", affected.signals):
        episodes = pairs_of(before, after, (name, name))
        first, second = (place >= 0 for place in episodes.places)
        rows.append((f"signal {name}", "episodes", _counts(first, second, episodes.turn)))
    table = {"what": [row[0] for row in rows], "counted": [row[1] for row in rows]}
    counts = {name: np.array([row[2][name] for row in rows], np.int64) for name in _COLUMNS}
    at = str(np.datetime64(at_us, "us"))[:16].replace("T", " ")
    names = {name: np.array(values, object) for name, values in table.items()}
    return Table(names | counts, title=f"what differs, at {at} UTC")


def _counts(first: BoolArray, second: BoolArray, turn: IntArray) -> dict[str, int]:
    found = {"before": int(first.sum()), "after": int(second.sum())}
    return found | {name: int((turn == place).sum()) for place, name in enumerate(TURNS)}


def _stages(before: Version, after: Version, at_us: int) -> dict[str, dict[str, int]]:
    (old, old_since), (new, new_since) = (standing(version, at_us) for version in (before, after))
    ids = [[stage.id for stage in version.definition.stages] for version in (before, after)]
    found = {}
    for name in dict.fromkeys((*ids[1], *ids[0])):
        first, second = (
            stages == (known.index(name) if name in known else -2)
            for stages, known in zip((old, new), ids, strict=True)
        )
        turn = np.full(len(first), -1)
        for place, mask in enumerate((second & ~first, first & ~second, first & second & (old_since != new_since))):
            turn[mask] = place
        found[name] = _counts(first, second, turn)
    return found
