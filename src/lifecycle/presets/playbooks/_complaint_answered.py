"""A complaint is answered: at once, by a person, and to its end."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Action, Goal, Playbook, Stop, Wait, happened

_OWNED: Final = Action(
    "alert_team",
    transactional=True,
    owners=("support", "customer success"),
    text="A complaint: one person owns it until it is answered",
    text_ja="苦情:回答まで責任を持つ担当者を決める",
)
_HEARD: Final = Action(
    "send_email",
    channel="email",
    transactional=True,
    text="Thank you for telling us; who looks after it, and until when",
    text_ja="ご指摘へのお礼と、担当者・回答予定日のご連絡",
)
_MENDED: Final = Action(
    "call",
    channel="phone",
    after_days=7,
    at="10:00",
    transactional=True,
    text="Is it mended? What would make it right",
    text_ja="その後の状況確認:解決したか、さらに必要なことはあるか",
)


def complaint_answered(*, key: str = "complaint", answer_days: int = 2, days: int = 14) -> Playbook:
    """Somebody owns it at once, the customer hears so, the lead steps in if no answer comes; then: is it mended?

    Args:
        key: the attribute that tells complaints apart, in `complaint` and in `complaint_answered`.
        answer_days: days after which the lead steps in.
        days: within how many days it is to be answered: the goal.
    """
    return Playbook(
        "complaint_answered",
        on=happened("complaint"),
        key=key,
        purpose="serve",
        steps=[
            _OWNED,
            _HEARD,
            Wait("complaint_answered", days=answer_days, match=key, otherwise=[
                Action(
                    "alert_team",
                    transactional=True,
                    owners=("support lead", "management"),
                    text="Not answered in time: the lead calls the customer today",
                    text_ja="回答期限超過:責任者が本日中に電話する",
                ),
                Wait("complaint_answered", days=days, match=key, otherwise=Stop()),
            ]),
            _MENDED,
        ],
        goal=Goal(touchpoint="complaint_answered", within_days=days, exits=False),
        exit="stage == 'churn'",
        priority=95,
        owners="support",
        text="A complaint, answered to its end",
        text_ja="苦情への対応",
    )  # fmt: skip
