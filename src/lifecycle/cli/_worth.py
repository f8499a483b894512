"""The customers who will bring most, each with intervals, and what all will bring together."""

from __future__ import annotations

import argparse
from typing import Any, Final

import numpy as np

from lifecycle.value import (
    CustomerTable,
    Discount,
    Fit,
    Intervals,
    PurchaseModel,
    Purchases,
    SpendFit,
    customer_value,
    predict,
)

from ._value_parts import of_estimate, of_row

_DRAWS: Final = 1000


def worth(
    fit: Fit[PurchaseModel],
    history: Purchases,
    spend: SpendFit | None,
    discount: Discount,
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Totals of all customers, and the first of them.

    Args:
        fit: of purchases.
        history: of whom, and as of when.
        spend: None counts purchases.
        discount: rate and horizon.
        options: margin, seed, horizon, top.
    """
    usual = Intervals(seed=options.seed)
    found = customer_value(fit, history, spend=spend, discount=discount, margin=options.margin, intervals=usual)
    foretold = predict(fit, history, horizon=options.horizon, intervals=Intervals(n_draws=0))
    first = _first(found, options.top)
    some, drawn = history.only(first), Intervals(n_draws=_DRAWS, seed=options.seed)
    of_some = found
    if np.isnan(found["low"]).all():  # a large base has bounds of its total only
        of_some = customer_value(fit, some, spend=spend, discount=discount, margin=options.margin, intervals=drawn)
    buys = predict(fit, some, horizon=options.horizon, intervals=drawn)
    return {
        "title": found.title,
        "unit": found.unit,
        "horizon": options.horizon,
        "discount": str(discount),
        "margin": options.margin,
        "confidence": usual.confidence,
        "seed": options.seed,
        "total": of_estimate(found.total),
        "total_purchases": of_estimate(foretold.total),
        "notes": list(found.notes),
        "top": _rows(of_some, buys),
    }


def _first(found: CustomerTable, n: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The n customers of the highest values; who has none comes last."""
    order = np.argsort(-np.nan_to_num(found["value"], nan=-np.inf), kind="stable")[:n]
    picked = np.zeros(len(found), np.bool_)
    picked[order] = True
    return picked


def _rows(values: CustomerTable, buys: CustomerTable) -> list[dict[str, Any]]:
    """The customers of a forecast with their values, the highest first."""
    purchases = {row["customer"]: row for row in buys.rows()}
    made = []
    for row in values.top(len(buys)).rows():
        bought = purchases[row["customer"]]
        made.append(
            {
                "customer": row["customer"],
                "p_alive": row["p_alive"],
                "purchases": bought["purchases"],
                "purchases_low": bought["low"],
                "purchases_high": bought["high"],
                "spend": row["spend"],
                "value": row["value"],
                "value_low": row["low"],
                "value_high": row["high"],
            }
        )
    return [of_row(row) for row in made]
