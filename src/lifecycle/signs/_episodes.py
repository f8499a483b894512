"""When signs were up: episodes, and the track of one watch from which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.rules import BoolArray, Points

IntArray: TypeAlias = npt.NDArray[Any]
CAUSES = ("touchpoint", "time", "stage")
"""What began or ended an episode: a touchpoint, a midnight, or leaving the stages in which a signal is watched."""
OPEN = -1
"""The end of an episode that lasts."""


@attrs.frozen(eq=False)
class Episodes:
    """When something was up, in order of customer and time; shape (n_episodes,) each."""

    customer: npt.NDArray[np.int32]
    """Whose; a position in the log."""
    start: npt.NDArray[np.int64]
    """From when, in microseconds since 1970-01-01 UTC."""
    start_stop: npt.NDArray[np.int64]
    """How many rows of the customer had been seen then."""
    start_day: npt.NDArray[np.int32]
    """The day of the start."""
    start_cause: npt.NDArray[np.int8]
    """A place in `CAUSES`."""
    end: npt.NDArray[np.int64]
    """Until when; `OPEN` while it lasts."""
    end_stop: npt.NDArray[np.int64]
    """How many rows of the customer had been seen then; `OPEN` while it lasts."""
    end_day: npt.NDArray[np.int32]
    """The day of the end; `OPEN` while it lasts."""
    end_cause: npt.NDArray[np.int8]
    """A place in `CAUSES`; `OPEN` while it lasts."""

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def none(cls) -> Episodes:
        """No episodes at all."""
        small, day, large = np.zeros(0, np.int8), np.zeros(0, np.int32), np.zeros(0, np.int64)
        return cls(day, large, large, day, small, large, large, day, small)

    @classmethod
    def join(cls, parts: Sequence[Episodes]) -> Episodes:
        """All episodes, part after part."""
        names = [field.name for field in attrs.fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, index: IntArray) -> Episodes:
        """Some of the episodes."""
        return Episodes(*(getattr(self, field.name)[index] for field in attrs.fields(Episodes)))


@attrs.frozen(eq=False)
class Track:
    """One watch along the history of a block of customers: its state after each moment at which it was looked at."""

    points: Points
    """The moments, in order of customer and time."""
    keys: npt.NDArray[np.int64]
    """Their order."""
    is_up: BoolArray
    """Whether it is up after each."""
    is_watched: BoolArray
    """Whether it was watched at each."""

    def at(self, past: Past, points: Points) -> BoolArray:
        """Whether it is up at other moments; shape (n_points,)."""
        place = np.searchsorted(self.keys, past.key(points.stop, points.day), side="right") - 1
        if not len(self.keys):
            return np.zeros(len(points), bool)
        found: BoolArray = (place >= 0) & (self.points.customer[place] == points.customer) & self.is_up[place]
        return found

    def changes(self) -> Points:
        """The moments at which it changed."""
        before = np.concatenate(([False], self.is_up[:-1] & (self.points.customer[1:] == self.points.customer[:-1])))
        return self.points.take(np.flatnonzero(before != self.is_up))
