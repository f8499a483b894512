"""What hypothesis calls when it is imported: strategies for the library's types."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

_LIGHT: Final = (("model", "Touchpoint"), ("model", "Customer"))
_HEAVY: Final = (("definition", "Definition"), ("log", "TouchpointLog"))


def register_strategies(*, loading: bool = False) -> None:
    """Let `st.from_type` find strategies for touchpoints, customers, definitions, logs and histories.

    The entry point `hypothesis` names it. Importing hypothesis must stay quick for whoever has this library installed:
    so a room that loads numpy is not loaded for it, and its types are known once `lifecycle.testing` is used.

    Args:
        loading: whether rooms may be loaded that are not.
    """
    from hypothesis import strategies as st

    rooms = [(f"lifecycle.{room}", name) for room, name in _HEAVY]
    wanted = [(room, name) for room, name in rooms if loading or room in sys.modules]
    wanted += [(f"lifecycle.{room}", name) for room, name in _LIGHT] + [("lifecycle.testing._history", "History")]
    for room, name in wanted:
        st.register_type_strategy(getattr(import_module(room), name), _of(f"any_{name.lower()}"))


def _of(name: str) -> Any:
    """A strategy by name, looked up when hypothesis needs it."""
    return lambda _: getattr(import_module("lifecycle.testing._any"), name)()
