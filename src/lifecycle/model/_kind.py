"""Kinds of touchpoints: what they are called, and when two are the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from lifecycle.errors import InvalidArgument

from ._refusal import Refusal, shown, wrong_type
from ._text import checked_name

_SEPARATORS: Final = frozenset("_-./:")


def normalise_kind(text: str) -> str:
    """The form under which kinds are compared: lower case, words joined by `_`.

    White space, `_`, `-`, `.`, `/`, `:` and the humps of camel case part words; other characters
    stay. So "Order Completed", "order_completed", "OrderCompleted", "order-completed" and
    "order.completed" are one kind, and "NPSScore" is "nps_score".

    Args:
        text: a kind as the source names it, 1 to 200 bytes in UTF-8.

    Raises:
        InvalidArgument: the text is empty, too long, only separators, or has control or
            invisible characters.

    >>> normalise_kind("Order Completed")
    'order_completed'
    """
    try:
        return kind_key(text)
    except Refusal as refusal:
        raise InvalidArgument(refusal.message) from None


def kind_key(value: object) -> str:
    """The key of a kind, checked.

    Raises:
        Refusal: as `checked_name`, and `empty` for a kind without any letter, digit or symbol.
    """
    if type(value) is not str:
        raise wrong_type(value, "kind", "text")
    return _cached_key(value)


@lru_cache(maxsize=4096)
def _cached_key(text: str) -> str:
    # Errors are not cached, so only checked, short texts stay in memory.
    checked_name(text, "kind", trimmed=False)
    words = "".join(" " if c in _SEPARATORS or c.isspace() else c for c in text).split()
    key = "_".join("_".join(_humps(word)) for word in words)
    if not key:
        raise Refusal("empty", "kind", f"'kind' has only separators ({shown(text)}); give it a word")
    return key


def _humps(word: str) -> list[str]:
    """The parts of a camel case word in lower case: `NPSScore2Sent` → nps, score2, sent."""
    starts = [0]
    for i in range(1, len(word)):
        after_lower = word[i].isupper() and not word[i - 1].isupper()
        ends_acronym = word[i].isupper() and word[i - 1].isupper() and word[i + 1 : i + 2].islower()
        if (after_lower and word[i - 1].isalnum()) or ends_acronym:
            starts.append(i)
    return [word[a:b].lower() for a, b in zip(starts, [*starts[1:], len(word)], strict=True)]
