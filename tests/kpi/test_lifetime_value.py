"""What customers are worth and what they cost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Money, Touchpoint, report
from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.kpi import (
    Cut,
    Kpi,
    acquisition_to_retention,
    arpa,
    cac,
    cac_payback_months,
    ltv_growth,
    ltv_simple,
    ltv_to_cac,
    ltv_to_date,
    measure,
)

from .stall import cut_of, earlier, histories, parts_added, story_of, tp

pytestmark = pytest.mark.smoke
SPENT = {"spend": Money.of("1234.56", "EUR")}
KPIS = [
    arpa, ltv_to_date.using({"margin": 0.35}), ltv_growth, ltv_simple.using({"margin": "0.75"}), cac,
    cac.using(SPENT), ltv_to_cac.using(SPENT), cac_payback_months.using({**SPENT, "margin": Fraction(2, 3)}),
    acquisition_to_retention.using({**SPENT, "retention_spend": 100}),
]  # fmt: skip


def month(*extra: Touchpoint, n: int = 10, amount: str = "50", left: int = 0) -> Cut:
    """February of customers who all come at its first instant, pay once, and of whom some leave before it ends."""
    found = [tp(f"c{number}", "joined", "02-01") for number in range(n)]
    found += [tp(f"c{number}", "purchase", "02-10", amount) for number in range(n)]
    found += [tp(f"c{number}", "left", "02-28") for number in range(left)]
    return cut_of([*found, *extra])


def base(*, n: int, left: int, amount: str = "50") -> Cut:
    """February of customers who came in January, with those who leave just at its end."""
    found = [tp(f"c{number}", "joined", "01-15") for number in range(n)]
    found += [tp(f"c{number}", "purchase", "02-10", amount) for number in range(n)]
    return cut_of([*found, *(tp(f"c{number}", "left", "02-28 23:59:59.999999") for number in range(left))])


def test_vector_ten() -> None:
    """CAC 200, ARPA 50, margin 75 %: 5.33 months."""
    cut = month()
    assert measure(cut, cac.using({"spend": 2000})).value == 200.0
    assert measure(cut, arpa).value == 50.0
    found = measure(cut, cac_payback_months.using({"spend": 2000, "margin": 0.75}))
    assert (f"{found.value:.2f}", found.unit, found.numerator, found.denominator) == ("5.33", "months", 200.0, 37.5)
    # Floats that are written as decimals are those decimals.
    assert found.value == 16 / 3


def test_revenue_per_active_customer_and_month() -> None:
    """Half a month is half a customer-month; a quarter has three months; what is given back is no revenue."""
    half = cut_of([tp("a", "joined", "02-15"), tp("a", "purchase", "02-16", "30")])
    assert measure(half, arpa).value == pytest.approx(60.0)
    assert (measure(half, arpa).text, measure(half, arpa).denominator) == ("60.00 EUR", 0.5)
    quarter = cut_of([tp("a", "joined", "01-01"), tp("a", "purchase", "01-02", "30")], "2026-Q1")
    assert measure(quarter, arpa).value == 10.0
    back = cut_of([tp("a", "joined", "02-01"), tp("a", "purchase", "02-02", "30"), tp("a", "refund", "02-03", "12")])
    assert measure(back, arpa).value == 18.0


def test_a_stretch_of_days_has_months_of_a_twelfth_of_a_year() -> None:
    """73 days are a fifth of a year, so 2.4 months."""
    cut = cut_of([tp("a", "joined", "01-05"), tp("a", "purchase", "01-06", "24")], ("2026-01-05", "2026-03-19"))
    assert measure(cut, arpa).value == 10.0


def test_simple_lifetime_value() -> None:
    """ARPA × margin ÷ churn, with the churn of the same month; undefined at churn 0."""
    found = measure(base(n=10, left=2), ltv_simple.using({"margin": 0.6}))
    assert found.value == pytest.approx(50 * 0.6 / 0.2)
    assert (found.numerator, found.denominator) == (pytest.approx(30), 0.2)
    assert found.text == "150.00 EUR"
    endless = measure(base(n=10, left=0), ltv_simple)
    assert endless.value is None
    assert endless.notes[0].startswith("undefined because churn is 0")
    assert measure(month(left=2), ltv_simple).notes[0].endswith("so there is no churn")


def test_value_to_cost() -> None:
    """The simple value by CAC; undefined where nobody is new, nothing was said of cost, or it was nothing."""
    cut = base(n=10, left=2)
    assert measure(cut, ltv_to_cac.using({"spend": 100})).notes == (
        "undefined because nobody became a customer in the period",
    )
    joined = cut_of([
        *(tp(who, "joined", "01-10") for who in "abcd"), tp("a", "purchase", "02-02", "300"),
        tp("a", "left", "02-28 23:59:59.999999"), tp("e", "joined", "02-28 23:59:59.999999"),
    ])  # fmt: skip
    assert measure(joined, ltv_to_cac.using({"spend": 100})).value == pytest.approx(3.0)
    assert "no spend is given" in measure(joined, ltv_to_cac).notes[0]
    assert measure(joined, ltv_to_cac.using({"spend": 0})).notes == ("undefined because it costs nothing",)


def test_cost_that_touchpoints_carry() -> None:
    """All who were welcomed in the period cost, customers or not; and groups have their own cost."""
    found = [tp("a", "welcomed", "02-01", source="search", cost=30), tp("b", "welcomed", "02-01", cost=0.07)]
    found += [tp("c", "welcomed", "02-01", source="event", cost=100), tp("d", "welcomed", "01-31", cost=1000)]
    found += [tp(who, "joined", "02-05") for who in "acd"]
    one = measure(cut_of(found), cac)
    assert (one.value, one.numerator, one.currency) == (pytest.approx(130.07 / 3), 130.07, "EUR")
    grouped = report(story_of(found), [cac], "2026-02", by="source")
    assert grouped["cac", "search"].value == 30.0
    assert grouped["cac", "event"].value == 100.0
    assert grouped["cac"].value == one.value


def test_who_comes_back_is_not_new() -> None:
    """CAC divides by first times only."""
    found = [
        tp("a", "joined", "01-02"),
        tp("a", "left", "01-20"),
        tp("a", "joined", "02-03"),
        tp("b", "joined", "02-03"),
    ]
    assert measure(cut_of(found), cac.using({"spend": 80})).value == 80.0


def test_value_to_date() -> None:
    """All that was paid before the end, times the margin, over all who ever were customers."""
    found = [tp("a", "joined", "01-02"), tp("a", "purchase", "01-02", "100"), tp("a", "left", "01-20")]
    found += [tp("b", "joined", "02-02"), tp("b", "purchase", "02-02", "50"), tp("b", "purchase", "03-02", "500")]
    found += [tp("p", "purchase", "02-02", "7")]  # no customer yet
    one = measure(cut_of(found), ltv_to_date.using({"margin": 0.4}))
    assert (one.value, one.currency) == (pytest.approx(30.0), "EUR")
    assert one.low < 30 < one.high


def test_growth_of_value_is_of_the_same_customers() -> None:
    """Newcomers do not lower it."""
    found = [tp("a", "joined", "01-02"), tp("a", "purchase", "01-02", "100"), tp("a", "purchase", "02-02", "10")]
    cut = cut_of([*found, tp("b", "joined", "02-02"), tp("b", "purchase", "02-02", "1")])
    one = measure(cut, ltv_growth)
    assert (one.value, one.numerator, one.denominator) == (0.1, 10.0, 100.0)
    first = cut_of(found, "2026-01")
    assert measure(first, ltv_growth).notes == ("undefined because it would be divided by 0",)


def test_own_ratio_of_acquisition_to_retention() -> None:
    """(100 ÷ 1 new) ÷ (80 ÷ 4 kept) = 5."""
    found = [*(tp(who, "joined", "01-10") for who in "abcde"), tp("e", "left", "02-10"), tp("f", "joined", "02-11")]
    one = measure(cut_of(found), acquisition_to_retention.using({"spend": 100, "retention_spend": 80}))
    assert (one.value, one.numerator, one.denominator, one.currency) == (5.0, 100.0, 20.0, "")
    assert (
        "no retention_spend is given" in measure(cut_of(found), acquisition_to_retention.using({"spend": 1})).notes[0]
    )


@pytest.mark.parametrize(
    ("kpi", "chosen", "error", "told"),
    [
        (ltv_to_date, {"margin": 1.5}, InvalidArgument, "margin=1.5 is not from 0 to 1"),
        (ltv_to_date, {"margin": "much"}, InvalidArgument, "margin='much' is no number"),
        (ltv_to_date, {"margin": True}, InvalidArgument, "margin=True is no number"),
        (ltv_to_date, {"margin": float("nan")}, InvalidArgument, "margin=nan is no number"),
        (ltv_to_date, {"margin": 1e-9}, InvalidArgument, "finer than a millionth"),
        (cac, {"spend": 12.5}, InvalidArgument, "spend=12.5 is not exact"),
        (cac, {"spend": -1}, InvalidArgument, "is negative"),
        (cac, {"spend": Money.of(5, "USD")}, CurrencyMismatch, "the amounts of the log are in EUR"),
        (cac, {"spend": Decimal("0.001")}, InvalidArgument, "decimals"),
    ],
)
def test_settings_that_are_none_are_refused(
    kpi: Kpi, chosen: dict[str, Any], error: type[Exception], told: str
) -> None:
    """With the setting and its value."""
    with pytest.raises(error, match=told):
        kpi.using(chosen)(month())


def test_figures_of_other_settings_do_not_add_up() -> None:
    """A spend that is stated is the same for all parts."""
    cut = month()
    with pytest.raises(InvalidArgument, match="in one figure; measure both with the same settings"):
        cac.using({"spend": 5})(cut) + cac.using({"spend": 6})(cut)


@settings(max_examples=15)
@given(touchpoints=histories(), colours=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_any_split_adds_up(touchpoints: list[Touchpoint], colours: list[int]) -> None:
    """In either order, and the spend is not multiplied."""
    for period in ("2026-03", ("2026-02-10", "2026-04-19")):
        cut = cut_of(touchpoints, period)
        for kpi in KPIS:
            assert parts_added(kpi, cut, colours) == (kpi(cut), kpi(cut))


@settings(max_examples=15)
@given(histories())
def test_nothing_later_changes_a_period(touchpoints: list[Touchpoint]) -> None:
    """As if the log ended with it."""
    then = earlier(touchpoints, "2026-03")
    for kpi in KPIS:
        assert then is None or kpi(then) == kpi(cut_of(touchpoints, "2026-03"))


@settings(max_examples=15)
@given(histories())
def test_the_parts_of_a_year_add_up(touchpoints: list[Touchpoint]) -> None:
    """Revenue and customer-months of the months are those of the half year."""
    months = [arpa(cut_of(touchpoints, f"2026-0{number}")) for number in range(1, 7)]
    half = arpa(cut_of(touchpoints, ("2026-01-01", "2026-07-01")))
    assert sum(one.top for one in months) == half.top
    days = [Fraction(one.bottom, one.bottom_per) * (31, 28, 31, 30, 31, 30)[place] for place, one in enumerate(months)]
    assert sum(days) == Fraction(half.bottom, half.bottom_per) * 181 / 6
