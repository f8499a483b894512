"""From the arguments to a definition, a log and its story."""

from __future__ import annotations

import argparse
import sys
from typing import Final

import attrs

from lifecycle import presets
from lifecycle.definition import Definition, Story, replay
from lifecycle.log import TouchpointLog
from lifecycle.model import normalise_kind

_CURRENCY_COLUMNS: Final = ("currency", "currency_code")


@attrs.frozen(eq=False)
class Read:
    """What was asked about."""

    definition: Definition
    """The lifecycle."""
    log: TouchpointLog
    """The log as it was read."""
    story: Story
    """What the lifecycle made of it."""


def read(asked: argparse.Namespace) -> Read:
    """The log of the arguments, replayed.

    Raises:
        LifecycleError: what cannot be read, or cannot be replayed.
    """
    definition = definition_of(asked.preset, asked.currency, asked.zone)
    log = log_of(asked)
    return Read(definition, log, replay(definition, log, until=asked.until, progress=sys.stderr.isatty()))


def definition_of(preset: str, currency: str | None = None, zone: str = "UTC") -> Definition:
    """The stock lifecycle of a name, one of `PRESETS`."""
    match preset:
        case "commerce":
            return presets.commerce(currency=currency, zone=zone)
        case "saas":
            return presets.saas(currency=currency, zone=zone)
        case _:
            return presets.service(currency=currency, zone=zone)


def log_of(asked: argparse.Namespace) -> TouchpointLog:
    """The log; what the rows themselves say of their currency counts more than the argument.

    Raises:
        LifecycleError: what cannot be read.
    """
    log = _log_in(asked, asked.currency)
    own = [name for name in log.attributes if normalise_kind(name) in _CURRENCY_COLUMNS]
    if asked.currency is not None and own:
        log = _log_in(asked, own[0])
    return log.in_currency(asked.currency) if asked.currency and asked.on_error == "quarantine" else log


def _log_in(asked: argparse.Namespace, currency: str | None) -> TouchpointLog:
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
