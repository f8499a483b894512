"""Which episode of one version belongs to which of the other, and which move to which."""

from __future__ import annotations

import attrs
import numpy as np

from lifecycle.signs import Episodes

from ._sides import IntArray


@attrs.frozen(eq=False)
class Spans:
    """Intervals of customers, in order of customer and time, none over another; shape (n,) each."""

    customer: IntArray
    """Whose."""
    start: IntArray
    """From when."""
    end: IntArray
    """Until when, exclusive."""

    @classmethod
    def of(cls, episodes: Episodes, until_us: int) -> Spans:
        """Episodes; one that lasts ends with the story."""
        return cls(
            episodes.customer.astype(np.int64), episodes.start, np.where(episodes.end < 0, until_us, episodes.end)
        )

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, index: IntArray) -> Spans:
        """Some of the intervals."""
        return Spans(self.customer[index], self.start[index], self.end[index])


def first_overlap(spans: Spans, others: Spans) -> IntArray:
    """For each interval the first of the other ones that overlaps it, -1 for none; shape (n,).

    Two overlap that share more than an end, or begin at the same instant.
    """
    if not len(others):
        return np.full(len(spans), -1)
    times, rank = np.unique(np.concatenate((spans.start, spans.end, others.start, others.end)), return_inverse=True)
    n, m, width = len(spans), len(others), len(times) + 1
    start, _, start_2, end_2 = (part.reshape(-1) for part in np.split(rank.reshape(-1), (n, 2 * n, 2 * n + m)))
    key, other = spans.customer * width + start, others.customer * width
    by_end = np.searchsorted(other + end_2, key, side="right")
    by_start = np.searchsorted(other + start_2, key, side="left")
    found = np.full(n, -1)
    for place, is_overlap in (
        (by_end, lambda i: others.start[i] < spans.end),
        (by_start, lambda i: others.start[i] == spans.start),
    ):
        inside = np.minimum(place, m - 1)
        ok = (place < m) & (others.customer[inside] == spans.customer) & is_overlap(inside)
        found = np.where(ok & ((found < 0) | (inside < found)), inside, found)
    return found


def pair_up(before: Spans, after: Spans) -> IntArray:
    """For each earlier interval its partner among the later ones, -1 for none; shape (n_before,).

    In order of time, each takes the first that overlaps it and is still free.
    """
    partner = np.full(len(before), -1)
    free, others = np.arange(len(before)), np.arange(len(after))
    while len(free) and len(others):
        first, second = before.take(free), after.take(others)
        here, there = first_overlap(first, second), first_overlap(second, first)
        # The first for each other: nobody before them has a claim.
        is_pair = (here >= 0) & (there[here] == np.arange(len(free)))
        if not is_pair.any():
            break
        partner[free[is_pair]] = others[here[is_pair]]
        keep = np.ones(len(others), bool)
        keep[here[is_pair]] = False
        free, others = free[~is_pair & (here >= 0)], others[keep]
    return partner


def same_turn(keys: IntArray) -> IntArray:
    """How many equal keys stand before each; shape (n,)."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_first = np.ones(len(keys), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(keys)), 0))
    turn = np.empty(len(keys), np.int64)
    turn[order] = np.arange(len(keys)) - first
    return turn


def match(before: IntArray, after: IntArray) -> IntArray:
    """For each earlier key the place of the same key among the later ones, each taken once, -1 for none; shape (n,).

    The first of several equal keys belongs to the first, the second to the second.
    """
    turns = same_turn(before), same_turn(after)
    width = 1 + max((int(turn.max()) for turn in turns if len(turn)), default=0)
    first, second = (keys * width + turn for keys, turn in zip((before, after), turns, strict=True))
    order = np.argsort(second, kind="stable")
    if not len(order):
        return np.full(len(first), -1)
    place = np.minimum(np.searchsorted(second[order], first), len(order) - 1)
    return np.where(second[order][place] == first, order[place], -1)
