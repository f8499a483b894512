"""The stock policies: what may hold a play back, in every preset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lifecycle.playbooks import (
    Cadence,
    Cap,
    ChannelPreference,
    Consent,
    DiscountLimit,
    HoldWhile,
    NoSelling,
    Playbook,
    Policy,
    QuietHours,
    SurveyFatigue,
)

WRITTEN: Final = ("email", "sms", "push", "chat", "post")
"""The channels by which a customer is written to; a word inside the product disturbs nobody."""
SPOKEN: Final = ("phone", "meeting")
"""Those by which a person speaks with the customer: no mail may take their place."""
OPEN_COMPLAINT: Final = "tickets_open >= 1 or complaints_open >= 1"
"""While something is open nothing is sold, and no favour is asked."""


def stock_policies(*, mails: int = 2, calls: int = 2, days: int = 7, quarter_days: int = 92) -> tuple[Policy, ...]:
    """What the presets ask before a play is decided, in this order.

    Args:
        mails: so many written contacts at most ...
        calls: ... and so many spoken ones ...
        days: ... in so many days.
        quarter_days: after so many days without a play a customer counts as forgotten.
    """
    return (
        Consent(),
        ChannelPreference(),
        NoSelling(("onboarding",), purposes=("expand",)),
        HoldWhile(OPEN_COMPLAINT, purposes=("expand", "advocate"), name="complaint_open"),
        SurveyFatigue(),
        DiscountLimit(),
        QuietHours(),
        # The lower bound is the customer's own wish; for all others the caps are enough.
        Cadence(0, at_most_days=quarter_days),
        Cap(mails, days, channel=WRITTEN, name="mail_cap"),
        Cap(calls, days, channel=SPOKEN, name="call_cap"),
    )


def chosen(
    playbooks: Sequence[Playbook] | None, policies: Sequence[Policy] | None, stock: tuple[Playbook, ...]
) -> tuple[Sequence[Playbook], Sequence[Policy]]:
    """The playbooks and policies of a preset: its own where None is asked for; without playbooks no policies.

    Args:
        playbooks: as asked for.
        policies: as asked for.
        stock: the playbooks of the preset.
    """
    found = stock if playbooks is None else playbooks
    if policies is None:
        return found, stock_policies() if found else ()
    return found, policies
