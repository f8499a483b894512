"""Whether a sign is true, each time that it was raised, and how long before."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument
from lifecycle.tally import ClusteredCounts, Estimate, undefined

from ._checks import DAY_US, BoolArray, FloatArray, IntArray, share
from ._episodes import Episodes
from ._estimate import LeadTime, lead_time
from ._moments import Moments
from ._outcomes import Outcomes
from ._result import BacktestResult, LeftOut
from ._shares import FOLLOWED, HIT, RAISED, base_rate, counted, lift_estimate, share_estimate
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
    first of these. An absence has no date: of it there is neither recall nor lead time.

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
    found = found_episodes(episodes, outcomes)
    columns = [found.hits, found.judged]
    if moments is not None:
        columns += [moments.customer[moments.followed], moments.customer[moments.judged]]
    return episodes_result(found, counted(*columns), outcomes, name, confidence)


def episodes_result(
    found: FoundEpisodes, sums: ClusteredCounts, outcomes: Outcomes, name: str, confidence: float
) -> BacktestResult:
    """What was found, as numbers.

    Args:
        found: the episodes and outcomes.
        sums: tallies of hits and episodes, and of the pairs that were followed and judged where these are known.
        outcomes: what it should foretell.
        name: the sign, for people.
        confidence: of all intervals.
    """
    has_moments, warned = len(sums.total) > FOLLOWED, found.warned
    nothing = undefined("no moments were given")
    return BacktestResult(
        name=name,
        outcome=outcomes.name,
        horizon_days=outcomes.horizon_days,
        way="episodes",
        n_customers=len(np.unique(np.concatenate([found.judged, warned.customer]))),
        n_episodes=len(found.judged),
        n_outcomes=found.n_absences if outcomes.is_absence else len(warned.customer),
        left_out=LeftOut(found.n_censored, n_early=warned.n_early),
        precision=share_estimate(sums, (HIT, RAISED), confidence, "there was no episode"),
        recall=_recall(warned, outcomes, confidence),
        base_rate=base_rate(sums, confidence) if has_moments else nothing,
        lift=lift_estimate(sums, confidence) if has_moments else nothing,
        lead=lead_of(found, outcomes, confidence),
    )


def lead_of(found: FoundEpisodes, outcomes: Outcomes, confidence: float) -> LeadTime:
    """How long before the outcomes the first warnings came."""
    if outcomes.is_absence:
        return LeadTime(undefined(_UNDATED), None, None, 0)
    return lead_time(found.warned.lead_us[found.warned.is_caught] / DAY_US, confidence)


def _recall(warned: _Warned, outcomes: Outcomes, confidence: float) -> Estimate:
    if outcomes.is_absence:
        return undefined(_UNDATED)
    sums = counted(warned.customer[warned.is_caught], warned.customer)
    return share_estimate(sums, (HIT, RAISED), confidence, "there was no outcome")


_UNDATED: Final = "an absence has no date"


@attrs.frozen(eq=False)
class FoundEpisodes:
    """The episodes whose horizon is complete, and the outcomes that could be warned of."""

    judged: IntArray
    """The customer of each episode."""
    hits: IntArray
    """The customer of each episode that was right."""
    warned: _Warned
    n_censored: int
    """How many other episodes there are."""
    n_absences: int
    """How many absences the right ones tell of, where the outcome is an absence."""


@attrs.frozen(eq=False)
class _Warned:
    """The outcomes with enough history before them."""

    customer: IntArray
    lead_us: FloatArray
    """From the first warning; nan where there was none."""
    n_early: int
    """How many outcomes had not enough."""

    @property
    def is_caught(self) -> BoolArray:
        """Which were warned of."""
        return np.isfinite(self.lead_us)


def found_episodes(episodes: Episodes, outcomes: Outcomes) -> FoundEpisodes:
    """Which episodes were right, and which outcomes were warned of."""
    complete, timeline, absent = episodes.start_us <= outcomes.last_us, outcomes.timeline, outcomes.is_absence
    customer, start = episodes.customer[complete], episodes.start_us[complete]
    comes = np.zeros(len(customer), np.bool_)
    if len(timeline):
        place = timeline.first(customer, start, after=not absent)
        comes = (place >= 0) & (timeline.at[place] <= start + outcomes.horizon_us - int(absent))
    right = comes != absent
    return FoundEpisodes(
        judged=customer,
        hits=customer[right],
        warned=_Warned(np.zeros(0, np.int64), np.zeros(0), 0) if absent else _warned(episodes, outcomes),
        n_censored=len(episodes) - len(customer),
        n_absences=timeline.n_absences(customer[right], start[right]) if absent else 0,
    )


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
