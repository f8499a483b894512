"""Signals: named conditions that are raised and cleared."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import attrs

from lifecycle.errors import DefinitionError

from ._texts import days_of, is_name, is_text, stages

Severity: TypeAlias = Literal["info", "watch", "warning", "critical"]
"""How much a signal weighs."""
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "watch", "warning", "critical")
"""From the lightest to the heaviest."""


def _severity(instance: Signal, field: attrs.Attribute[Severity], value: Severity) -> None:
    if value not in SEVERITIES:
        raise DefinitionError(f"Signal {instance.name!r}: severity={value!r} is none of {', '.join(SEVERITIES)}")


@attrs.frozen
class Signal:
    """A named condition with topic and severity: raised once when it comes true, cleared once when it no longer is.

    It is raised and cleared at exact moments: touchpoints, and midnights of the definition's zone. A missing fact
    neither raises nor clears it (S17).

    Raises:
        DefinitionError: a name, severity, dwell or text that is none.
    """

    name: str = attrs.field(validator=is_name)
    """What it is called; conditions read it as `signal_<name>`."""
    condition: str = attrs.field(validator=is_text)
    """What raises it: a condition over facts, `stage`, `health` and other signals."""
    topic: str = attrs.field(default="churn", kw_only=True, validator=is_text)
    """What it is about: churn, expansion, loyalty, voice, promise, service …"""
    severity: Severity = attrs.field(default="warning", kw_only=True, validator=_severity)
    """info, watch, warning or critical."""
    clear: str | None = attrs.field(default=None, kw_only=True, validator=attrs.validators.optional(is_text))
    """What clears it, where that is not simply that the condition is false; while both hold it stays raised."""
    dwell_days: int = attrs.field(default=0, kw_only=True, validator=days_of)
    """On so many midnights in a row the condition must hold before it is raised; 0 raises at once."""
    stages: tuple[str, ...] | None = attrs.field(default=None, kw_only=True, converter=stages)
    """Where it is watched: stages, compounds or roles; None is the roles active and returning."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in Japanese."""
