"""Who gets nothing, so that effects can be measured."""

from __future__ import annotations

from hashlib import blake2b

import attrs


def bucket(salt: str, playbook: str, customer: str) -> float:
    """Where a customer falls between 0 and 1, by a stable hash."""
    text = "\x1f".join((salt, playbook, customer)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") / 2**64


@attrs.frozen
class Holdout:
    """A share of customers who get nothing at all."""

    share: float
    """How many, from 0 to 1."""
    salt: str = ""
    """Of the hash; '' is the definition's name."""
    name: str = "holdout"
    """What it is called."""

    def facts(self):
        return {}

    def bind(self, setup):
        raise NotImplementedError
