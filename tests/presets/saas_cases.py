"""Every way through the saas preset."""

from __future__ import annotations

from datetime import date
from typing import Any

from lifecycle import presets

from .walking import Case, Told, on, told

BEGIN = (told(0, "welcomed", source="referral"),)
ONBOARDING = (*BEGIN, told(1, "Subscription Started", subscription="s1", plan="team"))
ADOPTION = (*ONBOARDING, told(2, "feature_use"), told(3, "Feature Used"))
MATURITY = (*ADOPTION, told(12, "subscription_renewed"))
CHURN = (*ADOPTION, told(13, "account_closed", reason="price"))
REACHED: dict[str, tuple[Told, ...]] = {
    "acquisition": BEGIN,
    "onboarding": ONBOARDING,
    "adoption": ADOPTION,
    "maturity": MATURITY,
    "referrer": (*MATURITY, told(13, "referral")),
    "testimonial": (*MATURITY, told(13, "testimonial")),
    "co_creator": (*MATURITY, told(13, "co_creation")),
    "churn": CHURN,
    "win_back": (*CHURN, told(14, "visit")),
}
ACTIVE = ("onboarding", "adoption", "maturity", "referrer", "testimonial", "co_creator")
ADVOCACY = ACTIVE[3:]
LIMITS: dict[str, Any] = {"habit_days": 2}


def then(source: str, event: str, target: str, *more: Told, wait: int = 0) -> Case:
    """A case that begins in a stage; days count from the day after it was reached."""
    reached = REACHED[source]
    last = reached[-1][0]
    after = tuple((last + day, kind, attributes) for day, kind, attributes in more)
    end = (after or reached)[-1][0]
    return Case(source, event, target, (*reached, *after), end + wait, LIMITS)


def _renewal(source: str) -> Case:
    renewal = on(REACHED[source][-1][0] + 20)
    return then(source, "renewal_missed", "churn", told(1, "profile_set", renewal=renewal), wait=60)


ALIVE = tuple(told(day, "login") for day in (80, 160, 240, 320))
PAID = (*(told(10 * n, "payment") for n in range(1, 7)), *(told(80 + n, "feature_use") for n in range(4)))
CASES = (
    then("acquisition", "payment", "onboarding", told(1, "Invoice Paid")),
    then("acquisition", "subscription_started", "onboarding", told(1, "customer.subscription.created")),
    then("onboarding", "feature_used", "adoption", told(1, "feature_use"), told(2, "feature_use")),
    then("onboarding", "onboarding_over", "adoption", told(50, "login"), wait=45),
    then("adoption", "matured", "maturity", *PAID, wait=10),
    then("adoption", "subscription_started", "maturity", told(80, "login"), told(95, "contract signed")),
    then("adoption", "subscription_upgraded", "maturity", told(80, "login"), told(95, "plan upgraded")),
    then("adoption", "subscription_renewed", "maturity", told(1, "renewed")),
    then("maturity", "subscription_downgraded", "adoption", told(1, "plan_downgraded")),
    then("maturity", "relapsed", "adoption", *(told(n, "feature_use") for n in range(1, 6)), wait=60),
    *(then(source, "referral", "referrer", told(1, "Referral")) for source in ("adoption", "maturity")),
    *(
        then(source, "testimonial_given", "testimonial", told(1, "testimonial"))
        for source in ("adoption", "maturity", "referrer")
    ),
    *(
        then(source, "co_created", "co_creator", told(1, "beta joined"))
        for source in ("adoption", "maturity", "referrer", "testimonial")
    ),
    *(then(source, "cooled", "maturity", *ALIVE, wait=50) for source in ADVOCACY),
    *(then(source, "silence", "churn", wait=90) for source in ACTIVE),
    *(_renewal(source) for source in ACTIVE),
    *(
        then(source, "subscription_cancelled", "churn", told(1, "subscription_cancelled", subscription="s1"))
        for source in ACTIVE
    ),
    *(then(source, "account_closed", "churn", told(1, "account deleted")) for source in (*ACTIVE, "win_back")),
    *(
        then("churn", event, "win_back", told(1, kind))
        for event, kind in (
            ("signed_up", "signup"),
            ("visit", "page"),
            ("login", "Signed In"),
            ("feature_used", "feature_use"),
            ("mail_clicked", "Email Link Clicked"),
            ("ticket_opened", "ticket"),
            ("nps", "nps"),
        )
    ),
    then("win_back", "feature_used", "adoption", told(1, "feature_use")),
    then("win_back", "silent_again", "churn", wait=60),
    *(
        then(source, event, "adoption", told(1, kind))
        for source in ("churn", "win_back")
        for event, kind in (
            ("payment", "purchase"),
            ("subscription_started", "subscription_started"),
            ("subscription_renewed", "contract renewed"),
        )
    ),
)
TICKET = (told(20, "ticket", ticket="t"), told(21, "login", contact="eve", level="executive"))
USED = tuple(told(13 + n, "feature_use", feature="export") for n in range(5))
CHANGES: dict[str, tuple[object, tuple[Told, ...], int]] = {
    "onboarding_days": (30, ONBOARDING, 60),
    "habit_days": (2, ADOPTION, 20),
    "mature_payments": (9, (*ADOPTION, *((3 + d, k, a) for d, k, a in PAID)), 100),
    "mature_days": (120, (*ADOPTION, *((3 + d, k, a) for d, k, a in PAID)), 100),
    "review_days": (20, (*MATURITY, *USED), 75),
    "use_drop": (0.1, (*MATURITY, *USED, told(50, "feature_use")), 75),
    "use_least": (7, (*MATURITY, *USED), 75),
    "silence_days": (30, ONBOARDING, 60),
    "renewal_grace_days": (50, (*ONBOARDING, told(2, "profile_set", renewal=on(20))), 60),
    "cool_days": (40, (*MATURITY, told(13, "referral")), 60),
    "win_back_days": (10, (*CHURN, told(14, "visit")), 30),
    "main_feature": ("import", (*MATURITY, *USED), 75),
    "holidays": ((date(2024, 1, 23),), (*ONBOARDING, *TICKET), 30),
    "signs": (presets.SaasSigns(negative_sentiment=-0.9), (*ONBOARDING, told(2, "voice", sentiment=-0.5)), 10),
    "currency": ("EUR", ONBOARDING, 2),
    "zone": ("Asia/Tokyo", ONBOARDING, 120),
}
