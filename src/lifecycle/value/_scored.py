"""Values of customers as touchpoints, so that facts, signals, segments and playbooks can read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import moment_us
from lifecycle.tally import MICRO, micro

from ._customer_table import CustomerTable

SCORED: Final = "scored"
"""The reserved kind of the touchpoints."""
_COUNTED: Final = ("purchases", "payments")


def scored(values: CustomerTable, at: datetime, *, fitted_at: datetime | None = None) -> TouchpointLog:
    """One touchpoint of the reserved kind `scored` for each customer of a table: `log.merge` it, or `advance` each.

    A score is what was known at `at`: give a moment that is not before the last touchpoint that the model saw. Numbers
    are rounded to millionths, so that any split of the customers gives the same bytes.

    Attributes:
        `model` and `version` (class and digest of the fit), `fitted_at` (ISO 8601, UTC), `unit` (of ltv),
        `horizon_days` (missing for ever), `p_alive`, `expected_purchases`, and `ltv`, the value in major units. Of a
        table of `customer_value` the expected purchases are discounted as the value is; one of `predict` has them as
        they are, and no ltv.

    Args:
        values: of `customer_value` or `predict`.
        at: when the scores hold; an aware datetime.
        fitted_at: when the model was fitted; None for `at`.

    Raises:
        InvalidArgument: the table does not tell where it comes from, or a time has no zone.

    Empty and missing:
        A value that is not known has no attribute. Values that count purchases instead of money are no ltv. A table
        without customers gives an empty log.

    >>> from datetime import UTC
    >>> from lifecycle.value import BgNbd, Discount, customer_value, purchases
    >>> days = ["2026-01-01", "2026-01-20", "2026-02-11", "2026-01-05"]
    >>> history = purchases(TouchpointLog.from_columns({"customer": list("aaab"), "at": days}, kind="=purchase"))
    >>> table = customer_value(BgNbd.fit(history.tally()), history, discount=Discount(0.1, horizon="52w"))
    >>> [touchpoint.kind for touchpoint in scored(table, datetime(2026, 2, 12, tzinfo=UTC)).touchpoints(0)]
    ['scored']
    """
    if not isinstance(values, CustomerTable) or values.origin is None:
        raise InvalidArgument("'values' does not tell its model; give what 'customer_value' or 'predict' answers with")
    now, fitted = moment_us(at), at if fitted_at is None else fitted_at
    moment_us(fitted, "fitted_at")
    size, origin = len(values), values.origin
    columns: dict[str, Any] = {
        "customer": values.ids,
        "at": np.full(size, now, "M8[us]"),
        "model": [origin.model] * size,
        "version": [origin.version] * size,
        "fitted_at": [fitted.astimezone(UTC).isoformat()] * size,
        "unit": [values.unit] * size,
    }
    if origin.horizon_days is not None:
        columns["horizon_days"] = np.full(size, origin.horizon_days)
    columns |= {name: _rounded(values[column]) for name, column in _numbers(values).items()}
    return TouchpointLog.from_columns(columns, customer="customer", at="at", kind=f"={SCORED}")


def _numbers(values: CustomerTable) -> dict[str, str]:
    """The attributes that are numbers, and the columns that they come from."""
    has_money = "value" in values.columns and values.unit not in _COUNTED
    return {"p_alive": "p_alive", "expected_purchases": "purchases"} | ({"ltv": "value"} if has_money else {})


def _rounded(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    known = np.isfinite(column)
    made = np.full(len(column), np.nan)
    made[known] = micro(column[known]) / MICRO
    return made
