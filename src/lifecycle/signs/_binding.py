"""Conditions and stages of signs, looked up in a definition."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from lifecycle.engine import Program
from lifecycle.errors import ConditionError
from lifecycle.model import ROLES
from lifecycle.rules import BoundCondition, Compare, FactType, bind_condition, parse

from ._declared import HEALTH, SIGNAL, Declared

_WATCHED = ("active", "returning")


class Binding:
    """Looks up what signs name; problems are collected, for whoever raises them together."""

    def __init__(self, declared: Declared, program: Program) -> None:
        self.declared, self.program = declared, program
        self.problems: list[str] = []

    def types(self, *, with_signs: bool = True) -> Mapping[str, FactType]:
        """What conditions of signs may read."""
        types = dict(self.program.facts.types) | {"stage": FactType(kind="text")}
        if with_signs:
            if self.declared.health is not None:
                types[HEALTH] = FactType(is_real=True, may_miss=True)
            types |= {SIGNAL + signal.name: FactType(kind="flag") for signal in self.declared.signals}
        return types

    def bind(self, text: str, place: str, *, with_signs: bool = True) -> BoundCondition | None:
        """A condition, or None with its problem noted."""
        types = self.types(with_signs=with_signs)
        try:
            parsed = parse(text)
            if HEALTH in parsed.names and HEALTH not in types:
                why = "reads 'health', " + ("which its weights decide" if not with_signs else "which is not declared")
                raise ConditionError(f"condition {text!r} {why}")
            bound = bind_condition(parsed, types)
        except ConditionError as error:
            self.problems.append(f"{place}: {error}")
            return None
        for atom in bound.condition.atoms:
            if isinstance(atom, Compare) and atom.left.name == "stage":
                wrong = self.unknown_stage(str(getattr(atom.right, "value", atom.right)))
                self.problems += [] if wrong is None else [f"{place}: {wrong}"]
        return bound

    def unknown_stage(self, name: str) -> str | None:
        known = [stage.id for stage in self.program.chart.stages]
        if name in known:
            return None
        near = get_close_matches(name, known, n=1)
        return f"'stage' is never {name!r}; " + (
            f"did you mean {near[0]!r}?" if near else f"stages: {', '.join(known)}"
        )

    def watched(self, names: tuple[str, ...] | None, place: str) -> tuple[bool, ...]:
        """Whether something is watched, per stage: names are stages, compounds or roles."""
        chart = self.program.chart
        wanted = _WATCHED if names is None else names
        around = [{chart.nodes[node] for node in path} for path in chart.paths]
        for name in wanted if names is not None else ():
            if name not in chart.nodes and name not in ROLES:
                near = get_close_matches(name, [*chart.nodes, *ROLES], n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(chart.nodes)}"
                self.problems.append(f"{place}: {name!r} is no stage, compound or role here; {hint}")
        return tuple(
            any(name in inside or (name == stage.role and name not in chart.nodes) for name in wanted)
            if names is not None
            else stage.role in _WATCHED
            for stage, inside in zip(chart.stages, around, strict=True)
        )
