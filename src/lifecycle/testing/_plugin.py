"""What hypothesis calls when it is imported: strategies for the library's types."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def register_strategies() -> None:
    """Let `st.from_type` find strategies for touchpoints, histories, customers, logs and definitions.

    The entry point `hypothesis` names it. The types are imported here; the strategies, and with them the rest of the
    library, only when one is asked for.
    """
    from hypothesis import strategies as st

    from lifecycle.model import Customer, Touchpoint

    def resolved(name: str) -> Any:
        return lambda _: getattr(import_module("lifecycle.testing._any"), name)()

    st.register_type_strategy(Touchpoint, resolved("any_touchpoint"))
    st.register_type_strategy(Customer, resolved("any_customer"))
    for room, type_name in (("definition", "Definition"), ("log", "TouchpointLog"), ("testing", "History")):
        st.register_type_strategy(
            getattr(import_module(f"lifecycle.{room}"), type_name), resolved(f"any_{type_name.lower()}")
        )
