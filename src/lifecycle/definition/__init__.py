"""Definition: advance, pass_time, replay, check: puts the rooms below together."""

from ._definition import Definition
from ._json import customer_from_json, customer_to_json
from ._replay import replay
from ._review import Finding

__all__ = ["Definition", "Finding", "customer_from_json", "customer_to_json", "replay"]
