"""Retention and churn of customers, in the definitions that the field uses side by side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Cut,
    annualise,
    churn_rate,
    churn_rate_with_joiners,
    measure,
    retention_rate,
    snapshot_retention_rate,
)

from .stall import cut_of, histories, tp

pytestmark = pytest.mark.smoke


@pytest.fixture(scope="module")
def vector_one() -> Cut:
    """V1: a start of 1,000; 50 of them leave; 500 join; 12 of the joiners leave."""
    found = [tp(f"s{number}", "joined", "01-10") for number in range(1000)]
    found += [tp(f"s{number}", "left", "02-10") for number in range(50)]
    found += [tp(f"j{number}", "joined", "02-05") for number in range(500)]
    found += [tp(f"j{number}", "left", "02-20") for number in range(12)]
    return cut_of(found)


def test_vector_one(vector_one: Cut) -> None:
    """Four definitions, four numbers, of one month."""
    assert measure(vector_one, churn_rate).value == 0.05
    assert measure(vector_one, retention_rate).value == 0.95
    with_joiners = measure(vector_one, churn_rate_with_joiners)
    assert (with_joiners.numerator, with_joiners.denominator) == (62, 1500)
    assert f"{100 * with_joiners.value:.2f}" == "4.13"
    assert measure(vector_one, snapshot_retention_rate).value == pytest.approx(0.938, abs=1e-12)


def test_who_returns_is_not_new() -> None:
    """The snapshot rate goes above one with those who come back; the rate with joiners leaves them out."""
    base = [tp("a", "joined", "01-02"), tp("b", "joined", "01-02"), tp("b", "left", "01-20")]
    cut = cut_of([*base, tp("b", "joined", "02-03")])
    assert measure(cut, snapshot_retention_rate).value == 2.0
    gone = cut_of([*base, tp("b", "joined", "02-03"), tp("b", "left", "02-04")])
    assert churn_rate_with_joiners(gone).of == 1


def test_of_nobody_they_are_undefined() -> None:
    """Without customers at the start there is nothing to divide by."""
    cut = cut_of([tp("a", "joined", "02-02")])
    assert measure(cut, snapshot_retention_rate).value is None
    assert "divided by 0" in measure(cut, snapshot_retention_rate).notes[0]
    assert measure(cut, churn_rate_with_joiners).value == 0.0


@settings(max_examples=30)
@given(histories())
def test_rates_are_what_a_walk_through_the_moves_gives(touchpoints: list[Touchpoint]) -> None:
    """The same as following every customer, move by move."""
    cut = cut_of(touchpoints, "2026-03")
    lost = base = 0
    for moves in _moves(cut).values():
        before = [target for at, target in moves if at < cut.start_us]
        inside = [target for at, target in moves if cut.start_us <= at < cut.end_us]
        was = before[-1:] == ["customer"]
        is_new = "customer" in inside and "customer" not in before
        base += was or is_new
        lost += (was or is_new) and (before + inside)[-1] == "gone"
    tally = churn_rate_with_joiners(cut)
    assert (tally.hits, tally.of) == (lost, base)


def _moves(cut: Cut) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for row in cut.story.moves.rows():  # type: ignore[attr-defined]
        us = int(row["at"].replace(tzinfo=cut.period.window.start.tzinfo).timestamp()) * 1_000_000
        found.setdefault(row["customer"], []).append((us, row["target"]))
    return found


def test_vector_two() -> None:
    """5 % over 90 days, and 5 % over a month."""
    quarter = annualise(0.05, 90)
    assert f"{100 * quarter.monthly:.4f}" == "1.7186"
    assert f"{100 * quarter.annual:.3f}" == "18.781"
    assert f"{100 * annualise(0.05, 365 / 12).annual:.3f}" == "45.964"


def test_rates_compound() -> None:
    """Twelve months of the monthly rate make the annual one; nothing and everything stay what they are."""
    found = annualise(0.3, 17)
    assert (1 - found.monthly) ** 12 == pytest.approx(1 - found.annual, rel=1e-12)
    assert (annualise(0, 5).annual, annualise(1, 5).monthly) == (0, 1)
    # Below the resolution of 1 - rate: it must not vanish.
    assert annualise(1e-18, 365).annual == pytest.approx(1e-18)


@pytest.mark.parametrize(("rate", "days", "told"), [(1.1, 30, "rate=1.1 is not"), (float("nan"), 30, "rate=nan is not"),
    (True, 30, "rate=True"), (0.1, 0, "days=0 is not above 0"), (0.1, float("inf"), "days=inf is not")])  # fmt: skip
def test_what_is_no_rate_is_refused(rate: float, days: float, told: str) -> None:
    """Shares from 0 to 1, days above 0."""
    with pytest.raises(InvalidArgument, match=told):
        annualise(rate, days)
