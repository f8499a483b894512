"""A promise was not kept: say so before the customer does."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, raised


def promise_broken(*, again_days: int = 14, days: int = 30) -> Playbook:
    """Somebody owns the promise, and the customer hears a word of sorry and a new day.

    Args:
        again_days: days before it starts again.
        days: within how many days a promise is to be kept: the goal.
    """
    return Playbook(
        "promise_broken",
        on=[raised("promise_late"), raised("promise_broken")],
        purpose="serve",
        steps=[
            Action(
                "alert_team",
                transactional=True,
                params=["promises_overdue", "promises_broken_90d"],
                text="A promise is past its day: find out why, name a day that will hold",
                text_ja="約束の遅れ:原因を確認し、確実に守れる期日を決める",
            ),
            Action(
                "call",
                channel="phone",
                after_days=1,
                at="10:00",
                transactional=True,
                only_if="promises_overdue >= 1 or promises_broken_90d >= 1",
                params=["promises_overdue"],
                text="Say sorry before being asked; the new day, and what it costs us",
                text_ja="お客様に言われる前にお詫びし、新しい期日と対応をお伝えする",
            ),
        ],
        goal=Goal(touchpoint="promise_kept", within_days=days),
        exit="stage == 'churn'",
        reentry=again_days,
        priority=85,
        owners=("owner", "support"),
        text="A promise was not kept",
        text_ja="守られなかった約束",
    )
