"""Signs: how it goes with a customer: signals, health, blueprints, segments, loyalty."""

from ._blueprint import Blueprint, Criterion, Milestone
from ._bound import bind_over, stages_named
from ._compile import compile_signs
from ._declared import Declared, sign_facts
from ._episodes import CAUSES, Episodes
from ._first_value import first_value_table
from ._going import Going
from ._health import Health, Measure
from ._history import History
from ._lifetime import Lifetime
from ._live import advance_signs, begin_signs, pass_signs
from ._loyalty import LOYALTIES, Loyalty
from ._moment import BlockMoment, block_moments
from ._program import SignProgram, Watch
from ._reading import STATUSES, HealthReading, MilestoneReading, RaisedSignal, Readings, Status
from ._recent import signal_counts
from ._scoring import Share
from ._segment import Segment
from ._signal import SEVERITIES, Signal
from ._tables import (
    episodes,
    episodes_table,
    fit_table,
    health_table,
    loyalty_table,
    milestones_table,
    raised_episodes,
    raised_table,
    reached_at,
    started,
    wide_table,
)
from ._telling import milestone_changes, signal_changes
from ._texts import Language, called, is_text, name_like, spoken

__all__ = [
    "BlockMoment",
    "Blueprint",
    "CAUSES",
    "Criterion",
    "Declared",
    "Episodes",
    "Going",
    "Health",
    "HealthReading",
    "History",
    "LOYALTIES",
    "Language",
    "Lifetime",
    "Loyalty",
    "Measure",
    "Milestone",
    "MilestoneReading",
    "RaisedSignal",
    "Readings",
    "SEVERITIES",
    "STATUSES",
    "Segment",
    "Share",
    "SignProgram",
    "Signal",
    "Status",
    "Watch",
    "advance_signs",
    "begin_signs",
    "bind_over",
    "block_moments",
    "called",
    "compile_signs",
    "episodes",
    "episodes_table",
    "first_value_table",
    "fit_table",
    "health_table",
    "is_text",
    "loyalty_table",
    "milestone_changes",
    "milestones_table",
    "name_like",
    "pass_signs",
    "raised_episodes",
    "raised_table",
    "reached_at",
    "sign_facts",
    "signal_changes",
    "signal_counts",
    "spoken",
    "stages_named",
    "started",
    "wide_table",
]
