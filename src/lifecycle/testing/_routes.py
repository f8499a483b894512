"""Ways on: how a script goes on from the stage that it ends in."""

from __future__ import annotations

from random import Random
from typing import Any

import attrs

from lifecycle.chart import ACTIVITY, ENTRY, DateOf, Timer
from lifecycle.chart import Route as ChartRoute
from lifecycle.definition import Definition

from ._beats import Beat, Script, beat_of, in_order
from ._lookback import lookback
from ._realise import Ban, Days, Realiser
from ._vocabulary import DayAfter, Vocabulary
from ._wanted import Solver, Wanted

_WAITS = (0, 0, 1, 2, 5)


@attrs.frozen(eq=False)
class Aim:
    """What the next part of a script is for."""

    wanted: Wanted = attrs.field(factory=Wanted)
    """What has to be true at its end."""
    route: ChartRoute | None = None
    """The move that it ends with."""
    kinds: tuple[str, ...] = ()
    """The touchpoint, one of these kinds, that it ends with."""
    given: dict[str, Any] = attrs.field(factory=dict)
    """With these attributes."""
    days: int = 0
    """So many more days have to pass after it."""
    least: int = 0
    """It takes at least so many days."""


class Extender:
    """Adds parts to scripts of one definition."""

    def __init__(self, definition: Definition, solver: Solver, words: Vocabulary) -> None:
        self.definition, self.solver, self.words = definition, solver, words
        self.chart = definition.program.chart
        self.timers = {timer.event: timer for timer in definition.timers}
        self.leaves = {stage.id: leaf for leaf, stage in enumerate(self.chart.stages)}

    def extended(self, script: Script, aim: Aim, draw: Random) -> Script | None:
        """The script with one more part, hoped to do what is aimed at; None where no values were found."""
        route = aim.route
        wanted = aim.wanted
        if route is not None and route.condition is not None:
            wanted += self.solver.want(route.condition.condition.text, draw)
        if not wanted.allows(script.stage):
            return None
        values = self.solver.values(wanted, draw)
        if values is None:
            return None
        quiet = sorted(name for name, fact in self.definition.program.facts.folded.items() if name in values and fact)
        first = script.end
        last = first + max(aim.least, lookback(self.solver.facts, values) if quiet else 0) + draw.choice(_WAITS)
        timer = None if route is None else self.timers.get(route.event)
        more: list[Beat] = []
        bans: list[Ban] = []
        if timer is not None:
            last = self._due(timer, script, last, (more, bans), draw)
        beats, own_bans = Realiser(self.definition, self.words, draw).realise(values, Days(first, last), script.beats)
        beats += more
        bans += own_bans
        kinds = (route.event,) if route is not None and timer is None else aim.kinds
        if kinds:
            beats.append(beat_of(self.words, draw, last, draw.choice(kinds), aim.given))
        beats = [beat for beat in beats if beat.day >= first]
        beats = self._kept_alive(script, list(in_order(beats)), bans, last, draw)
        stage = script.stage
        return Script((*script.beats, *beats), last + aim.days, stage, script.entered, len(beats))

    def _due(self, timer: Timer, script: Script, last: int, found: tuple[list[Beat], list[Ban]], draw: Random) -> int:
        """The day on which a timer is due, at or after a day; adds what it needs to beats and bans."""
        beats, bans = found
        days, every = timer.after_days, timer.every_days or 0
        if timer.since is ENTRY:
            due = script.entered + days
            while every and due < last:
                due += every
            return max(due, script.end)
        if isinstance(timer.since, DateOf):
            fact: Any = self.definition.facts[timer.since.fact]
            due = max(last, script.end + days)
            kind = draw.choice([self.definition.program.context.key(kind) for kind in fact.kinds or ("profile_set",)])
            beats.append(Beat(script.end, kind, {fact.of: DayAfter(due - days - script.end)}))
            return due
        is_life = timer.since is ACTIVITY
        due = max(last, script.end + days)
        kinds = None if is_life else frozenset(self.definition.program.context.key(kind) for kind in timer.kinds)
        seen = self._neutral(script.stage, kinds or (), draw)
        if seen is not None and due - days >= script.end:
            beats.append(beat_of(self.words, draw, due - days, seen))
        bans.append((kinds, due - days + 1, due))
        return due

    def _neutral(self, stage: str, among: Any, draw: Random) -> str | None:
        """A sign of life that moves nobody out of a stage."""
        leaf = self.leaves[stage]
        found = [
            kind
            for kind in self.words.kinds  # in their order, which a set does not have
            if (not among or kind in among) and kind not in self.words.passive and (leaf, kind) not in self.chart.routes
        ]
        return draw.choice(found) if found else None

    def _kept_alive(self, script: Script, beats: list[Beat], bans: list[Ban], last: int, draw: Random) -> list[Beat]:
        """The beats with a sign of life in every gap that would be a silence; none where silence is wanted."""
        silences = [timer.after_days for timer in self.definition.timers if timer.since is ACTIVITY]
        beats = [beat for beat in beats if not any(_is_silence(ban, beat) for ban in bans) or beat.day == last]
        if not silences:
            return beats
        step = max(1, min(silences) - 2)
        life = [beat.day for beat in (*script.beats, *beats) if beat.kind not in self.words.passive]
        days = sorted({*(day for day in life if day >= script.end), last})
        at = max((day for day in life if day <= script.end), default=script.end)
        more = []
        for day in days:
            while day - at > step:
                at += draw.randint(max(1, step // 2), step)
                if (kind := self._unbanned(script.stage, at, bans, draw)) is not None:
                    more.append(Beat(max(at, script.end), kind))
            at = day
        return list(in_order((*beats, *more)))

    def _unbanned(self, stage: str, day: int, bans: list[Ban], draw: Random) -> str | None:
        forbidden = [kinds for kinds, low, high in bans if low <= day <= high]
        if None in forbidden:
            return None
        banned = frozenset().union(*(kinds for kinds in forbidden if kinds is not None))
        free = [kind for kind in self.words.kinds if kind not in banned]
        return self._neutral(stage, free, draw) if free else None


def _is_silence(ban: Ban, beat: Beat) -> bool:
    kinds, low, high = ban
    return kinds is None and low <= beat.day <= high
