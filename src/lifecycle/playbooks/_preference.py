"""Which channel the customer prefers, and which to avoid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.rules import Column, Fact, Last

from ._consent import as_channels, where_text
from ._ledger import Choice, of_actions
from ._policy import NEVER_US, PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import is_name

_PREFERRED: Final = "preference.preferred"
_AVOIDED: Final = "preference.avoided"
_PROFILE: Final = ("welcomed", "profile_set")


@attrs.frozen
class ChannelPreference:
    """Holds plays by another channel than the one that the customer prefers, or by one to avoid; for good.

    The customer says so with `profile_set` (or when welcomed): `preferred_channel`, `avoid_channel`. A preferred
    channel counts where it is one of `among` and not to be avoided, and holds the others of `among`. '' takes a wish
    back. Transactional plays are not held.

    Raises:
        DefinitionError: a channel is no plain text.
    """

    among: tuple[str, ...] = attrs.field(default=("email", "sms", "phone", "post"), converter=as_channels)
    """The channels between which the customer chooses."""
    name: str = attrs.field(default="channel_preference", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """The last wishes."""
        return {
            _PREFERRED: Last(_PROFILE, of="preferred_channel", type="text"),
            _AVOIDED: Last(_PROFILE, of="avoid_channel", type="text"),
        }

    def bind(self, setup: PolicySetup, /) -> BoundPreference:
        """The policy inside a definition."""
        concerned = Choice().of(setup, self, transactional=False)
        channels = tuple(one.action.channel if concerned[one.number] else "" for one in setup.actions)
        return BoundPreference(channels, frozenset(self.among))


@attrs.frozen(eq=False)
class BoundPreference:
    """`ChannelPreference` inside a definition."""

    channels: tuple[str, ...]
    """Per action its channel, '' where it is not concerned."""
    among: frozenset[str]
    """The channels between which the customer chooses."""
    keeps_us: int = 0
    """It needs no decided plays."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether the customer prefers another channel."""
        channel = self.channels[attempt.action.number]
        if not channel:
            return None
        avoided = attempt.read(_AVOIDED)
        if channel == avoided:
            return Block(f"the customer avoids {channel}", None)
        if channel not in self.among:
            return None
        preferred = attempt.read(_PREFERRED)
        if preferred not in self.among or preferred in (channel, avoided):
            return None
        return Block(f"the customer prefers {preferred} to {channel}", None)

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        result = np.full(len(attempts.at_us), PASSES, np.int64)
        preferred, avoided = attempts.read(_PREFERRED), attempts.read(_AVOIDED)
        effective = np.zeros(len(result), bool)
        for channel in self.among:
            effective |= _is(preferred, channel) & ~_is(avoided, channel)
        for channel in set(self.channels) - {""}:
            asked = of_actions(attempts, tuple(one == channel for one in self.channels))
            held = _is(avoided, channel)
            if channel in self.among:
                held = held | (effective & ~_is(preferred, channel))
            result[asked & held] = NEVER_US
        return result


def _is(column: Column, text: str) -> Any:
    return where_text(column, text.__eq__)
