"""When the last plays of many customers were decided: what caps ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from ._scene import IndexArray, Int64Array

Counted: TypeAlias = tuple[bool, ...]


class Decided:
    """The plays decided so far, as far as policies ask for them.

    Args:
        n_customers: how many customers there are.
        keeps_us: how long plays are remembered.
    """

    def __init__(self, n_customers: int, keeps_us: int) -> None:
        self.n_customers, self.keeps_us = n_customers, keeps_us
        self._rounds: list[tuple[IndexArray, IndexArray, Int64Array]] = []
        self._rings: dict[tuple[Counted, int], _Ring] = {}

    def add(self, customer: IndexArray, action: IndexArray, at: Int64Array) -> None:
        """Plays of some customers, one of each at most, later than those before."""
        if not self.keeps_us:
            return
        self._rounds.append((customer, action, at))
        for ring in self._rings.values():
            ring.add(customer, action, at)

    def asked(self, customer: IndexArray, now: Int64Array) -> Callable[[Counted, int], Int64Array]:
        """What policies ask of some customers at some instants, one of each."""
        return lambda counted, n: self.sent(customer, now, counted, n)

    def sent(self, customer: IndexArray, now: Int64Array, counted: Counted, n: int) -> Int64Array:
        """When the n-th last play of some actions was decided, -1 where there were fewer; shape as `customer`."""
        ring = self._rings.get((counted, n))
        if ring is None:
            ring = self._rings[counted, n] = _Ring(self.n_customers, counted, n)
            for plays in self._rounds:
                ring.add(*plays)
        at = ring.last(customer)
        return np.where(at >= now - self.keeps_us, at, -1)


class _Ring:
    """The last n plays of some actions, of each customer."""

    def __init__(self, n_customers: int, counted: Counted, n: int) -> None:
        self.counted, self.n = np.array(counted, bool), n
        self.at = np.full((n_customers, n), -1, np.int64)
        self.place = np.zeros(n_customers, np.int64)

    def add(self, customer: IndexArray, action: IndexArray, at: Int64Array) -> None:
        chosen = self.counted[action]
        customer = customer[chosen]
        place = self.place[customer]
        self.at[customer, place] = at[chosen]
        self.place[customer] = np.where(place + 1 == self.n, 0, place + 1)

    def last(self, customer: IndexArray) -> Int64Array:
        """The oldest of the last n, which the next one will overwrite."""
        found: Int64Array = self.at[customer, self.place[customer]]
        return found
