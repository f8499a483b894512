"""The blueprints of the presets: the first 90 days, and the whole journey of an account (顧客維持設計図)."""

from __future__ import annotations

from typing import Final

import attrs

from lifecycle.signs import Blueprint, Criterion, Milestone

GOAL_DAYS: Final = 7
"""The goal is agreed in the first week: our default."""
SETUP_DAYS: Final = 30
"""Set up in the first month: our default."""
QUICK_WIN_DAYS: Final = 45
"""The first value at half-time of the 90 days, as early as can be: our default."""
ONBOARDING_DAYS: Final = 90
"""The habit at the end of onboarding: the first 90 days decide."""
KEPT_DAYS: Final = 14
"""What was bought and not sent back for so long has arrived in good order: two weeks, our default."""
DECISION_DAYS: Final = 90
"""One quarter from the first touchpoint to the contract: our default."""
_YEAR: Final = 365

_FULL_PRICE: Final = Criterion("full_price", "discounts == 0", weight=2)
_REFERRED: Final = Criterion("referred", "source == 'referral'")
_GLAD: Final = "sentiment_365d > 0 or nps_score >= 9"
_GOAL: Final = Milestone(
    "goal",
    "has_goal",
    due_days=GOAL_DAYS,
    expectation="To say what success is, and to be understood",
    value="A kick-off meeting: figures and the way to them, agreed by both sides",
    role="sales and customer success",
    text="Goal agreed",
    text_ja="期待値の調整とゴール設定",
)
_SETUP: Final = Milestone(
    "setup",
    # Use has begun: nothing stands in its way any more.
    "has_setup or days_used >= 1",
    due_days=SETUP_DAYS,
    expectation="To begin without technical or mental hurdles",
    value="Set-up with a person to ask, a guide for the first settings, training",
    role="customer success",
    text="Set up",
    text_ja="スムーズな導入支援",
)
_QUICK_WIN: Final = Milestone(
    "quick_win",
    f"has_quick_win or {_GLAD}",
    due_days=QUICK_WIN_DAYS,
    expectation="To feel soon that it was worth it",
    value="The one function with the fastest value, hands on, with examples and templates",
    role="customer success",
    text="Quick win",
    text_ja="早期の成功体験(Quick Win)の創出",
)
_HABIT: Final = Milestone(
    "habit",
    "days_used >= 1",
    due_days=ONBOARDING_DAYS,
    expectation="To use it every day without help",
    value="Follow-up calls, tips that fit the use, the community of users",
    role="customer success",
    text="Used by habit",
    text_ja="利用の習慣化と自走支援",
)


_CUSTOMER: Final = Milestone(
    "contract",
    "payments >= 1 or subscriptions_open >= 1",
    due_days=DECISION_DAYS,
    expectation="To learn what it solves, and for whom",
    value="A picture of success that fits, instead of a discount",
    role="sales",
    text="First contract",
    text_ja="契約",
)
_RENEWED: Final = Milestone(
    "renewed",
    "renewals >= 1 or stage == 'maturity'",
    due_days=DECISION_DAYS + _YEAR,
    expectation="To see what it brought, against the goal",
    value="A review of the goal with figures, and the next goal",
    role="customer success",
    text="Renewed, or mature",
    text_ja="契約更新・成熟期",
)
_WIDENED: Final = Milestone(
    "widened",
    "upgrades_365d >= 1",
    due_days=DECISION_DAYS + 2 * _YEAR,
    expectation="To get further with what works",
    value="A proposal from the customer's own use, with the story of a similar customer",
    role="customer success and sales",
    text="Uses more of it",
    text_ja="アップセル・クロスセル",
)
_ADVOCATE: Final = Milestone(
    "advocate",
    "advocacy_365d >= 1",
    due_days=DECISION_DAYS + 2 * _YEAR,
    expectation="To be heard and to be seen",
    value="A case study, a joint webinar, early access, a voice in what is built",
    role="customer success and marketing",
    text="Speaks for us",
    text_ja="アンバサダー化",
)


def saas_blueprints(*, onboarding_days: int, habit_days: int) -> tuple[Blueprint, ...]:
    """The four steps of onboarding, and the journey from the first touchpoint to advocacy.

    Args:
        onboarding_days: the last day for the habit.
        habit_days: different days of use that are a habit.
    """
    fit = (
        _FULL_PRICE,
        _REFERRED,
        Criterion("goal_agreed", "has_goal"),
        Criterion("many_levels", "levels_reached_90d >= 2"),
    )
    steps = _steps(onboarding_days, f"days_used >= {habit_days}")
    later = tuple(attrs.evolve(step, due_days=DECISION_DAYS + step.due_days) for step in steps)
    journey = Blueprint(
        "retention",
        (_CUSTOMER, *later, _RENEWED, _WIDENED, _ADVOCATE),
        fit=fit,
        first_value="quick_win",
        text="From the first touchpoint to the advocate",
        text_ja="顧客維持設計図:出会いからアンバサダーまで",
    )
    return (_onboarding(steps, fit), journey)


def commerce_blueprints(*, repeat_purchases: int) -> tuple[Blueprint, ...]:
    """The steps of onboarding, as a shop has them; there is no goal to agree on, an order says what is wanted.

    Args:
        repeat_purchases: different days with a purchase that are a habit.
    """
    _, setup, quick_win, habit = _steps(ONBOARDING_DAYS, f"purchase_days >= {repeat_purchases}")
    steps = (
        attrs.evolve(
            setup,
            condition=f"has_setup or purchase_days >= 2 or (days_since_purchase >= {KEPT_DAYS} and refunds_365d == 0)",
            expectation="To receive what was ordered, on the day and in good order",
            value="Delivery as promised, and how to begin",
            role="support",
            text="Received, and kept",
            text_ja="商品の受け取り",
        ),
        attrs.evolve(
            quick_win,
            condition=f"has_quick_win or {_GLAD} or purchase_days >= 2",
            value="Advice on the use, and the question how it went",
            role="support",
        ),
        attrs.evolve(
            habit,
            expectation="To find the next thing that fits",
            value="Suggestions from what was bought before",
            role="marketing",
            text="Bought again",
            text_ja="リピート購入の習慣化",
        ),
    )
    return (_onboarding(steps, (_FULL_PRICE, _REFERRED, Criterion("many_categories", "categories_365d >= 2"))),)


def service_blueprints(*, onboarding_days: int, habit_visits: int) -> tuple[Blueprint, ...]:
    """The steps of onboarding, as a service has them; there is no goal to agree on, a booking says what is wanted.

    Args:
        onboarding_days: the last day for the habit.
        habit_visits: different days with a visit that are a habit.
    """
    _, setup, quick_win, habit = _steps(onboarding_days, f"visit_days >= {habit_visits}")
    steps = (
        attrs.evolve(
            setup,
            condition="has_setup or visit_days >= 1",
            expectation="To find the way, and to be expected",
            value="Way, time and preparation told in good time",
            role="owner",
            text="First visit",
            text_ja="初回の来店",
        ),
        attrs.evolve(
            quick_win,
            condition=f"has_quick_win or {_GLAD} or visit_days >= 2",
            value="The question how it was, before the customer leaves",
            role="owner",
        ),
        attrs.evolve(
            habit,
            expectation="To come again without thinking twice",
            value="A proposal for the next visit that fits the season",
            role="owner",
            text="Comes by habit",
            text_ja="来店の習慣化",
        ),
    )
    return (_onboarding(steps, (_FULL_PRICE, _REFERRED, Criterion("many_services", "services_365d >= 2"))),)


def _steps(onboarding_days: int, habit: str) -> tuple[Milestone, ...]:
    """The four steps, given the condition of the last one; none is due after it."""
    steps = (_GOAL, _SETUP, _QUICK_WIN, attrs.evolve(_HABIT, condition=habit, due_days=onboarding_days))
    return tuple(attrs.evolve(step, due_days=min(step.due_days, onboarding_days)) for step in steps)


def _onboarding(steps: tuple[Milestone, ...], fit: tuple[Criterion, ...]) -> Blueprint:
    return Blueprint(
        "onboarding",
        steps,
        start="onboarding",
        fit=fit,
        first_value="quick_win",
        text="The first 90 days",
        text_ja="最初の90日のオンボーディング",
    )
