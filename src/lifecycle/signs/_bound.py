"""What is asked of compiled signs from above: conditions over them, and stages by name."""

from __future__ import annotations

from lifecycle.engine import Program
from lifecycle.errors import DefinitionError
from lifecycle.rules import BoundCondition

from ._compile import _Compiler
from ._declared import Declared
from ._program import SignProgram
from ._signal import Signal


def bind_over(program: Program, signs: SignProgram | None, text: str) -> BoundCondition:
    """A condition over facts, `stage`, `health` and signals, bound as a segment's is.

    Raises:
        DefinitionError: it is not of the language, or reads something unknown (with the nearest known one).
    """
    compiler = _compiler(program, signs)
    bound = compiler.bind(text, "sign")
    if bound is None or compiler.problems:
        raise DefinitionError(compiler.problems)
    return bound


def stages_named(program: Program, names: tuple[str, ...] | None) -> tuple[bool, ...]:
    """Per stage whether it is one of some stages, compounds or roles; None: the roles active and returning.

    Raises:
        DefinitionError: a name is none (with the nearest known one).
    """
    compiler = _compiler(program, None)
    found = compiler.watched(names, "stages")
    if compiler.problems:
        raise DefinitionError(compiler.problems)
    return found


def _compiler(program: Program, signs: SignProgram | None) -> _Compiler:
    if signs is None:
        return _Compiler(Declared(), program)
    watched = (signs.watches[place].of for place in signs.signals.values())
    signals = tuple(signal for signal in watched if isinstance(signal, Signal))
    return _Compiler(Declared(signals, health=None if signs.scoring is None else signs.scoring.health), program)
