"""Survey at the right moment: few questions, one of them open, and an answer to the answer."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Action, Goal, Playbook, Wait, happened, left

_ANSWERS: Final = ("nps", "csat")
_ANSWERED: Final = (
    Action(
        "alert_team",
        transactional=True,
        only_if="signal_detractor",
        purpose="serve",
        params=["nps_score"],
        text="Not content: call today, ask for one thing to mend",
        text_ja="低い評価:本日中に電話し、改善すべき一点を伺う",
    ),
    Action(
        "send_email",
        channel="email",
        after_days=7,
        at="10:00",
        purpose="serve",
        text="What you told us, and what comes of it",
        text_ja="いただいたお声と、その対応状況のご報告",
    ),
)


def survey(*, after_days: int = 1, days: int = 14) -> Playbook:
    """One question and one open follow-up, after onboarding and after a solved ticket; the answer gets an answer.

    Args:
        after_days: so many days after the experience.
        days: within how many days an answer is hoped for: the goal.
    """
    return Playbook(
        "survey",
        on=[left("onboarding"), happened("ticket_closed")],
        audience="stage != 'churn' and stage != 'acquisition'",
        purpose="listen",
        steps=[
            Action(
                "ask_survey",
                channel="email",
                after_days=after_days,
                at="10:00",
                only_if="tickets_open == 0",
                text="How likely are you to recommend us, 0 to 10? And one open question: why?",
                text_ja="推奨度(0〜10)と、その理由をお聞かせください(自由記述1問)",
            ),
            Wait(_ANSWERS, days=days, then=_ANSWERED),
        ],
        goal=Goal(touchpoint=_ANSWERS, within_days=days + after_days, exits=False),
        exit="stage == 'churn'",
        priority=15,
        owners="customer success",
        text="A survey at the right moment",
        text_ja="適切なタイミングのアンケート",
    )
