"""What a revision can have changed: the facts, signs and stages that may differ between two definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from lifecycle.chart import DateOf
from lifecycle.rules import Difference, InStage, Ratio, parse

from ._definition import Definition

_STRUCTURE = ("stages", "inside", "initial", "timers", "routes")


@attrs.frozen
class Affected:
    """The names that may read otherwise; what is not among them has the same values in both versions."""

    names: frozenset[str]
    """Facts, and where they differ `stage`, `health` and `signal_<name>`."""
    segments: frozenset[str]
    """Segments whose members may differ."""

    @property
    def has_stages(self) -> bool:
        """Whether customers may move otherwise."""
        return "stage" in self.names

    @property
    def signals(self) -> frozenset[str]:
        """Signals whose episodes may differ."""
        return frozenset(name.removeprefix("signal_") for name in self.names if name.startswith("signal_"))


def affected(before: Definition, after: Definition) -> Affected:
    """What may differ between two definitions over one log; more than does, never less."""
    return _Revision(before, after).affected()


class _Revision:
    """Two definitions; what is found to differ is collected in `names`."""

    def __init__(self, before: Definition, after: Definition) -> None:
        self.both = before, after
        self.forms: tuple[Mapping[str, Any], Mapping[str, Any]] = before.to_dict(), after.to_dict()
        self.names: set[str] = set()
        self.is_everything = self.differs("zone") or self.differs("currency")
        self.is_life = self.differs("passive") or self.differs("events")

    def differs(self, section: str) -> bool:
        """Whether a section of the canonical forms differs."""
        first, second = self.forms
        return bool(first.get(section) != second.get(section))

    def affected(self) -> Affected:
        """Facts first, then what reads them: stages, health, signals, segments."""
        facts = [name for form in self.forms for name in form["facts"]]
        self.names |= {name for name in facts if self.is_fact(name)}
        self.spread()
        if self.is_stage():
            self.names.add("stage")
            self.names |= {name for one in self.both for name, fact in one.facts.items() if isinstance(fact, InStage)}
            self.spread()
        if self.is_health():
            self.names.add("health")
        signals = {signal.name for one in self.both for signal in one.signals}
        while found := {name for name in signals if f"signal_{name}" not in self.names and self.is_signal(name)}:
            self.names |= {f"signal_{name}" for name in found}
        segments = {segment.name for one in self.both for segment in one.segments}
        return Affected(frozenset(self.names), frozenset(name for name in segments if self.is_segment(name)))

    def is_fact(self, name: str) -> bool:
        """Whether a fact reads otherwise, leaving aside the stage and other facts."""
        first, second = (form["facts"].get(name) for form in self.forms)
        if first != second or self.is_everything:
            return True
        before, after = (one.program.facts for one in self.both)
        if name in before.folded:
            kinds = before.folded[name].kinds
            return self.is_life if kinds is None else kinds != after.folded[name].kinds or any(map(self.is_kind, kinds))
        fact = before.staged.get(name)
        if fact is None or fact.count is None:
            return False
        keys = {one.program.context.key(fact.count) for one in self.both}
        return len(keys) > 1 or any(map(self.is_kind, keys))

    def is_kind(self, key: str) -> bool:
        """Whether other touchpoints may count as an event or a kind."""
        mapped = [one.program.context.keys for one in self.both]
        found = {
            (keys.get(key, key) == key, frozenset(kind for kind, event in keys.items() if event == key))
            for keys in mapped
        }
        return len(found) > 1

    def spread(self) -> None:
        """Facts about facts that differ may differ too."""
        derived = [
            (name, fact)
            for one in self.both
            for name, fact in one.facts.items()
            if isinstance(fact, (Ratio, Difference))
        ]
        while found := {name for name, fact in derived if name not in self.names and {fact.of, fact.to} & self.names}:
            self.names |= found

    def is_stage(self) -> bool:
        """Whether customers may move otherwise."""
        if self.is_everything or self.differs("events") or any(map(self.differs, _STRUCTURE)):
            return True
        if self.differs("passive") and self.both[0].timers:
            return True
        routes = (route for routes in self.both[0].program.chart.routes.values() for route in routes)
        read = {name for route in routes if route.condition is not None for name in route.condition.types}
        read |= {timer.since.fact for timer in self.both[0].timers if isinstance(timer.since, DateOf)}
        return bool(read & self.names)

    def is_health(self) -> bool:
        """Whether scores may differ."""
        if self.differs("health") or (self.both[0].health is not None and "stage" in self.names):
            return True
        health = self.both[0].health
        if health is None:
            return False
        segments = {segment.name: segment.condition for one in self.both for segment in one.segments}
        weighted = [name for name in health.weights if name in segments]
        return bool({measure.fact for measure in health.measures} & self.names) or any(
            self.is_condition("segments", name, ("condition",)) for name in weighted
        )

    def is_signal(self, name: str) -> bool:
        """Whether the episodes of a signal may differ."""
        # Every signal is watched in some stages only.
        return "stage" in self.names or self.is_condition(
            "signals", name, ("condition", "clear", "dwell_days", "stages")
        )

    def is_segment(self, name: str) -> bool:
        """Whether the members of a segment may differ."""
        return self.is_condition("segments", name, ("condition",))

    def is_condition(self, section: str, name: str, fields: tuple[str, ...]) -> bool:
        """Whether a sign was declared otherwise, or reads what differs."""
        declared = [next((one for one in form.get(section, ()) if one["name"] == name), None) for form in self.forms]
        if None in declared or any(declared[0][field] != declared[1][field] for field in fields):  # type: ignore[index]
            return True
        texts = [declared[0][field] for field in fields if field in ("condition", "clear")]  # type: ignore[index]
        return any(set(parse(text).names) & self.names for text in texts if text is not None)
