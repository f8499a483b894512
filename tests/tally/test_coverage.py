"""How often the 95 % intervals hold the truth (S28): 10,000 runs per cell, fixed seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from lifecycle.tally import MeanTally, NpsTally, RatioTally, SpreadTally

RUNS = 10_000
SIZES = (10, 30, 100, 300, 1_000)
MIXES = ((0.5, 0.33), (0.2, 0.5), (0.7, 0.25), (0.3, 0.3), (0.45, 0.45), (0.1, 0.8), (0.34, 0.33), (0.6, 0.1))
"""Shares of promoters and passives."""


@cache
def _nps(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    found = NpsTally(promoters, passives, detractors).finish()
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def _check(cells: dict[tuple[int, object], float]) -> None:
    assert 0.93 <= np.mean(list(cells.values())) <= 0.97
    assert min(share for (n, _), share in cells.items() if n >= 30) >= 0.91


def test_net_promoter_scores() -> None:
    """The adjusted Wald interval, over sizes from 10 to 1,000 and eight mixes of answers."""
    generator, cells = np.random.default_rng(20261122), {}
    for n in SIZES:
        for mix in MIXES:
            truth = 100 * (mix[0] - (1 - sum(mix)))
            drawn = generator.multinomial(n, (*mix, 1 - sum(mix)), RUNS)
            bounds = np.array([_nps(*row) for row in drawn.tolist()])
            cells[n, mix] = float(np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])))
    _check(cells)


def test_rates() -> None:
    """Wilson's interval as a tally gives it, over sizes from 10 to 1,000 and shares from 2 % to 98 %."""
    generator, cells = np.random.default_rng(20261122), {}
    for n in SIZES:
        bounds = [RatioTally(hits, n).finish() for hits in range(n + 1)]
        low, high = (np.array([getattr(one, name) for one in bounds]) for name in ("low", "high"))
        for share in (0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98):
            hits = generator.binomial(n, share, RUNS)
            cells[n, share] = float(np.mean((low[hits] <= share) & (share <= high[hits])))
    _check(cells)


@pytest.mark.parametrize("n", [5, 40])
def test_means_and_medians(n: int) -> None:
    """Student's t of a mean, and the exact interval of a median, which may hold more than asked but not less."""
    generator = np.random.default_rng(n)
    runs = 1_000  # of normal values, for which both are exact: enough to see 93 from 95 %
    drawn = np.rint(generator.normal(0, 1e6, (runs, n))).astype(np.int64)
    means = [MeanTally.of(row).finish() for row in drawn]
    assert 0.92 <= np.mean([one.low <= 0 <= one.high for one in means]) <= 0.98  # type: ignore[operator]
    medians = [SpreadTally.of(row).finish() for row in drawn[:300]]
    known = [one.low <= 0 <= one.high for one in medians if one.low is not None]  # type: ignore[operator]
    if n > 5:
        assert len(known) == 300
        assert np.mean(known) >= 0.93
