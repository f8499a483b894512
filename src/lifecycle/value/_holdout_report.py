"""What a holdout told of models: scores, means by frequency, weekly tracks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Any, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._customer_table import CustomerTable
from ._fit import Fit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen(eq=False)
class ModelScore:
    """How near one forecast came to what happened; a number that the forecast does not give is nan."""

    name: str
    """The class of the model, or 'naive'."""
    total: float
    """Purchases foretold, all customers together."""
    low: float
    """Lower bound of that total."""
    high: float
    """Upper bound of that total."""
    total_error: float
    """(foretold - actual) ÷ actual, of the totals; -0.12 is 12 % too low."""
    mean_absolute_error: float
    """Mean over customers of the difference between foretold and actual purchases, without its sign."""
    root_mean_squared_error: float
    """Root of the mean over customers of (foretold - actual)²."""
    correlation: float
    """Pearson's, over customers, of foretold and actual."""
    brier_score: float
    """Mean over customers of (chance of any purchase - whether there was one)²; lower is better."""
    holds_total: bool | None
    """Whether the interval of the total holds the actual total; None without interval."""
    share_held: float
    """Share of customers whose own interval holds what they did."""
    fit: Fit[Any] | None = None
    """The fit; None for the naive forecast."""

    @classmethod
    def of(
        cls,
        name: str,
        foretold: FloatArray,
        actual: npt.NDArray[np.int64],
        *,
        table: CustomerTable | None = None,
        fit: Fit[Any] | None = None,
    ) -> Self:
        """The score of a forecast by customer.

        Args:
            name: of the model.
            foretold: expected purchases; shape (n_customers,).
            actual: purchases; the same shape.
            table: of `predict`, for what needs more than expectations.
            fit: of the model.
        """
        error, total, happened = foretold - actual, float(foretold.sum()), int(actual.sum())
        spread = float(foretold.std() * actual.std())
        linked = float(np.mean((foretold - foretold.mean()) * (actual - actual.mean()))) / spread if spread else np.nan
        low, high, brier, held, holds = np.nan, np.nan, np.nan, np.nan, None
        if table is not None and table.total.low is not None and table.total.high is not None:
            low, high = table.total.low, table.total.high
            holds = low <= happened <= high
            brier = float(np.mean((1 - table["p_none"] - (actual > 0)) ** 2))
            is_known = not np.isnan(table["low"]).any()
            held = float(np.mean((table["low"] <= actual) & (actual <= table["high"]))) if is_known else np.nan
        return cls(
            name,
            total,
            low,
            high,
            total_error=(total - happened) / happened if happened else np.nan,
            mean_absolute_error=float(np.abs(error).mean()),
            root_mean_squared_error=float(np.sqrt((error**2).mean())),
            correlation=linked,
            brier_score=brier,
            holds_total=holds,
            share_held=held,
            fit=fit,
        )


def _frozen(columns: Mapping[str, FloatArray]) -> Mapping[str, FloatArray]:
    made = {}
    for name, values in columns.items():
        made[name] = np.asarray(values, np.float64).view()
        made[name].flags.writeable = False
    return MappingProxyType(made)


@attrs.frozen(eq=False, repr=False)
class HoldoutReport:
    """Models fitted before a day, judged on what came after. Make it with `holdout_report`."""

    split: date
    """The first day of the holdout."""
    until: date
    """The first day after it."""
    n_customers: int
    """Who had bought before the split: they are judged."""
    n_new: int
    """Who first bought in the holdout: they do not count."""
    actual: int
    """Purchases of the judged customers in the holdout."""
    scores: tuple[ModelScore, ...]
    """The naive forecast first, then the models as given."""
    by_frequency: Mapping[str, FloatArray] = attrs.field(converter=_frozen)
    """'customers' with 0, 1, … 6 and 7 or more repeat days before the split; then mean purchases in the holdout:
    'actual', 'naive' and by model; nan where there is nobody."""
    weekly: Mapping[str, FloatArray] = attrs.field(converter=_frozen)
    """Repeat purchases in each whole week since the first purchase of all, through both periods: 'actual' and by
    model, which here know only when each customer began."""
    split_week: int = attrs.field()
    """How many weeks begin before the split."""

    @property
    def cumulative(self) -> Mapping[str, FloatArray]:
        """The weekly numbers added up."""
        return {name: np.cumsum(values) for name, values in self.weekly.items()}

    def __getitem__(self, name: str) -> ModelScore:
        """The score of a model by its name.

        Raises:
            InvalidArgument: it was not judged.
        """
        for score in self.scores:
            if score.name == name:
                return score
        raise InvalidArgument(f"{name!r} was not judged; there are {', '.join(one.name for one in self.scores)}")

    def rows(self) -> list[dict[str, Any]]:
        """One dict per model, without its fit."""
        return [{name: value for name, value in _fields(score).items() if name != "fit"} for score in self.scores]

    def __repr__(self) -> str:
        days = (self.until - self.split).days
        head = f"holdout {self.split} to {self.until} ({days} days): {self.actual:,} purchases of {self.n_customers:,}"
        new = f"; {self.n_new:,} new customers do not count" if self.n_new else ""
        lines = [
            f"{head} customers{new}",
            f"{'':<12} {'total':>10} {'bounds':>19} {'error':>7} {'MAE':>7} {'RMSE':>7}   corr  Brier   held",
        ]
        for one in self.scores:
            bounds = "" if np.isnan(one.low) else f"{one.low:,.0f} to {one.high:,.0f}"
            near = f"{one.mean_absolute_error:>7.4f} {one.root_mean_squared_error:>7.4f} {_short(one.correlation)}"
            far = f"{one.total:>10,.1f} {bounds:>19} {100 * one.total_error:>6.1f}%"
            lines.append(f"{one.name:<12} {far} {near} {_short(one.brier_score)} {_short(one.share_held)}")
        lines.append("mean purchases in the holdout by repeat days before it: 0, 1, … 6, 7 or more")
        for name, values in self.by_frequency.items():
            lines.append(f"{name:<12} " + " ".join(f"{value:>8.4g}" for value in values))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


def _fields(score: ModelScore) -> dict[str, Any]:
    return {field.name: getattr(score, field.name) for field in attrs.fields(ModelScore)}


def _short(value: float) -> str:
    return f"{'':>6}" if np.isnan(value) else f"{value:>6.3f}"
