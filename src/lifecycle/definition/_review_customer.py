"""Everything that two versions of a definition make differently of one customer, with figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from lifecycle.model import Figure, moment
from lifecycle.rules import BoundCondition

from ._affected import Affected
from ._review_moves import move_pairs, move_table
from ._review_segments import changed_members, condition_of, moments_of, segment_table
from ._review_signals import pairs_of, partings, signal_table
from ._sides import Moments, Side, Version, sides

Versions: TypeAlias = tuple[Version, Version]
Conditions: TypeAlias = tuple[list[BoundCondition], list[BoundCondition]]
"""The conditions of a sign in each version."""
_SIDES: Final = ("before", "after")
_WORDS: Final = {"in": "only after", "out": "only before", "moved": "at another time"}


def why_customer(before: Version, after: Version, affected: Affected, at_us: int) -> str:
    """What differs for one customer, as text; the versions hold that customer alone."""
    versions = before, after
    lines = [f"{_id(before)}: {before} → {after}"]
    if affected.has_stages:
        lines += _moves(versions, affected.names)
    for name in declared(versions, "segments", affected.segments):
        lines += _segment(versions, name, at_us, affected.names)
    for name in declared(versions, "signals", affected.signals):
        lines += _signal(versions, name, affected.names)
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing differs"])


def declared(versions: Versions, sort: str, wanted: frozenset[str]) -> list[str]:
    """The wanted ones of the segments or signals of two versions, those of the later one first."""
    names = (one.name for version in reversed(versions) for one in getattr(version.definition, sort))
    return [name for name in dict.fromkeys(names) if name in wanted]


def _id(version: Version) -> str:
    return str(version.record.log.ids(np.zeros(1, np.int64))[0])


def _moves(versions: Versions, changed: frozenset[str]) -> list[str]:
    pairs = move_pairs(*versions)
    pairs = pairs.take(np.flatnonzero(pairs.turn >= 0))
    told = [version.story.customer(_id(version)).moves for version in versions]
    lines = []
    for place, row in enumerate(move_table(*versions, changed).rows()):
        lines.append(f"  move {row['source']} → {row['target']} {_WORDS[row['change']]}: {row['why']}")
        for which, moves, own in zip(_SIDES, told, pairs.places, strict=True):
            lines += [f"    {which}: {moves[own[place]]}"] if own[place] >= 0 else []
    return lines


def _segment(versions: Versions, name: str, at_us: int, changed: frozenset[str]) -> list[str]:
    members = changed_members(*versions, (name, name), at_us)
    first, second = ([one] if (one := condition_of(version, name)) is not None else [] for version in versions)
    lines = []
    for row in segment_table(*versions, (name, name), at_us, changed).rows():
        since = f" (since {_spans(row, 'since')})" if row["change"] == "moved" else ""
        lines.append(f"  segment {name} {_WORDS[row['change']]}{since}: {row['why']}")
        lines += _figures(versions, (first, second), moments_of(members, at_us))
    return lines


def _signal(versions: Versions, name: str, changed: frozenset[str]) -> list[str]:
    pairs = pairs_of(*versions, (name, name))
    pairs = pairs.take(np.flatnonzero(pairs.turn >= 0))
    moments = partings(pairs, versions[0].record.until_us).moments
    first, second = (_of_signal(version, name) for version in versions)
    lines = []
    for place, row in enumerate(signal_table(*versions, (name, name), changed).rows()):
        lines.append(f"  signal {name} {_WORDS[row['change']]} ({_spans(row, 'start', 'end')}): {row['why']}")
        lines += _figures(versions, (first, second), moments.take(np.array([place])))
    return lines


def _of_signal(version: Version, name: str) -> list[BoundCondition]:
    signs = version.story.signs
    return [] if signs is None or name not in signs.signals else list(signs.watches[signs.signals[name]].conditions)


def _spans(row: dict[str, Any], *fields: str) -> str:
    """When, before and after: '2026-03-01 to 2026-04-01 → none'."""
    told = []
    for which in _SIDES:
        days = ["now" if (at := row[f"{field}_{which}"]) is None else f"{at:%Y-%m-%d}" for field in fields]
        told.append("none" if days[0] == "now" else " to ".join(days))
    return " → ".join(told)


def _figures(versions: Versions, conditions: Conditions, moments: Moments) -> list[str]:
    """The atoms that only one version has, or that are true in one only, with the figures of one moment."""
    for _, both, local in sides(*versions, moments):
        first, second = (_atoms(side, local, own) for side, own in zip(both, conditions, strict=True))
        lines = []
        for which, own, other in ((_SIDES[0], first, second), (_SIDES[1], second, first)):
            told = [str(one) for atom, one in own.items() if atom not in other or other[atom].holds != one.holds]
            lines += [f"    {which}, {_day(versions[1], local)}: {'; '.join(told)}"] if told else []
        return lines
    return []


def _atoms(side: Side, moments: Moments, conditions: Sequence[BoundCondition]) -> dict[str, Figure]:
    read = side.reader(side.points(moments))
    return {one.atom: one for bound in conditions for one in bound.figures(lambda name: read(name).value(0))}


def _day(version: Version, moments: Moments) -> str:
    return f"{moment(int(moments.at[0]), version.definition.zone):%Y-%m-%d}"
