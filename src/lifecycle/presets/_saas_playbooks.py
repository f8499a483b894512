"""The playbooks of the preset for contracts."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Playbook

from . import playbooks as stock

LEAVING: Final = (
    "login_stopped",
    "logins_fallen",
    "use_halved",
    "contacts_fallen",
    "data_fallen",
    "replies_slower",
    "replies_stopped",
    "meetings_cancelled",
    "contact_stopped",
    "mail_opens_fallen",
    "leaving",
)
"""The signs of the topic churn."""
_THEIRS: Final = (*stock.THEIRS, "message_answered", "meeting_held")


def saas_playbooks(*, onboarding_days: int = 90, habit_days: int = 10) -> tuple[Playbook, ...]:
    """The stock playbooks of `saas`.

    Args:
        onboarding_days: days after which onboarding is over.
        habit_days: different days of use that are a habit.
    """
    return (
        stock.welcome_account(habit=f"days_used >= {habit_days}", days=onboarding_days),
        stock.referred(),
        stock.quick_win(),
        stock.churn_risk(LEAVING),
        stock.support_overdue(),
        stock.usage_near_limit(),
        stock.feature_wanted(),
        stock.nurture(("use_risen",), next_step=("subscription_upgraded",), shown=("plan", "use_change", "owner")),
        stock.ambassador(),
        stock.referral(),
        stock.renewal(),
        stock.anniversary(),
        stock.owner_handover(),
        stock.survey(),
        stock.complaint_answered(),
        stock.promise_broken(),
        stock.win_back(left_alone=stock.HUNTER),
        stock.discount_hunters(),
        stock.keep_in_touch(
            ours=(*stock.OURS, "message_sent"), theirs=_THEIRS, shown=("owner", "plan", "tenure"), unless=LEAVING
        ),
    )
