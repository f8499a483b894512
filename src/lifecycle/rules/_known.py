"""What is known of facts besides what a condition asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from ._ageing import Growing
from ._derived import Ratio
from ._facts import FactSet

Limits: TypeAlias = tuple[float | None, float | None]
"""Least and greatest value, in stored units; None: no such."""
_FROM_ZERO: Final[Limits] = (0, None)
_SCORE: Final[Limits] = (0, 100)


def _frozen(limits: Mapping[str, Limits]) -> Mapping[str, Limits]:
    return MappingProxyType(dict(limits))


@attrs.frozen
class Known:
    """Limits of facts, and the stages that there are."""

    limits: Mapping[str, Limits] = attrs.field(factory=dict, converter=_frozen)
    """Per fact its least and greatest value; facts not named can have any."""
    stages: tuple[str, ...] = ()
    """All that `stage` can be; none: any text."""

    @classmethod
    def of(cls, facts: FactSet, stages: tuple[str, ...] = ()) -> Known:
        """What the facts of a definition say of themselves: counts, ages and shares of them are never below 0."""
        found: dict[str, Limits] = {"health": _SCORE, **dict.fromkeys(facts.staged, _FROM_ZERO)}
        for name, fact in facts.folded.items():
            is_age = isinstance(fact.ageing, Growing) and fact.type.unit == "days"
            if fact.is_count or is_age:
                found[name] = _FROM_ZERO
        for name, formula in facts.derived.items():
            if isinstance(formula, Ratio) and formula.of in found and formula.to in found:
                found[name] = _FROM_ZERO
        return cls(found, stages)


NOTHING_KNOWN: Final = Known()
"""Any fact can have any value of its type."""
