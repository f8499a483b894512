"""Discount hunters are left alone: who only ever came for the price is shown the value, and gets no other discount."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, became

HUNTER = "discounted >= 2 and full_price == 0"
"""Bought twice with a discount, and never paid the full price: our default."""


def discount_hunters(*, hunter: str = HUNTER, paid: str = "full_price >= 1", days: int = 180) -> Playbook:
    """One word about the value, without a price; pass `hunter` to `win_back` as well, and its offer passes them over.

    Args:
        hunter: the condition of who only comes for discounts.
        paid: the condition of who has paid the full price: the goal.
        days: within how many days.
    """
    return Playbook(
        "discount_hunters",
        on=became(hunter),
        audience="stage != 'churn'",
        purpose="adopt",
        steps=[
            Action(
                "send_email",
                channel="email",
                after_days=7,
                at="10:00",
                params=["discounted"],
                text="What others get out of it: a story about the value, no price in it",
                text_ja="価格ではなく価値をお伝えする活用事例(割引なし)",
            )
        ],
        goal=Goal(paid, within_days=days),
        exit="stage == 'churn'",
        reentry="never",
        priority=5,
        owners="marketing",
        text="Came for the discount: left alone with discounts",
        text_ja="キャンペーンハンターには割引を送らない",
    )
