"""Welcome of who bought: the delivery, the use, and the next thing that fits, each in its time."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Action, Playbook, Wait

from ._welcome import welcome

_STEPS: Final = (
    Action(
        "send_email",
        channel="email",
        transactional=True,
        text="Thank you: what comes when, and whom to ask",
        text_ja="ご購入のお礼と、お届け予定・お問い合わせ先のご案内",
    ),
    Wait("setup_completed", days=10),
    Action(
        "send_email",
        channel="email",
        after_days=2,
        at="09:00",
        params=["last_category"],
        text="How to get the most out of it, and the question how it went",
        text_ja="商品の使いこなし方と、ご感想のお伺い",
    ),
    Wait(("value_confirmed", "voice", "nps"), days=21),
    Action(
        "send_email",
        channel="email",
        after_days=2,
        at="09:00",
        params=["last_category"],
        text="What others took next, from what was bought before: no discount",
        text_ja="ご購入商品に合わせた次の一品のご提案(割引なし)",
    ),
)


def welcome_buyer(*, habit: str = "purchase_days >= 2", days: int = 90) -> Playbook:
    """The drip for who bought in a shop: the thank-you, the delivery, the use, the next thing that fits.

    Args:
        habit: the condition that ends onboarding well: the goal.
        days: how long it may take.
    """
    return welcome(_STEPS, habit=habit, days=days, owner="marketing")
