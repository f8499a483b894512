"""The commands and how they end."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from lifecycle import presets
from lifecycle.definition import Definition, replay
from lifecycle.errors import BadRows, LifecycleError
from lifecycle.log import TouchpointLog
from lifecycle.model import normalise_kind

from ._arguments import parser
from ._outcome import outcome
from ._report import report
from ._text import plain

_BAD_INPUT = 2
_CURRENCY_COLUMNS = ("currency", "currency_code")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0, or 2 for bad input, said in one line on standard error.

    Args:
        arguments: the words after the program's name; None takes them from `sys.argv`.

    Raises:
        SystemExit: the arguments are wrong (status 2), or help was asked for (status 0).
    """
    asked = parser().parse_args(arguments)
    try:
        text = _replay(asked) if asked.command == "replay" else definition_of(asked.preset).mermaid()
    except (LifecycleError, OSError) as error:
        print(f"python -m lifecycle: error: {_one_line(error)}", file=sys.stderr)
        return _BAD_INPUT
    _print(text)
    return 0


def definition_of(preset: str, currency: str | None = None, zone: str = "UTC") -> Definition:
    """The stock lifecycle of a name, one of `PRESETS`."""
    match preset:
        case "commerce":
            return presets.commerce(currency=currency, zone=zone)
        case "saas":
            return presets.saas(currency=currency, zone=zone)
        case _:
            return presets.service(currency=currency, zone=zone)


def _replay(asked: argparse.Namespace) -> str:
    definition = definition_of(asked.preset, asked.currency, asked.zone)
    log = _read(asked)
    story = replay(definition, log, until=asked.until, progress=sys.stderr.isatty())
    found = outcome(definition, log, story, asked.story)
    return json.dumps(found, indent=2, allow_nan=False) + "\n" if asked.json else report(found)


def _read(asked: argparse.Namespace) -> TouchpointLog:
    """The log; what the rows themselves say of their currency counts more than the argument."""
    log = _read_in(asked, asked.currency)
    own = [name for name in log.attributes if normalise_kind(name) in _CURRENCY_COLUMNS]
    if asked.currency is not None and own:
        log = _read_in(asked, own[0])
    return log.in_currency(asked.currency) if asked.currency and asked.on_error == "quarantine" else log


def _read_in(asked: argparse.Namespace, currency: str | None) -> TouchpointLog:
    return TouchpointLog.read(
        asked.events,
        customer=asked.customer,
        at=asked.at,
        kind=asked.kind,
        amount=asked.amount,
        currency=currency,
        zone=asked.zone,
        date_format=asked.date_format,
        on_error=asked.on_error,
    )


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
