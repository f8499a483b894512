"""Stages of a lifecycle and the roles by which KPIs know them."""

from __future__ import annotations

import re
from typing import Final

import attrs

from lifecycle.errors import InvalidArgument

from ._refusal import Refusal, shown
from ._text import checked_name

ROLES: Final = ("prospect", "active", "lost", "returning")
"""What a stage can mean to a KPI, whatever it is called."""
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")


@attrs.frozen(repr=False)
class Stage:
    """One stage of a lifecycle.

    Args:
        id: lower-case letters, digits and `_`, beginning with a letter.
        label: what a person reads, in English.
        label_ja: the same in Japanese.
        role: one of `ROLES`.

    Raises:
        InvalidArgument: an id, label or role that is not of that form.
    """

    id: str
    """The name by which definitions know the stage."""
    label: str
    """The English name."""
    label_ja: str
    """The Japanese name."""
    role: str
    """One of `ROLES`."""

    def __attrs_post_init__(self) -> None:
        try:
            checked_name(self.id, "id")
            checked_name(self.label, "label")
            checked_name(self.label_ja, "label_ja")
            checked_name(self.role, "role")
        except Refusal as refusal:
            raise InvalidArgument(f"stage {shown(self.id)}: {refusal.message}") from None
        if not _ID.fullmatch(self.id):
            raise InvalidArgument(
                f"stage {shown(self.id)}: the id must be lower-case ASCII letters, digits and '_', "
                "beginning with a letter"
            )
        if self.role not in ROLES:
            raise InvalidArgument(f"stage {shown(self.id)}: no role {shown(self.role)}; give one of {', '.join(ROLES)}")

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"Stage({self.id!r})"
