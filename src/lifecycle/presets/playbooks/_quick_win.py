"""Quick win missed: the first value is overdue, so a person helps."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, Wait, overdue


def quick_win(
    *, reached_by: Sequence[str] = ("value_confirmed",), shown: Sequence[str] = ("days_used", "owner"), days: int = 30
) -> Playbook:
    """A call when the first value is overdue, then a session hands on.

    Args:
        reached_by: the kinds that say that the value was felt: the goal.
        shown: the facts that the person needs.
        days: within how many days it is to be felt after all.
    """
    return _playbook(
        [
            Action(
                "call",
                channel="phone",
                at="10:00",
                params=shown,
                text="Ask what was hoped for, and show the one thing that brings it soonest",
                text_ja="期待していた成果を聞き、最も早く実感できる使い方を案内する",
            ),
            Wait(
                reached_by,
                days=10,
                otherwise=Action(
                    "meet",
                    channel="meeting",
                    at="10:00",
                    params=shown,
                    owners=("customer success", "product"),
                    text="A session hands on: do it together until it works",
                    text_ja="ハンズオンで一緒に操作し、最初の成功体験をつくる",
                ),
            ),
        ],
        goal=Goal(touchpoint=reached_by, within_days=days),
        owner="customer success",
    )


def quick_win_by_mail(
    *, reached_by: Sequence[str] = ("value_confirmed", "purchase"), shown: Sequence[str] = (), days: int = 30
) -> Playbook:
    """The same where there are many customers: help by mail, and a person for who looks at it.

    Args:
        reached_by: the kinds that say that the value was felt: the goal.
        shown: the facts that the words need.
        days: within how many days it is to be felt after all.
    """
    return _playbook(
        [
            Action(
                "send_email",
                channel="email",
                at="09:00",
                params=shown,
                text="How is it? Advice on the use, and one click to ask a person",
                text_ja="ご感想のお伺いと、使い方のアドバイス・相談窓口のご案内",
            ),
            Wait(("mail_clicked", "inquiry"), days=10, then=Action(
                "call",
                channel="phone",
                at="10:00",
                params=shown,
                text="They looked: ask what was hoped for, and help",
                text_ja="関心を示されたお客様へ、期待していた成果を伺い案内する",
            )),
        ],
        goal=Goal(touchpoint=reached_by, within_days=days),
        owner="support",
    )  # fmt: skip


def _playbook(steps: Sequence[Action | Wait], *, goal: Goal, owner: str) -> Playbook:
    return Playbook(
        "quick_win",
        on=overdue("onboarding.quick_win"),
        # Who uses it by habit has felt the value, whether it was told or not.
        audience="stage == 'onboarding'",
        purpose="adopt",
        steps=steps,
        goal=goal,
        exit="stage == 'churn'",
        reentry="never",
        priority=60,
        owners=owner,
        text="The quick win is overdue",
        text_ja="早期の成功体験(Quick Win)の遅れ",
    )
