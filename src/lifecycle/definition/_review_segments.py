"""Two versions of a segment at one moment: who is in, who is out, who is in since another time, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from lifecycle.engine import NAT, Table
from lifecycle.rules import BoundCondition
from lifecycle.signs import BlockMoment, Episodes, block_moments, raised_episodes

from ._overlay import ObjectArray, overlay, told
from ._sides import TURNS, IntArray, Moments, Version, instants, sides

_COLUMNS: Final = ("customer", "stop", "turn", "since_before", "since_after", "later_stop", "later_at", "by_row")


def memberships(before: Version, after: Version, names: tuple[str, str], at_us: int) -> Mapping[str, IntArray]:
    """Everybody who belongs to a segment at a moment in one version or both, as columns.

    Args:
        before: the earlier version.
        after: the later version.
        names: what the segment is called in each.
        at_us: the moment, exclusive, in microseconds since 1970-01-01 UTC.

    Returns:
        The customer's position in the log and how many of its touchpoints had been seen; the turn (a place in `TURNS`,
        -1 where nothing changed); since when in each version, `NAT` where not; the later of the two starts, and
        whether a touchpoint made it. Shape (n,) each.
    """
    versions = (before, after)
    blocks = [
        [] if version.story.signs is None else list(block_moments(version.story.signs, version.record, at_us))
        for version in versions
    ]
    numbers = [_number(version, name) for version, name in zip(versions, names, strict=True)]
    # A version without the segment has no members: then the blocks of the other one stand for both.
    pairs = zip(*(blocks[place] if numbers[place] is not None else blocks[1 - place] for place in (0, 1)), strict=True)
    parts = [_block(pair, (numbers[0], numbers[1])) for pair in pairs]
    return {
        name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0, np.int64) for name in _COLUMNS
    }


def _number(version: Version, name: str) -> int | None:
    signs = version.story.signs
    return None if signs is None else signs.segments.get(name)


def _block(blocks: tuple[BlockMoment, BlockMoment], numbers: tuple[int | None, int | None]) -> dict[str, IntArray]:
    points, past = blocks[1].points, blocks[1].past
    first, second = (_starts(block, number) for block, number in zip(blocks, numbers, strict=True))
    who = np.flatnonzero((first["start"] != NAT) | (second["start"] != NAT))
    since, then = first["start"][who], second["start"][who]
    turns = [(since == NAT, "in"), (then == NAT, "out"), (since != then, "moved")]
    customer = points.customer[who].astype(np.int64)
    is_second = then > since
    later = {name: np.where(is_second, second[name][who], first[name][who]) for name in first}
    return {
        "customer": customer + past.low,
        "stop": points.stop[who] - past.rows.starts[customer],
        "turn": np.select([mask for mask, _ in turns], [TURNS.index(turn) for _, turn in turns], -1),
        "since_before": since,
        "since_after": then,
        "later_stop": later["start_stop"],
        "later_at": later["start"],
        "by_row": later["start_cause"] == 0,
    }


def _starts(block: BlockMoment, number: int | None) -> dict[str, IntArray]:
    """When each member became one; `NAT` for who is none; shape (n_points,) each."""
    n = len(block)
    found = {"start": np.full(n, NAT), "start_stop": np.zeros(n, np.int64), "start_cause": np.zeros(n, np.int64)}
    if number is not None:
        who = np.flatnonzero(block.is_up(number))
        episodes: Episodes = raised_episodes(block, number, who)
        for name, values in found.items():
            values[who] = getattr(episodes, name)
    return found


def moments_of(members: Mapping[str, IntArray], at_us: int) -> Moments:
    """The moment at which the versions are held against each other, for each member.

    Who joined or left is asked at the moment of the review; who is in since another time, just before the later start:
    there one version holds and the other does not.
    """
    now = Moments(members["customer"], members["stop"], np.full(len(members["customer"]), at_us - 1))
    then = Moments(members["customer"], members["later_stop"], members["later_at"]).before(members["by_row"])
    return now.where(members["turn"] != TURNS.index("moved"), then)


def changed_members(before: Version, after: Version, names: tuple[str, str], at_us: int) -> Mapping[str, IntArray]:
    """Of `memberships` those that changed."""
    members = memberships(before, after, names, at_us)
    kept = np.flatnonzero(members["turn"] >= 0)
    return {name: values[kept] for name, values in members.items()}


def segment_table(
    before: Version, after: Version, names: tuple[str, str], at_us: int, changed: frozenset[str]
) -> Table:
    """Who belongs to one version only, or since another time: customer, change, since when in each, and why."""
    members = changed_members(before, after, names, at_us)
    conditions = condition_of(before, names[0]), condition_of(after, names[1])
    return Table(
        {
            "customer": after.record.log.ids(members["customer"]),
            "change": np.array(TURNS, object)[members["turn"]],
            "since_before": instants(members["since_before"]),
            "since_after": instants(members["since_after"]),
            "why": parts_that_differ(before, after, conditions, moments_of(members, at_us), changed),
        },
        title=f"segment {names[1]}: {before} → {after}",
    )


def condition_of(version: Version, name: str) -> BoundCondition | None:
    """The condition of a segment; None where the version does not have it."""
    number, signs = _number(version, name), version.story.signs
    return None if number is None or signs is None else signs.watches[number].raises


def parts_that_differ(
    before: Version,
    after: Version,
    conditions: tuple[BoundCondition | None, BoundCondition | None],
    moments: Moments,
    changed: frozenset[str],
) -> ObjectArray:
    """The parts of two conditions that made the difference at some moments, as texts; shape (n,)."""
    laid = overlay(*conditions)
    labels, texts = laid.labels(changed), np.full(len(moments), "", object)
    for some, (first, second), local in sides(before, after, moments):
        read = first.reader(first.points(local)), second.reader(second.points(local))
        texts[some] = told(labels, laid.differing(read, len(local)).marks)
    return texts
