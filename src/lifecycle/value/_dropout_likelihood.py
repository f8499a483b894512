"""The log-likelihood of buyers who may leave after each purchase, over grouped customers, with its gradient."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._distinct import distinct_days, dot
from ._purchase_tally import PurchaseTally

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen(eq=False)
class DropoutRows:
    """Customers laid out so that each function is computed once per distinct argument.

    Gamma functions are computed once per number of purchases, logarithms once per day; only one exponential and
    one logarithm are left per row.
    """

    chances: int
    """How often a customer can leave beside once after each repeat purchase: 0 (BG/NBD), or 1 (MBG/NBD, at once)."""
    x: FloatArray
    """The distinct numbers of repeat purchases."""
    n_of_x: FloatArray
    """How many customers have each."""
    rows_x: FloatArray
    """The distinct x of the rows below: those that may have left."""
    rows_of_x: npt.NDArray[np.intp]
    """How many rows each of them has; the rows are in this order."""
    n: FloatArray
    """Customers per row."""
    last: FloatArray
    """The distinct times of last purchases."""
    last_of: npt.NDArray[np.intp]
    """Which of them each row has."""
    age: FloatArray
    """The distinct ages."""
    age_of: npt.NDArray[np.intp]
    """Which of them each row has."""
    quiet_n_of_age: FloatArray
    """Customers per age who cannot have left: without a repeat purchase, in the BG/NBD."""

    @classmethod
    def of(cls, tally: PurchaseTally, days_per_unit: float, *, chances: int) -> DropoutRows:
        """The rows of a tally, with time in units of so many days."""
        n = tally.n.astype(np.float64)
        starts = np.flatnonzero(np.diff(tally.x, prepend=-1))
        x, lengths = tally.x[starts].astype(np.float64), np.diff(starts, append=len(n))
        age, age_of = distinct_days(tally.age_days)
        quiet = 0 if chances or x[0] else int(lengths[0])
        skip = 1 if quiet else 0
        last, last_of = distinct_days(tally.last_days[quiet:])
        return cls(
            chances=chances,
            x=x,
            n_of_x=np.add.reduceat(n, starts),
            rows_x=x[skip:],
            rows_of_x=lengths[skip:],
            n=n[quiet:],
            last=last / days_per_unit,
            last_of=last_of,
            age=age / days_per_unit,
            age_of=age_of[quiet:],
            quiet_n_of_age=np.bincount(age_of[:quiet], weights=n[:quiet], minlength=len(age)).astype(np.float64),
        )

    def value_and_gradient(self, logs: FloatArray) -> tuple[float, FloatArray]:
        """The log-likelihood and its derivatives by the logarithms of r, alpha, a and b.

        Source:
            Fader, Hardie and Lee (2005), equation 6, and Batislam, Denizel and Filiztekin (2007), with the larger
            of the two powers taken out (Hardie, note 027), so that nothing overflows.
        """
        r, alpha, a, b = np.exp(logs).tolist()
        value, gradient = self._gamma_part(r, alpha, a, b)
        last_log, age_log = np.log1p(self.last / alpha), np.log1p(self.age / alpha)
        last_share, age_share = self.last / (alpha + self.last), self.age / (alpha + self.age)
        quiet = r * dot(self.quiet_n_of_age, age_log)
        value, gradient = value - quiet, gradient - [quiet, -r * dot(self.quiet_n_of_age, age_share), 0.0, 0.0]
        if len(self.n):
            more, slopes = self._row_part((r, a, b), (last_log, age_log), (last_share, age_share))
            value, gradient = value + more, gradient + slopes
        return value, gradient

    def _gamma_part(self, r: float, alpha: float, a: float, b: float) -> tuple[float, FloatArray]:
        bases = np.array([[r], [b], [a + b]])
        rises = np.stack([self.x, self.x + self.chances, self.x + self.chances])
        logs = [dot(each, self.n_of_x) for each in log_gamma_rise(bases, rises)]
        slopes = [dot(each, self.n_of_x) for each in digamma_rise(bases, rises)]
        purchases = dot(self.x, self.n_of_x)
        gradient = np.array([r * slopes[0], -purchases, -a * slopes[2], b * (slopes[1] - slopes[2])])
        return logs[0] + logs[1] - logs[2] - purchases * float(np.log(alpha)), gradient

    def _row_part(
        self,
        shape: tuple[float, float, float],
        logs: tuple[FloatArray, FloatArray],
        shares: tuple[FloatArray, FloatArray],
    ) -> tuple[float, FloatArray]:
        r, a, b = shape
        survived = b + self.rows_x + (self.chances - 1)
        power = np.repeat(r + self.rows_x, self.rows_of_x)
        log_last = logs[0][self.last_of]
        log_ratio = log_last - logs[1][self.age_of]
        alive = np.exp(power * log_ratio)
        both = alive + np.repeat(a / survived, self.rows_of_x)
        alive *= self.n / both
        value = dot(self.n, np.log(both)) - dot(self.n, power * log_last)
        share_last = shares[0][self.last_of]
        by_alpha = (self.n - alive) * share_last + alive * shares[1][self.age_of]
        starts = np.cumsum(self.rows_of_x) - self.rows_of_x
        left = np.add.reduceat(self.n - alive, starts)
        by_r = dot(alive, log_ratio) - dot(self.n, log_last)
        return value, np.array([r * by_r, dot(power, by_alpha), left.sum(), -b * dot(left, 1 / survived)])
