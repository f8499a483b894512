"""What hypothesis learns about the library's types."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecycle.testing
from lifecycle import Customer, Definition, Touchpoint, TouchpointLog
from lifecycle.testing import History
from lifecycle.testing._plugin import register_strategies

TYPES = (Touchpoint, Customer, History, Definition, TouchpointLog)
register_strategies(loading=True)


@pytest.mark.parametrize("wanted", TYPES, ids=lambda wanted: wanted.__name__)
def test_types_have_strategies(wanted: type) -> None:
    """`st.from_type` gives valid values of every type."""

    @settings(max_examples=8)
    @given(st.from_type(wanted))
    def holds(value: object) -> None:
        assert isinstance(value, wanted)

    holds()


def done(statement: str) -> subprocess.CompletedProcess[str]:
    """A statement in a fresh interpreter."""
    command = [sys.executable, "-W", "error", "-c", statement]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_entry_point_is_there() -> None:
    """The installed library tells hypothesis whom to call."""
    found = {one.value for one in entry_points(group="hypothesis")}
    assert "lifecycle.testing._plugin:register_strategies" in found


def test_importing_hypothesis_loads_no_numpy() -> None:
    """Whoever has the library installed pays little for it."""
    found = done("import hypothesis, sys; sys.exit('numpy' in sys.modules or 'statemachine' in sys.modules)")
    assert found.returncode == 0, found.stderr


def test_the_entry_point_is_enough() -> None:
    """Nothing but the library's type is imported, and hypothesis knows it."""
    found = done(
        "from hypothesis import find, strategies as st\n"
        "from lifecycle import Touchpoint\n"
        "assert find(st.from_type(Touchpoint), lambda one: one.kind == 'nps').kind == 'nps'"
    )
    assert found.returncode == 0, found.stderr


def test_using_the_kit_loads_hypothesis_only_where_it_is_needed() -> None:
    """Walks, hosts, clocks and laws work without hypothesis."""
    found = done(
        "import sys\n"
        "from lifecycle.testing import FrozenClock, RecordingHost, Walk, playbook_laws, sampled_histories\n"
        "sys.exit('hypothesis' in sys.modules or 'pytest' in sys.modules)"
    )
    assert found.returncode == 0, found.stderr


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The room offers what it lists."""
    with pytest.raises(AttributeError, match="no attribute 'Histories'"):
        lifecycle.testing.Histories  # noqa: B018
    assert set(lifecycle.testing.__all__) <= set(dir(lifecycle.testing))
