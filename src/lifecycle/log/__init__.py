"""Touchpoints as sorted columns: reading frames and files, checking every row."""

from __future__ import annotations

from ._block import Attribute, Block
from ._days import days_of
from ._log import TouchpointLog, read_log
from ._problems import Quarantine

__all__ = ["Attribute", "Block", "Quarantine", "TouchpointLog", "days_of", "read_log"]
