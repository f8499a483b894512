"""What customers without contracts will do: expectations, and how far what happens may be from them."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import MICRO, Estimate, exact_sum, micro, undefined

from ._customer_table import CustomerTable
from ._discount import Discount
from ._fit import Fit
from ._future import draw_futures
from ._intervals import Intervals, boundary_note, drawn_models, parameter_variance
from ._origin import Origin
from ._purchase_model import PurchaseModel
from ._purchase_moments import Base, expected, moments, within
from ._purchases import Purchases
from ._spending import OnePrice, Spending
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]

_AT_ONCE: Final = 10_000
"""Customers whose draws are held at the same time: 80 MB for 1,000 draws."""


def predict(
    fit: Fit[PurchaseModel],
    history: Purchases,
    *,
    horizon: str | tuple[float, TimeUnit],
    intervals: Intervals | None = None,
) -> CustomerTable:
    """How many purchases each customer will make within a horizon from `history.age_on`.

    Args:
        fit: of a model of purchases; its unit of time is used.
        history: the customers; they need not be those that were fitted to.
        horizon: '39w' (d, w, m, y), or a number with its unit; a bare number is refused.
        intervals: how bounds are made; None for the usual.

    Returns:
        Columns p_alive (chance to be still there), purchases (expected), p_none (chance of none), low and high (of
        what will happen); the total is of the purchases.

    Raises:
        InvalidArgument: no horizon with a unit, or no fit of a model of purchases.
    """
    how = intervals or Intervals()
    discount = Discount(0.0, horizon=_with_unit(horizon))
    base, spend = checked_base(fit, history), OnePrice(len(history), 1.0, "purchases")
    found, low, high, total = bounded(fit, base, spend, discount, how)
    none = fit.model.p_no_purchase(*base.histories, discount.horizon_in(fit.model.unit) or 0.0)
    columns = {
        "p_alive": fit.model.p_alive(*base.histories)[base.place],
        "purchases": found,
        "p_none": none[base.place],
        "low": low,
        "high": high,
    }
    return CustomerTable(
        history.who,
        columns,
        total=total_of(found, total),
        by="purchases",
        unit="purchases",
        title=f"purchases by {type(fit.model).__name__} from {history.age_on} on, {_told(horizon)}",
        notes=boundary_note(fit),
        origin=Origin.of(fit, discount.horizon_days),
    )


def checked_base(fit: Fit[PurchaseModel], history: Purchases) -> Base:
    """The customers in the unit of a fit.

    Raises:
        InvalidArgument: it is no fit of a model of purchases, or there is no such history.
    """
    model = getattr(fit, "model", None)
    if not isinstance(fit, Fit) or not isinstance(model, PurchaseModel):
        raise InvalidArgument(f"'fit' is of {type(model or fit).__name__}; give a fit of a model of purchases")
    if not isinstance(history, Purchases):
        raise InvalidArgument(f"'history' is a {type(history).__name__}; make one with 'purchases(log)'")
    return Base.of(history, fit.model)


def total_of(values: FloatArray, bounds: tuple[float, float]) -> Estimate:
    """The exact sum of values rounded to millionths, so that any split of the customers gives the same."""
    if np.isnan(values).any():
        return undefined(f"{int(np.isnan(values).sum()):,} customers have no expected spend")
    low, high = (float(bound) for bound in bounds)
    return Estimate(exact_sum(micro(values)) / MICRO, low, high, None, None)


def bounded(
    fit: Fit[PurchaseModel], base: Base, spend: Spending, discount: Discount, intervals: Intervals
) -> tuple[FloatArray, FloatArray, FloatArray, tuple[float, float]]:
    """Expected discounted purchases of each customer, bounds of what each will bring, and of the total.

    Returns:
        By customer the expectation, lower and upper bound (nan without draws), and the bounds of the total.
    """
    n_draws = intervals.draws_for(len(base))
    low, high = np.full(len(base), np.nan), np.full(len(base), np.nan)
    if not n_draws:
        once, mean, variance = total_moments(fit, base, spend, discount)
        return once, low, high, intervals.bounds_around(mean, variance)
    totals = np.zeros(n_draws)
    for first in range(0, len(base), _AT_ONCE):
        customers = slice(first, first + _AT_ONCE)
        drawn = _drawn(fit, base, spend, discount, (intervals.seed, n_draws, customers))
        low[customers], high[customers] = intervals.bounds_of(drawn)
        totals += drawn.sum(axis=1)
    bottom, top = intervals.bounds_of(totals)
    return expected(fit.model, base, discount)[base.place], low, high, (float(bottom), float(top))


def _drawn(
    fit: Fit[PurchaseModel], base: Base, spend: Spending, discount: Discount, asked: tuple[int, int, slice]
) -> FloatArray:
    """What some customers bring in each draw: parameters first, the same for all blocks, then their future."""
    seed, n_draws, customers = asked
    models = drawn_models(fit, np.random.default_rng((seed, 0)), n_draws)
    paying = spend.draws(np.random.default_rng((seed, 1)), n_draws)
    generator = np.random.default_rng((seed, 2, customers.start))
    histories = base.some(customers)
    made = np.empty((n_draws, len(histories[0])))
    for place, (model, draw) in enumerate(zip(models, paying, strict=True)):
        future = draw_futures(model, histories, discount, generator, 1)
        made[place] = draw(future, customers, generator)[0]
    return made


def total_moments(
    fit: Fit[PurchaseModel], base: Base, spend: Spending, discount: Discount
) -> tuple[FloatArray, float, float]:
    """Expected discounted purchases by customer; mean and variance of what all bring together.

    The variance is that by the parameters, by the slopes of the mean, and that by chance.
    """
    mean, between, around = spend.moments()
    by_history, horizon = base.summed(mean), discount.horizon_in(fit.model.unit)
    means = moments(fit.model, base, discount)
    once, spread, twice = (values[base.place] for values in means)
    chance = spread * (mean**2 + between) + once**2 * between + twice * around
    if horizon is None:
        known = parameter_variance(fit, lambda model: float(expected(model, base, discount) @ by_history))
    else:
        # The mean discount within a horizon hardly moves with the parameters.
        counted = within(fit.model, base, horizon)
        worth = by_history * np.divide(means[0], counted, out=np.ones_like(counted), where=counted > 0)
        known = parameter_variance(fit, lambda model: float(within(model, base, horizon) @ worth))
    return once, float(once @ mean), known + spend.variance(once) + float(chance.sum())


def _with_unit(horizon: object) -> str | tuple[float, TimeUnit]:
    if isinstance(horizon, (int, float)):
        raise InvalidArgument(f"horizon={horizon!r} has no unit; write '{horizon:g}w' for weeks (d, w, m, y)")
    return horizon  # type: ignore[return-value]


def _told(horizon: str | tuple[float, TimeUnit]) -> str:
    return horizon if isinstance(horizon, str) else f"{horizon[0]:g} {horizon[1]}s"
