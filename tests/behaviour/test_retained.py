"""Revenue retention of the opening cohort: five answers to one question, each with its own name."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.behaviour import MOVEMENTS, Periods, RecurringAmounts, mrr_movements, paid_amounts, retained_revenue
from lifecycle.errors import InvalidArgument

from .counting import log_of, rows_of
from .test_recurring import paying

LEFT, BACK = (50, 0, 0, 0), (100, 0, 100, 100)
LESS, MORE, DIPPED = (100, 35, 35, 35), (50, 50, 150, 150), (160, 30, 30, 160)
SAME = [(20,) * 4] * 5 + [(15,) * 4]
JOINED = (0, 500, 790, 410)


def cohort_and_joiner() -> RecurringAmounts:
    """Eleven customers with the figures of 2018-11 to 2019-11 in the dbt playbook, and one who joins later."""
    return paying(LEFT, BACK, LESS, MORE, DIPPED, *SAME, JOINED)


@pytest.mark.smoke
def test_each_answer_has_its_own_name() -> None:
    """The five published answers (V7) to how much of 575 was retained, from one made-up data set."""
    found = retained_revenue(cohort_and_joiner(), 0, 3)
    assert (found.opening // 1200, found.opening_customers) == (575, 11)
    moved = dict(zip(MOVEMENTS, (found.movements // 1200).tolist(), strict=True))
    assert moved == {"new": 0, "reactivation": 100, "expansion": 230, "contraction": -195, "churn": -150}
    answers = {
        "net": found.net_revenue_retention,
        "gross": found.gross_revenue_retention,
        "gross summed": found.gross_revenue_retention_summed,
        "net summed": found.net_revenue_retention_summed(with_reactivation=False),
        "net summed, back": found.net_revenue_retention_summed(with_reactivation=True),
    }
    shares = {name: round(100 * answer.value, 2) for name, answer in answers.items() if answer.value is not None}
    assert shares == {"net": 97.39, "gross": 80.0, "gross summed": 40.0, "net summed": 80.0, "net summed, back": 97.39}
    assert answers["net summed"].note == "without reactivation"
    churned = found.customer_churn_rate
    assert churned.value is not None
    assert round(100 * churned.value, 2) == 9.09


@pytest.mark.smoke
def test_losses_of_later_joiners_are_not_of_the_cohort() -> None:
    """Summing the movements of all customers gives -26.1 % and 64.35 %, a common mistake that is not made."""
    amounts = cohort_and_joiner()
    total = dict(zip(MOVEMENTS, (mrr_movements(amounts).amounts[1:4].sum(axis=0) // 1200).tolist(), strict=True))
    lost = total["churn"] + total["contraction"]
    assert round(100 * (575 + lost) / 575, 1) == -26.1
    assert round(100 * (575 + lost + total["expansion"]) / 575, 2) == 64.35
    alone = retained_revenue(paying(LEFT, BACK, LESS, MORE, DIPPED, *SAME), 0, 3)
    assert retained_revenue(amounts, 0, 3) == alone


@pytest.mark.smoke
def test_ten_millions_are_as_published() -> None:
    """V6: of 10.0, lost 0.9, shrunk 0.6, grown 1.8: 85 % gross, 103 % net."""
    found = retained_revenue(paying((9, 0), (60, 54), (31, 49)), 0, 1)
    assert found.gross_revenue_retention.value == pytest.approx(0.85)
    assert found.net_revenue_retention.value == pytest.approx(1.03)


@pytest.mark.smoke
def test_a_month_is_as_published() -> None:
    """V7, 2019-11 to 12: NRR 62.77 %, GRR 60.05 %, 17 of 42 customers lost."""
    rest = [(45, 45)] * 19 + [(60, 60)]
    movers = [(40, 60), (40, 60), (40, 50), (50, 35), (50, 35)]
    found = retained_revenue(paying(*[(40, 0)] * 16, (65, 0), *movers, *rest, (0, 100)), "2024-01-20", "2024-02-01")
    shares = [found.net_revenue_retention, found.gross_revenue_retention, found.customer_churn_rate]
    assert [round(100 * share.value, 2) for share in shares if share.value is not None] == [62.77, 60.05, 40.48]


@given(rows_of(250), st.integers(0, 3), st.integers(1, 4))
def test_point_to_point_is_what_the_movements_come_to(rows: list, first: int, later: int) -> None:
    """With reactivation, the sum of the cohort's movements ends where it ends; single customers sum to all."""
    log = log_of(rows)
    periods = Periods.between("2024-03-01", "2024-11-20")
    amounts = paid_amounts(log, periods)
    found = retained_revenue(amounts, first, first + later)
    assert found.opening + int(found.movements.sum()) == found.ending
    assert found.movements[MOVEMENTS.index("new")] == 0
    assert found.kept <= min(found.opening, found.ending)
    singles = [log.select(np.array([code])) for code in range(log.n_customers)]
    parts = [retained_revenue(paid_amounts(one, periods), first, first + later) for one in reversed(singles)]
    assert reduce(add, parts) == found


@pytest.mark.smoke
def test_nobody_at_the_start_is_undefined() -> None:
    """No revenue to retain: undefined with the reason."""
    found = retained_revenue(paying((0, 5)), 0, 1)
    for share in (found.net_revenue_retention, found.gross_revenue_retention, found.customer_churn_rate):
        assert share.value is None
        assert share.note == "undefined because nobody paid in the first period"


@pytest.mark.smoke
def test_a_last_period_that_is_not_over_is_said() -> None:
    """The log ends inside the later month."""
    log = log_of([("a", "payment", 0, 100), ("a", "payment", 40 * 86_400_000_000, 50)])
    assert "not over" in retained_revenue(paid_amounts(log), 0, 1).net_revenue_retention.note


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """Periods in the wrong order, beyond the last, and sums of different questions."""
    amounts = paying((1, 1, 1))
    with pytest.raises(InvalidArgument, match="give the earlier first"):
        retained_revenue(amounts, 1, 1)
    with pytest.raises(InvalidArgument, match="period 12 is asked for; there are 12"):
        retained_revenue(amounts, 0, 12)
    with pytest.raises(InvalidArgument, match="ask both for the same periods"):
        retained_revenue(amounts, 0, 1) + retained_revenue(amounts, 0, 2)
