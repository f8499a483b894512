"""Contracts that are all alike: the two simplest models, to compare the others with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._contract_likelihood import likelihood
from ._contractual import ContractModel, known_unit, more_payments, positive, share
from ._fit import Fit, fit_of, not_empty
from ._maximise import maximise
from ._survivors import SurvivorTally
from ._time_unit import TimeUnit
from ._warped_time import log_time, warped

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class Geometric(ContractModel):
    """Everybody leaves at each renewal with one and the same chance: a constant churn rate."""

    theta: float = attrs.field(validator=share)
    """The chance to leave at a renewal."""
    unit: TimeUnit = attrs.field(validator=known_unit)
    """How long a period is."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"theta": self.theta}

    @classmethod
    def fit(cls, tally: SurvivorTally) -> Fit[Self]:
        """The model of greatest likelihood: losses over renewals.

        Args:
            tally: who was lost and who is still there; its unit becomes that of the model.

        Raises:
            InvalidArgument: the tally has no customers.
        """
        not_empty(tally)
        n_lost, n_renewals = int(tally.n_lost.sum()), int(tally.n_entering[1:].sum())
        model = cls(n_lost / n_renewals if n_renewals else 0.0, tally.unit)
        inner = 0 < n_lost < n_renewals
        told = "everybody was lost at the first renewal" if n_lost else "nobody was lost"
        variance = (1 - model.theta) / n_lost if inner else np.nan
        return Fit(
            model,
            model.log_likelihood(tally),
            "converged" if inner else f"boundary: theta = {model.theta:g}, since {told}",
            log_covariance=np.array([[variance]]),
            n_customers=tally.n_customers,
            n_rows=len(tally),
            data_digest=tally.digest,
        )

    def log_likelihood(self, tally: SurvivorTally) -> float:
        """The log-likelihood of a tally."""
        n_lost = int(tally.n_lost.sum())
        n_stayed = int(tally.n_entering[1:].sum()) - n_lost
        with np.errstate(divide="ignore"):
            lost = n_lost * np.log(self.theta) if n_lost else 0.0
            return float(lost + (n_stayed * np.log1p(-self.theta) if n_stayed else 0.0))

    def log_survival(self, t: npt.ArrayLike) -> FloatArray:
        """The logarithm of the share that is still there after t periods."""
        times = np.asarray(t, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(times > 0, times * np.log1p(-self.theta), 0.0))

    def _draw_more(self, made: FloatArray, generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        with np.errstate(divide="ignore"):
            return more_payments(made, np.full(shape, np.log1p(-self.theta)), 1.0, generator)


@attrs.frozen
class DiscreteWeibull(ContractModel):
    """Everybody is alike, and the chance to leave may rise or fall with time: (1 - theta) to the power of t^c.

    Source: Nakagawa and Osaki (1975), IEEE Transactions on Reliability 24.
    """

    theta: float = attrs.field(validator=share)
    """The chance to leave in the first period."""
    c: float = attrs.field(validator=positive)
    """How time runs; 1 for a constant chance."""
    unit: TimeUnit = attrs.field(validator=known_unit)
    """How long a period is."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"theta": self.theta, "c": self.c}

    @classmethod
    def fit(cls, tally: SurvivorTally) -> Fit[Self]:
        """The model of greatest likelihood.

        Args:
            tally: who was lost and who is still there; its unit becomes that of the model.

        Raises:
            InvalidArgument: the tally has no customers.
        """
        not_empty(tally)
        value_and_gradient = likelihood(tally)
        start = np.clip(Geometric.fit(tally).model.theta, 1e-6, 0.99)
        maximum = maximise(
            lambda point: value_and_gradient(lambda t: _curve(point, t)), np.log([-np.log1p(-start), 1.0])
        )
        hazard, c = np.exp(maximum.point).tolist()
        theta = float(-np.expm1(-hazard))
        # Fitted is the hazard, which has no upper bound; the errors are told of theta.
        slope = np.diag([hazard * np.exp(-hazard) / theta, 1.0])
        told = attrs.evolve(maximum, covariance=slope @ maximum.covariance @ slope)
        return fit_of(cls(theta, c, tally.unit), told, tally)

    def log_likelihood(self, tally: SurvivorTally) -> float:
        """The log-likelihood of a tally."""
        return likelihood(tally)(lambda t: (self.log_survival(t), np.zeros((2, len(t)))))[0]

    def log_survival(self, t: npt.ArrayLike) -> FloatArray:
        """The logarithm of the share that is still there after t periods."""
        time = warped(np.asarray(t, np.float64), self.c)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(time > 0, time * np.log1p(-self.theta), 0.0))

    def _draw_more(self, made: FloatArray, generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        with np.errstate(divide="ignore"):
            return more_payments(made, np.full(shape, np.log1p(-self.theta)), self.c, generator)


def _curve(point: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The log of the share still there, and its gradient by the logarithms of the hazard and of c."""
    hazard, c = np.exp(point)
    value = -hazard * warped(t, c)
    return value, np.array([value, value * c * log_time(t)])
