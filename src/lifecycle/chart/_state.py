"""python-statemachine's `State`, with types for what a lifecycle uses of it.

python-statemachine builds compounds and transitions by metaclass and `**kwargs`, which type checkers
cannot see through: they are told here. When running, `State` is python-statemachine's own class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import statemachine

Action: TypeAlias = str | Callable[..., object]
Actions: TypeAlias = Action | Sequence[Action] | None

if TYPE_CHECKING:
    from statemachine.state import NestedStateFactory, _FromState, _ToState
    from statemachine.transition_list import TransitionList

    class Moves(_ToState):
        """What `state.to` gives."""

        def __call__(  # type: ignore[override]  # noqa: PLR0913 - python-statemachine's own arguments
            self,
            *targets: statemachine.State | NestedStateFactory | None,
            event: str | Sequence[str] | None = None,
            cond: Actions = None,
            unless: Actions = None,
            before: Actions = None,
            on: Actions = None,
            after: Actions = None,
            internal: bool = False,
        ) -> TransitionList:
            """Transitions to the targets; None: the stage stays."""
            ...

        def itself(  # type: ignore[override]  # noqa: PLR0913 - python-statemachine's own arguments
            self,
            *,
            event: str | Sequence[str] | None = None,
            cond: Actions = None,
            unless: Actions = None,
            before: Actions = None,
            on: Actions = None,
            after: Actions = None,
            internal: bool = False,
        ) -> TransitionList:
            """A transition to the state itself."""
            ...

    class Arrivals(_FromState):
        """What `state.from_` gives."""

        def __call__(  # type: ignore[override]
            self,
            *sources: statemachine.State | NestedStateFactory,
            event: str | Sequence[str] | None = None,
            cond: Actions = None,
            unless: Actions = None,
            before: Actions = None,
            on: Actions = None,
            after: Actions = None,
        ) -> TransitionList:
            """Transitions from the sources."""
            ...

        def any(  # type: ignore[override]
            self,
            *,
            event: str | Sequence[str] | None = None,
            cond: Actions = None,
            unless: Actions = None,
            before: Actions = None,
            on: Actions = None,
            after: Actions = None,
        ) -> TransitionList:
            """Transitions from every state outside compounds that stands before the event's name."""
            ...

    class CompoundFactory(NestedStateFactory):
        """Makes the body of a compound into a state."""

        @property
        def to(cls) -> Moves:  # type: ignore[override]  # noqa: N805
            """Transitions from the compound, whichever stage inside it the customer is in."""
            ...

        @property
        def from_(cls) -> Arrivals:  # type: ignore[override]  # noqa: N805
            """Transitions to the compound, which enter its initial child."""
            ...

    class State(statemachine.State):
        """A state; `class active(State.Compound)` is a compound of those in its body."""

        class Compound(metaclass=CompoundFactory):  # pyright: ignore[reportIncompatibleVariableOverride]
            """The base of a compound's body."""

else:
    State = statemachine.State
