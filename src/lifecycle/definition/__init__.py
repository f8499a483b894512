"""Definition: advance, pass_time, replay, check, diff, compare: puts the rooms below together."""

from ._affected import Affected
from ._compare import Review, compare
from ._definition import Definition
from ._diff import Change
from ._finding import Finding
from ._json import customer_from_json, customer_to_json
from ._replay import replay
from ._sides import Version
from ._story import Story

__all__ = [
    "Affected",
    "Change",
    "Definition",
    "Finding",
    "Review",
    "Story",
    "Version",
    "compare",
    "customer_from_json",
    "customer_to_json",
    "replay",
]
