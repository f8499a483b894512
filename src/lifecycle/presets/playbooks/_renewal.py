"""Renewal: what it brought is reviewed long before the date."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, Wait, on_date

_SHOWN = ("renewal", "plan", "owner", "use_change", "nps_score", "tickets_open")


def renewal(*, review_days: int = 90, last_days: int = 30) -> Playbook:
    """A review of the goal before the renewal date, then a person on the contract.

    Args:
        review_days: so many days before the date the review begins.
        last_days: so many days before the date a person calls who has not renewed.
    """
    return Playbook(
        "renewal",
        on=on_date("renewal", days=-review_days),
        audience="stage != 'churn'",
        purpose="retain",
        steps=[
            Action(
                "meet",
                channel="meeting",
                at="10:00",
                params=_SHOWN,
                text="Review the goal with figures: what it brought, and the next goal",
                text_ja="ゴールの達成状況を数字で振り返り、次のゴールを決める",
            ),
            Wait("subscription_renewed", days=max(review_days - last_days, 1), otherwise=Action(
                "call",
                channel="phone",
                at="10:00",
                params=_SHOWN,
                owners=("customer success", "sales"),
                text="Not renewed yet: ask what is missing, without a discount",
                text_ja="更新前の確認:不足している点を伺う(割引は使わない)",
            )),
        ],
        goal=Goal(touchpoint="subscription_renewed", within_days=review_days + last_days),
        exit="stage == 'churn'",
        priority=65,
        owners="customer success",
        text="The renewal comes up",
        text_ja="契約更新の準備",
    )  # fmt: skip
