"""What a playbook of a preset does in a small history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import attrs

from lifecycle.definition import Definition
from lifecycle.engine import Step
from lifecycle.model import DroppedPlay, HeldPlay, Play, RunChange
from lifecycle.playbooks import Playbook

from .walking import EVENING, START, Told, touchpoints

Maker = Callable[..., Definition]


@attrs.frozen
class Story:
    """A history in which one playbook acts, or just does not; the text file beside the table holds its plays."""

    what: str
    """What is told, in words."""
    playbook: str
    """Which playbook."""
    until: int
    """The last day of the story."""
    history: tuple[Told, ...]
    """What happened."""

    def __str__(self) -> str:
        return f"{self.playbook}: {self.what}"


@attrs.frozen
class Happened:
    """Everything that a definition decided in a history."""

    plays: tuple[Play, ...]
    """The plays."""
    held: tuple[HeldPlay, ...]
    """Those that were held back."""
    dropped: tuple[DroppedPlay, ...]
    """Those that were dropped."""
    runs: tuple[RunChange, ...]
    """What became of the runs."""

    def events(self, playbook: str) -> list[str]:
        """What became of the runs of a playbook, in short."""
        return [change.event for change in self.runs if change.playbook == playbook]

    def play(self, playbook: str, step: str) -> Play:
        """The only play of a step."""
        [found] = [play for play in self.plays if (play.playbook, play.step) == (playbook, step)]
        return found


def clock(play: Play) -> str:
    """The day after the start on which a play was decided, and the time of that day."""
    return f"{(play.at - START.replace(hour=0)).days} {play.at:%H:%M}"


def line(play: Play) -> str:
    """A play in a line: when, which step, what, by which channel, by whom, and with what."""
    shown = ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in play.params
    )
    what = f"{play.action}{f' by {play.channel}' if play.channel else ''}"
    return f"{clock(play)} {play.step}: {what} ({', '.join(play.owners)}) [{shown}]"


def happens(definition: Definition, history: Sequence[Told], until: int) -> Happened:
    """What a definition decides in a history, live, until the evening of a day."""
    first, *others = touchpoints(tuple(history))
    steps: list[Step] = [definition.begin(first)]
    for touchpoint in others:
        steps.append(definition.advance(steps[-1].customer, touchpoint))
    steps.append(definition.pass_time(steps[-1].customer, START + timedelta(until) + EVENING))
    return Happened(
        tuple(play for step in steps for play in step.plays),
        tuple(one for step in steps for one in step.held),
        tuple(one for step in steps for one in step.dropped),
        tuple(one for step in steps for one in step.runs),
    )


def only(make: Maker, stock: Sequence[Playbook], name: str) -> Definition:
    """A preset with one of its playbooks, and all policies."""
    return make(playbooks=[one for one in stock if one.name == name])


def expected(name: str) -> dict[str, list[str]]:
    """The plays of every story of a preset, in lines as `line` writes them; none for a near miss."""
    text = (Path(__file__).parent / f"{name}_plays.txt").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.removeprefix("# ").split("\n# ")]
    return {title: [one.strip() for one in plays if one.strip()] for title, *plays in blocks}
