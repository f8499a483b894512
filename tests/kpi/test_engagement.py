"""Reactions to what was delivered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifecycle import Touchpoint
from lifecycle.kpi import engagement_rate
from lifecycle.tally import RatioTally

from .club import cut_of, touch


def test_a_mail_opened_and_clicked_counts_once() -> None:
    """Two mails, the first opened and clicked, the second not: one of two."""
    told = [touch("03-01", "mail_sent"), touch("03-02", "mail_opened"), touch("03-02", "mail_clicked")]
    assert engagement_rate(cut_of([*told, touch("03-03", "mail_sent")])) == RatioTally(1, 2)


def test_a_reaction_without_a_ref_belongs_to_the_last_delivery() -> None:
    """Of two mails in a row, a click is about the second one; the first one's month had none."""
    told = [touch("02-27", "mail_sent"), touch("03-02", "mail_sent"), touch("03-03", "mail_clicked")]
    assert engagement_rate(cut_of(told, "2026-02")) == RatioTally(0, 1)
    assert engagement_rate(cut_of(told, "2026-03")) == RatioTally(1, 1)
    assert engagement_rate(cut_of(told)) == RatioTally(1, 2)


def test_a_mail_logged_twice_under_one_ref_keeps_the_rate() -> None:
    """As sent and as delivered: the reaction belongs to both."""
    told = [touch(f"03-0{day}", "mail_sent", message="a") for day in (1, 2)]
    assert engagement_rate(cut_of([*told, touch("03-03", "mail_clicked", message="a")])) == RatioTally(2, 2)


def test_a_reaction_with_a_ref_belongs_to_its_delivery() -> None:
    """Whatever was sent in between."""
    told = [touch("03-01", "message_sent", message="a"), touch("03-02", "message_sent", message="b")]
    cut = cut_of([*told, touch("03-03", "message_answered", message="a"), touch("04-01", "message_answered")])
    assert engagement_rate(cut) == RatioTally(1, 2)


@pytest.mark.parametrize(("channel", "wanted"), [("email", RatioTally(1, 1)), ("push", RatioTally(0, 1))])
def test_a_channel_counts_alone(channel: str, wanted: RatioTally) -> None:
    """By the channel of the delivery."""
    told = [
        Touchpoint("ada", "mail_sent", datetime(2026, 3, day, tzinfo=UTC), channel=name, attributes={"message": name})
        for day, name in ((1, "email"), (2, "push"))
    ]
    cut = cut_of([*told, touch("03-03", "mail_clicked", message="email"), touch("03-03", "mail_sent", message="sms")])
    assert engagement_rate.using({"channel": channel})(cut) == wanted
