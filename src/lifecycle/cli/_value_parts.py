"""Fits, comparisons and holdouts of models as JSON values; what is not a number is None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import Estimate
from lifecycle.value import Comparison, Fit, HoldoutReport, SpendFit


def known(value: Any) -> Any:
    """The value, or None for a float that JSON has no word for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with what JSON knows."""
    return {name: known(value) for name, value in row.items()}


def of_fit(fit: Fit[Any]) -> dict[str, Any]:
    """A fit: parameters with standard errors and bounds of 95 %, log-likelihood, status."""
    return {
        "model": type(fit.model).__name__,
        "unit": fit.unit,
        "parameters": {name: _of_parameter(fit, name) for name in fit.parameters},
        "log_likelihood": known(fit.log_likelihood),
        "aic": known(fit.aic),
        "bic": known(fit.bic),
        "status": fit.status,
        "customers": fit.n_customers,
        "data_digest": fit.data_digest,
    }


def _of_parameter(fit: Fit[Any], name: str) -> dict[str, Any]:
    low, high = fit.interval(name)
    error = fit.standard_errors[name]
    return of_row({"value": fit.parameters[name], "standard_error": error, "low": low, "high": high})


def of_spend(fit: SpendFit) -> dict[str, Any]:
    """A fit of spend, with what deserves care."""
    return {
        **of_fit(fit),
        "currency": fit.model.currency,
        "mean_of_new_customers": fit.model.population_mean.value,
        "pearson": known(fit.pearson),
        "spearman": known(fit.spearman),
        "notes": list(fit.notes),
    }


def of_comparison(compared: Comparison) -> dict[str, Any]:
    """Models side by side, and the tests of those that hold one another."""
    tests = [{**attrs.asdict(test), "text": str(test)} for test in compared.tests]
    return {"models": [of_row(row) for row in compared.rows()], "tests": [of_row(row) for row in tests]}


def of_holdout(report: HoldoutReport) -> dict[str, Any]:
    """What came after a day, and how near each model was."""
    return {
        "split": report.split.isoformat(),
        "until": report.until.isoformat(),
        "customers": report.n_customers,
        "new_customers": report.n_new,
        "actual": report.actual,
        "scores": [of_row(row) for row in report.rows()],
        "by_frequency": _columns(report.by_frequency),
        "weekly": _columns(report.weekly),
        "split_week": report.split_week,
    }


def of_estimate(estimate: Estimate) -> dict[str, Any]:
    """A figure with its interval; without one its note says why."""
    return of_row({"value": estimate.value, "low": estimate.low, "high": estimate.high, "note": estimate.note})


def _columns(columns: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, list[float | None]]:
    return {name: [known(value) for value in values.tolist()] for name, values in columns.items()}
