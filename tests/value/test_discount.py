"""The discount object: rates, units, timing, horizon and the calendar."""

from __future__ import annotations

from datetime import date
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.value import Discount


@pytest.mark.smoke
def test_effective_rate_is_reached_after_its_span() -> None:
    """10 % a year effective makes 1 in a year worth 1 ÷ 1.1 today."""
    assert np.exp(Discount(0.1).log_factor(365)) == pytest.approx(1 / 1.1, rel=1e-14)


def test_continuous_rate_is_the_exponent() -> None:
    """A continuous rate is the exponent per its span."""
    assert Discount(0.0027, per="week", compounding="continuous").per_unit("week") == 0.0027


def test_nominal_rate_compounds_as_often_as_said() -> None:
    """12 % a year nominal, monthly, is 1 % a month and 12.6825 % a year."""
    nominal = Discount(0.12, compounding="nominal", times=12)
    assert nominal.per_unit("month") == pytest.approx(log(1.01), rel=1e-14)
    assert exp(nominal.per_unit("year")) == pytest.approx(1.12682503, rel=1e-8)


@given(st.floats(0.0001, 5), st.sampled_from(["day", "week", "month", "year"]))
def test_units_tell_one_rate(rate: float, unit: str) -> None:
    """The rate per unit, taken over the days of the unit, is the factor of those days."""
    days = {"day": 1, "week": 7, "month": 365 / 12, "year": 365}[unit]
    discount = Discount(rate)
    assert -discount.per_unit(unit) == pytest.approx(float(discount.log_factor(days)), rel=1e-13)  # type: ignore[arg-type]


@given(st.floats(0.0001, 5))
def test_more_often_compounded_is_more(rate: float) -> None:
    """The same figure is worth least as effective, more as nominal, most as continuous."""
    effective = Discount(rate).per_unit("year")
    nominal = Discount(rate, compounding="nominal", times=4).per_unit("year")
    continuous = Discount(rate, compounding="continuous").per_unit("year")
    assert effective <= nominal <= continuous


def test_tiny_rate_is_not_rounded_away() -> None:
    """A rate of 1e-12 is kept to full precision."""
    assert Discount(1e-12).per_unit("year") == pytest.approx(1e-12, rel=1e-11)


@pytest.mark.parametrize(
    ("horizon", "days"), [("52w", 364), ("12m", 365), ("5y", 1825), ("90 d", 90), ((2.5, "week"), 17.5), (None, None)]
)
def test_horizon_in_days(horizon: object, days: float | None) -> None:
    """A horizon is a text or a number with its unit."""
    assert Discount(0.1, horizon=horizon).horizon_days == days  # type: ignore[arg-type]


def test_horizon_in_its_own_unit_is_exact() -> None:
    """12 months are 12 months, not 365 ÷ 30.4167 of them; 52 weeks are 364 days."""
    assert Discount(0, horizon="12m").horizon_in("month") == 12
    assert Discount(0, horizon="52w").horizon_in("day") == 364
    assert Discount(0.1).horizon_in("day") is None


def test_schedule_keeps_the_day_of_the_month() -> None:
    """From 31 January the payments fall on the last days of shorter months and return to the 31st."""
    days = Discount(0.1).schedule(date(2024, 1, 31), 4)
    assert days == (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30))


def test_schedule_by_timing() -> None:
    """Payments at the end fall one month later, in the middle halfway."""
    start = date(2023, 12, 1)
    assert Discount(0.1, timing="end").schedule(start, 2) == (date(2024, 1, 1), date(2024, 2, 1))
    assert Discount(0.1, timing="middle").schedule(start, 1) == (date(2023, 12, 16),)
    assert Discount(0.1).schedule(start, 0) == ()


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_schedule_of_a_year_comes_round(start: date, years: int) -> None:
    """Each twelfth payment is in the month of the start, in the years that follow."""
    days = Discount(0.1).schedule(start, 12 * years + 1)
    assert [(day.year, day.month) for day in days[::12]] == [(start.year + n, start.month) for n in range(years + 1)]


def test_says_what_it_means() -> None:
    """The text tells rate, span, compounding, timing and horizon."""
    assert str(Discount(0.1)) == (
        "10 % a year, effective (0.7974 % a month); payments at the start of each period; for ever"
    )
    text = str(Discount(0.12, compounding="nominal", times=4, timing="end", horizon="52w"))
    assert text == "12 % a year, nominal, 4 times (0.9902 % a month); payments at the end of each period; for 52 weeks"
    assert str(Discount(0.01, per="month")).startswith("1 % a month, effective; payments")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": -0.1}, "rate=-0.1 is no number from 0"),
        ({"rate": float("nan")}, "rate=nan"),
        ({"rate": True}, "rate=True"),
        ({"rate": 0}, "rate=0 adds up for ever; give a horizon"),
        ({"rate": 0.1, "per": "quarter"}, "per='quarter' is unknown; give one of day, week, month, year"),
        ({"rate": 0.1, "compounding": "simple"}, "compounding='simple' is unknown"),
        ({"rate": 0.1, "timing": "late"}, "timing='late' is unknown"),
        ({"rate": 0.1, "times": 0}, "times=0 is no whole number from 1"),
        ({"rate": 0.1, "horizon": "52 weeks"}, "horizon='52 weeks' is no span above 0; give '52w'"),
        ({"rate": 0.1, "horizon": "0w"}, "horizon='0w' is no span"),
        ({"rate": 0.1, "horizon": (3, "quarter")}, "is no span above 0"),
        ({"rate": 0.1, "horizon": (float("inf"), "day")}, "is no span above 0"),
    ],
)
def test_refuses_what_means_nothing(arguments: dict[str, object], message: str) -> None:
    """A rate, word or span that means nothing is refused, with the remedy."""
    with pytest.raises(InvalidArgument, match=message.replace("(", r"\(")):
        Discount(**arguments)  # type: ignore[arg-type]


def test_refuses_unknown_units_and_months() -> None:
    """A unit or a number of months that means nothing is refused."""
    with pytest.raises(InvalidArgument, match="unit='hour' is unknown"):
        Discount(0.1).per_unit("hour")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="months=-1 is no whole number"):
        Discount(0.1).schedule(date(2024, 1, 1), -1)
