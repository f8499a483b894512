"""Playbooks: what to do when, for whom, and what holds it back."""

from ._acting_each import story_of
from ._bound_action import BoundAction
from ._cadence import Cadence
from ._caps import Cap, OnePerDay
from ._checked_columns import NOT_REACHED
from ._compile import compile_playbooks
from ._consent import CHANNELS, Consent
from ._discounts import DiscountLimit
from ._dispatch import dispatch, dispatching
from ._dispatch_async import dispatch_async, dispatching_async
from ._effect import ActionEffect, Arm, Effect, Verdict
from ._effects import effect_of_changes, effect_of_columns
from ._fatigue import AccountLimit, SurveyFatigue
from ._holdout import Holdout, bucket
from ._hooks import BoundHook, HasPlaybooks, HookCheck, Hooks
from ._interrupted import records_of
from ._life import OPEN_STATES, PLAY_STATES, PlayEvent, PlayLife, PlayState, play_life, state_after
from ._live import advance_playbooks, begin_playbooks, pass_playbooks
from ._measured import HeldColumns, PlayColumns, PlayKind, RunColumns
from ._measured_simulation import decided_columns, held_columns, run_columns
from ._needed import condition_of, hidden_facts, playbook_facts, silence_name, watched_conditions
from ._outcome import OUTCOME_STATES, Outcome, OutcomeState, Retry
from ._overlap import ChurnOverlap, churn_overlap
from ._play_diff import PlayDiff, play_diff
from ._playbook import PURPOSES, Goal, Playbook, Purpose, Reentry, Tier
from ._policy import (
    NEVER_US,
    PASSES,
    Attempt,
    Attempts,
    Block,
    BoundPolicy,
    Policy,
    PolicySetup,
)
from ._preference import ChannelPreference
from ._program import Act, BoundPlaybook, BoundTier, BoundTrigger, PlaybookProgram
from ._quiet import WEEKDAYS, QuietHours
from ._record import PlayRecord
from ._rules import HoldWhile, NoSelling
from ._signature import HOOK_CONTEXT
from ._simulated import Simulation
from ._simulation import simulate
from ._steps import Action, Fact, Stop, Wait, minute_of
from ._summary import contacts_per_customer, forgotten, load_by_role, plays_by_week
from ._trigger import (
    Trigger,
    became,
    cleared,
    entered,
    happened,
    left,
    on_date,
    overdue,
    raised,
    reached,
    silent,
)
from ._why_not import Reason, WhyNot, why_not

__all__ = [
    "AccountLimit",
    "Act",
    "Action",
    "ActionEffect",
    "Arm",
    "Attempt",
    "Attempts",
    "Block",
    "BoundAction",
    "BoundHook",
    "BoundPlaybook",
    "BoundPolicy",
    "BoundTier",
    "BoundTrigger",
    "CHANNELS",
    "Cadence",
    "Cap",
    "ChannelPreference",
    "ChurnOverlap",
    "Consent",
    "DiscountLimit",
    "Effect",
    "Fact",
    "Goal",
    "HOOK_CONTEXT",
    "HasPlaybooks",
    "HeldColumns",
    "HoldWhile",
    "Holdout",
    "HookCheck",
    "Hooks",
    "NEVER_US",
    "NOT_REACHED",
    "NoSelling",
    "OPEN_STATES",
    "OUTCOME_STATES",
    "OnePerDay",
    "Outcome",
    "OutcomeState",
    "PASSES",
    "PLAY_STATES",
    "PURPOSES",
    "PlayColumns",
    "PlayDiff",
    "PlayEvent",
    "PlayKind",
    "PlayLife",
    "PlayRecord",
    "PlayState",
    "Playbook",
    "PlaybookProgram",
    "Policy",
    "PolicySetup",
    "Purpose",
    "QuietHours",
    "Reason",
    "Reentry",
    "Retry",
    "RunColumns",
    "Simulation",
    "Stop",
    "SurveyFatigue",
    "Tier",
    "Trigger",
    "Verdict",
    "WEEKDAYS",
    "Wait",
    "WhyNot",
    "advance_playbooks",
    "became",
    "begin_playbooks",
    "bucket",
    "churn_overlap",
    "cleared",
    "compile_playbooks",
    "condition_of",
    "contacts_per_customer",
    "decided_columns",
    "dispatch",
    "dispatch_async",
    "dispatching",
    "dispatching_async",
    "effect_of_changes",
    "effect_of_columns",
    "entered",
    "forgotten",
    "happened",
    "held_columns",
    "hidden_facts",
    "left",
    "load_by_role",
    "minute_of",
    "on_date",
    "overdue",
    "pass_playbooks",
    "play_diff",
    "play_life",
    "playbook_facts",
    "plays_by_week",
    "raised",
    "reached",
    "records_of",
    "run_columns",
    "silence_name",
    "silent",
    "simulate",
    "state_after",
    "story_of",
    "watched_conditions",
    "why_not",
]
