"""Welcome of who booked: the way, how it was, and the next visit, each when the one before is done."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Action, Playbook, Stop, Wait

from ._welcome import welcome

_STEPS: Final = (
    Action(
        "send_email",
        channel="email",
        transactional=True,
        params=["owner"],
        text="You are expected: way, time, what to bring, and whom to ask",
        text_ja="ご予約のお礼と、道順・時間・持ち物・担当者のご案内",
    ),
    Wait(
        "visit",
        days=30,
        otherwise=[
            Action(
                "send_email",
                channel="email",
                at="09:00",
                text="Is the day still right? Help to find another one",
                text_ja="ご都合の確認と、日程変更のご案内",
            ),
            Wait("visit", days=30, otherwise=Stop()),
        ],
    ),
    Action(
        "send_email",
        channel="email",
        after_days=1,
        at="10:00",
        params=["owner", "last_service"],
        text="How was it? And what will make the next time better",
        text_ja="ご来店のお礼と、次回をより良くするためのお伺い",
    ),
    Wait("booked", days=21),
    Action(
        "send_email",
        channel="email",
        after_days=2,
        at="09:00",
        params=["last_service"],
        text="A proposal for the next visit that fits the season",
        text_ja="季節に合わせた次回のご提案",
    ),
)


def welcome_guest(*, habit: str = "visit_days >= 3", days: int = 90) -> Playbook:
    """The drip for who booked: how to find the way, how it was, and the next visit.

    Args:
        habit: the condition that ends onboarding well: the goal.
        days: how long it may take.
    """
    return welcome(_STEPS, habit=habit, days=days, owner="owner")
