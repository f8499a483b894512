"""How sure predictions are: what draws and slopes of the parameters of a fit say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import normal_quantile

from ._fit import Fit, FittedModel
from ._maximise import BOUND

FloatArray: TypeAlias = npt.NDArray[np.float64]
ModelT = TypeVar("ModelT", bound=FittedModel)

MOST_DRAWN: Final = 10_000
"""Bases up to this many customers are drawn when nothing is said of draws."""
_USUAL_DRAWS: Final = 1000
_STEP: Final = 1e-4  # of a logarithm: the slopes are then as exact as an interval needs


@attrs.frozen
class Intervals:
    """How intervals of predictions are made.

    They hold two things: that the parameters are known only so well, and that customers are free to do otherwise
    than expected. They do not hold that the model may be wrong: see `holdout_report` for that.

    Raises:
        InvalidArgument: a confidence outside (0, 1), or numbers that are not whole or below 0.
    """

    confidence: float = 0.95
    """How often an interval is to hold the truth; in (0, 1)."""
    n_draws: int | None = attrs.field(default=None, kw_only=True)
    """How many draws; 0 for none: then only the total has an interval, by normal approximation. None: 1,000 for
    bases of up to 10,000 customers, none for larger ones."""
    seed: int = attrs.field(default=0, kw_only=True)
    """Of the draws: the same seed gives the same bounds."""

    def __attrs_post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise InvalidArgument(f"confidence={self.confidence!r} is not between 0 and 1; give 0.95 for 95 %")
        for name, value in (("n_draws", self.n_draws), ("seed", self.seed)):
            if not (name == "n_draws" and value is None) and (type(value) is not int or value < 0):
                raise InvalidArgument(f"{name}={value!r} is no whole number from 0; give {_USUAL_DRAWS}")
        if self.n_draws is not None and 0 < self.n_draws < 20:
            raise InvalidArgument(f"n_draws={self.n_draws} is too few for bounds; give 0 for none or {_USUAL_DRAWS}")

    def draws_for(self, n_customers: int) -> int:
        """How many draws are made for so many customers."""
        if self.n_draws is None:
            return _USUAL_DRAWS if n_customers <= MOST_DRAWN else 0
        return self.n_draws

    def bounds_of(self, drawn: FloatArray) -> FloatArray:
        """The lower and the upper bound over the first axis of draws; shape (2, …)."""
        outside = (1 - self.confidence) / 2
        return np.asarray(np.quantile(drawn, [outside, 1 - outside], axis=0))

    def bounds_around(self, value: float, variance: float) -> tuple[float, float]:
        """Bounds from a variance, made on the scale of the logarithm so that they stay above 0; nan for nan.

        Args:
            value: above 0; else both bounds are the value.
            variance: of the value.
        """
        if not value > 0:
            return value, value
        with np.errstate(over="ignore"):  # next to nothing is known: up to infinity
            factor = float(np.exp(normal_quantile(self.confidence) * np.sqrt(variance) / value))
        return value / factor, value * factor


def known_covariance(fit: Fit[Any]) -> FloatArray:
    """The covariance of the logarithms of the parameters, 0 for those of which nothing is known."""
    return np.nan_to_num(fit.log_covariance, nan=0.0)


def boundary_note(fit: Fit[Any]) -> tuple[str, ...]:
    """What an interval does not hold where a fit is not an inner maximum; empty where it is."""
    if fit.is_converged:
        return ()
    word = fit.status.partition(":")[0]
    return (f"the fit of {type(fit.model).__name__} says {word!r}: its intervals leave out what is unknown",)


def moved(model: ModelT, by: FloatArray) -> ModelT:
    """The model with the logarithms of its parameters moved; shares stay up to 1.

    Args:
        model: any of this room.
        by: one number per parameter.
    """
    logs = np.log(np.maximum(list(model.parameters.values()), np.finfo(np.float64).tiny))
    made = np.exp(np.clip(logs + by, np.minimum(logs, -BOUND), np.maximum(logs, BOUND))).tolist()
    named = dict(zip(model.parameters, made, strict=True))
    if "theta" in named:
        named["theta"] = min(named["theta"], 1.0)
    return attrs.evolve(model, **named)  # type: ignore[misc]


def drawn_models(fit: Fit[ModelT], generator: np.random.Generator, n_draws: int) -> Iterator[ModelT]:
    """Models with parameters drawn from the normal distribution of their logarithms."""
    covariance = known_covariance(fit)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    for normal in generator.standard_normal((n_draws, len(covariance))):
        yield moved(fit.model, root @ normal)


def parameter_variance(fit: Fit[ModelT], value_of: Callable[[ModelT], float]) -> float:
    """The variance of a number that depends on the parameters, by its slopes: the delta method."""
    covariance, now = known_covariance(fit), value_of(fit.model)
    slopes = np.zeros(len(covariance))
    for place in np.flatnonzero(np.diag(covariance)):
        step = np.zeros(len(covariance))
        step[place] = _STEP
        slopes[place] = (value_of(moved(fit.model, step)) - now) / _STEP
    return float(slopes @ covariance @ slopes)
