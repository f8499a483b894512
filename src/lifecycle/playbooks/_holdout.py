"""Who gets nothing, so that effects can be measured."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import attrs
import numpy as np

from lifecycle.rules import Fact
from lifecycle.signs import is_text

from ._policy import PASSES, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._texts import between, is_name

_SEPARATOR: Final = "\x1f"


def bucket(salt: str, playbook: str, customer: str) -> float:
    """Where a customer falls between 0 and 1; the customer is in the holdout where this is below the share.

    It depends on nothing but its arguments, so that it stays when playbooks are added, dropped or reordered, and
    another language gets the same: join salt, playbook and customer by U+001F, encode as UTF-8, hash with BLAKE2b to
    8 bytes, read them as a big-endian number, drop the last 11 bits and divide by 2**53.

    Args:
        salt: of the holdout; the definition's name unless declared.
        playbook: the name of the playbook, '' for the holdout over all.
        customer: the id.

    Returns:
        At least 0, below 1.

    >>> bucket("gym", "call_them", "ada") < 0.1
    False
    """
    digest = blake2b(_SEPARATOR.join((salt, playbook, customer)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53


@attrs.frozen
class Holdout:
    """A share of customers who get nothing at all, from any playbook, so that the effect of all can be measured.

    It is looked at when a customer enters a playbook, and stays so for that run; where it stands among the policies
    makes no difference. A playbook has a holdout of its own beside it.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.
    """

    share: float = attrs.field(validator=between(0, 1, whole=False))
    """How many, from 0 to 1."""
    salt: str = attrs.field(default="", kw_only=True, validator=is_text)
    """Another salt draws other customers; '' is the definition's name. The holdouts of playbooks use it too."""
    name: str = attrs.field(default="holdout", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundHoldout:
        """A policy that holds nothing: at the entry all is decided."""
        return BoundHoldout()


@attrs.frozen(eq=False)
class BoundHoldout:
    """`Holdout` inside a definition."""

    keeps_us: int = 0
    """It needs no decided plays."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Nothing is held."""
        return None

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        return np.full(len(attempts.at_us), PASSES, np.int64)
