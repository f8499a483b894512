"""Segments: named, versioned, dated conditions."""

from __future__ import annotations

from datetime import date

import attrs
from attrs.validators import instance_of, optional

from ._texts import name_of, text_of


@attrs.frozen
class Segment:
    """Who belongs together, by a condition over facts, stage, health and signals.

    A customer is a member at every moment at which the condition holds; missing is two-valued, as in every
    condition (S12).

    Raises:
        DefinitionError: a name or a text that is none.
    """

    name: str = attrs.field(validator=name_of)
    """What it is called."""
    condition: str = attrs.field(validator=text_of)
    """Who belongs to it."""
    version: str = attrs.field(default="1", kw_only=True, validator=text_of)
    """Its version."""
    dated: date | None = attrs.field(default=None, kw_only=True, validator=optional(instance_of(date)))
    """When this version was agreed on."""
    text: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=text_of)
    """For people, in Japanese."""
