"""Whether customers react to what they are sent."""

from __future__ import annotations

from typing import Final

import numpy as np

from lifecycle.tally import RatioTally

from ._cut import Cut
from ._pairing import NEVER, paired
from ._registry import register

_DELIVERED: Final = ("mail_sent", "message_sent")
_REACTED: Final = ("mail_opened", "mail_clicked", "message_answered")


@register("engagement_rate", unit="rate", better="higher")
def engagement_rate(
    cut: Cut,
    *,
    channel: str | None = None,
    delivered: tuple[str, ...] = _DELIVERED,
    reacted: tuple[str, ...] = _REACTED,
    ref: str = "message",
) -> RatioTally:
    """Of what was delivered in the period, the share that the customer reacted to by its end.

    A reaction belongs to the delivery with the same `ref`; one without a ref belongs to the last delivery without one
    before it. So opening and clicking one mail counts once. With `channel`, only deliveries by that channel count. Some
    mail programs open mails by themselves: leave 'mail_opened' out of `reacted` to count clicks only. A mail that is
    logged as sent and as delivered without a ref counts twice.
    """
    sent = cut.history(*delivered)
    pairs = paired(sent, cut.history(*reacted), refs=(ref,))
    follows = paired(sent, sent, refs=(ref,)).closed_at
    names_none = (pairs.group & 0xFFFFFFFF) == 0
    is_reacted = pairs.is_closed & (~names_none | (follows == NEVER) | (pairs.closed_at < follows))
    inside = sent.at >= cut.start_us
    if channel is not None:
        inside &= np.array([one == channel for one in sent.text("channel").tolist()], bool)
    return RatioTally(int(np.count_nonzero(is_reacted & inside)), int(np.count_nonzero(inside)))
