"""Every way through the commerce preset."""

from __future__ import annotations

from typing import Any

from lifecycle import presets

from .walking import Case, Told, told

BEGIN = (told(0, "welcomed", source="referral"),)
ONBOARDING = (*BEGIN, told(1, "Order Completed", amount="10.00", currency="EUR"))
ADOPTION = (*ONBOARDING, told(2, "purchase"))
MATURITY = (*ADOPTION, told(4, "orders/paid", amount=5, currency="EUR"))
CHURN = (*ONBOARDING, told(5, "account_closed", reason="moved"))
REACHED: dict[str, tuple[Told, ...]] = {
    "acquisition": BEGIN,
    "onboarding": ONBOARDING,
    "adoption": ADOPTION,
    "maturity": MATURITY,
    "referrer": (*MATURITY, told(5, "friend referred")),
    "testimonial": (*MATURITY, told(5, "testimonial")),
    "co_creator": (*MATURITY, told(5, "co_creation")),
    "churn": CHURN,
    "win_back": (*CHURN, told(6, "visit")),
}
ACTIVE = ("onboarding", "adoption", "maturity", "referrer", "testimonial", "co_creator")
ADVOCACY = ACTIVE[3:]
LIMITS: dict[str, Any] = {}


def then(source: str, event: str, target: str, *more: Told, wait: int = 0) -> Case:
    """A case that begins in a stage; days count from the day on which it was reached."""
    reached = REACHED[source]
    last = reached[-1][0]
    after = tuple((last + day, kind, attributes) for day, kind, attributes in more)
    end = (after or reached)[-1][0]
    return Case(source, event, target, (*reached, *after), end + wait)


ALIVE = tuple(told(day, "visit") for day in (100, 200, 300))
CASES = (
    then("acquisition", "purchase", "onboarding", told(1, "checkout.session.completed")),
    then("onboarding", "purchase", "adoption", told(1, "purchase")),
    then("adoption", "purchase", "maturity", told(1, "purchase")),
    then("maturity", "relapsed", "adoption", *ALIVE, wait=90),
    *(then(source, "referral", "referrer", told(1, "Referral")) for source in ("adoption", "maturity")),
    *(
        then(source, "testimonial_given", "testimonial", told(1, "testimonial"))
        for source in ("adoption", "maturity", "referrer")
    ),
    *(
        then(source, "co_created", "co_creator", told(1, "beta joined"))
        for source in ("adoption", "maturity", "referrer", "testimonial")
    ),
    *(then(source, "cooled", "maturity", *ALIVE, wait=66) for source in ADVOCACY),
    *(then(source, "silence", "churn", wait=180) for source in ACTIVE),
    *(then(source, "account_closed", "churn", told(1, "customers/delete")) for source in (*ACTIVE, "win_back")),
    *(
        then("churn", event, "win_back", told(1, kind))
        for event, kind in (
            ("signed_up", "Account Created"),
            ("visit", "Page Viewed"),
            ("login", "Signed In"),
            ("product_viewed", "Product Viewed"),
            ("mail_clicked", "Email Link Clicked"),
            ("event_attended", "webinar attended"),
            ("ticket_opened", "ticket"),
        )
    ),
    *(then(source, "purchase", "adoption", told(1, "purchase")) for source in ("churn", "win_back")),
    then("win_back", "silent_again", "churn", wait=60),
)
CHANGES: dict[str, tuple[object, tuple[Told, ...], int]] = {
    "repeat_purchases": (3, ADOPTION, 10),
    "mature_purchases": (5, MATURITY, 10),
    "review_days": (20, (*MATURITY, *((4 + d, k, a) for d, k, a in ALIVE)), 400),
    "lapse_days": (30, ONBOARDING, 60),
    "cool_days": (40, (*MATURITY, told(5, "referral")), 60),
    "win_back_days": (10, (*CHURN, told(6, "visit")), 30),
    "signs": (presets.CommerceSigns(negative_sentiment=-0.9), (*ONBOARDING, told(2, "voice", sentiment=-0.5)), 10),
    "currency": ("EUR", ONBOARDING, 2),
    "zone": ("Asia/Tokyo", ONBOARDING, 200),
}
