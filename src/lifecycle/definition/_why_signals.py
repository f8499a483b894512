"""Why two versions of a signal part: the parts of its conditions, its stages, its dwell."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np

from lifecycle.rules import BoolArray, Points
from lifecycle.signs import Signal, SignProgram, Watch

from ._overlay import Level, ObjectArray, Overlay, overlay, told
from ._sides import Moments, Side, Sides, Version, past_of, sides

At: TypeAlias = tuple[Points, Points]
"""The same moments in the earlier and in the later version."""


@attrs.frozen(eq=False)
class Partings:
    """Moments at which one version raises or clears a signal and the other does not; shape (n,) each."""

    moments: Moments
    """When."""
    is_end: BoolArray
    """Whether it clears, not raises."""
    by_stage: BoolArray
    """Whether it clears because the stage was left."""


def why_signals(
    versions: tuple[Version, Version], names: tuple[str, str], partings: Partings, changed: frozenset[str]
) -> ObjectArray:
    """Why two versions of a signal part, as texts; shape (n,).

    Args:
        versions: the earlier and the later version.
        names: what the signal is called in each.
        partings: where they part.
        changed: names that mean something else in the later version.
    """
    asked = _Asked(versions, names, changed)
    texts = np.full(len(partings.moments), "", object)
    for some, both, local in sides(*versions, partings.moments):
        at = both[0].points(local), both[1].points(local)
        texts[some] = asked.block(both, at, Partings(local, partings.is_end[some], partings.by_stage[some]))
    return texts


class _Asked:
    """One signal in two versions."""

    def __init__(self, versions: tuple[Version, Version], names: tuple[str, str], changed: frozenset[str]) -> None:
        self.watches = tuple(_watch(version.story.signs, name) for version, name in zip(versions, names, strict=True))
        self.changed = changed
        self.raises = overlay(*(None if watch is None else watch.raises for watch in self.watches))
        self.clears = overlay(*(None if watch is None else watch.clears for watch in self.watches))
        self.dwell = tuple(0 if watch is None else watch.dwell for watch in self.watches)

    def block(self, both: Sides, at: At, partings: Partings) -> ObjectArray:
        """The reasons at some moments of the customers of a block."""
        texts = np.full(len(at[0]), "", object)
        for is_end, say in ((False, self.raised), (True, self.cleared)):
            rows = np.flatnonzero(partings.is_end == is_end)
            if len(rows):
                texts[rows] = say(both, (at[0].take(rows), at[1].take(rows)), partings.by_stage[rows])
        texts[texts == ""] = past_of(*(side.version for side in both))
        return texts

    def raised(self, both: Sides, at: At, _: BoolArray) -> ObjectArray:
        """Why one version raises and the other does not."""
        texts = self.held(both, at)
        for ago in range(1, min(self.dwell)):  # both wait: one of the midnights before was not the same
            rows = np.flatnonzero(texts == "")
            if not len(rows):
                break
            first, second = (_midnights(side, points.take(rows), ago) for side, points in zip(both, at, strict=True))
            texts[rows] = self.held(both, (first, second))
        if self.dwell[0] != self.dwell[1]:
            texts[texts == ""] = f"dwell_days {self.dwell[0]} → {self.dwell[1]}"
        return texts

    def held(self, both: Sides, at: At) -> ObjectArray:
        """Where only one version is watched and certainly true, and why; nothing elsewhere."""
        watched = [
            self.is_watched(side, points, place) for place, (side, points) in enumerate(zip(both, at, strict=True))
        ]
        texts = self.differing(self.raises, both, at, "surely")
        apart = np.flatnonzero(watched[0] != watched[1])
        texts[apart] = self.stage(both, (at[0].take(apart), at[1].take(apart)))
        return texts

    def cleared(self, both: Sides, at: At, by_stage: BoolArray) -> ObjectArray:
        """Why one version clears and the other does not."""
        has_clear = [watch is not None and watch.clears is not None for watch in self.watches]
        if not any(has_clear):
            texts = self.differing(self.raises, both, at, "possibly")
        elif all(has_clear):
            clears = self.differing(self.clears, both, at, "surely")
            texts = np.where(clears == "", self.differing(self.raises, both, at, "surely"), "clear " + clears)
        else:
            # What is certainly true is not cleared, whatever clears it.
            texts = self.differing(self.raises, both, at, "surely")
            texts[texts == ""] = f"clear {self.clears.labels(self.changed)[0]}"
        texts[by_stage] = self.stage(both, (at[0].take(by_stage), at[1].take(by_stage)))
        return texts

    def differing(self, laid: Overlay, both: Sides, at: At, level: Level) -> ObjectArray:
        """The parts of a condition that make the difference."""
        read = both[0].reader(at[0]), both[1].reader(at[1])
        return told(laid.labels(self.changed), laid.differing(read, len(at[0]), level).marks)

    def is_watched(self, side: Side, points: Points, place: int) -> BoolArray:
        """Whether a version looks at the signal there."""
        watch = self.watches[place]
        if watch is None:
            return np.ones(len(points), bool)
        found: BoolArray = np.array(watch.watched)[side.past.leaf(points)]
        return found

    def stage(self, both: Sides, at: At) -> ObjectArray:
        """Another stage, or other stages in which it is watched."""
        first, second = (side.stages(points) for side, points in zip(both, at, strict=True))
        texts: ObjectArray = "stage " + first + " → " + second
        old, new = (_stages(watch) for watch in self.watches)
        texts[first == second] = f"stages {old} → {new}"
        return texts


def _watch(signs: SignProgram | None, name: str) -> Watch | None:
    return None if signs is None or name not in signs.signals else signs.watches[signs.signals[name]]


def _stages(watch: Watch | None) -> str:
    names = watch.of.stages if watch is not None and isinstance(watch.of, Signal) else None
    return "active, returning" if names is None else ", ".join(names)


def _midnights(side: Side, points: Points, ago: int) -> Points:
    """The midnights some days before."""
    day = points.day - np.int32(ago)
    return Points(points.customer, side.past.stop_of(points.customer, day), day)
