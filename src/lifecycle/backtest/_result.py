"""What a back-test found, for people and for programs."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs

from lifecycle.tally import Estimate

from ._estimate import LeadTime

Way: TypeAlias = Literal["moments", "episodes"]
"""How a sign was judged: at each moment of a grid, or each time that it was raised."""
Verdict: TypeAlias = Literal["better than chance", "no better than chance", "worse than chance", "unknown"]
"""What the interval of the lift says."""


Scale: TypeAlias = Literal["percent", "factor", "days"]
UNITS: Final[dict[Scale, str]] = {"percent": " %", "factor": "", "days": " days"}
_MEANINGS: Final[dict[Way, tuple[str, str]]] = {
    "moments": ("of the flagged moments it followed", "of the moments that it followed were flagged"),
    "episodes": ("of the episodes it followed", "of the outcomes were warned of"),
}


@attrs.frozen
class FourCounts:
    """Flagged or not against followed by the outcome or not: pairs of a customer and a moment."""

    true_positives: int
    """Flagged, and the outcome followed."""
    false_positives: int
    """Flagged, and it did not follow."""
    false_negatives: int
    """Not flagged, and it followed."""
    true_negatives: int
    """Not flagged, and it did not follow."""


@attrs.frozen
class LeftOut:
    """What could not be judged, and why: counted, never guessed."""

    n_censored: int
    """The horizon reaches beyond the end: pairs of customer and moment, or episodes."""
    n_at_outcome: int = 0
    """The outcome comes at that very moment: pairs of customer and moment."""
    n_early: int = 0
    """Less than a horizon of history lies before: outcomes."""

    @property
    def total(self) -> int:
        """All together."""
        return self.n_censored + self.n_at_outcome + self.n_early


def verdict_of(lift: Estimate) -> Verdict:
    """What the interval of a lift says: chance is a lift of 1."""
    if lift.low is None or lift.high is None:
        return "unknown"
    if lift.low > 1:
        return "better than chance"
    return "worse than chance" if lift.high < 1 else "no better than chance"


@attrs.frozen
class BacktestResult:
    """Whether a sign came true: how often it was right, how much it saw, and how much better it is than chance."""

    name: str
    """The sign."""
    outcome: str
    """What it should foretell."""
    horizon_days: float
    """How far ahead."""
    way: Way
    """Judged by moment or by episode."""
    n_customers: int
    """How many customers were judged: at risk at a moment, or with an episode or an outcome."""
    n_episodes: int
    """How often the sign was raised, of what is judged."""
    n_outcomes: int
    """How many outcomes there were to be seen: within the horizon of a moment judged, or with history before."""
    left_out: LeftOut
    """What could not be judged."""
    precision: Estimate
    """Of what was flagged or raised, the share that the outcome followed."""
    recall: Estimate
    """Of what the outcome followed (pairs), or of the outcomes (by episode), the share that was warned of."""
    base_rate: Estimate
    """Of all pairs of customer and moment, the share that the outcome followed: what a sign at random would hit."""
    lift: Estimate
    """Precision over base rate; 1 is chance."""
    counts: FourCounts | None = None
    """By moment: the four counts behind it."""
    lead: LeadTime | None = None
    """How long before the outcome the warning came, in days; None where nobody asked, or the outcome has no date."""

    @property
    def n_left_out(self) -> int:
        """How much could not be judged."""
        return self.left_out.total

    @property
    def verdict(self) -> Verdict:
        """Better than chance, no better (the interval of the lift holds 1), worse, or unknown."""
        return verdict_of(self.lift)

    def to_dict(self) -> dict[str, Any]:
        """All fields by name as plain values, with `n_left_out` and `verdict`."""
        return attrs.asdict(self) | {"n_left_out": self.n_left_out, "verdict": self.verdict}

    def __str__(self) -> str:
        of_flagged, of_outcomes = _MEANINGS[self.way]
        lines = [
            f"{self.name}: does it foretell {self.outcome} within {self.horizon_days:g} days?",
            self._opening(),
            line("precision", self.precision, "percent", of_flagged),
            line("recall", self.recall, "percent", of_outcomes),
            line("base rate", self.base_rate, "percent", "of all moments of customers it followed, flagged or not"),
            line("lift", self.lift, "factor", self.verdict),
            *self._lead_lines(),
            *self._left_out_lines(),
        ]
        return "\n".join(lines)

    def _opening(self) -> str:
        told = f"customers {self.n_customers:,}; times raised {self.n_episodes:,}; outcomes {self.n_outcomes:,}"
        if self.counts is None:
            return f"  by episode: {told}"
        flagged = self.counts.true_positives + self.counts.false_positives
        total = flagged + self.counts.false_negatives + self.counts.true_negatives
        return f"  by moment: {told}; flagged at {flagged:,} of {total:,} moments of customers"

    def _lead_lines(self) -> list[str]:
        if self.lead is None:
            return []
        quarters = f"{written(self.lead.q1, 'days')} to {written(self.lead.q3, 'days')} days"
        return [line("lead", self.lead.median, "days", f"in the median; half of them from {quarters}")]

    def _left_out_lines(self) -> list[str]:
        what, left = "moments of customers" if self.way == "moments" else "episodes", self.left_out
        told = [
            f"{left.n_censored:,} {what} too near the end to be judged" if left.n_censored else "",
            f"{left.n_at_outcome:,} {what} at the very instant of the outcome" if left.n_at_outcome else "",
            f"{left.n_early:,} outcomes too near the beginning" if left.n_early else "",
        ]
        return [f"  left out   {'; '.join(filter(None, told))}"] if any(told) else []


def written(value: float | None, scale: Scale) -> str:
    """A number as people read it, without its unit."""
    if value is None or value != value:
        return "?"
    number = 100 * value if scale == "percent" else value
    return f"{number:.2f}" if scale == "factor" or (scale == "percent" and number < 10) else f"{number:.1f}"


def interval(value: float | None, low: float | None, high: float | None, scale: Scale) -> str:
    """A number with its unit and, where there is one, its interval."""
    between = "" if low is None else f" ({written(low, scale)} to {written(high, scale)})"
    return f"{written(value, scale)}{UNITS[scale]}{between}"


def line(label: str, number: Estimate, scale: Scale, told: str) -> str:
    """A line of a report: a number, its interval, what it means, what deserves care."""
    if number.value is None:
        return f"  {label:<10} {number.note}"
    note = f" [{number.note}]" if number.note else ""
    return f"  {label:<10} {interval(number.value, number.low, number.high, scale)}: {told}{note}"
