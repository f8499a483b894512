"""Which threshold to take, and an honest look at it afterwards."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate, undefined

from ._by_moment import judge_moments
from ._checks import BoolArray, instant, scores, share
from ._curve import FlaggedWhen, Sweep
from ._moments import Moments
from ._result import BacktestResult, interval, line, verdict_of
from ._sweep import sweep

By: TypeAlias = Literal["low", "value"]
"""Whether the lower bound of the precision must reach the wish, or the precision itself."""


@attrs.frozen
class Suggestion:
    """The threshold with the largest recall that fulfils a wish, or why there is none."""

    threshold: float | None
    """The threshold; None when none fulfils the wish."""
    flagged_when: FlaggedWhen
    """Whether scores at the threshold and above are flagged, or at it and below."""
    wish: str
    """What was asked for."""
    note: str
    """What deserves care; without a threshold, the best that can be had."""
    precision: Estimate
    """The precision in the history it was chosen from."""
    recall: Estimate
    """The recall there."""
    lift: Estimate
    """The lift there."""
    alerts_per_week: float | None
    """How often it was raised a week there."""

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return attrs.asdict(self)

    def __str__(self) -> str:
        if self.threshold is None:
            return f"no threshold for {self.wish}: {self.note}"
        lines = [
            f"{self.flagged_when} {self.threshold:g} for {self.wish}",
            line("precision", self.precision, "percent", "in the history it was chosen from"),
            line("recall", self.recall, "percent", "there"),
            line("lift", self.lift, "factor", verdict_of(self.lift)),
        ]
        if self.alerts_per_week is not None:
            lines.append(f"  alerts     {self.alerts_per_week:.1f} a week")
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


@attrs.frozen
class Judged:
    """A threshold that was chosen before a moment and judged after it."""

    suggestion: Suggestion
    """What was chosen, with the figures of the time before: they flatter."""
    result: BacktestResult | None
    """How it did afterwards; None when no threshold fulfilled the wish."""
    split_us: int
    """The moment between, in microseconds since 1970 UTC."""

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; the result with its verdict."""
        result = None if self.result is None else self.result.to_dict()
        return {"suggestion": self.suggestion.to_dict(), "result": result, "split_us": self.split_us}

    def __str__(self) -> str:
        split = np.datetime64(self.split_us, "us").astype("M8[s]")
        head = f"chosen before {split} UTC: {self.suggestion}"
        return head if self.result is None else f"{head}\njudged from then on: {self.result}"


_FLATTERS = "chosen and judged on the same history, which flatters: see judged()"


def suggest_threshold(
    swept: Sweep, *, precision: float | None = None, alerts_per_week: float | None = None, by: By = "low"
) -> Suggestion:
    """The threshold with the largest recall that is precise enough, or that raises no more alerts than wished for.

    Of thresholds with one recall, the strictest. For alerts, thresholds are tried from the strictest until one raises
    too many: a sign that stands nearly always is raised rarely too, and says nothing. The figures come from the
    history the threshold was chosen from, and the best of many looks better than it is: `judged` chooses on one part
    and judges on the rest.

    Args:
        swept: what `sweep` found.
        precision: at least that, such as 0.3.
        alerts_per_week: at most that many.
        by: whether the lower bound of the precision must reach the wish, or the value itself.

    Raises:
        InvalidArgument: both wishes or none, or a wish that is none.
    """
    if by not in ("low", "value"):
        raise InvalidArgument(f"suggest_threshold: by={by!r} is neither 'low' nor 'value'")
    if (precision is None) == (alerts_per_week is None):
        raise InvalidArgument(
            f"suggest_threshold: precision={precision!r} and alerts_per_week={alerts_per_week!r}; give one of the two"
        )
    if precision is not None:
        wish, fits, best = _precise(swept, share(precision, "suggest_threshold: precision"), by)
    else:
        wish, fits, best = _affordable(swept, alerts_per_week)
    known = fits & (swept.n_flagged > 0) & ~np.isnan(swept.recall.value)
    if not known.any():
        return _none(swept, wish, best)
    recall = np.where(known, swept.recall.value, -1.0)
    place = int(np.argmax(recall))  # the first of equals: the strictest
    return _at(swept, place, wish)


def _precise(swept: Sweep, wish: float, by: By) -> tuple[str, BoolArray, str]:
    """The wish in words, which thresholds fulfil it, and the best in words."""
    reached = swept.precision.low if by == "low" else swept.precision.value
    what = "lower bound of the precision" if by == "low" else "precision"
    known = np.flatnonzero(~np.isnan(reached))
    best = "no threshold flags anybody"
    if len(known):
        place = int(known[np.argmax(reached[known])])
        best = f"the best {what} is {_percent(float(reached[place]))}, at {_written(swept, place)}"
    return f"a precision of {_percent(wish)} or more ({what})", np.asarray(reached >= wish), best


def _affordable(swept: Sweep, wish: Any) -> tuple[str, BoolArray, str]:
    if isinstance(wish, bool) or not isinstance(wish, (int, float)) or not 0 <= wish < np.inf:
        raise InvalidArgument(f"suggest_threshold: alerts_per_week={wish!r} is no number, 0 or more")
    known = np.flatnonzero(~np.isnan(swept.alerts_per_week) & (swept.n_flagged > 0))
    best = "no threshold flags anybody, or there are less than two moments to count alerts by"
    if len(known):
        place = int(known[np.argmin(swept.alerts_per_week[known])])
        best = f"the fewest are {swept.alerts_per_week[place]:.1f} a week, at {_written(swept, place)}"
    # A sign that stands nearly always is raised rarely too: beyond the first threshold that is too dear, none counts.
    within = np.logical_and.accumulate(swept.alerts_per_week <= wish)
    return f"{wish:g} alerts a week or fewer", np.asarray(within), best


def _percent(value: float) -> str:
    return interval(value, None, None, "percent")


def _written(swept: Sweep, place: int) -> str:
    return f"{swept.flagged_when} {swept.threshold[place]:g}"


def _none(swept: Sweep, wish: str, best: str) -> Suggestion:
    note = best if swept.base_rate.numerator else "the outcome never followed"
    nothing = undefined("no threshold fulfils the wish")
    return Suggestion(None, swept.flagged_when, wish, note, nothing, nothing, nothing, None)


def _at(swept: Sweep, place: int, wish: str) -> Suggestion:
    alerts = float(swept.alerts_per_week[place])
    return Suggestion(
        threshold=float(swept.threshold[place]),
        flagged_when=swept.flagged_when,
        wish=wish,
        note=_FLATTERS,
        precision=swept.precision_at(place),
        recall=swept.recall_at(place),
        lift=swept.lift_at(place),
        alerts_per_week=None if np.isnan(alerts) else alerts,
    )


def judged(
    moments: Moments,
    score: npt.ArrayLike,
    *,
    split_us: int,
    precision: float | None = None,
    alerts_per_week: float | None = None,
    flagged_when: FlaggedWhen = ">=",
) -> Judged:
    """A threshold chosen on the history before a moment, and judged on the moments from then on.

    The choice sees no outcome at or after the split: pairs whose horizon reaches it serve neither. It is later
    history of the same customers, not other customers.

    Args:
        moments: who was at risk when, and what followed.
        score: the number at each pair, from what was known then, shape (n_pairs,); nan is never flagged.
        split_us: the moment between, in microseconds since 1970 UTC.
        precision: choose for a precision (its lower bound) of at least that.
        alerts_per_week: choose for at most that many alerts.
        flagged_when: '>=' where high is bad, '<=' where low is bad.

    Raises:
        InvalidArgument: as `sweep` and `suggest_threshold`; a split that leaves nothing to choose from or to judge.
    """
    split = instant(split_us, "judged: split_us")
    badness = scores(score, len(moments), "judged: score")
    early = moments.at_us < split
    before, after = moments.until(split), moments.since(split)
    if not before.judged.any() or not after.judged.any():
        raise InvalidArgument(
            f"judged: split_us={split} leaves {np.count_nonzero(before.judged)} pairs to choose from and "
            f"{np.count_nonzero(after.judged)} to judge; take a "
            "moment more than a horizon after the first, and more than a horizon before the end"
        )
    swept = sweep(before, badness[early], flagged_when=flagged_when)
    chosen = suggest_threshold(swept, precision=precision, alerts_per_week=alerts_per_week)
    if chosen.threshold is None:
        return Judged(chosen, None, split)
    later = badness[~early]
    flagged = later >= chosen.threshold if flagged_when == ">=" else later <= chosen.threshold
    found = judge_moments(after, flagged, name=f"score {flagged_when} {chosen.threshold:g}")
    return Judged(attrs.evolve(chosen, note=""), found, split)
