"""A base of customers with every kind of touchpoint that KPIs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay

MADE = ("purchase", "refund", "login", "ticket_opened", "ticket_closed", "nps", "csat", "voice", "voice_answered")
MADE += ("promise_made", "promise_kept", "promise_broken", "expectation_stated", "experience_rated", "mail_sent")
MADE += ("mail_clicked", "referral", "offer_made", "offer_accepted", "ces", "points_redeemed", "complaint")
START = datetime(2025, 1, 1, tzinfo=UTC)


def _attributes(kind: str, generator: np.random.Generator, n_customers: int) -> dict[str, str | int]:
    product = "ab"[generator.integers(2)]
    found: dict[str, str | int] = {"ticket": f"t{generator.integers(3)}", "topic": "price", "product": product}
    if kind == "nps":
        return {"score": int(generator.integers(0, 11))}
    if kind in {"csat", "expectation_stated", "experience_rated"}:
        return {"score": int(generator.integers(1, 6))}
    if kind == "ces":
        return {"score": int(generator.integers(1, 8))}
    if kind == "referral":
        return {"referred": f"c{generator.integers(n_customers)}"}
    if kind == "points_redeemed":
        return {"points": int(generator.integers(1, 50))}
    if kind.startswith("promise"):
        return {"promise": f"p{generator.integers(3)}"}
    return found


def made_touchpoints(n_customers: int = 40, days: int = 500, seed: int = 7) -> list[Touchpoint]:
    """Touchpoints of all kinds at random instants; the same for the same seed."""
    generator = np.random.default_rng(seed)
    found = []
    for number in range(n_customers):
        at = START + timedelta(minutes=int(generator.integers(days * 700)))
        source = ("search", "referral", "event")[generator.integers(3)]
        found.append(Touchpoint(f"c{number}", "welcomed", at, attributes={"source": source, "owner": f"o{number % 3}"}))
        for _ in range(generator.integers(1, 25)):
            at += timedelta(minutes=int(generator.integers(1, days * 60)))
            skewed, even = min(int(generator.exponential(4)), len(MADE) - 1), generator.integers(len(MADE))
            kind = MADE[skewed if generator.random() < 0.7 else even]
            amount = f"{generator.integers(100, 9999) / 100:.2f}" if kind == "purchase" else None
            known = _attributes(kind, generator, n_customers)
            found.append(Touchpoint(f"c{number}", kind, at, amount=amount, currency=amount and "EUR", attributes=known))
    return found


@pytest.fixture(scope="session")
def made_log() -> TouchpointLog:
    """Forty customers over five hundred days."""
    return TouchpointLog.from_touchpoints(made_touchpoints())


@pytest.fixture(scope="session")
def made_story(made_log: TouchpointLog) -> Story:
    """What the preset for shops makes of them."""
    return replay(presets.commerce(currency="EUR"), made_log, until="2026-07-01")
