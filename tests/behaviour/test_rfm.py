"""Recency, frequency and money, their scores, and names for all cells."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import RFM_SEGMENTS, rfm, rfm_segment
from lifecycle.behaviour._rfm import _fifths

from .counting import DAY, EPOCH, log_of

CUT = date(2015, 2, 7)
BOUGHT = {"1": ("02-01", "02-06"), "2": ("01-01",), "3": ("01-01", "01-02", "01-05", "01-05")}


def published() -> TouchpointLog:
    """The purchases of V13, one of them twice a day, 10.00 each."""
    rows = []
    for who, days in BOUGHT.items():
        for place, day in enumerate(days):
            number = (date.fromisoformat(f"2015-{day}") - EPOCH).days
            rows.append((who, "purchase", number * DAY + place, 1000))
    return log_of(rows)


@pytest.mark.smoke
def test_days_and_money_are_those_of_the_purchases() -> None:
    """Recency counts from the last purchase to the cut; purchases of a day are one; money is all of it."""
    found = rfm(published(), until=CUT)
    assert found.recency_days.tolist() == [1, 37, 33]
    assert found.frequency.tolist() == [2, 1, 3]
    assert found.monetary_minor.tolist() == [2000, 1000, 4000]
    assert (found.bought.x.tolist(), found.bought.last_days.tolist()) == ([1, 0, 2], [5, 0, 4])
    assert found.bought.age_days.tolist() == [6, 37, 37]


@pytest.mark.smoke
def test_every_cell_has_a_name_and_every_name_a_cell() -> None:
    """All 125 cells are covered, and no name is in vain."""
    names = {rfm_segment(*cell) for cell in product(range(1, 6), repeat=3)}
    assert names == set(RFM_SEGMENTS)


@pytest.mark.smoke
def test_better_scores_never_make_a_worse_segment_of_a_lost_one() -> None:
    """The best cell is of champions, the worst of the lost, and only recency tells the new from the lost."""
    assert rfm_segment(5, 5, 5) == "champions"
    assert rfm_segment(1, 1, 1) == "lost"
    assert rfm_segment(5, 1, 1) == "new"
    assert rfm_segment(1, 5, 5) == "cannot lose"


@pytest.mark.smoke
def test_ten_different_values_are_two_in_each_fifth() -> None:
    """Without ties the scores are fifths."""
    assert _fifths(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=60))
def test_equal_values_have_one_score_and_larger_ones_no_smaller(values: list[int]) -> None:
    """Ties stay together, order is kept, all lie within 1 and 5, and their middle rank decides."""
    scores = _fifths(np.array(values)).tolist()
    for value, score in zip(values, scores, strict=True):
        rank = sum(other < value for other in values) + values.count(value) / 2
        assert score == min(5, int(5 * rank / len(values)) + 1)
    ranked = sorted(zip(values, scores, strict=True))
    assert [score for _, score in ranked] == sorted(scores)


@pytest.mark.smoke
def test_the_last_buyer_has_the_best_recency() -> None:
    """Fewer days are better; all else is better when larger."""
    table = rfm(published(), until=CUT).to_table()
    assert table["recency_score"].tolist() == [5, 1, 3]
    assert table["frequency_score"].tolist() == [3, 1, 5]
    assert table["monetary_score"].tolist() == [3, 1, 5]
    assert table["segment"].tolist() == ["promising", "lost", "loyal"]


@pytest.mark.smoke
def test_nobody_bought() -> None:
    """No rows, no error."""
    assert len(rfm(TouchpointLog.from_touchpoints([])).to_table()) == 0


@pytest.mark.smoke
def test_without_an_end_the_day_after_the_last_touchpoint_counts() -> None:
    """The last touchpoint of any kind ends it, in the zone: 20:00 UTC is the next day in Tokyo."""
    rows = [("a", "purchase", 0, 100), ("b", "login", 5 * DAY + DAY * 20 // 24, 0)]
    assert rfm(log_of(rows)).recency_days.tolist() == [6]
    assert rfm(log_of(rows), zone="Asia/Tokyo").recency_days.tolist() == [7]
