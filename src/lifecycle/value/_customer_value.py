"""What customers will still bring, with or without contracts: their value from now on."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import Money

from ._contracts import Contracts, payment_major
from ._contractual import ContractModel
from ._customer_table import CustomerTable
from ._discount import Discount
from ._fit import Fit
from ._intervals import Intervals, boundary_note, drawn_models, parameter_variance
from ._origin import Origin
from ._prediction import bounded, checked_base, total_of
from ._purchase_model import PurchaseModel
from ._purchases import Purchases
from ._spending import Spend, spending

FloatArray: TypeAlias = npt.NDArray[np.float64]

_AT_ONCE = 10_000
_FOR_VARIANCE = 256


def customer_value(
    fit: Fit[PurchaseModel] | Fit[ContractModel],
    history: Purchases | Contracts,
    *,
    discount: Discount,
    spend: Spend = None,
    margin: float = 1.0,
    intervals: Intervals | None = None,
) -> CustomerTable:
    """What each customer will still bring, each payment worth less the later it comes; what was paid does not count.

    Without contracts: the expected discounted purchases from `history.age_on` on, times the expected spend, times the
    margin. With contracts: the discounted payments still to come, times what is paid, times the margin; 0 of who is
    lost. Payment and margin stay what they are.

    Args:
        fit: of a model of purchases or of contracts, as the history is.
        history: the customers; they need not be those that were fitted to.
        discount: rate, timing and horizon. Timing enters for contracts only: purchases come at any time.
        spend: a fit of the gamma-gamma model, or one price as Money; None counts purchases, or takes what the contracts
            pay.
        margin: what of the money is earned, above 0 and up to 1.
        intervals: how bounds are made; None for the usual. Bounds are of what will happen, not of its expectation:
            they hold what is unknown of the parameters and what customers do by chance.

    Returns:
        Columns p_alive, purchases (discounted, expected), spend (of one purchase, expected), value, low and high (nan
        without draws). The total is the sum of the values.

    Raises:
        InvalidArgument: fit and history do not belong together, a margin outside (0, 1], or spend of another kind.
        CurrencyMismatch: spend and history are in different currencies.

    Empty and missing:
        A customer without a mean spend (new, and q of the gamma-gamma model up to 1) has the value nan, and the total
        is then undefined.

    Source: Fader, Hardie and Lee (2005), "RFM and CLV", Journal of Marketing Research 42; Fader and Hardie (2010).
    """
    if not isinstance(margin, (int, float)) or isinstance(margin, bool) or not 0 < margin <= 1:
        raise InvalidArgument(f"margin={margin!r} is not above 0 and up to 1; give 0.4 for 40 %")
    if not isinstance(discount, Discount):
        raise InvalidArgument(f"'discount' is a {type(discount).__name__}; give Discount(0.1) for 10 % a year")
    how = intervals or Intervals()
    if isinstance(history, Contracts):
        if not isinstance(fit, Fit) or not isinstance(fit.model, ContractModel):
            raise InvalidArgument("the history is of contracts, 'fit' is not; fit a model such as ShiftedBetaGeometric")
        return _of_contracts(fit, history, (discount, margin, how), spend)
    return _of_purchases(fit, history, (discount, margin, how), spend)


def _of_purchases(
    fit: Fit[Any], history: Purchases, asked: tuple[Discount, float, Intervals], spend: Spend
) -> CustomerTable:
    discount, margin, how = asked
    base = checked_base(fit, history)
    paying = spending(spend, history)
    mean = paying.moments()[0]
    purchases, low, high, (bottom, top) = bounded(fit, base, paying, discount, how)
    columns = {
        "p_alive": fit.model.p_alive(*base.histories)[base.place],
        "purchases": purchases,
        "spend": mean,
        "value": margin * purchases * mean,
        "low": margin * low,
        "high": margin * high,
    }
    notes = (*boundary_note(fit), *paying.notes)
    return _table(fit, history.who, columns, (bottom, top), (asked, paying.unit, f"from {history.age_on} on", notes))


def _table(
    fit: Fit[Any],
    who: Any,
    columns: dict[str, FloatArray],
    bounds: tuple[float, float],
    told: tuple[tuple[Discount, float, Intervals], str, str, tuple[str, ...]],
) -> CustomerTable:
    (discount, margin, how), unit, since, notes = told
    at = "" if margin == 1 else f", margin {100 * margin:g} %"
    return CustomerTable(
        who,
        columns,
        total=total_of(columns["value"], (margin * bounds[0], margin * bounds[1])),
        by="value",
        unit=unit,
        title=f"value by {type(fit.model).__name__} {since}; {discount}{at}; bounds hold {100 * how.confidence:g} %",
        notes=notes,
        origin=Origin.of(fit, discount.horizon_days),
    )


def _of_contracts(
    fit: Fit[Any], history: Contracts, asked: tuple[Discount, float, Intervals], spend: Spend
) -> CustomerTable:
    discount, margin, how = asked
    if fit.model.unit != history.unit:
        raise InvalidArgument(f"the fit is by {fit.model.unit}, the contracts by {history.unit}; count both alike")
    if spend is not None and not isinstance(spend, Money):
        raise InvalidArgument("the spend of contracts is Money, or None for what each contract pays")
    paid, unit = payment_major(history, spend)
    alive = Renewing(history.n_payments, ~history.is_lost, paid)
    low, high, bounds = alive.bounded(fit, discount, how)
    to_come = alive.to_come(fit.model, discount)
    columns = {
        "p_alive": alive.is_there.astype(np.float64),
        "purchases": to_come,
        "spend": paid,
        "value": margin * to_come * paid,
        "low": margin * low,
        "high": margin * high,
    }
    return _table(fit, history.who, columns, bounds, (asked, unit, "after the last payment", boundary_note(fit)))


@attrs.frozen(eq=False)
class Renewing:
    """Contracts, some of which are still there."""

    n_payments: npt.NDArray[np.int64]
    is_there: npt.NDArray[np.bool_]
    paid: FloatArray

    def to_come(self, model: ContractModel, discount: Discount) -> FloatArray:
        """The expected discounted payments still to come."""
        made = np.zeros(len(self.paid))
        made[self.is_there] = model.residual_lifetime(self.n_payments[self.is_there], discount)
        return made

    def bounded(
        self, fit: Fit[ContractModel], discount: Discount, how: Intervals
    ) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
        """Bounds of what each brings and of the total, before the margin."""
        low, high = np.full(len(self.paid), np.nan), np.full(len(self.paid), np.nan)
        n_draws = how.draws_for(len(self.paid))
        if not n_draws:
            expected = float(self.to_come(fit.model, discount) @ self.paid)
            return low, high, how.bounds_around(expected, self._variance(fit, discount))
        low, high, totals = np.zeros(len(self.paid)), np.zeros(len(self.paid)), np.zeros(n_draws)
        there = np.flatnonzero(self.is_there)
        for first in range(0, len(there), _AT_ONCE):
            some = there[first : first + _AT_ONCE]
            models = drawn_models(fit, np.random.default_rng((how.seed, 0)), n_draws)
            generator = np.random.default_rng((how.seed, 1, first))
            drawn = np.concatenate([self._drawn(model, some, discount, generator) for model in models])
            low[some], high[some] = how.bounds_of(drawn)
            totals += drawn.sum(axis=1)
        bottom, top = how.bounds_of(totals)
        return low, high, (float(bottom), float(top))

    def _drawn(
        self, model: ContractModel, some: npt.NDArray[np.intp], discount: Discount, generator: np.random.Generator
    ) -> FloatArray:
        made = self.n_payments[some]
        return model.draw_residual_lifetime(made, discount, generator=generator, n_draws=1) * self.paid[some]

    def _variance(self, fit: Fit[ContractModel], discount: Discount) -> float:
        """By the parameters, by the slopes; and by chance, which depends on the number of payments only."""
        known = parameter_variance(fit, lambda model: float(self.to_come(model, discount) @ self.paid))
        made, place = np.unique(self.n_payments[self.is_there], return_inverse=True)
        drawn = fit.model.draw_residual_lifetime(
            made, discount, generator=np.random.default_rng(0), n_draws=_FOR_VARIANCE
        )
        return known + float(drawn.var(axis=0, ddof=1)[place] @ self.paid[self.is_there] ** 2)
