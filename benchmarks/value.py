"""What customers will still bring: fits against lifetimes and pymc-marketing, a log against lifetimes' first step.

Results are compared before they are timed. pymc-marketing needs an environment of its own: without it its rows are
left out, and that is said.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecycle import TouchpointLog
from lifecycle.value import (
    BgNbd,
    CustomerTable,
    Discount,
    Fit,
    GammaGamma,
    PurchaseTally,
    customer_value,
    purchases,
)

from .measure import Row, demand, rounds

CUSTOMERS: Final = 1_000_000
_SLOW_ROUNDS: Final = 3
_DAYS: Final = 2 * 365
_END: Final = np.datetime64("2025-01-01", "D")
_TRUE: Final = BgNbd(0.243, 4.414, 0.793, 2.426, "week")
IntArray = npt.NDArray[np.int64]
Histories = tuple[IntArray, IntArray, IntArray]


def rows(n_rounds: int) -> Iterator[Row]:
    """The fit of CDNOW and of a million customers, and the way from a raw log to values."""
    if importlib.util.find_spec("lifetimes") is None:
        print("value: lifetimes is not installed, so there is nothing to compare with: 'make bench' brings it")
        return
    small, large = cdnow(), simulated(CUSTOMERS)
    for name, histories, bar, n in (
        (f"BG/NBD of CDNOW, {len(small[0]):,} customers, with grouping", small, 1 / 5, n_rounds),
        (f"BG/NBD of {CUSTOMERS:,} customers, with grouping", large, 1 / 50, min(n_rounds, _SLOW_ROUNDS)),
    ):
        _same(fitted(histories), _parameters_of_lifetimes(by_lifetimes(histories)), "lifetimes")
        ours, theirs = rounds(n, partial(fitted, histories), partial(by_lifetimes, histories))
        yield Row(name, "lifetimes, BetaGeoFitter", ours, theirs, "s", bar)
    yield from _against_pymc(large, min(n_rounds, _SLOW_ROUNDS))
    yield from _from_a_log(n_rounds)


def cdnow() -> Histories:
    """The published histories of 2,357 customers, in days."""
    from lifetimes.datasets import load_cdnow_summary

    table = load_cdnow_summary(index_col=[0])
    frequency, recency, age = (table[name].to_numpy() for name in ("frequency", "recency", "T"))
    return frequency.astype(np.int64), _days(recency), _days(age)


def _days(weeks: npt.NDArray[np.float64]) -> IntArray:
    return np.rint(7 * weeks).astype(np.int64)


def simulated(n: int, *, seed: int = 20261122) -> Histories:
    """Customers who buy and leave as the model says; purchases of one day are one.

    Seen for 27 to 39 weeks, as those of CDNOW, whose parameters they have.
    """
    x, last = np.zeros(n, np.int64), np.zeros(n, np.int64)
    age = np.random.default_rng(seed).integers(27 * 7, 39 * 7, n)
    for there, day in purchase_days(age, seed + 1):
        x[there] += day > last[there]
        last[there] = day
    return x, last, age


def purchase_days(age: IntArray, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Again and again: which customers buy once more, and how many days after their first purchase."""
    draw, n = np.random.default_rng(seed), len(age)
    rate, leaves = draw.gamma(_TRUE.r, 1 / _TRUE.alpha, n) / 7, draw.beta(_TRUE.a, _TRUE.b, n)
    now, there = np.zeros(n), np.arange(n)
    while len(there):
        with np.errstate(divide="ignore"):
            now[there] += draw.exponential(1.0, len(there)) / rate[there]
        there = there[now[there] <= age[there]]
        yield there, np.ceil(now[there]).astype(np.int64)
        there = there[draw.random(len(there)) >= leaves[there]]


def fitted(histories: Histories) -> Fit[BgNbd]:
    """Ours, from one row per customer."""
    return BgNbd.fit(PurchaseTally.of(*histories), unit="week")


def by_lifetimes(histories: Histories) -> Any:
    """The same histories in weeks, as its users fit them."""
    from lifetimes import BetaGeoFitter

    x, last, age = histories
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BetaGeoFitter().fit(x, last / 7, age / 7)


def _parameters_of_lifetimes(fit: Any) -> dict[str, float]:
    return {name: float(fit.params_[name]) for name in ("r", "alpha", "a", "b")}


def _same(ours: Fit[BgNbd], theirs: dict[str, float], name: str) -> None:
    """Within 3 %: theirs stop earlier than ours, or have a prior."""
    close = all(abs(theirs[key] / value - 1) < 0.03 for key, value in ours.parameters.items())
    demand(close and ours.is_converged, f"parameters: ours {dict(ours.parameters)}, {name} {theirs}")


def _against_pymc(histories: Histories, n_rounds: int) -> Iterator[Row]:
    if importlib.util.find_spec("pymc_marketing") is None:
        print("value: pymc-marketing is not installed: its MAP is left out", file=sys.stderr)
        return
    _same(fitted(histories), by_pymc(histories), "pymc-marketing")
    ours, theirs = rounds(n_rounds, partial(fitted, histories), partial(by_pymc, histories))
    name = f"BG/NBD of {len(histories[0]):,} customers, with grouping"
    yield Row(name, "pymc-marketing, MAP, warm", ours, theirs, "s", 1 / 50)


def by_pymc(histories: Histories) -> dict[str, float]:
    """The maximum a posteriori under its usual priors; the round that is not counted compiles."""
    from pymc_marketing import clv

    x, last, age = histories
    frame = pd.DataFrame({"customer_id": np.arange(len(x)), "frequency": x, "recency": last / 7, "T": age / 7})
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        model = clv.BetaGeoModel(data=frame)
        model.fit(method="map", progressbar=False)
    return {name: float(model.fit_result[name].mean()) for name in ("r", "alpha", "a", "b")}


def _from_a_log(n_rounds: int) -> Iterator[Row]:
    frame = orders()
    table, theirs = values(frame), summary(frame)
    history = purchases(log_of(frame), until=str(_END))
    demand(len(theirs) == len(table) == len(history), f"customers: {len(theirs)} and {len(table)}")
    by_id = theirs.loc[history.ids.astype(np.int64)]
    for name, mine in (("frequency", history.x), ("recency", history.last_days), ("T", history.age_days)):
        demand(np.array_equal(by_id[name].to_numpy(), mine), name)
    ours, first_step = rounds(n_rounds, partial(values, frame), partial(summary, frame))
    name = f"values of {len(table):,} customers from a frame of {len(frame):,} rows"
    yield Row(name, "lifetimes, the table of recency and frequency", ours, first_step, "s", 1 / 3)


def orders(*, seed: int = 20261122) -> pd.DataFrame:
    """A frame of purchases in order of time: customers of sparse whole numbers, times, amounts; two years."""
    draw = np.random.default_rng(seed)
    ids = draw.permutation(np.unique(draw.integers(1 << 39, 1 << 40, CUSTOMERS * 2)))[:CUSTOMERS]
    age = draw.integers(1, _DAYS, CUSTOMERS)
    parts = [(np.arange(CUSTOMERS), -age)]
    parts += [(there, day - 1 - age[there]) for there, day in purchase_days(age, seed + 1)]
    code, day = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(day, kind="stable")
    at = (_END + day[order]).astype("M8[us]") + draw.integers(0, 86_400_000_000, len(day)).astype("m8[us]")
    level = draw.gamma(4.0, 8.0, CUSTOMERS)
    paid = np.round(draw.gamma(6.0, level[code[order]] / 6) + 0.01, 2)
    return pd.DataFrame({"customer": ids[code[order]], "at": at, "amount": paid}, copy=False).sort_values("at")


def log_of(frame: pd.DataFrame) -> TouchpointLog:
    """The log of a frame of purchases."""
    return TouchpointLog.from_frame(frame, kind="=purchase", currency="=USD")


def values(frame: pd.DataFrame) -> CustomerTable:
    """From the raw frame to the value of every customer, with the interval of the total."""
    history = purchases(log_of(frame), until=str(_END))
    fit, spend = BgNbd.fit(history.tally()), GammaGamma.fit(history.spend())
    return customer_value(fit, history, spend=spend, discount=Discount(0.1, horizon="52w"))


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """What lifetimes makes of the same frame before it can fit anything."""
    from lifetimes.utils import summary_data_from_transaction_data

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return summary_data_from_transaction_data(
            frame, "customer", "at", monetary_value_col="amount", observation_period_end=str(_END)
        )
