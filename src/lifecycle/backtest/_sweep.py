"""What every threshold of a numeric score would have given."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Bounds, ClusteredCounts, clustered_counts, lift_of, share_of

from ._checks import BoolArray, FloatArray, IntArray, scores, share
from ._curve import Curve, FlaggedWhen, Sweep
from ._moments import Moments
from ._shares import FOLLOWED, HIT, RAISED, base_rate

_FEW = 100  # as many distinct scores are each a threshold; of more, as many are chosen


def sweep(
    moments: Moments,
    score: npt.ArrayLike,
    *,
    flagged_when: FlaggedWhen = ">=",
    thresholds: npt.ArrayLike | None = None,
    name: str = "score",
    confidence: float = 0.95,
) -> Sweep:
    """What every threshold of a score would have given, by moment.

    Args:
        moments: who was at risk when, and what followed.
        score: the number at each pair, from what was known then, shape (n_pairs,); nan is never flagged.
        flagged_when: '>=' where high is bad, '<=' where low is bad.
        thresholds: which to try, shape (n_thresholds,); None: each score that occurs among the pairs judged, or when
            these are more than 100, up to 100 of them, half at quantiles and half where few are flagged.
        name: the score, for people.
        confidence: of all intervals.

    Raises:
        InvalidArgument: scores or thresholds that are no numbers, or not one score per pair; another direction; a
            confidence not between 0 and 1.
    """
    share(confidence, "confidence")
    if flagged_when not in (">=", "<="):
        raise InvalidArgument(f"sweep: flagged_when={flagged_when!r} is neither '>=' nor '<='")
    sign = 1.0 if flagged_when == ">=" else -1.0
    badness = sign * scores(score, len(moments), "sweep: score")
    cuts = _chosen(badness[moments.judged]) if thresholds is None else _given(thresholds, sign)
    rank = _ranks(badness, cuts)
    sums, everybody = _tallies(moments, rank, len(cuts)), _everybody(moments)
    return Sweep(
        name=name,
        outcome=moments.outcomes.name,
        horizon_days=moments.outcomes.horizon_days,
        flagged_when=flagged_when,
        threshold=_kept(sign * cuts),
        n_flagged=_counts(sums.total[:, RAISED]),
        n_hits=_counts(sums.total[:, HIT]),
        n_customers=_counts(sums.n_customers[:, RAISED]),
        precision=_curve(share_of(sums, HIT, RAISED, confidence)),
        recall=_curve(share_of(sums, HIT, FOLLOWED, confidence)),
        lift=_curve(lift_of(sums, confidence)),
        alerts_per_week=_kept(_raises(moments, rank, len(cuts)) / moments.weeks),
        base_rate=base_rate(everybody, confidence),
        n_with_outcome=int(everybody.n_customers[FOLLOWED]),
        n_missing=int(np.count_nonzero(np.isnan(badness) & moments.judged)),
        n_left_out=moments.n_censored + moments.n_at_outcome,
    )


def _given(thresholds: npt.ArrayLike, sign: float) -> FloatArray:
    array = np.asarray(thresholds)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or np.isnan(array).any():
        raise InvalidArgument(f"sweep: thresholds={thresholds!r}; give numbers in one dimension, or None")
    return np.unique(sign * array.astype(np.float64))[::-1]


def _chosen(badness: FloatArray) -> FloatArray:
    """The scores to cut at, strictest first."""
    ordered = np.sort(badness[~np.isnan(badness)])
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] > ordered[:-1]
    distinct = np.flatnonzero(is_new)
    if len(distinct) > _FEW:
        # Half of them where few are flagged: a budget of alerts is decided there.
        flagged = [make(1, len(ordered), _FEW // 2) for make in (np.linspace, np.geomspace)]
        distinct = len(ordered) - np.concatenate(flagged).round().astype(np.int64)
    return np.unique(ordered[distinct])[::-1]


def _ranks(badness: FloatArray, cuts: FloatArray) -> IntArray:
    """The place of the strictest threshold that flags each pair; the number of thresholds where none does."""
    reached = np.searchsorted(cuts[::-1], badness, side="right")
    return np.asarray(len(cuts) - np.where(np.isnan(badness), 0, reached))


def _raises(moments: Moments, rank: IntArray, n_cuts: int) -> FloatArray:
    """How often each threshold raises the sign: flagged there, and not so at the moment before."""
    before = np.maximum(rank, moments.before(rank, missing=n_cuts))
    stood, still = (np.bincount(places, minlength=n_cuts + 1)[:n_cuts] for places in (rank, before))
    return np.cumsum(stood - still).astype(np.float64)


def _everybody(moments: Moments) -> ClusteredCounts:
    followed, judged = moments.customer_counts
    return clustered_counts(np.stack([followed, judged, followed, judged]))


@attrs.frozen(eq=False)
class _Ordered:
    """The pairs that are judged and ever flagged, by customer, strictest threshold first."""

    customer: IntArray
    rank: IntArray
    hit: IntArray
    """1 where the outcome followed, else 0."""
    earlier: IntArray
    """How many pairs of the same customer stand before."""
    earlier_hits: IntArray
    """How many of these the outcome followed."""


def _ordered(moments: Moments, rank: IntArray, n_cuts: int) -> _Ordered:
    rows = np.flatnonzero(moments.judged & (rank < n_cuts))
    customer, _ = moments.coded
    # One sort of single numbers: customer, place of the threshold and hit fit into int64 together.
    key = np.sort((customer[rows] * (n_cuts + 1) + rank[rows]) * 2 + moments.followed[rows])
    hit, key = key & 1, key >> 1
    who, place = np.divmod(key, n_cuts + 1)
    is_first = np.ones(len(who), np.bool_)
    is_first[1:] = who[1:] != who[:-1]
    earlier_hits = np.cumsum(hit) - hit
    return _Ordered(who, place, hit, _since_first(np.arange(len(who)), is_first), _since_first(earlier_hits, is_first))


def _since_first(running: IntArray, is_first: BoolArray) -> IntArray:
    starts = np.flatnonzero(is_first)
    lengths = np.diff(np.append(starts, len(running)))
    return running - np.repeat(running[starts], lengths)


def _tallies(moments: Moments, rank: IntArray, n_cuts: int) -> ClusteredCounts:
    """The tallies of hits, raises, followed and judged at every threshold, each from one pass over the pairs.

    A pair that becomes flagged adds what it changes in its customer's counts and in their products; these changes
    are summed by threshold, and over the thresholds.
    """
    pairs, n_codes = _ordered(moments, rank, n_cuts), moments.coded[1]
    followed, judged = moments.customer_counts.astype(np.float64)
    hit, k, m = pairs.hit, pairs.earlier, pairs.earlier_hits

    def summed(change: npt.NDArray[Any] | None) -> FloatArray:
        return np.cumsum(np.bincount(pairs.rank, change, minlength=n_cuts)[:n_cuts], dtype=np.float64)

    base = clustered_counts(np.stack([np.zeros(n_codes), np.zeros(n_codes), followed, judged]))
    total, product = np.tile(base.total, (n_cuts, 1)), np.tile(base.product, (n_cuts, 1, 1))
    n_customers = np.tile(base.n_customers, (n_cuts, 1))
    total[:, HIT], total[:, RAISED] = summed(hit), summed(None)
    n_customers[:, HIT], n_customers[:, RAISED] = summed(hit * (m == 0)), summed(k == 0)
    product[:, HIT, HIT], product[:, RAISED, RAISED] = summed(hit * (2 * m + 1)), summed(2 * k + 1)
    product[:, HIT, RAISED] = product[:, RAISED, HIT] = summed(m + hit * (k + 1))
    for place, counts in enumerate((followed, judged), start=FOLLOWED):
        own = counts[pairs.customer]
        product[:, HIT, place] = product[:, place, HIT] = summed(hit * own)
        product[:, RAISED, place] = product[:, place, RAISED] = summed(own)
    return ClusteredCounts(total, product, n_customers)


def _kept(array: FloatArray) -> FloatArray:
    array.flags.writeable = False
    return array


def _counts(array: FloatArray) -> IntArray:
    counts = np.rint(array).astype(np.int64)
    counts.flags.writeable = False
    return counts


def _curve(bounds: Bounds) -> Curve:
    value, low, high = (_kept(bound) for bound in bounds)
    return Curve(value, low, high)
