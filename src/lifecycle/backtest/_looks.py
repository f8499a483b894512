"""What can be read of a block of customers at the moments of a question: conditions, bands, signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.rules import BoundCondition, Column, ReadColumn
from lifecycle.signs import BlockMoment, History, SignProgram

from ._blocks import Block
from ._checks import BoolArray, IntArray
from ._gaps import Verdicts, through_gaps, verdicts
from ._grid import Runs

Pairs: TypeAlias = tuple[IntArray, IntArray]
"""Customers, by their places in a block, and moments, by their places in the grid."""
_HEALTH, _SIGNAL = "health", "signal_"
_FEW = 4  # fewer than one in so many are looked at on their own
_PAIRS = 250_000  # so many are read at once


class Looks:
    """A block of customers, looked at at every moment.

    Where a signal is up at the moments can be told in two ways, which give the same. Either along the history, for
    which it is looked at wherever it could change; or at the moments, and along the history only for whom it is
    neither surely raised nor surely cleared at some of them. What costs less is taken. Health changes with every day,
    so signals over it are looked at at the moments, and where that does not decide, in the gap before.

    Args:
        signs: the signs of the definition, compiled; None: it has none.
        block: the customers.
        possible: of the signals that will be asked for, and those that they read, whichever could ever have been up.
    """

    def __init__(self, signs: SignProgram | None, block: Block, possible: frozenset[int]) -> None:
        self.signs, self.block, self.possible = signs, block, possible
        self._up: dict[int, BoolArray] = {}

    @cached_property
    def history(self) -> History:
        """The history of the block."""
        assert self.signs is not None
        return History(self.signs, self.block.past)

    def pairs(self, at_risk: BoolArray) -> Iterator[tuple[Pairs, ReadColumn]]:
        """XX"""
        rows, places = np.nonzero(at_risk)
        for low in range(0, len(rows), _PAIRS):
            chunk = rows[low : low + _PAIRS], places[low : low + _PAIRS]
            yield chunk, self._reader(chunk)

    def conditions(self, conditions: Mapping[str, BoundCondition], at_risk: BoolArray) -> dict[str, BoolArray]:
        """Where conditions hold among those at risk, by name; shape (n_customers, n_moments) each."""
        found = {name: np.zeros(at_risk.shape, np.bool_) for name in conditions}
        for pairs, read in self.pairs(at_risk) if found else ():
            for name, condition in conditions.items():
                found[name][pairs] = condition.mask(read, len(pairs[0]))
        return found

    @cached_property
    def bands(self) -> npt.NDArray[np.int8]:
        """The band of each customer at each moment, as a number; shape (n_customers, n_moments)."""
        assert self.signs is not None
        found = np.full((len(self.block), len(self.block.instants)), -1, np.int8)
        for place, at in enumerate(self.block.instants.tolist()):
            moment = BlockMoment(self.signs, self.block.past, at)
            found[moment.points.customer, place] = moment.band
        return found

    def signal(self, number: int) -> BoolArray:
        """Where a signal is up; shape (n_customers, n_moments)."""
        if number not in self._up:
            if number not in self.possible:
                self._up[number] = np.zeros((len(self.block), len(self.block.instants)), np.bool_)
            elif number in self._levels:
                self._look(number)
            else:
                self._up[number] = stood(self.history, number, self.block.instants)
        return self._up[number]

    @cached_property
    def _levels(self) -> dict[int, int]:
        """The signals that are looked at at the moments: 1 of those that read no other of these, and so on."""
        assert self.signs is not None
        found: dict[int, int] = {}
        for number in sorted(self.possible):  # each after those that it reads
            watch = self.signs.watches[number]
            names = {name for condition in watch.conditions for name in condition.condition.names}
            below = [found[other] for other in watch.reads if other in found]
            pairs = int(np.count_nonzero(self.block.at_risk(watch.watched)))
            is_cheap = pairs <= len(self.block.past.rows) or _HEALTH in names
            if watch.dwell == 0 and (is_cheap or below):
                found[number] = 1 + max(below, default=0)
        return found

    def _look(self, number: int) -> None:
        """Look at a signal, and at all others that can be looked at with it, as they read the same facts."""
        assert self.signs is not None
        watches, levels = self.signs.watches, self._levels
        watched, level = watches[number].watched, levels[number]
        group = [one for one in levels if levels[one] == level and watches[one].watched == watched]
        at_risk = self.block.at_risk(watched)
        # Who is not watched is not raised.
        found = {one: np.zeros(at_risk.shape, np.int8) for one in group}
        for pairs, read in self.pairs(at_risk):
            for one in group:
                found[one][pairs] = verdicts(watches[one], read, len(pairs[0]))
        for one in group:
            self._up[one] = self._settled(one, found[one])

    def _settled(self, number: int, value: Verdicts) -> BoolArray:
        """Where a signal is up, given where it is surely so, surely not, or neither; shape (n_customers, n_moments)."""
        watch = self.history.signs.watches[number]
        if watch.reads or _HEALTH not in watch.raises.types:
            self._along(number, value, np.flatnonzero((value < 0).any(axis=1)))
            return np.asarray(value == 1)
        self._along(number, value, np.flatnonzero(value[:, 0] < 0))
        for row, place, last in through_gaps(self.block, self.history, watch, value[:, 1:] < 0):
            value[row, place + 1] = last
        place = np.maximum.accumulate(np.where(value >= 0, np.arange(value.shape[1]), 0), axis=1)
        return np.asarray(np.take_along_axis(value, place, axis=1) == 1)

    def _along(self, number: int, value: Verdicts, some: IntArray) -> None:
        """Settle some customers from their history; writes into `value`."""
        block, history = self.block, self.history
        if not len(some):
            return
        if len(some) * _FEW <= len(block):
            part = Past(block.asked.record.part(block.who[some]), 0, len(some))
            is_up = stood(History(history.signs, part), number, block.instants)
        else:
            is_up = stood(history, number, block.instants)[some]
        value[some] = np.where(value[some] < 0, is_up, value[some])

    def _reader(self, pairs: Pairs) -> ReadColumn:
        points = self.block.points(*pairs)
        if self.signs is None:
            return self.block.past.facts(points)
        signals, read = self.signs.signals, self.history.reader(points)

        def read_any(name: str) -> Column:
            if name.startswith(_SIGNAL):
                return Column(self.signal(signals[name.removeprefix(_SIGNAL)])[pairs].astype(np.int64))
            return read(name)

        return read_any


def stood(history: History, number: int, instants: IntArray) -> BoolArray:
    """Where a watch is up at some instants: after its start, up to its end; shape (n_customers, n_instants)."""
    episodes = history.episodes(number)
    first = np.searchsorted(instants, episodes.start, side="right")
    beyond = np.searchsorted(instants, episodes.end, side="right")
    beyond[episodes.end_stop < 0] = len(instants)  # it lasts
    return Runs(episodes.customer.astype(np.int64), first, beyond).mask(history.n_customers, len(instants))
