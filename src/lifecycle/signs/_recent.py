"""How often signals were raised and cleared lately; only who can have changed is looked at along its history."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past, Record, Table, pasts
from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray

from ._declared import SIGNAL
from ._episodes import CAUSES, OPEN, Episodes
from ._history import History
from ._lifetime import Lifetime
from ._moment import part_of
from ._program import SignProgram
from ._signal import Signal

_FEW: Final = 4  # fewer than one in so many are looked at on their own
_COUNTS: Final = ("up", "raised", "cleared", "left")


def signal_counts(signs: SignProgram, record: Record, at_us: int, days: int) -> Table:
    """Per signal: topic, severity, for how many it is up at a moment, and what it did in the days before.

    Args:
        signs: the signs of a definition.
        record: the outcome of a replay.
        at_us: the moment, exclusive, in microseconds since 1970-01-01 UTC.
        days: so many calendar days back, the last one included.

    Raises:
        InvalidArgument: the days are no whole number above 0.
    """
    if type(days) is not int or not 0 < days <= 36_600:
        raise InvalidArgument(f"days={days!r} is not a whole number of days, 1 to 36,600")
    calendar, at_us = signs.program.calendar, min(at_us, record.until_us)
    since_us = calendar.start_of(calendar.day_of(at_us - 1) + 1 - days)
    counts = {name: np.zeros(len(_COUNTS), np.int64) for name in signs.signals}
    for past in pasts(record):
        for name, found in _episodes(signs, past, since_us, at_us).items():
            counts[name] += _counted(found, since_us, at_us)
    declared = [watch.of for place in signs.signals.values() if isinstance((watch := signs.watches[place]).of, Signal)]
    table = {
        "signal": np.array([signal.name for signal in declared], object),
        "topic": np.array([signal.topic for signal in declared], object),
        "severity": np.array([signal.severity for signal in declared], object),
    }
    whole = np.array(list(counts.values()), np.int64).reshape(-1, len(_COUNTS))
    return Table(table | dict(zip(_COUNTS, whole.T, strict=True)), title=f"signals of the last {days} days")


def _counted(found: Episodes, since_us: int, at_us: int) -> npt.NDArray[np.int64]:
    """Up at the moment, raised, cleared and left in the days before."""
    is_over = (found.end != OPEN) & (found.end < at_us)
    ended = is_over & (found.end >= since_us)
    by_stage = found.end_cause == CAUSES.index("stage")
    masks = (
        (found.start < at_us) & ~is_over,
        (found.start < at_us) & (found.start >= since_us),
        ended & ~by_stage,
        ended & by_stage,
    )
    return np.array([np.count_nonzero(mask) for mask in masks])


def _episodes(signs: SignProgram, past: Past, since_us: int, at_us: int) -> dict[str, Episodes]:
    """The episodes of every signal, of who can have had one in the days before the moment."""
    points = past.points_at(at_us)
    watched = np.zeros(len(signs.program.chart.stages), bool)
    for place in signs.signals.values():
        watched |= signs.watches[place].watched
    # Who is not watched now and did not move lately was not watched lately.
    lately = (past.moved.at >= since_us) & (past.moved.at < at_us)
    has_moved = np.zeros(past.n_customers, bool)
    has_moved[past.mover[lately]] = True
    who = np.flatnonzero(watched[past.leaf(points)] | has_moved[points.customer])
    past, points = part_of(past, points.take(who))
    life, history = Lifetime(past, points, past.facts(points)), History(signs, past)
    could: dict[str, BoolArray] = {}
    found = {}
    # In this order each signal reads only those before it.
    for name, place in sorted(signs.signals.items(), key=lambda item: item[1]):
        holds = could[SIGNAL + name] = life.could_hold(signs.watches[place].raises, could)
        some = np.flatnonzero(holds)
        if len(some) * _FEW > len(points):
            found[name] = history.episodes(place)
        else:
            part, _ = part_of(past, points.take(some))
            found[name] = History(signs, part).episodes(place)
    return found
