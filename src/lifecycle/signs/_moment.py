"""The signs of all customers as of one moment, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past, Record, pasts
from lifecycle.rules import BoolArray, Column, Points, ReadColumn

from ._checkups import CheckUps
from ._declared import HEALTH, SEEN, SIGNAL
from ._history import History, masks
from ._lifetime import Lifetime
from ._program import SignProgram, Watch
from ._signal import Signal

IntArray = npt.NDArray[Any]
_FEW = 4  # fewer than one in so many are looked at on their own


class BlockMoment:
    """A block of customers as of one moment.

    Most of it is read off the facts of that moment alone. Only who is neither surely raised nor surely cleared then
    (hysteresis, dwell, a missing fact) is looked at along its history.
    """

    def __init__(self, signs: SignProgram, past: Past, at_us: int) -> None:
        self.signs, self.past, self.at_us = signs, past, at_us
        self.points = past.points_at(at_us)
        self.leaf = past.leaf(self.points)
        self._up: dict[int, BoolArray] = {}

    def __len__(self) -> int:
        return len(self.points)

    @cached_property
    def read(self) -> ReadColumn:
        """Reads facts, `stage`, `health` and signals of everybody."""
        return self._reader(np.arange(len(self.points)), self.past.facts(self.points))

    def _reader(self, who: IntArray, facts: ReadColumn) -> ReadColumn:
        """Reads of some customers, by their places among the points."""

        def read(name: str) -> Column:
            if name == HEALTH:
                score = self.score
                valid = None if score.valid is None else score.valid[who]
                return Column(score.values[who], valid)
            if name.startswith(SIGNAL):
                return Column(self.is_up(self.signs.signals[name.removeprefix(SIGNAL)])[who].astype(np.int64))
            return facts(name)

        return read

    @cached_property
    def _alive(self) -> _Alive:
        """Who stands where signals or health are watched."""
        watched = np.zeros(len(self.signs.program.chart.stages), bool)
        for place in self.signs.signals.values():
            watched |= self.signs.watches[place].watched
        if self.signs.scoring is not None:
            watched |= self.signs.scoring.watched
        who = np.arange(len(self)) if watched.all() else np.flatnonzero(watched.take(self.leaf))
        is_all = len(who) == len(self)
        past, points = part_of(self.past, self.points if is_all else self.points.take(who))
        read = self._reader(who, past.facts(points))
        life, history = Lifetime(past, points, read), History(self.signs, past)
        return _Alive(who, self.leaf if is_all else self.leaf[who], past, points, read, life, history)

    @cached_property
    def score(self) -> Column:
        """The health score of each, missing where there is none; shape (n,)."""
        values, valid = np.zeros(len(self)), np.zeros(len(self), bool)
        values[self._alive.who], valid[self._alive.who] = self._score.values, self._score.valid
        return Column(values, valid)

    @cached_property
    def _score(self) -> Column:
        """The health score of who is alive."""
        assert self.signs.scoring is not None
        return self.signs.scoring.columns(self._alive.leaf, self._alive.read)

    @cached_property
    def _check_ups(self) -> CheckUps:
        assert self.signs.scoring is not None
        today = self.signs.program.calendar.day_of(self.at_us - 1)
        return CheckUps(self.signs.scoring, self._alive.past, self._alive.points, today)

    @cached_property
    def band(self) -> npt.NDArray[np.int8]:
        """The band of each, -1 where there is no score; shape (n,)."""
        band = np.full(len(self), -1, np.int8)
        band[self._alive.who] = self._check_ups.band(self._score)
        return band

    @cached_property
    def trend(self) -> npt.NDArray[np.float64]:
        """The score less that of the check-up before; nan where either is missing; shape (n,)."""
        trend = np.full(len(self), np.nan)
        trend[self._alive.who] = self._check_ups.trend(self._score)
        return trend

    @cached_property
    def stale_days(self) -> npt.NDArray[np.int64]:
        """Days since a touchpoint that a measure listens to; shape (n,)."""
        facts = self.signs.program.facts
        if SEEN not in facts.folded:
            return np.zeros(len(self), np.int64)
        return facts.folded[SEEN].query(self.past.rows, self.points).values.astype(np.int64)

    def is_up(self, number: int) -> BoolArray:
        """Whether a watch is up; shape (n,)."""
        if number not in self._up:
            watch = self.signs.watches[number]
            if watch.journey is None:
                self._up[number] = self._look(number, watch)
            else:
                self._up[number] = History(self.signs, self.past).track(number).at(self.past, self.points)
        return self._up[number]

    def _look(self, number: int, watch: Watch) -> BoolArray:
        if not isinstance(watch.of, Signal):
            return masks(watch, self.read, len(self))[0]
        alive = self._alive
        raised, cleared = masks(watch, alive.read, len(alive.who))
        if not all(watch.watched):
            watched = np.array(watch.watched).take(alive.leaf)
            raised, cleared = raised & watched, cleared | ~watched
        up = raised if watch.dwell == 0 else np.zeros(len(alive.who), bool)
        unclear = np.flatnonzero(~(cleared | up))
        if len(unclear):  # many signals leave nobody in doubt; then nobody's life is looked at
            unclear = unclear[alive.life.could_hold(watch.raises)[unclear]]
        if len(unclear):
            up = up.copy()
            up[unclear] = self._along(number, unclear)
        if len(up) == len(self):
            return up
        found = np.zeros(len(self), bool)
        found[alive.who] = up
        return found

    def _along(self, number: int, some: IntArray) -> BoolArray:
        """Whether a signal is up, told from the history; `some` are places among who is alive; shape as `some`."""
        alive = self._alive
        points = alive.points.take(some)
        if len(some) * _FEW > len(alive.who):
            return alive.history.track(number).at(alive.past, points)
        past, points = part_of(alive.past, points)
        return History(self.signs, past).track(number).at(past, points)

    def history(self, who: IntArray) -> tuple[History, Points]:
        """The history of some customers and the moment in it; `who` are ascending places among the points."""
        past, points = part_of(self.past, self.points.take(who))
        return History(self.signs, past), points


@attrs.frozen(eq=False)
class _Alive:
    """Customers who stand where signals or health are watched, as if there were no other."""

    who: IntArray
    """Their places among the points."""
    leaf: npt.NDArray[np.int16]
    """Their stages, as numbers."""
    past: Past
    """Their past."""
    points: Points
    """The moment, for each."""
    read: ReadColumn
    """Reads of them at the moment."""
    life: Lifetime
    """What could ever have been true of them."""
    history: History
    """Their history."""


def part_of(past: Past, points: Points) -> tuple[Past, Points]:
    """The customers of some points, one point each, as if there were no other."""
    if len(points) == past.n_customers:
        return past, points
    record = past.record.part(points.customer.astype(np.int64) + past.low)
    small = Past(record, 0, len(points))
    stop = points.stop - past.rows.starts[points.customer] + small.rows.starts[:-1]
    return small, attrs.evolve(points, customer=np.arange(len(points), dtype=np.int32), stop=stop)


def block_moments(signs: SignProgram, record: Record, at_us: int) -> Iterator[BlockMoment]:
    """All customers as of one moment, block after block; one empty block where there is nobody."""
    at_us = min(at_us, record.until_us)
    for past in pasts(record) if record.n_customers else (Past(record, 0, 0),):
        yield BlockMoment(signs, past, at_us)
