"""All playbooks over a block of customers: their plays together, tried in order."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lifecycle.engine import Past
from lifecycle.rules import texts

from ._live import OUTCOME, TAKES_BACK
from ._program import PlaybookProgram
from ._scene import IndexArray, Int64Array, Moments, Scene
from ._simulated import Plays
from ._tries import Due, OneByOne, Tried, Tries
from ._unfolding import Changes, Unfolded, unfolded

Side = Literal["decided", "held", "dropped"]


class ActingAll:
    """What playbooks do to a block of customers.

    Args:
        program: the playbooks.
        past: the block.
    """

    def __init__(self, program: PlaybookProgram, past: Past) -> None:
        self.scene = Scene(program, past)
        self.parts = [unfolded(self.scene, book) for book in program.playbooks]
        self.due = due_of(program, self.parts)
        is_slow = np.zeros(past.n_customers, bool)
        if program.policies and program.keeps_us:
            is_slow[taken_back(self.scene)] = True
            if is_slow.any():
                self.due = self.due.take(~is_slow[self.due.moments.customer])
        self.tries = Tries(self.scene, self.due)
        try:
            self.tries.go()
        except OneByOne:
            is_slow[self.due.moments.customer] = True
            self.tries.clear()
        self.is_slow = is_slow

    @property
    def one_by_one(self) -> IndexArray:
        """The customers for whom columns do not do: positions in the log, ascending."""
        found: IndexArray = np.flatnonzero(self.is_slow) + self.scene.past.low
        return found

    def runs(self) -> Changes:
        """What happened to the runs of the others."""
        whole = Changes.join([part.changes for part in self.parts])
        if not self.is_slow.any():
            return whole
        return whole.take(~self.is_slow[whole.customer - self.scene.past.low])

    def side(self, name: Side) -> Plays:
        """The plays of the others that were decided, held or dropped."""
        found = Tried.join(getattr(self.tries, name))
        run, play = self.due.run[found.play], found.play
        return Plays(
            self.due.moments.customer[play] + self.scene.past.low, self.due.action[play], self._tier[run],
            self._entered[run], self.due.moments.at[play], found.at_us, self._occasion[run], found.code, found.next_us,
        )  # fmt: skip

    @property
    def _entered(self) -> Int64Array:
        return joined([part.runs.moments.at for part in self.parts], np.int64)

    @property
    def _tier(self) -> IndexArray:
        return joined([part.runs.tier for part in self.parts], np.int64)

    @property
    def _occasion(self) -> IndexArray:
        return joined([part.runs.book[part.runs.occasion] for part in self.parts], object)


def taken_back(scene: Scene) -> IndexArray:
    """The customers of whom a play came to nothing; places in the block."""
    rows = scene.rows_of(frozenset({OUTCOME}))
    codes, book = texts(scene.rows, "outcome", rows)
    is_one = np.array([text in TAKES_BACK for text in book] + [False], bool)
    return np.unique(scene.rows.customer[rows[is_one[codes]]])


def due_of(program: PlaybookProgram, parts: list[Unfolded]) -> Due:
    """The plays of all playbooks that become due."""
    acts = [(part, act) for part in parts for act in part.acts]
    begin = np.cumsum([0, *(len(part.runs) for part in parts)])
    moments = Moments.join([Moments.never(np.zeros(0, np.int32)), *(when for _, (_, _, when) in acts)])
    run = joined([runs + begin[part.number] for part, (_, runs, _) in acts], np.int64)
    action = np.repeat([number for _, (number, _, _) in acts], [len(runs) for _, (_, runs, _) in acts]).astype(np.int64)
    gone = Moments.join([Moments.never(np.zeros(0, np.int32)), *(part.gone for part in parts)]).take(run)
    is_holdout = joined([part.is_holdout for part in parts], bool)[run]
    return Due(moments, run, action, gone, is_holdout, _ranks(program, parts, moments.customer, (run, action)))


def _ranks(
    program: PlaybookProgram, parts: list[Unfolded], customer: IndexArray, plays: tuple[IndexArray, IndexArray]
) -> Int64Array:
    """Which comes first of several plays of one customer at one moment: priority, names, entry, occasion."""
    run, action = plays
    order = sorted(
        program.actions, key=lambda one: (-one.playbook.priority, one.playbook.name, one.number)
    )  # fmt: skip
    of_action = np.empty(len(order), np.int64)
    of_action[[one.number for one in order]] = np.arange(len(order))
    entered = joined([part.runs.moments.at for part in parts], np.int64)
    first, last = (int(entered.min()), int(entered.max())) if len(entered) else (0, 0)
    rank: Int64Array = of_action[action] * (last - first + 1) + (entered[run] - first)
    is_keyed = np.array([one.playbook.key is not None for one in program.actions], bool)
    keyed = np.flatnonzero(is_keyed[action]) if len(action) else action
    index = keyed[np.lexsort((rank[keyed], customer[keyed]))]
    same = (np.diff(rank[index]) == 0) & (np.diff(customer[index]) == 0)
    twins = np.unique(np.concatenate([index[:-1][same], index[1:][same]]))
    if len(twins):
        occasion = np.zeros(len(rank), np.int64)
        words = joined([part.runs.book[part.runs.occasion] for part in parts], object)[run[twins]]
        occasion[twins] = np.unique(words, return_inverse=True)[1]
        index = np.lexsort((occasion, rank))
        rank[index] = np.arange(len(rank))
    return rank


def joined(arrays: list[IndexArray], kind: type) -> IndexArray:
    """Arrays one after the other, none of them too."""
    return np.concatenate([np.zeros(0, kind), *arrays])
