"""From scripts to histories: dates, times of day, what comes before and after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from random import Random
from typing import Any, Final

import attrs

from lifecycle.definition import Definition
from lifecycle.model import DAY_US, Calendar, Touchpoint, utc_of

from ._beats import HOUR_US, MINUTE_US, Beat, Script, Stage, beat_of, in_order, short
from ._guide import Guide, guide_of, live
from ._history import History
from ._vocabulary import REFERENCES, ZONES, waits_of

CUSTOMERS: Final = ("ada", "bo", "cy", "dee", "eli", "flo", "gus", "hal", "ivy", "jo", "kit", "lu")
_FIRST: Final = 18_262
"""2020-01-01."""
_LAST: Final = 20_819
"""2027-01-01."""


@attrs.frozen
class Goal:
    """Where histories should lead."""

    stage: str | None = None
    """To a stage, compound or role."""
    signal: str | None = None
    """To a signal."""
    playbook: str | None = None
    """Into a playbook."""


@attrs.frozen
class Bounds:
    """How large histories may be."""

    min_size: int = 1
    """At least so many touchpoints."""
    max_size: int | None = None
    """At most so many."""
    days: int = 1_000
    """At most so many days from the first touchpoint to the end."""


class Teller:
    """Tells histories of a definition, each drawn from a source of randomness that the caller gives."""

    def __init__(self, definition: Definition) -> None:
        self.definition, self.guide = definition, guide_of(definition)
        self.waits = day_thresholds(definition)

    def history(self, draw: Random, goal: Goal, bounds: Bounds) -> History:
        """One history that is hoped to lead to a goal."""
        script = self._script(draw, goal, bounds)
        beats = list(script.beats)
        if draw.random() < 0.35:
            beats = self._altered(draw, beats)
        room = bounds.days - 1
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            beats += self._more(draw, beats, script, goal)
        while len(beats) < bounds.min_size:
            beats.append(self._noise(draw, beats[-1].day))
        first = beats[0].day
        beats = [beat for beat in in_order(beats) if beat.day - first <= room][: bounds.max_size]
        stage = Stage(self.guide.words, self.guide.calendar, self._first_day(draw, beats), draw.choice(CUSTOMERS))
        touchpoints = self._timed(draw, beats, stage)
        until_us = self._until(draw, touchpoints, stage, script, bounds)
        if self.definition.playbooks and draw.random() < 0.1:
            touchpoints = self._with_outcomes(draw, touchpoints, until_us, bounds)
        return History(touchpoints, utc_of(until_us))

    # What happens.

    def _script(self, draw: Random, goal: Goal, bounds: Bounds) -> Script:
        found = self._found(draw, goal)
        small = [script for script in found if bounds.max_size is None or len(script.beats) <= bounds.max_size]
        if small or found:
            return short(draw, small or found)
        script = self.guide.anywhere(draw)
        return script or Script((beat_of(self.guide.words, draw, 0, draw.choice(self.guide.words.kinds)),), 0)

    def _found(self, draw: Random, goal: Goal) -> Sequence[Script]:
        guide = self.guide
        if goal.stage is not None:
            stages = [stage for stage in guide.inside((goal.stage,)) if guide.to_stage[stage]]
            return guide.to_stage[draw.choice(stages)] if stages else ()
        if goal.signal is not None:
            return guide.signal(goal.signal)
        if goal.playbook is not None:
            return guide.playbook(goal.playbook) or self._found(draw, Goal())
        sorts: list[tuple[str, Sequence[str]]] = [("stage", list(guide.to_stage))]
        sorts += [("signal", list(guide.to_signal))] if guide.to_signal else []
        sorts += [("playbook", list(guide.to_playbook))] * 3 if guide.to_playbook else []
        sort, names = draw.choice(sorts)
        name = draw.choice(names)
        return guide.to_stage[name] if sort == "stage" else getattr(guide, sort)(name)

    def _altered(self, draw: Random, beats: list[Beat]) -> list[Beat]:
        """One beat less, one more, or a day more or less somewhere."""
        place = draw.randrange(len(beats))
        form = draw.random()
        if form < 0.3 and len(beats) > 1:
            return beats[:place] + beats[place + 1 :]
        if form < 0.6:
            return list(in_order([*beats, self._noise(draw, beats[place].day)]))
        days = draw.choice((-1, 1, 1, 7))
        floor = beats[place - 1].day if place else beats[0].day
        moved = [beat.moved(max(days, floor - beats[place].day)) for beat in beats[place:]]
        return list(in_order([*beats[:place], *moved]))

    def _more(self, draw: Random, beats: list[Beat], script: Script, goal: Goal) -> list[Beat]:
        """What comes after: noise, a silence, an answer to a playbook, or the like once more."""
        last = max(beat.day for beat in beats)
        form = draw.random()
        if form < 0.3:
            return [self._noise(draw, last + draw.choice((0, 0, 1, 3, 10))) for _ in range(draw.randint(1, 4))]
        if form < 0.5:
            return [self._noise(draw, last + max(0, self._wait(draw) + draw.choice((-1, 0, 0, 1))))]
        if form < 0.75 and self.definition.playbooks:
            return self._answers(draw, last, goal)
        tails = self._found(draw, goal if draw.random() < 0.5 else Goal())
        other = draw.choice(tails) if tails else script
        if not other.tail:
            return []
        tail = other.beats[-other.tail :]
        return [beat.moved(last + draw.choice((0, 1, 30)) - tail[0].day) for beat in tail]

    def _wait(self, draw: Random) -> int:
        """A number of days that matters; the shorter one of two, since long ones are many."""
        return min(draw.choice(self.waits), draw.choice(self.waits))

    def _noise(self, draw: Random, day: int) -> Beat:
        words = self.guide.words
        return beat_of(words, draw, day, draw.choice(words.kinds))

    def _answers(self, draw: Random, day: int, goal: Goal) -> list[Beat]:
        """Touchpoints that a playbook waits for, or that end it."""
        among = [one for one in self.definition.playbooks if goal.playbook in (None, one.name)]
        playbook = draw.choice(among or list(self.definition.playbooks))
        heard: list[tuple[tuple[str, ...], str | None]] = [(playbook.exit_on, None)]
        heard += [(wait.kinds, wait.match) for _, steps in playbook.ways for wait in waits_of(steps)]
        heard += [(trigger.names, playbook.key) for trigger in playbook.on if trigger.sort == "happened"]
        if playbook.goal is not None:
            heard.append((playbook.goal.touchpoint, None))
        found: list[Beat] = []
        for kinds, match in draw.sample(heard, min(len(heard), 2)):
            if kinds:
                kind = self.definition.program.context.key(draw.choice(kinds))
                given: dict[str, Any] = {} if match is None else {match: draw.choice(REFERENCES)}
                found.append(beat_of(self.guide.words, draw, day + draw.choice((0, 0, 1, 3, 7)), kind, given))
        return found

    def _with_outcomes(
        self, draw: Random, touchpoints: list[Touchpoint], until_us: int, bounds: Bounds
    ) -> list[Touchpoint]:
        """With what became of a play or two."""
        try:
            plays = [play for step in live(self.definition, touchpoints, until_us) for play in step.plays]
        except Exception:  # something of the host's fails: the laws will say so
            return touchpoints
        room = 2 if bounds.max_size is None else max(0, min(2, bounds.max_size - len(touchpoints)))
        for play in draw.sample(plays, min(len(plays), room)):
            at_us = min(until_us, play.at_us + draw.choice((0, MINUTE_US, HOUR_US, 3 * DAY_US)))
            outcome = draw.choice(("done", "failed", "revoked", "expired", "unknown"))
            given = {"key": play.key, "outcome": outcome}
            touchpoints = [*touchpoints, Touchpoint(play.customer, "play_outcome", utc_of(at_us), attributes=given)]
        return sorted(touchpoints, key=lambda touchpoint: touchpoint.at_us)

    # When.

    def _first_day(self, draw: Random, beats: Sequence[Beat]) -> int:
        """The day of the script's day 0; now and then so that something happens when clocks change."""
        if draw.random() < 0.25:
            days = clock_changes(draw.choice((self.definition.zone, *ZONES[:-1])))
            if days:
                return draw.choice(days) - draw.choice(beats).day
        return draw.randint(_FIRST, _LAST) - beats[0].day

    def _timed(self, draw: Random, beats: Sequence[Beat], stage: Stage) -> list[Touchpoint]:
        """The beats at times of day: bursts, same instants and midnights among them."""
        found: list[Touchpoint] = []
        start = 0
        while start < len(beats):
            stop = start
            while stop < len(beats) and beats[stop].day == beats[start].day:
                stop += 1
            found += self._day(draw, beats[start:stop], stage)
            start = stop
        return sorted(found, key=lambda touchpoint: touchpoint.at_us)

    def _day(self, draw: Random, beats: Sequence[Beat], stage: Stage) -> list[Touchpoint]:
        low = stage.calendar.start_of(stage.first_day + beats[0].day)
        high = stage.calendar.start_of(stage.first_day + beats[0].day + 1)
        minutes = max(1, (high - low) // MINUTE_US)
        form = draw.random()
        if form < 0.12:  # all at one instant, the first of the day now and then
            moment = draw.choice((0, draw.randrange(minutes)))
            offsets = [moment] * len(beats)
        else:
            offsets = sorted(draw.randrange(minutes) for _ in beats)
            if form < 0.2:
                offsets[0] = 0
        found = []
        for beat, offset in zip(beats, offsets, strict=True):
            at_us = low + offset * MINUTE_US if beat.hour is None else min(high - 1, low + beat.hour * HOUR_US)
            names = self.guide.words.names.get(beat.kind, (beat.kind,))
            name = beat.kind if draw.random() < 0.7 else draw.choice(names)
            found.append(stage.touchpoint(beat, at_us, name))
        return found

    def _until(
        self, draw: Random, touchpoints: Sequence[Touchpoint], stage: Stage, script: Script, bounds: Bounds
    ) -> int:
        """When it ends: at once, at a midnight, or around a threshold of days."""
        last = touchpoints[-1].at_us
        day = stage.calendar.day_of(last)
        least = max(
            last, stage.calendar.start_of(stage.first_day + script.end) if day - stage.first_day < script.end else 0
        )
        form = draw.random()
        wait = self._wait(draw)
        until = (
            least + draw.choice((0, 1, HOUR_US)) if form < 0.2
            else least + wait * DAY_US + draw.choice((-1, 0, 1)) if form < 0.6
            else stage.calendar.start_of(stage.calendar.day_of(least) + wait + draw.choice((0, 1)))
        )  # fmt: skip
        return max(last, min(until, touchpoints[0].at_us + bounds.days * DAY_US))


@lru_cache(maxsize=64)
def teller_of(definition: Definition) -> Teller:
    """The teller of a definition, made once."""
    return Teller(definition)


@lru_cache(maxsize=64)
def clock_changes(zone: str) -> tuple[int, ...]:
    """The days from 2020 to 2026 of a zone that do not have 24 hours, and those after them."""
    calendar = Calendar(zone)
    odd = [day for day in range(_FIRST, _LAST) if calendar.start_of(day + 1) - calendar.start_of(day) != DAY_US]
    return tuple(sorted({*odd, *(day + 1 for day in odd)}))


def day_thresholds(definition: Definition) -> tuple[int, ...]:
    """The numbers of days that matter: timers, windows, waits, delays, expiries."""
    found = {1, 7, 30}
    found |= {abs(timer.after_days) for timer in definition.timers}
    for fact in definition.facts.values():
        window = getattr(fact, "days", None)
        found |= set() if window is None else {window.reach}
    for playbook in definition.playbooks:
        found |= {playbook.reentry} if isinstance(playbook.reentry, int) else set()
        found |= set() if playbook.goal is None else {playbook.goal.within_days}
        found |= {trigger.days for trigger in playbook.on if trigger.days > 0}
        for action in playbook.actions:
            found |= {action.after_days, action.expires_days, ceil(action.after_hours / 24)}
        found |= {wait.days for _, steps in playbook.ways for wait in waits_of(steps)}
    return tuple(sorted(day for day in found if 0 <= day <= 400))


__all__ = ["Bounds", "Goal", "Guide", "Teller", "clock_changes", "day_thresholds", "teller_of"]
