"""Welcome of an account: one piece after another, each when the customer has done the one before."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Action, Playbook, Wait

from ._welcome import welcome

_STEPS: Final = (
    Action(
        "send_email",
        channel="email",
        transactional=True,
        params=["owner", "plan"],
        text="A good choice: thank you. What happens in the next 90 days, and whom to ask",
        text_ja="ご契約へのお礼。これからの90日間の流れと、相談できる担当者のご案内",
    ),
    Wait(
        "goal_agreed",
        days=5,
        otherwise=Action(
            "call",
            channel="phone",
            at="10:00",
            only_if="not has_goal",
            text="Introduce yourself; agree what success is, in figures",
            text_ja="自己紹介をし、成功の定義(ゴール)を数字で合意する",
        ),
    ),
    Action(
        "send_email",
        channel="email",
        at="09:00",
        text="The first settings, step by step, and a date for help",
        text_ja="初期設定の手順と、導入支援の日程のご案内",
    ),
    Wait(
        ("setup_completed", "feature_used"),
        days=10,
        otherwise=Action(
            "call",
            channel="phone",
            at="10:00",
            only_if="not has_setup and days_used == 0",
            text="Ask what stands in the way of the set-up, and set it up together",
            text_ja="設定のつまずきを聞き、一緒に設定を終える",
        ),
    ),
    Action(
        "send_email",
        channel="email",
        after_days=2,
        at="09:00",
        text="The one function that shows its value soonest, with a template to begin with",
        text_ja="最も早く価値を実感できる機能を、ひな型とともにご案内",
    ),
    Wait("value_confirmed", days=21),
    Action(
        "send_email",
        channel="email",
        after_days=2,
        at="09:00",
        params=["days_used"],
        text="Tips that make it part of each day, and the community of users",
        text_ja="毎日の業務に取り入れるコツと、ユーザーコミュニティのご案内",
    ),
)


def welcome_account(*, habit: str = "days_used >= 10", days: int = 90) -> Playbook:
    """The drip for an account: agree the goal, set up, a quick win, the habit.

    A step that is not taken in time gets help by a person; the next piece comes with the step or after the help.

    Args:
        habit: the condition that ends onboarding well: the goal.
        days: how long it may take.
    """
    return welcome(_STEPS, habit=habit, days=days, owner="customer success")
