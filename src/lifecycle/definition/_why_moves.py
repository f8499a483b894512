"""Why one version of a lifecycle moves a customer and another does not: conditions, timers, transitions, events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lifecycle.chart import ACTIVITY, Chart, DateOf, Route, Timer
from lifecycle.engine import Past
from lifecycle.rules import Points, ReadColumn, as_kinds

from ._overlay import ObjectArray, overlay, told
from ._sides import IntArray, Moments, Sides, Version, past_of, sides


def why_moves(
    versions: tuple[Version, Version], places: tuple[IntArray, IntArray], is_after: IntArray, changed: frozenset[str]
) -> ObjectArray:
    """Why one version makes each of some moves and the other does not, or not then, as texts; shape (n,).

    Args:
        versions: the earlier and the later version.
        places: the places of the moves in each version's own; those of the version that acts are read.
        is_after: whether the later version acts; shape (n,).
        changed: names that mean something else in the later version.
    """
    texts = np.full(len(is_after), "", object)
    for acts, version in enumerate(versions):
        rows = np.flatnonzero(is_after == bool(acts))
        moved = version.record.moved.take(places[acts][rows])
        moments = Moments(moved.customer.astype(np.int64), moved.row + 1, moved.at)
        for some, both, local in sides(*versions, moments):
            # A touchpoint's move has seen its row; a timer's is at the midnight before the touchpoints of its day.
            past = both[acts].past
            midnight = past.stop_of(local.customer, moved.day[some]) - past.rows.starts[local.customer]
            by_row = moved.row[some] >= 0
            seen = Moments(local.customer, np.where(by_row, local.stop, midnight), local.at)
            ways = _Ways(moved.source[some], moved.route[some], np.where(by_row, moved.row[some], -1))
            texts[rows[some]] = _Asked(both, acts, changed, seen).reasons(ways)
    return texts


class _Ways:
    """How the acting version moves: source stage, route, and the customer's row that did it (-1: time did); (n,)."""

    def __init__(self, source: IntArray, route: IntArray, row: IntArray) -> None:
        self.source, self.route, self.row = source, route, row


class _Asked:
    """Some moves that one version makes, asked of both just before them."""

    def __init__(self, both: Sides, acts: int, changed: frozenset[str], moments: Moments) -> None:
        self.both, self.acts, self.changed = both, acts, changed
        self.pasts: tuple[Past, Past] = both[0].past.unmoved(), both[1].past.unmoved()
        self.points: tuple[Points, Points] = both[0].points(moments), both[1].points(moments)
        self.charts = tuple(side.version.definition.program.chart for side in both)

    def reasons(self, ways: _Ways) -> ObjectArray:
        """Why, for each move; shape (n,)."""
        texts = np.full(len(ways.route), past_of(*(side.version for side in self.both)), object)
        own, other = self.stages(self.acts), self.stages(1 - self.acts)
        source = self.ids(self.acts)[ways.source]
        apart = (own == source) & (other != source)
        first, second = (other, source) if self.acts else (source, other)
        texts[apart] = ("stage " + first + " → " + second)[apart]
        # A second move at one midnight follows from the first.
        rows = np.flatnonzero((own == source) & (other == source))
        for number in np.unique(ways.route[rows]):
            here = rows[ways.route[rows] == number]
            if number >= 0:
                texts[here] = self.of_route(int(number), here, ways.row[here])
        return texts

    def ids(self, version: int) -> ObjectArray:
        """The stages of a version."""
        return np.array([stage.id for stage in self.charts[version].stages], object)

    def stages(self, version: int) -> ObjectArray:
        """The stage of each customer just before; shape (n,)."""
        found: ObjectArray = self.ids(version)[self.pasts[version].leaf(self.points[version])]
        return found

    def of_route(self, number: int, rows: IntArray, touchpoints: IntArray) -> ObjectArray:
        """Why the other version does not take a route here, where it stands in the same stage; shape as `rows`."""
        stage, route = _routes(self.charts[self.acts])[number]
        texts = np.full(len(rows), self.timers(route.event), object)
        texts = _joined(texts, self.kinds(route.event, rows, touchpoints))
        others = _answers(self.charts[1 - self.acts], stage, route.event)
        target = self.charts[self.acts].stages[route.target].id
        twins = [place for place, other in enumerate(others) if self.leads_to(other, target)]
        if not twins:
            return _joined(texts, f"{'added' if self.acts else 'removed'}: {route.text}")
        twin = min(twins, key=lambda place: others[place].source != route.source)
        texts = _joined(texts, self.condition(route, others[twin], rows))
        for other in others[:twin]:
            silent = np.flatnonzero(texts == "")
            holds = silent[self.holds(other, rows[silent])]
            texts[holds] = f"instead: {other.text}"
        return self.from_before(texts, stage, route.event, rows)

    def from_before(self, texts: ObjectArray, stage: str, event: str, rows: IntArray) -> ObjectArray:
        """The same texts, with what lies before the moment where nothing is said yet."""
        for say in (self.instead, self.since, self.basis):
            silent = np.flatnonzero(texts == "")
            texts[silent] = say(stage, event, rows[silent])
        texts[texts == ""] = past_of(*(side.version for side in self.both))
        return texts

    def leads_to(self, route: Route, target: str) -> bool:
        """Whether a route of the other version moves into a stage."""
        return not route.is_touch and self.charts[1 - self.acts].stages[route.target].id == target

    def condition(self, own: Route, other: Route, rows: IntArray) -> ObjectArray:
        """The parts of the two conditions that make the difference."""
        first, second = (other, own) if self.acts else (own, other)
        laid = overlay(first.condition, second.condition, absent=True)
        read = self.reader(0, rows), self.reader(1, rows)
        return told(laid.labels(self.changed), laid.differing(read, len(rows)).marks)

    def holds(self, route: Route, rows: IntArray) -> IntArray:
        """Where a route of the other version can be taken; shape as `rows`."""
        if route.condition is None:
            return np.ones(len(rows), bool)
        return route.condition.mask(self.reader(1 - self.acts, rows), len(rows))

    def reader(self, version: int, rows: IntArray) -> ReadColumn:
        """Reads facts as the guards of a version saw them."""
        return self.pasts[version].facts(self.points[version].take(rows))

    def timers(self, event: str) -> str:
        """What the versions say differently of the timers that raise an event."""
        first, second = ([timer for timer in chart.timers if timer.event == event] for chart in self.charts)
        if first == second:
            return ""
        old, new = _when(first), _when(second)
        days, _, basis = old.partition(" after ")
        # Where only the days differ, what they count from is said once.
        return f"timer {event}: {days if basis and new.endswith(f' after {basis}') else old} → {new}"

    def kinds(self, event: str, rows: IntArray, touchpoints: IntArray) -> ObjectArray:
        """Touchpoints that do not raise the event in the other version."""
        texts = np.full(len(rows), "", object)
        by_row = np.flatnonzero(touchpoints >= 0)
        own, other = self.pasts[self.acts].rows, self.pasts[1 - self.acts].rows
        row = own.starts[self.points[self.acts].customer[rows[by_row]]] + touchpoints[by_row]
        for code in np.unique(own.block.kind[row]):
            names = (other.names[code], event) if self.acts else (event, other.names[code])
            if names[0] != names[1]:
                here = by_row[own.block.kind[row] == code]
                texts[here] = f"kind {own.block.kind_keys[code]!r}: event {names[0]!r} → {names[1]!r}"
        return texts

    def instead(self, _: str, __: str, rows: IntArray) -> ObjectArray:
        """Another move that the other version makes at that very moment."""
        past, points = self.pasts[1 - self.acts], self.points[1 - self.acts].take(rows)
        texts = np.full(len(rows), "", object)
        if len(past.mover):
            key, wanted = past.key(past.move_stop, past.moved.day), past.key(points.stop, points.day)
            place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
            there = np.flatnonzero((key[place] == wanted) & (past.mover[place] == points.customer))
            routes = [f"instead: {route.text}" for _, route in _routes(self.charts[1 - self.acts])]
            texts[there] = np.array([*routes, "instead: set by hand"], object)[past.moved.route[place[there]]]
        return texts

    def since(self, stage: str, _: str, rows: IntArray) -> ObjectArray:
        """The same stage, entered at another time."""
        first, second = (self.entered(version, rows) for version in (0, 1))
        return np.where(first == second, "", f"in {stage} since another time").astype(object)

    def entered(self, version: int, rows: IntArray) -> IntArray:
        """When each customer had entered the stage; shape as `rows`."""
        past, points = self.pasts[version], self.points[version].take(rows)
        key = past.key(past.move_stop, past.moved.day)
        place = np.searchsorted(key, past.key(points.stop, points.day), side="left") - 1
        mover = np.append(past.mover, -1)[place]
        started = past.record.started[past.low + points.customer]
        return np.where((place >= 0) & (mover == points.customer), np.append(past.moved.at, 0)[place], started)

    def basis(self, _: str, event: str, rows: IntArray) -> ObjectArray:
        """A timer that counts from something that means something else."""
        bases = [timer.since for timer in self.charts[self.acts].timers if timer.event == event]
        first, second = (side.version.definition for side in self.both)
        is_mapped = first.events != second.events
        is_life = is_mapped or first.passive != second.passive
        told = [basis.fact for basis in bases if isinstance(basis, DateOf) and basis.fact in self.changed]
        told += ["what is a sign of life"] if ACTIVITY in bases and is_life else []
        told += [f"the kinds behind {kind!r}" for basis in bases for kind in _kinds(basis) if is_mapped]
        return np.full(len(rows), f"timer {event}: {', '.join(told)} changed" if told else "", object)


def _routes(chart: Chart) -> list[tuple[str, Route]]:
    """Every route with the stage that it leads out of; numbered as moves number them."""
    return [(chart.stages[leaf].id, route) for (leaf, _), routes in chart.routes.items() for route in routes]


def _answers(chart: Chart, stage: str, event: str) -> Sequence[Route]:
    """What may be taken from a stage on an event."""
    return chart.routes.get(([one.id for one in chart.stages].index(stage), event), ())


def _kinds(basis: object) -> tuple[str, ...]:
    """The kinds of touchpoints that a timer counts from."""
    return as_kinds(basis) if isinstance(basis, (str, tuple)) else ()


def _when(timers: Sequence[Timer]) -> str:
    return ", ".join(timer.when for timer in timers) or "none"


def _joined(texts: ObjectArray, more: ObjectArray | str) -> ObjectArray:
    """Two reasons as one text."""
    both = np.where((texts != "") & (np.asarray(more, object) != ""), "; ", "")
    found: ObjectArray = texts + both + more
    return found
