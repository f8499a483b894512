"""How much is given away: how deep, how often, and how soon again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
import numpy as np

from lifecycle.model import DAY_US
from lifecycle.rules import Fact

from ._ledger import Choice, counted_days, held_until, nth_last, of_actions
from ._policy import NEVER_US, PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import between, is_name

_DEEPEST: Final = 100


@attrs.frozen
class DiscountLimit:
    """Holds plays that give a discount: too deep, too many, too soon after the last one.

    Too deep is for good. The others are tried again when enough time has passed. Transactional plays are held and
    counted too: what they give away is given away. Discounts that customers got elsewhere are not seen.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    max_percent: float = attrs.field(default=20, validator=between(0, _DEEPEST, whole=False))
    """The deepest discount that passes."""
    count: int = attrs.field(default=2, kw_only=True, validator=between(1, 1_000))
    """So many discounts a customer gets."""
    within_days: int = attrs.field(default=365, kw_only=True, validator=between(1, 3_660))
    """In any so many times 24 hours."""
    not_again_days: int = attrs.field(default=90, kw_only=True, validator=between(0, 3_660))
    """So many times 24 hours lie between two."""
    name: str = attrs.field(default="discount_limit", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundDiscountLimit:
        """The policy inside a definition."""
        everything = Choice().of(setup, self, transactional=True)
        percents = tuple(one.action.discount_percent for one in setup.actions)
        return BoundDiscountLimit(
            self,
            tuple(chosen and percent > 0 for chosen, percent in zip(everything, percents, strict=True)),
            tuple(percent > self.max_percent for percent in percents),
        )


@attrs.frozen(eq=False)
class BoundDiscountLimit:
    """`DiscountLimit` inside a definition."""

    limit: DiscountLimit
    """What was declared."""
    counted: tuple[bool, ...]
    """Per action whether it gives a discount."""
    too_deep: tuple[bool, ...]
    """Per action whether it gives too much."""

    @property
    def keeps_us(self) -> int:
        """The longer one of its times."""
        return max(self.limit.within_days, self.limit.not_again_days) * DAY_US

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether it is too deep, one too many or too soon."""
        action, limit = attempt.action.number, self.limit
        if not self.counted[action]:
            return None
        if self.too_deep[action]:
            percent = attempt.action.action.discount_percent
            return Block(f"a discount of {percent:g} % is deeper than {limit.max_percent:g} %", None)
        many = nth_last(attempt.ledger, self.counted, limit.count)
        last = nth_last(attempt.ledger, self.counted, 1)
        many_until = many + limit.within_days * DAY_US if many >= 0 else PASSES
        last_until = last + limit.not_again_days * DAY_US if last >= 0 else PASSES
        until = max(many_until, last_until)
        if until <= attempt.at_us:
            return None
        if many_until == until:
            return Block(f"{limit.count:,} discounts in {counted_days(limit.within_days)} already", until)
        return Block(f"less than {counted_days(limit.not_again_days)} since the last discount", until)

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        many, last = attempts.sent(self.counted, self.limit.count), attempts.sent(self.counted, 1)
        many_until = np.where(many >= 0, many + self.limit.within_days * DAY_US, PASSES)
        last_until = np.where(last >= 0, last + self.limit.not_again_days * DAY_US, PASSES)
        result = held_until(attempts, self.counted, np.maximum(many_until, last_until))
        result[of_actions(attempts, self.too_deep)] = NEVER_US
        return result
