"""What more retention is worth."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.kpi import RetentionEconomics, retention_economics

from .stall import cut_of, tp

pytestmark = pytest.mark.smoke


def company(**changed: float) -> RetentionEconomics:
    """A thousand customers who pay 100, of whom a fifth leaves."""
    figures: dict[str, float] = {"customers": 1000, "revenue": 100, "churn": 0.2, "margin": 0.4, "discount_rate": 0.1}
    return RetentionEconomics(**{**figures, **changed})


def simulated(economics: RetentionEconomics, points: float, periods: int) -> float:
    """The same, cohort by cohort of those who are still there."""
    there, worth, total = economics.customers, 1.0, 0.0
    for _ in range(periods):
        total += there * economics.revenue * economics.margin * worth
        there *= 1 - (economics.churn - points / 100)
        worth /= 1 + economics.discount_rate
    return total


@given(churn=st.floats(0.11, 0.6), margin=st.floats(0.01, 1), rate=st.floats(0, 0.3), periods=st.integers(1, 40))
def test_profit_is_that_of_a_slow_simulation(churn: float, margin: float, rate: float, periods: int) -> None:
    """Period by period, for every number of points; and for ever, when the simulation is long enough."""
    economics = company(churn=churn, margin=margin, discount_rate=rate)
    table = retention_economics(economics, periods=periods)
    for points, profit in zip(table["points"], table["profit"], strict=True):
        assert profit == pytest.approx(simulated(economics, points, periods), rel=1e-9)
    endless = retention_economics(economics, points=(1,))["profit"][1]
    # 0.9 ** 3000 of it is left out.
    assert endless == pytest.approx(simulated(economics, 1, 3000), rel=1e-9)


def test_worked_by_hand() -> None:
    """At 10 % discount and 80 % retention a customer is worth 40 × 1.1 / 0.3; at 85 % it is 40 × 1.1 / 0.25."""
    row = next(row for row in retention_economics(company()).rows() if row["points"] == 5)
    assert row["retention"] == pytest.approx(0.85)
    assert row["profit"] == pytest.approx(1000 * 176)
    assert row["gain_share"] == pytest.approx(0.2)
    assert row["worth_per_customer"] == pytest.approx(176 - 440 / 3)
    assert row["gain"] == pytest.approx(1000 * (176 - 440 / 3))


def test_nobody_stays_more_than_always() -> None:
    """Points beyond full retention are open; so is a sum without end, unless periods end it."""
    table = retention_economics(company(churn=0.05, discount_rate=0))
    assert not math.isnan(table["profit"][4])
    assert table["retention"][5] == pytest.approx(1.0)
    assert all(math.isnan(value) for value in table["profit"][5:])
    assert math.isnan(table["retention"][6])
    ended = retention_economics(company(churn=0.05, discount_rate=0), periods=12)
    assert ended["profit"][5] == pytest.approx(1000 * 40 * 12)


def test_measured_from_a_period() -> None:
    """Active at the end, churn of the period, revenue per active customer and period."""
    found = [tp(f"c{number}", "joined", "01-10") for number in range(10)]
    found += [tp(f"c{number}", "purchase", "02-05", "60") for number in range(10)]
    found += [tp("c0", "left", "02-15"), tp("c1", "left", "02-15")]
    economics = RetentionEconomics.of_cut(cut_of(found), margin="0.5", discount_rate=0.01)
    assert economics.customers == 8
    assert economics.churn == 0.2
    assert economics.revenue == pytest.approx(600 / 9)  # eight whole months, two halves
    assert (economics.margin, economics.discount_rate, economics.currency) == (0.5, 0.01, "EUR")
    assert retention_economics(economics).title == "economics of retention, EUR"


def test_what_cannot_be_measured_is_refused() -> None:
    """Nobody at the start, shares above one, negative figures, periods of no number."""
    with pytest.raises(InvalidArgument, match="no customer was active at the start of 2026-02"):
        RetentionEconomics.of_cut(cut_of([tp("a", "joined", "02-02")]))
    with pytest.raises(InvalidArgument, match=r"churn=1.2 is above 1"):
        company(churn=1.2)
    with pytest.raises(InvalidArgument, match=r"revenue=-1 is no number from 0 on"):
        company(revenue=-1)
    with pytest.raises(InvalidArgument, match="discount_rate=nan"):
        company(discount_rate=float("nan"))
    with pytest.raises(InvalidArgument, match="periods=0 is no whole number"):
        retention_economics(company(), periods=0)
    with pytest.raises(InvalidArgument, match=r"points=.* are no numbers"):
        retention_economics(company(), points=(float("inf"),))
