"""What is asked of compiled signs from above: conditions over them, and stages by name."""

from __future__ import annotations

from lifecycle.engine import Program
from lifecycle.errors import DefinitionError
from lifecycle.rules import BoundCondition

from ._binding import Binding
from ._declared import Declared
from ._program import SignProgram
from ._signal import Signal


def bind_over(program: Program, signs: SignProgram | None, text: str) -> BoundCondition:
    """A condition over facts, `stage`, `health` and signals, bound as a segment's is.

    Raises:
        DefinitionError: it is not of the language, or reads something unknown (with the nearest known one).
    """
    binding = _binding(program, signs)
    bound = binding.bind(text, "sign")
    if bound is None or binding.problems:
        raise DefinitionError(binding.problems)
    return bound


def stages_named(program: Program, names: tuple[str, ...] | None) -> tuple[bool, ...]:
    """Per stage whether it is one of some stages, compounds or roles; None: the roles active and returning.

    Raises:
        DefinitionError: a name is none (with the nearest known one).
    """
    binding = _binding(program, None)
    found = binding.watched(names, "stages")
    if binding.problems:
        raise DefinitionError(binding.problems)
    return found


def _binding(program: Program, signs: SignProgram | None) -> Binding:
    if signs is None:
        return Binding(Declared(), program)
    watched = (signs.watches[place].of for place in signs.signals.values())
    signals = tuple(signal for signal in watched if isinstance(signal, Signal))
    return Binding(Declared(signals, health=None if signs.scoring is None else signs.scoring.health), program)
