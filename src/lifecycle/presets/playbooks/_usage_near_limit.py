"""Usage near the limit: the customer's own use says that more is needed."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, became

_SHOWN = ("plan", "plan_used", "plan_limit", "plan_share")


def usage_near_limit(*, call_after_days: int = 7, again_days: int = 90, days: int = 60) -> Playbook:
    """A word inside the product, then a call, as long as use stays near the limit.

    Args:
        call_after_days: days after which a person calls.
        again_days: days before it starts again.
        days: within how many days a larger plan is to be taken: the goal.
    """
    return Playbook(
        "usage_near_limit",
        # Who was near it in onboarding is spoken to when onboarding is over.
        on=became("signal_limit_near and stage != 'onboarding' and stage != 'churn'"),
        purpose="expand",
        steps=[
            Action(
                "show_message",
                channel="in_app",
                params=_SHOWN,
                text="How much of the plan is used, and what happens at its end: no surprise",
                text_ja="プランの利用状況と、上限に達したときの動作のご案内",
            ),
            Action(
                "call",
                channel="phone",
                after_days=call_after_days,
                at="10:00",
                params=(*_SHOWN, "owner"),
                owners=("customer success", "sales"),
                text="Bring a proposal made from their own use, not a price list",
                text_ja="利用データに基づくプランのご提案",
            ),
        ],
        goal=Goal(touchpoint="subscription_upgraded", within_days=days),
        exit="stage == 'churn' or not signal_limit_near",
        reentry=again_days,
        priority=20,
        owners="customer success",
        text="Use is near the limit of the plan",
        text_ja="プラン上限に近い利用",
    )
