"""Retained is not loyal: attitude against behaviour, expectation against experience."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.signs import loyalty_table
from lifecycle.tally import LinkTally, RatioTally, micro

from ._cut import Cut
from ._pairing import paired
from ._registry import register
from ._scores import SCORE


@register("loyal_share", unit="rate", better="higher")
def loyal_share(cut: Cut) -> RatioTally:
    """Of the retained, the share that likes it and acts so, by the loyalty of the definition at the end of the period.

    Retained is who was active at the start and stands at the end in the stages that the loyalty names (active unless
    said otherwise). With `satisfied_share`, `captive_share` and `unheard_share` it adds up to one.

    Raises:
        InvalidArgument: the definition has no loyalty.
    """
    return _share(cut, "loyal")


@register("satisfied_share", unit="rate")
def satisfied_share(cut: Cut) -> RatioTally:
    """Of the retained, the share that likes it without acting so; all else as in `loyal_share`."""
    return _share(cut, "satisfied")


@register("captive_share", unit="rate", better="lower")
def captive_share(cut: Cut) -> RatioTally:
    """Of the retained, the share that stays without liking it: no alternative, hard to leave, habit.

    All else as in `loyal_share`.
    """
    return _share(cut, "captive")


@register("unheard_share", unit="rate", better="lower")
def unheard_share(cut: Cut) -> RatioTally:
    """Of the retained, the share of whose attitude nothing is known; all else as in `loyal_share`."""
    return _share(cut, "unheard")


def _share(cut: Cut, wanted: str) -> RatioTally:
    names = cut.kept("loyalty", lambda: _loyalties(cut))
    return RatioTally.of_customers(names == wanted, (names != "") & cut.at_start.active)


def _loyalties(cut: Cut) -> npt.NDArray[np.object_]:
    """Why each of the retained stays, '' for all others; shape (n_customers,)."""
    if cut.story.signs is None:
        raise InvalidArgument("the definition has no loyalty; pass loyalty=Loyalty(…) to it")
    table = loyalty_table(cut.story.signs, cut.record, cut.end_us)
    names = np.full(cut.n_customers, "", object)
    names[cut.codes(table)] = table["loyalty"]
    return names


@register("delight_rate", unit="rate", better="higher")
def delight_rate(cut: Cut, *, ref: str = "expectation") -> RatioTally:
    """Of the experiences rated in the period against an expectation, the share that exceeded it.

    An `experience_rated` belongs to the `expectation_stated` of the same customer and `ref` before it, and their
    attributes `score` are compared; a pair without both scores is left out. Also in use: `expectation_met_rate`, which
    counts what was as expected too.
    """
    stated, rated = _experiences(cut, ref)
    return RatioTally(int(np.count_nonzero(rated > stated)), len(rated))


@register("expectation_met_rate", unit="rate", better="higher")
def expectation_met_rate(cut: Cut, *, ref: str = "expectation") -> RatioTally:
    """Of the experiences rated in the period against an expectation, the share that met or exceeded it.

    What belongs together is said at `delight_rate`.
    """
    stated, rated = _experiences(cut, ref)
    return RatioTally(int(np.count_nonzero(rated >= stated)), len(rated))


def _experiences(cut: Cut, ref: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Expected and experienced scores of the pairs that were completed in the period; shape (n_pairs,) each."""
    rated = cut.history("experience_rated")
    pairs = paired(cut.history("expectation_stated"), rated, refs=(ref,)).distinct()
    pairs = pairs.where(pairs.is_closed & (pairs.closed_at >= cut.start_us))
    before = pairs.opened.number(SCORE)
    after = rated.number(SCORE)[np.searchsorted(rated.index, pairs.closed_by)]
    has = ~np.isnan(before) & ~np.isnan(after)
    return before[has], after[has]


@register("satisfaction_retention_link", unit="correlation")
def satisfaction_retention_link(cut: Cut, *, kind: str = "csat", days: int = 365) -> LinkTally:
    """How satisfaction goes with staying: the correlation of the last score before the period with being retained.

    Of the customers active at the start who answered within so many days before it: the score of the last answer
    against whether they are active at the end (point-biserial, from -1 to 1). It says that the two go together, not
    that one makes the other. Undefined of fewer than four customers, or where all answered alike or all stayed.

    Raises:
        InvalidArgument: the days are not above 0.
    """
    if not days > 0:
        raise InvalidArgument(f"satisfaction_retention_link: days={days!r} is not above 0; give days, such as 365")
    calendar = cut.period.calendar
    first = calendar.start_of(calendar.day_of(cut.start_us) - days)
    answers = cut.history(kind)
    answers = answers.where((answers.at >= first) & (answers.at < cut.start_us) & ~np.isnan(answers.number(SCORE)))
    last = answers.last
    last = last.where(cut.at_start.active[last.customer])
    return LinkTally.of(micro(last.number(SCORE)), cut.at_end.active[last.customer])
