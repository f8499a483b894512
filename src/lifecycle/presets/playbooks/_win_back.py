"""Win-back: know why they left, answer it, and make an offer with the history in mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lifecycle.playbooks import Action, Goal, Playbook, Wait, entered

_ASKED: Final = Action(
    "ask_survey",
    channel="email",
    after_days=3,
    at="10:00",
    # A comparison with what is missing is false: this asks who gave no reason.
    only_if="not churn_reason != ''",
    purpose="listen",
    text="One question: what was missing?",
    text_ja="ひとつだけお聞かせください:何が足りませんでしたか",
)


def win_back(
    *,
    shown: Sequence[str] = ("churn_reason", "favourite_feature", "plan", "tenure"),
    alive: Sequence[str] = ("visit", "login", "mail_clicked"),
    offer_percent: float = 0.0,
    left_alone: str | None = None,
    again_days: int = 180,
) -> Playbook:
    """The reason is asked and answered first; a personal offer by a person comes last, and is no discount unless set.

    Every play carries the last touchpoints (`recent`), and as parameters the reason and what the customer liked.

    Args:
        shown: the facts that the words need: reason and history.
        alive: the kinds that say that the customer looks again.
        offer_percent: the discount of the offer; 0 is none.
        left_alone: the condition of who gets no offer, such as who only ever bought with a discount.
        again_days: days before it starts again.
    """
    return Playbook(
        "win_back",
        on=entered("churn"),
        purpose="win_back",
        steps=[
            _ASKED,
            Action(
                "send_email",
                channel="email",
                after_days=14,
                at="10:00",
                params=shown,
                text="We know why, and this is what has changed since",
                text_ja="離れられた理由への回答と、その後の改善のご報告",
            ),
            Wait(alive, days=30),
            _offer(shown, offer_percent, None if left_alone is None else f"not ({left_alone})"),
        ],
        goal=Goal("stage == 'adoption'", within_days=again_days),
        exit="stage != 'churn' and stage != 'win_back'",
        reentry=again_days,
        priority=40,
        owners=("sales", "customer success"),
        text="Win-back with reason and history",
        text_ja="再獲得(離反理由と履歴に基づく)",
    )


def _offer(shown: Sequence[str], percent: float, only_if: str | None) -> Action:
    return Action(
        "call",
        channel="phone",
        at="10:00",
        only_if=only_if,
        params=shown,
        discount_percent=percent,
        text="A personal offer that answers the reason",
        text_ja="理由に応えるお客様だけのご提案",
    )
