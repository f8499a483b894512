"""An ordered funnel: who reached each step, and how long it took, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Moment, Table, instant
from lifecycle.errors import InvalidArgument
from lifecycle.log import Block, TouchpointLog
from lifecycle.model import DAY_US, Calendar

from ._reading import Stretch, is_of, last_of, stretches, wanted_kinds

Int64 = npt.NDArray[np.int64]
_NEVER: Final = np.iinfo(np.int64).max
_QUARTILES: Final = (0.25, 0.5, 0.75)


def _sorted_times(times: Iterable[Int64]) -> tuple[Int64, ...]:
    found = tuple(np.sort(np.asarray(wait, np.int64)) for wait in times)
    for wait in found:
        wait.flags.writeable = False
    return found


@attrs.frozen(eq=False, repr=False)
class Funnel:
    """Who reached each step in order. Funnels of different customers add up with `+`, times and all."""

    steps: tuple[str, ...]
    """The kind of each step."""
    since_us: int | None
    """Who took the first step before it did not enter; None for no limit."""
    until_us: int
    """What is at or after it does not count."""
    within_days: float | None
    """So long after the first step all others count; None for no limit."""
    waits: tuple[Int64, ...] = attrs.field(converter=_sorted_times)
    """For each step but the first, the microseconds since the step before, ascending, one for each who reached it."""
    n_entered: int
    """How many took the first step."""
    n_open: int
    """How many have not taken the last step and have time left: their end is not known yet."""

    def __add__(self, other: Funnel) -> Funnel:
        if not isinstance(other, Funnel):
            return NotImplemented
        if self._asked != other._asked:
            raise InvalidArgument(f"funnels of {self._asked} and of {other._asked} do not add up; ask both the same")
        waits = [np.concatenate(pair) for pair in zip(self.waits, other.waits, strict=True)]
        entered, still = self.n_entered + other.n_entered, self.n_open + other.n_open
        return attrs.evolve(self, waits=waits, n_entered=entered, n_open=still)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Funnel):
            return NotImplemented
        mine, theirs = ((*one._asked, one.n_entered, one.n_open) for one in (self, other))
        return mine == theirs and all(map(np.array_equal, self.waits, other.waits))

    __hash__ = None  # type: ignore[assignment]

    @property
    def _asked(self) -> tuple[Any, ...]:
        return self.steps, self.since_us, self.until_us, self.within_days

    @property
    def counts(self) -> Int64:
        """How many customers reached each step; shape (n_steps,)."""
        return np.array([self.n_entered, *map(len, self.waits)], np.int64)

    def quartiles_us(self, step: int) -> tuple[float, float, float] | None:
        """The quartiles of the time from the step before; None where nobody reached the step.

        Exact order statistics; between two of them, on the straight line (type 7 of Hyndman and Fan).

        Raises:
            InvalidArgument: there is no such step with one before it.
        """
        if not 1 <= step < len(self.steps):
            raise InvalidArgument(f"step {step} has no time; give 1 to {len(self.steps) - 1}")
        wait = self.waits[step - 1]
        if not len(wait):
            return None
        low, middle, high = (_between(wait, share) for share in _QUARTILES)
        return low, middle, high

    def to_table(self) -> Table:
        """One row per step: step, customers, share of the step before and of the first, quartiles in days."""
        counts = self.counts.astype(np.float64)
        before = np.append(np.nan, counts[:-1])
        found = [self.quartiles_us(step) for step in range(1, len(self.steps))]
        days = np.array([(np.nan,) * 3, *((np.nan,) * 3 if one is None else one for one in found)]) / DAY_US
        columns: dict[str, npt.NDArray[Any]] = {
            "step": np.array(self.steps, object),
            "customers": self.counts,
            "of_previous": np.divide(counts, before, out=np.full(len(counts), np.nan), where=before > 0),
            "of_first": np.divide(counts, counts[0], out=np.full(len(counts), np.nan), where=counts[0] > 0),
        }
        columns |= {name: days[:, place] for place, name in enumerate(("q1_days", "median_days", "q3_days"))}
        return Table(columns, title=f"funnel of {self.n_entered} customers, {self.n_open} still open")

    def __repr__(self) -> str:
        told = " → ".join(f"{step} {count}" for step, count in zip(self.steps, self.counts.tolist(), strict=True))
        return f"<Funnel: {told}>"

    def _repr_html_(self) -> str:
        return self.to_table()._repr_html_()


def _between(ordered: Int64, share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    # Whole differences first: they are exact.
    step = int(ordered[min(low + 1, len(ordered) - 1)]) - int(ordered[low])
    return int(ordered[low]) + step * (place - low)


def funnel(
    log: TouchpointLog,
    steps: Sequence[str] = ("signup", "feature_use", "purchase"),
    *,
    since: Moment | None = None,
    until: Moment | None = None,
    within_days: float | None = None,
    zone: str = "UTC",
) -> Funnel:
    """Who took some steps in order, each at its first chance, and how long each took.

    A customer's first touchpoint of the first kind counts, then the first of each next kind at that instant or
    later; other touchpoints between do not matter, and no touchpoint is two steps.

    Args:
        log: the touchpoints.
        steps: the kinds in order, two or more; a kind may come again.
        since: who took the first step before it is left out; None for no limit.
        until: what is at or after it does not count (S2); None for the midnight after the last touchpoint.
        within_days: all steps are less than so many times 24 hours after the first; None for no limit.
        zone: in which dates and the default end are meant.

    Raises:
        InvalidArgument: fewer than two steps, or an argument is not of its kind.

    Empty and missing: without customers all counts are 0 and all times missing.
    """
    if isinstance(steps, str) or len(steps) < 2:
        raise InvalidArgument(f"steps={steps!r} are too few; give two kinds or more, such as ('signup', 'purchase')")
    if within_days is not None and not within_days > 0:
        raise InvalidArgument(f"within_days={within_days!r} is not above 0; leave it out for no limit")
    calendar = Calendar(zone)
    since_us = None if since is None else instant(since, calendar)
    until_us = _end_of(log, calendar) if until is None else instant(until, calendar)
    within_us = None if within_days is None else round(within_days * DAY_US)
    reached = _reached(log, tuple(steps), until_us, within_us)
    entered = reached[0] != _NEVER
    if since_us is not None:
        entered &= reached[0] >= since_us
    done = [entered & (at != _NEVER) for at in reached]
    waits = [(at - before)[which] for before, at, which in zip(reached, reached[1:], done[1:], strict=False)]
    still = entered & ~done[-1]
    if within_us is not None:
        still &= reached[0] > until_us - within_us
    counted = int(np.count_nonzero(entered)), int(np.count_nonzero(still))
    return Funnel(tuple(steps), since_us, until_us, within_days, waits, *counted)


def _end_of(log: TouchpointLog, calendar: Calendar) -> int:
    if not len(log):
        return 0
    return calendar.start_of(calendar.day_of(last_of(log.block(0, log.n_customers))) + 1)


def _reached(log: TouchpointLog, steps: tuple[str, ...], until_us: int, within_us: int | None) -> Int64:
    """When each customer reached each step; shape (n_steps, n_customers)."""
    block = log.block(0, log.n_customers)
    wanted = [wanted_kinds(block, (step,)) for step in steps]
    found = np.full((len(steps), log.n_customers), _NEVER, np.int64)
    for part in stretches(block.starts):
        _walk(block, part, wanted, (until_us, within_us), found[:, part.low : part.high])
    return found


def _walk(
    block: Block,
    part: Stretch,
    wanted: Sequence[npt.NDArray[np.bool_] | None],
    limits: tuple[int, int | None],
    found: Int64,
) -> None:
    rows = slice(part.row_low, part.row_high)
    at, kind, customer = block.at[rows], block.kind[rows], part.customer_of_row()
    until_us, within_us = limits
    after = np.full(part.high - part.low, np.iinfo(np.int64).min)
    limit = np.full(part.high - part.low, until_us)
    used: dict[bytes, Int64] = {}
    for step, codes in enumerate(wanted):
        assert codes is not None
        those = np.flatnonzero(is_of(kind, codes))
        who, when = customer[those], at[those]
        fits = (when >= after[who]) & (when < limit[who])
        again = used.setdefault(codes.tobytes(), np.full(part.high - part.low, -1, np.int64))
        if step and again.max(initial=-1) >= 0:  # a kind that was a step before: later rows only
            fits &= those > again[who]
        those, who, when = those[fits][::-1], who[fits][::-1], when[fits][::-1]
        found[step, who], again[who] = when, those  # the last write wins: the first touchpoint
        after = found[step]
        if step == 0 and within_us is not None:
            limit = np.minimum(limit, np.where(after == _NEVER, 0, after) + within_us)
