"""A base of customers with every kind of touchpoint that KPIs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay

MADE = ("purchase", "payment", "refund", "login", "ticket_opened", "ticket_closed", "nps", "csat", "voice", "ces")
MADE += ("promise_made", "promise_kept", "promise_broken", "expectation_stated", "experience_rated", "mail_sent")
MADE += ("mail_clicked", "referral", "offer_made", "offer_accepted", "voice_answered", "points_redeemed", "complaint")
MADE += ("owner_changed", "scored", "ticket_answered", "promise_made", "deal_signed", "account_closed")
MONEY = {"purchase", "payment"}
START = datetime(2024, 3, 1, tzinfo=UTC)


def _attributes(kind: str, generator: np.random.Generator, n_customers: int) -> dict[str, str | float]:
    low, some = int(generator.integers(1, 6)), f"{generator.integers(3)}"
    match kind:
        case "nps":
            survey = ("relational", "transactional")[generator.integers(2)]
            return {"score": int(generator.integers(0, 11)), "survey": survey, "reason": "price"}
        case "csat" | "expectation_stated" | "experience_rated":
            return {"score": low, "expectation": "e1"}
        case "ces":
            return {"score": int(generator.integers(1, 8))}
        case "referral":
            return {"referred": f"c{generator.integers(n_customers)}"}
        case "points_redeemed":
            return {"points": int(generator.integers(1, 50))}
        case "offer_made":
            return {"type": ("upsell", "cross_sell")[generator.integers(2)], "offer": some}
        case "owner_changed":
            return {"owner": f"o{some}"}
        case "scored":
            return {"ltv": low * 10.5, "p_alive": low / 6}
        case "deal_signed":
            return {"commission": 100 * low, "deal": some}
        case _:
            product = "ab"[generator.integers(2)]
            return {"ticket": some, "topic": "price", "product": product, "promise": some, "offer": some}


def made_touchpoints(n_customers: int = 40, days: int = 600, seed: int = 7) -> list[Touchpoint]:
    """Touchpoints of all kinds at random instants; the same for the same seed."""
    generator = np.random.default_rng(seed)
    found = []
    for number in range(n_customers):
        at = START + timedelta(minutes=int(generator.integers(days * 900)))
        known: dict[str, str | float] = {"source": ("search", "referral", "event")[generator.integers(3)]}
        known |= {"owner": f"o{number % 3}", "cost": float(generator.integers(5, 50))}
        found.append(Touchpoint(f"c{number}", "welcomed", at, attributes=known))
        for _ in range(generator.integers(5, 45)):
            at += timedelta(minutes=int(generator.integers(1, days * 48)))
            skewed, even = min(int(generator.exponential(5)), len(MADE) - 1), generator.integers(len(MADE))
            kind = MADE[skewed if generator.random() < 0.5 else even]
            amount = f"{generator.integers(100, 9999) / 100:.2f}" if kind in MONEY else None
            told = _attributes(kind, generator, n_customers)
            found.append(Touchpoint(f"c{number}", kind, at, amount=amount, currency=amount and "EUR", attributes=told))
    return found


@pytest.fixture(scope="session")
def made_log() -> TouchpointLog:
    """Forty customers over two years."""
    return TouchpointLog.from_touchpoints(made_touchpoints())


@pytest.fixture(scope="session")
def made_story(made_log: TouchpointLog) -> Story:
    """What the preset for shops makes of them."""
    return replay(presets.commerce(currency="EUR"), made_log, until="2026-07-01")
