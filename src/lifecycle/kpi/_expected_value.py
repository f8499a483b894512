"""Expected lifetime value from the scores that a host feeds back: by stage, segment, source, like any KPI."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.tally import MICRO, MeanTally, RatioTally, SumTally, micro

from ._cut import Cut
from ._registry import register

STALE_DAYS = 90
"""A score counts for so many calendar days, as the fact `ltv` of the presets does (S15)."""


def _scores(cut: Cut, of: str, days: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """The customers who are active at the end and have a score that is not stale, and their scores."""
    scored = cut.history("scored")
    scored = scored.where(~np.isnan(scored.number(of))).last
    today = cut.record.program.calendar.day_of(cut.end_us - 1)
    fresh = scored.where((today - scored.day <= days) & cut.at_end.active[scored.customer])
    return fresh.customer, fresh.number(of)


@register("ltv_expected", unit="money", better="higher")
def ltv_expected(cut: Cut, *, of: str = "ltv", stale_days: int = STALE_DAYS) -> MeanTally:
    """Expected lifetime value of a customer who is active at the end: the mean of the last scores.

    The scores come from touchpoints of the kind `scored`, which `lifecycle.value.scored` makes of a fitted model; their
    horizon and discounting are those of that model. Scores older than `stale_days` calendar days are left out, and who
    has none: `ltv_scored_share` says how many are left. Also in use: `ltv_simple`, `ltv_to_date`.

    Args:
        cut: the period.
        of: the attribute of the scores, in major units of money.
        stale_days: for how many days a score counts.
    """
    return MeanTally.of(micro(_scores(cut, of, stale_days)[1]), per=MICRO, currency=cut.currency)


@register("ltv_expected_total", unit="money", better="higher")
def ltv_expected_total(cut: Cut, *, of: str = "ltv", stale_days: int = STALE_DAYS) -> SumTally:
    """The same, summed over all who are active and scored: what the base is expected to bring."""
    return SumTally.of_values(micro(_scores(cut, of, stale_days)[1]), per=MICRO, currency=cut.currency)


@register("ltv_scored_share", unit="rate", better="higher")
def ltv_scored_share(cut: Cut, *, of: str = "ltv", stale_days: int = STALE_DAYS) -> RatioTally:
    """Of the customers active at the end, the share whose score is there and not stale."""
    return RatioTally(len(_scores(cut, of, stale_days)[0]), int(np.count_nonzero(cut.at_end.active)))
