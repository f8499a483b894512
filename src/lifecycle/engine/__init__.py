"""The stage fold: live, columnar, explained."""

from ._live import advance, begin, pass_days, pass_time, reader_of, reader_on, refuse_foreign
from ._moments import Moment, instant
from ._past import Past, pasts
from ._periods import By
from ._program import BOOKKEEPING, RESERVED_KINDS, Program, check_dates, timer_facts
from ._record import Record
from ._replay import replay_log
from ._step import Step
from ._story import Story
from ._table import Table
from ._telling import CustomerStory

__all__ = [
    "BOOKKEEPING",
    "By",
    "CustomerStory",
    "Moment",
    "Past",
    "Program",
    "RESERVED_KINDS",
    "Record",
    "Step",
    "Story",
    "Table",
    "advance",
    "begin",
    "check_dates",
    "instant",
    "pass_days",
    "pass_time",
    "pasts",
    "reader_of",
    "reader_on",
    "refuse_foreign",
    "replay_log",
    "timer_facts",
]
