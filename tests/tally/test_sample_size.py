"""How many it takes: figures of other programs, and exact power."""

from __future__ import annotations

from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.tally import SampleSize, sample_size


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("rates", "power", "confidence", "holdout_share", "treated", "holdout"),
    [
        # R, ?power.prop.test: 76.7 in each group
        ((0.50, 0.25), 0.9, 0.95, 0.5, 77, 77),
        # R, epiR::epi.sscohortc: 588 in all
        ((0.20, 0.10), 0.8, 0.95, 0.5, 294, 294),
        # statsmodels 0.15, samplesize_proportions_2indep_onetail with a ratio: 9167.2 and 1018.6; 227.0 and 113.5;
        # 5853.7 and 1463.4; 28197.7 and 9399.2
        ((0.10, 0.03), 0.8, 0.95, 0.1, 9168, 1019),
        ((0.44, 0.16), 0.8, 0.95, 1 / 3, 227, 114),
        ((0.30, -0.05), 0.9, 0.99, 0.2, 5854, 1464),
        ((0.02, 0.005), 0.8, 0.95, 0.25, 28198, 9400),
    ],
)
def test_sizes_are_those_of_other_programs(
    rates: tuple[float, float], power: float, confidence: float, holdout_share: float, treated: int, holdout: int
) -> None:
    """Equal and unequal arms, gains and losses, as R and statsmodels say."""
    found = sample_size(*rates, power=power, confidence=confidence, holdout_share=holdout_share)
    assert (found.treated, found.holdout, found.total) == (treated, holdout, treated + holdout)


def binomial(of: int, rate: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The chance of every number of hits."""
    return np.array([comb(of, hits) * rate**hits * (1 - rate) ** (of - hits) for hits in range(of + 1)])


@pytest.mark.parametrize(
    ("base_rate", "uplift", "holdout_share"), [(0.2, 0.2, 0.5), (0.3, 0.25, 0.25), (0.5, -0.3, 0.4), (0.1, 0.3, 0.3)]
)
def test_so_many_have_that_power(base_rate: float, uplift: float, holdout_share: float) -> None:
    """Over all outcomes that two samples of these sizes can have, the test of two shares finds it nearly that often."""
    found = sample_size(base_rate, uplift, holdout_share=holdout_share)
    treated, holdout = found.treated or 0, found.holdout or 0
    hits, others = np.arange(treated + 1)[:, None], np.arange(holdout + 1)[None, :]
    pooled = (hits + others) / (treated + holdout)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * (1 / treated + 1 / holdout))
    seen = np.abs(hits / treated - others / holdout) / error > NormalDist().inv_cdf(0.975)
    chances = binomial(treated, base_rate + uplift)[:, None] * binomial(holdout, base_rate)[None, :]
    assert float(chances[seen].sum()) == pytest.approx(0.8, abs=0.03)


def test_a_small_holdout_takes_more_in_all() -> None:
    """Equal arms need the fewest; a tenth of holdout takes near 1 / (4 x 0.1 x 0.9) times as many."""
    totals = [sample_size(0.3, 0.05, holdout_share=share).total or 0 for share in (0.5, 0.3, 0.1, 0.02)]
    assert totals == sorted(totals)
    assert totals[2] / totals[0] == pytest.approx(1 / 0.36, rel=0.05)


def test_four_times_as_many_for_half_the_uplift() -> None:
    """Near a rate of one half the size goes with the square of the uplift."""
    whole, half = (sample_size(0.5, uplift).total or 0 for uplift in (0.02, 0.01))
    assert half / whole == pytest.approx(4, rel=0.01)
    assert sqrt(half / whole) == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(
    ("base_rate", "uplift", "changed", "told"),
    [
        (0.1, 0, {}, "uplift=0 from 0.1"),
        (0.1, -0.2, {}, "uplift=-0.2"),
        (0.9, 0.2, {}, "uplift=0.2"),
        (-0.1, 0.2, {}, "base_rate=-0.1"),
        (0.1, 0.1, {"power": 1}, "power=1 is not between"),
        (0.1, 0.1, {"confidence": 95}, "confidence=95"),
        (0.1, 0.1, {"holdout_share": 0.0}, "holdout_share=0.0"),
        (True, 0.1, {}, "base_rate=True"),
        (float("nan"), 0.1, {}, "base_rate=nan"),
    ],
)
def test_numbers_out_of_range_are_refused(
    base_rate: float, uplift: float, changed: dict[str, float], told: str
) -> None:
    """The message names the argument and its value."""
    with pytest.raises(InvalidArgument, match=told):
        sample_size(base_rate, uplift, **changed)


def test_a_size_reads_as_a_sentence() -> None:
    """Numbers first, then what they hold for; an undefined size says why."""
    assert str(sample_size(0.5, 0.25, power=0.9)) == (
        "77 treated and 77 in the holdout: to see +25.0 points from 50.0 % with power 90 %, confidence 95 %"
    )
    nothing = SampleSize(None, None, "undefined because nobody is in the holdout")
    assert (str(nothing), nothing.total) == ("undefined because nobody is in the holdout", None)
