"""Gaps between purchases, and the comparison of models of regular buyers that needs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Touchpoint, TouchpointLog
from lifecycle.errors import InvalidArgument
from lifecycle.value import BgNbd, GapTally, MbgCnbd, MbgNbd, PurchaseTally, compare_models, gap_tally, purchases

START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def _log(days: dict[str, list[int]]) -> TouchpointLog:
    return TouchpointLog.from_touchpoints(
        Touchpoint(who, "purchase", START + timedelta(day)) for who, bought in days.items() for day in bought
    )


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(0, 60), min_size=1, max_size=8), min_size=1))
def test_gaps_are_those_between_different_days(days: dict[str, list[int]]) -> None:
    """Counted by hand; as many as there are repeat days; split = whole."""
    by_hand = [later - day for bought in days.values() for day, later in pairwise(sorted(set(bought)))]
    log = _log(days)
    found = gap_tally(log)
    assert found == GapTally.of(by_hand)
    assert found.n_gaps == purchases(log).tally().n_purchases
    parts = [gap_tally(_log({who: bought})) for who, bought in days.items()]
    assert sum(parts[::-1], GapTally.zero()) == found
    assert found.sum_of_logs == pytest.approx(float(np.log(by_hand).sum()) if by_hand else 0.0)


def test_gaps_before_a_day_and_in_a_zone() -> None:
    """As purchases read them."""
    log = _log({"a": [0, 10, 30]})
    assert gap_tally(log, until="2026-01-20").days.tolist() == [10]
    assert gap_tally(log, kinds=("visit",)) == GapTally.zero()


def test_a_gap_of_no_day_is_refused() -> None:
    """Purchases of one day are one."""
    with pytest.raises(InvalidArgument, match="a gap of 0 days"):
        GapTally.of([3, 0])


def _regular(n: int, k: int) -> tuple[PurchaseTally, GapTally]:
    """Customers who buy with gaps of k stages, about one a month, for two years; nobody leaves for long."""
    random, bought = np.random.default_rng(3), []
    for _ in range(n):
        rate = random.gamma(2.0, 1 / 30) * k
        days = np.unique(np.floor(np.cumsum(random.gamma(k, 1 / rate, 40)))).astype(int)
        stays = int(random.geometric(0.08))
        bought.append([day for day in days[:stays].tolist() if day < 700])
    customers = [np.array([0, *(day + 1 for day in days)]) for days in bought]
    x, last = [len(days) - 1 for days in customers], [int(days[-1]) for days in customers]
    tally = PurchaseTally.of(x, last, [701] * n)
    return tally, GapTally.of(np.concatenate([np.diff(days) for days in customers]))


def test_models_of_regular_buyers_are_compared() -> None:
    """Of customers with gaps of three stages, the model with three is the likeliest; without gaps it is last."""
    tally, gaps = _regular(400, 3)
    regular = MbgCnbd.fit(tally, k=3, sum_log_gaps=gaps.sum_of_logs)
    twice = MbgCnbd.fit(tally, k=2, sum_log_gaps=gaps.sum_of_logs)
    found = compare_models(tally, [BgNbd, MbgNbd, regular, twice])
    assert found.best is regular
    assert found.fits[1] is twice
    assert type(compare_models(tally, [BgNbd, MbgCnbd]).fits[-1].model) is MbgCnbd


def test_a_fit_to_other_customers_is_not_compared() -> None:
    """Nor one in another unit."""
    tally, gaps = _regular(50, 2)
    other = MbgCnbd.fit(PurchaseTally.of([1, 2], [5, 9], [20, 20]))
    with pytest.raises(InvalidArgument, match="the fit of MbgCnbd is to other customers"):
        compare_models(tally, [BgNbd, other])
    with pytest.raises(InvalidArgument, match="or in months"):
        compare_models(tally, [BgNbd, MbgCnbd.fit(tally, sum_log_gaps=gaps.sum_of_logs, unit="month")])
