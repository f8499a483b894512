"""Two versions of a lifecycle: who stands in another stage, and moves that are new, gone, or at another time."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from lifecycle.engine import NAT, Table

from ._pairing import match
from ._sides import TURNS, IntArray, Version, instants
from ._why_moves import why_moves


@attrs.frozen(eq=False)
class MovePairs:
    """Moves of two versions side by side, in order of customer and time; shape (n,) each."""

    places: tuple[IntArray, IntArray]
    """In each version the place of the move, -1: it has none."""
    turn: IntArray
    """A place in `TURNS`, -1 where nothing changed."""
    customer: IntArray
    """Who moved; a position in the log."""
    at: tuple[IntArray, IntArray]
    """When, `NAT` where not."""

    def take(self, index: IntArray) -> MovePairs:
        """Some of the pairs."""
        (first, second), (at, then) = self.places, self.at
        return MovePairs(
            (first[index], second[index]), self.turn[index], self.customer[index], (at[index], then[index])
        )

    @property
    def first_at(self) -> IntArray:
        """When the earlier of the two was; shape (n,)."""
        first, second = (np.where(at == NAT, np.iinfo(np.int64).max, at) for at in self.at)
        found: IntArray = np.minimum(first, second)
        return found

    @property
    def is_after(self) -> IntArray:
        """Whether the later version moved first, or alone; shape (n,)."""
        found: IntArray = (self.at[1] == self.first_at) & (self.at[0] != self.at[1])
        return found


def move_pairs(before: Version, after: Version) -> MovePairs:
    """The moves of two versions: of one customer from one stage to another, first those of one time, then in order."""
    versions = (before, after)
    ids = {stage.id: number for number, stage in enumerate((*before.definition.stages, *after.definition.stages))}
    keys = [_keys(version, ids) for version in versions]
    partner = _partners(keys, [version.record.moved.at for version in versions])
    is_alone = np.ones(len(keys[1]), bool)
    is_alone[partner[partner >= 0]] = False
    new = np.flatnonzero(is_alone)
    places = np.append(np.arange(len(partner)), np.full(len(new), -1)), np.append(partner, new)
    at, customer = (
        [_column(version, place, name) for version, place in zip(versions, places, strict=True)]
        for name in ("at", "customer")
    )
    turn = np.where(at[0] != at[1], TURNS.index("moved"), -1)
    turn[places[0] < 0], turn[places[1] < 0] = TURNS.index("in"), TURNS.index("out")
    pairs = MovePairs(places, turn, np.maximum(*customer), (at[0], at[1]))
    return pairs.take(np.lexsort((pairs.first_at, pairs.customer)))


def _partners(keys: list[IntArray], at: list[IntArray]) -> IntArray:
    """For each earlier move the place of its partner, -1 for none; shape (n_before,)."""
    times, rank = np.unique(np.concatenate(at), return_inverse=True)
    first, second = np.split(rank.reshape(-1), [len(at[0])])
    width = len(times) + 1
    partner = match(keys[0] * width + first, keys[1] * width + second)
    alone = np.flatnonzero(partner < 0)
    free = np.ones(len(keys[1]), bool)
    free[partner[partner >= 0]] = False
    others = np.flatnonzero(free)
    found = match(keys[0][alone], keys[1][others])
    partner[alone] = np.append(others, -1)[found]
    return partner


def _keys(version: Version, ids: dict[str, int]) -> IntArray:
    """Customer, source and target as one number."""
    codes = np.array([ids[stage.id] for stage in version.definition.stages], np.int64)
    moved, n = version.record.moved, 2 * len(ids)
    key: IntArray = (moved.customer.astype(np.int64) * n + codes[moved.source]) * n + codes[moved.target]
    return key


def _column(version: Version, places: IntArray, name: str) -> IntArray:
    values: IntArray = np.append(getattr(version.record.moved, name).astype(np.int64), NAT)[places]
    return values


def move_table(before: Version, after: Version, changed: frozenset[str]) -> Table:
    """Moves of one version only, or at another time: customer, change, source, target, when in each, event, why."""
    pairs = move_pairs(before, after)
    pairs = pairs.take(np.flatnonzero(pairs.turn >= 0))
    is_after = pairs.is_after
    columns: dict[str, Any] = {name: np.full(len(is_after), None, object) for name in ("source", "target", "event")}
    for version, places, here in zip((before, after), pairs.places, (~is_after, is_after), strict=True):
        moves = version.story.moves
        for name, values in columns.items():
            values[here] = moves[name][places[here]]
    return Table(
        {
            "customer": after.record.log.ids(pairs.customer),
            "change": np.array(TURNS, object)[pairs.turn],
            "source": columns["source"],
            "target": columns["target"],
            "at_before": instants(pairs.at[0]),
            "at_after": instants(pairs.at[1]),
            "event": columns["event"],
            "why": why_moves((before, after), pairs.places, is_after, changed),
        },
        title=f"moves: {before} → {after}",
    )


def standing(version: Version, at_us: int) -> tuple[IntArray, IntArray]:
    """The stage of everybody just before an instant, as a number, -1 before they begin, and since when."""
    record = version.record
    moved = record.moved
    seen = np.flatnonzero(moved.at < at_us)
    last = np.full(record.n_customers, -1, np.int64)
    last[moved.customer[seen]] = seen  # moves are in order, so the last one stays
    leaf = np.append(moved.target, record.program.chart.initial).astype(np.int64)[last]
    since = np.where(last >= 0, np.append(moved.at, 0)[last], record.started)
    return np.where(record.started < at_us, leaf, -1), since


def stage_table(before: Version, after: Version, at_us: int, changed: frozenset[str]) -> Table:
    """Who stands in another stage, or since another time: customer, change, stage and since when in each, and why.

    Why is that of the first move in which the versions differ.
    """
    (old, old_since), (new, new_since) = (standing(version, at_us) for version in (before, after))
    names = [
        np.array([*(stage.id for stage in version.definition.stages), None], object) for version in (before, after)
    ]
    stages = names[0][old], names[1][new]
    is_other = stages[0] != stages[1]
    who = np.flatnonzero((old >= 0) & (is_other | (old_since != new_since)))
    return Table(
        {
            "customer": after.record.log.ids(who),
            "change": np.where(is_other[who], "stage", "since").astype(object),
            "stage_before": stages[0][who],
            "stage_after": stages[1][who],
            "since_before": instants(old_since[who]),
            "since_after": instants(new_since[who]),
            "why": _first_reasons(before, after, who, changed),
        },
        title=f"stages: {before} → {after}",
    )


def _first_reasons(before: Version, after: Version, who: IntArray, changed: frozenset[str]) -> IntArray:
    """Why the first move of each customer differs in which the versions differ; shape as `who`."""
    pairs = move_pairs(before, after)
    pairs = pairs.take(np.flatnonzero(pairs.turn >= 0))
    customers, first = np.unique(pairs.customer, return_index=True)
    pairs = pairs.take(first[np.searchsorted(customers, who)])
    found: IntArray = why_moves((before, after), pairs.places, pairs.is_after, changed)
    return found
