"""The shifted beta-geometric model: every contract has its own chance not to be renewed, the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import log_gamma_rise

from ._contractual import ContractModel, known_unit, more_payments, positive
from ._fit import Fit, fit_of, not_empty
from ._maximise import maximise
from ._survivors import SurvivorTally
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class ShiftedBetaGeometric(ContractModel):
    """A customer leaves at each renewal with a chance of his own, which is beta distributed over customers (sBG).

    So the retention rate of a cohort rises, although that of no customer does.

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21; (2010), Marketing Science 29.
    """

    alpha: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave."""
    beta: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave; its mean is alpha ÷ (alpha + beta)."""
    unit: TimeUnit = attrs.field(validator=known_unit)
    """How long a period is."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"alpha": self.alpha, "beta": self.beta}

    @classmethod
    def fit(cls, tally: SurvivorTally) -> Fit[Self]:
        """The model of greatest likelihood; cohorts of different lengths count together.

        Args:
            tally: who was lost and who is still there; its unit becomes that of the model.

        Raises:
            InvalidArgument: the tally has no customers.
        """
        not_empty(tally)
        target = _Target.of(tally)
        maximum = maximise(target, np.zeros(2))
        alpha, beta = np.exp(maximum.point).tolist()
        return fit_of(cls(alpha, beta, tally.unit), maximum, tally)

    def log_likelihood(self, tally: SurvivorTally) -> float:
        """The log-likelihood of a tally."""
        return _Target.of(tally)(np.log([self.alpha, self.beta]))[0]

    def log_survival(self, t: npt.ArrayLike) -> FloatArray:
        """The logarithm of the share that is still there after t periods."""
        times = np.asarray(t, np.float64)
        # Of two equal forms, each is exact where the other one cancels.
        by_time = log_gamma_rise(self.beta, times) - log_gamma_rise(self.alpha + self.beta, times)
        by_alpha = log_gamma_rise(self.beta, self.alpha) - log_gamma_rise(self.beta + times, self.alpha)
        return np.asarray(np.where(times <= self.alpha, by_time, by_alpha))

    def _draw_more(self, made: FloatArray, generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        with np.errstate(divide="ignore"):
            log_keep = np.log1p(-generator.beta(self.alpha, self.beta + made - 1, shape))
        return more_payments(made, log_keep, 1.0, generator)


@attrs.frozen(eq=False)
class _Target:
    """The log-likelihood and its gradient by the logarithms of the parameters, renewal by renewal."""

    n_stayed: FloatArray
    n_lost: FloatArray
    n_entered: FloatArray

    @classmethod
    def of(cls, tally: SurvivorTally) -> Self:
        entered, lost = tally.n_entering[1:].astype(np.float64), tally.n_lost_by_age[1:].astype(np.float64)
        return cls(entered - lost, lost, entered)

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        alpha, beta = np.exp(point)
        renewals = np.arange(len(self.n_lost))
        stay, all_of = beta + renewals, alpha + beta + renewals
        n_lost = self.n_lost.sum()
        value = self.n_stayed @ np.log(stay / all_of) + self.n_lost @ np.log(alpha / all_of)
        common = self.n_entered @ (1 / all_of)
        return float(value), np.array([n_lost - alpha * common, beta * (self.n_stayed @ (1 / stay) - common)])
