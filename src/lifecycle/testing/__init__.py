"""The test kit: strategies for hypothesis, laws of playbooks, a recording host, a frozen clock, walks through time."""

import importlib as _importlib
import typing as _typing

if _typing.TYPE_CHECKING:
    from ._asked import sampled_histories
    from ._clock import FrozenClock
    from ._definitions import definitions
    from ._expected import assert_plays
    from ._fixture import walk
    from ._history import History
    from ._host import HookFailed, RecordingHost
    from ._laws import playbook_laws
    from ._strategies import customers, histories, logs, touchpoints
    from ._walk import Walk
    from ._walking import Walked, walk_through

__all__ = [
    "FrozenClock",
    "History",
    "HookFailed",
    "RecordingHost",
    "Walk",
    "Walked",
    "assert_plays",
    "customers",
    "definitions",
    "histories",
    "logs",
    "playbook_laws",
    "sampled_histories",
    "touchpoints",
    "walk",
    "walk_through",
]

# A module is loaded when one of its names is first asked for: hypothesis and pytest only by whoever uses them.
_HOMES = {
    "FrozenClock": "_clock",
    "History": "_history",
    "HookFailed": "_host",
    "RecordingHost": "_host",
    "Walk": "_walk",
    "Walked": "_walking",
    "assert_plays": "_expected",
    "customers": "_strategies",
    "definitions": "_definitions",
    "histories": "_strategies",
    "logs": "_strategies",
    "playbook_laws": "_laws",
    "sampled_histories": "_asked",
    "touchpoints": "_strategies",
    "walk": "_fixture",
    "walk_through": "_walking",
}


def __getattr__(name: str) -> _typing.Any:
    if name in _HOMES:
        value = globals()[name] = getattr(_importlib.import_module(f"lifecycle.testing.{_HOMES[name]}"), name)
        return value
    raise AttributeError(f"module 'lifecycle.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
