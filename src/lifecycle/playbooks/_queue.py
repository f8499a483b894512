"""Plays that wait for their time, of many customers: the next one of each."""

from __future__ import annotations

from typing import Final

import numpy as np

from ._policy import NEVER_US
from ._scene import IndexArray, Int64Array, Moments

_LAST: Final = np.iinfo(np.int64).max


class Queue:
    """The plays of many customers, each in order of its time, with those that were held back in between.

    Args:
        moments: when each play becomes due; in order of customer, time and rank.
        rank: which comes first of several of one customer at one moment.
    """

    def __init__(self, moments: Moments, rank: Int64Array) -> None:
        self.moments, self.rank = moments, rank
        starts = np.concatenate(([True], np.diff(moments.customer) != 0))[: len(rank)]
        self.line = np.cumsum(starts) - 1
        """The place of each play's customer among those who have any."""
        self.next = np.flatnonzero(starts)
        self.end = np.append(self.next[1:], len(rank))
        n = len(self.next)
        self.n_held = np.zeros(n, np.int64)
        self.held_at = np.full((n, 2), NEVER_US, np.int64)
        self.held = np.zeros((n, 2), np.int64)
        self.held_stop = np.zeros((n, 2), np.int64)
        self.lines = np.arange(n)

    def pop(self) -> tuple[IndexArray, Moments]:
        """The next play of everybody who has one, and the moment of it."""
        lines = self.lines = self.lines[(self.next[self.lines] < self.end[self.lines]) | (self.n_held[self.lines] > 0)]
        ahead = self.next[lines]
        has = ahead < self.end[lines]
        play = np.where(has, ahead, 0)
        now = Moments(self.moments.customer[self.end[lines] - 1], self.moments.at[play], self.moments.stop[play])
        now.at[~has] = NEVER_US
        self.next[lines] += has
        back = np.flatnonzero(self.n_held[lines] > 0)
        if len(back):
            self._exchange(lines, back, play, now)
        return play, now

    def _exchange(self, lines: IndexArray, back: IndexArray, play: IndexArray, now: Moments) -> None:
        """Put those first that were held back until before what would be next."""
        which = lines[back]
        at = self.held_at[which]
        place = at.argmin(axis=1)
        every = np.arange(len(which))
        first = at[every, place]
        same = at == first[:, None]
        twins = np.flatnonzero(np.count_nonzero(same, axis=1) > 1)
        if len(twins):
            ranks = np.where(same[twins], self.rank[self.held[which[twins]]], _LAST)
            place[twins] = ranks.argmin(axis=1)
        held, stop = self.held[which, place], self.held_stop[which, place]
        ahead = Moments(which, now.at[back], now.stop[back])
        mine = Moments(which, first, stop)
        is_mine = mine.is_before(ahead) | (~ahead.is_before(mine) & (self.rank[held] < self.rank[play[back]]))
        chosen, where = which[is_mine], back[is_mine]
        # What would have been next stays so.
        self.next[chosen] -= now.at[where] < NEVER_US
        play[where] = held[is_mine]
        now.put(where, mine.take(is_mine))
        self.held_at[chosen, place[is_mine]] = NEVER_US
        self.n_held[chosen] -= 1

    def push(self, play: IndexArray, moments: Moments) -> None:
        """Plays that are tried again at later moments; one of each customer at most."""
        which = self.line[play]
        if not len(which):
            return
        if int(self.n_held[which].max()) == self.held_at.shape[1]:
            wider = ((0, 0), (0, self.held_at.shape[1]))
            self.held_at = np.pad(self.held_at, wider, constant_values=NEVER_US)
            self.held, self.held_stop = np.pad(self.held, wider), np.pad(self.held_stop, wider)
        place = (self.held_at[which] == NEVER_US).argmax(axis=1)
        self.held_at[which, place], self.held[which, place] = moments.at, play
        self.held_stop[which, place] = moments.stop
        self.n_held[which] += 1
