"""Segments: named, versioned, dated conditions."""

from __future__ import annotations

from datetime import date

import attrs
from attrs.validators import instance_of, optional

from ._texts import is_name, is_text


@attrs.frozen
class Segment:
    """Who belongs together, by a condition over facts, stage, health and signals.

    A customer is a member at every moment at which the condition holds; missing is two-valued, as in every
    condition (S12).

    Raises:
        DefinitionError: a name or a text that is none.
    """

    name: str = attrs.field(validator=is_name)
    """What it is called."""
    condition: str = attrs.field(validator=is_text)
    """Who belongs to it."""
    version: str = attrs.field(default="1", kw_only=True, validator=is_text)
    """Its version."""
    dated: date | None = attrs.field(default=None, kw_only=True, validator=optional(instance_of(date)))
    """When this version was agreed on."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in Japanese."""
