"""Stages with the role by which KPIs know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ._state import State

if TYPE_CHECKING:
    from ._state import Arrivals, Moves


class StageState(State):
    """A python-statemachine state that is a stage of a lifecycle; made by `role`."""

    def __init__(self, role: str, label: str = "", *, ja: str = "", initial: bool = False) -> None:
        super().__init__(name=label, initial=initial)
        self.role = role
        self.label_ja = ja

    if TYPE_CHECKING:

        @property
        def to(self) -> Moves:
            """Transitions from the stage."""
            ...

        @property
        def from_(self) -> Arrivals:
            """Transitions to the stage."""
            ...


class _Roles:
    """One method per role; `label` and `ja` name the stage for people, else its id does."""

    def prospect(self, label: str = "", *, ja: str = "", initial: bool = False) -> StageState:
        """A stage before the first purchase, contract or booking."""
        return StageState("prospect", label, ja=ja, initial=initial)

    def active(self, label: str = "", *, ja: str = "", initial: bool = False) -> StageState:
        """A stage of a customer who is with you."""
        return StageState("active", label, ja=ja, initial=initial)

    def lost(self, label: str = "", *, ja: str = "", initial: bool = False) -> StageState:
        """A stage of a customer who has left; it is never final, for all can be won back."""
        return StageState("lost", label, ja=ja, initial=initial)

    def returning(self, label: str = "", *, ja: str = "", initial: bool = False) -> StageState:
        """A stage of a lost customer who shows life again and is not yet active."""
        return StageState("returning", label, ja=ja, initial=initial)


role: Final = _Roles()
"""The stages that a lifecycle is made of: `role.prospect()`, `.active()`, `.lost()`, `.returning()`."""
