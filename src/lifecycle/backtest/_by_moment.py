"""Whether a sign is true, moment by moment."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import ClusteredCounts, clustered_counts

from ._checks import flags, share
from ._columns import Column, count_columns
from ._moments import Moments, raised_rows
from ._outcomes import Outcomes
from ._result import BacktestResult, FourCounts, LeftOut
from ._shares import FOLLOWED, HIT, JUDGED, RAISED, base_rate, lift_estimate, share_estimate, whole


@attrs.frozen(eq=False)
class FoundMoments:
    """What was counted, whichever way."""

    sums: ClusteredCounts
    """Of hits, raises, followed and judged."""
    n_episodes: int
    """How often the sign was raised at a moment that is judged."""
    n_outcomes: int
    """How many outcomes were the first after a moment that is judged, within its horizon."""
    left_out: LeftOut
    """Pairs that were not judged."""


def judge_moments(
    moments: Moments, flagged: npt.ArrayLike, *, name: str = "sign", confidence: float = 0.95
) -> BacktestResult:
    """Whether a sign is true by moment: flagged or not, against followed by the outcome or not.

    Args:
        moments: who was at risk when, and what followed; what is worked out for it once serves every sign.
        flagged: whether the sign stood at each pair, from what was known then; bool, shape (n_pairs,).
        name: the sign, for people.
        confidence: of all intervals.

    Returns:
        Counts, precision, recall, base rate and lift. Intervals know that the moments of one customer hang together.

    Raises:
        InvalidArgument: flags that are none, or not one per pair; a confidence not between 0 and 1.
    """
    share(confidence, "confidence")
    stands = flags(flagged, len(moments), "judge_moments: flagged")
    kept = stands & moments.judged
    customer, n_codes = moments.coded
    counts = [np.bincount(customer[rows], minlength=n_codes) for rows in (kept & moments.followed, kept)]
    found = FoundMoments(
        sums=clustered_counts(np.stack([*counts, *moments.customer_counts])),
        n_episodes=int(np.count_nonzero(moments.judged[raised_rows(moments, stands)])),
        n_outcomes=moments.n_outcomes,
        left_out=LeftOut(moments.n_censored, moments.n_at_outcome),
    )
    return moments_result(found, moments.outcomes, name, confidence)


def judge_columns(
    columns: Iterable[Column], outcomes: Outcomes, *, name: str = "sign", confidence: float = 0.95
) -> BacktestResult:
    """The same as `judge_moments`, from one column of all customers per moment: less time and memory for many of them.

    Args:
        columns: moment (microseconds since 1970 UTC, ascending), who was at risk then, and for whom the sign stood;
            the latter two bool of shape (n_customers,), at the customers' codes. Read once, one after the other.
        outcomes: what may follow.
        name: the sign, for people.
        confidence: of all intervals.

    Raises:
        InvalidArgument: a column that is none, moments that do not ascend, a confidence not between 0 and 1.
    """
    share(confidence, "confidence")
    counted = count_columns(columns, outcomes)
    left_out = LeftOut(counted.n_censored, counted.n_at_outcome)
    found = FoundMoments(clustered_counts(counted.counts), counted.n_episodes, counted.n_outcomes, left_out)
    return moments_result(found, outcomes, name, confidence)


def moments_result(found: FoundMoments, outcomes: Outcomes, name: str, confidence: float) -> BacktestResult:
    """What was counted, as numbers."""
    sums = found.sums
    return BacktestResult(
        name=name,
        outcome=outcomes.name,
        horizon_days=outcomes.horizon_days,
        way="moments",
        n_customers=whole(sums.n_customers[JUDGED]),
        n_episodes=found.n_episodes,
        n_outcomes=found.n_outcomes,
        left_out=found.left_out,
        precision=share_estimate(sums, (HIT, RAISED), confidence, "nothing was flagged"),
        recall=share_estimate(sums, (HIT, FOLLOWED), confidence, "the outcome never followed"),
        base_rate=base_rate(sums, confidence),
        lift=lift_estimate(sums, confidence),
        counts=_four(sums),
    )


def _four(sums: ClusteredCounts) -> FourCounts:
    hits, raises, followed, judged = (whole(count) for count in sums.total)
    return FourCounts(hits, raises - hits, followed - hits, judged - raises - followed + hits)
