"""Whether the customer has agreed: consent by channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.rules import Column, Fact, Last
from lifecycle.signs import called

from ._ledger import of_actions
from ._policy import NEVER_US, PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import as_texts, is_name, wrong

CHANNELS: Final = ("email", "sms", "phone", "push", "in_app", "chat", "post", "meeting")
"""The channels that `Consent` listens for without being told."""
_YES: Final = frozenset({"yes", "true", "1"})


def as_channels(value: object) -> tuple[str, ...]:
    """One channel, several or none, as a tuple.

    Raises:
        DefinitionError: one is no plain text.
    """
    found = as_texts(value)
    for name in found:
        if not re.fullmatch(r"[\w -]+", name) or name == "all":
            raise wrong("channel", name, "letters, digits, spaces, underscores or dashes, and not 'all'")
    return found


@attrs.frozen
class Consent:
    """Holds plays by a channel to which the customer has not agreed; for good.

    A touchpoint `consent_set` says it: its channel is one channel or 'all', its attribute `granted` is yes or no (true
    or false). Of two words about a channel the later one counts. An action without a channel needs no consent; a
    transactional one does.

    Raises:
        DefinitionError: a channel is no plain text.

    >>> Consent(opt_in=("sms", "phone")).opt_in
    ('sms', 'phone')
    """

    opt_in: tuple[str, ...] = attrs.field(default=("sms",), converter=as_channels)
    """Channels that need a grant; the others are closed by a refusal only."""
    more_channels: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_channels)
    """Channels of your actions beside `CHANNELS`, such as 'line'."""
    name: str = attrs.field(default="consent", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """The last word about each channel."""
        return {
            _word_of(channel): Last(
                "consent_set", of="granted", type="text", where=f"channel == '{channel}' or channel == 'all'"
            )
            for channel in dict.fromkeys((*CHANNELS, *self.opt_in, *self.more_channels))
        }

    def bind(self, setup: PolicySetup, /) -> BoundConsent:
        """The policy inside a definition.

        Raises:
            DefinitionError: an action goes by a channel that it does not listen for.
        """
        known = {"", *CHANNELS, *self.opt_in, *self.more_channels}
        for one in setup.actions:
            if one.action.channel not in known:
                raise DefinitionError(
                    f"{called(self)}: action {one.action.name!r} of playbook {one.playbook.name!r} goes by "
                    f"{one.action.channel!r}, which is none of its channels; add more_channels={one.action.channel!r}"
                )
        return BoundConsent(tuple(one.action.channel for one in setup.actions), frozenset(self.opt_in))


@attrs.frozen(eq=False)
class BoundConsent:
    """`Consent` inside a definition."""

    channels: tuple[str, ...]
    """Per action its channel."""
    opt_in: frozenset[str]
    """The channels that need a grant."""
    keeps_us: int = 0
    """It needs no decided plays."""
    words: tuple[tuple[str, bool, Block, Block], ...] = attrs.field(init=False)
    """Per action the fact with the last word, whether it needs a grant, and both ways to be held."""

    def __attrs_post_init__(self) -> None:
        words = tuple(
            (
                _word_of(channel) if channel else "",
                channel in self.opt_in,
                Block(f"no consent to {channel}", None),
                Block(f"consent to {channel} was refused", None),
            )
            for channel in self.channels
        )
        object.__setattr__(self, "words", words)

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether the customer has not agreed."""
        fact, needs_grant, none_given, refused = self.words[attempt.action.number]
        if not fact:
            return None
        word = attempt.read(fact)
        if word is None:
            return none_given if needs_grant else None
        return None if _is_yes(word) else refused

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        result = np.full(len(attempts.at_us), PASSES, np.int64)
        for channel in set(self.channels) - {""}:
            asked = of_actions(attempts, tuple(one == channel for one in self.channels))
            if not asked.any():
                continue
            said = attempts.read(_word_of(channel))
            granted = where_text(said, _is_yes)
            heard = np.ones(len(granted), bool) if said.valid is None else said.valid
            held = asked & ~granted & (heard | (channel in self.opt_in))
            result[held] = NEVER_US
        return result


def _word_of(channel: str) -> str:
    return f"consent.{channel}"


def _is_yes(word: Any) -> bool:
    # Whatever is no clear yes is a no: the costlier mistake is to write to who refused.
    return isinstance(word, str) and word.strip().casefold() in _YES


def where_text(column: Column, test: Callable[[str], bool]) -> Any:
    """Where the text of a column is there and passes a test; shape (n,)."""
    found = np.array([*(test(text) for text in column.book), False])[column.values]
    return found if column.valid is None else found & column.valid
