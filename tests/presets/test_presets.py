"""What the presets mean to a business: sketches of the documents, returns, contracts, seasons, signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from lifecycle import presets
from lifecycle.definition import Definition, replay
from lifecycle.errors import DefinitionError
from lifecycle.log import TouchpointLog
from lifecycle.model import Touchpoint

from .walking import START, Told, day_of, told, touchpoints, walk_columns, walk_live

pytestmark = pytest.mark.smoke

MAKERS = (presets.commerce, presets.saas, presets.service)


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def ways(definition: Definition, history: tuple[Told, ...], days: int) -> list[tuple[int, str]]:
    """The moves as (day, stage entered), the same live and in columns."""
    _, moves = walk_live(definition, history, days)
    assert moves == walk_columns(definition, history, days)[1]
    return [(day_of(move), move.target.id) for move in moves]


@pytest.mark.parametrize("currency", [None, "JPY"])
@pytest.mark.parametrize("make", MAKERS)
def test_nothing_stands_that_deserves_care(make: Callable[..., Definition], currency: str | None) -> None:
    """`check()` has nothing to say of the stages and signs of any preset, with a currency or without."""
    assert make(currency=currency, playbooks=()).check() == ()


@pytest.mark.parametrize("make", MAKERS)
def test_two_of_a_kind_are_the_same(make: Callable[..., Definition]) -> None:
    """A factory shares nothing between its definitions, and gives the same one each time."""
    first, second = make(), make()
    assert first.machine_class is not second.machine_class
    assert first.digest == second.digest


@pytest.mark.parametrize("make", MAKERS)
def test_the_stages_of_the_stock_lifecycle(make: Callable[..., Definition]) -> None:
    """All presets have the same stages in the same order, with roles and a Japanese name each."""
    stages = make().stages
    assert [(stage.id, stage.role) for stage in stages] == [
        ("acquisition", "prospect"),
        ("onboarding", "active"),
        ("adoption", "active"),
        ("maturity", "active"),
        ("referrer", "active"),
        ("testimonial", "active"),
        ("co_creator", "active"),
        ("churn", "lost"),
        ("win_back", "returning"),
    ]
    assert [stage.label_ja for stage in stages[1:4]] == ["導入期", "定着期", "成熟期"]
    assert all(stage.label_ja != stage.label and not stage.label_ja.isascii() for stage in stages)


@pytest.mark.parametrize("make", MAKERS)
def test_a_threshold_out_of_range_is_refused(make: Callable[..., Definition]) -> None:
    """A number of days that cannot be is told with the timer's name."""
    with pytest.raises(DefinitionError, match="silent_again"):
        make(win_back_days=0)


def test_the_sketch_of_the_design() -> None:
    """A referred customer buys, is explained, and is carried to churn by silence on the exact day."""
    shop = presets.commerce(lapse_days=120)
    ada = shop.welcome("ada", at=utc(2026, 1, 5), source="referral")
    order = Touchpoint("ada", "Order Completed", at=utc(2026, 1, 9, 14), amount="59.90", currency="EUR")
    step = shop.advance(ada, order)
    why, *plays = step.why().splitlines()
    assert why == "acquisition → onboarding on 2026-01-09 14:00: 'purchase'; purchases 1 ≥ 1"
    assert plays[-1] == "2026-01-09 14:00 send_email by email (marketing) for ada: welcome, stage 'onboarding' entered"
    step = shop.pass_time(step.customer, now=utc(2026, 6, 1))
    assert [(move.target.id, move.at) for move in step.moves] == [("churn", utc(2026, 5, 9))]
    assert step.customer.next_due == utc(2026, 6, 25, 10), "the offer of the win-back"


@pytest.mark.parametrize(
    "back",
    [told(20, "purchase", amount=-10, currency="EUR"), told(20, "Order Refunded", amount=10, currency="EUR")],
    ids=["negative", "refund"],
)
def test_a_return_is_no_purchase(back: Told) -> None:
    """What flows back neither makes a customer nor a repeat purchase, nor wins a lost customer back."""
    shop = presets.commerce(currency="EUR", lapse_days=60)
    bought = told(1, "purchase", amount=10, currency="EUR")
    assert ways(shop, (told(0, "welcomed"), back), 30) == []
    assert ways(shop, (bought, back), 30) == [(1, "onboarding")]
    assert ways(shop, (bought, (70, *back[1:])), 80) == [(1, "onboarding"), (61, "churn")]


@pytest.mark.parametrize("later", [0, 1], ids=["same day", "next day"])
def test_a_return_is_no_reason_for_maturity(later: int) -> None:
    """Who was won back by a third purchase and returns it does not grow mature by that."""
    bought = [told(day, "purchase", amount=10, currency="EUR") for day in (0, 1, 100)]
    back = told(100 + later, "purchase", amount=-10, currency="EUR")
    found = ways(presets.commerce(lapse_days=60), (*bought, back), 110)
    assert found == [(0, "onboarding"), (1, "adoption"), (61, "churn"), (100, "adoption")]


def test_spending_is_net_and_the_price_class_is_not() -> None:
    """Money facts exist with a currency only; what flows back lowers what was spent, not the mean purchase."""
    history = (
        told(0, "purchase", amount=30, currency="EUR"),
        told(1, "purchase", amount=10, currency="EUR"),
        told(2, "purchase", amount=-10, currency="EUR"),
    )
    facts = walk_columns(presets.commerce(currency="EUR"), history, 3)[2]
    assert (float(facts["spent_365d"]), float(facts["mean_purchase"]), facts["purchases"]) == (30.0, 20.0, 2)
    assert "spent_365d" not in presets.commerce().facts


def test_a_mail_that_was_sent_is_no_sign_of_life() -> None:
    """The company's own mails hold no silence off, and a mail that was opened does not either."""
    history = (told(0, "purchase"), told(20, "Email Sent"), told(25, "Email Opened"))
    assert ways(presets.commerce(lapse_days=30), history, 40) == [(0, "onboarding"), (30, "churn")]


def test_contracts_side_by_side() -> None:
    """An account is lost with its last contract, not before; the reason is kept."""
    history = (
        told(0, "subscription_started", subscription="a"),
        told(1, "subscription_started", subscription="b"),
        told(5, "subscription_cancelled", subscription="a", reason="price"),
        told(9, "subscription_cancelled", subscription="b", reason="no budget"),
    )
    saas = presets.saas()
    assert ways(saas, history[:3], 6) == [(0, "onboarding")]
    assert ways(saas, history, 10) == [(0, "onboarding"), (9, "churn")]
    assert walk_columns(saas, history, 10)[2]["churn_reason"] == "no budget"


@pytest.mark.parametrize("kind", ["payment", "subscription_renewed"])
def test_a_renewal_that_came_is_not_missed(kind: str) -> None:
    """A contract that was paid or renewed around its date goes on after the grace."""
    history = (
        told(0, "subscription_started", renewal="2024-02-10"),
        told(35, "login"),
        told(45, kind),
        told(60, "login"),
    )
    assert ways(presets.saas(), history, 75) == [(0, "onboarding")]
    missed = tuple(one for one in history if one[1] != kind)
    assert ways(presets.saas(), missed, 75) == [(0, "onboarding"), (70, "churn")]


def test_a_refund_in_churn_is_no_payment() -> None:
    """Money paid back after the end does not bring an account back."""
    history = (
        told(0, "payment", amount=10, currency="EUR"),
        told(5, "account_closed"),
        told(9, "payment", amount=-10, currency="EUR"),
    )
    assert ways(presets.saas(), history, 20) == [(0, "onboarding"), (5, "churn")]


def test_who_comes_each_year_is_not_lost() -> None:
    """A yearly guest is kept through the year, and lost when the season and its grace went by."""
    yearly = tuple(told(365 * year, "visit") for year in range(3))
    found = ways(presets.service(), yearly, 2 * 365 + 424)
    assert "churn" not in [stage for _, stage in found]
    assert ways(presets.service(), yearly, 2 * 365 + 425)[-1] == (2 * 365 + 425, "churn")


def test_who_came_each_quarter_is_lost_sooner() -> None:
    """A regular guest who stays away is lost after a quarter and a month."""
    regular = tuple(told(60 * n, "visit") for n in range(7))
    assert ways(presets.service(), regular, 500)[-1] == (360 + 120, "churn")


def test_the_three_alert_rules_have_their_figures() -> None:
    """Days since log-in, use against the 30 days before, and business days of the oldest open ticket (B3)."""
    used = [told(day, "feature_used", feature="export") for day in (5, 10, 15, 20, 35)]
    history = (told(0, "login"), *used[:4], told(21, "ticket", ticket="t"), used[4])
    facts = walk_columns(presets.saas(), history, 40)[2]
    assert facts["days_since_login"] == 40
    assert (facts["feature_use_30d"], facts["feature_use_prev_30d"], facts["use_change"]) == (3, 2, 1.5)
    # From Monday 22 January to Saturday 10 February 2024.
    assert (facts["tickets_open"], facts["oldest_ticket_business_days"]) == (1, 15)
    holiday = walk_columns(presets.saas(holidays=(date(2024, 2, 1),)), history, 40)[2]
    assert holiday["oldest_ticket_business_days"] == 14


def test_the_main_feature_is_a_text_like_any_other() -> None:
    """A feature's name with quotes in it is a name, no condition."""
    name = 'Bob\'s "best" or amount > 0'
    history = (told(0, "feature_used", feature=name), told(1, "feature_used", feature="other"))
    assert walk_columns(presets.saas(main_feature=name), history, 2)[2]["feature_use_30d"] == 1


def test_an_account_knows_its_owner_and_its_people() -> None:
    """A hand-over keeps the history; people and levels that were reached are counted (A8, A9)."""
    history = (
        told(0, "welcomed", owner="mia", plan="team"),
        told(1, "login", contact="ann", level="operator"),
        told(2, "login", contact="bob", level="manager"),
        told(3, "login", contact="ann", level="operator"),
        told(4, "owner_changed", owner="tom"),
    )
    facts = walk_columns(presets.saas(), history, 10)[2]
    assert (facts["owner"], facts["days_since_handover"], facts["plan"]) == ("tom", 6, "team")
    assert (facts["contacts_active_30d"], facts["levels_reached_90d"]) == (2, 2)


def test_the_figures_of_customers_to_nurture() -> None:
    """Purchases of the past year and product views are there to be asked for (B5)."""
    views = [told(n, "Product Viewed") for n in range(5)]
    bought = [told(n, "purchase", category=name) for n, name in ((5, "tea"), (6, "tea"), (7, "cups"))]
    facts = walk_columns(presets.commerce(), (*views, *bought), 8)[2]
    assert (facts["purchases_365d"], facts["product_views_30d"], facts["categories_365d"]) == (3, 5, 2)


def test_the_kinds_of_a_plain_log_are_known_to_saas() -> None:
    """signup, login, visit, feature_use, purchase, payment, ticket and nps all mean something."""
    saas = presets.saas()
    kinds = ("signup", "login", "visit", "feature_use", "purchase", "payment", "ticket", "nps")
    known = set(saas.program.chart.events)
    assert {saas.program.context.key(kind) for kind in kinds} <= known


def test_many_customers_at_once() -> None:
    """The columns tell of each of many customers what the live engine tells of it alone."""
    made = []
    for n in range(40):
        kinds = ("visit", "purchase", "Email Link Clicked")
        made += [
            Touchpoint(f"c{n}", kinds[(n + k) % 3], START.replace(day=1 + (7 * n + 5 * k) % 28, month=1 + k))
            for k in range(n % 9 + 1)
        ]
    shop = presets.commerce(lapse_days=40, win_back_days=20)
    story = replay(shop, TouchpointLog.from_touchpoints(made), until="2025-01-01")
    for n in range(40):
        own = sorted((one for one in made if one.customer == f"c{n}"), key=lambda one: one.at)
        step = shop.begin(own[0])
        moves = list(step.moves)
        for one in own[1:]:
            step = shop.advance(step.customer, one)
            moves += step.moves
        step = shop.pass_time(step.customer, utc(2024, 12, 31, 23))
        assert story.customer(f"c{n}").moves == (*moves, *step.moves)


def test_histories_are_told_in_order() -> None:
    """The touchpoints of a told history are in order of time, so that live and columns read the same."""
    made = touchpoints((told(0, "a"), told(0, "b"), told(1, "c")))
    assert [one.kind for one in sorted(made, key=lambda one: one.at)] == ["a", "b", "c"]
