"""What a playbook brought about, as a value that people can read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs

from lifecycle.tally import Estimate, SampleSize, sample_size

Verdict: TypeAlias = Literal["raises the goal rate", "lowers the goal rate", "no difference seen", "unknown"]
"""What the interval of the uplift says."""


@attrs.frozen
class Arm:
    """One side of the comparison: those who were treated, or the holdout."""

    n: int
    """Customers, each by the first entry, whose time for the goal is over."""
    n_goals: int
    """How many of them reached the goal in that run."""
    rate: Estimate
    """The share that did, with Wilson's interval."""
    n_runs: int
    """All their runs whose time for the goal is over."""
    n_run_goals: int
    """How many of these reached the goal."""


@attrs.frozen
class ActionEffect:
    """What came after one action. It is no comparison: who gets a later step has not reached the goal before it."""

    action: str
    """What was done."""
    step: str
    """At which step."""
    n_runs: int
    """Runs in which it was decided before the goal was reached, and whose time for the goal is over."""
    n_goals: int
    """How many of them reached the goal afterwards."""
    rate: Estimate
    """The share that did; its interval allows for runs of one customer."""
    n_after_goal: int
    """Runs in which it was decided at or after the goal; left out."""
    cost: float
    """What all of these plays cost."""


@attrs.frozen
class Effect:
    """What a playbook brought about: goal rates of the treated and of the holdout, uplift, costs.

    Who is in the holdout is decided by the customer, so the customer is what is compared, by the first entry; the
    treated are all who were not in the holdout, also those whose plays were held back.
    """

    playbook: str
    """The playbook's name."""
    goal: str
    """The goal in words; '' where it has none."""
    until: datetime
    """The end of what was looked at, exclusive, in UTC."""
    confidence: float
    """Of all intervals."""
    treated: Arm
    """Those who were treated."""
    holdout: Arm
    """Those who got nothing, so that one can see."""
    uplift: Estimate
    """Rate of the treated less rate of the holdout, with Newcombe's interval."""
    n_open: int
    """Customers whose time for the goal was not over: left out, whether or not they had reached it."""
    n_open_runs: int
    """Runs of which the same is true."""
    cost: float
    """What the plays of the runs behind `treated.n` cost."""
    cost_of_all: float
    """What all plays of the playbook cost that were decided until the end."""
    cost_per_goal: Estimate
    """`cost` over the goals of the treated."""
    cost_per_extra_goal: Estimate
    """`cost` over the goals that there were because of it: the uplift times the treated. The upper bound is None where
    there may have been none."""
    needed: SampleSize
    """So many customers would show an uplift as large as the one observed, with power 80 %."""
    actions: tuple[ActionEffect, ...] = ()
    """What came after each action, by step."""

    @property
    def finding(self) -> Verdict:
        """Whether it raises or lowers the goal rate; no difference seen where the interval holds 0; or unknown."""
        if self.uplift.low is None or self.uplift.high is None:
            return "unknown"
        if self.uplift.low > 0:
            return "raises the goal rate"
        return "lowers the goal rate" if self.uplift.high < 0 else "no difference seen"

    def needed_for(self, uplift: float, *, power: float = 0.8, holdout_share: float | None = None) -> SampleSize:
        """How many customers it takes to see an uplift from the goal rate of the holdout.

        Args:
            uplift: the wanted one, such as 0.05 for 5 points.
            power: how surely it should be seen if it is there.
            holdout_share: the share of the holdout; None: as it was.

        Raises:
            InvalidArgument: a number is out of range, or the uplift leads beyond 0 or 100 %.
        """
        n, rate = self.treated.n + self.holdout.n, self.holdout.rate.value
        if rate is None:
            return SampleSize(None, None, self.holdout.rate.note)
        share = self.holdout.n / n if holdout_share is None else holdout_share
        if not self.treated.n and holdout_share is None:
            return SampleSize(None, None, "undefined because nobody was treated; give holdout_share")
        return sample_size(rate, uplift, power=power, confidence=self.confidence, holdout_share=share)

    def to_dict(self) -> dict[str, Any]:
        """All fields by name as plain values, with `finding`."""
        return attrs.asdict(self) | {"finding": self.finding}

    def __str__(self) -> str:
        goal = f"goal {self.goal}" if self.goal else "no goal"
        lines = [
            f"{self.playbook}: {goal}, until {self.until:%Y-%m-%d %H:%M} UTC",
            _arm_line("treated", self.treated),
            _arm_line("holdout", self.holdout),
            _line("uplift", self.uplift, _points(self.uplift), self.finding),
            *self._cost_lines(),
            _text_line("needed", str(self.needed)),
            *(_action_line(action) for action in self.actions),
        ]
        if self.n_open or self.n_open_runs:
            told = f"customers {self.n_open:,}, runs {self.n_open_runs:,}: their time for the goal is not over"
            lines.append(_text_line("left out", told))
        return "\n".join(lines)

    def _cost_lines(self) -> list[str]:
        if not self.cost_of_all:
            return []
        told = f"{self.cost:,.2f} for these customers, {self.cost_of_all:,.2f} for all runs"
        goal, extra = self.cost_per_goal, self.cost_per_extra_goal
        return [
            _text_line("cost", told),
            _line("per goal", goal, _money(goal), "each goal of the treated"),
            _line("per extra", extra, _money(extra), "each goal that there would not have been"),
        ]


def _text_line(label: str, told: str) -> str:
    return f"  {label:<10} {told}"


def _line(label: str, number: Estimate, written: str, told: str) -> str:
    if number.value is None:
        return _text_line(label, number.note)
    return _text_line(label, f"{written}: {told}" + (f" [{number.note}]" if number.note else ""))


def _arm_line(label: str, arm: Arm) -> str:
    told = f"{arm.n_goals:,} of {arm.n:,} customers; {arm.n_run_goals:,} of {arm.n_runs:,} runs"
    return _line(label, arm.rate, _percent(arm.rate), told)


def _action_line(action: ActionEffect) -> str:
    told = f"{action.action}: {action.n_goals:,} of {action.n_runs:,} runs with it"
    return _line(f"step {action.step}", action.rate, _percent(action.rate), told)


def _percent(number: Estimate) -> str:
    value, low, high = (100 * (one or 0) for one in (number.value, number.low, number.high))
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def _points(number: Estimate) -> str:
    value, low, high = (100 * (one or 0) for one in (number.value, number.low, number.high))
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def _money(number: Estimate) -> str:
    low = "" if number.low is None else f"{number.low:,.2f}"
    high = "no bound" if number.high is None else f"{number.high:,.2f}"
    return f"{number.value or 0:,.2f} ({low} to {high})"
