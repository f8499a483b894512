"""Keep in touch: nobody is forgotten for a quarter."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, silent

OURS = ("mail_sent", "play_outcome")
"""By which kinds the company is in contact; a play that was carried out is one."""
THEIRS = ("mail_clicked", "inquiry", "ticket_opened", "event_attended", "voice")
"""By which kinds a customer is in contact."""


def keep_in_touch(
    *,
    days: int = 75,
    ours: Sequence[str] = OURS,
    theirs: Sequence[str] = THEIRS,
    shown: Sequence[str] = ("tenure",),
    unless: Sequence[str] = (),
    answer_days: int = 30,
) -> Playbook:
    """A personal word before a quarter without contact is over.

    Args:
        days: so long without contact; two weeks before the quarter, so that the word still comes in it.
        ours: the kinds by which the company is in contact.
        theirs: the kinds by which the customer is; the goal.
        shown: the facts that the words need.
        unless: signals that another playbook answers; who has one of them hears from that.
        answer_days: within how many days an answer is hoped for: the goal.
    """
    return Playbook(
        "keep_in_touch",
        on=silent(days, *ours, *theirs),
        audience="stage != 'churn' and stage != 'acquisition'" + "".join(f" and not signal_{name}" for name in unless),
        purpose="retain",
        steps=[
            Action(
                "send_email",
                channel="email",
                at="10:00",
                params=shown,
                text="A personal word with one thing that is useful to them; it sells nothing",
                text_ja="お役に立つ情報をひとつ添えた個人的なご連絡(売り込みなし)",
            )
        ],
        goal=Goal(touchpoint=theirs, within_days=answer_days),
        exit="stage == 'churn'",
        priority=0,
        owners="owner",
        text="Not forgotten: once a quarter at least",
        text_ja="四半期に一度のご連絡",
    )
