"""What customers will still bring: published figures by customer, laws, intervals, and what is refused."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import Money
from lifecycle.value import (
    BgNbd,
    Contracts,
    CustomerTable,
    Discount,
    Fit,
    GammaGamma,
    Intervals,
    ParetoNbd,
    PurchaseNotes,
    Purchases,
    PurchaseTally,
    ShiftedBetaGeometric,
    SurvivorTally,
    customer_value,
    predict,
)
from lifecycle.value._customer_ids import CustomerIds
from tests.value.segments import HIGH_END

WEEKLY = Discount(float(np.log(1.1)) / 52, per="week", compounding="continuous")
"""10 % a year of 52 weeks, continuous, for ever: what R's CLVTools was asked for."""
NO_DRAWS = Intervals(n_draws=0)
# Id: chance to be there, purchases in 39 weeks, discounted purchases, spend, value; R CLVTools.
PARETO = {
    "1": (0.86916549, 1.45532078, 8.15900384, 24.654031, 201.152335),
    "2": (0.16802798, 0.17115440, 0.95954749, 18.910292, 18.145323),
    "3": (0.29515762, 0.10709042, 0.60038391, 35.170499, 21.115802),
    "6": (0.74950515, 3.71252290, 20.81361653, 71.464612, 1487.437),
    "157": (0.99618796, 19.59682644, 109.35799968, 26.394272, 2886.425),
    "1516": (0.997874, 20.11589, 107.77198, 39.890285, 4299.055),
}
BETA_GEOMETRIC = {
    "1": (0.72661975, 1.22599333),
    "2": (0.21239019, 0.20341797),
    "6": (0.64183481, 3.33757254),
    "3": (1.0, 0.19479357),
}


@pytest.fixture(scope="module")
def pareto(cdnow_39_weeks: Purchases) -> Fit[ParetoNbd]:
    """Pareto/NBD with the parameters at which R stopped; intervals are those of our fit."""
    model = ParetoNbd(0.55327, 10.57780, 0.60602, 11.66391, "week")
    return attrs.evolve(ParetoNbd.fit(cdnow_39_weeks.tally()), model=model)


@pytest.fixture(scope="module")
def spend(cdnow_39_weeks: Purchases) -> Fit[GammaGamma]:
    """The gamma-gamma model with the parameters at which R stopped."""
    model = GammaGamma(6.24935, 3.74426, 15.44431, "USD")
    return attrs.evolve(GammaGamma.fit(cdnow_39_weeks.spend()), model=model)


def base(*rows: tuple[int, int, int, int]) -> Purchases:
    """Customers with x, last_days, age_days and cents of the repeat days."""
    x, last, age, paid = np.array(rows, np.int64).reshape(-1, 4).T
    none = np.zeros(len(x), np.int64)
    today = date(2026, 1, 1)
    day = (today - date(1970, 1, 1)).days
    known: dict[str, Any] = {"kinds": ("purchase",), "zone": "UTC", "currency": "EUR", "notes": PurchaseNotes()}
    who = CustomerIds([str(place) for place in range(len(x))])
    return Purchases(who, day - age, day - age + last, x + 1, none, paid, until=today, age_on=today, **known)


def test_value_by_customer_as_r_has_it(
    cdnow_39_weeks: Purchases, pareto: Fit[ParetoNbd], spend: Fit[GammaGamma]
) -> None:
    """P(alive), purchases in 39 weeks, DERT, spend and value of single customers, and both totals."""
    value = customer_value(pareto, cdnow_39_weeks, discount=WEEKLY, spend=spend, intervals=NO_DRAWS)
    soon = predict(pareto, cdnow_39_weeks, horizon="39w", intervals=NO_DRAWS)
    ids = value.ids.tolist()
    for customer, known in PARETO.items():
        place = ids.index(customer)
        found = [value["p_alive"], soon["purchases"], value["purchases"], value["spend"], value["value"]]
        # Parameters are known to 5 or 6 digits.
        assert [column[place] for column in found] == pytest.approx(known, rel=2e-6)
    assert soon.total.value == pytest.approx(1665.688, abs=6e-4)
    assert value.total.value == pytest.approx(327_110.395, rel=1e-6)


def test_bg_nbd_by_customer_as_r_has_it(cdnow_39_weeks: Purchases) -> None:
    """The same for BG/NBD, where R stops a little before the maximum; who never came back is there for certain."""
    table = predict(BgNbd.fit(cdnow_39_weeks.tally()), cdnow_39_weeks, horizon=(39, "week"), intervals=NO_DRAWS)
    ids = table.ids.tolist()
    for customer, known in BETA_GEOMETRIC.items():
        place = ids.index(customer)
        assert [table["p_alive"][place], table["purchases"][place]] == pytest.approx(known, rel=6e-6)
    assert table.total.value == pytest.approx(1653.39, abs=0.03)


def test_bounds_of_draws_and_of_slopes_agree(cdnow_39_weeks: Purchases, spend: Fit[GammaGamma]) -> None:
    """The bounds of the total by 400 draws and by normal approximation are within a tenth of the width."""
    fit = BgNbd.fit(cdnow_39_weeks.tally())
    year = Discount(0.10, horizon="1y")
    drawn, near = (
        customer_value(fit, cdnow_39_weeks, discount=year, spend=spend, intervals=how).total
        for how in (Intervals(n_draws=400, seed=3), NO_DRAWS)
    )
    assert drawn.value == near.value
    assert near.low is not None
    assert near.high is not None
    width = near.high - near.low
    # The quantiles of 400 draws scatter by about 0.04 of the width.
    assert drawn.low == pytest.approx(near.low, abs=0.1 * width)
    assert drawn.high == pytest.approx(near.high, abs=0.1 * width)


def test_parts_add_up_to_the_same_bytes(
    cdnow_39_weeks: Purchases, pareto: Fit[ParetoNbd], spend: Fit[GammaGamma]
) -> None:
    """The totals of any split of the customers add up exactly, and no customer changes by who else is asked about."""
    asked: dict[str, Any] = {"discount": Discount(0.1, horizon="1y"), "spend": spend, "intervals": NO_DRAWS}
    whole = customer_value(pareto, cdnow_39_weeks, **asked)
    picked = np.random.default_rng(5).random(len(cdnow_39_weeks)) < 0.4
    parts = [customer_value(pareto, cdnow_39_weeks.only(mask), **asked) for mask in (picked, ~picked)]
    micros = [round(1e6 * (part.total.value or 0.0)) for part in (*parts, whole)]
    assert micros[0] + micros[1] == micros[2]
    assert parts[0]["value"] == pytest.approx(whole["value"][picked], rel=1e-12)


def test_a_margin_and_a_price_scale_everything(pareto: Fit[ParetoNbd]) -> None:
    """A price of 20 and a margin of 40 % give 8 times the discounted purchases, bounds too, draw for draw."""
    history, how = base((3, 70, 100, 6000), (0, 0, 50, 0)), Intervals(n_draws=200)
    count = customer_value(pareto, history, discount=WEEKLY, intervals=how)
    money = customer_value(pareto, history, discount=WEEKLY, spend=Money.of(20, "EUR"), margin=0.4, intervals=how)
    assert (count.unit, money.unit) == ("purchases", "EUR")
    for name in ("value", "low", "high"):
        assert money[name] == pytest.approx(8 * count[name])
    assert money.total.high == pytest.approx(8 * (count.total.high or 0))


def test_the_seed_fixes_the_bounds(pareto: Fit[ParetoNbd]) -> None:
    """The same seed gives the same bounds, another one others; values do not depend on it."""
    history = base((3, 70, 100, 6000), (0, 0, 50, 0), (9, 90, 100, 9000))
    one, again, other = (
        predict(pareto, history, horizon="1y", intervals=Intervals(n_draws=500, seed=seed)) for seed in (1, 1, 2)
    )
    assert one.total == again.total
    assert np.array_equal(one["high"], again["high"])
    assert one.total != other.total
    assert np.array_equal(one["purchases"], other["purchases"])


def test_large_bases_are_not_drawn_unasked(pareto: Fit[ParetoNbd], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit only the total has bounds; asked for draws, each customer has them, in blocks as in one."""
    history = base(*[(place % 5, 10 * (place % 5), 100, 500 * (place % 5)) for place in range(30)])
    monkeypatch.setattr("lifecycle.value._intervals.MOST_DRAWN", 20)
    table = predict(pareto, history, horizon="1y")
    assert np.isnan(table["low"]).all()
    assert table.total.low is not None
    monkeypatch.setattr("lifecycle.value._prediction._AT_ONCE", 7)
    drawn = predict(pareto, history, horizon="1y", intervals=Intervals(n_draws=300))
    assert not np.isnan(drawn["low"]).any()
    assert drawn.total.low == pytest.approx(table.total.low, rel=0.3)


def test_contracts_as_published() -> None:
    """High end contracts, 10 % a year: what is to come after 1 to 8 payments; nothing comes of who is lost."""
    fit = ShiftedBetaGeometric.fit(SurvivorTally.of_counts({"high end": HIGH_END[:8]}, unit="year"))
    fit = attrs.evolve(fit, model=ShiftedBetaGeometric(0.668, 3.806, "year"))
    history = Contracts.of(list("abcdefghi"), [*range(8), 3], [*[False] * 8, True], unit="year")
    table = customer_value(fit, history, discount=Discount(0.1), intervals=Intervals(n_draws=100))
    printed = [5.4149, 5.9018, 6.2943, 6.6203, 6.8971, 7.1360, 7.3451, 7.5299, 0]
    assert table["purchases"] == pytest.approx(printed, abs=6e-5)
    assert table["p_alive"].tolist() == [1] * 8 + [0]
    assert (table["low"][8], table["high"][8], table.unit) == (0, 0, "payments")
    assert table.total.value == pytest.approx(sum(printed), abs=3e-4)


def test_bounds_of_contracts_by_draws_and_by_slopes() -> None:
    """300 contracts with prices of their own: both ways to the bounds of the total agree."""
    random = np.random.default_rng(7)
    ages, lost = random.integers(1, 6, 300), random.random(300) < 0.4
    prices = random.integers(1000, 9000, 300)
    history = Contracts.of(np.arange(300).astype(str), ages, lost, unit="year", payment=(prices, "EUR"))
    fit = ShiftedBetaGeometric.fit(history.tally())
    assert history.tally().n_customers == 300
    drawn, near = (
        customer_value(fit, history, discount=Discount(0.1, horizon="5y"), margin=0.5, intervals=how)
        for how in (Intervals(n_draws=400), NO_DRAWS)
    )
    assert (near.unit, drawn.total.value) == ("EUR", near.total.value)
    assert near.total.low is not None
    assert near.total.high is not None
    width = near.total.high - near.total.low
    assert drawn.total.low == pytest.approx(near.total.low, abs=0.12 * width)
    assert drawn.total.high == pytest.approx(near.total.high, abs=0.12 * width)
    inside = (drawn["low"] <= drawn["value"]) & (drawn["value"] <= drawn["high"])
    assert inside.all()


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 0, 1, 0)],
        [(0, 0, 30, 0)] * 5,
        [(2, 10, 30, 500)] * 20,
        [(1_000, 1_000, 1_000, 10_000_000), (0, 0, 0, 0)],
    ],
)
def test_odd_bases_give_finite_numbers(rows: list[tuple[int, int, int, int]]) -> None:
    """One customer, nobody who came back, customers all alike: a note where the fit says so, and no nan."""
    history = base(*rows)
    fit = BgNbd.fit(history.tally())
    table = customer_value(
        fit, history, discount=Discount(0.1, horizon="1y"), spend=Money.of(10, "EUR"), intervals=Intervals(n_draws=50)
    )
    assert np.isfinite([*table["value"], *table["low"], *table["high"], table.total.value]).all()
    assert bool(table.notes) is not fit.is_converged


def test_without_a_mean_spend_the_total_is_undefined(pareto: Fit[ParetoNbd], spend: Fit[GammaGamma]) -> None:
    """With q up to 1 a new customer has no expected spend: nan, and an undefined total that says why."""
    flat = attrs.evolve(spend, model=GammaGamma(6, 0.9, 15, "EUR"))
    table = customer_value(
        pareto, base((0, 0, 50, 0), (2, 20, 50, 900)), discount=WEEKLY, spend=flat, intervals=NO_DRAWS
    )
    assert np.isnan(table["value"]).tolist() == [True, False]
    assert table.total.value is None
    assert "1 customers have no expected spend" in repr(table)


def test_nobody(pareto: Fit[ParetoNbd]) -> None:
    """An empty history has the value 0."""
    table = customer_value(pareto, base(), discount=WEEKLY, spend=Money.of(1, "EUR"))
    assert (len(table), table.total.value, table.total.low) == (0, 0, 0)


def test_tables_show_the_top_and_travel(pareto: Fit[ParetoNbd]) -> None:
    """The text begins with those of most value; a table pickles, and rows are plain values."""
    history = base(*[(place, 5 * place, 100, 1000 * place) for place in range(15)])
    table = customer_value(pareto, history, discount=WEEKLY, spend=Money.of(5, "EUR"), intervals=NO_DRAWS)
    top = table.top(3)
    assert top.ids.tolist() == table.ids[np.argsort(-table["value"])[:3]].tolist()
    assert (len(top), top.total) == (3, table.total)
    assert "… 5 more customers" in repr(table)
    assert "<table>" in table._repr_html_()
    again: CustomerTable = pickle.loads(pickle.dumps(table))
    assert list(again.rows())[4] == pytest.approx(list(table.rows())[4], nan_ok=True)
    assert list(table.to_dict()) == ["customer", "p_alive", "purchases", "spend", "value", "low", "high"]
    with pytest.raises(InvalidArgument, match="no column 'clv'; there are p_alive"):
        table["clv"]


def test_refused_questions(pareto: Fit[ParetoNbd], spend: Fit[GammaGamma]) -> None:
    """Margins, discounts, horizons, spends and histories that do not fit are refused, each by name."""
    history = base((1, 5, 20, 700))
    contracts = Contracts.of(["a"], [1], [False], unit="month", payment=Money.of(9, "EUR"))
    renewing = ShiftedBetaGeometric.fit(SurvivorTally.of_counts({"a": [10, 8, 7]}, unit="year"))
    ask: Any = customer_value
    for margin in (0, 1.5, True, "0.4"):
        with pytest.raises(InvalidArgument, match="is not above 0 and up to 1"):
            ask(pareto, history, discount=WEEKLY, margin=margin)
    with pytest.raises(InvalidArgument, match="'discount' is a float"):
        ask(pareto, history, discount=0.1)
    with pytest.raises(CurrencyMismatch, match="the spend is in USD, the purchases in EUR"):
        ask(pareto, history, discount=WEEKLY, spend=spend)
    with pytest.raises(InvalidArgument, match="'spend' is a int"):
        ask(pareto, history, discount=WEEKLY, spend=5)
    with pytest.raises(InvalidArgument, match="'fit' is of ShiftedBetaGeometric; give a fit of a model of purchases"):
        ask(renewing, history, discount=WEEKLY)
    with pytest.raises(InvalidArgument, match="the history is of contracts, 'fit' is not"):
        ask(pareto, contracts, discount=WEEKLY)
    with pytest.raises(InvalidArgument, match="the fit is by year, the contracts by month"):
        ask(renewing, contracts, discount=WEEKLY)
    with pytest.raises(InvalidArgument, match="'history' is a PurchaseTally"):
        ask(pareto, history.tally(), discount=WEEKLY)
    with pytest.raises(InvalidArgument, match="horizon=39 has no unit; write '39w'"):
        predict(pareto, history, horizon=39)  # type: ignore[arg-type]
    without = attrs.evolve(history, currency=None)
    with pytest.raises(InvalidArgument, match="the purchases have no amounts"):
        ask(pareto, without, discount=WEEKLY, spend=spend)


def test_refused_contracts_and_intervals() -> None:
    """An id twice, impossible durations, odd confidences and too few draws are refused."""
    with pytest.raises(InvalidArgument, match="the id 'a' is there twice"):
        Contracts.of(["a", "a"], [1, 1], [False, False], unit="year")
    with pytest.raises(InvalidArgument, match="a loss at age 0"):
        Contracts.of(["a"], [0], [True], unit="year")
    with pytest.raises(InvalidArgument, match="confidence=95 is not between 0 and 1"):
        Intervals(95)
    with pytest.raises(InvalidArgument, match="n_draws=5 is too few"):
        Intervals(n_draws=5)
    with pytest.raises(InvalidArgument, match="seed=-1 is no whole number"):
        Intervals(seed=-1)


def test_purchases_of_another_currency_than_a_fit_of_purchases_do_not_matter() -> None:
    """A model of purchases knows no money: it can be used on customers of any currency, or of none."""
    fit = BgNbd.fit(PurchaseTally.of([0, 1, 4, 0, 2], [0, 9, 30, 0, 20], [40, 40, 40, 30, 35]))
    history = base((1, 5, 20, 700))
    assert (
        predict(fit, history, horizon="4w", intervals=NO_DRAWS).total
        == predict(fit, attrs.evolve(history, currency=None), horizon="4w", intervals=NO_DRAWS).total
    )
