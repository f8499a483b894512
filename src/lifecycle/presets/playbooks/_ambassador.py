"""Ambassador programme: who would recommend is invited into the inner circle."""

from __future__ import annotations

from lifecycle.playbooks import Action, Goal, Playbook, Wait, became

_ACTS = ("co_created", "testimonial_given", "referral")


def ambassador(*, stages: tuple[str, ...] = ("adoption", "maturity"), again_days: int = 365) -> Playbook:
    """Early access first, then a case study; who takes part is asked for a webinar together.

    Args:
        stages: the stages from which customers are invited.
        again_days: days before the same customer is invited again.
    """
    settled = " or ".join(f"stage == '{stage}'" for stage in stages)
    return Playbook(
        "ambassador",
        on=became(f"signal_near_advocacy and ({settled})"),
        purpose="advocate",
        steps=[
            Action(
                "send_email",
                channel="email",
                after_days=1,
                at="10:00",
                params=["nps_score"],
                text="Thank you; an invitation to the inner circle: see and try what is built before all others",
                text_ja="高い評価へのお礼と、ベータ版・先行情報へのご招待(インナーサークル)",
            ),
            Wait(
                _ACTS,
                days=30,
                then=Action(
                    "call",
                    channel="phone",
                    after_days=14,
                    at="10:00",
                    text="Ask for a webinar together: their experience, our stage",
                    text_ja="共同ウェビナーへの登壇をお願いする",
                ),
                otherwise=Action(
                    "call",
                    channel="phone",
                    at="10:00",
                    text="Ask for a case study: half an hour, we write, they release",
                    text_ja="導入事例の取材をお願いする(30分、原稿はこちらで作成)",
                ),
            ),
        ],
        goal=Goal(touchpoint=_ACTS, within_days=120, exits=False),
        exit="stage == 'churn' or signal_detractor",
        reentry=again_days,
        priority=30,
        owners=("customer success", "marketing"),
        text="Ambassador programme: beta, webinar, case study",
        text_ja="アンバサダープログラム",
    )
