"""A feature outside the plan was tried: say what it does while it is wanted."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, Wait, happened


def feature_wanted(*, wait_days: int = 14, days: int = 45) -> Playbook:
    """A word inside the product about that feature, then a trial of it; once for each feature.

    The run's key is the attribute `feature`: the play carries it as `occasion`.

    Args:
        wait_days: days to take the larger plan before a trial is offered.
        days: within how many days a larger plan is to be taken: the goal.
    """
    return Playbook(
        "feature_wanted",
        on=happened("feature_blocked"),
        key="feature",
        reentry="per_key",
        concurrent=1,
        purpose="expand",
        steps=[
            Action(
                "show_message",
                channel="in_app",
                params=["plan", "features_blocked_30d"],
                text="What the feature does, and the story of a customer who uses it",
                text_ja="その機能でできることと、活用しているお客様の事例のご紹介",
            ),
            Wait("subscription_upgraded", days=wait_days, otherwise=Action(
                "send_email",
                channel="email",
                at="10:00",
                params=["plan", "owner"],
                owners=("customer success", "sales"),
                text="Try the feature for two weeks, with a person to ask",
                text_ja="担当者のサポート付きで、その機能を2週間お試しいただくご提案",
            )),
        ],
        goal=Goal(touchpoint="subscription_upgraded", within_days=days),
        exit="stage == 'churn'",
        priority=25,
        owners="customer success",
        text="Tried a feature outside the plan",
        text_ja="プラン外の機能の利用意向",
    )  # fmt: skip
