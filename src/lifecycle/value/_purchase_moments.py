"""Means and variances of the discounted purchases of a base, each distinct history computed once."""

from __future__ import annotations

from typing import Final, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._discount import Discount
from ._future import draw_futures
from ._grouped import placed_rows
from ._purchase_model import PurchaseModel
from ._purchases import Purchases
from ._time_unit import DAYS_OF

FloatArray: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_FAR: Final = 37.0
"""Discounted by e to the minus 37, nothing counts any more."""
_DRAWN: Final = 200_000
_LITTLE: Final = 0.25
"""A discount of so much at the horizon, as a logarithm, hardly differs from purchase to purchase."""


@attrs.frozen(eq=False)
class Base:
    """Customers as models see them: the distinct histories, and who has which."""

    x: FloatArray
    """Repeat days of the distinct histories."""
    last: FloatArray
    """Age at the last purchase, in units of the model."""
    age: FloatArray
    """Age now, in units of the model."""
    place: Places
    """The history of each customer; shape (n_customers,)."""
    fresh: tuple[FloatArray, FloatArray, FloatArray]
    """x, t_x and age of the histories that differ in what matters of who is still there."""
    pair: Places
    """Which of these stands for each history."""

    @classmethod
    def of(cls, history: Purchases, model: PurchaseModel) -> Self:
        """The base in the unit of a model; where the last purchase does not matter to it, x and age are enough."""
        (x, last, age), place = placed_rows((history.x, history.last_days, history.age_days))
        days = DAYS_OF[model.unit]
        histories = (x.astype(np.float64), last / days, age / days)
        if model._last_matters:
            return cls(*histories, place, histories, np.arange(len(x)))
        (pair_x, pair_age), pair = placed_rows((x, age))
        # As if the last purchase were now: then the chance to be there, which is divided out, is never small.
        fresh = (pair_x.astype(np.float64), np.where(pair_x > 0, pair_age, 0) / days, pair_age / days)
        return cls(*histories, place, fresh, pair)

    def __len__(self) -> int:
        return len(self.place)

    @property
    def histories(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """x, t_x and age of the distinct histories."""
        return self.x, self.last, self.age

    def summed(self, values: FloatArray) -> FloatArray:
        """The sum over the customers of each distinct history."""
        return np.bincount(self.place, weights=values, minlength=len(self.x)).astype(np.float64, copy=False)

    def some(self, customers: slice) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The histories of some customers, one by one."""
        picked = self.place[customers]
        return self.x[picked], self.last[picked], self.age[picked]


def expected(model: PurchaseModel, base: Base, discount: Discount) -> FloatArray:
    """Expected discounted purchases of the distinct histories."""
    return np.asarray(model.p_alive(*base.histories) * _of_those_there(model, base, discount)[0][base.pair])


def within(model: PurchaseModel, base: Base, horizon: float) -> FloatArray:
    """Expected purchases of the distinct histories within a horizon, not discounted."""
    mean = _share(model.conditional_purchases(*base.fresh, horizon), model.p_alive(*base.fresh))
    return np.asarray(model.p_alive(*base.histories) * mean[base.pair])


def moments(model: PurchaseModel, base: Base, discount: Discount) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of the distinct histories: mean and variance of the discounted purchases, and the mean of squared discounts.

    Where discounting is little the variance is closed: what is chance alone is discounted exactly, what customers
    differ in by their mean discount. Else it is that of draws, always the same ones.
    """
    alive = model.p_alive(*base.histories)
    mean, square = (values[base.pair] for values in _of_those_there(model, base, discount))
    once, twice = alive * mean, alive * square
    horizon = discount.horizon_in(model.unit)
    if horizon is None or discount.per_unit(model.unit) * horizon > _LITTLE:
        n_draws = int(np.clip(_DRAWN // max(len(alive), 1), 8, 4096))
        future = draw_futures(model, base.histories, discount, np.random.default_rng(0), n_draws)
        return once, future.variance().mean(axis=0) + future.mean().var(axis=0, ddof=1), twice
    counted, spread = _counts_of_those_there(model, base, horizon)
    rate = _share(mean, counted[base.pair])
    more = rate**2 * (spread - counted)[base.pair]
    return once, np.maximum(twice + alive * (more + (1 - alive) * mean**2), 0.0), twice


def _of_those_there(model: PurchaseModel, base: Base, discount: Discount) -> tuple[FloatArray, FloatArray]:
    """Expected discounted purchases of those still there, and the same with discounts squared.

    By parts over the purchases by a time, which need no derivative: 24 nodes, denser at the start, where purchases
    change fastest in relation to the age of a customer.
    """
    force, horizon = discount.per_unit(model.unit), discount.horizon_in(model.unit)
    there, end = model.p_alive(*base.fresh), min(horizon or np.inf, _FAR / force if force else np.inf)
    by_end = _share(model.conditional_purchases(*base.fresh, end), there)
    if force == 0:
        return by_end, by_end
    once, twice = np.exp(-force * end) * by_end, np.exp(-2 * force * end) * by_end
    scale = model.parameters["alpha"] + base.fresh[2]
    reach = np.log1p(end / scale)
    for node, weight in zip((_NODES + 1) / 2, _WEIGHTS / 2, strict=True):
        time = np.minimum(scale * np.expm1(reach * node), end)
        bought = _share(model.conditional_purchases(*base.fresh, time), there)
        step = force * weight * reach * (time + scale) * bought
        once += np.exp(-force * time) * step
        twice += 2 * np.exp(-2 * force * time) * step
    return once, twice


def _counts_of_those_there(model: PurchaseModel, base: Base, horizon: float) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the purchases of those still there, by pair."""
    there = model.p_alive(*base.fresh)
    mean = _share(model.conditional_purchases(*base.fresh, horizon), there)
    return mean, _share(model.predictive_variance(*base.fresh, horizon), there) - (1 - there) * mean**2


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
