"""Back-tests: whether a sign came true, how often, how much better than chance, and how long before.

The kernel takes arrays and gives values: it does not matter to it how a sign was worked out. Above it, the signs of a
story are put to the question.
"""

from lifecycle.tally import Estimate

from ._by_episode import judge_episodes
from ._by_moment import judge_columns, judge_moments
from ._columns import Column
from ._curve import Curve, FlaggedWhen, Sweep
from ._episodes import Episodes
from ._estimate import LeadTime
from ._moments import Moments, raised
from ._outcomes import Outcomes
from ._question import Absence, Happens, Outcome, Question
from ._result import BacktestResult, FourCounts, LeftOut, Verdict, Way
from ._results import Backtests
from ._scores import Scored, score_story, split_of
from ._stories import backtest_signs
from ._suggest import By, Judged, Suggestion, judged, suggest_threshold
from ._sweep import sweep

__all__ = [
    "Absence",
    "BacktestResult",
    "Backtests",
    "By",
    "Column",
    "Curve",
    "Episodes",
    "Estimate",
    "FlaggedWhen",
    "FourCounts",
    "Happens",
    "Judged",
    "LeadTime",
    "LeftOut",
    "Moments",
    "Outcome",
    "Outcomes",
    "Question",
    "Scored",
    "Suggestion",
    "Sweep",
    "Verdict",
    "Way",
    "backtest_signs",
    "judge_columns",
    "judge_episodes",
    "judge_moments",
    "judged",
    "raised",
    "score_story",
    "split_of",
    "suggest_threshold",
    "sweep",
]
