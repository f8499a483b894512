"""An action of a playbook, looked up in a definition."""

from __future__ import annotations

import attrs

from lifecycle.rules import BoundCondition

from ._playbook import Playbook
from ._steps import Action


@attrs.frozen(eq=False)
class BoundAction:
    """An action of a playbook."""

    number: int
    """Its place among all actions of the definition."""
    playbook: Playbook
    """Whose."""
    step: str
    """Which step: '0', '2.then.0'; 'tier/0' where there are tiers."""
    action: Action
    """What was declared."""
    only_if: BoundCondition | None
    """Asked at every try."""
    minute: int | None
    """The local time of day for it, in minutes."""

    @property
    def purpose(self) -> str:
        """What it is for."""
        return self.action.purpose or self.playbook.purpose

    @property
    def owners(self) -> tuple[str, ...]:
        """The roles that carry it out."""
        return self.action.owners or self.playbook.owners
