"""The cadence of contacts: not too often, and not forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.model import DAY_US
from lifecycle.rules import Fact, Last
from lifecycle.signs import called

from ._ledger import Choice, held_until, nth_last
from ._policy import PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import between, is_name

_WISH: Final = "cadence.every_days"
LONGEST_WISH_DAYS: Final = 366
"""A wish to be contacted less often than once in so many days counts as this one."""


@attrs.frozen
class Cadence:
    """Not too often, and not forgotten: the least and the most days between two plays.

    The lower bound holds plays; the customer's own wish, `profile_set` with `contact_every_days`, replaces it. The
    upper bound holds nothing: the check of a definition and the plan of a day read it. Transactional plays are neither
    held nor counted.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    at_least_days: int = attrs.field(default=7, validator=between(0, LONGEST_WISH_DAYS))
    """So many times 24 hours lie between two plays, unless the customer wishes otherwise."""
    at_most_days: int = attrs.field(default=92, kw_only=True, validator=between(1, 3_660))
    """After so many days without a play a customer counts as forgotten."""
    name: str = attrs.field(default="cadence", kw_only=True, validator=is_name)
    """What it is called."""

    def __attrs_post_init__(self) -> None:
        if self.at_least_days > self.at_most_days:
            raise DefinitionError(
                f"{called(self)}: at_least_days={self.at_least_days} is more than at_most_days={self.at_most_days}"
            )

    def facts(self) -> Mapping[str, Fact]:
        """The customer's wish."""
        return {_WISH: Last(("welcomed", "profile_set"), of="contact_every_days")}

    def bind(self, setup: PolicySetup, /) -> BoundCadence:
        """The policy inside a definition."""
        return BoundCadence(Choice().of(setup, self, transactional=False), self.at_least_days)


@attrs.frozen(eq=False)
class BoundCadence:
    """`Cadence` inside a definition."""

    counted: tuple[bool, ...]
    """Per action whether it is held and counted."""
    days: int
    """Between two plays."""
    keeps_us: int = LONGEST_WISH_DAYS * DAY_US
    """As long as a customer may wish."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether the last play is too near."""
        if not self.counted[attempt.action.number]:
            return None
        sent_us = nth_last(attempt.ledger, self.counted, 1)
        if sent_us < 0:
            return None
        wish = attempt.read(_WISH)
        days = self.days if wish is None else min(max(wish, 0), LONGEST_WISH_DAYS)
        until = sent_us + int(days * DAY_US)
        if until <= attempt.at_us:
            return None
        wished = "" if wish is None else ", as the customer wishes"
        return Block(f"less than {days:g} days since the last play{wished}", until)

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        sent, wish = attempts.sent(self.counted, 1), attempts.read(_WISH)
        days = wish.values if wish.valid is None else np.where(wish.valid, wish.values, self.days)
        span = (np.clip(days, 0, LONGEST_WISH_DAYS) * DAY_US).astype(np.int64)
        return held_until(attempts, self.counted, np.where(sent >= 0, sent + span, PASSES))
