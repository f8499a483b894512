"""What the signs of one customer did, told from the columns, with figures."""

from __future__ import annotations

import numpy as np

from lifecycle.engine import Past, Record
from lifecycle.model import Figure, MilestoneChange, SignalChange
from lifecycle.rules import BoundCondition, Points

from ._episodes import CAUSES, OPEN
from ._history import History
from ._program import SignProgram
from ._signal import Signal


def signal_changes(signs: SignProgram, record: Record, code: int) -> tuple[SignalChange, ...]:
    """Every signal of one customer that was raised or cleared, in order of time and of evaluation."""
    history = _history(signs, record, code)
    id, zone = str(record.log.ids(np.array([code]))[0]), signs.program.calendar.zone
    found: list[tuple[tuple[int, int], SignalChange]] = []
    for number in signs.signals.values():
        watch = signs.watches[number]
        assert isinstance(watch.of, Signal)
        episodes = history.episodes(number)
        for place in range(len(episodes)):
            for is_raised in (True, False):
                side = "start" if is_raised else "end"
                at_us, stop, day, cause = (
                    int(getattr(episodes, side + part)[place]) for part in ("", "_stop", "_day", "_cause")
                )
                if cause == OPEN:
                    continue
                condition = watch.clears if watch.clears is not None and not is_raised else watch.raises
                figures = () if CAUSES[cause] == "stage" else _figures(history, condition, stop, day)
                change = SignalChange(
                    id, watch.name, watch.of.topic, watch.of.severity, is_raised, at_us,
                    CAUSES[cause], figures, zone,  # type: ignore[arg-type]
                )  # fmt: skip
                found.append(((int(history.past.key(np.array(stop), np.array(day))), number), change))
    return tuple(change for _, change in sorted(found, key=lambda one: one[0]))


def milestone_changes(signs: SignProgram, record: Record, code: int) -> tuple[MilestoneChange, ...]:
    """Every milestone of one customer that was reached or became overdue, in order of time."""
    history = _history(signs, record, code)
    id, zone = str(record.log.ids(np.array([code]))[0]), signs.program.calendar.zone
    found: list[tuple[tuple[int, int, int], MilestoneChange]] = []
    for number, journey in enumerate(signs.journeys):
        start = _start_day(history, number)
        if start is None:
            continue
        for milestone, place in zip(journey.blueprint.milestones, journey.places, strict=True):
            episodes = history.episodes(place)
            moments = [
                (True, int(stop), int(day)) for stop, day in zip(episodes.start_stop, episodes.start_day, strict=True)
            ]
            moments += _overdue(history, (start + milestone.due_days + 1, place), [one[1:] for one in moments])
            for is_reached, stop, day in moments:
                points = _point(stop, day)
                is_row = bool(history.past.is_row(points)[0])
                condition = signs.watches[place].raises
                change = MilestoneChange(
                    id, journey.blueprint.name, milestone.name, is_reached, int(history.past.at_us(points)[0]),
                    "touchpoint" if is_row else "time", _figures(history, condition, stop, day), zone,
                )  # fmt: skip
                found.append(((int(history.past.key(points.stop, points.day)[0]), int(not is_reached), place), change))
    return tuple(change for _, change in sorted(found, key=lambda one: one[0]))


def _overdue(history: History, what: tuple[int, int], reached: list[tuple[int, int]]) -> list[tuple[bool, int, int]]:
    """The midnight on which a milestone became overdue, if it did where it was watched."""
    past, (day, number) = history.past, what
    if day > past.limit_day or day <= int(past.rows.start_day[0]):
        return []
    stop = int(past.stop_of(np.zeros(1, np.int32), np.array([day]))[0])
    points = _point(stop, day)
    is_before = [
        past.key(np.array(one[0]), np.array(one[1])) <= past.key(points.stop, points.day)[0] for one in reached
    ]
    watched = history.signs.watches[number].watched[int(past.leaf(points)[0])]
    return [] if any(is_before) or not watched else [(False, stop, day)]


def _history(signs: SignProgram, record: Record, code: int) -> History:
    return History(signs, Past(record.part(np.array([code])), 0, 1))


def _point(stop: int, day: int) -> Points:
    return Points(np.zeros(1, np.int32), np.array([stop]), np.array([day], np.int32))


def _start_day(history: History, number: int) -> int | None:
    _, day, ever = history.started(number)
    return int(day[0]) if ever[0] else None


def _figures(history: History, condition: BoundCondition, stop: int, day: int) -> tuple[Figure, ...]:
    read = history.reader(_point(stop, day))
    return condition.figures(lambda name: read(name).value(0))
