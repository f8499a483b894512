"""Churn risk, graded: one sign, a mail; several, a person calls; a critical one, a team across departments."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.playbooks import Action, Goal, Playbook, Tier, Wait, raised

TEAM = ("customer success", "sales", "support", "product")
"""The tiger team: one of each department."""


def churn_risk(
    signals: Sequence[str],
    *,
    back: Sequence[str] = ("login", "feature_used"),
    shown: Sequence[str] = ("days_since_login", "use_change", "tickets_open", "owner"),
    several: int = 2,
    team: Sequence[str] = TEAM,
    owner: str = "customer success",
) -> Playbook:
    """An answer that grows with the signs: a heavier tier takes over from a lighter one.

    The goal is that all signs are over and the customer is still here.

    Args:
        signals: the signs of leaving, of the topic churn.
        back: the kinds that say that the customer is back.
        shown: the facts that the person needs.
        several: from so many signs on a person calls.
        team: the roles that answer a critical sign together.
        owner: the role that answers all others.
    """
    return Playbook(
        "churn_risk",
        on=[raised(name) for name in signals],
        purpose="retain",
        topic="churn",
        tiers=[
            _mail(back, shown),
            _call(back, shown, several),
            _team(back, shown, tuple(team)),
        ],
        # Signals also end when their stages are left: who is lost has not reached the goal.
        goal=Goal(f"stage != 'churn' and not ({' or '.join(f'signal_{name}' for name in signals)})", within_days=60),
        exit="stage == 'churn'",
        priority=80,
        owners=owner,
        text="Risk of leaving, answered by its weight",
        text_ja="離反リスクへの段階別対応",
    )


def _mail(back: Sequence[str], shown: Sequence[str]) -> Tier:
    return Tier("mail", [
        Action(
            "send_email",
            channel="email",
            at="09:00",
            params=shown,
            text="How is it going? One tip that fits, and an offer of help",
            text_ja="ご利用状況のお伺いと、お役立ち情報・サポートのご案内",
        ),
        _unless_back(back, 14, Action(
            "alert_team",
            transactional=True,
            params=shown,
            text="No answer to the mail: look at the account",
            text_ja="メールへの反応なし:状況を確認する",
        )),
    ])  # fmt: skip


def _call(back: Sequence[str], shown: Sequence[str], several: int) -> Tier:
    return Tier("call", [
        Action(
            "call",
            channel="phone",
            at="10:00",
            params=shown,
            text="Several signs at once: call, listen first, agree one next step",
            text_ja="複数の危険信号:すぐに電話し、まず話を聞き、次の一歩を合意する",
        ),
        _unless_back(back, 10, Action(
            "meet",
            channel="meeting",
            at="10:00",
            params=shown,
            text="Not back after the call: meet, review the goal",
            text_ja="電話後も改善なし:面談でゴールを見直す",
        )),
    ], least_signals=several)  # fmt: skip


def _team(back: Sequence[str], shown: Sequence[str], team: tuple[str, ...]) -> Tier:
    return Tier("team", [
        Action(
            "alert_team",
            transactional=True,
            params=shown,
            owners=team,
            text="Critical: one plan across departments today, one person who leads it",
            text_ja="重大:部門横断チームで本日中に対応計画と責任者を決める",
        ),
        Action(
            "call",
            channel="phone",
            after_days=1,
            at="10:00",
            params=shown,
            owners=team,
            text="Call with the plan: what we understood, what we do until when",
            text_ja="対応計画を電話で伝える:理解した課題と、いつまでに何をするか",
        ),
        _unless_back(back, 14, Action(
            "alert_team",
            transactional=True,
            params=shown,
            owners=("management", *team),
            text="Two weeks without the customer: management joins",
            text_ja="2週間改善なし:経営層が加わる",
        )),
    ], severity="critical")  # fmt: skip


def _unless_back(back: Sequence[str], days: int, action: Action) -> Wait:
    """One more action for who is not back in time."""
    # The next light sign of the same silence says nothing new; a heavier one does.
    return Wait(back, days=days, otherwise=[action, Wait(back, days=30)])
