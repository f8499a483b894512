"""The share to whom it has not happened yet, by time, where some are still waiting (Kaplan and Meier)."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Bounds, Estimate, normal_quantile, undefined, wilson

from ._durations import DurationTally
from ._grouped import Int64Array

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen(eq=False)
class KaplanMeier:
    """The survival curve of a tally with its interval; a step at each duration, right after which it holds."""

    times: Int64Array
    """The durations at which something happened or somebody was censored, ascending; shape (n_times,)."""
    n_at_risk: Int64Array
    """How many were followed up to each, without it having happened before."""
    n_events: Int64Array
    """To how many it happened then."""
    n_censored: Int64Array
    """How many were followed so long and not longer."""
    survival: FloatArray
    """The share to whom it has not happened up to and at that time."""
    standard_error: FloatArray
    """Of the share, by Greenwood's formula; nan where the share is 0."""
    low: FloatArray
    """The lower bound of the share."""
    high: FloatArray
    """The upper bound of the share."""
    confidence: float
    """Of the intervals, time by time."""

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n_events.sum() + self.n_censored.sum())

    def survival_at(self, times: npt.ArrayLike) -> Bounds:
        """The share to whom it has not happened up to and at each time, with its interval.

        Args:
            times: in the unit of the durations.

        Returns:
            Share, lower and upper bound; 1 before the first event; nan beyond the longest duration, unless the
            share was 0 by then, and nan where nobody is known.
        """
        asked = np.asarray(times, np.float64)
        place = np.searchsorted(self.times, asked, side="right")
        known = (asked <= (self.times[-1] if len(self.times) else -1)) | (self._ends_at_zero & (place > 0))
        starts = (1.0, float(_unscathed(np.asarray(float(self.n_customers)), self.confidence)), 1.0)
        columns = (self.survival, self.low, self.high)
        curves = [np.append(start, column)[place] for start, column in zip(starts, columns, strict=True)]
        value, low, high = (np.where(known & (asked >= 0), curve, np.nan) for curve in curves)
        return value, low, high

    def quantile(self, share: float) -> Estimate:
        """The time by which it has happened to that share, with its interval.

        The first time at which the curve is at or below 1 less the share; so for the bounds of the curve. A bound
        that is not reached is None.

        Args:
            share: above 0 and below 1; 0.5 for the median.

        Raises:
            InvalidArgument: the share is out of range.

        Source: Brookmeyer and Crowley (1982), Biometrics 38, on the bounds of the curve.
        """
        if not 0 < share < 1:
            raise InvalidArgument(f"KaplanMeier.quantile: share={share!r} is not between 0 and 1; give 0.5")
        events = int(self.n_events.sum())
        value, low, high = (self._first_at(curve, 1 - share) for curve in (self.survival, self.low, self.high))
        if value is None:
            told = f"it has happened to fewer than {100 * share:g} % so far ({events:,} of {self.n_customers:,})"
            return undefined(told, events, self.n_customers)
        note = "" if high is not None else "no upper bound: too few were followed long enough"
        return Estimate(value, low, high, events, self.n_customers, note)

    def median(self) -> Estimate:
        """The time by which it has happened to half of them, with its interval."""
        return self.quantile(0.5)

    def restricted_mean(self, horizon: float | None = None) -> Estimate:
        """The mean time until it happens, counted up to a horizon: the area under the curve.

        Args:
            horizon: above 0, at most the longest duration unless the curve has reached 0; None: the longest duration.

        Returns:
            The mean with a normal interval; numerator and denominator are events and customers.

        Raises:
            InvalidArgument: the horizon is not above 0.

        Source: Irwin (1949); the variance as in Klein and Moeschberger (2003), 4.5.2.
        """
        if horizon is not None and not horizon > 0:
            raise InvalidArgument(f"KaplanMeier.restricted_mean: horizon={horizon!r} is not above 0; give a time")
        events, longest = int(self.n_events.sum()), float(self.times[-1]) if len(self.times) else 0.0
        if not longest > 0:
            return undefined("nobody was followed for any time", events, self.n_customers)
        end = longest if horizon is None else float(horizon)
        if end > longest and not self._ends_at_zero:
            told = f"nobody was followed beyond {longest:g}, and {end:g} is asked"
            return undefined(told, events, self.n_customers)
        mean, error = self._area(end)
        reach = normal_quantile(self.confidence) * error
        return Estimate(mean, max(mean - reach, 0.0), min(mean + reach, end), events, self.n_customers)

    @property
    def _ends_at_zero(self) -> bool:
        return bool(len(self.survival)) and bool(self.survival[-1] == 0)

    def _first_at(self, curve: FloatArray, level: float) -> float | None:
        # The curve is a product of many factors: what is a half up to their rounding counts as a half.
        reached = np.flatnonzero(curve <= level * (1 + 1e-12))
        return float(self.times[reached[0]]) if len(reached) else None

    def _area(self, end: float) -> tuple[float, float]:
        inside = self.times < end
        edges = np.concatenate([[0.0], self.times[inside], [end]])
        pieces = np.diff(edges) * np.concatenate([[1.0], self.survival[inside]])
        beyond = pieces[::-1].cumsum()[::-1][1:]
        events, at_risk = self.n_events[inside], self.n_at_risk[inside]
        left = at_risk - events
        steps = np.where(left > 0, events / (at_risk * np.maximum(left, 1.0)), 0.0)
        return float(pieces.sum()), float(np.sqrt(np.sum(beyond**2 * steps)))


def kaplan_meier(tally: DurationTally, *, confidence: float = 0.95) -> KaplanMeier:
    """The survival curve of a tally.

    An event comes before a censoring of the same time. The interval is that of Greenwood on the scale of log(-log),
    which keeps it within 0 and 1. Where nothing has happened yet the lower bound is Wilson's for that many at risk;
    where the curve is 0, the upper bound is that of the time before.

    Args:
        tally: the durations.
        confidence: of the intervals, above 0 and below 1.

    Raises:
        InvalidArgument: the confidence is out of range.

    Empty and missing: nobody gives a curve without times, and its median is undefined with the reason.

    Source: Kaplan and Meier (1958), JASA 53; Kalbfleisch and Prentice (1980) for the interval.
    """
    if not 0 < confidence < 1:
        raise InvalidArgument(f"kaplan_meier: confidence={confidence!r} is not between 0 and 1; give 0.95")
    ended = tally.n_events + tally.n_censored
    at_risk = ended[::-1].cumsum()[::-1].astype(np.int64)
    survival = np.asarray(np.cumprod((at_risk - tally.n_events) / np.maximum(at_risk, 1)), np.float64)
    left = np.maximum(at_risk - tally.n_events, 1.0)
    greenwood = np.sqrt(np.cumsum(tally.n_events / (np.maximum(at_risk, 1) * left)))
    error = np.where(survival > 0, survival * greenwood, np.nan)
    low, high = _bounds(survival, greenwood, at_risk, confidence)
    for column in (at_risk, survival, error, low, high):
        column.flags.writeable = False
    counts = (tally.duration, at_risk, tally.n_events, tally.n_censored)
    return KaplanMeier(*counts, survival, error, low, high, confidence)


def _bounds(
    survival: FloatArray, greenwood: FloatArray, at_risk: Int64Array, confidence: float
) -> tuple[FloatArray, FloatArray]:
    inner = (survival > 0) & (survival < 1)
    logs = np.log(survival, where=inner, out=np.full(len(survival), -1.0))
    power = np.exp(normal_quantile(confidence) * greenwood / -logs)
    low, high = np.exp(logs * power), np.exp(logs / power)
    none_yet = survival == 1
    low = np.where(none_yet, _unscathed(np.asarray(at_risk, np.float64), confidence), np.where(inner, low, 0.0))
    high = np.where(none_yet | ~inner, 1.0, high)
    if len(survival) and survival[-1] == 0:
        first = int(np.argmax(survival == 0))
        high[first:] = high[first - 1] if first else wilson(np.asarray(0.0), np.asarray(at_risk[0]), confidence)[1]
    return low, high


def _unscathed(size: FloatArray, confidence: float) -> FloatArray:
    """The lower bound of a share of 1 of that many."""
    return np.asarray(np.where(size > 0, wilson(np.asarray(1.0), np.maximum(size, 1), confidence)[0], np.nan))
