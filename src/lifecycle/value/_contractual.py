"""What all models of contracts have in common: everything follows from the share that is still there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._discount import Discount
from ._discounted_sum import discounted_sum
from ._survivors import SurvivorTally
from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


class ContractModel(ABC):
    """A model of contracts that are renewed, or not, at the end of each period; who leaves does not come back.

    The convention of counting: who is there after t periods has renewed t times and made t + 1 payments, the first
    one at the start.
    """

    __slots__ = ()

    unit: TimeUnit

    @property
    @abstractmethod
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""

    @abstractmethod
    def log_survival(self, t: npt.ArrayLike) -> FloatArray:
        """The logarithm of the share that is still there after t periods; t from 0, also between whole numbers."""

    @abstractmethod
    def log_likelihood(self, tally: SurvivorTally) -> float:
        """The log-likelihood of a tally; each cohort counts as far as it was followed."""

    def survival(self, t: npt.ArrayLike) -> FloatArray:
        """The share that is still there after t periods.

        Args:
            t: periods, 0 or more; any shape.

        Raises:
            InvalidArgument: t is below 0 or missing.
        """
        return np.asarray(np.exp(self.log_survival(checked_from(t, "t", 0))))

    def retention_rate(self, t: npt.ArrayLike) -> FloatArray:
        """Of those there after t - 1 periods, the share still there after t.

        Args:
            t: periods, 1 or more; any shape.

        Returns:
            The same shape; nan where nobody can be there before.

        Raises:
            InvalidArgument: t is below 1 or missing.
        """
        times = checked_from(t, "t", 1)
        before = self.log_survival(times - 1)
        step = self.log_survival(times) - np.where(np.isneginf(before), 0.0, before)
        return np.asarray(np.where(np.isneginf(before), np.nan, np.exp(step)))

    def loss_probability(self, t: npt.ArrayLike) -> FloatArray:
        """The share of all that is lost in period t; arguments as for `retention_rate`."""
        times = checked_from(t, "t", 1)
        before = self.log_survival(times - 1)
        step = self.log_survival(times) - np.where(np.isneginf(before), 0.0, before)
        return np.asarray(-np.exp(before) * np.expm1(step))

    def expected_lifetime(self, discount: Discount) -> float:
        """The discounted number of payments of a new customer, the first included (DEL).

        Args:
            discount: rate, timing and horizon. Timing 'start': the first payment is made now.

        Source: Fader and Hardie (2010), Marketing Science 29, for the shifted beta-geometric.
        """
        start = np.zeros((1, 1))
        return float(discounted_sum(lambda k: self.log_survival(start + k), discount, self.unit)[0])

    def residual_lifetime(self, n_payments: npt.ArrayLike, discount: Discount) -> FloatArray:
        """The discounted number of payments still to come from who has made n so far (DERL).

        With timing 'start' the next renewal is decided now, so its payment is not discounted: the convention of the
        paper. With 'end' the customer has just paid, and the next renewal is one period away.

        Args:
            n_payments: whole numbers from 1; who is there after t periods has made t + 1; any shape.
            discount: rate, timing and horizon.

        Returns:
            The same shape.

        Raises:
            InvalidArgument: n_payments is below 1 or missing.

        Source: Fader and Hardie (2010), Marketing Science 29, Table 3.
        """
        made = checked_from(n_payments, "n_payments", 1)
        distinct, place = np.unique(made, return_inverse=True)
        there = self.log_survival(distinct - 1)[:, None]
        # Where nobody can have made so many payments, nobody makes more.
        none, base = np.isneginf(there), np.where(np.isneginf(there), 0.0, there)
        found = discounted_sum(
            lambda k: np.where(none, -np.inf, self.log_survival(distinct[:, None] + k) - base), discount, self.unit
        )
        return np.asarray(found[place].reshape(made.shape))

    def draw_residual_lifetime(
        self, n_payments: npt.ArrayLike, discount: Discount, *, generator: np.random.Generator, n_draws: int
    ) -> FloatArray:
        """Draws of the discounted number of payments still to come: `residual_lifetime` is their mean.

        Args:
            n_payments: as for `residual_lifetime`; shape (n,).
            discount: rate, timing and horizon.
            generator: where the draws come from.
            n_draws: how many for each customer.

        Returns:
            Shape (n_draws, n); one propensity to leave and one lifetime per draw and customer.

        Raises:
            InvalidArgument: n_payments is below 1 or missing.
        """
        made = np.atleast_1d(checked_from(n_payments, "n_payments", 1))
        more = self._draw_more(made, generator, (n_draws, len(made)))
        force, horizon = discount.per_unit(self.unit), discount.horizon_in(self.unit)
        late = np.exp(-force * discount.shift)
        if horizon is None:
            return np.asarray(late * annuity(more, force))
        whole = np.floor(horizon)
        cut = np.where(more > whole, (horizon - whole) * np.exp(-force * whole), 0.0)
        return np.asarray(late * (annuity(np.minimum(more, whole), force) + cut))

    @abstractmethod
    def _draw_more(self, made: FloatArray, generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
        """Draws of the number of payments still to come."""


def more_payments(made: FloatArray, log_keep: FloatArray, c: float, generator: np.random.Generator) -> FloatArray:
    """How many payments follow where the share there after t periods is exp(log_keep · t^c).

    Args:
        made: payments so far; shape (n,).
        log_keep: below 0 or 0; shape (n_draws, n).
        c: how time runs.
        generator: where the draws come from.
    """
    with np.errstate(divide="ignore", over="ignore"):
        start = (made - 1) ** c
        reach = (start + generator.standard_exponential(log_keep.shape) / np.abs(log_keep)) ** (1 / c)
    # Rounding of the power may lose a period that is already over; there is none below 0.
    return np.asarray(np.clip(np.floor(reach) - (made - 1), 0, 2.0**53))


def annuity(n: FloatArray, force: float) -> FloatArray:
    """What n payments of 1 are worth, the first one made now."""
    return n if force == 0 else np.asarray(np.expm1(-force * n) / np.expm1(-force))


def checked_from(values: npt.ArrayLike, name: str, least: int) -> FloatArray:
    """The values as floats.

    Raises:
        InvalidArgument: one is below the least, or missing.
    """
    given = np.asarray(values, np.float64)
    if not (given >= least).all():
        bad = given[~(given >= least)].flat[0]
        raise InvalidArgument(f"{name}={bad:g} is not {least} or more; {name} counts from {least}")
    return given


def positive(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validates a parameter that is above 0 and finite."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < np.inf:
        kind = type(instance).__name__
        raise InvalidArgument(f"{kind}: {attribute.name}={value!r} is not above 0 and finite; see its docstring")


def share(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validates a parameter from 0 to 1."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        raise InvalidArgument(f"{type(instance).__name__}: {attribute.name}={value!r} is not from 0 to 1; give a share")


def known_unit(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validates a unit of time."""
    if value not in DAYS_OF:
        kind = type(instance).__name__
        raise InvalidArgument(f"{kind}: {attribute.name}={value!r} is unknown; give one of {', '.join(DAYS_OF)}")
