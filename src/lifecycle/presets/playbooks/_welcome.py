"""Welcome and the first 90 days, made of the steps that fit a business."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, Stop, Wait, entered


def welcome(steps: Sequence[Action | Wait | Stop], *, habit: str, days: int, owner: str) -> Playbook:
    """A drip from the first day of onboarding to its last, once for each customer.

    Args:
        steps: one piece after another.
        habit: the condition that ends onboarding well: the goal.
        days: how long it may take.
        owner: the role that carries it out.
    """
    return Playbook(
        "welcome",
        on=entered("onboarding"),
        purpose="onboard",
        steps=steps,
        goal=Goal(habit, within_days=days),
        exit="stage != 'onboarding'",
        reentry="never",
        priority=50,
        owners=owner,
        max_days=days,
        text="Welcome and the first 90 days",
        text_ja="ウェルカムコミュニケーションと最初の90日",
    )
