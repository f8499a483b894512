"""The Pareto/NBD model of a customer base without contracts."""

from __future__ import annotations

from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._distinct import dot
from ._fit import Fit, fit_of, not_empty
from ._history import check_parameters, check_unit
from ._maximise import OTHER_HILL, maximise_from
from ._pareto_future import Mortals
from ._pareto_likelihood import ParetoRows, silence
from ._purchase_model import PurchaseModel
from ._purchase_tally import PurchaseTally
from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class ParetoNbd(PurchaseModel):
    """Buyers at random who may leave at any time, at a rate of one's own.

    Raises:
        InvalidArgument: a parameter is not above 0 and finite, or an unknown unit.

    Source:
        Schmittlein, Morrison and Colombo (1987), Counting your customers, Management Science 33.

    >>> model = ParetoNbd(0.55, 10.56, 0.61, 11.64, "week")
    >>> round(float(model.p_alive(0, 0, 39)), 6)
    0.292403
    """

    r: float
    """Shape of the gamma distribution of rates of buying over customers."""
    alpha: float
    """Rate of that distribution, in units of time: the mean rate is r / alpha per unit."""
    s: float
    """Shape of the gamma distribution of rates of leaving."""
    beta: float
    """Rate of that distribution, in units of time: the mean rate is s / beta per unit."""
    unit: TimeUnit = "week"
    """The unit of time."""

    def __attrs_post_init__(self) -> None:
        check_parameters(self, self.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return {"r": self.r, "alpha": self.alpha, "s": self.s, "beta": self.beta}

    @classmethod
    def fit(cls, tally: PurchaseTally, *, unit: TimeUnit = "week") -> Fit[Self]:
        """The model under which these customers are likeliest; look at its status.

        Args:
            tally: grouped customers; tallies of any split of them add up to the same fit.
            unit: of time, for alpha, beta and all predictions; it changes no prediction.

        Raises:
            InvalidArgument: nobody to fit to, or no such unit.
        """
        not_empty(tally)
        check_unit(unit)
        longest = float(max(tally.age_days.max(), 1))
        rows = ParetoRows.of(tally, longest)
        rate = max(tally.n_purchases, 0.5) / max(dot(rows.age, rows.n), 1e-3)
        start = np.log([0.5, 0.3 / rate, 0.5, 0.4])
        found = maximise_from(rows.value_and_gradient, [start, start + OTHER_HILL])
        r, alpha, s, beta = np.exp(found.point).tolist()
        scale = longest / DAYS_OF[unit]
        likelihood = found.value - tally.n_purchases * float(np.log(scale))
        return fit_of(cls(r, alpha * scale, s, beta * scale, unit), found, tally, log_likelihood=likelihood)

    def log_likelihood(self, tally: PurchaseTally) -> float:
        """The log-likelihood of these customers, all together; 0 of nobody."""
        if not len(tally):
            return 0.0
        rows = ParetoRows.of(tally, DAYS_OF[self.unit])
        return rows.value_and_gradient(np.log([self.r, self.alpha, self.s, self.beta]))[0]

    def _alive(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> FloatArray:
        columns = np.broadcast_arrays(x, np.minimum(t_x, age), age)
        number, last, old = (column.ravel() for column in columns)
        found = silence(self.r + number, last, old, (self.alpha, self.s, self.beta))
        return np.asarray((found.stayed / (found.stayed + found.left)).reshape(columns[0].shape))

    def _buyers(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> Mortals:
        return Mortals(self.r + x, self.alpha + age, np.full(len(x), self.s), self.beta + age)
