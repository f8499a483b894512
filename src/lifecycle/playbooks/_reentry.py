"""Which runs really begin, given those that began before: re-entry, concurrency, higher tiers."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from lifecycle.model import DAY_US
from lifecycle.rules import BoolArray

from ._courses import Entries
from ._playbook import Playbook
from ._scene import IndexArray, Moments

FEW: Final = 24
"""So few customers are quicker to go through one by one than side by side."""


@attrs.frozen(eq=False)
class Accepted:
    """Which of the entries are made; shape (n_entries,) each."""

    is_entry: BoolArray
    """Whether a run begins."""
    gives_way: IndexArray
    """The entry of a higher tier to which its run gives way; -1 where to none."""


def once_only(playbook: Playbook, entries: Entries) -> IndexArray | None:
    """The entries that are made where each occasion counts once, ascending; None where earlier runs have a say."""
    customer = entries.moments.customer
    if playbook.reentry == "never":
        return _firsts(customer)
    if playbook.reentry == "per_key" and playbook.concurrent is None:
        order = np.lexsort((entries.occasion, customer))
        mine, code = customer[order], entries.occasion[order]
        return np.sort(order[_firsts(mine, code)])
    return None


def accepted(playbook: Playbook, entries: Entries, over: Moments) -> Accepted:
    """The entries that are made, where `once_only` does not say.

    Args:
        playbook: the playbook.
        entries: in order of customer and time.
        over: when each run would be over.
    """
    n, customer = len(entries), entries.moments.customer
    keyed, reentry = playbook.key is not None, playbook.reentry
    whole = Accepted(np.zeros(n, bool), np.full(n, -1, np.int64))
    if keyed and (playbook.concurrent is not None or isinstance(reentry, int)):
        for low, high in _groups(customer):
            _Line(playbook, entries, over, whole).pass_by(low, high)
        return whole
    # Each occasion of a customer goes its own way.
    order = np.lexsort((entries.occasion, customer)) if keyed else np.arange(n)
    alone, over = entries.take(order), over.take(order)
    group = _firsts(alone.moments.customer, alone.occasion)
    found = _Aside(playbook, alone, over).gone(group)
    whole.is_entry[order] = found.is_entry
    gives = found.gives_way
    whole.gives_way[order] = np.where(gives >= 0, order[gives], -1)
    return whole


def _firsts(*columns: IndexArray) -> IndexArray:
    """Where any of some columns differs from the row before."""
    n = len(columns[0])
    changes = np.zeros(n, bool)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _groups(customer: IndexArray) -> list[tuple[int, int]]:
    begins = _firsts(customer)
    return list(zip(begins.tolist(), [*begins[1:].tolist(), len(customer)], strict=True)) if len(begins) else []


class _Aside:
    """Many groups side by side, of one occasion each, whose runs never overlap."""

    def __init__(self, playbook: Playbook, entries: Entries, over: Moments) -> None:
        self.playbook, self.entries, self.over = playbook, entries, over
        self.rest_us = playbook.reentry * DAY_US if isinstance(playbook.reentry, int) else 0
        n = len(entries)
        self.found = Accepted(np.zeros(n, bool), np.full(n, -1, np.int64))

    def gone(self, begins: IndexArray) -> Accepted:
        """All groups; `begins` are the places of their first entries."""
        found, moments = self.found, self.entries.moments
        found.is_entry[begins] = True
        ends = np.append(begins[1:], len(self.entries))
        last, place = begins.copy(), begins + 1
        while True:
            going = np.flatnonzero(place < ends)
            if len(going) <= FEW:
                break
            last, place, ends = last[going], place[going], ends[going]
            now, before = moments.take(place), moments.take(last)
            is_open = now.is_before(self.over.take(last))
            higher = self.entries.tier[place] > self.entries.tier[last]
            may = (now.at > before.at) & (now.at >= before.at + self.rest_us) & (~is_open | higher)
            found.is_entry[place[may]] = True
            gives = may & is_open
            found.gives_way[last[gives]] = place[gives]
            last, place = np.where(may, place, last), place + 1
        for one in going.tolist():
            line = _Line(self.playbook, self.entries, self.over, found)
            line.resume(int(last[one]), int(place[one]), int(ends[one]))
        return found


class _Line:
    """One customer's entries, one after the other."""

    def __init__(self, playbook: Playbook, entries: Entries, over: Moments, into: Accepted) -> None:
        self.playbook, self.entries, self.over, self.into = playbook, entries, over, into
        self.most = playbook.concurrent or (1 if playbook.key is None else None)
        self.rest_us = playbook.reentry * DAY_US if isinstance(playbook.reentry, int) else 0
        self.last_us: int | None = None
        self.now: set[int] = set()
        self.seen: set[int] = set()
        self.open: list[int] = []

    def resume(self, last: int, low: int, high: int) -> None:
        """Go on behind an entry that was made."""
        self.enter(last, int(self.entries.moments.at[last]), int(self.entries.occasion[last]))
        self.pass_by(low, high)

    def pass_by(self, low: int, high: int) -> None:
        """Some entries in order."""
        moments, over = self.entries.moments, self.over
        whens = zip(moments.at[low:high].tolist(), moments.stop[low:high].tolist(), strict=True)
        keys, tiers = self.entries.occasion[low:high].tolist(), self.entries.tier[low:high].tolist()
        for place, (when, key, tier) in enumerate(zip(whens, keys, tiers, strict=True), low):
            self.open = [one for one in self.open if (over.at[one], over.stop[one]) > when]
            if self.may(when[0], key):
                self.begin(place, when[0], key, tier)

    def may(self, at_us: int, key: int) -> bool:
        """Whether earlier entries let a new one be."""
        if self.last_us is None:
            return True
        if self.last_us == at_us and key in self.now:
            return False
        if self.playbook.reentry == "per_key" and key in self.seen:
            return False
        return at_us >= self.last_us + self.rest_us

    def begin(self, place: int, at_us: int, key: int, tier: int) -> None:
        """Enter, where the open runs let it."""
        same = [one for one in self.open if self.entries.occasion[one] == key]
        if same and self.entries.tier[same[0]] >= tier:
            return
        if self.most is not None and len(self.open) - len(same) >= self.most:
            return
        for one in same:
            self.into.gives_way[one] = place
            self.open.remove(one)
        self.enter(place, at_us, key)

    def enter(self, place: int, at_us: int, key: int) -> None:
        """An entry is made."""
        self.into.is_entry[place] = True
        self.now = self.now | {key} if self.last_us == at_us else {key}
        self.last_us = at_us
        self.seen.add(key)
        self.open.append(place)
