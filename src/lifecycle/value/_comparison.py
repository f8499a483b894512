"""Several models of the same customers, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import erfc, exp, isnan, sqrt
from typing import Any, Final

import attrs

from lifecycle.errors import InvalidArgument

from ._beta_discrete_weibull import BetaDiscreteWeibull
from ._bg_nbd import BgNbd
from ._fit import Fit
from ._geometric import DiscreteWeibull, Geometric
from ._mbg_nbd import MbgNbd
from ._nbd import Nbd
from ._pareto_nbd import ParetoNbd
from ._purchase_tally import PurchaseTally
from ._shifted_beta_geometric import ShiftedBetaGeometric
from ._survivors import SurvivorTally

_PURCHASES: Final = (Nbd, BgNbd, MbgNbd, ParetoNbd)
_CONTRACTS: Final = (Geometric, DiscreteWeibull, ShiftedBetaGeometric, BetaDiscreteWeibull)
# Simpler, larger, whether the simpler one lies inside the larger one (c = 1) and not at an edge (nobody leaves).
_NESTED: Final[tuple[tuple[type[Any], type[Any], bool], ...]] = (
    (Nbd, BgNbd, False),
    (Nbd, MbgNbd, False),
    (Nbd, ParetoNbd, False),
    (Geometric, DiscreteWeibull, True),
    (ShiftedBetaGeometric, BetaDiscreteWeibull, True),
    (Geometric, ShiftedBetaGeometric, False),
    (DiscreteWeibull, BetaDiscreteWeibull, False),
)


@attrs.frozen
class LikelihoodRatio:
    """Whether a larger model fits better than one that it holds as a special case."""

    simpler: str
    """The name of the special case."""
    larger: str
    """The name of the larger model."""
    statistic: float
    """Twice the difference of the log-likelihoods."""
    freedom: int
    """How many parameters more the larger model has."""
    p_value: float
    """The chance of a statistic as large if the simpler model held: by chi square; too large at an edge."""
    is_at_edge: bool
    """Whether the simpler model lies at the edge of the larger one, so that the test is a cautious one."""

    def __str__(self) -> str:
        cautious = ", cautious: the simpler one is at an edge" if self.is_at_edge else ""
        p = "< 0.0001" if self.p_value < 1e-4 else f"{self.p_value:.4f}"
        return f"{self.larger} against {self.simpler}: {self.statistic:.2f} on {self.freedom}, p {p}{cautious}"


@attrs.frozen(repr=False)
class Comparison:
    """Fits of several models to the same customers, best AIC first; those that did not converge last."""

    fits: tuple[Fit[Any], ...]
    """The fits in that order."""
    tests: tuple[LikelihoodRatio, ...]
    """Of each model with its special case, where both are there and have converged."""

    @property
    def best(self) -> Fit[Any]:
        """The fit of lowest AIC."""
        return self.fits[0]

    def rows(self) -> list[dict[str, Any]]:
        """One dict per model: model, parameters, log_likelihood, aic, bic, above_best (AIC), status."""
        return [
            {
                "model": type(fit.model).__name__,
                "parameters": len(fit.parameters),
                "log_likelihood": fit.log_likelihood,
                "aic": fit.aic,
                "bic": fit.bic,
                "above_best": fit.aic - self.best.aic,
                "status": fit.status,
            }
            for fit in self.fits
        ]

    def __getitem__(self, model: str) -> Fit[Any]:
        """The fit of a model by the name of its class.

        Raises:
            InvalidArgument: it was not compared.
        """
        for fit in self.fits:
            if type(fit.model).__name__ == model:
                return fit
        compared = ", ".join(type(fit.model).__name__ for fit in self.fits)
        raise InvalidArgument(f"{model!r} was not compared; there are {compared}")

    def __repr__(self) -> str:
        lines = [f"{'model':<22} {'k':>2} {'log-likelihood':>16} {'AIC':>14} {'BIC':>14} {'above best':>10}  status"]
        for row in self.rows():
            scores = f"{row['aic']:>14.2f} {row['bic']:>14.2f} {row['above_best']:>10.2f}"
            lines.append(
                f"{row['model']:<22} {row['parameters']:>2} {row['log_likelihood']:>16.4f} {scores}  {row['status']}"
            )
        return "\n".join([*lines, *map(str, self.tests)])

    def _repr_html_(self) -> str:
        names = list(self.rows()[0])
        head = "".join(f"<th>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_cell(row[name]))}</td>" for name in names) + "</tr>" for row in self.rows()
        )
        tests = "".join(f"<p>{escape(str(test))}</p>" for test in self.tests)
        return f"<table><tr>{head}</tr>{body}</table>{tests}"


def compare_models(
    tally: PurchaseTally | SurvivorTally, models: Sequence[type[Any] | Fit[Any]] | None = None, *, unit: Any = "week"
) -> Comparison:
    """Several models fitted to the same customers, with AIC, BIC and, where one holds another, the ratio test.

    Args:
        tally: of purchases or of contracts.
        models: classes of models with `fit`, or fits to these customers; None for all that suit the tally.
        unit: of time, of models of purchases; log-likelihoods depend on it, their differences do not.

    Raises:
        InvalidArgument: no tally, nobody in it, no models, or a fit to other customers or in another unit.
    """
    if not isinstance(tally, (PurchaseTally, SurvivorTally)):
        raise InvalidArgument(f"'tally' is a {type(tally).__name__}; give that of purchases or of contracts")
    is_bought = isinstance(tally, PurchaseTally)
    chosen: Sequence[Any] = (_PURCHASES if is_bought else _CONTRACTS) if models is None else models
    fits = [_given(one, tally, unit) if isinstance(one, Fit) else _fitted(one, tally, unit) for one in chosen]
    if not fits:
        raise InvalidArgument("'models' is empty; give at least one class, such as BgNbd")
    fits.sort(key=lambda fit: (fit.status.startswith("not converged"), isnan(fit.aic), fit.aic))
    return Comparison(tuple(fits), tuple(_tests({type(fit.model): fit for fit in fits})))


def _fitted(model: type[Any], tally: PurchaseTally | SurvivorTally, unit: Any) -> Fit[Any]:
    fit: Fit[Any] = model.fit(tally, unit=unit) if isinstance(tally, PurchaseTally) else model.fit(tally)
    return fit


def _given(fit: Fit[Any], tally: PurchaseTally | SurvivorTally, unit: Any) -> Fit[Any]:
    if fit.data_digest != tally.digest or (isinstance(tally, PurchaseTally) and fit.unit != unit):
        raise InvalidArgument(
            f"the fit of {type(fit.model).__name__} is to other customers, or in {fit.unit}s; fit it to this tally"
        )
    return fit


def _tests(fits: dict[type[Any], Fit[Any]]) -> list[LikelihoodRatio]:
    made = []
    for simpler, larger, is_inside in _NESTED:
        one, two = fits.get(simpler), fits.get(larger)
        if one is None or two is None or any(fit.status.startswith("not converged") for fit in (one, two)):
            continue
        freedom = len(two.parameters) - len(one.parameters)
        # Below 0 only by rounding: the larger model holds the simpler one.
        statistic = max(2 * (two.log_likelihood - one.log_likelihood), 0.0)
        p_value = _chi_square_above(statistic, freedom)
        made.append(
            LikelihoodRatio(simpler.__name__, larger.__name__, statistic, freedom, p_value, is_at_edge=not is_inside)
        )
    return made


def _chi_square_above(statistic: float, freedom: int) -> float:
    """The chance of a larger value, for one or two degrees of freedom."""
    return erfc(sqrt(statistic / 2)) if freedom == 1 else exp(-statistic / 2)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
