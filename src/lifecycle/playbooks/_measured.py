"""What measuring is fed with: runs, decided plays and held plays, in columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import HeldPlay, Play, RunChange

from ._bound_action import BoundAction
from ._checked_columns import (
    NOT_REACHED,
    BoolColumn,
    Column,
    IntColumn,
    column,
    flags,
    in_range,
    instants,
    one_length,
    optional_column,
    whole,
)


@attrs.frozen
class PlayKind:
    """What all plays of one step of a playbook have in common."""

    playbook: str
    """The playbook's name."""
    step: str
    """Which step of it."""
    action: str
    """What to do."""
    channel: str = ""
    """By which channel; '' where it needs none."""
    owners: tuple[str, ...] = ()
    """The roles that carry it out."""
    cost: float = 0.0
    """What one costs, in major units of the definition's currency."""

    @classmethod
    def of(cls, play: Play) -> Self:
        """The kind of a play."""
        return cls(play.playbook, play.step, play.action, play.channel, play.owners, play.cost)

    @classmethod
    def of_action(cls, bound: BoundAction) -> Self:
        """The kind of all plays of an action of a definition."""
        action = bound.action
        return cls(bound.playbook.name, bound.step, action.name, action.channel, bound.owners, action.cost)


@attrs.frozen(eq=False)
class PlayColumns:
    """Plays in columns of shape (n,), in any order.

    Raises:
        InvalidArgument: columns of several lengths, of the wrong type, or places beyond `kinds`.
    """

    kinds: tuple[PlayKind, ...] = attrs.field(converter=tuple[PlayKind, ...])
    """What they have in common, one per step."""
    customer: Column = attrs.field(converter=column)
    """Whose, as codes or as ids."""
    kind: IntColumn = attrs.field(converter=whole)
    """The place of each in `kinds`."""
    entered_us: IntColumn = attrs.field(converter=instants)
    """When its run began: microseconds since 1970-01-01 UTC, or `datetime64`."""
    at_us: IntColumn = attrs.field(converter=instants)
    """When it was decided; for a held play when it was tried."""
    occasion: Column = attrs.field(default=None, converter=optional_column)
    """The correlation key of its run; None: none has one."""

    def __attrs_post_init__(self) -> None:
        if self.occasion is None:
            object.__setattr__(self, "occasion", column(np.full(len(self.kind), "", object)))
        one_length(self)
        in_range(self.kind, len(self.kinds), "PlayColumns: kind")

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def of(cls, plays: Iterable[Play]) -> Self:
        """Plays as the live engine gives them, in columns."""
        found = list(plays)
        codes: dict[PlayKind, int] = {}
        kind = [codes.setdefault(PlayKind.of(play), len(codes)) for play in found]
        return cls(
            tuple(codes),
            np.array([play.customer for play in found], object),
            np.array(kind, np.int64),
            np.array([play.entered_us for play in found], np.int64),
            np.array([play.at_us for play in found], np.int64),
            np.array([play.occasion for play in found], object),
        )

    def rows(self, chosen: npt.NDArray[Any]) -> Self:
        """Some of them: a mask or places."""
        columns = (self.customer, self.kind, self.entered_us, self.at_us, self.occasion)
        return type(self)(self.kinds, *(values[chosen] for values in columns))

    def of_playbooks(self, *names: str) -> Self:
        """Those of some playbooks."""
        wanted = np.array([kind.playbook in names for kind in self.kinds], bool)
        return self.rows(wanted[self.kind] if len(self) else np.zeros(0, bool))


@attrs.frozen(eq=False)
class HeldColumns:
    """Plays that were held back, one row per try.

    Raises:
        InvalidArgument: one policy is not given for every row, or a place is beyond `policies`.
    """

    plays: PlayColumns
    """The plays, with the instants of the tries."""
    policies: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    """The names of policies."""
    policy: IntColumn = attrs.field(converter=whole)
    """Which one held it: the place in `policies`."""

    def __attrs_post_init__(self) -> None:
        if len(self.policy) != len(self.plays):
            raise InvalidArgument(
                f"HeldColumns: {len(self.policy)} policies for {len(self.plays)} plays; give one each"
            )
        in_range(self.policy, len(self.policies), "HeldColumns: policy")

    @classmethod
    def of(cls, held: Iterable[HeldPlay]) -> Self:
        """Held plays as the live engine gives them, in columns."""
        found = list(held)
        codes: dict[str, int] = {}
        policy = np.array([codes.setdefault(one.policy, len(codes)) for one in found], np.int64)
        return cls(PlayColumns.of(one.play for one in found), tuple(codes), policy)


@attrs.frozen(eq=False)
class RunColumns:
    """Runs of playbooks in columns of shape (n,), in any order.

    Raises:
        InvalidArgument: columns of several lengths, of the wrong type, or places beyond `playbooks`.
    """

    playbooks: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    """The names of playbooks."""
    customer: Column = attrs.field(converter=column)
    """Whose, as codes or as ids: the same as in the plays."""
    playbook: IntColumn = attrs.field(converter=whole)
    """The place of each in `playbooks`."""
    entered_us: IntColumn = attrs.field(converter=instants)
    """When it began: microseconds since 1970-01-01 UTC, or `datetime64`."""
    is_holdout: BoolColumn = attrs.field(converter=flags)
    """Whether the customer got nothing."""
    goal_us: IntColumn = attrs.field(converter=instants)
    """When the goal was reached; `NOT_REACHED`, or NaT, where it was not."""
    occasion: Column = attrs.field(default=None, converter=optional_column)
    """Its correlation key; None: none has one."""

    def __attrs_post_init__(self) -> None:
        if self.occasion is None:
            object.__setattr__(self, "occasion", column(np.full(len(self.playbook), "", object)))
        one_length(self)
        in_range(self.playbook, len(self.playbooks), "RunColumns: playbook")

    def __len__(self) -> int:
        return len(self.playbook)

    @classmethod
    def of(cls, changes: Iterable[RunChange]) -> Self:
        """Runs from their changes as the live engine gives them, in any order.

        Runs whose entry is not among the changes are left out: of those only what happened later is known.
        """
        entries: dict[tuple[str, str, int, str], bool] = {}
        goals: dict[tuple[str, str, int, str], int] = {}
        for change in changes:
            run = (change.customer, change.playbook, change.entered_us, change.occasion)
            if change.event == "entered":
                entries[run] = change.is_holdout
            elif change.event == "goal":
                goals[run] = min(change.at_us, goals.get(run, change.at_us))
        names: dict[str, int] = {}
        codes = [names.setdefault(run[1], len(names)) for run in entries]
        return cls(
            tuple(names),
            np.array([run[0] for run in entries], object),
            np.array(codes, np.int64),
            np.array([run[2] for run in entries], np.int64),
            np.array(list(entries.values()), bool),
            np.array([goals.get(run, NOT_REACHED) for run in entries], np.int64),
            np.array([run[3] for run in entries], object),
        )
