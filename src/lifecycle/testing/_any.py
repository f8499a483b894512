"""Strategies for the library's types of whatever definition: what `st.from_type` gives."""

from __future__ import annotations

from hypothesis import strategies as st

from lifecycle.definition import Definition
from lifecycle.log import TouchpointLog
from lifecycle.model import Customer, Touchpoint

from ._definitions import definitions
from ._history import History
from ._strategies import customers, histories, logs, touchpoints


def any_touchpoint() -> st.SearchStrategy[Touchpoint]:
    """Touchpoints of usual kinds."""
    return touchpoints()


def any_definition() -> st.SearchStrategy[Definition]:
    """Small definitions."""
    return definitions()


def any_customer() -> st.SearchStrategy[Customer]:
    """Customers of small definitions."""
    return definitions().flatmap(customers)


def any_touchpointlog() -> st.SearchStrategy[TouchpointLog]:
    """Logs of small definitions."""
    return definitions().flatmap(logs)


def any_history() -> st.SearchStrategy[History]:
    """Histories of small definitions."""
    return definitions().flatmap(histories)
