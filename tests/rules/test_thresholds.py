"""Thresholds in major units, exact in stored units, for one customer and for many (S13)."""

from __future__ import annotations

import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle.rules import Column, FactType, bind_condition, major, parse, show

SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
EUR, JPY, KWD = FactType(scale=100, unit="EUR"), FactType(unit="JPY"), FactType(scale=1000, unit="KWD")


def holds(text: str, kind: FactType, stored: int | float) -> bool:
    """Whether a condition over `spend` holds for a stored value, if both meanings agree."""
    bound = bind_condition(parse(text), {"spend": kind})
    scalar = bound.holds(lambda name: stored)
    array = bound.mask(lambda name: Column(np.array([stored])), 1)
    assert array.dtype == bool
    assert [scalar] == array.tolist()
    return scalar


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("text", "kind", "stored", "expected"),
    [
        ("spend >= 59.9", EUR, 5990, True),
        ("spend >= 59.9", EUR, 5989, False),
        ("spend == 59.90", EUR, 5990, True),
        ("spend > 59.9", EUR, 5990, False),
        ("spend >= 59.905", EUR, 5990, False),
        ("spend >= 59.905", EUR, 5991, True),
        ("spend > 59.905", EUR, 5991, True),
        ("spend < 59.905", EUR, 5990, True),
        ("spend <= 59.905", EUR, 5991, False),
        ("spend == 59.905", EUR, 5990, False),
        ("spend != 59.905", EUR, 5990, True),
        ("spend >= -0.5", EUR, -50, True),
        ("spend > -0.505", EUR, -50, True),
        ("spend > -0.505", EUR, -51, False),
        ("spend <= -0.505", EUR, -51, True),
        ("spend >= 100", JPY, 100, True),
        ("spend >= 99.5", JPY, 99, False),
        ("spend >= 99.5", JPY, 100, True),
        ("spend < 0.0015", KWD, 1, True),
        ("spend < 0.0015", KWD, 2, False),
        ("spend <= 9007199254740.91", EUR, 900719925474091, True),
        ("spend < 9007199254740.91", EUR, 900719925474091, False),
    ],
)
def test_a_threshold_between_units(text: str, kind: FactType, stored: int, expected: bool) -> None:
    """A threshold that no amount can take is rounded to the side that keeps its meaning."""
    assert holds(text, kind, stored) is expected


@settings(deadline=None)
@given(
    some.sampled_from(sorted(SIGNS)),
    some.decimals(-1000, 1000, places=4),
    some.sampled_from([1, 100, 1000, 10**6]),
    some.integers(-2, 2),
)
def test_a_comparison_is_that_of_exact_numbers(sign: str, threshold: Decimal, scale: int, beside: int) -> None:
    """Beside any threshold, the comparison is the one of exact fractions."""
    stored = int(Fraction(threshold) * scale) + beside
    expected = SIGNS[sign](Fraction(stored, scale), Fraction(threshold))
    assert holds(f"spend {sign} {threshold:f}", FactType(scale=scale), stored) is expected


def test_a_quotient_is_compared_as_a_float() -> None:
    """A mean or a ratio keeps its fractions of a unit."""
    assert holds("spend > 0.5", FactType(scale=100, is_real=True), 50.5)
    assert not holds("spend > 0.505", FactType(scale=100, is_real=True), 50.5)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stored", "kind", "as_major", "text"),
    [
        (5990, EUR, Decimal("59.90"), "59.90"),
        (-5, EUR, Decimal("-0.05"), "-0.05"),
        (100, JPY, 100, "100"),
        (1, KWD, Decimal("0.001"), "0.001"),
        (6_250_000, FactType(scale=10**6), Decimal("6.250000"), "6.25"),
        (2_000_000, FactType(scale=10**6), Decimal("2.000000"), "2"),
        (50.5, FactType(scale=100, is_real=True), 0.505, "0.505"),
        (1 / 3, FactType(is_real=True), 1 / 3, "0.333333"),
        (1, FactType(kind="flag"), True, "yes"),
        (0, FactType(kind="flag"), False, "no"),
        ("pro", FactType(kind="text"), "pro", "'pro'"),
        ("\x1b[31m\u202e", FactType(kind="text"), "\x1b[31m\u202e", "'\\x1b[31m\\u202e'"),
        (19_782, FactType(unit="date"), 19_782, "2024-02-29"),
        (None, EUR, None, "missing"),
    ],
)
def test_figures_for_people(stored: object, kind: FactType, as_major: object, text: str) -> None:
    """A stored value is told in major units, dates as dates, texts with their marks escaped."""
    assert major(stored, kind) == as_major  # type: ignore[arg-type]
    assert type(major(stored, kind)) is type(as_major)  # type: ignore[arg-type]
    assert show(stored, kind) == text  # type: ignore[arg-type]
