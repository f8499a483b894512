"""The moments at which something starts a playbook, of many customers at once."""

from __future__ import annotations

import attrs
import numpy as np

from lifecycle.rules import BoolArray, Column

from ._program import BoundPlaybook, BoundTrigger
from ._scene import IndexArray, Int64Array, Moments, Scene
from ._trigger import Trigger


@attrs.frozen(eq=False)
class Beginnings:
    """What starts one playbook, in order of customer and time; shape (n,) each."""

    moments: Moments
    """When."""
    row: IndexArray
    """The touchpoint that starts it, -1 where none does."""

    def __len__(self) -> int:
        return len(self.moments)

    def take(self, index: IndexArray) -> Beginnings:
        """Some of them."""
        return Beginnings(self.moments.take(index), self.row[index])


def beginnings(scene: Scene, book: BoundPlaybook) -> Beginnings:
    """Everything that starts a playbook, at one moment the first trigger in declared order."""
    parts = [_of_trigger(scene, bound) for bound in book.triggers]
    if len(parts) == 1 and len(parts[0]) == 1:
        moments = parts[0][0]
        return Beginnings(moments, _row(book.triggers[0], moments))
    whole = Moments.join([part for found in parts for part in found])
    row = np.concatenate(
        [_row(bound, part) for bound, found in zip(book.triggers, parts, strict=True) for part in found]
    )
    # A stable sort keeps what was declared first in front.
    index = np.unique(scene.key(whole), return_index=True)[1]
    return Beginnings(whole.take(index), row[index])


def _row(bound: BoundTrigger, moments: Moments) -> IndexArray:
    return moments.stop - 1 if bound.trigger.sort == "happened" else np.full(len(moments), -1, np.int64)


def _of_trigger(scene: Scene, bound: BoundTrigger) -> list[Moments]:
    """The moments of one trigger, in parts that are in order each, but may have moments twice among them."""
    match bound.trigger.sort:
        case "happened":
            return [scene.of_rows(scene.rows_of(bound.kinds, bound.where))]
        case "entered" | "left":
            return _moved(scene, bound)
        case "overdue":
            return [overdue(scene, number) for number in sorted(bound.numbers)]
        case "on_date":
            return [on_date(scene, bound.trigger)]
        case "cleared":
            return [scene.turns(number, is_up=False) for number in sorted(bound.numbers)]
    return [scene.turns(number, is_up=True) for number in sorted(bound.numbers)]


def _moved(scene: Scene, bound: BoundTrigger) -> list[Moments]:
    """Moves into some states from outside them, or out of them; the first stage counts as entered."""
    past, chart = scene.past, scene.past.program.chart
    paths = [frozenset(path) for path in chart.paths]
    is_in = bound.trigger.sort == "entered"
    turns = np.array(
        [[bool(bound.numbers & (there - here if is_in else here - there)) for there in paths] for here in paths]
    )
    found = np.flatnonzero(turns[past.moved.source, past.moved.target]) if len(past.mover) else np.zeros(0, np.int64)
    moves = Moments(past.mover[found], past.moved.at[found], past.move_stop[found])
    # Two moves of one midnight are one moment.
    parts = [moves, Moments.never(np.zeros(0, np.int32))]
    if is_in and bound.numbers & paths[chart.initial]:
        parts.append(scene.of_rows(scene.rows.starts[:-1]))
    return parts


def overdue(scene: Scene, number: int) -> Moments:
    """The midnights on which a milestone became overdue."""
    past, watch = scene.past, scene.program.signs.watches[number]
    assert watch.journey is not None
    journey = scene.program.signs.journeys[watch.journey]
    due_days = next(due for due, place in journey.dues if place == number)
    _, day, ever = scene.history.started(watch.journey)
    day = day.astype(np.int64) + due_days + 1
    who = np.flatnonzero(ever & (day <= past.limit_day) & (day > scene.rows.start_day)).astype(np.int32)
    found = scene.midnights(who, day[who].astype(np.int32))
    points = scene.points(found)
    is_late = np.array(watch.watched)[past.leaf(points)] & ~scene.history.track(number).at(past, points)
    return found.take(is_late)


# --- dates ------------------------------------------------------------------------------------------------------------


def on_date(scene: Scene, trigger: Trigger) -> Moments:
    """The midnights of the days that a date trigger names, where the date was known before."""
    told = _told(scene)
    customer, read = scene.rows.customer[told], scene.history.reader(scene.rows.row_points(told))
    # A date holds until the next touchpoint that can change it: midnight comes before the touchpoints of its day.
    last = np.full(len(told), scene.past.limit_day, np.int64)
    is_followed = np.flatnonzero(customer[1:] == customer[:-1])
    last[is_followed] = scene.rows.days_at(told[is_followed + 1])
    value = read(trigger.names[0])
    known = np.arange(len(told)) if value.valid is None else np.flatnonzero(value.valid)
    customer, last = customer[known], last[known]
    due, has = next_dates(trigger, Column(value.values[known]), scene.rows.days_at(told[known]))
    parts = [Moments.never(np.zeros(0, np.int32))]
    while len(chosen := np.flatnonzero(has & (due <= last))):
        customer, due, last = customer[chosen], due[chosen], last[chosen]
        parts.append(scene.midnights(customer, due.astype(np.int32)))
        if not trigger.yearly:
            break
        points = scene.points(parts[-1])
        due, has = next_dates(trigger, scene.history.reader(points)(trigger.names[0]), points.day)
    whole = Moments.join(parts)
    return whole.take(np.argsort(scene.key(whole), kind="stable"))


def _told(scene: Scene) -> IndexArray:
    """The touchpoints that can change a date by which a playbook starts, and everybody's first."""
    if scene.program.date_kinds is None:
        return np.arange(len(scene.rows))
    return np.union1d(scene.rows.starts[:-1], scene.rows_of(scene.program.date_kinds))


def next_dates(trigger: Trigger, value: Column, after: IndexArray) -> tuple[Int64Array, BoolArray]:
    """As `next_date`, for many customers: days, and where there is one; shape (n,) each."""
    days, after = value.values.astype(np.int64), after.astype(np.int64)
    has = np.ones(len(days), bool) if value.valid is None else value.valid.copy()
    if not trigger.yearly:
        due = days + trigger.days
        return due, has & (due > after)
    first = np.where(has, days, 0).astype("M8[D]")
    month = first.astype("M8[M]")
    place, day_of_month = month.astype(np.int64) % 12, (first - month).astype(np.int64)
    earliest = np.maximum(after - trigger.days, 0).astype("M8[D]").astype("M8[Y]").astype(np.int64) - 1
    year = np.maximum(first.astype("M8[Y]").astype(np.int64), earliest)
    due = _in_year(year, place, day_of_month) + trigger.days
    while len(early := np.flatnonzero(due <= after)):
        year[early] += 1
        due[early] = _in_year(year[early], place[early], day_of_month[early]) + trigger.days
    return due, has


def _in_year(year: Int64Array, month: Int64Array, day: Int64Array) -> Int64Array:
    """The day of a year, counted from 1970; 29 February is the 28th where there is none."""
    begin = (year * 12 + month).astype("M8[M]")
    length = ((begin + 1).astype("M8[D]") - begin.astype("M8[D]")).astype(np.int64)
    found: Int64Array = begin.astype("M8[D]").astype(np.int64) + np.minimum(day, length - 1)
    return found
