"""Two versions of a signal over the whole history: episodes that are new, gone, or at another time, and why."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from lifecycle.engine import NAT, Table
from lifecycle.signs import CAUSES, Episodes, episodes

from ._pairing import Spans, first_overlap, pair_up
from ._sides import TURNS, IntArray, Moments, Version, instants
from ._why_signals import Partings, why_signals


@attrs.frozen(eq=False)
class Pairs:
    """Episodes of two versions side by side, in order of customer and time; shape (n,) each."""

    episodes: tuple[Episodes, Episodes]
    """All episodes of each version."""
    places: tuple[IntArray, IntArray]
    """In each version the place of the episode, -1: it has none."""
    turn: IntArray
    """A place in `TURNS`, -1 where nothing changed."""

    def take(self, index: IntArray) -> Pairs:
        """Some of the pairs."""
        first, second = self.places
        return Pairs(self.episodes, (first[index], second[index]), self.turn[index])

    def column(self, version: int, field: str, empty: int = NAT) -> IntArray:
        """A field of the episodes of one version (0 or 1); `empty` where there is none; shape (n,)."""
        values = np.append(getattr(self.episodes[version], field).astype(np.int64), empty)
        found: IntArray = values[self.places[version]]
        return found

    @property
    def customer(self) -> IntArray:
        """Whose they are; positions in the log."""
        return np.maximum(self.column(0, "customer"), self.column(1, "customer"))


def pairs_of(before: Version, after: Version, names: tuple[str, str]) -> Pairs:
    """The episodes of two versions of a signal, matched by overlap."""
    found = _episodes(before, names[0]), _episodes(after, names[1])
    until_us = before.record.until_us
    partner = pair_up(Spans.of(found[0], until_us), Spans.of(found[1], until_us))
    is_alone = np.ones(len(found[1]), bool)
    is_alone[partner[partner >= 0]] = False
    new = np.flatnonzero(is_alone)
    first, second = np.append(np.arange(len(partner)), np.full(len(new), -1)), np.append(partner, new)
    pairs = Pairs(found, (first, second), np.full(len(first), -1))
    for field in ("start", "end"):
        pairs.turn[pairs.column(0, field) != pairs.column(1, field)] = TURNS.index("moved")
    pairs.turn[first < 0], pairs.turn[second < 0] = TURNS.index("in"), TURNS.index("out")
    starts = (
        np.where(place < 0, np.iinfo(np.int64).max, pairs.column(one, "start"))
        for one, place in enumerate(pairs.places)
    )
    return pairs.take(np.lexsort((np.minimum(*starts), pairs.customer)))


def _episodes(version: Version, name: str) -> Episodes:
    signs = version.story.signs
    if signs is None or name not in signs.signals:
        return Episodes(*(np.zeros(0, np.int64) for _ in attrs.fields(Episodes)))  # type: ignore[arg-type]
    return episodes(signs, version.record, signs.signals[name])


def signal_table(before: Version, after: Version, names: tuple[str, str], changed: frozenset[str]) -> Table:
    """Episodes of one version only, or at another time: customer, change, start and end in each, and why."""
    pairs = pairs_of(before, after, names)
    pairs = pairs.take(np.flatnonzero(pairs.turn >= 0))
    columns: dict[str, Any] = {
        "customer": after.record.log.ids(pairs.customer),
        "change": np.array(TURNS, object)[pairs.turn],
    }
    for version, which in enumerate(("before", "after")):
        end = pairs.column(version, "end")
        columns[f"start_{which}"] = instants(pairs.column(version, "start"))
        columns[f"end_{which}"] = instants(np.where(end < 0, NAT, end))
    columns["why"] = why_signals((before, after), names, partings(pairs, before.record.until_us), changed)
    return Table(columns, title=f"signal {names[1]}: {before} → {after}")


def partings(pairs: Pairs, until_us: int) -> Partings:
    """For each pair, of which something changed, the moment at which the versions part.

    That is the earlier start, or where the starts agree the earlier end. Where the other version is up at that start,
    from an episode before, they parted when one of them closed.
    """
    first, second = (Spans.of(part, until_us) for part in pairs.episodes)
    is_alone = tuple(place < 0 for place in pairs.places)
    start = [pairs.column(one, "start") for one in (0, 1)]
    is_second = is_alone[0] | (~is_alone[1] & (start[1] < start[0]))
    acts, place = is_second.astype(np.int64), np.where(is_second, pairs.places[1], pairs.places[0])
    is_end = start[0] == start[1]
    ends = [np.append(spans.end, 0)[places] for spans, places in zip((first, second), pairs.places, strict=True)]
    acts = np.where(is_end, ends[1] < ends[0], acts)
    place = np.where(is_end, np.where(acts == 1, pairs.places[1], pairs.places[0]), place)
    for one, (own, others) in enumerate(((first, second), (second, first))):
        rows = np.flatnonzero((acts == one) & ~is_end)
        up, partner = first_overlap(own.take(place[rows]), others), pairs.places[1 - one][rows]
        # The other version goes on while this one closed and was raised again: it closed with the episode before.
        again = rows[(up >= 0) & (partner < 0)]
        place[again], is_end[again] = place[again] - 1, True
        # The other version closed an episode of before while this one went on.
        closed = (up >= 0) & (up < partner)
        acts[rows[closed]], place[rows[closed]], is_end[rows[closed]] = 1 - one, up[closed], True
    return _partings(pairs.episodes, acts, place, is_end)


def _partings(both: tuple[Episodes, Episodes], acts: IntArray, place: IntArray, is_end: IntArray) -> Partings:
    """The moments of some starts and ends."""
    found = {field: np.zeros(len(place), np.int64) for field in ("customer", "", "_stop", "_cause")}
    for version, part in enumerate(both):
        for side in ("start", "end"):
            rows = np.flatnonzero((acts == version) & (is_end == (side == "end")))
            for field, values in found.items():
                values[rows] = getattr(part, field if field == "customer" else side + field)[place[rows]]
    moments = Moments(found["customer"], found["_stop"], found[""])
    return Partings(moments, is_end, is_end & (found["_cause"] == CAUSES.index("stage")))
