"""Models side by side: order, criteria, tests of nested ones."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import (
    BetaDiscreteWeibull,
    BgNbd,
    DiscreteWeibull,
    MbgNbd,
    Nbd,
    PurchaseTally,
    ShiftedBetaGeometric,
    compare_models,
)
from tests.value.segments import HIGH_END, REGULAR, observed

pytestmark = pytest.mark.smoke

PURCHASES = PurchaseTally.of([0, 1, 4, 0, 2, 9, 1, 3], [0, 9, 30, 0, 20, 34, 2, 11], [40, 40, 40, 30, 35, 36, 40, 39])


def test_the_high_end_segment_side_by_side() -> None:
    """Seven years of the high end segment: log-likelihoods as published, AIC and BIC from them, best first."""
    found = compare_models(observed(HIGH_END, 7))
    rows = {row["model"]: row for row in found.rows()}
    assert list(rows) == ["BetaDiscreteWeibull", "ShiftedBetaGeometric", "DiscreteWeibull", "Geometric"]
    likelihoods = [row["log_likelihood"] for row in found.rows()]
    assert likelihoods == pytest.approx([-1605.314, -1611.158, -1619.926, -1637.093], abs=6e-4)
    assert rows["ShiftedBetaGeometric"]["aic"] == pytest.approx(2 * 1611.158 + 4, abs=2e-3)
    assert rows["ShiftedBetaGeometric"]["bic"] == pytest.approx(2 * 1611.158 + 2 * 6.907755, abs=2e-3)
    assert rows["BetaDiscreteWeibull"]["above_best"] == 0


def test_ratio_tests_of_nested_contracts() -> None:
    """SBG is BdW with c = 1: twice the difference, one parameter; of chi square 11.69 on 1 leaves 0.0006."""
    found = compare_models(observed(HIGH_END, 7), (ShiftedBetaGeometric, BetaDiscreteWeibull, DiscreteWeibull))
    inside = {(test.simpler, test.larger): test for test in found.tests}
    test = inside["ShiftedBetaGeometric", "BetaDiscreteWeibull"]
    assert (test.statistic, test.freedom) == (pytest.approx(11.688, abs=1e-3), 1)
    assert test.p_value == pytest.approx(0.000629, abs=1e-6)
    assert not test.is_at_edge
    assert inside["DiscreteWeibull", "BetaDiscreteWeibull"].is_at_edge
    regular = compare_models(observed(REGULAR, 4), (ShiftedBetaGeometric, BetaDiscreteWeibull))
    # -1401.559 against -1401.383: nothing speaks for the third parameter.
    assert regular.tests[0].p_value == pytest.approx(0.553, abs=2e-3)
    assert type(regular.best.model) is ShiftedBetaGeometric


def test_a_ratio_on_two_parameters() -> None:
    """NBD inside BG/NBD: two parameters more, so that the chance is e to the minus half the statistic."""
    found = compare_models(PURCHASES, (BgNbd, Nbd))
    test = found.tests[0]
    difference = found["BgNbd"].log_likelihood - found["Nbd"].log_likelihood
    assert (test.freedom, test.statistic) == (2, pytest.approx(2 * difference))
    assert test.p_value == pytest.approx(2.718281828459045**-difference)
    assert "cautious" in str(test)


def test_what_is_chosen_and_in_which_unit() -> None:
    """Only the models that were named, by their unit; differences of log-likelihoods do not depend on it."""
    days, weeks = (compare_models(PURCHASES, (Nbd, MbgNbd), unit=unit) for unit in ("day", "week"))
    assert len(days.fits) == 2
    assert days["Nbd"].unit == "day"
    gaps = [found["MbgNbd"].log_likelihood - found["Nbd"].log_likelihood for found in (days, weeks)]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-6)
    assert "Nbd" in repr(days)
    assert "<table>" in days._repr_html_()


def test_refused_comparisons() -> None:
    """No tally, no models, a model that was not compared."""
    ask: Any = compare_models
    with pytest.raises(InvalidArgument, match="'tally' is a list"):
        ask([1, 2])
    with pytest.raises(InvalidArgument, match="'models' is empty"):
        ask(PURCHASES, ())
    with pytest.raises(InvalidArgument, match="'ParetoNbd' was not compared; there are"):
        ask(PURCHASES, (Nbd,))["ParetoNbd"]
