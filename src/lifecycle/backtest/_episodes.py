"""When a sign was raised, for whom."""

from __future__ import annotations

from typing import Any

import attrs

from ._checks import IntArray, codes, instants, same_length


def _codes(values: Any) -> IntArray:
    return codes(values, "Episodes.customer")


def _instants(values: Any) -> IntArray:
    return instants(values, "Episodes.start_us")


@attrs.frozen(eq=False)
class Episodes:
    """When a sign was raised, for whom; when it was cleared again does not matter here.

    Raises:
        InvalidArgument: columns of two lengths, codes or instants that are none.
    """

    customer: IntArray = attrs.field(converter=_codes)
    """Code of the customer of each episode, the same codes as of the outcomes; shape (n_episodes,), in any order."""
    start_us: IntArray = attrs.field(converter=_instants)
    """When each was raised, in microseconds since 1970 UTC; shape (n_episodes,)."""

    def __attrs_post_init__(self) -> None:
        same_length(self.customer, self.start_us, "Episodes: customer, start_us")

    def __len__(self) -> int:
        return len(self.customer)
