"""Definition: advance, pass_time, replay, check: puts the rooms below together."""

from ._definition import Definition
from ._json import customer_from_json, customer_to_json
from ._replay import replay
from ._review import Finding
from ._story import Story

__all__ = ["Definition", "Finding", "Story", "customer_from_json", "customer_to_json", "replay"]
