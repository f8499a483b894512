"""Health, segments, blueprints and loyalty of the presets, and what an account knows of its people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.definition import Definition
from lifecycle.errors import DefinitionError
from lifecycle.model import Customer

from .signing import changes
from .walking import EVENING, START, Told, told, walk_live

pytestmark = pytest.mark.smoke

MAKERS: tuple[Callable[..., Definition], ...] = (presets.commerce, presets.saas, presets.service)
SUBSCRIBED = told(0, "subscription_started", subscription="s")
BOUGHT = (told(0, "purchase"), told(1, "purchase"), told(2, "purchase"))
GLAD = told(6, "nps", score=9)


def walked(definition: Definition, history: tuple[Told, ...], day: int) -> tuple[Customer, Any]:
    """The customer at the evening of a day, and that evening."""
    return walk_live(definition, history, day)[0], START + timedelta(day) + EVENING


def segments(definition: Definition, history: tuple[Told, ...], day: int) -> set[str]:
    """The segments that a customer belongs to at the evening of a day."""
    return set(definition.segments_of(*walked(definition, history, day)))


def used(*days: int) -> tuple[Told, ...]:
    """Logs in and uses a feature, on these days."""
    return tuple(one for day in days for one in (told(day, "login", contact="ann"), told(day, "feature_used")))


@pytest.mark.parametrize("make", MAKERS)
def test_weights_are_points(make: Callable[..., Definition]) -> None:
    """The weights of the measures sum to 100, and so do those of every stage; each names four measures or more."""
    health = make().health
    assert health is not None
    assert 4 <= len(health.measures) <= 6
    usual = {measure.fact: measure.weight for measure in health.measures}
    assert "onboarding" in health.weights
    for own in ({}, *health.weights.values()):
        assert sum({**usual, **own}.values()) == 100


@pytest.mark.parametrize("limits", [{"use_drop": 1.5}, {"habit_days": 0}, {"signs": presets.SaasSigns(login_days=0)}])
def test_odd_limits_leave_a_scale(limits: dict[str, Any]) -> None:
    """Limits at the edge of what makes sense still give every measure two ends."""
    assert presets.saas(**limits).health is not None


def test_the_check_up_of_an_account() -> None:
    """Log-in today, five of ten days of use and no ticket in onboarding: the mean by the weights of that stage."""
    saas = presets.saas()
    customer, now = walked(saas, (SUBSCRIBED, *used(1, 2, 3, 4, 5)), 5)
    health = saas.health_of(customer, now)
    assert health is not None
    assert health.score == pytest.approx((40 * 100 + 20 * 50) / 60)
    weights = {share.fact: share.weight for share in health.shares if share.weight}
    assert weights == pytest.approx({"days_since_login": 2 / 3, "use_days_30d": 1 / 3})


def test_who_never_bought_has_no_health() -> None:
    """A customer set active by hand without a purchase has no score, rather than one made of visits."""
    shop = presets.commerce()
    customer, now = walked(shop, (told(0, "visit"), told(1, "stage_set", stage="onboarding")), 1)
    health = shop.health_of(customer, now)
    assert health is not None
    assert health.score is None


def test_customers_to_nurture() -> None:
    """'3 or more purchases in the past year and one product page viewed 5 or more times', not one less of either."""
    shop, views = presets.commerce(), tuple(told(3, "Product Viewed", product="cup") for _ in range(5))
    assert "to_nurture" in segments(shop, (*BOUGHT, *views), 4)
    assert "to_nurture" not in segments(shop, (*BOUGHT, *views[1:]), 4)
    assert "to_nurture" not in segments(shop, (*BOUGHT[1:], *views), 4)
    assert "to_nurture" in segments(
        presets.commerce(signs=presets.CommerceSigns(nurture_views=4)), (*BOUGHT, *views), 4
    )


def test_expansion_customers() -> None:
    """Who uses it lastingly and tried a feature outside the plan; nobody in onboarding, and nobody about to leave."""
    blocked = told(12, "feature_blocked")
    history = (SUBSCRIBED, *used(*range(1, 12)), blocked)
    assert "expansion" in segments(presets.saas(), history, 12)
    assert "expansion" not in segments(presets.saas(), history[:-1], 12)
    assert "expansion" not in segments(presets.saas(habit_days=99), history, 12)
    leaving = (*history, told(28, "complaint"), told(28, "feature_blocked"))
    assert segments(presets.saas(), leaving, 28) == {"at_risk"}


def test_accounts_to_nurture() -> None:
    """Who uses it by habit and does well in adoption; not in onboarding, not with less use, not with poor health."""
    history = (SUBSCRIBED, *used(*range(1, 11)))
    assert "to_nurture" in segments(presets.saas(), history, 11)
    assert "to_nurture" not in segments(presets.saas(), (*history, told(11, "subscription_renewed")), 11)
    assert "to_nurture" not in segments(presets.saas(), (*history[:-2], told(10, "stage_set", stage="adoption")), 11)
    # Log-in yesterday is worth nothing here, and so is NPS 0.
    strict = presets.saas(signs=presets.SaasSigns(login_days=1))
    assert "to_nurture" in segments(strict, (*history, told(28, "login")), 29)
    assert "to_nurture" not in segments(strict, (*history, told(28, "login"), told(28, "nps", score=0)), 29)


def test_champions_are_not_advocates_yet() -> None:
    """A promoter who does well is near advocacy, until it is one."""
    glad = (SUBSCRIBED, *used(*range(1, 12)), told(12, "nps", score=9))
    assert "champions" in segments(presets.saas(), glad, 12)
    assert "champions" not in segments(presets.saas(), (*glad, told(12, "referral")), 12)
    assert "champions" not in segments(presets.saas(), (*glad[:-1], told(12, "nps", score=8)), 12)


def test_every_segment_has_a_version_and_a_day() -> None:
    """The four segments of each preset, versioned and dated."""
    for make in MAKERS:
        found = make().segments
        assert [segment.name for segment in found] == ["to_nurture", "at_risk", "expansion", "champions"]
        assert all(segment.version == "1" and segment.dated is not None for segment in found)


def test_the_first_ninety_days() -> None:
    """Goal, set-up, quick win and habit in time; what is not reached is overdue from the midnight after its day."""
    saas = presets.saas()
    history = (
        SUBSCRIBED,
        told(2, "Kickoff Held"),
        told(5, "setup_completed"),
        told(9, "Quick Win"),
        *used(*range(20, 30)),
    )
    customer, now = walked(saas, history, 30)
    found = {one.milestone: one for one in saas.milestones_of(customer, now) if one.blueprint == "onboarding"}
    assert [(name, one.status) for name, one in found.items()] == [
        ("goal", "reached"),
        ("setup", "reached"),
        ("quick_win", "reached"),
        ("habit", "reached"),
    ]
    assert [(one.due - START.date()).days for one in found.values()] == [7, 30, 45, 90]
    customer, now = walked(saas, (SUBSCRIBED, told(40, "login")), 46)
    late = {one.milestone: one.status for one in saas.milestones_of(customer, now) if one.blueprint == "onboarding"}
    assert late == {"goal": "overdue", "setup": "overdue", "quick_win": "overdue", "habit": "open"}


def test_the_journey_of_an_account() -> None:
    """The blueprint of the whole journey begins with the first touchpoint and ends with the advocate."""
    (onboarding, journey) = presets.saas().blueprints
    assert (onboarding.start, onboarding.first_value) == ("onboarding", "quick_win")
    assert (journey.start, journey.first_value) == (None, "quick_win")
    assert [milestone.name for milestone in journey.milestones] == [
        "contract",
        "goal",
        "setup",
        "quick_win",
        "habit",
        "renewed",
        "widened",
        "advocate",
    ]
    days = [milestone.due_days for milestone in journey.milestones]
    assert days == sorted(days)


@pytest.mark.parametrize("make", MAKERS)
def test_a_milestone_says_who_gives_what(make: Callable[..., Definition]) -> None:
    """Each milestone has an expectation, a value and a role; the ideal customer has marks."""
    for blueprint in make().blueprints:
        assert blueprint.fit
        assert all(one.expectation and one.value and one.role for one in blueprint.milestones)


def test_a_plain_log_of_orders_knows_the_first_steps() -> None:
    """A shop that records orders only: kept for two weeks is received, bought again is a quick win and a habit."""
    shop = presets.commerce()
    customer, now = walked(shop, (told(0, "purchase"), told(40, "purchase")), 41)
    found = {one.milestone: (one.status, one.reached) for one in shop.milestones_of(customer, now)}
    bought_again = START + timedelta(40, minutes=1)
    assert found == {
        "setup": ("reached", START.replace(hour=0) + timedelta(14)),
        "quick_win": ("reached", bought_again),
        "habit": ("reached", bought_again),
    }


def test_the_ideal_customer() -> None:
    """Came by referral at full price, with a goal and two levels: all marks; a discount costs two of five."""
    saas = presets.saas()
    people = (told(2, "login", contact="ann", level="operator"), told(3, "login", contact="bob", level="executive"))
    rest = (SUBSCRIBED, told(1, "goal_agreed"), *people)
    customer, now = walked(saas, (told(0, "welcomed", source="referral"), *rest), 4)
    assert saas.fit_of(customer, now)["onboarding"] == 100
    customer, now = walked(saas, (told(0, "welcomed", source="referral", discount=0.5), *rest), 4)
    assert saas.fit_of(customer, now)["onboarding"] == pytest.approx(60)


@pytest.mark.parametrize(
    ("said", "loyalty"),
    [
        ((GLAD, told(7, "event_attended")), "loyal"),
        ((GLAD,), "satisfied"),
        ((told(6, "csat", score=4),), "satisfied"),
        ((told(6, "voice", sentiment=0.5),), "satisfied"),
        ((told(6, "nps", score=5),), "captive"),
        ((told(6, "nps", score=5), told(7, "event_attended")), "captive"),
        ((told(7, "event_attended"),), "unheard"),
        ((), "unheard"),
    ],
)
def test_why_the_retained_stay(said: tuple[Told, ...], loyalty: str) -> None:
    """Liking it and acting so is loyal, liking it is satisfied, staying without is captive, and nobody is guessed."""
    for make, begin in zip(MAKERS, (told(0, "purchase"), SUBSCRIBED, told(0, "booked")), strict=True):
        definition = make()
        customer, now = walked(definition, (begin, *said), 8)
        assert definition.loyalty_of(customer, now) == loyalty


def test_an_account_knows_its_people_by_level() -> None:
    """Different people by level in 90 days, whatever they did; other names of levels are asked for by keyword."""
    history = (
        SUBSCRIBED,
        told(1, "login", contact="ann", level="operator"),
        told(2, "ticket", contact="bob", level="operator"),
        told(3, "login", contact="ann", level="operator"),
        told(4, "meeting_held", contact="eve", level="C-level"),
    )
    saas = presets.saas(signs=presets.SaasSigns(levels=("operator", "C-level")))
    facts = saas.facts_of(*walked(saas, history, 5))
    assert (facts["contacts_operator_90d"], facts["contacts_c_level_90d"]) == (2, 1)
    assert (facts["levels_reached_90d"], facts["contacts_known"]) == (2, 1)
    assert {"contacts_operator_90d", "contacts_manager_90d", "contacts_executive_90d"} <= set(presets.saas().facts)


def test_what_the_company_does_is_no_sign_of_life() -> None:
    """Its messages, promises and meters hold no silence off."""
    kinds = ("message_sent", "promise_made", "promise_kept", "promise_broken", "usage_reported", "Email Delivered")
    history = (SUBSCRIBED, *(told(20, kind) for kind in kinds))
    customer, _ = walked(presets.saas(silence_days=30), history, 30)
    assert customer.stage.id == "churn"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"drop": float("nan")}, "SaasSigns\\(drop=nan\\): not a finite number"),
        ({"login_days": -1}, "SaasSigns\\(login_days=-1\\): not a whole number from 0 to 36,600"),
        ({"login_days": 14.0}, "whole number"),
        ({"near_limit": "0.8"}, "finite number"),
        ({"levels": ("operator", 3)}, "levels"),
        ({"levels": ("C-level", "c level")}, "another name"),
    ],
)
def test_a_limit_that_is_none_is_refused(limits: dict[str, Any], words: str) -> None:
    """A limit that is no number of its sort is told with its name and value."""
    with pytest.raises(DefinitionError, match=words):
        presets.SaasSigns(**limits)


def test_a_limit_is_changed_by_keyword() -> None:
    """A log-in of more than 7 days ago, said in the text too."""
    saas = presets.saas(signs=presets.SaasSigns(login_days=7))
    raised = [one for one in changes(saas, (SUBSCRIBED,), 8) if one.signal == "login_stopped"]
    assert [(one.at - START.replace(hour=0)).days for one in raised] == [8]
    assert "more than 7 days" in next(one.text for one in saas.signals if one.name == "login_stopped")
