"""What BG/NBD and MBG/NBD share: buyers at random who may leave after a purchase."""

from __future__ import annotations

from typing import ClassVar, Final, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._distinct import dot
from ._dropout_future import Buyers
from ._dropout_likelihood import DropoutRows
from ._fit import Fit, fit_of, not_empty
from ._history import check_parameters, check_unit
from ._maximise import OTHER_HILL, maximise, maximise_from
from ._purchase_model import PurchaseModel
from ._purchase_tally import PurchaseTally
from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]
_MANY_ROWS: Final = 20_000  # of so many, some tell where to start
_EACH: Final = 32


@attrs.frozen
class GeometricDropout(PurchaseModel):
    """Buying at random at a rate of one's own; after each purchase, leaving with a chance of one's own.

    Raises:
        InvalidArgument: a parameter is not above 0 and finite, or an unknown unit.
    """

    r: float
    """Shape of the gamma distribution of rates over customers: the smaller, the more they differ."""
    alpha: float
    """Rate of that distribution, in units of time: the mean rate is r / alpha per unit."""
    a: float
    """Of the beta distribution of the chance to leave."""
    b: float
    """Of the same: the mean chance to leave is a / (a + b)."""
    unit: TimeUnit = "week"
    """The unit of time."""

    _chances: ClassVar[int] = 0

    def __attrs_post_init__(self) -> None:
        check_parameters(self, self.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return {"r": self.r, "alpha": self.alpha, "a": self.a, "b": self.b}

    @classmethod
    def fit(cls, tally: PurchaseTally, *, unit: TimeUnit = "week") -> Fit[Self]:
        """The model under which these customers are likeliest; look at its status.

        Args:
            tally: grouped customers; tallies of any split of them add up to the same fit.
            unit: of time, for alpha and all predictions; it changes no prediction.

        Raises:
            InvalidArgument: nobody to fit to, or no such unit.
        """
        not_empty(tally)
        check_unit(unit)
        longest = float(max(tally.age_days.max(), 1))
        rows = DropoutRows.of(tally, longest, chances=cls._chances)
        exposure = dot(tally.age_days / longest, tally.n.astype(np.float64))
        rate = max(tally.n_purchases, 0.5) / max(exposure, 1e-3)
        start = np.log([0.5, 0.3 / rate, 0.8, 2.0])
        if len(tally) > _MANY_ROWS:
            some = DropoutRows.of(tally.every(_EACH), longest, chances=cls._chances)
            near = maximise(some.value_and_gradient, start)
            start = near.point if near.status == "converged" else start
        found = maximise_from(rows.value_and_gradient, [start, start + OTHER_HILL])
        r, alpha, a, b = np.exp(found.point).tolist()
        scale = longest / DAYS_OF[unit]
        likelihood = found.value - tally.n_purchases * float(np.log(scale))
        return fit_of(cls(r, alpha * scale, a, b, unit), found, tally, log_likelihood=likelihood)

    def log_likelihood(self, tally: PurchaseTally) -> float:
        """The log-likelihood of these customers, all together; 0 of nobody."""
        if not len(tally):
            return 0.0
        rows = DropoutRows.of(tally, DAYS_OF[self.unit], chances=self._chances)
        return rows.value_and_gradient(np.log([self.r, self.alpha, self.a, self.b]))[0]

    def _alive(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> FloatArray:
        survived = self.b + x + (self._chances - 1)
        may_leave = (x > 0) | (self._chances > 0)
        silence = (self.r + x) * np.log1p(np.maximum(age - t_x, 0) / (self.alpha + t_x))
        odds = silence + np.log(self.a / np.where(may_leave, survived, 1.0))
        return np.asarray(np.where(may_leave, np.exp(-np.logaddexp(0, odds)), 1.0))

    def _buyers(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> Buyers:
        chances = np.full(len(x), self.a)
        return Buyers(self.r + x, self.alpha + age, chances, self.b + x + self._chances)
