"""Scripts that were tried and found to lead where they should: to stages, to signals, into playbooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Final

import attrs

from lifecycle.definition import Definition
from lifecycle.engine import Step, advance, begin, pass_time
from lifecycle.model import Touchpoint, utc_of
from lifecycle.signs import advance_signs, begin_signs, pass_signs

from ._aims import aims_of
from ._beats import HOUR_US, Script, Stage, beat_of, short
from ._routes import Aim, Extender
from ._vocabulary import vocabulary
from ._wanted import Solver

_FIRST_DAY: Final = 19_737
"""Monday, 15 January 2024: where scripts are tried."""
_ENOUGH: Final = 6
_TRIES: Final = 60
_ROUNDS: Final = 6


class Guide:
    """Knows ways to every stage, signal and playbook of a definition that can be found."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.bare = attrs.evolve(definition, playbooks=(), policies=()) if definition.playbooks else definition
        self.words, self.solver = vocabulary(definition), Solver.of(definition)
        self.extender = Extender(definition, self.solver, self.words)
        self.calendar = definition.program.calendar
        self.chart = definition.program.chart
        self.to_stage: dict[str, list[Script]] = {stage.id: [] for stage in self.chart.stages}
        self.to_signal: dict[str, list[Script]] = {signal.name: [] for signal in definition.signals}
        self.to_playbook: dict[str, list[Script]] = {playbook.name: [] for playbook in definition.playbooks}
        self._asked: set[tuple[str, str]] = set()
        self._explore(Random(1))

    # Stages.

    def _explore(self, draw: Random) -> None:
        """Begins customers and takes every route that can be taken, several times."""
        stage = self.chart.stages[self.chart.initial].id
        for kind in [kind for kind in ("welcomed", *self.words.kinds[:2]) if kind in self.words.names]:
            self._try_stage(Script((beat_of(self.words, draw, 0, kind),), 0, stage))
        for _ in range(_ROUNDS):
            for (leaf, _event), routes in self.chart.routes.items():
                scripts = self.to_stage[self.chart.stages[leaf].id]
                for route in routes:
                    target = self.chart.stages[route.target].id
                    if route.is_touch or not scripts or len(self.to_stage[target]) >= 3 * _ENOUGH:
                        continue
                    found = self.extender.extended(short(draw, scripts), Aim(route=route), draw)
                    if found is not None:
                        self._try_stage(found)

    def _try_stage(self, script: Script) -> None:
        program = self.bare.program
        first, *others = self._stage().plain(script.beats)
        step = begin(program, first)
        for touchpoint in others:
            step = advance(program, step.customer, touchpoint)
        step = pass_time(program, step.customer, self._end_us(script))
        customer = step.customer
        entered = self.calendar.day_of(customer.since_us) - _FIRST_DAY
        scripts = self.to_stage[customer.stage.id]
        if len(scripts) < 3 * _ENOUGH and len(script.beats) < 60:
            scripts.append(attrs.evolve(script, stage=customer.stage.id, entered=entered))

    def _stage(self) -> Stage:
        return Stage(self.words, self.calendar, _FIRST_DAY)

    def _end_us(self, script: Script) -> int:
        return self.calendar.start_of(_FIRST_DAY + script.end) + 23 * HOUR_US

    # Signals.

    def signal(self, name: str) -> Sequence[Script]:
        """Scripts that raise a signal; none where none was found."""
        if ("signal", name) not in self._asked:
            self._asked.add(("signal", name))
            self._search_signal(name, Random(2))
        return self.to_signal[name]

    def _search_signal(self, name: str, draw: Random) -> None:
        signal = next(one for one in self.definition.signals if one.name == name)
        signs = self.bare.signs
        watched = signs.watches[signs.signals[name]].watched if signs is not None else ()
        leaves = [stage.id for stage, is_watched in zip(self.chart.stages, watched, strict=True) if is_watched]
        leaves = [stage for stage in leaves if self.to_stage[stage]]
        for _ in range(_TRIES if leaves else 0):
            if len(self.to_signal[name]) >= _ENOUGH:
                return
            wanted = self.solver.want(signal.condition, draw)
            allowed = [stage for stage in leaves if wanted.allows(stage)]
            if allowed:
                script = short(draw, self.to_stage[draw.choice(allowed)])
                days = signal.dwell_days + 1 if signal.dwell_days else 0
                found = self.extender.extended(script, Aim(wanted, days=days), draw)
                if found is not None:
                    self._try_signal(found)

    def _try_signal(self, script: Script) -> None:
        signs = self.bare.signs
        assert signs is not None
        first, *others = self._stage().plain(script.beats)
        steps = [begin_signs(signs, first)]
        for touchpoint in others:
            steps.append(advance_signs(signs, steps[-1].customer, touchpoint))
        steps.append(pass_signs(signs, steps[-1].customer, self._end_us(script)))
        raised = {change.signal for step in steps for change in step.signals if change.is_raised}
        for name in raised:
            if len(self.to_signal[name]) < _ENOUGH:
                self.to_signal[name].append(script)

    # Playbooks.

    def playbook(self, name: str) -> Sequence[Script]:
        """Scripts that start a playbook; none where none was found."""
        if ("playbook", name) not in self._asked:
            self._asked.add(("playbook", name))
            self._search_playbook(name, Random(3))
        return self.to_playbook[name]

    def _search_playbook(self, name: str, draw: Random) -> None:
        playbook = next(one for one in self.definition.playbooks if one.name == name)
        for _ in range(3 * _TRIES):
            if len(self.to_playbook[name]) >= _ENOUGH:
                return
            trigger = draw.choice(playbook.on)
            for script, aim in aims_of(self, playbook, trigger, draw):
                found = self.extender.extended(script, aim, draw)
                if found is not None:
                    self._try_playbook(found, name)

    def _try_playbook(self, script: Script, wanted: str) -> None:
        touchpoints = self._stage().plain(script.beats)
        try:
            steps = list(live(self.definition, touchpoints, self._end_us(script)))
        except Exception:  # something of the host's fails: just what the laws should be shown
            entered = {wanted}
        else:
            entered = {change.playbook for step in steps for change in step.runs if change.event == "entered"}
        for name in entered:
            if len(self.to_playbook[name]) < _ENOUGH:
                self.to_playbook[name].append(script)

    def anywhere(self, draw: Random, stages: Sequence[str] | None = None) -> Script | None:
        """A script to one of some stages, or to any."""
        found = [stage for stage in (stages or self.to_stage) if self.to_stage[stage]]
        return short(draw, self.to_stage[draw.choice(found)]) if found else None

    def inside(self, names: Sequence[str]) -> tuple[str, ...]:
        """The stages that are, or lie inside, some stages, compounds or roles."""
        nodes = self.chart.nodes
        return tuple(
            stage.id
            for leaf, stage in enumerate(self.chart.stages)
            if stage.role in names or any(nodes[node] in names for node in self.chart.paths[leaf])
        )


def live(definition: Definition, touchpoints: Sequence[Touchpoint], until_us: int) -> Iterator[Step]:
    """The steps of a customer who lives through some touchpoints, the passing of time at the end last."""
    first, *others = touchpoints
    step = definition.begin(first)
    yield step
    for touchpoint in others:
        step = definition.advance(step.customer, touchpoint)
        yield step
    yield definition.pass_time(step.customer, utc_of(max(until_us, touchpoints[-1].at_us)))


@lru_cache(maxsize=64)
def _guide(definition: Definition) -> Guide:
    return Guide(definition)


def guide_of(definition: Definition) -> Guide:
    """The guide of a definition, made once."""
    return _guide(definition)
