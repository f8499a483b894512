"""Signs: how it goes with a customer: signals, health, blueprints, segments, loyalty."""

from ._blueprint import Blueprint, Criterion, Milestone
from ._compile import compile_signs
from ._declared import Declared, sign_facts
from ._health import Health, Measure
from ._history import Episodes, History
from ._live import advance_signs, begin_signs, pass_signs
from ._loyalty import LOYALTIES, Loyalty
from ._moment import BlockMoment, block_moments
from ._program import SignProgram
from ._reading import HealthReading, MilestoneReading, RaisedSignal, Readings
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
    raised_table,
    wide_table,
)
from ._telling import milestone_changes, signal_changes

__all__ = [
    "BlockMoment",
    "Blueprint",
    "Criterion",
    "Declared",
    "Episodes",
    "Health",
    "HealthReading",
    "History",
    "LOYALTIES",
    "Loyalty",
    "Measure",
    "Milestone",
    "MilestoneReading",
    "RaisedSignal",
    "Readings",
    "SEVERITIES",
    "Segment",
    "Share",
    "SignProgram",
    "Signal",
    "advance_signs",
    "begin_signs",
    "block_moments",
    "compile_signs",
    "episodes",
    "episodes_table",
    "fit_table",
    "health_table",
    "loyalty_table",
    "milestone_changes",
    "milestones_table",
    "pass_signs",
    "raised_table",
    "sign_facts",
    "signal_changes",
    "wide_table",
]
