"""Draws of what customers without contracts will buy, each purchase worth less the later it comes."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._bg_nbd import BgNbd
from ._discount import Discount
from ._mbg_nbd import MbgNbd
from ._nbd import Nbd
from ._pareto_nbd import ParetoNbd
from ._purchase_model import PurchaseModel

FloatArray: TypeAlias = npt.NDArray[np.float64]

_FOR_EVER = 1e12


@attrs.frozen(eq=False)
class DrawnFuture:
    """What a drawn customer will do: purchases at random up to an end, and perhaps one more at that end.

    Shape (n_draws, n_customers) throughout.
    """

    rate: FloatArray
    """Purchases per unit of time up to the end."""
    span: FloatArray
    """How long, within the horizon."""
    n_last: npt.NDArray[np.int64]
    """How many purchases there are beside: 1 with which the customer leaves within the horizon, or 0."""
    worth: FloatArray
    """What each of these is worth."""
    force: float
    """The continuous rate of discounting per unit."""

    def mean(self) -> FloatArray:
        """Expected discounted purchases given rate and span."""
        return self.rate * _worth(self.span, self.force) + self.n_last * self.worth

    def variance(self) -> FloatArray:
        """Their variance given rate and span."""
        return self.rate * _worth(self.span, 2 * self.force)

    def purchases(self, generator: np.random.Generator) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """Draws of how many purchases there are before the last one, and what each of them is worth on average.

        Their product has the mean and the variance of the discounted sum of a Poisson process, exactly; without
        discounting it is the process itself.
        """
        once, twice = _worth(self.span, self.force), _worth(self.span, 2 * self.force)
        weight = np.divide(twice, once, out=np.ones_like(once), where=once > 0)
        return generator.poisson(np.minimum(self.rate * once / weight, 1e15)), weight


def _worth(span: FloatArray, force: float) -> FloatArray:
    """The integral of what 1 is worth, from now to the end of a span."""
    return span if force == 0 else np.asarray(-np.expm1(-force * span) / force)


def draw_futures(
    model: PurchaseModel,
    history: tuple[FloatArray, FloatArray, FloatArray],
    discount: Discount,
    generator: np.random.Generator,
    n_draws: int,
) -> DrawnFuture:
    """Draws of rates and ends of customers, from what their history leaves open.

    Given that a BG/NBD customer is there, the rate is Gamma(r + x, alpha + T) and the chance to leave Beta(a, b + x);
    purchases that are followed by leaving and the others are then two independent Poisson processes. A Pareto/NBD
    customer leaves after an exponential time, the rate of which is Gamma(s, beta + T).

    Args:
        model: of this room.
        history: x, t_x and age, in units of the model; each of shape (n_customers,).
        discount: rate and horizon.
        generator: where the draws come from.
        n_draws: how many for each customer.
    """
    x, _, age = history
    size = (n_draws, len(x))
    force, horizon = discount.per_unit(model.unit), discount.horizon_in(model.unit)
    end = _FOR_EVER if horizon is None else horizon
    there = generator.random(size) < model.p_alive(*history)
    if not isinstance(model, (BgNbd, MbgNbd, ParetoNbd, Nbd)):
        return _counted(model, history, discount, generator, n_draws)
    known, none, one = model.parameters, np.zeros(size, np.int64), np.ones(size)
    rate = generator.standard_gamma(known["r"] + x, size) / (known["alpha"] + age) * there
    if isinstance(model, Nbd):
        return DrawnFuture(rate, np.full(size, end), none, one, force)
    wait = generator.standard_exponential(size)
    if isinstance(model, ParetoNbd):
        leaving = generator.standard_gamma(known["s"], size) / (known["beta"] + age)
        return DrawnFuture(rate, np.minimum(wait / np.maximum(leaving, 1e-300), end), none, one, force)
    chances = 1 if isinstance(model, MbgNbd) else 0
    leave = generator.beta(known["a"], known["b"] + x + chances, size)
    stay = wait / np.maximum(rate * leave, 1e-300)
    leaves, span = (there & (stay < end)).astype(np.int64), np.minimum(stay, end)
    return DrawnFuture(rate * (1 - leave), span, leaves, np.exp(-force * span), force)


def _counted(
    model: PurchaseModel,
    history: tuple[FloatArray, FloatArray, FloatArray],
    discount: Discount,
    generator: np.random.Generator,
    n_draws: int,
) -> DrawnFuture:
    """For any other model: draws of its counts within the horizon, each purchase worth what it is on average."""
    force, horizon = discount.per_unit(model.unit), discount.horizon_in(model.unit)
    end = 20 / force if horizon is None else horizon
    counted = model.draw_future(*history, end, generator, n_draws)
    expected = model.conditional_purchases(*history, end)
    worth = np.divide(
        model.discounted_purchases(*history, discount), expected, out=np.ones(len(expected)), where=expected > 0
    )
    none = np.zeros(counted.shape)
    return DrawnFuture(none, none, counted, np.broadcast_to(worth, counted.shape), force)
