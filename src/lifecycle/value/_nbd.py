"""The NBD model: the customer base that nobody leaves, to compare with."""

from __future__ import annotations

from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._distinct import distinct_days, dot
from ._fit import Fit, fit_of, not_empty
from ._history import check_parameters, check_unit
from ._maximise import maximise
from ._negative_binomial import falling, log_chance
from ._purchase_model import PurchaseModel
from ._purchase_tally import PurchaseTally
from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class Nbd(PurchaseModel):
    """Buyers at random, at a rate of one's own, for ever: the null model of those in which customers leave.

    Raises:
        InvalidArgument: a parameter is not above 0 and finite, or an unknown unit.

    Source:
        Ehrenberg (1959), The pattern of consumer purchases, Applied Statistics 8.
    """

    r: float
    """Shape of the gamma distribution of rates over customers."""
    alpha: float
    """Rate of that distribution, in units of time."""
    unit: TimeUnit = "week"
    """The unit of time."""

    def __attrs_post_init__(self) -> None:
        check_parameters(self, self.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return {"r": self.r, "alpha": self.alpha}

    @classmethod
    def fit(cls, tally: PurchaseTally, *, unit: TimeUnit = "week") -> Fit[Self]:
        """The model under which these customers are likeliest; look at its status.

        Args:
            tally: grouped customers.
            unit: of time, for alpha and all predictions.

        Raises:
            InvalidArgument: nobody to fit to, or no such unit.
        """
        not_empty(tally)
        check_unit(unit)
        longest = float(max(tally.age_days.max(), 1))
        counts = _Counts.of(tally, longest)
        rate = max(tally.n_purchases, 0.5) / max(dot(counts.age, counts.n_of_age), 1e-3)
        found = maximise(counts.value_and_gradient, np.log([0.5, 0.5 / rate]))
        r, alpha = np.exp(found.point).tolist()
        scale = longest / DAYS_OF[unit]
        likelihood = found.value - tally.n_purchases * float(np.log(scale))
        return fit_of(cls(r, alpha * scale, unit), found, tally, log_likelihood=likelihood)

    def log_likelihood(self, tally: PurchaseTally) -> float:
        """The log-likelihood of these customers, all together; 0 of nobody."""
        if not len(tally):
            return 0.0
        return _Counts.of(tally, DAYS_OF[self.unit]).value_and_gradient(np.log([self.r, self.alpha]))[0]

    def _alive(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> FloatArray:
        return np.ones(np.broadcast_shapes(x.shape, t_x.shape, age.shape))

    def _buyers(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> _Faithful:
        return _Faithful(self.r + x, self.alpha + age)


@attrs.frozen(eq=False)
class _Faithful:
    """Customers who never leave: the rate of each is Gamma(r, alpha)."""

    r: FloatArray
    alpha: FloatArray

    def mean(self, t: FloatArray) -> FloatArray:
        return self.r * (t / self.alpha)

    def variance(self, t: FloatArray) -> FloatArray:
        u = t / self.alpha
        return self.r * u * (1 + u)

    def none(self, t: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-self.r * np.log1p(t / self.alpha)))

    def chance(self, n: FloatArray, t: FloatArray) -> FloatArray:
        u = np.where(t > 0, t, 1.0) / self.alpha
        return np.asarray(np.where(t > 0, np.exp(log_chance(n, self.r, u)), (n == 0) * 1.0))

    def discounted(self, rate: float, horizon: float | None) -> FloatArray:
        span = np.asarray(1 / rate if horizon is None else falling(np.array(rate), np.array(horizon)))
        return np.asarray(self.r / self.alpha * span)

    def draws(self, t: FloatArray, generator: np.random.Generator, n_draws: int) -> npt.NDArray[np.int64]:
        expected = generator.gamma(self.r, 1 / self.alpha, (n_draws, len(t))) * t
        return generator.poisson(np.minimum(expected, 1e18))


@attrs.frozen(eq=False)
class _Counts:
    """All that the likelihood needs: customers per x, customers and purchases per age."""

    x: FloatArray
    n_of_x: FloatArray
    age: FloatArray
    n_of_age: FloatArray
    bought_of_age: FloatArray

    @classmethod
    def of(cls, tally: PurchaseTally, days_per_unit: float) -> _Counts:
        n, bought = tally.n.astype(np.float64), (tally.n * tally.x).astype(np.float64)
        (x, x_of), (age, age_of) = distinct_days(tally.x), distinct_days(tally.age_days)
        return cls(
            x,
            np.bincount(x_of, n).astype(np.float64),
            age / days_per_unit,
            np.bincount(age_of, n).astype(np.float64),
            np.bincount(age_of, bought).astype(np.float64),
        )

    def value_and_gradient(self, logs: FloatArray) -> tuple[float, FloatArray]:
        r, alpha = np.exp(logs).tolist()
        log_age, share = np.log1p(self.age / alpha), self.age / (alpha + self.age)
        weight = r * self.n_of_age + self.bought_of_age
        bought = float(self.bought_of_age.sum())
        value = dot(log_gamma_rise(r, self.x), self.n_of_x) - dot(weight, log_age) - bought * float(np.log(alpha))
        by_r = r * (dot(digamma_rise(r, self.x), self.n_of_x) - dot(self.n_of_age, log_age))
        return value, np.array([by_r, dot(weight, share) - bought])
