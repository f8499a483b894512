"""Values of customers as touchpoints: what facts, signals, playbooks and KPIs make of them."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import attrs
import numpy as np
import pytest

from lifecycle import presets
from lifecycle.chart import CustomerMachine, role
from lifecycle.definition import Definition, replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import report
from lifecycle.log import TouchpointLog
from lifecycle.model import Money, Touchpoint
from lifecycle.playbooks import Action, Playbook, raised
from lifecycle.rules import Last
from lifecycle.signs import Signal
from lifecycle.value import (
    BgNbd,
    CustomerTable,
    Discount,
    GammaGamma,
    Intervals,
    Origin,
    customer_value,
    predict,
    purchases,
    scored,
)

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
NONE = Intervals(n_draws=0)
DAYS = {"ada": (0, 7, 21, 30, 41), "bob": (3, 5), "cleo": (9,), "dora": (1, 2, 3, 4, 50)}


class Shop(CustomerMachine):
    """Who bought, and who left."""

    lead, buyer, gone = role.prospect(initial=True), role.active(), role.lost()
    purchase = lead.to(buyer)
    closed = buyer.to(gone)


SHOP = Definition(
    Shop,
    name="shop",
    version="1",
    currency="EUR",
    facts={
        "ltv": Last("scored", of="ltv").stale_after(days=90),
        "p_alive": Last("scored", of="p_alive").stale_after(days=90),
    },
    signals=[Signal("fading", "p_alive <= 0.9", clear="p_alive > 0.95", topic="churn", severity="warning")],
    playbooks=[Playbook("call", on=raised("fading"), audience="ltv >= 1", steps=[Action("call", owners="sales")])],
)


@pytest.fixture(scope="module")
def log() -> TouchpointLog:
    """Four customers of the first weeks of 2026."""
    rows = [(name, date(2026, 1, 1) + timedelta(day)) for name, days in DAYS.items() for day in days]
    columns = {
        "customer": [name for name, _ in rows],
        "at": [str(day) for _, day in rows],
        "amount": [10.0 + place for place in range(len(rows))],
    }
    return TouchpointLog.from_columns(columns, kind="=purchase", currency="=EUR")


@pytest.fixture(scope="module")
def values(log: TouchpointLog) -> CustomerTable:
    """What they will bring within a year, by a model that is given."""
    history = purchases(log, until="2026-03-01")
    fit = attrs.evolve(BgNbd.fit(history.tally()), model=BgNbd(0.8, 2.0, 0.7, 3.0))
    return customer_value(fit, history, spend=Money(2000, "EUR"), discount=Discount(0.1, horizon="52w"), intervals=NONE)


def test_a_score_holds_what_the_table_tells(values: CustomerTable) -> None:
    """One touchpoint per customer, of the reserved kind, with model, version, horizon and rounded numbers."""
    made = scored(values, AT, fitted_at=AT - timedelta(1))
    assert made.kinds == ("scored",)
    assert made.ids().tolist() == values.ids.tolist()
    (touchpoint,) = made.touchpoints(0)
    assert touchpoint.at == AT
    found = dict(touchpoint.attributes)
    row = next(iter(values.rows()))
    origin = values.origin
    assert origin is not None
    assert found == {
        "model": "BgNbd",
        "version": origin.version,
        "fitted_at": "2026-02-28T06:00:00+00:00",
        "unit": "EUR",
        "horizon_days": 364,
        "p_alive": round(row["p_alive"], 6),
        "expected_purchases": round(row["purchases"], 6),
        "ltv": round(row["value"], 6),
    }


def test_another_fit_is_another_version(values: CustomerTable, log: TouchpointLog) -> None:
    """The digest holds parameters and data, and nothing of the machine."""
    fit = BgNbd.fit(purchases(log).tally())
    one, other = Origin.of(fit, None), Origin.of(attrs.evolve(fit, model=attrs.evolve(fit.model, r=0.5)), None)
    assert Origin.of(fit, None) == one != other
    assert one.version != Origin.of(attrs.evolve(fit, data_digest="0"), None).version


def test_a_table_that_travelled_is_scored_alike(values: CustomerTable) -> None:
    """Pickling keeps where a table comes from."""
    there = pickle.loads(pickle.dumps(values))
    assert there.origin == values.origin
    assert scored(there, AT).touchpoints(3) == scored(values, AT).touchpoints(3)


def test_what_is_not_known_is_no_attribute(log: TouchpointLog) -> None:
    """Counted purchases are no money; a forecast has no value; an endless horizon no days."""
    history = purchases(log)
    fit = BgNbd.fit(history.tally())
    counted = customer_value(fit, history, discount=Discount(0.1), intervals=NONE)
    assert {"ltv", "horizon_days"}.isdisjoint(scored(counted, AT).attributes)
    foretold = predict(fit, history, horizon="4w", intervals=NONE)
    assert "ltv" not in scored(foretold, AT).attributes
    assert "expected_purchases" in scored(foretold, AT).attributes


def test_a_customer_without_a_value_has_no_ltv(values: CustomerTable) -> None:
    """The others keep theirs."""
    holes = dict(values.columns) | {"value": np.where(np.arange(len(values)) == 1, np.nan, values["value"])}
    made = scored(attrs.evolve(values, columns=holes), AT)
    assert ["ltv" in dict(made.touchpoints(code)[0].attributes) for code in range(4)] == [True, False, True, True]


def test_any_split_gives_the_same_touchpoints(values: CustomerTable) -> None:
    """Rounded customer by customer: a half of the base has the scores that it has in the whole."""
    whole, half = scored(values, AT), scored(values.top(2), AT)
    for code, name in enumerate(half.ids().tolist()):
        assert half.touchpoints(code) == whole.touchpoints(whole.code_of(name))


def test_an_empty_table_gives_an_empty_log(values: CustomerTable) -> None:
    """Nobody, and no error."""
    assert len(scored(values.top(0), AT)) == 0


def test_a_table_of_unknown_origin_is_refused(values: CustomerTable) -> None:
    """A score must say of which model it is."""
    with pytest.raises(InvalidArgument, match="does not tell its model; give what 'customer_value'"):
        scored(attrs.evolve(values, origin=None), AT)


@pytest.mark.parametrize("name", ["at", "fitted_at"])
def test_times_need_a_zone(values: CustomerTable, name: str) -> None:
    """Both moments are exact."""
    times = {"at": AT, "fitted_at": AT} | {name: datetime(2026, 3, 1)}
    with pytest.raises(InvalidArgument, match=f"'{name}'"):
        scored(values, times["at"], fitted_at=times["fitted_at"])


@pytest.mark.parametrize("preset", [presets.commerce, presets.saas, presets.service, lambda: SHOP])
def test_scores_go_missing_after_90_days(log: TouchpointLog, values: CustomerTable, preset: object) -> None:
    """On the 90th day after the score the facts are there, on the 91st they are not: never silently stale."""
    story = replay(preset(), log.merge(scored(values, AT)), until="2026-07-01")  # type: ignore[operator]
    last, after = AT.date() + timedelta(91), AT.date() + timedelta(92)
    fresh, stale = story.as_of(str(last)), story.as_of(str(after))
    for fact, column in (("ltv", "value"), ("p_alive", "p_alive")):
        assert fresh[fact].tolist() == np.round(values[column], 6).tolist()
        assert np.isnan(stale[fact]).all()


def test_the_kpi_counts_who_has_the_fact(log: TouchpointLog, values: CustomerTable) -> None:
    """While scores are fresh, and no more when they are stale."""
    story = replay(SHOP, log.merge(scored(values, AT)), until="2026-07-01")
    for days in (89, 90, 91, 92):
        end = AT.date() + timedelta(days)
        (line,) = report(story, ["ltv_scored_share"], (str(AT.date()), str(end))).lines
        has = ~np.isnan(story.as_of(str(end))["ltv"])
        assert line.measurement.value == np.mean(has), days


def test_signals_and_playbooks_are_the_same_live_and_in_columns(log: TouchpointLog, values: CustomerTable) -> None:
    """A signal over a score is raised at the score; its playbook decides, and both ways of running agree."""
    both = log.merge(scored(values, AT))
    until = datetime(2026, 7, 1, tzinfo=UTC)
    story = replay(SHOP, both, until=until)
    moves, plays = {}, {}
    for code, name in enumerate(both.ids().tolist()):
        first, *others = both.touchpoints(code)
        steps = [SHOP.begin(first)]
        for touchpoint in others:
            steps.append(SHOP.advance(steps[-1].customer, touchpoint))
        steps.append(SHOP.pass_time(steps[-1].customer, until - timedelta(microseconds=1)))
        moves[name] = [(one.at, one.signal) for step in steps for one in step.signals]
        plays[name] = [play.key for step in steps for play in step.plays]
    expected = {name for name, chance in zip(values.ids, values["p_alive"], strict=True) if chance <= 0.9}
    assert {name for name, raised_at in moves.items() if raised_at} == expected != set(moves)
    assert all(raised_at[0][0] == AT for raised_at in moves.values() if raised_at)
    assert sorted(story.signals()["customer"].tolist()) == sorted(expected)
    assert {name for name, keys in plays.items() if keys} == expected
    assert sorted(story.plays()["key"].tolist()) == sorted(key for keys in plays.values() for key in keys)


def test_a_score_is_no_sign_of_life(log: TouchpointLog, values: CustomerTable) -> None:
    """What we think of a customer moves nobody: the same stages with and without."""
    shop = presets.commerce(lapse_days=60)
    plain = replay(shop, log, until="2026-07-01").as_of("2026-06-30")
    with_scores = replay(shop, log.merge(scored(values, AT)), until="2026-07-01").as_of("2026-06-30")
    assert plain["stage"].tolist() == with_scores["stage"].tolist()
    assert "churn" in plain["stage"].tolist()


def test_cdnow_from_purchases_to_value_by_stage(cdnow: TouchpointLog) -> None:
    """Purchases, fit, value, scores, merged, replayed, reported: groups add up to the whole, and to the table."""
    history = purchases(cdnow, until="1997-10-01", age_on="1997-09-30")
    fit, spend = BgNbd.fit(history.tally()), GammaGamma.fit(history.spend())
    table = customer_value(fit, history, spend=spend, discount=Discount(0.1, horizon="52w"), intervals=NONE)
    shop = presets.commerce(currency="USD")
    story = replay(shop, cdnow.merge(scored(table, datetime(1997, 10, 1, tzinfo=UTC))), until="1997-11-01")
    found = report(story, ["ltv_expected", "ltv_expected_total"], "1997-10", by="stage")
    measured = [line.measurement for line in found.lines if line.measurement.kpi == "ltv_expected_total"]
    (whole,) = [one for one in measured if not one.group]
    groups = [one.value or 0.0 for one in measured if one.group]
    assert len(groups) >= 3
    assert sum(groups) == pytest.approx(whole.value, abs=1e-6)
    stage = dict(zip(*(story.as_of("1997-11-01")[name].tolist() for name in ("customer", "stage")), strict=True))
    active = [stage[name] not in ("acquisition", "churn", "win_back") for name in table.ids.tolist()]
    assert whole.value == pytest.approx(float(table["value"][active].sum()), abs=1e-3)
    (mean,) = [line.measurement for line in found.lines if line.measurement.kpi == "ltv_expected"][:1]
    assert mean.denominator == sum(active)


def test_scores_of_one_day_are_fed_live_too(values: CustomerTable) -> None:
    """The touchpoints of the log are those that `advance` takes."""
    customer = SHOP.begin(Touchpoint("ada", "purchase", AT - timedelta(30))).customer
    (score,) = scored(values, AT).touchpoints(0)
    step = SHOP.advance(customer, score)
    assert SHOP.facts_of(step.customer, AT + timedelta(90))["ltv"] == round(float(values["value"][0]), 6)
    assert SHOP.facts_of(step.customer, AT + timedelta(91))["ltv"] is None
