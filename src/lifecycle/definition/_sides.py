"""Both versions of a definition at the same moments of the same customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past, Record, pasts
from lifecycle.log import days_of
from lifecycle.rules import Points, ReadColumn
from lifecycle.signs import History

from ._definition import Definition
from ._overlay import ObjectArray
from ._story import Story

IntArray: TypeAlias = npt.NDArray[Any]
Turn: TypeAlias = Literal["in", "out", "moved"]
"""There in the later version only; in the earlier only; in both, but at another time."""
TURNS: tuple[Turn, ...] = ("in", "out", "moved")
_ROWS = 100_000  # the history of a health score has a moment for every midnight: few customers at a time


@attrs.frozen(eq=False)
class Version:
    """One version of a definition, and what it makes of the log."""

    definition: Definition
    """The definition."""
    story: Story
    """The log as it tells it."""
    name: str
    """What it is called in tables and texts: name and version, and the digest where these do not tell them apart."""

    @property
    def record(self) -> Record:
        """The outcome of the replay."""
        return self.story.record

    def __str__(self) -> str:
        return self.name


@attrs.frozen(eq=False)
class Moments:
    """Moments that mean the same in every version: how much of a customer had been seen, and when; shape (n,) each."""

    customer: IntArray
    """Whose; a position in the log."""
    stop: IntArray
    """How many touchpoints of the customer had been seen."""
    at: IntArray
    """The instant, in microseconds since 1970-01-01 UTC."""

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, index: IntArray) -> Moments:
        """Some of the moments."""
        return Moments(self.customer[index], self.stop[index], self.at[index])

    def where(self, here: npt.NDArray[np.bool_], other: Moments) -> Moments:
        """These moments where asked for, others elsewhere; shape (n,)."""
        stop, at = np.where(here, self.stop, other.stop), np.where(here, self.at, other.at)
        return Moments(self.customer, stop, at)

    def before(self, is_row: npt.NDArray[np.bool_]) -> Moments:
        """Just before: without the touchpoint of the moment, or at the end of the day before; shape (n,)."""
        return Moments(self.customer, self.stop - is_row, np.where(is_row, self.at, self.at - 1))


@attrs.frozen(eq=False)
class Side:
    """Some customers in one version."""

    version: Version
    """Which."""
    past: Past
    """What they lived through; each as if there were no other."""
    history: History | None
    """Their signs; None: the version has none."""

    def points(self, moments: Moments) -> Points:
        """The moments as this version counts days; customers are places in the past."""
        stop = self.past.rows.starts[moments.customer] + moments.stop
        days = days_of(moments.at, self.version.definition.program.calendar)
        return Points(moments.customer.astype(np.int32), stop, days)

    def reader(self, points: Points) -> ReadColumn:
        """Reads facts, `stage`, `health` and signals at some points."""
        return self.past.facts(points) if self.history is None else self.history.reader(points)

    def stages(self, points: Points) -> ObjectArray:
        """The ids of the stages at some points; shape (n,)."""
        ids = np.array([stage.id for stage in self.version.definition.stages], object)
        return ids[self.past.leaf(points)]


Sides: TypeAlias = tuple[Side, Side]
"""The same customers in the earlier and in the later version."""


def sides(before: Version, after: Version, moments: Moments) -> Iterator[tuple[IntArray, Sides, Moments]]:
    """The customers of some moments in both versions, block after block.

    Yields:
        Places among the moments, the customers of a block, and those moments with places in the block as customers.
    """
    who, place = np.unique(moments.customer, return_inverse=True)
    if not len(who):
        return
    blocks = [pasts(version.record.part(who), _ROWS) for version in (before, after)]
    for first, second in zip(*blocks, strict=True):
        some = np.flatnonzero((place >= first.low) & (place < first.low + first.n_customers))
        local = Moments(place[some] - first.low, moments.stop[some], moments.at[some])
        yield some, (_side(before, first), _side(after, second)), local


def _side(version: Version, past: Past) -> Side:
    signs = version.story.signs
    return Side(version, past, None if signs is None else History(signs, past))


def instants(values: IntArray) -> IntArray:
    """Instants as people read them; `NAT` is NaT."""
    return values.view("M8[us]")


def past_of(before: Version, after: Version) -> str:
    """Why versions differ that agree on everything at a moment: another calendar, or what came before."""
    zones = before.definition.zone, after.definition.zone
    return "what came before" if zones[0] == zones[1] else f"zone {zones[0]} → {zones[1]}"
