"""How well models foretell what then happened: fitted before a day, judged on what came after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import Calendar

from ._bg_nbd import BgNbd
from ._days import Day
from ._fit import Fit
from ._holdout_report import HoldoutReport, ModelScore
from ._intervals import Intervals
from ._mbg_nbd import MbgNbd
from ._nbd import Nbd
from ._pareto_nbd import ParetoNbd
from ._prediction import predict
from ._purchase_days import repeats_by_day
from ._purchase_model import PurchaseModel
from ._purchases import Purchases, purchases
from ._time_unit import DAYS_OF

FloatArray: TypeAlias = npt.NDArray[np.float64]

_MODELS: Final = (Nbd, BgNbd, MbgNbd, ParetoNbd)
_BINS: Final = 8
"""0, 1, … 6 repeat days, and 7 or more."""
_WEEK: Final = 7


def holdout_report(
    log: TouchpointLog,
    calibration: Purchases,
    *,
    until: Day | None = None,
    models: Sequence[type[Any]] | None = None,
    intervals: Intervals | None = None,
) -> HoldoutReport:
    """How well models that know the purchases before a day foretell those after it, customer by customer.

    Beside the models stands the naive forecast: everybody goes on at their own rate so far. Customers who first bought
    in the holdout do not count: nobody could have known them.

    Args:
        log: all touchpoints, before the split and after.
        calibration: the purchases before the split, of `purchases(log, until=split)`; models are fitted to them.
        until: the first day after the holdout; None for the day after the last row's.
        models: classes of models of purchases; None for Nbd, BgNbd, MbgNbd and ParetoNbd. Time is in weeks.
        intervals: how bounds are made; None for the usual.

    Returns:
        Scores by model, means by number of repeat days, and the weekly track.

    Raises:
        InvalidArgument: the holdout has no days, nobody is there to judge, or the log lacks what the calibration has.
    """
    whole = purchases(log, kinds=calibration.kinds, until=until, zone=calibration.zone, currency=calibration.currency)
    n_days = (whole.until - calibration.until).days
    if n_days <= 0 or not len(calibration):
        raise InvalidArgument(
            f"the holdout from {calibration.until} to {whole.until} has {n_days} days, the calibration "
            f"{len(calibration)} customers; give an earlier split, or a later 'until'"
        )
    actual, tally = _actual(calibration, whole), calibration.tally()
    fits: list[Fit[PurchaseModel]] = [model.fit(tally, unit="week") for model in models or _MODELS]
    scores = _scores(calibration, actual, fits, (n_days, intervals))
    return HoldoutReport(
        split=calibration.until,
        until=whole.until,
        n_customers=len(calibration),
        n_new=len(whole) - len(calibration),
        actual=int(actual.sum()),
        scores=tuple(score for score, _ in scores),
        by_frequency=_by_frequency(calibration.x, actual, {score.name: values for score, values in scores}),
        weekly=_weekly(log, calibration, whole, fits),
        split_week=-(-(_number(calibration) - _first(calibration)) // _WEEK),
    )


def _actual(calibration: Purchases, whole: Purchases) -> npt.NDArray[np.int64]:
    """Purchases of the known customers in the holdout."""
    place = {text: row for row, text in enumerate(whole.ids.tolist())}
    rows = [place.get(text, -1) for text in calibration.ids.tolist()]
    found = whole.n_days[rows] - calibration.n_days if rows else np.empty(0, np.int64)
    if -1 in rows or (found < 0).any() or not np.array_equal(whole.first_day[rows], calibration.first_day):
        raise InvalidArgument("the log lacks purchases of the calibration; make it with 'purchases(log, until=split)'")
    return np.asarray(found)


def _naive(calibration: Purchases, n_days: int) -> FloatArray:
    age = calibration.age_days
    return np.asarray(np.divide(calibration.x * float(n_days), age, out=np.zeros(len(age)), where=age > 0))


def _scores(
    calibration: Purchases,
    actual: npt.NDArray[np.int64],
    fits: Sequence[Fit[PurchaseModel]],
    asked: tuple[int, Intervals | None],
) -> list[tuple[ModelScore, FloatArray]]:
    """The score of each forecast, the naive one first, and the forecast by customer."""
    n_days, intervals = asked
    naive = _naive(calibration, n_days)
    made = [(ModelScore.of("naive", naive, actual), naive)]
    for fit in fits:
        table = predict(fit, calibration, horizon=(float(n_days), "day"), intervals=intervals)
        foretold = table["purchases"]
        made.append((ModelScore.of(type(fit.model).__name__, foretold, actual, table=table, fit=fit), foretold))
    return made


def _by_frequency(
    x: npt.NDArray[np.int64], actual: npt.NDArray[np.int64], columns: dict[str, FloatArray]
) -> dict[str, FloatArray]:
    """How many customers there are by repeat days, and the mean of what they did and of each forecast."""
    bins = np.minimum(x, _BINS - 1)
    count = np.bincount(bins, minlength=_BINS)
    made = {"customers": count.astype(np.float64)}
    for name, values in {"actual": actual.astype(np.float64), **columns}.items():
        total = np.bincount(bins, weights=values, minlength=_BINS)
        made[name] = np.divide(total, count, out=np.full(_BINS, np.nan), where=count > 0)
    return made


def _weekly(
    log: TouchpointLog, calibration: Purchases, whole: Purchases, fits: Sequence[Fit[PurchaseModel]]
) -> dict[str, FloatArray]:
    """Repeat purchases in each whole week since the first purchase of all, as they were and as expected."""
    calendar = Calendar(calibration.zone)
    end, first = _number(whole), _first(calibration)
    found = repeats_by_day(
        log if calibration.currency is None else log.in_currency(calibration.currency),
        calibration.kinds,
        first_before=_number(calibration),
        until_us=calendar.start_of(end),
        calendar=calendar,
    )
    weeks = (end - first) // _WEEK
    days = np.zeros(weeks * _WEEK)
    seen = found[first : first + len(days)]
    days[: len(seen)] = seen
    track = {"actual": days.reshape(weeks, _WEEK).sum(axis=1)}
    return track | {type(fit.model).__name__: _expected_weekly(fit.model, calibration, weeks) for fit in fits}


def _expected_weekly(model: PurchaseModel, calibration: Purchases, weeks: int) -> FloatArray:
    """Expected repeat purchases in each week, of customers of whom only the day of their first purchase is known."""
    starts = np.bincount(calibration.first_day - _first(calibration), minlength=1).astype(np.float64)
    days = np.arange(weeks * _WEEK + 1, dtype=np.float64)
    one = model.expected_purchases(days / DAYS_OF[model.unit])
    born = starts[: len(days)]
    by_day = np.zeros(len(days))
    for day in np.flatnonzero(born).tolist():
        by_day[day:] += born[day] * one[: len(days) - day]
    return np.diff(by_day[::_WEEK])


def _first(calibration: Purchases) -> int:
    return int(calibration.first_day.min())


def _number(history: Purchases) -> int:
    return int(np.datetime64(history.until, "D").astype(np.int64))
