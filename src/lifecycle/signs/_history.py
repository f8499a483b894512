"""The signs of many customers over their whole history, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.engine import NEVER_DAY, Past
from lifecycle.rules import BoolArray, Column, Compare, Points, ReadColumn, names_of

from ._declared import HEALTH, SIGNAL
from ._episodes import OPEN, Episodes, Track
from ._lifetime import Lifetime
from ._program import SignProgram, Watch
from ._signal import Signal
from ._turning import Spans

IntArray: TypeAlias = npt.NDArray[Any]


class History:
    """The watches of a definition along the history of a block of customers.

    Each watch is looked at only where something can change it: at the touchpoints that its facts listen to, at moves,
    and at the midnights that its facts and thresholds tell.
    """

    def __init__(self, signs: SignProgram, past: Past) -> None:
        self.signs, self.past = signs, past
        self._tracks: dict[int, Track] = {}

    def track(self, number: int) -> Track:
        """One watch along the history."""
        if number not in self._tracks:
            self._tracks[number] = self._walk(self.signs.watches[number])
        return self._tracks[number]

    def episodes(self, number: int) -> Episodes:
        """When one watch was up."""
        track, past = self.track(number), self.past
        same = np.concatenate(([False], track.points.customer[1:] == track.points.customer[:-1]))
        before = np.concatenate(([False], track.is_up[:-1])) & same
        starts = np.flatnonzero(track.is_up & ~before)
        ends = np.flatnonzero(before & ~track.is_up)
        # Each start is followed by its own end before the next start of the customer, or it lasts.
        place = np.searchsorted(ends, starts)
        end = np.append(ends, -1)[place]
        lasts = (end < 0) | (track.points.customer[end] != track.points.customer[starts])
        first, last = track.points.take(starts), track.points.take(end)
        is_time = [np.where(past.is_row(points), 0, 1) for points in (first, last)]
        last_cause = np.where(track.is_watched[end], is_time[1], 2)
        begins = past.rows.starts[first.customer]
        return Episodes(
            (first.customer + past.low).astype(np.int32), past.at_us(first), first.stop - begins, first.day,
            is_time[0].astype(np.int8), np.where(lasts, OPEN, past.at_us(last)),
            np.where(lasts, OPEN, last.stop - begins), np.where(lasts, OPEN, last.day).astype(np.int32),
            np.where(lasts, OPEN, last_cause).astype(np.int8),
        )  # fmt: skip

    def reader(self, points: Points) -> ReadColumn:
        """Reads facts, `stage`, `health` and signals at some moments."""
        facts, signs = self.past.facts(points), self.signs
        cache: dict[str, Column] = {}

        def read(name: str) -> Column:
            if name == HEALTH and signs.scoring is not None:
                if name not in cache:
                    cache[name] = signs.scoring.columns(self.past.leaf(points), read)
                return cache[name]
            if name.startswith(SIGNAL):
                track = self.track(signs.signals[name.removeprefix(SIGNAL)])
                return Column(track.at(self.past, points).astype(np.int64))
            return facts(name)

        return read

    # --- one watch ----------------------------------------------------------------------------------------------------

    def _walk(self, watch: Watch) -> Track:
        points, keys, read = self._moments(watch)
        n = len(points)
        watched = self._is_watched(watch, points)
        asks, clears = masks(watch, read, n)
        if watch.dwell:
            points, extra = self._ripe(points, asks & watched, watch.dwell)
            read, n, keys = self.reader(points), len(points), self._keys(points)
            watched = self._is_watched(watch, points)
            asks, clears = masks(watch, read, n)
            asks &= extra
        value = np.full(n, -1, np.int8)
        value[clears & watched] = 0
        value[asks & watched] = 1
        if watch.journey is None:
            value[~watched] = 0
        return Track(points, keys, _latched(value, points.customer), watched)

    def _is_watched(self, watch: Watch, points: Points) -> BoolArray:
        everywhere = all(watch.watched)
        watched = np.ones(len(points), bool) if everywhere else np.array(watch.watched)[self.past.leaf(points)]
        if watch.journey is not None:
            stop, day, ever = self.started(watch.journey)
            who = points.customer
            begun = self.past.key(points.stop, points.day) >= self.past.key(stop[who], day[who])
            watched &= ever[who] & begun
        return watched

    def started(self, journey: int) -> tuple[IntArray, IntArray, BoolArray]:
        """The moment (stop, day) at which a blueprint starts, and whether it does; shape (n_customers,)."""
        node = self.signs.journeys[journey].node
        if node is not None:
            return self.past.first_entry(node)
        rows = self.past.rows
        return rows.starts[:-1] + 1, rows.start_day, np.ones(self.past.n_customers, bool)

    def _ripe(self, points: Points, holds: BoolArray, dwell: int) -> tuple[Points, BoolArray]:
        """The moments with the midnights on which a run of true ones is long enough, and where it is."""
        past = self.past
        midnight = np.flatnonzero(~past.is_row(points))
        customer, day, true = points.customer[midnight], points.day[midnight].astype(np.int64), holds[midnight]
        # What holds at one of these midnights holds at all until the next of these.
        fresh = (
            np.concatenate(([True], (customer[1:] != customer[:-1]) | (true[1:] != true[:-1]))) if len(day) else true
        )
        run = np.maximum.accumulate(np.where(fresh, np.arange(len(day)), 0))
        ripe = day[run] + dwell - 1
        follows = np.append(np.where(customer[1:] == customer[:-1], day[1:], NEVER_DAY), NEVER_DAY)[: len(day)]
        new = np.flatnonzero(true & (ripe > day) & (ripe < follows))
        more = self._midnights(customer[new], ripe[new])
        merged = past.points_of(_distinct([self._keys(points), more]))
        found = np.zeros(len(merged), bool)
        place = np.searchsorted(past.key(points.stop[midnight], points.day[midnight]), self._keys(merged), "right") - 1
        known = (place >= 0) & ~past.is_row(merged)
        known[known] &= customer[place[known]] == merged.customer[known]
        at = place[known]
        found[known] = true[at] & (merged.day[known] >= ripe[at])
        return merged, found

    # --- the moments at which a watch is looked at --------------------------------------------------------------------

    def _moments(self, watch: Watch) -> tuple[Points, IntArray, ReadColumn]:
        """The moments at which a watch is looked at, their order, and what is read at them."""
        past, rows = self.past, self.past.rows
        may = self._could_be_up(watch)
        who = np.flatnonzero(may)
        parts = [self.past.key(rows.starts[who] + 1, rows.start_day[who])]
        parts.append(self._move_keys[may[past.mover]])
        if watch.kinds is None or watch.kinds:
            index = rows.select(watch.kinds).index
            index = index if len(who) == len(may) else index[may[rows.customers_at(index)]]
            parts.append(past.key(index + 1, rows.days_at(index)))
        parts += [self._keys(self.track(number).changes()) for number in watch.reads]
        keys = [_distinct(parts)]
        if not len(who):
            return self._seen(keys[0])
        if any(turner.spans is not None for turner in watch.turners):
            keys += self._spans(watch, keys[0])
        days = {turner.of or turner: turner.days for turner in watch.turners if turner.days is not None}
        for days_of in days.values():
            customer, day = days_of(past)
            chosen = may[customer]
            keys.append(self._midnights(customer[chosen], day[chosen]))
        if watch.dwell:
            found = past.points_of(_distinct(keys))
            keys.append(self._midnights(found.customer, found.day.astype(np.int64) + 1))
        return self._seen(_distinct(keys) if len(keys) > 1 else keys[0])

    def _seen(self, keys: IntArray) -> tuple[Points, IntArray, ReadColumn]:
        points = self.past.points_of(keys)
        return points, keys, self.reader(points)

    def _spans(self, watch: Watch, base: IntArray) -> list[IntArray]:
        """The midnights on which a watch is looked at because of what was seen at some moments."""
        points, _, read = self._seen(base)
        follows = self._following(points)
        turners = [turner.spans for turner in watch.turners if turner.spans is not None]
        return [self._spanned(spans(read, points), points, follows) for spans in turners]

    def _could_be_up(self, watch: Watch) -> BoolArray:
        """Of whom a watch could ever be up; shape (n_customers,)."""
        condition = watch.raises
        known: dict[str, BoolArray] = {}
        for atom in condition.condition.atoms:
            name = str(atom)
            if name.startswith(SIGNAL):
                known[name] = np.zeros(self.past.n_customers, bool)
                track = self.track(self.signs.signals[name.removeprefix(SIGNAL)])
                known[name][track.points.customer[track.is_up]] = True
            elif isinstance(atom, Compare) and atom.left.name == "stage" and atom.operator == "==":
                leaf = self.signs.leaves.get(str(getattr(atom.right, "value", "")), -1)
                known[name] = self._ever_in(np.arange(len(watch.watched)) == leaf)
            elif any(part in self.signs.program.facts.derived for part in names_of(atom)):
                # What it is made of costs more to read than it spares: mostly a count beside it says enough.
                known[name] = np.ones(self.past.n_customers, bool)
        may = self._life.could_hold(condition, known, is_two_valued=not isinstance(watch.of, Signal))
        if not all(watch.watched):
            may &= self._ever_in(np.array(watch.watched))
        return may if watch.journey is None else may & self.started(watch.journey)[2]

    def _ever_in(self, stages: BoolArray) -> BoolArray:
        """Who was ever in one of some stages, or began there; shape (n_customers,)."""
        past = self.past
        found = np.full(past.n_customers, stages[past.program.chart.initial])
        found[past.mover[stages[past.moved.target]]] = True
        return found

    @cached_property
    def _life(self) -> Lifetime:
        """The lives of all customers until the end of the record."""
        points = self.past.points_at(self.past.record.until_us)
        return Lifetime(self.past, points, self.past.facts(points))

    @cached_property
    def _move_keys(self) -> IntArray:
        return self.past.key(self.past.move_stop, self.past.moved.day)

    def _following(self, base: Points) -> IntArray:
        """The day of the customer's next moment, or the last day that has come; shape (n_points,)."""
        day = np.full(len(base), self.past.limit_day, np.int64)
        same = base.customer[1:] == base.customer[:-1]
        day[:-1][same] = base.day[1:][same]
        return day

    def _spanned(self, spans: Spans, base: Points, follows: IntArray) -> IntArray:
        """Each day from the first to the last after some moments, until the next moment."""
        place, first, last = spans
        last = np.minimum(last, follows[place])
        size = np.maximum(last - first + 1, 0)
        owner = np.repeat(np.arange(len(place)), size)
        step = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
        return self._midnights(base.customer[place[owner]], first[owner] + step)

    def _midnights(self, customer: IntArray, day: IntArray) -> IntArray:
        """Midnights of customers who had begun, before the end, as keys."""
        keep = np.flatnonzero((day <= self.past.limit_day) & (day > self.past.rows.start_day[customer]))
        customer, day = customer[keep].astype(np.int32), day[keep].astype(np.int32)
        return self.past.key(self.past.stop_of(customer, day), day)

    def _keys(self, points: Points) -> IntArray:
        return self.past.key(points.stop, points.day)

    @cached_property
    def n_customers(self) -> int:
        """How many customers the block has."""
        return self.past.n_customers


def _distinct(keys: Sequence[IntArray]) -> IntArray:
    """All of some numbers, each once, ascending."""
    whole = np.sort(np.concatenate(keys))
    return whole[np.concatenate(([True], whole[1:] != whole[:-1]))[: len(whole)]]


def masks(watch: Watch, read: ReadColumn, n: int) -> tuple[BoolArray, BoolArray]:
    """Where a watch is to be raised, and where it is to be cleared; shape (n,) each."""
    if not isinstance(watch.of, Signal):
        holds = watch.raises.mask(read, n)
        return holds, ~holds if watch.journey is None else np.zeros(n, bool)
    surely, perhaps = watch.raises.bounds(read, n)
    if watch.clears is None:
        return surely, ~perhaps
    return surely, watch.clears.bounds(read, n)[0] & ~surely


def _latched(value: npt.NDArray[np.int8], customer: IntArray) -> BoolArray:
    """The state after each moment: the last 1 or 0 of the customer, down before there is one; -1 keeps."""
    if not len(value):
        return np.zeros(0, bool)
    place = np.maximum.accumulate(np.where(value >= 0, np.arange(len(value)), -1))
    known = (place >= 0) & (customer[place] == customer)
    found: BoolArray = known & (value[place] == 1)
    return found
