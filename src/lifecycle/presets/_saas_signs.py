"""The signs of the preset for contracts: use, support, the account, and room for more."""

from __future__ import annotations

from typing import Final

import attrs

from lifecycle.signs import Signal

from ._health import HEALTH_POOR
from ._saas_facts import SaasSigns
from ._signs import CHURN, EXPANSION, any_of, contact_signals, fallen, promise_signals, voice_signals

ACCOUNT: Final = "account"
"""The topic of signs about the people on both sides."""
_OF_USE: Final = ("login_stopped", "use_halved", "contacts_fallen", "data_fallen", "nobody_active")
_OF_CONTACT: Final = (
    "ticket_overdue",
    "contact_stopped",
    "replies_slower",
    "replies_stopped",
    "meetings_cancelled",
    "mail_opens_fallen",
    "negative_voice",
    "detractor",
    "promise_late",
    "promise_broken",
    "expectation_missed",
)


def signals(limits: SaasSigns, *, use_drop: float, use_least: int) -> tuple[Signal, ...]:
    """The signs of an account.

    Args:
        limits: the limits of all signs but that of use.
        use_drop: use at or under this share of the use in the 30 days before has fallen.
        use_least: use in the 30 days before that is enough to compare with.
    """
    return (
        *_use_signals(limits, attrs.evolve(limits, drop=use_drop), use_least),
        *_contact_signals(limits),
        *contact_signals(limits),
        *voice_signals(limits),
        *promise_signals(limits),
        *_account_signals(limits),
        *_room_signals(limits, use_least),
        HEALTH_POOR,
        Signal(
            "leaving",
            f"(signal_login_stopped and signal_use_halved) or (({any_of(_OF_USE)}) and ({any_of(_OF_CONTACT)}))",
            topic=CHURN,
            severity="critical",
            text="Several signs at once: of use and of contact, or no log-in and half the use",
            text_ja="複数の危険信号が同時に点灯している",
        ),
    )


def _use_signals(limits: SaasSigns, of_use: SaasSigns, use_least: int) -> tuple[Signal, ...]:
    use, clear_use = fallen("use_change", "feature_use_30d", "feature_use_prev_30d", use_least, of_use)
    people, clear_people = fallen(
        "contact_change", "contacts_active_30d", "contacts_active_prev_30d", limits.contacts_least, limits
    )
    fall = f"{100 * (1 - of_use.drop):g}"
    data, clear_data = fallen("data_change", "data_days_30d", "data_days_prev_30d", limits.data_least, limits)
    return (
        Signal(
            "login_stopped",
            f"days_since_login > {limits.login_days}",
            topic=CHURN,
            text=f"Last log-in more than {limits.login_days} days ago",
            text_ja=f"最終ログインから{limits.login_days}日を超えた",
        ),
        Signal(
            "logins_fallen",
            f"logins_prev_30d >= {limits.login_least} and login_change <= {limits.login_drop}",
            clear=f"login_change > {(1 + limits.login_drop) / 2}",
            topic=CHURN,
            severity="watch",
            text="Logs in less often than in the 30 days before",
            text_ja="ログイン頻度がその前の30日間に比べて低下した",
        ),
        Signal(
            "use_halved",
            use,
            clear=clear_use,
            topic=CHURN,
            text=f"Use of the main feature down {fall} % or more in the last 30 days against the 30 before",
            text_ja=f"主要機能の利用率が過去30日間で{fall}%以上低下した",
        ),
        Signal(
            "contacts_fallen",
            people,
            clear=clear_people,
            topic=CHURN,
            text="Fewer people of the account are active than in the 30 days before",
            text_ja="アクティブユーザー数がその前の30日間に比べて減少した",
        ),
        Signal(
            "data_fallen",
            data,
            clear=clear_data,
            topic=CHURN,
            severity="watch",
            text="Less data is put in than in the 30 days before",
            text_ja="データ投入量がその前の30日間に比べて減少した",
        ),
    )


def _contact_signals(limits: SaasSigns) -> tuple[Signal, ...]:
    days, hours = limits.ticket_business_days, limits.reply_hours
    return (
        Signal(
            "ticket_overdue",
            f"oldest_ticket_business_days > {days}",
            # With no ticket open its age is missing, which alone would clear nothing.
            clear=f"tickets_open == 0 or oldest_ticket_business_days <= {days}",
            topic="service",
            text=f"A support ticket is open for more than {days} business days",
            text_ja=f"サポートチケットの未解決期間が{days}営業日を超えた",
        ),
        Signal(
            "replies_slower",
            f"reply_change >= {limits.reply_factor} and reply_hours_90d > {hours}",
            clear=f"reply_change < {(1 + limits.reply_factor) / 2} or reply_hours_90d <= {hours}",
            topic=CHURN,
            severity="watch",
            text="Replies to our messages take far longer than in the 90 days before",
            text_ja="担当者のレスポンスがその前の90日間に比べて遅くなった",
        ),
        Signal(
            "replies_stopped",
            f"messages_sent_30d >= {limits.reply_least} and replies_30d == 0"
            f" and replies_prev_90d >= {limits.contact_least}",
            clear="replies_30d >= 1",
            topic=CHURN,
            text="Replied before, and to none of our messages of the last 30 days",
            text_ja="担当者からのレスポンスがなくなった",
        ),
        Signal(
            "meetings_cancelled",
            f"meetings_cancelled_60d >= {limits.meetings}",
            topic=CHURN,
            text=f"{limits.meetings} or more meetings cancelled in the last 60 days",
            text_ja=f"過去60日間にミーティングが{limits.meetings}回以上キャンセルされた",
        ),
    )


def _account_signals(limits: SaasSigns) -> tuple[Signal, ...]:
    return (
        Signal(
            "handed_over",
            f"days_since_handover < {limits.handover_days}",
            topic=ACCOUNT,
            severity="watch",
            text=f"Handed over to another owner in the last {limits.handover_days} days",
            text_ja=f"過去{limits.handover_days}日間に担当者が交代した",
        ),
        Signal(
            "nobody_active",
            # Where the log never names people, nobody is not a sign.
            "contacts_active_30d == 0 and contacts_known >= 1",
            topic=ACCOUNT,
            severity="critical",
            text="Nobody at the account was active in the last 30 days",
            text_ja="過去30日間に利用した人がひとりもいない",
        ),
        Signal(
            "one_level",
            "levels_reached_90d == 1",
            clear="levels_reached_90d >= 2",
            topic=ACCOUNT,
            severity="info",
            stages=("adoption", "maturity", "advocacy"),
            text="People of one level only are reached, not from operator to executive",
            text_ja="ひとつの階層としか関係がなく、担当者から経営層までの多層的な関係がない",
        ),
    )


def _room_signals(limits: SaasSigns, use_least: int) -> tuple[Signal, ...]:
    return (
        Signal(
            "use_risen",
            # Whoever began in the window before has risen from nothing.
            f"feature_use_prev_30d >= {use_least} and use_change >= {limits.rise} and tenure >= 60",
            topic=EXPANSION,
            severity="info",
            text="Use of the main feature rose in the last 30 days against the 30 before",
            text_ja="主要機能の利用がその前の30日間に比べて増加した",
        ),
        Signal(
            "limit_near",
            f"plan_share >= {limits.near_limit}",
            clear=f"plan_share < {limits.off_limit}",
            topic=EXPANSION,
            severity="info",
            text="Near the limit of what the plan holds",
            text_ja="保存容量などがプランの上限に近い",
        ),
        Signal(
            "feature_wanted",
            "features_blocked_30d >= 1",
            topic=EXPANSION,
            severity="info",
            text="Tried a feature outside the plan in the last 30 days",
            text_ja="過去30日間にプラン外の高度な機能を使おうとした",
        ),
        Signal(
            "plan_widened",
            "upgrades_90d >= 1",
            topic=EXPANSION,
            severity="info",
            text="Took a larger plan or added seats in the last 90 days",
            text_ja="過去90日間に上位プランへの移行または席数の追加があった",
        ),
    )
