"""Owner handover: the relation stays when the person changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lifecycle.playbooks import Action, Goal, Playbook, Wait, happened

_INTRODUCED: Final = Action(
    "send_email",
    channel="email",
    at="09:00",
    after_days=1,
    transactional=True,
    params=["owner"],
    text="The new person in the words of the one before: nothing has to be told again",
    text_ja="前任者からの新担当者のご紹介(経緯はすべて引き継ぎ済み)",
)


def owner_handover(
    *,
    met: Sequence[str] = ("meeting_held", "message_answered"),
    shown: Sequence[str] = ("owner", "tenure"),
    days: int = 30,
) -> Playbook:
    """The story for the new owner, both introduce the change, and a first talk within some days.

    Args:
        met: the kinds that say that the customer and the new owner have met.
        shown: the facts that the new owner needs.
        days: within how many days they are to have met: the goal.
    """
    return Playbook(
        "owner_handover",
        on=happened("owner_changed"),
        audience="stage != 'churn' and stage != 'acquisition'",
        purpose="serve",
        steps=[
            Action(
                "alert_team",
                transactional=True,
                params=shown,
                owners=("owner", "customer success lead"),
                text="Read the story, talk with the owner before, note what was promised",
                text_ja="経緯を読み、前任者と話し、約束事項を引き継ぐ",
            ),
            _INTRODUCED,
            Wait(met, days=7, otherwise=Action(
                "call",
                channel="phone",
                at="10:00",
                params=shown,
                text="A first talk: what matters to you, what should stay",
                text_ja="新担当者からのご挨拶:大切にしたいこと、変えてほしくないことを伺う",
            )),
        ],
        goal=Goal(touchpoint=met, within_days=days),
        exit="stage == 'churn'",
        priority=75,
        owners="owner",
        text="Handed over to another owner",
        text_ja="担当者の引き継ぎ",
    )  # fmt: skip
