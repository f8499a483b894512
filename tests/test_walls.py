"""The walls of the house as a user meets them: what an import loads and what each room offers."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import lifecycle
from lifecycle.kpi import Kpi

pytestmark = pytest.mark.smoke

HEAVY = (
    "cattrs",
    "duckdb",
    "hypothesis",
    "matplotlib",
    "nanoarrow",
    "narwhals",
    "pandas",
    "polars",
    "pyarrow",
    "pyspark",
    "scipy",
    "sqlalchemy",
    "tqdm",
)
OFFERED = sorted(
    f"lifecycle.{found.name}"
    for found in pkgutil.iter_modules(lifecycle.__path__)
    if not found.name.startswith("_") and found.name != "cli"
)
ROOMS = ["lifecycle", *OFFERED]


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after a statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def names_of(room: types.ModuleType) -> tuple[str, ...]:
    """What a room says that it offers; nothing when it is silent."""
    return tuple(getattr(room, "__all__", ()))


def is_own(name: str, value: object, room: types.ModuleType) -> bool:
    """Whether a name in a room's namespace was made in that room, for its users."""
    if name.startswith("_") or isinstance(value, types.ModuleType):
        return False
    home = getattr(value, "__module__", None)
    return home is not None and (home == room.__name__ or home.startswith(f"{room.__name__}."))


def modules_of(room: types.ModuleType) -> Iterator[types.ModuleType]:
    """A room and the modules in it."""
    yield room
    if room.__name__ != "lifecycle" and hasattr(room, "__path__"):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(found.name)


def documented_constants(room: types.ModuleType) -> set[str]:
    """Names assigned in a room whose next statement is a docstring."""
    found: set[str] = set()
    for module in modules_of(room):
        body = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body
        for assigned, following in pairwise(body):
            if not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)):
                continue
            single = [getattr(assigned, "target", None)]
            targets = assigned.targets if isinstance(assigned, ast.Assign) else single
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found


def undocumented(room: types.ModuleType) -> list[str]:
    """The names that a room offers and says nothing about."""
    rooms = (
        [room] if room is not lifecycle else [importlib.import_module(name) for name in ROOMS if name != "lifecycle"]
    )
    constants = {name for one in rooms for name in documented_constants(one)}
    silent = []
    for name in names_of(room):
        value = getattr(room, name)
        if isinstance(value, types.ModuleType) or inspect.isroutine(value) or hasattr(value, "cache_info"):
            spoken = bool(value.__doc__)
        elif inspect.isclass(value) and typing.get_origin(value) is None:
            spoken = bool(vars(value).get("__doc__"))
        elif isinstance(value, Kpi):
            spoken = bool(value.definition)
        else:
            spoken = name in constants
        if not spoken:
            silent.append(name)
    return silent


def test_importing_the_library_loads_nothing_heavy() -> None:
    """`import lifecycle` loads no data frame, SQL, plotting, science or testing library."""
    assert loaded_by("import lifecycle") & set(HEAVY) == set()
    assert loaded_by("import lifecycle as l; [getattr(l, name) for name in l.__all__]") & set(HEAVY) == set()
    assert loaded_by("import lifecycle.kpi, lifecycle.value, lifecycle.behaviour") & set(HEAVY) == set()


def test_the_probe_of_loaded_modules_sees_them() -> None:
    """The probe itself reports a library that was loaded: a wall that cannot be broken proves nothing."""
    assert "hypothesis" in loaded_by("import hypothesis")


@pytest.mark.parametrize("name", ROOMS)
def test_importing_a_room_loads_nothing_heavy(name: str) -> None:
    """Each room can be imported alone, and loads nothing heavy either."""
    assert loaded_by(f"import {name}") & set(HEAVY) == set()


@pytest.mark.parametrize("name", ROOMS)
def test_what_a_room_offers_is_sorted_and_there(name: str) -> None:
    """`__all__` is sorted, names nothing twice and nothing that is missing."""
    room = importlib.import_module(name)
    names = names_of(room)
    assert list(names) == sorted(set(names))
    assert [wanted for wanted in names if not hasattr(room, wanted)] == []


@pytest.mark.parametrize("name", OFFERED)
def test_what_a_room_offers_is_complete(name: str) -> None:
    """Every public name of a room that was made in it is in its `__all__`."""
    room = importlib.import_module(name)
    made = {key for key, value in vars(room).items() if is_own(key, value, room)}
    assert sorted(made - set(names_of(room))) == []


def test_the_facade_finds_what_it_lists_and_makes_nothing() -> None:
    """Every name of `lifecycle` comes from a room below; a name that none offers is an AttributeError."""
    offered = {name: getattr(lifecycle, name) for name in names_of(lifecycle)}
    assert [name for name, value in offered.items() if getattr(value, "__module__", "") == "lifecycle"] == []
    assert set(offered) <= set(dir(lifecycle))
    with pytest.raises(AttributeError, match="no attribute 'Journal'"):
        lifecycle.Journal  # noqa: B018


def test_a_touchpoint_can_be_made_without_numpy() -> None:
    """A room is loaded when one of its names is first asked for."""
    assert loaded_by("from lifecycle import Touchpoint") & {"numpy", "statemachine"} == set()


@pytest.mark.parametrize("name", ROOMS)
def test_what_a_room_offers_is_documented(name: str) -> None:
    """Every class, function and constant that a room offers says what it is."""
    room = importlib.import_module(name)
    assert room.__doc__ or not names_of(room), f"{name} has no docstring"
    assert undocumented(room) == []


def test_a_silent_name_is_found() -> None:
    """The documentation check sees a class that only inherits its docstring."""
    room = types.ModuleType("room_of_a_test")
    room.__file__ = __file__
    silent = type("Silent", (ValueError,), {})
    vars(room).update(Silent=silent, __all__=["Silent"])
    assert undocumented(room) == ["Silent"]
