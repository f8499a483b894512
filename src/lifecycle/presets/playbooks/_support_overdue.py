"""Support overdue: a ticket waits too long, so somebody says where it stands and until when."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, Wait, raised


def support_overdue(*, signal: str = "ticket_overdue", wait_days: int = 3, days: int = 14) -> Playbook:
    """The ticket is taken up by a person, and by their lead if it stays open.

    Args:
        signal: the sign that a ticket waits too long.
        wait_days: days after which the lead takes over.
        days: within how many days it is to be closed: the goal.
    """
    return Playbook(
        "support_overdue",
        on=raised(signal),
        purpose="serve",
        steps=[
            Action(
                "alert_team",
                transactional=True,
                params=["tickets_open", "owner"],
                owners=("support", "customer success"),
                text="A ticket waits too long: one person takes it to its end",
                text_ja="未解決のチケットあり:最後まで担当する人を決める",
            ),
            Action(
                "call",
                channel="phone",
                at="10:00",
                transactional=True,
                only_if="tickets_open >= 1",
                params=["tickets_open"],
                text="Say sorry, where it stands, and until when",
                text_ja="お詫びと、現在の状況・解決予定日をお伝えする",
            ),
            Wait("ticket_closed", days=wait_days, otherwise=Action(
                "alert_team",
                transactional=True,
                only_if="tickets_open >= 1",
                params=["tickets_open", "owner"],
                owners=("support lead", "product"),
                text="Still open: the lead takes over",
                text_ja="なお未解決:責任者が引き継ぐ",
            )),
        ],
        goal=Goal(touchpoint="ticket_closed", within_days=days),
        exit="stage == 'churn'",
        priority=90,
        owners="support",
        text="A support ticket is overdue",
        text_ja="サポート対応の遅れ",
    )  # fmt: skip
