"""The MBG/CNBD-k model: a customer base without contracts whose customers buy at regular intervals."""

from __future__ import annotations

from math import lgamma, log
from typing import ClassVar, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._distinct import dot
from ._erlang_future import Regulars
from ._erlang_likelihood import ErlangRows, stages
from ._fit import Fit, fit_of, not_empty
from ._history import check_parameters, check_unit
from ._maximise import OTHER_HILL, maximise_from
from ._purchase_model import PurchaseModel
from ._purchase_tally import PurchaseTally
from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class MbgCnbd(PurchaseModel):
    """Buyers whose gaps between purchases are the sum of k stages, so the more regular the larger k; else `MbgNbd`.

    With k = 1 it is the `MbgNbd`. With a larger k the likelihood has a factor more, of all gaps between purchases,
    that no parameter changes: without their logarithms the parameters are right, and log-likelihoods are nan.

    Raises:
        InvalidArgument: k is no whole number from 1 to 20, a parameter is not above 0 and finite, an unknown unit.

    Source:
        Platzer and Reutterer (2016), Ticking away the moments, Marketing Science 35; Reutterer, Platzer and
        Schroeder (2021), Leveraging purchase regularity, International Journal of Research in Marketing 38.
    """

    k: int
    """Stages of a gap; fixed, not fitted."""
    r: float
    """Shape of the gamma distribution of rates of stages over customers."""
    alpha: float
    """Rate of that distribution, in units of time: the mean gap is about k alpha / r."""
    a: float
    """Of the beta distribution of the chance to leave."""
    b: float
    """Of the same: the mean chance to leave is a / (a + b)."""
    unit: TimeUnit = "week"
    """The unit of time."""

    _last_matters: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        _check_stages(self.k)
        check_parameters(self, self.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """The fitted parameters by name."""
        return {"r": self.r, "alpha": self.alpha, "a": self.a, "b": self.b}

    @classmethod
    def fit(
        cls, tally: PurchaseTally, *, k: int = 2, sum_log_gaps: float | None = None, unit: TimeUnit = "week"
    ) -> Fit[Self]:
        """The model with this k under which these customers are likeliest; look at its status.

        Args:
            tally: grouped customers.
            k: stages of a gap, 1 to 20.
            sum_log_gaps: the sum over all customers and gaps between purchase days of the logarithm of the gap in
                days; without it the log-likelihood is nan where k is above 1.
            unit: of time.

        Raises:
            InvalidArgument: nobody to fit to, no such unit, or k out of range.
        """
        not_empty(tally)
        check_unit(unit)
        _check_stages(k)
        longest = float(max(tally.age_days.max(), 1))
        rows = ErlangRows.of(tally, longest, k=k)
        rate = k * max(tally.n_purchases, 0.5) / max(dot(rows.age, rows.n), 1e-3)
        start = np.log([0.5 * k, 0.3 * k / rate, 0.8, 2.0])
        found = maximise_from(rows.value_and_gradient, [start, start + OTHER_HILL])
        r, alpha, a, b = np.exp(found.point).tolist()
        model = cls(k, r, alpha * longest / DAYS_OF[unit], a, b, unit)
        return fit_of(model, found, tally, log_likelihood=model.log_likelihood(tally, sum_log_gaps=sum_log_gaps))

    def log_likelihood(self, tally: PurchaseTally, *, sum_log_gaps: float | None = None) -> float:
        """The log-likelihood of these customers, all together; 0 of nobody, nan without the gaps that it needs."""
        if not len(tally):
            return 0.0
        bought = tally.n_purchases
        if sum_log_gaps is None and self.k > 1 and bought:
            return float("nan")
        rows = ErlangRows.of(tally, DAYS_OF[self.unit], k=self.k)
        value = rows.value_and_gradient(np.log([self.r, self.alpha, self.a, self.b]))[0]
        gaps = (sum_log_gaps or 0.0) - bought * log(DAYS_OF[self.unit])
        return value + (self.k - 1) * gaps - bought * lgamma(self.k)

    def _alive(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> FloatArray:
        silent = np.maximum(age - t_x, 0)
        columns = np.broadcast_arrays(x, t_x, age, silent)
        number, last, old, gap = (column.ravel() for column in columns)
        power = self.r + self.k * number
        passed = stages(self.k, power, gap / (self.alpha + old))[0].sum(axis=0)
        odds = power * np.log1p(gap / (self.alpha + last)) + np.log(self.a / (self.b + number)) - np.log(passed)
        return np.asarray(np.exp(-np.logaddexp(0, odds)).reshape(columns[0].shape))

    def _buyers(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> Regulars:
        power, alpha = self.r + self.k * x, self.alpha + age
        passed = stages(self.k, power, np.maximum(age - t_x, 0) / alpha)[0]
        return Regulars(self.k, passed / passed.sum(axis=0), power, alpha, np.full(len(x), self.a), self.b + x + 1)


def _check_stages(k: object) -> None:
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= 20:
        raise InvalidArgument(f"k={k!r} is no whole number from 1 to 20; 2 or 3 suit most customers who buy regularly")
