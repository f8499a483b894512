"""The signs of all customers as of one moment, in columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past, Record, pasts
from lifecycle.rules import BoolArray, Column, Points, ReadColumn

from ._checkups import CheckUps
from ._compile import HEALTH, SEEN, SIGNAL
from ._history import History, Track, masks
from ._program import SignProgram, Watch

IntArray = npt.NDArray[Any]


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
        return self._reader(np.arange(len(self.points)))

    def _reader(self, who: IntArray) -> ReadColumn:
        """Reads of some customers, by their places among the points."""
        facts = self.past.facts(self.points.take(who))

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
    def _alive(self) -> tuple[IntArray, ReadColumn]:
        """Who stands where signals are watched, and a way to read their facts."""
        watched = np.zeros(len(self.signs.program.chart.stages), bool)
        for place in self.signs.signals.values():
            watched |= self.signs.watches[place].watched
        if self.signs.scoring is not None:
            watched |= self.signs.scoring.watched
        who = np.flatnonzero(watched[self.leaf])
        return who, self._reader(who)

    @cached_property
    def score(self) -> Column:
        """The health score of each, missing where there is none; shape (n,)."""
        assert self.signs.scoring is not None
        who, read = self._alive
        found = self.signs.scoring.columns(self.leaf[who], read)
        values, valid = np.zeros(len(self)), np.zeros(len(self), bool)
        values[who], valid[who] = found.values, found.valid
        return Column(values, valid)

    @cached_property
    def check_ups(self) -> CheckUps:
        """The check-ups before the moment."""
        assert self.signs.scoring is not None
        today = self.signs.program.calendar.day_of(self.at_us - 1)
        return CheckUps(self.signs.scoring, self.past, self.points, today)

    @cached_property
    def band(self) -> npt.NDArray[np.int8]:
        """The band of each, -1 where there is no score; shape (n,)."""
        return self.check_ups.band(self.score)

    @cached_property
    def trend(self) -> npt.NDArray[np.float64]:
        """The score less that of the check-up before; nan where either is missing; shape (n,)."""
        return self.check_ups.trend(self.score)

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
            self._up[number] = self._milestone(number) if watch.journey is not None else self._look(number, watch)
        return self._up[number]

    def _look(self, number: int, watch: Watch) -> BoolArray:
        found = np.zeros(len(self), bool)
        is_everywhere = all(watch.watched)
        who, read = (np.arange(len(self)), self.read) if is_everywhere else self._alive
        raised, cleared = masks(watch, read, len(who))
        watched = np.array(watch.watched)[self.leaf[who]]
        open_question = watched & ~cleared & (~raised if watch.dwell == 0 else True)
        found[who] = watched & raised & (watch.dwell == 0)
        unclear = who[np.flatnonzero(open_question)]
        if len(unclear):
            found[unclear] = self._along(unclear, lambda history: history.track(number))
        return found

    def _milestone(self, number: int) -> BoolArray:
        return self._along(np.arange(len(self)), lambda history: history.track(number))

    def _along(self, who: IntArray, track_of: Callable[[History], Track]) -> BoolArray:
        """Whether a watch is up for some customers, told from their history; shape as `who`."""
        history, points = self.history(who)
        return track_of(history).at(history.past, points)

    def history(self, who: IntArray) -> tuple[History, Points]:
        """The history of some customers and the moment in it; `who` are ascending places among the points."""
        past, points = part_of(self.past, self.points.take(who))
        return History(self.signs, past), points


def part_of(past: Past, points: Points) -> tuple[Past, Points]:
    """The customers of some points, one point each, as if there were no other."""
    if len(points) == past.n_customers:
        return past, points
    record = past.record.part(points.customer.astype(np.int64) + past.low)
    small = Past(record, 0, len(points))
    stop = points.stop - past.rows.starts[points.customer] + small.rows.starts[:-1]
    return small, attrs.evolve(points, customer=np.arange(len(points), dtype=np.int32), stop=stop)


def block_moments(signs: SignProgram, record: Record, at_us: int) -> list[BlockMoment]:
    """All customers as of one moment, block after block."""
    at_us = min(at_us, record.until_us)
    return [BlockMoment(signs, past, at_us) for past in pasts(record)]
