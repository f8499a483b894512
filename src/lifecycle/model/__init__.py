"""Values that everything else speaks of: touchpoints, money, stages, days. No arrays, no engine."""

from __future__ import annotations

from ._amount import minor_units
from ._attributes import Attributes, AttributeValue
from ._calendar import Calendar
from ._customer import Customer
from ._kind import normalise_kind
from ._moment import DAY_US, END_US, EPOCH, FIRST_US, moment_us, utc_of
from ._money import Money, exponent
from ._move import Cause, Figure, Move, Stay, moment
from ._play import DroppedPlay, HeldPlay, Play, RunChange, RunEvent, Shown
from ._sign import MilestoneChange, SignalChange, SignCause
from ._stage import ROLES, Stage
from ._text import SENTINEL_IDS, customer_id
from ._touchpoint import Touchpoint
from ._window import Window

__all__ = [
    "AttributeValue",
    "Attributes",
    "Calendar",
    "Cause",
    "Customer",
    "DAY_US",
    "DroppedPlay",
    "END_US",
    "EPOCH",
    "FIRST_US",
    "Figure",
    "HeldPlay",
    "MilestoneChange",
    "Money",
    "Move",
    "Play",
    "ROLES",
    "RunChange",
    "RunEvent",
    "SENTINEL_IDS",
    "Shown",
    "SignCause",
    "SignalChange",
    "Stage",
    "Stay",
    "Touchpoint",
    "Window",
    "customer_id",
    "exponent",
    "minor_units",
    "moment",
    "moment_us",
    "normalise_kind",
    "utc_of",
]
