"""The commands and how they end."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from typing import Any, Final

from lifecycle.errors import BadRows, InvalidArgument, LifecycleError

from ._arguments import parser
from ._check import check_report, findings
from ._kpis import kpis
from ._kpis_report import kpis_report
from ._outcome import outcome
from ._plan import plan
from ._plan_report import plan_report
from ._reading import definition_of, log_of, read
from ._report import report
from ._signs import signs
from ._signs_report import signs_report
from ._text import plain
from ._value import value
from ._value_report import value_report

_HAS_ERRORS = 1
_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0, 1 where `check` finds an error, or 2 for bad input, said in one line.

    Args:
        arguments: the words after the program's name; None takes them from `sys.argv`.

    Raises:
        SystemExit: the arguments are wrong (status 2), or help was asked for (status 0).
    """
    asked = parser().parse_args(arguments)
    try:
        text, status = _COMMANDS[asked.command](asked)
    except (LifecycleError, OSError) as error:
        print(f"python -m lifecycle: error: {_one_line(error)}", file=sys.stderr)
        return _BAD_INPUT
    _print(text)
    return status


def _replay(asked: argparse.Namespace) -> tuple[str, int]:
    return _told(asked, outcome(read(asked), asked.story), report), 0


def _signs(asked: argparse.Namespace) -> tuple[str, int]:
    return _told(asked, signs(read(asked), asked.story, asked.top, asked.language), signs_report), 0


def _plan(asked: argparse.Namespace) -> tuple[str, int]:
    return _told(asked, plan(read(asked), asked.days, asked.top, asked.language), plan_report), 0


def _kpis(asked: argparse.Namespace) -> tuple[str, int]:
    return _told(asked, kpis(read(asked), asked), kpis_report), 0


def _value(asked: argparse.Namespace) -> tuple[str, int]:
    return _told(asked, value(log_of(asked), asked), value_report), 0


def _check(asked: argparse.Namespace) -> tuple[str, int]:
    found = findings(asked.definition)
    return _told(asked, found, check_report), _HAS_ERRORS if found["errors"] else 0


def _told(asked: argparse.Namespace, found: dict[str, Any], tell: Callable[[dict[str, Any]], str]) -> str:
    return json.dumps(found, indent=2, allow_nan=False) + "\n" if asked.json else tell(found)


def _picture(asked: argparse.Namespace) -> tuple[str, int]:
    definition = definition_of(asked.preset)
    if asked.blueprint is None:
        return definition.mermaid(), 0
    for blueprint in definition.blueprints:
        if blueprint.name == asked.blueprint:
            return blueprint.mermaid(asked.language), 0
    names = ", ".join(blueprint.name for blueprint in definition.blueprints)
    raise InvalidArgument(f"there is no blueprint {asked.blueprint!r} in {definition.name}; blueprints: {names}")


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], tuple[str, int]]]] = {
    "replay": _replay,
    "signs": _signs,
    "plan": _plan,
    "kpis": _kpis,
    "value": _value,
    "check": _check,
    "picture": _picture,
}


def _one_line(error: Exception) -> str:
    if isinstance(error, BadRows):
        shown = "; ".join(f"row {row}: {why}" for row, why in zip(error.rows[:5], error.reasons, strict=False))
        more = "; …" if len(error.rows) > 5 else ""
        return plain(
            f"{len(error.rows)} of {error.total} rows cannot be used: {shown}{more}; "
            "mend them, or set them aside with --on-error quarantine"
        )
    return plain(" ".join(line.strip() for line in str(error).splitlines()))


def _print(text: str) -> None:
    """Print, on terminals that lack a sign too; a reader that went away is no error."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        # What is still buffered goes nowhere, or Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
