"""Whether a sign is true, each time that it was raised, and how long before."""

from __future__ import annotations

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument

from ._checks import DAY_US, BoolArray, FloatArray, IntArray, share
from ._episodes import Episodes
from ._estimate import Estimate, lead_time, undefined
from ._moments import Moments
from ._outcomes import Outcomes
from ._result import BacktestResult, LeftOut
from ._shares import HIT, RAISED, base_rate, counted, lift_estimate, share_estimate
from ._timeline import Timeline


def judge_episodes(
    episodes: Episodes,
    outcomes: Outcomes,
    *,
    moments: Moments | None = None,
    name: str = "sign",
    confidence: float = 0.95,
) -> BacktestResult:
    """Whether a sign is true by episode: each time it was raised, whether the outcome came; and how long before.

    An episode is right when the outcome comes after its start and within the horizon. An outcome was warned of when
    an episode starts before it and within the horizon, whether or not it still lasts; the lead time counts from the
    first of these.

    Args:
        episodes: when it was raised, for whom.
        outcomes: what it should foretell, and how far ahead.
        moments: who was at risk when, made with `outcomes`: for base rate and lift, which are undefined without.
        name: the sign, for people.
        confidence: of all intervals.

    Returns:
        Precision, recall, base rate, lift and lead time.

    Raises:
        InvalidArgument: moments of other outcomes, a confidence not between 0 and 1.
    """
    share(confidence, "confidence")
    if moments is not None and moments.outcomes is not outcomes:
        raise InvalidArgument("judge_episodes: moments of other outcomes; make Moments with the same Outcomes")
    judged, warned = _judged(episodes, outcomes), _warned(episodes, outcomes)
    precision, rate, lift = _precision(judged, moments, confidence)
    caught = np.isfinite(warned.lead_us)
    recall = counted(warned.customer[caught], warned.customer)
    return BacktestResult(
        name=name,
        outcome=outcomes.name,
        horizon_days=outcomes.horizon_days,
        way="episodes",
        n_customers=len(np.unique(np.concatenate([judged.customer, warned.customer]))),
        n_episodes=len(judged.customer),
        n_outcomes=len(warned.customer),
        left_out=LeftOut(len(episodes) - len(judged.customer), n_early=warned.n_early),
        precision=precision,
        recall=share_estimate(recall, (HIT, RAISED), confidence, "there was no outcome"),
        base_rate=rate,
        lift=lift,
        lead=lead_time(warned.lead_us[caught] / DAY_US, confidence),
    )


@attrs.frozen(eq=False)
class _Judged:
    """The episodes whose horizon is complete."""

    customer: IntArray
    is_right: BoolArray


@attrs.frozen(eq=False)
class _Warned:
    """The outcomes with enough history before them."""

    customer: IntArray
    lead_us: FloatArray
    """From the first warning; nan where there was none."""
    n_early: int
    """How many outcomes had not enough."""


def _judged(episodes: Episodes, outcomes: Outcomes) -> _Judged:
    complete = episodes.start_us <= outcomes.end_us - outcomes.horizon_us
    customer, start, timeline = episodes.customer[complete], episodes.start_us[complete], outcomes.timeline
    if not len(timeline):
        return _Judged(customer, np.zeros(len(customer), np.bool_))
    place = timeline.first(customer, start, after=True)
    return _Judged(customer, np.asarray((place >= 0) & (timeline.at[place] <= start + outcomes.horizon_us)))


def _warned(episodes: Episodes, outcomes: Outcomes) -> _Warned:
    timeline, raises = outcomes.timeline, Timeline.of(episodes.customer, episodes.start_us)
    opening = timeline.at - outcomes.horizon_us
    seen = np.ones(len(timeline), np.bool_) if outcomes.since_us is None else opening >= outcomes.since_us
    who, at, opening = timeline.customer[seen], timeline.at[seen], opening[seen]
    lead = np.full(len(who), np.nan)
    if len(raises):
        place = raises.first(who, opening, after=False)
        lead = np.where((place >= 0) & (raises.at[place] < at), at - raises.at[place], np.nan)
    return _Warned(who, lead, int(np.count_nonzero(~seen)))


def _precision(judged: _Judged, moments: Moments | None, confidence: float) -> tuple[Estimate, Estimate, Estimate]:
    """Precision, base rate and lift."""
    columns = [judged.customer[judged.is_right], judged.customer]
    if moments is not None:
        columns += [moments.customer[moments.followed], moments.customer[moments.judged]]
    sums = counted(*columns)
    precision = share_estimate(sums, (HIT, RAISED), confidence, "there was no episode")
    if moments is None:
        nothing = undefined("no moments were given")
        return precision, nothing, nothing
    return precision, base_rate(sums, confidence), lift_estimate(sums, confidence)
