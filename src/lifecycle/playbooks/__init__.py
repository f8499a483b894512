"""Playbooks: what to do when, for whom, and what holds it back."""

from ._compile import compile_playbooks, condition_of, hidden_facts, playbook_facts, silence_name, watched_conditions
from ._dispatch import dispatch, dispatching
from ._dispatch_async import dispatch_async, dispatching_async
from ._holdout import Holdout, bucket
from ._hooks import BoundHook, HasPlaybooks, HookCheck, Hooks
from ._interrupted import records_of
from ._life import OPEN_STATES, PLAY_STATES, PlayEvent, PlayLife, PlayState, play_life, state_after
from ._live import advance_playbooks, begin_playbooks, pass_playbooks
from ._outcome import OUTCOME_STATES, Outcome, OutcomeState, Retry
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
from ._program import BoundAction, BoundPlaybook, PlaybookProgram
from ._record import PlayRecord
from ._signature import HOOK_CONTEXT
from ._steps import Action, Fact, Stop, Wait
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
    "Action",
    "Attempt",
    "Attempts",
    "Block",
    "BoundAction",
    "BoundHook",
    "BoundPlaybook",
    "BoundPolicy",
    "Fact",
    "Goal",
    "HOOK_CONTEXT",
    "HasPlaybooks",
    "Holdout",
    "HookCheck",
    "Hooks",
    "NEVER_US",
    "OPEN_STATES",
    "OUTCOME_STATES",
    "Outcome",
    "OutcomeState",
    "PASSES",
    "PLAY_STATES",
    "PURPOSES",
    "PlayEvent",
    "PlayLife",
    "PlayRecord",
    "PlayState",
    "Playbook",
    "PlaybookProgram",
    "Policy",
    "PolicySetup",
    "Purpose",
    "Reason",
    "Reentry",
    "Retry",
    "Stop",
    "Tier",
    "Trigger",
    "Wait",
    "WhyNot",
    "advance_playbooks",
    "became",
    "begin_playbooks",
    "bucket",
    "cleared",
    "compile_playbooks",
    "condition_of",
    "dispatch",
    "dispatch_async",
    "dispatching",
    "dispatching_async",
    "entered",
    "happened",
    "hidden_facts",
    "left",
    "on_date",
    "overdue",
    "pass_playbooks",
    "play_life",
    "playbook_facts",
    "raised",
    "reached",
    "records_of",
    "silence_name",
    "silent",
    "state_after",
    "watched_conditions",
    "why_not",
]
