"""Nurture: who uses more is shown the next step, from their own use and with the story of somebody like them."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, Wait, raised


def nurture(
    signals: Sequence[str], *, next_step: Sequence[str], shown: Sequence[str] = (), again_days: int = 90, days: int = 60
) -> Playbook:
    """A story of a similar customer, then a proposal by a person; no discount.

    Args:
        signals: the signs that a customer could use more.
        next_step: the kinds by which the next step is taken: the goal.
        shown: the facts that the words need.
        again_days: days before it starts again.
        days: within how many days the next step is hoped for.
    """
    return Playbook(
        "nurture",
        on=[raised(name) for name in signals],
        audience="stage != 'onboarding' and stage != 'churn'",
        purpose="expand",
        steps=[
            Action(
                "send_email",
                channel="email",
                after_days=1,
                at="10:00",
                params=shown,
                text="The story of a similar customer, one step further",
                text_ja="よく似たお客様の、一歩先の活用事例",
            ),
            Wait(next_step, days=21, otherwise=Action(
                "send_email",
                channel="email",
                at="10:00",
                params=shown,
                owners=("customer success", "sales"),
                text="A proposal from their own use, and somebody to talk to about it",
                text_ja="ご利用状況に基づく次のご提案と、相談窓口のご案内",
            )),
        ],
        goal=Goal(touchpoint=next_step, within_days=days),
        exit="stage == 'churn'",
        reentry=again_days,
        priority=12,
        owners="marketing",
        text="Shows the next step to who uses more",
        text_ja="育成すべき顧客への次の一歩のご提案",
    )  # fmt: skip
