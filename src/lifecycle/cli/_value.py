"""What customers will still bring, as JSON values."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.value import (
    BgNbd,
    Discount,
    Fit,
    GammaGamma,
    Intervals,
    MbgCnbd,
    MbgNbd,
    Nbd,
    ParetoNbd,
    Purchases,
    SpendFit,
    compare_models,
    gap_tally,
    holdout_report,
    purchases,
)

from ._heading import of_log
from ._value_parts import of_comparison, of_fit, of_holdout, of_spend
from ._worth import worth

_MODELS: Final[Mapping[str, type[Any]]] = {"nbd": Nbd, "bgnbd": BgNbd, "mbgnbd": MbgNbd, "paretonbd": ParetoNbd}
_STAGES: Final = (2, 3)
"""What is tried of MbgCnbd: these suit most customers who buy regularly."""
_KINDS: Final = ("purchase", "payment")
_NAMED: Final = 10
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_HOLDOUT_DRAWS: Final = 400
"""Enough for bounds of 95 %: ten draws lie outside on each side."""


def value(log: TouchpointLog, options: argparse.Namespace) -> dict[str, Any]:
    """The whole content of `value`: the fit beside other models, spend, holdout, the customers worth most, totals.

    Raises:
        InvalidArgument: nobody bought, or something that cannot be asked for.
        CurrencyMismatch: the log has several currencies and none was named.
    """
    discount = Discount(options.discount, horizon=options.horizon)
    history, whole = _histories(log, options)
    compared = compare_models(history.tally(), [*_MODELS.values(), *_regular(log, history)])
    fit = compared[_MODELS[options.model].__name__]
    spend, why_none = _spend(history)
    return {
        "log": of_log(log),
        "purchases": _of_purchases(history, whole),
        "fit": of_fit(fit),
        "comparison": of_comparison(compared),
        "spend": {"reason": why_none} if spend is None else {"reason": "", **of_spend(spend)},
        "holdout": _holdout(log, history, whole) if options.until else {"reason": "no --until was given"},
        "value": worth(fit, history, spend, discount, options),
    }


def _regular(log: TouchpointLog, history: Purchases) -> list[Fit[Any]]:
    """MbgCnbd with the likelier number of stages: only compared, as its draws are too slow for a report."""
    gaps = gap_tally(log, kinds=history.kinds, until=history.until, zone=history.zone, currency=history.currency)
    fits = [MbgCnbd.fit(history.tally(), k=k, sum_log_gaps=gaps.sum_of_logs) for k in _STAGES]
    return [max(fits, key=lambda fit: (not fit.status.startswith("not converged"), fit.log_likelihood))]


def _histories(log: TouchpointLog, options: argparse.Namespace) -> tuple[Purchases, Purchases]:
    """What was bought before the end that was asked for, and in the whole log."""
    kinds, currency = tuple(options.purchase) or _KINDS, options.currency if log.currencies else None
    whole = purchases(log, kinds=kinds, zone=options.zone, currency=currency)
    history = whole
    if options.until is not None:
        history = purchases(log, kinds=kinds, until=options.until, zone=options.zone, currency=currency)
    if not len(history):
        raise InvalidArgument(_nobody(log, history, whole))
    if options.to_last_day:
        history = attrs.evolve(history, age_on=history.until - timedelta(days=1))
    return history, whole


def _nobody(log: TouchpointLog, history: Purchases, whole: Purchases) -> str:
    if len(whole):
        first = date.fromordinal(_EPOCH_ORDINAL + int(whole.first_day.min()))
        return f"nobody bought before {history.until}; the first purchase is of {first}: give a later --until"
    known = ", ".join(sorted(set(log.kinds))[:_NAMED]) or "none"
    return (
        f"nobody bought: no touchpoint is a {' or a '.join(whole.kinds)} that is no return; "
        f"kinds of the log: {known}; name those that are purchases with --purchase"
    )


def _of_purchases(history: Purchases, whole: Purchases) -> dict[str, Any]:
    return {
        "kinds": list(history.kinds),
        "until": history.until.isoformat(),
        "age_on": history.age_on.isoformat(),
        "log_ends": whole.until.isoformat(),
        "zone": history.zone,
        "currency": history.currency,
        "customers": len(history),
        "repeaters": int(np.count_nonzero(history.x)),
        "repeat_days": int(history.x.sum()),
        "notes": list(history.notes.told()),
    }


def _spend(history: Purchases) -> tuple[SpendFit | None, str]:
    """What is known of spend, or why nothing is."""
    if history.currency is None:
        return None, "the log has no amounts: values count purchases"
    spent = history.spend()
    if not ((spent.x > 0) & (spent.total_minor > 0)).any():
        return None, "nobody paid on a repeat day, so spend is unknown: values count purchases"
    return GammaGamma.fit(spent), ""


def _holdout(log: TouchpointLog, history: Purchases, whole: Purchases) -> dict[str, Any]:
    if whole.until <= history.until:
        return {"reason": f"the log has no day from {history.until} on"}
    draws = min(_HOLDOUT_DRAWS, Intervals().draws_for(len(history)))  # none for a large base: totals alone have bounds
    report = holdout_report(log, history, models=tuple(_MODELS.values()), intervals=Intervals(n_draws=draws))
    return {"reason": "", **of_holdout(report)}
