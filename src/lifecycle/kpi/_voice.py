"""The voice of the customer: whether the loop is closed, and how fast."""

from __future__ import annotations

from typing import Final

import numpy as np

from lifecycle.rules import texts
from lifecycle.tally import CountsTally, RatioTally, SpreadTally

from ._apart import Apart
from ._cut import Cut
from ._groups import UNKNOWN
from ._pairing import Pairs, paired
from ._registry import register
from ._rows import Touched

VOICES: Final = ("voice", "complaint")
"""The kinds with which a customer says what is good or bad."""
ANSWERED: Final = ("voice_answered", "complaint_answered")
"""The kinds that tell the customer what came of it."""
ACTED: Final = ("voice_acted_on", "complaint_acted_on")
"""The kinds that say that something is done about it."""
REFS: Final = ("voice", "complaint")
"""The attributes that say which voice is meant."""


def loops(cut: Cut, voices: Touched, kinds: tuple[str, ...]) -> Pairs:
    """Each voice with the first touchpoint of some kinds that belongs to it.

    It belongs where it names the same voice; one that names none belongs to every voice of its customer before it.
    """
    return paired(voices, cut.history(*kinds), refs=REFS, is_loose=True)


@register("voice_closed_rate", unit="rate", better="higher")
def voice_closed_rate(
    cut: Cut, *, kinds: tuple[str, ...] = VOICES, answered: tuple[str, ...] = ANSWERED, where: str | None = None
) -> RatioTally:
    """Of the voices raised in the period, the share answered to the customer by its end.

    Reviews, survey comments, complaints, notes of sales: whatever `kinds` name; `where` chooses by channel, topic or
    sentiment, such as "sentiment < 0". An answer belongs to the voice that it names in `voice` or `complaint`; one that
    names none answers every voice of its customer before it. A voice of the last days counts as open: choose periods
    that are long against the time to answer. Also in use: `voice_states`, `time_to_answer_voice`.
    """
    pairs = loops(cut, cut.touchpoints(*kinds, where=where), answered)
    return RatioTally(int(np.count_nonzero(pairs.is_closed)), len(pairs))


@register("voice_states", unit="voices")
def voice_states(
    cut: Cut,
    *,
    kinds: tuple[str, ...] = VOICES,
    acted: tuple[str, ...] = ACTED,
    answered: tuple[str, ...] = ANSWERED,
    where: str | None = None,
) -> CountsTally:
    """The voices raised in the period by where they stand at its end: open, acted on, answered.

    'Acted on' is what somebody does something about without the customer knowing yet; only 'answered' closes the loop.
    """
    voices = cut.touchpoints(*kinds, where=where)
    is_answered = loops(cut, voices, answered).is_closed
    is_acted = loops(cut, voices, acted).is_closed & ~is_answered
    counts = {"answered": is_answered, "acted on": is_acted, "open": ~is_answered & ~is_acted}
    return CountsTally({name: int(np.count_nonzero(mask)) for name, mask in counts.items()})


@register("time_to_answer_voice", unit="hours", better="lower")
def time_to_answer_voice(
    cut: Cut,
    *,
    kinds: tuple[str, ...] = VOICES,
    answered: tuple[str, ...] = ANSWERED,
    where: str | None = None,
    quantile: float = 0.5,
) -> Apart:
    """The median time from a voice to its answer, of the voices answered in the period.

    Wall clock hours. Voices without an answer at the end of the period, whenever they were raised, are counted apart.
    What belongs together is said at `voice_closed_rate`.
    """
    pairs = loops(cut, cut.history(*kinds, where=where), answered)
    inside = pairs.is_closed & (pairs.closed_at >= cut.start_us)
    seconds = (pairs.closed_at[inside] - pairs.opened.at[inside]) // 1_000_000
    n_open = int(np.count_nonzero(~pairs.is_closed))
    return Apart(SpreadTally.of(seconds, per=3600, quantile=quantile), n_open, "not answered yet")


@register("voice_count", unit="voices")
def voice_count(
    cut: Cut, *, kinds: tuple[str, ...] = VOICES, attribute: str = "topic", where: str | None = None
) -> CountsTally:
    """The voices raised in the period by topic, or by another attribute such as channel; '(unknown)' where it is none.

    A voice has one topic. Who spoke, what they are worth and how it changes: `voice_topics`.
    """
    codes, book = texts(cut.rows, attribute, cut.touchpoints(*kinds, where=where).index)
    counts = np.bincount(codes + 1, minlength=len(book) + 1).tolist()
    return CountsTally(named(book, counts[1:], counts[0]))


def named(book: tuple[str, ...], counts: list[int], unknown: int) -> dict[str, int]:
    """Counts by name; an empty name is unknown too."""
    found = {UNKNOWN: unknown}
    for name, count in zip(book, counts, strict=True):
        found[name or UNKNOWN] = found.get(name or UNKNOWN, 0) + count
    return found
