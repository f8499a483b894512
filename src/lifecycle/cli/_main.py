"""The commands and how they end."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from lifecycle.errors import BadRows, InvalidArgument, LifecycleError

from ._arguments import parser
from ._outcome import outcome
from ._reading import definition_of, read
from ._report import report
from ._signs import signs
from ._signs_report import signs_report
from ._text import plain

_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0, or 2 for bad input, said in one line on standard error.

    Args:
        arguments: the words after the program's name; None takes them from `sys.argv`.

    Raises:
        SystemExit: the arguments are wrong (status 2), or help was asked for (status 0).
    """
    asked = parser().parse_args(arguments)
    commands = {"replay": _replay, "signs": _signs, "picture": _picture}
    try:
        text = commands[asked.command](asked)
    except (LifecycleError, OSError) as error:
        print(f"python -m lifecycle: error: {_one_line(error)}", file=sys.stderr)
        return _BAD_INPUT
    _print(text)
    return 0


def _replay(asked: argparse.Namespace) -> str:
    found = outcome(read(asked), asked.story)
    return json.dumps(found, indent=2, allow_nan=False) + "\n" if asked.json else report(found)


def _signs(asked: argparse.Namespace) -> str:
    found = signs(read(asked), asked.story, asked.top, asked.language)
    return json.dumps(found, indent=2, allow_nan=False) + "\n" if asked.json else signs_report(found)


def _picture(asked: argparse.Namespace) -> str:
    definition = definition_of(asked.preset)
    if asked.blueprint is None:
        return definition.mermaid()
    for blueprint in definition.blueprints:
        if blueprint.name == asked.blueprint:
            return blueprint.mermaid(asked.language)
    names = ", ".join(blueprint.name for blueprint in definition.blueprints)
    raise InvalidArgument(f"there is no blueprint {asked.blueprint!r} in {definition.name}; blueprints: {names}")


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
