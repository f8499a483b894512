"""Where the signs of a block stand at the moments of a question, and when they were raised."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np

from lifecycle.rules import BoundCondition
from lifecycle.signs import Lifetime, SignProgram

from ._blocks import Block
from ._checks import BoolArray, IntArray
from ._grid import Exposure, starts_of
from ._looks import Looks
from ._named import Sign

Raised: TypeAlias = tuple[IntArray, IntArray]
"""Customers, by their places in the log, and the instants at which a sign was raised."""
Stages: TypeAlias = tuple[bool, ...]
_TOUCHPOINT = 0  # the place of this cause of an episode


class BlockFlags:
    """The flags of some signs in a block.

    Args:
        signs: the signs of the definition, compiled; None: it has none.
        block: the customers.
        wanted: all the signs that will be asked for.
    """

    def __init__(self, signs: SignProgram | None, block: Block, wanted: Sequence[Sign]) -> None:
        self.signs, self.block, self.wanted = signs, block, wanted
        self.looks = Looks(signs, block, self._needed & self._possible)
        self._exposures: dict[Stages, Exposure] = {}
        self._held: dict[Stages, dict[str, BoolArray]] = {}

    def exposure(self, stages: Stages) -> Exposure:
        """Who is at risk, in some stages and among those of the question."""
        if stages not in self._exposures:
            at_risk, among = self.block.at_risk(stages), self.block.asked.among
            if among is not None:
                at_risk = self.looks.conditions({"among": among}, at_risk)["among"]
            self._exposures[stages] = Exposure(self.block.ahead, at_risk)
        return self._exposures[stages]

    def stands(self, sign: Sign) -> tuple[IntArray, BoolArray]:
        """Some customers, ascending, and where a sign stands at risk; nowhere for the others."""
        flags = self._flags(sign)
        rows = np.flatnonzero(flags.any(axis=1))
        return rows, self.exposure(sign.stages).stands(rows, flags[rows])

    def first_stands(self, rows: IntArray, stands: BoolArray) -> Raised:
        """The moments at which a sign is raised for those who look at them."""
        row, place = np.nonzero(starts_of(stands))
        return self.block.who[rows[row]], self.block.instants[place]

    def raises(self, sign: Sign) -> Raised:
        """The exact instants at which a signal is raised."""
        asked = self.block.asked
        if sign.number not in self._possible:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        episodes = self.looks.history.episodes(sign.number)
        start = episodes.start
        if asked.outcomes.is_absence:
            # What raised it has come already: an absence begins after it.
            start = start + (episodes.start_cause == _TOUCHPOINT)
        seen = np.flatnonzero(start >= asked.since_us)
        return self.block.who[episodes.customer[seen]], start[seen]

    def _flags(self, sign: Sign) -> BoolArray:
        """Where a sign stands; shape (n_customers, n_moments)."""
        if sign.condition is not None:
            return self._conditions(sign.stages)[sign.name]
        if sign.sort == "band":
            return np.asarray(self.looks.bands == sign.number)
        return self.looks.signal(sign.number)

    def _conditions(self, stages: Stages) -> dict[str, BoolArray]:
        """Where the conditions over the same risk hold, by name; one look at each moment serves all."""
        if stages not in self._held:
            conditions: dict[str, BoundCondition] = {
                sign.name: sign.condition
                for sign in self.wanted
                if sign.condition is not None and sign.stages == stages
            }
            self._held[stages] = self.looks.conditions(conditions, self.exposure(stages).at_risk)
        return self._held[stages]

    @cached_property
    def _needed(self) -> frozenset[int]:
        """The signals that are asked for, and those that they read."""
        if self.signs is None:
            return frozenset()
        conditions = [sign.condition for sign in self.wanted if sign.condition is not None]
        conditions += [] if self.block.asked.among is None else [self.block.asked.among]
        names = {name.removeprefix("signal_") for one in conditions for name in one.condition.names}
        waiting = [place for name, place in self.signs.signals.items() if name in names]
        waiting += [sign.number for sign in self.wanted if sign.sort == "signal"]
        found: set[int] = set()
        while waiting:
            found.add(number := waiting.pop())
            waiting += set(self.signs.watches[number].reads) - found
        return frozenset(found)

    @cached_property
    def _possible(self) -> frozenset[int]:
        """The signals that could ever have been up for anybody here; those that never were cost nothing."""
        if self.signs is None:
            return frozenset()
        past, signals = self.block.past, {place: name for name, place in self.signs.signals.items()}
        points = past.points_at(past.record.until_us)
        life, ever = Lifetime(past, points, past.facts(points)), dict[str, BoolArray]()
        for number in sorted(signals):  # each after those that it reads
            condition = self.signs.watches[number].raises
            ever[f"signal_{signals[number]}"] = life.could_hold(condition, ever)
        return frozenset(place for place, name in signals.items() if ever[f"signal_{name}"].any())
