"""The stage fold: live, columnar, explained."""

from ._asof import stage_at
from ._live import advance, begin, pass_days, pass_time, reader_of, reader_on, refuse_foreign
from ._moments import Moment, instant
from ._past import Past, pasts
from ._periods import By, boundaries, period_days
from ._program import BOOKKEEPING, NEVER_DAY, RESERVED_KINDS, Program, check_dates, timer_facts
from ._record import Record
from ._replay import replay_log
from ._step import Step
from ._story import Story
from ._table import NAT, Table
from ._telling import CustomerStory

__all__ = [
    "BOOKKEEPING",
    "By",
    "CustomerStory",
    "Moment",
    "NAT",
    "NEVER_DAY",
    "Past",
    "Program",
    "RESERVED_KINDS",
    "Record",
    "Step",
    "Story",
    "Table",
    "advance",
    "begin",
    "boundaries",
    "check_dates",
    "instant",
    "pass_days",
    "pass_time",
    "pasts",
    "period_days",
    "reader_of",
    "reader_on",
    "refuse_foreign",
    "replay_log",
    "stage_at",
    "timer_facts",
]
