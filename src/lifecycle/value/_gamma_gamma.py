"""The gamma-gamma model of spend: what a customer pays per purchase, from what few purchases tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import exponent
from lifecycle.tally import Estimate, digamma_rise, log_beta, undefined

from ._fit import Fit, fit_of
from ._maximise import maximise
from ._spend_tally import SpendTally

FloatArray: TypeAlias = npt.NDArray[np.float64]

_MOST_LINKED = 0.30
"""From this rank correlation of purchases and spend on, the model should not be trusted without a look."""


@attrs.frozen
class GammaGamma:
    """Each customer has a mean spend of their own, does not change it, and it is not linked to how often they buy.

    One purchase is gamma with shape `p` and a rate of the customer's own, which is gamma with shape `q` and rate `v`.

    Source: Fader, Hardie and Lee (2005), "RFM and CLV", Journal of Marketing Research 42; Fader and Hardie, note 025.
    """

    p: float
    """Shape of a purchase: the larger, the more alike are the purchases of one customer."""
    q: float
    """Shape across customers: the larger, the more alike are customers; the mean is infinite up to 1."""
    v: float
    """Scale across customers, in major units of the currency."""
    currency: str
    """The ISO 4217 code of the money."""

    def __attrs_post_init__(self) -> None:
        exponent(self.currency)
        for name, value in self.parameters.items():
            if not (np.isfinite(value) and value > 0):
                raise InvalidArgument(f"GammaGamma: {name}={value!r} is not above 0; give the parameters of a fit")

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"p": self.p, "q": self.q, "v": self.v}

    @property
    def population_mean(self) -> Estimate:
        """What a purchase of a customer brings of whom nothing is known, in major units; undefined up to q = 1."""
        if self.q <= 1:
            return undefined(f"q is {self.q:.4g}: spend differs so much between customers that it has no mean up to 1")
        return Estimate(self.p * self.v / (self.q - 1), None, None, self.p * self.v, self.q - 1)

    @classmethod
    def fit(cls, tally: SpendTally) -> SpendFit:
        """The model that fits best to what customers paid on repeat days.

        Customers without repeat days, and those whose repeat days bring nothing or less, tell nothing of spend: they
        are left out and counted in the notes.

        Args:
            tally: of `Purchases.spend()`.

        Raises:
            InvalidArgument: nobody is left.
        """
        useful = (tally.x > 0) & (tally.total_minor > 0)
        kept = SpendTally(tally.x[useful], tally.total_minor[useful], tally.n[useful], tally.currency)
        if not len(kept):
            raise InvalidArgument(f"none of {tally.n_customers} customers paid on a repeat day; spend is unknown")
        spent = _Spent(kept)
        # Money in means of the base, so that the start fits any currency; only the logarithm of v moves.
        scale = float(np.average(spent.total / spent.x, weights=spent.n))
        start = np.log([2.0, 3.0, 1.0])
        found = maximise(lambda point: spent.value_and_gradient(point, scale), start)
        p, q, v = np.exp(found.point)
        model = cls(float(p), float(q), float(v * scale), tally.currency)
        made = fit_of(model, found, kept, log_likelihood=found.value - kept.n_customers * float(np.log(scale)))
        pearson, spearman = _correlations(spent)
        fields = {field.name: getattr(made, field.name) for field in attrs.fields(Fit)}
        left_out = (int(tally.n[tally.x == 0].sum()), int(tally.n[(tally.x > 0) & (tally.total_minor <= 0)].sum()))
        return SpendFit(**fields, left_out=left_out, pearson=pearson, spearman=spearman)

    def log_likelihood(self, tally: SpendTally) -> float:
        """The log-likelihood of mean spends in major units, of customers with repeat days that brought money.

        Raises:
            CurrencyMismatch: the tally is in another currency.
        """
        if tally.currency != self.currency:
            raise CurrencyMismatch(f"the model is of {self.currency}, the tally in {tally.currency}; fit one to it")
        return _Spent(tally).value_and_gradient(np.log([self.p, self.q, self.v]), 1.0)[0]

    def expected_spend(self, x: npt.ArrayLike, mean_spend: npt.ArrayLike) -> FloatArray:
        """What a purchase of each customer brings: between their own mean and that of all, by how much is known.

        Args:
            x: days with purchases after the first; 0 or more.
            mean_spend: their mean spend on these, in major units; not read where x is 0.

        Returns:
            Major units; nan where there is no mean (x = 0 and q up to 1).
        """
        shape, rate = self._posterior(x, mean_spend)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(shape > 1, self.p * rate / (shape - 1), np.nan))

    def spend_moments(self, x: npt.ArrayLike, mean_spend: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What is known of a customer's own mean spend m, and of how purchases scatter around it.

        Returns:
            The mean of m, the variance of m, and the mean of the variance of one purchase given m; major units and
            their squares; nan where there is no mean, infinite where there is no variance (p x + q up to 2).
        """
        shape, rate = self._posterior(x, mean_spend)
        mean = self.expected_spend(x, mean_spend)
        with np.errstate(divide="ignore", invalid="ignore"):
            square = np.where(shape > 2, rate**2 / ((shape - 1) * (shape - 2)), np.where(shape > 1, np.inf, np.nan))
            return mean, np.maximum(self.p**2 * square - mean**2, 0.0), self.p * square

    def draw_rates(
        self, x: npt.ArrayLike, mean_spend: npt.ArrayLike, generator: np.random.Generator, n_draws: int
    ) -> FloatArray:
        """Draws of each customer's own rate: n purchases then bring gamma(n p) divided by it.

        Returns:
            One over major units; shape (n_draws, n_customers).
        """
        shape, rate = self._posterior(x, mean_spend)
        drawn = generator.standard_gamma(shape, size=(n_draws, *shape.shape))
        return np.asarray(np.maximum(drawn, np.finfo(np.float64).tiny) / rate)

    def _posterior(self, x: npt.ArrayLike, mean_spend: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Shape and rate of the gamma distribution of a customer's rate, given what they paid."""
        known, mean = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(mean_spend, np.float64))
        shape = np.asarray(self.p * known + self.q)
        return shape, self.v + np.where(known > 0, known * np.maximum(mean, 0.0), 0.0)


@attrs.frozen(eq=False, repr=False)
class SpendFit(Fit[GammaGamma]):
    """A fitted gamma-gamma model, whom it left out, and whether its main assumption holds."""

    left_out: tuple[int, int] = attrs.field(kw_only=True)
    """Customers without repeat days, and customers whose repeat days brought nothing or less."""
    pearson: float = attrs.field(kw_only=True)
    """Correlation of repeat days and mean spend; nan where all are alike."""
    spearman: float = attrs.field(kw_only=True)
    """Correlation of their ranks; the model takes it to be 0."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What deserves care."""
        counted = zip(self.left_out, ("without repeat days", "whose repeat days brought nothing or less"), strict=True)
        told = [f"{count:,} customers {what} left out" for count, what in counted if count]
        if abs(self.spearman) >= _MOST_LINKED:
            told.append(
                f"who buys more often spends {'more' if self.spearman > 0 else 'less'} each time (rank correlation "
                f"{self.spearman:.2f}), which the model takes not to be so: fit groups of customers apart"
            )
        if self.model.population_mean.value is None:
            told.append(f"the mean spend of new customers is {self.model.population_mean.note}")
        return tuple(told)

    def __repr__(self) -> str:
        linked = f"  correlation of repeat days and spend {self.pearson:.3f}, of their ranks {self.spearman:.3f}"
        return "\n".join([super().__repr__(), linked, *(f"  {note}" for note in self.notes)])


class _Spent:
    """Spend by group of customers; what depends on x alone is computed once for each x."""

    def __init__(self, tally: SpendTally) -> None:
        useful = (tally.x > 0) & (tally.total_minor > 0)
        self.n = tally.n[useful].astype(np.float64)
        self.total = tally.total_minor[useful] / 10.0 ** exponent(tally.currency)
        self.x = tally.x[useful].astype(np.float64)
        self.unique, place = np.unique(self.x, return_inverse=True)
        self.n_of_x = np.bincount(place, weights=self.n)
        self.weights = np.stack([self.n * self.x, self.n])
        self.logs = np.array([float(self.n @ np.log(self.total)), float(self.n @ np.log(self.x))])

    def value_and_gradient(self, point: FloatArray, scale: float) -> tuple[float, FloatArray]:
        """The log-likelihood of mean spends divided by `scale`, and its slope by the logarithms of p, q, v."""
        p, q, v = np.exp(point)
        px, same_q = p * self.unique, np.full_like(self.unique, q)
        ratio = v * scale / self.total
        # What customers paid, as a share of that and v: its logarithm, and what it lacks to 1.
        bought, customers = -(self.weights @ np.log1p(ratio))
        lacks_bought, lacks = self.weights @ (ratio / (1 + ratio))
        n, log_total = float(self.n.sum()), self.logs[0] - float(self.n.sum()) * np.log(scale)
        prior = customers + n * point[2] - log_total
        value = -(self.n_of_x @ log_beta(px, same_q)) + p * bought + q * prior - log_total + self.logs[1]
        slopes = [
            p * (self.n_of_x @ (self.unique * digamma_rise(px, same_q)) + bought),
            q * (self.n_of_x @ digamma_rise(same_q, px) + prior),
            q * n - p * lacks_bought - q * lacks,
        ]
        return float(value), np.array(slopes)


def _correlations(spent: _Spent) -> tuple[float, float]:
    """Pearson's and Spearman's correlation of x and mean spend over the customers."""
    mean = spent.total / spent.x
    ranks = [_ranks(values, spent.n) for values in (spent.x, mean)]
    return _correlation(spent.x, mean, spent.n), _correlation(ranks[0], ranks[1], spent.n)


def _ranks(values: FloatArray, n: FloatArray) -> FloatArray:
    """Mean ranks of values that occur n times each."""
    _, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights=n)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def _correlation(one: FloatArray, two: FloatArray, n: FloatArray) -> float:
    left, right = one - np.average(one, weights=n), two - np.average(two, weights=n)
    spread = float(np.sqrt((n @ left**2) * (n @ right**2)))
    flat = spread <= 1e-12 * float(np.sqrt((n @ one**2) * (n @ two**2)))
    return float("nan") if flat else float(n @ (left * right)) / spread
