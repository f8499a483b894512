"""What a purchase brings, by customer: nothing known but a price, or a fitted model of spend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import Money, exponent

from ._fit import Fit
from ._future import DrawnFuture
from ._gamma_gamma import GammaGamma
from ._intervals import boundary_note, drawn_models, parameter_variance
from ._purchases import Purchases

FloatArray: TypeAlias = npt.NDArray[np.float64]
Spend: TypeAlias = Fit[GammaGamma] | Money | None
"""A fit of the gamma-gamma model, one price for all purchases, or None to count purchases."""


class Draw(Protocol):
    """Draws what the purchases of customers bring."""

    def __call__(self, future: DrawnFuture, customers: slice, generator: np.random.Generator) -> FloatArray:
        """Shape (n_draws, n_customers); of the customers of a slice."""
        ...


class Spending(Protocol):
    """What predictions need to know of spend."""

    @property
    def unit(self) -> str:
        """What is counted: a currency, or 'purchases'."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What deserves care."""
        ...

    def moments(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """By customer: the mean of a purchase, the variance of that mean, the variance around it."""
        ...

    def variance(self, purchases: FloatArray) -> float:
        """The variance that the parameters of spend give to the sum over customers of purchases and their mean."""
        ...

    def draws(self, generator: np.random.Generator, n_draws: int) -> Iterator[Draw]:
        """One for each draw of the parameters."""
        ...


def spending(spend: Spend, history: Purchases) -> Spending:
    """What is known of the spend of these customers.

    Raises:
        InvalidArgument: spend is nothing of the three.
        CurrencyMismatch: spend is in another currency than the purchases.
    """
    currency = spend.currency if isinstance(spend, Money) else getattr(getattr(spend, "model", None), "currency", None)
    if history.currency is not None and currency is not None and currency != history.currency:
        raise CurrencyMismatch(f"the spend is in {currency}, the purchases in {history.currency}; read both in one")
    if spend is None:
        return OnePrice(len(history), 1.0, "purchases")
    if isinstance(spend, Money):
        return OnePrice(len(history), float(spend.major), spend.currency)
    if isinstance(spend, Fit) and isinstance(spend.model, GammaGamma):
        return OwnMeans.of(spend, history)
    raise InvalidArgument(f"'spend' is a {type(spend).__name__}; give a fit of GammaGamma, Money, or None")


@attrs.frozen(eq=False)
class OnePrice:
    """Every purchase brings the same."""

    n_customers: int
    price: float
    unit: str
    notes: tuple[str, ...] = ()

    def moments(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The price; it does not scatter."""
        none = np.zeros(self.n_customers)
        return np.full(self.n_customers, self.price), none, none

    def variance(self, purchases: FloatArray) -> float:
        """None."""
        return 0.0

    def draws(self, generator: np.random.Generator, n_draws: int) -> Iterator[Draw]:
        """The price for each purchase that is drawn."""

        def draw(future: DrawnFuture, customers: slice, generator: np.random.Generator) -> FloatArray:
            bought, weight = future.purchases(generator)
            return (bought * weight + future.n_last * future.worth) * self.price

        return repeat(draw, n_draws)


@attrs.frozen(eq=False)
class OwnMeans:
    """Every customer has a mean of their own, by the gamma-gamma model."""

    fit: Fit[GammaGamma]
    x: FloatArray
    mean_spend: FloatArray
    unit: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, fit: Fit[GammaGamma], history: Purchases) -> OwnMeans:
        """With what these customers paid on repeat days.

        Raises:
            InvalidArgument: the purchases have no amounts.
        """
        if history.currency is None:
            raise InvalidArgument("the purchases have no amounts, so the model of spend cannot be used; pass Money")
        x = history.x.astype(np.float64)
        paid = history.repeat_minor / 10.0 ** exponent(history.currency)
        mean = np.divide(paid, x, out=np.zeros(len(x)), where=x > 0)
        # Who paid nothing on repeat days was left out of the fit: as little is known of them as of new ones.
        known = np.where(mean > 0, x, 0.0)
        unknown = getattr(fit, "notes", ())[len([count for count in getattr(fit, "left_out", ()) if count]) :]
        return cls(fit, known, mean, history.currency, (*unknown, *boundary_note(fit)))

    def moments(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """By the model at its parameters."""
        return self.fit.model.spend_moments(self.x, self.mean_spend)

    def variance(self, purchases: FloatArray) -> float:
        """By the slopes of the sum."""
        return parameter_variance(
            self.fit, lambda model: float(purchases @ model.expected_spend(self.x, self.mean_spend))
        )

    def draws(self, generator: np.random.Generator, n_draws: int) -> Iterator[Draw]:
        """Rates and purchases of drawn models."""
        for model in drawn_models(self.fit, generator, n_draws):
            yield self._draw(model)

    def _draw(self, model: GammaGamma) -> Draw:
        def draw(future: DrawnFuture, customers: slice, generator: np.random.Generator) -> FloatArray:
            bought, weight = future.purchases(generator)
            rates = model.draw_rates(self.x[customers], self.mean_spend[customers], generator, len(bought))
            paid = generator.standard_gamma(model.p * bought) * weight
            last = generator.standard_gamma(model.p * future.n_last) * future.worth
            return (paid + last) / rates

        return draw
