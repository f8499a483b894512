"""Measurements as people read them, and as values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lifecycle import Measurement, RatioTally, Window
from lifecycle.tally import figure

pytestmark = pytest.mark.smoke

MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text", "change"),
    [
        (0.1234, "rate", "", "12.3 %", "+12.3 points"),
        (1234.5, "money", "EUR", "1,234.50 EUR", "+1,234.50 EUR"),
        (1234.0, "money", "JPY", "1,234 JPY", "+1,234 JPY"),
        (3.0, "days", "", "3 days", "+3 days"),
        (2.9167, "ratio", "", "2.92", "+2.92"),
        (1500.0, "customers", "", "1,500 customers", "+1,500 customers"),
    ],
)
def test_figures_with_their_units(value: float, unit: str, currency: str, text: str, change: str) -> None:
    """Shares in per cent, their changes in points, money in the decimals of its currency."""
    assert figure(value, unit, currency) == text
    assert figure(value, unit, currency, is_change=True) == change
    assert figure(-value, unit, currency, is_change=True) == f"-{text}".replace("%", "points")


def test_a_measurement_says_how_it_was_made() -> None:
    """Value, interval, numerator and denominator, period and notes."""
    found = Measurement.of(RatioTally(8, 26).finish(), "repeat_purchase_rate", "rate", MARCH, zone="UTC")
    assert str(found) == "repeat_purchase_rate: 30.8 % (16.5 % … 50.0 %); only 26 customers: read it with care"
    assert (found.numerator, found.denominator, found.is_undefined) == (8, 26, False)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["start"] == "2026-03-01T00:00:00+00:00"


def test_an_undefined_measurement_says_why() -> None:
    """Neither 0 nor nan."""
    found = Measurement.of(RatioTally().finish(), "churn_rate", "rate", MARCH, zone="UTC")
    assert found.is_undefined
    assert str(found) == "churn_rate: undefined; undefined because there is nobody to count"
    assert found.interval_text == ""
    assert found.with_notes("and more").notes[-1] == "and more"
