"""The plays of a day for a whole base, what was held back and why, and what comes next; as JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Step, Table
from lifecycle.errors import InvalidArgument
from lifecycle.model import HeldPlay, Play, moment_us
from lifecycle.playbooks import BoundAction
from lifecycle.signs import Language

from ._heading import heading, value_of
from ._reading import Read

Places: TypeAlias = npt.NDArray[np.intp]
_COMING_DAYS: Final = 14


def plan(asked: Read, days: int, top: int, language: Language) -> dict[str, Any]:
    """The whole content of `plan`: the plays of the last days, what was held, for whom how much, what is tried again.

    Args:
        asked: the lifecycle, the log and its story.
        days: how many calendar days before the end.
        top: how many of each list are told.
        language: of the texts.

    Raises:
        InvalidArgument: the lifecycle has no playbooks.
    """
    if asked.definition.plan is None:
        raise InvalidArgument(f"{asked.definition.name} has no playbooks, so there is nothing to plan")
    day = _Day(asked, days, language)
    actions = [day.action(day.plays, place) for place in day.decided]
    return {
        **heading(asked),
        "language": language,
        "from": day.start.isoformat(),
        "plays": {"plays": len(day.decided), "shown": [day.told(place) for place in day.decided[:top]]},
        "held": {"plays": len(day.waiting), "shown": [day.told_held(place) for place in day.waiting[:top]]},
        "next": day.coming(),
        "by_playbook": _counts(day.plays["playbook"][day.decided]),
        "by_role": _counts(role for action in actions for role in action.owners),
        "by_channel": _counts(action.action.channel or "none" for action in actions),
    }


class _Day:
    """What the playbooks decided in the last days of a story."""

    def __init__(self, asked: Read, days: int, language: Language) -> None:
        assert asked.definition.plan is not None
        self.asked, self.language = asked, language
        self.actions = {(one.playbook.name, one.step): one for one in asked.definition.plan.actions}
        until = asked.story.until
        self.start: datetime = until - timedelta(days)  # calendar days: a wall clock moves by whole days
        self.bounds = np.array([moment_us(self.start), moment_us(until)], np.int64).view("M8[us]")
        story = asked.story
        self.plays, self.tries = story.plays(), story.held()
        self.decided = self._by_weight(self.plays, self._in_time(self.plays))
        self.waiting = self._by_weight(self.tries, self._still_held(story.dropped()))
        self.steps = cache(story.plays_of)

    def _in_time(self, table: Table) -> Places:
        first, last = self.bounds
        return np.flatnonzero((table["at"] >= first) & (table["at"] < last))

    def _still_held(self, dropped: Table) -> Places:
        """The last try of each play that was held in these days, and was neither decided nor dropped."""
        over = {*self.plays["key"], *dropped["key"]}
        last = {self.tries["key"][place]: place for place in self._in_time(self.tries)}
        return np.array([place for key, place in last.items() if key not in over], np.intp)

    def _by_weight(self, table: Table, places: Places) -> Places:
        """The most important first, then the earliest."""
        weights = np.array([-self.action(table, place).playbook.priority for place in places], np.int64)
        return places[np.lexsort((table["customer"][places].astype(str), table["at"][places], weights))]

    def action(self, table: Table, place: int) -> BoundAction:
        """What a row of plays is to do."""
        return self.actions[table["playbook"][place], table["step"][place]]

    def told(self, place: int) -> dict[str, Any]:
        """A decided play with its reason."""
        key, who = self.plays["key"][place], self.plays["customer"][place]
        return self._shown(next(play for step in self.steps(who) for play in step.plays if play.key == key))

    def told_held(self, place: int) -> dict[str, Any]:
        """A play that was held back, and why."""
        key, who = self.tries["key"][place], self.tries["customer"][place]
        held = _last_try(self.steps(who), key)
        following = held.next_try
        return {
            **self._shown(held.play),
            "policy": held.policy,
            "reason": held.reason,
            "next": None if following is None else following.isoformat(),
        }

    def _shown(self, play: Play) -> dict[str, Any]:
        return {
            "customer": play.customer,
            "at": play.at.isoformat(),
            "due": play.due.isoformat(),
            "expires": play.expires.isoformat(),
            "playbook": play.playbook,
            "step": play.step,
            "action": play.action,
            "channel": play.channel,
            "owners": list(play.owners),
            "purpose": play.purpose,
            "why": play.why,
            "text": (play.text_ja if self.language == "ja" else play.text) or play.action,
            "params": {name: value_of(value) for name, value in play.params},
            "figures": [str(figure) for figure in play.figures],
            "key": play.key,
        }

    def coming(self) -> list[dict[str, Any]]:
        """How many of the held plays are tried again on which of the next days."""
        zone = self.asked.story.until.tzinfo
        tries = [(str(self.tries["customer"][place]), str(self.tries["key"][place])) for place in self.waiting]
        following = [_last_try(self.steps(who), key).next_try for who, key in tries]
        days = Counter(at.astimezone(zone).date().isoformat() for at in following if at is not None)
        return [{"day": day, "plays": days[day]} for day in sorted(days)[:_COMING_DAYS]]


def _last_try(steps: Iterable[Step], key: str) -> HeldPlay:
    return [held for step in steps for held in step.held if held.play.key == key][-1]


def _counts(names: Iterable[str]) -> list[dict[str, Any]]:
    """How many plays each has, the most first."""
    return [{"name": name, "plays": number} for name, number in Counter(map(str, names)).most_common()]
