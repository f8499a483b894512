"""Back-tests: whether a sign came true, how often, how much better than chance, and how long before.

Arrays in, values out: it does not matter how a sign was worked out.
"""

from ._by_episode import judge_episodes
from ._by_moment import judge_columns, judge_moments
from ._columns import Column
from ._curve import Curve, FlaggedWhen, Sweep
from ._episodes import Episodes
from ._estimate import Estimate, LeadTime
from ._moments import Moments, raised
from ._outcomes import Outcomes
from ._result import BacktestResult, FourCounts, LeftOut, Verdict, Way
from ._suggest import By, Judged, Suggestion, judged, suggest_threshold
from ._sweep import sweep

__all__ = [
    "BacktestResult",
    "By",
    "Column",
    "Curve",
    "Episodes",
    "Estimate",
    "FlaggedWhen",
    "FourCounts",
    "Judged",
    "LeadTime",
    "LeftOut",
    "Moments",
    "Outcomes",
    "Suggestion",
    "Sweep",
    "Verdict",
    "Way",
    "judge_columns",
    "judge_episodes",
    "judge_moments",
    "judged",
    "raised",
    "suggest_threshold",
    "sweep",
]
