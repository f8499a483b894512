"""Loyalty of the retained: attitude against behaviour."""

from __future__ import annotations

from typing import Final

import attrs

from ._texts import is_text, stages

LOYALTIES: Final = ("loyal", "satisfied", "captive", "unheard")
"""Likes it and acts so; likes it; stays without liking it; nobody knows."""


@attrs.frozen
class Loyalty:
    """Why the retained stay: who is loyal, who is satisfied, who is only captive, and who was never heard.

    'Unheard' is who has no attitude on record: every fact that `content` reads is missing. Nobody's attitude is
    guessed from behaviour.
    """

    content: str = attrs.field(validator=is_text)
    """The attitude: a condition over what customers said (NPS, CSAT, voice)."""
    committed: str = attrs.field(validator=is_text)
    """The behaviour of somebody who chooses to stay."""
    stages: tuple[str, ...] | None = attrs.field(default=("active",), kw_only=True, converter=stages)
    """Who counts as retained: stages, compounds or roles."""
