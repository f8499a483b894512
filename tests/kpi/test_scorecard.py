"""Scorecards of owners and teams, and the conduct that they measure."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Cut,
    Period,
    contact_kept_rate,
    measure,
    owner_scorecard,
    play_on_time_rate,
    retention_rate,
    revenue_kept,
    team_scorecard,
)
from lifecycle.model import utc_of
from lifecycle.playbooks import Action, Playbook, entered
from tests.playbooks.gym import gym
from tests.playbooks.gym import touch as visit

from .club import cut_of, story_of, touch


def base() -> list[Touchpoint]:
    """Kim and Lee have two customers each, Max one; one of Lee's leaves; Ada changes hands in February."""
    found = []
    for who, owner in zip("abcde", ("kim", "kim", "lee", "lee", "max"), strict=True):
        found += [touch("01-01", "welcomed", who, owner=owner), touch("01-02", "joined", who)]
        found += [touch("01-10", "purchase", who, amount="100"), touch("02-10", "purchase", who, amount="80")]
    return [
        *found,
        touch("02-15", "owner_changed", "a", owner="max"),
        touch("02-20", "left", "c"),
        touch("02-21", "nps", "a", score=10),
        touch("02-22", "promise_made", "d", promise="p", due="2026-02-25"),
        touch("02-24", "promise_kept", "d", promise="p"),
        touch("01-20", "login", "zoe"),
    ]


def figures(table: list[dict[str, object]]) -> dict[tuple[object, object], object]:
    """Value by owner and KPI."""
    return {(row["group"], row["kpi"]): row["value"] for row in table}


def test_results_and_conduct_of_each_owner() -> None:
    """By who owned the customer when the month began; each figure with interval and n, or with a reason."""
    card = owner_scorecard(story_of(base()), "2026-02")
    rows = list(card.table().rows())
    found = figures(rows)
    assert found["kim", "retention_rate"] == 1
    assert found["lee", "retention_rate"] == 0.5
    assert found["(all)", "retention_rate"] == 0.8
    assert found["kim", "nps"] == 100
    assert found["lee", "promise_kept_rate"] == 1
    assert found["lee", "revenue_kept"] == pytest.approx(0.8)
    assert found["lee", "customer_balance"] == 1
    lee = next(row for row in rows if (row["group"], row["kpi"]) == ("lee", "retention_rate"))
    assert lee["low"] < 0.5 < lee["high"]
    assert (lee["n"], lee["side"]) == (2, "results")
    plays = next(row for row in rows if row["kpi"] == "play_on_time_rate")
    assert np.isnan(plays["value"])
    assert (plays["side"], plays["notes"][:17]) == ("conduct", "undefined because")
    sides = [row["side"] for row in rows if row["group"] == "kim"]
    assert sides == sorted(sides, reverse=True)
    assert {row["group"] for row in rows} == {"(all)", "kim", "lee", "max", "(unknown)"}
    assert "scorecard of owners, 2026-02" in repr(card)
    assert "<table>" in card._repr_html_()


def test_teams_are_the_sums_of_their_owners() -> None:
    """Kim and Lee are north; who is in no team is shown as such."""
    card = team_scorecard(
        story_of(base()), "2026-02", {"kim": "north", "lee": "north"}, targets={"retention_rate": 0.9}
    )
    rows = list(card.table().rows())
    found = {(row["group"], row["kpi"]): (row["value"], row["n"]) for row in rows}
    assert found["north", "retention_rate"] == (0.75, 4)
    assert found["(no team)", "retention_rate"] == (1, 1)
    everybody = next(row for row in rows if (row["group"], row["kpi"]) == ("(all)", "retention_rate"))
    assert (everybody["target"], everybody["gap"]) == (0.9, pytest.approx(-0.1))


def test_groups_and_kpis_may_be_chosen() -> None:
    """A fact of the definition as owner, KPIs with settings, and what cannot be is refused."""
    saas = replay(
        presets.saas(currency="EUR", playbooks=()), TouchpointLog.from_touchpoints(base()), until="2026-03-01"
    )
    card = owner_scorecard(
        saas, "2026-02", results=[retention_rate], conduct=[contact_kept_rate.using({"days": 30})], by="owner"
    )
    assert set(card.table()["kpi"]) == {"retention_rate", "contact_kept_rate[days=30]"}
    assert set(card.table()["side"]) == {"results", "conduct"}
    with pytest.raises(InvalidArgument, match="nps on both sides"):
        owner_scorecard(saas, "2026-02", conduct=["nps"])
    with pytest.raises(InvalidArgument, match="no KPI at all"):
        owner_scorecard(saas, "2026-02", results=[], conduct=[])


HELLO = Playbook("hello", on=entered("member"), steps=[Action("mail")])


def greeted(*outcomes: tuple[str, int, str]) -> Story:
    """Four who join on 2 January, and what became of their plays: who, after how many hours, outcome."""
    touchpoints = [visit("01-02 09:00", "joined", who) for who in ("c0", "c1", "c2", "c3")]
    plan = gym(HELLO)
    story = replay(plan, TouchpointLog.from_touchpoints(touchpoints), until="2026-02-01")
    table = story.plays()
    keys = dict(zip(table["customer"].tolist(), table["key"].tolist(), strict=True))
    for who, hours, outcome in outcomes:
        at = utc_of(int(table["at"][0].astype("i8"))) + timedelta(hours=hours)
        touchpoints.append(Touchpoint(who, "play_outcome", at, attributes={"key": keys[who], "outcome": outcome}))
    return replay(plan, TouchpointLog.from_touchpoints(touchpoints), until="2026-02-01")


def test_plays_carried_out_in_time() -> None:
    """One in time, one late, one failed, one without a word."""
    story = greeted(("c0", 71, "done"), ("c1", 72, "done"), ("c2", 1, "failed"))
    found = play_on_time_rate(Cut(story, Period.of("2026-01", "UTC"))).finish()
    assert (found.numerator, found.denominator) == (1, 4)
    wide = play_on_time_rate.using({"days": 4})(Cut(story, Period.of("2026-01", "UTC"))).finish()
    assert (wide.numerator, wide.denominator) == (2, 4)


def test_a_play_is_judged_when_its_time_is_over() -> None:
    """In the period in which the third day ends, and only there; what comes later changes nothing."""
    story = greeted(("c0", 71, "done"))
    days = [play_on_time_rate(Cut(story, Period.of(f"2026-01-{day:02d}", "UTC"))).finish() for day in range(2, 8)]
    assert [one.denominator for one in days] == [0, 0, 0, 4, 0, 0]
    whole = Cut(story, Period.of("2026-01", "UTC"))
    parts = [play_on_time_rate(whole.of_customers(np.array(codes))) for codes in ([0, 2], [1, 3])]
    assert parts[0] + parts[1] == play_on_time_rate(whole)


def test_contact_is_kept_up_by_the_company() -> None:
    """Mails, plays that were carried out, and who is new; not what the customer does, nor a play that failed."""
    old = [one for who in ("a", "b", "c", "d") for one in (touch("01-01", "joined", who), touch("06-20", "login", who))]
    cut = cut_of([
        *old,
        touch("05-10", "mail_sent", "a"),
        touch("05-10", "play_outcome", "b", outcome="done", key="k"),
        touch("05-10", "play_outcome", "c", outcome="failed", key="k"),
        touch("06-01", "joined", "new"),
        touch("01-01", "joined", "gone"),
        touch("05-10", "left", "gone"),
    ], "2026-Q2")  # fmt: skip
    found = contact_kept_rate(cut).finish()
    assert (found.numerator, found.denominator) == (3, 5)
    assert contact_kept_rate.using({"days": 30})(cut).finish().numerator == 1
    with pytest.raises(InvalidArgument, match="days=0 is no whole number"):
        contact_kept_rate.calculate(cut, days=0)


def test_revenue_that_was_kept() -> None:
    """Of those active at the start, less what was given back; the others are in neither number."""
    cut = cut_of([
        touch("01-01", "joined", "a"), touch("01-05", "purchase", "a", "100"), touch("02-05", "purchase", "a", "60"),
        touch("01-01", "joined", "b"), touch("01-05", "purchase", "b", "100"), touch("02-09", "refund", "a", "10"),
        touch("02-05", "joined", "c"), touch("02-06", "purchase", "c", "500"),
    ], "2026-02")  # fmt: skip
    found = measure(cut, revenue_kept)
    assert (found.value, found.numerator, found.denominator) == (0.25, 50, 200)
    assert measure(cut_of([touch("01-01", "joined")], "2026-01"), revenue_kept).value is None
