"""Anniversary: a day of the customer, every year."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, on_date


def anniversary(
    date: str = "customer_since", *, shown: Sequence[str] = ("tenure",), back: Sequence[str] = ("feature_used",)
) -> Playbook:
    """A personal word on a date that the customer carries, such as the birthday; it sells nothing.

    Args:
        date: the fact with the date.
        shown: the facts that the words need.
        back: the kinds by which the customer answers: the goal.
    """
    return Playbook(
        "anniversary",
        on=on_date(date, yearly=True),
        audience="stage != 'churn' and stage != 'acquisition'",
        purpose="retain",
        steps=[
            Action(
                "send_email",
                channel="email",
                at="09:00",
                expires_days=2,
                params=(date, *shown),
                text="A word for the day, from a person: thank you for the time together",
                text_ja="記念日のお祝いと、これまでのお付き合いへのお礼",
            )
        ],
        goal=Goal(touchpoint=back, within_days=14),
        exit="stage == 'churn'",
        priority=10,
        owners="owner",
        text="A day of the customer, every year",
        text_ja="記念日のご挨拶",
    )
