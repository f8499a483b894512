"""Referral with a reward for both: who referred, and who was referred."""

from __future__ import annotations

from lifecycle.model import Shown
from lifecycle.playbooks import Action, Fact, Goal, Playbook, became, happened


def referral(*, key: str = "referred", reward: Shown = "credit", days: int = 180) -> Playbook:
    """The reward for the referrer: one for each referral, with thanks and the code to pass on again.

    Args:
        key: the attribute of `referral` that says who was brought; referrals without it count as one.
        reward: what is given; the parameter `reward` of the play.
        days: within how many days the next referral is hoped for: the goal.
    """
    return Playbook(
        "referral",
        on=happened("referral"),
        key=key,
        reentry="per_key",
        purpose="advocate",
        steps=[
            Action(
                "grant_reward",
                transactional=True,
                params={"reward": reward, "for": "referrer"},
                text="The reward for bringing somebody",
                text_ja="紹介者への特典",
            ),
            Action(
                "send_email",
                channel="email",
                transactional=True,
                params={"reward": reward},
                text="Thank you: your reward, and your code to pass on again",
                text_ja="ご紹介のお礼と特典、次にお使いいただける紹介コードのご案内",
            ),
        ],
        goal=Goal(touchpoint="referral", within_days=days, exits=False),
        exit="stage == 'churn'",
        priority=70,
        owners="marketing",
        text="The reward of who referred",
        text_ja="紹介者への特典",
    )


def referred(*, source: str = "referral", reward: Shown = "credit", days: int = 90) -> Playbook:
    """The reward for who was referred, as soon as they are a customer; once.

    Args:
        source: the value of the fact `source` of who was referred.
        reward: what is given; the parameter `reward` of the play.
        days: within how many days they refer somebody themselves: the goal.
    """
    return Playbook(
        "referred",
        on=became(f"source == {source!r} and stage == 'onboarding'"),
        reentry="never",
        purpose="onboard",
        steps=[
            Action(
                "grant_reward",
                transactional=True,
                params={"reward": reward, "for": "referred", "source": Fact("source")},
                text="The reward for coming by a recommendation",
                text_ja="紹介で来られた方への特典",
            ),
        ],
        goal=Goal(touchpoint="referral", within_days=days),
        exit="stage == 'churn'",
        priority=70,
        owners="marketing",
        text="The reward of who was referred",
        text_ja="紹介された方への特典",
    )
