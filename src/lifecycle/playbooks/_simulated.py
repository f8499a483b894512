"""What a simulation gives: plays, held plays, dropped plays and runs of everybody, as columns and as tables."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import NAT, Record, Table

from ._policy import NEVER_US
from ._program import PlaybookProgram
from ._scene import IndexArray, Int64Array
from ._tries import STATES
from ._trying import HOLDOUT
from ._unfolding import ENTERED, EVENTS, GOAL, Changes


@attrs.frozen(eq=False)
class Plays:
    """Plays in columns of shape (n,) each, in order of customer and time."""

    customer: npt.NDArray[np.int32]
    """Whose; a position in the log."""
    action: npt.NDArray[np.int16]
    """The number of the action, which says playbook and step."""
    tier: npt.NDArray[np.int16]
    """The place of the tier."""
    entered_us: Int64Array
    """When its run began, in microseconds since 1970-01-01 UTC."""
    due_us: Int64Array
    """When it was due."""
    at_us: Int64Array
    """When it was decided, held or dropped."""
    occasion: npt.NDArray[np.object_]
    """The correlation key of its run."""
    code: npt.NDArray[np.int16]
    """Of a held play the policy, the number behind the last one for the holdout; of a dropped play a place in `STATES`;
    -1 of a decided one."""
    next_us: Int64Array
    """Of a held play the next try; `NEVER_US` for none."""

    def __len__(self) -> int:
        return len(self.at_us)

    @classmethod
    def join(cls, parts: list[Plays]) -> Plays:
        """All of them, part after part."""
        kinds = (np.int32, np.int16, np.int16, np.int64, np.int64, np.int64, object, np.int16, np.int64)
        names = [field.name for field in attrs.fields(cls)]
        return cls(*(
            np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)]).astype(kind, copy=False)
            for name, kind in zip(names, kinds, strict=True)
        ))  # fmt: skip

    def take(self, index: IndexArray) -> Plays:
        """Some of them."""
        return Plays(*(getattr(self, field.name)[index] for field in attrs.fields(Plays)))


@attrs.frozen(eq=False, repr=False)
class Simulation:
    """What the playbooks of a definition decide over a whole log."""

    program: PlaybookProgram
    """The playbooks."""
    record: Record
    """The log and its stages."""
    plays: Plays
    """What is decided."""
    held: Plays
    """What is held back, one row for each try."""
    dropped: Plays
    """What was due and is not decided any more."""
    runs: Changes
    """What happened to runs, refused entries too."""
    one_by_one: IndexArray
    """The customers that the live engine was asked about: positions in the log, ascending."""

    def __repr__(self) -> str:
        counts = f"{len(self.plays):,} plays, {len(self.held):,} held, {len(self.dropped):,} dropped"
        return f"<Simulation: {counts}, {int((self.runs.event == ENTERED).sum()):,} runs>"

    def plays_table(self) -> Table:
        """Every decided play: customer, playbook, action, step, purpose, channel, due, at, entered, occasion, key."""
        return Table(self._columns(self.plays), title="plays")

    def held_table(self) -> Table:
        """Every try that a policy held back: as the plays, with policy and next try (NaT for never)."""
        names = np.array([*(name for name, _ in self.program.policies), HOLDOUT], object)
        next_us = np.where(self.held.next_us == NEVER_US, NAT, self.held.next_us)
        columns = self._columns(self.held)
        return Table({**columns, "policy": names[self.held.code], "next": next_us.view("M8[us]")}, title="held plays")

    def dropped_table(self) -> Table:
        """Every play that was due and is not decided any more: as the plays, with state."""
        states = np.array(STATES, object)[self.dropped.code]
        return Table({**self._columns(self.dropped), "state": states}, title="dropped plays")

    def runs_table(self) -> Table:
        """Everything that happened to runs: customer, playbook, event, at, entered, occasion, tier, is_holdout, goal.

        Goal is when the goal was reached, in the row of the entry; NaT in the others and where it was not.
        """
        runs, books = self.runs, self.program.playbooks
        tiers = _ragged([["" if one.tier is None else one.tier.name for one in book.tiers] for book in books])
        columns = {
            "customer": self.record.log.ids(runs.customer),
            "playbook": np.array([book.name for book in books], object)[runs.playbook],
            "event": np.array(EVENTS, object)[runs.event],
            "at": runs.at_us.view("M8[us]"),
            "entered": runs.entered_us.view("M8[us]"),
            "occasion": runs.occasion,
            "tier": tiers[runs.playbook, runs.tier],
            "is_holdout": runs.is_holdout,
            "goal": np.where(self.goal_us == NEVER_US, NAT, self.goal_us).view("M8[us]"),
        }
        return Table(columns, title="runs of playbooks")

    @property
    def goal_us(self) -> Int64Array:
        """When the goal of the run of each entry was reached; `NEVER_US` elsewhere; shape (n_changes,)."""
        runs = self.runs
        found = np.full(len(runs), NEVER_US)
        goals = np.flatnonzero(runs.event == GOAL)
        if len(goals):
            concerned = np.flatnonzero((runs.event == GOAL) | (runs.event == ENTERED))
            known: dict[str, int] = {}
            occasion = np.array([known.setdefault(text, len(known)) for text in runs.occasion[concerned]], np.int64)
            # Of one run the entry comes first, because GOAL is greater than ENTERED.
            order = np.lexsort((
                runs.event[concerned], occasion, runs.entered_us[concerned], runs.playbook[concerned],
                runs.customer[concerned],
            ))  # fmt: skip
            place = concerned[order]
            is_goal = np.flatnonzero(runs.event[place] == GOAL)
            found[place[is_goal - 1]] = runs.at_us[place[is_goal]]
        return found

    def _columns(self, plays: Plays) -> dict[str, npt.NDArray[Any]]:
        actions = self.program.actions
        customer = self.record.log.ids(plays.customer)

        def named(values: list[str]) -> npt.NDArray[np.object_]:
            found: npt.NDArray[np.object_] = np.array([*values, ""], object)[plays.action]
            return found

        return {
            "customer": customer,
            "playbook": named([one.playbook.name for one in actions]),
            "action": named([one.action.name for one in actions]),
            "step": named([one.step for one in actions]),
            "purpose": named([one.purpose for one in actions]),
            "channel": named([one.action.channel for one in actions]),
            "due": plays.due_us.view("M8[us]"),
            "at": plays.at_us.view("M8[us]"),
            "entered": plays.entered_us.view("M8[us]"),
            "occasion": plays.occasion,
            "key": self.keys(plays),
        }

    def keys(self, plays: Plays) -> npt.NDArray[np.object_]:
        """The idempotency keys of plays."""
        heads = [f"/{one.playbook.name}@{quote(one.playbook.version, safe='')}/" for one in self.program.actions]
        tails = [f"/{one.step}" for one in self.program.actions]
        rows = zip(
            self.record.log.ids(plays.customer), plays.action.tolist(), plays.entered_us.tolist(), plays.occasion,
            strict=True,
        )  # fmt: skip
        found = np.empty(len(plays), object)
        found[:] = [
            f"{quote(who, safe='')}{heads[action]}{entered}{':' + quote(key, safe='') if key else ''}{tails[action]}"
            for who, action, entered, key in rows
        ]
        return found


def _ragged(rows: list[list[str]]) -> npt.NDArray[np.object_]:
    """Rows of different lengths as an array, '' in what is left, which is where -1 leads."""
    found = np.full((len(rows), max(map(len, rows), default=0) + 1), "", object)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found
