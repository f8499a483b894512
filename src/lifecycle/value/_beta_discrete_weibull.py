"""The beta-discrete-Weibull model: chances to leave differ, and each may rise or fall with time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._contract_likelihood import likelihood
from ._contractual import ContractModel, known_unit, more_payments, positive
from ._fit import Fit, fit_of, not_empty
from ._maximise import maximise
from ._shifted_beta_geometric import ShiftedBetaGeometric
from ._survivors import SurvivorTally
from ._time_unit import TimeUnit
from ._warped_time import log_time, warped

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class BetaDiscreteWeibull(ContractModel):
    """As the shifted beta-geometric, with time running as t to the power of c (BdW).

    With c = 1 it is the shifted beta-geometric; with c > 1 the chance of a customer to leave grows with time, with
    c < 1 it falls. Twice the difference of both log-likelihoods is a likelihood-ratio test of c = 1, one degree.

    Source: Fader, Hardie, Liu, Davin and Steenburgh (2018), Journal of Interactive Marketing 43.
    """

    alpha: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave in the first period."""
    beta: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave in the first period."""
    c: float = attrs.field(validator=positive)
    """How time runs: the share of a customer is (1 - chance) to the power of t^c."""
    unit: TimeUnit = attrs.field(validator=known_unit)
    """How long a period is."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"alpha": self.alpha, "beta": self.beta, "c": self.c}

    @classmethod
    def fit(cls, tally: SurvivorTally) -> Fit[Self]:
        """The model of greatest likelihood; never less likely than the shifted beta-geometric.

        Args:
            tally: who was lost and who is still there; its unit becomes that of the model.

        Raises:
            InvalidArgument: the tally has no customers.
        """
        not_empty(tally)
        value_and_gradient = likelihood(tally)
        simple = ShiftedBetaGeometric.fit(tally).model
        starts = (np.log([simple.alpha, simple.beta, 1.0]), np.zeros(3))
        found = [maximise(lambda point: value_and_gradient(lambda t: _curve(point, t)), start) for start in starts]
        maximum = max(found, key=lambda one: one.value)
        alpha, beta, c = np.exp(maximum.point).tolist()
        return fit_of(cls(alpha, beta, c, tally.unit), maximum, tally)

    def log_likelihood(self, tally: SurvivorTally) -> float:
        """The log-likelihood of a tally."""
        point = np.log([self.alpha, self.beta, self.c])
        return likelihood(tally)(lambda t: _curve(point, t))[0]

    def log_survival(self, t: npt.ArrayLike) -> FloatArray:
        """The logarithm of the share that is still there after t periods."""
        return _log_survival(self.alpha, self.beta, warped(np.asarray(t, np.float64), self.c))

    def _draw_more(self, made: FloatArray, generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        with np.errstate(divide="ignore"):
            log_keep = np.log1p(-generator.beta(self.alpha, self.beta + warped(made - 1, self.c), shape))
        return more_payments(made, log_keep, self.c, generator)


def _log_survival(alpha: float, beta: float, time: FloatArray) -> FloatArray:
    # Of two equal forms, each is exact where the other one cancels.
    by_time = log_gamma_rise(beta, np.minimum(time, alpha)) - log_gamma_rise(alpha + beta, np.minimum(time, alpha))
    by_alpha = log_gamma_rise(beta, alpha) - log_gamma_rise(beta + time, alpha)
    return np.asarray(np.where(time <= alpha, by_time, by_alpha))


def _curve(point: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The log of the share still there, and its gradient by the logarithms of the parameters."""
    alpha, beta, c = np.exp(point)
    time = warped(t, c)
    by_alpha = -digamma_rise(alpha + beta, time)
    by_beta = digamma_rise(beta, time) + by_alpha
    by_c = -digamma_rise(beta + time, alpha) * time * c * log_time(t)
    return _log_survival(alpha, beta, time), np.array([alpha * by_alpha, beta * by_beta, by_c])
