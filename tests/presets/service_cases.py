"""Every way through the service preset."""

from __future__ import annotations

from typing import Any

from lifecycle import presets

from .walking import Case, Told, told

BEGIN = (told(0, "welcomed", source="referral"),)
ONBOARDING = (*BEGIN, told(1, "Booking Made"))
ADOPTION = (*ONBOARDING, told(2, "visit"), told(3, "Checked In"), told(4, "appointment completed"))
MATURITY = (*ADOPTION, told(200, "visit"), told(367, "visit"), told(395, "login"))
CHURN = (*ONBOARDING, told(5, "membership_cancelled", reason="moved"))
REACHED: dict[str, tuple[Told, ...]] = {
    "acquisition": BEGIN,
    "onboarding": ONBOARDING,
    "adoption": ADOPTION,
    "maturity": MATURITY,
    "referrer": (*MATURITY, told(396, "friend referred")),
    "testimonial": (*MATURITY, told(396, "testimonial")),
    "co_creator": (*MATURITY, told(396, "co_creation")),
    "churn": CHURN,
    "win_back": (*CHURN, told(6, "page")),
}
ACTIVE = ("onboarding", "adoption", "maturity", "referrer", "testimonial", "co_creator")
ADVOCACY = ACTIVE[3:]
LIMITS: dict[str, Any] = {"cool_days": 500}


def then(source: str, event: str, target: str, *more: Told, wait: int = 0) -> Case:
    """A case that begins in a stage; days count from the day on which it was reached."""
    reached = REACHED[source]
    last = reached[-1][0]
    after = tuple((last + day, kind, attributes) for day, kind, attributes in more)
    end = (after or reached)[-1][0]
    return Case(source, event, target, (*reached, *after), end + wait, LIMITS)


def quarterly(days: tuple[int, ...], *more: Told) -> tuple[Told, ...]:
    """Who comes in every quarter."""
    return (*ADOPTION, *(told(day, "visit") for day in days), *more)


REGULAR = quarterly((90, 180, 270))
MATURE_REGULAR = quarterly((90, 180, 270, 360, 450))
SLOW = {"habit_visits": 9, "onboarding_days": 2_000}
ALIVE = tuple(told(day, "login") for day in (200, 400))
LAPSES = (
    Case("onboarding", "lapsed", "churn", REGULAR, 390, SLOW),
    Case("adoption", "lapsed", "churn", REGULAR, 390),
    Case("maturity", "lapsed", "churn", MATURE_REGULAR, 570),
    Case("referrer", "lapsed", "churn", (*MATURE_REGULAR, told(451, "referral")), 571),
    Case("testimonial", "lapsed", "churn", (*MATURE_REGULAR, told(451, "testimonial")), 571),
    Case("co_creator", "lapsed", "churn", (*MATURE_REGULAR, told(451, "co_creation")), 571),
)
CASES = (
    *LAPSES,
    *(
        then("acquisition", event, "onboarding", told(1, kind))
        for event, kind in (("booked", "Reservation Made"), ("visit", "visit"), ("payment", "purchase"))
    ),
    then("onboarding", "visit", "adoption", told(1, "visit"), told(2, "visit"), told(3, "visit")),
    then("onboarding", "onboarding_over", "adoption", told(1, "visit"), wait=90),
    then("adoption", "matured", "maturity", told(196, "visit"), told(363, "visit"), wait=28),
    then("maturity", "relapsed", "adoption", told(1, "visit"), told(2, "visit"), wait=395),
    *(then(source, "referral", "referrer", told(1, "Referral")) for source in ("adoption", "maturity")),
    *(
        then(source, "testimonial_given", "testimonial", told(1, "testimonial"))
        for source in ("adoption", "maturity", "referrer")
    ),
    *(
        then(source, "co_created", "co_creator", told(1, "beta joined"))
        for source in ("adoption", "maturity", "referrer", "testimonial")
    ),
    *(then(source, "cooled", "maturity", *ALIVE, wait=101) for source in ADVOCACY),
    *(then(source, "silence", "churn", wait=425) for source in ACTIVE if source != "maturity"),
    # With the stock limit a silent customer first falls back to adoption.
    Case("maturity", "silence", "churn", MATURITY, 820, {"visit_least": 9}),
    *(then(source, "membership_cancelled", "churn", told(1, "account closed")) for source in (*ACTIVE, "win_back")),
    *(
        then("churn", event, "win_back", told(1, kind))
        for event, kind in (
            ("signed_up", "signup"),
            ("site_visited", "Page Viewed"),
            ("login", "Signed In"),
            ("mail_clicked", "Email Link Clicked"),
            ("ticket_opened", "ticket"),
        )
    ),
    *(
        then(source, event, "adoption", told(1, event))
        for source in ("churn", "win_back")
        for event in ("booked", "visit", "payment")
    ),
    then("win_back", "silent_again", "churn", wait=60),
)
FALLING = (*MATURITY, told(396, "visit"), told(397, "visit"))
CHANGES: dict[str, tuple[object, tuple[Told, ...], int]] = {
    "onboarding_days": (30, (*ONBOARDING, told(2, "visit")), 60),
    "habit_visits": (2, ADOPTION, 10),
    "mature_visits": (6, MATURITY, 400),
    "mature_days": (450, MATURITY, 400),
    "review_days": (20, MATURITY, 400),
    "visit_drop": (0.9, MATURITY, 400),
    "visit_least": (9, FALLING, 800),
    "season_days": (100, ONBOARDING, 200),
    "grace_days": (10, ONBOARDING, 400),
    "lapse_days": (60, REGULAR, 350),
    "cool_days": (40, (*MATURITY, told(396, "referral")), 450),
    "win_back_days": (10, (*CHURN, told(6, "page")), 30),
    "signs": (presets.ServiceSigns(negative_sentiment=-0.9), (*ONBOARDING, told(2, "voice", sentiment=-0.5)), 10),
    "currency": ("EUR", ONBOARDING, 2),
    "zone": ("Asia/Tokyo", ONBOARDING, 500),
}
