"""A story whose signs can be put to the question: were they true?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from lifecycle.backtest import (
    BacktestResult,
    Backtests,
    FlaggedWhen,
    Judged,
    Question,
    Sweep,
    Way,
    backtest_signs,
    score_story,
    split_of,
)
from lifecycle.engine import Moment
from lifecycle.engine import Story as StageStory
from lifecycle.errors import InvalidArgument
from lifecycle.signs import SignProgram

_LOST: Final = Question()


@attrs.frozen(eq=False, repr=False)
class BacktestedStory(StageStory):
    """The stages of every customer of a log, and back-tests of the signs over them."""

    signs: SignProgram | None = attrs.field(default=None, kw_only=True)
    """The signs of the definition, compiled."""

    def backtest(
        self, sign: str, question: Question = _LOST, *, by: Way = "moments", confidence: float = 0.95
    ) -> BacktestResult:
        """Whether a sign was true: precision, recall, lift and lead time before an outcome, each with an interval.

        Args:
            sign: a signal, a segment, a health band, or a condition over facts, `stage`, `health` and signals, such as
                "signal_login_stopped and health < 40".
            question: what it should foretell, how far ahead, asked at which moments; entering a stage of role lost
                within 90 days, every Monday.
            by: judged at the moments, with the lead time of who looks at these only; or each time that it was raised.
                That is at exact instants for a signal, unless the question says who is at risk, and else at the first
                moment at which it stands.
            confidence: of all intervals.

        Raises:
            InvalidArgument: there is no such sign, stage, kind or moment (with the nearest known one).
        """
        return backtest_signs(self.record, self.signs, (sign,), question, by=by, confidence=confidence)[sign]

    def backtests(
        self,
        signs: Sequence[str] | None = None,
        question: Question = _LOST,
        *,
        by: Way = "moments",
        confidence: float = 0.95,
    ) -> Backtests:
        """Whether several signs were true: the result of each by name, printed as a table.

        Args:
            signs: signals, segments, health bands or conditions; None: all signals.
            question: as of `backtest`; this and all others.

        Raises:
            InvalidArgument: as `backtest`; or the definition has no signs, and none are given.
        """
        names = list(self._signs().signals) if signs is None else signs
        return Backtests(backtest_signs(self.record, self.signs, names, question, by=by, confidence=confidence))

    def sweep(
        self,
        score: str,
        question: Question = _LOST,
        *,
        flagged_when: FlaggedWhen | None = None,
        thresholds: Sequence[float] | None = None,
        confidence: float = 0.95,
    ) -> Sweep:
        """What every threshold of a fact or of health would have given, at the moments of a question.

        Args:
            score: a fact that is a number (money in major units), or 'health'. At risk are the roles active and
                returning, unless the question says otherwise.
            question: as of `backtest`.
            flagged_when: '>=' where high is bad, '<=' where low is bad; None: '<=' for health, '>=' for facts.
            thresholds: which to try; None: up to 100 of those that occur.
            confidence: of all intervals.

        Raises:
            InvalidArgument: there is no such fact, stage, kind or moment (with the nearest known one).
        """
        scored = score_story(self.record, self.signs, score, question)
        return scored.sweep(flagged_when=flagged_when, thresholds=thresholds, confidence=confidence)

    def suggest_threshold(
        self,
        score: str,
        question: Question = _LOST,
        *,
        precision: float | None = None,
        alerts_per_week: float | None = None,
        flagged_when: FlaggedWhen | None = None,
        split: Moment | None = None,
    ) -> Judged:
        """A threshold for a precision or a budget of alerts, chosen before a moment and judged on what came after it.

        Args:
            score: as of `sweep`; question and flagged_when too.
            precision: at least that (the lower bound of its interval), such as 0.3.
            alerts_per_week: or at most so many alerts.
            split: the moment between; None: as many moments to choose from as to judge.

        Raises:
            InvalidArgument: as `sweep`; both wishes or none; a split that leaves nothing to choose from or to judge.
        """
        scored = score_story(self.record, self.signs, score, question)
        return scored.judged(
            split_us=split_of(self.record, split), precision=precision, alerts_per_week=alerts_per_week,
            flagged_when=flagged_when,
        )  # fmt: skip

    def _signs(self) -> SignProgram:
        if self.signs is None:
            raise InvalidArgument("the definition has no signs; pass signals, health, segments or blueprints to it")
        return self.signs
