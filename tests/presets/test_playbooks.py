"""The stock playbooks: what each decides in a small history, when, by whom and with what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import attrs
import pytest

from lifecycle import presets
from lifecycle.definition import Definition, replay
from lifecycle.errors import DefinitionError
from lifecycle.log import TouchpointLog
from lifecycle.playbooks import Holdout, Playbook
from lifecycle.presets import playbooks as stock

from . import commerce_plays, saas_plays, service_plays
from .playing import Story, expected, happens, line, only
from .walking import EVENING, START, on, told, touchpoints

Stock = Callable[..., tuple[Playbook, ...]]
Preset = tuple[Callable[..., Definition], Stock, Sequence[Story]]
PRESETS: dict[str, Preset] = {
    "saas": (presets.saas, presets.saas_playbooks, saas_plays.ROWS),
    "commerce": (presets.commerce, presets.commerce_playbooks, commerce_plays.ROWS),
    "service": (presets.service, presets.service_playbooks, service_plays.ROWS),
}
ROWS = [pytest.param(name, row, id=f"{name}-{row}") for name, (_, _, rows) in PRESETS.items() for row in rows]
ALL = [pytest.param(one, id=f"{name}-{one.name}") for name, (_, made, _) in PRESETS.items() for one in made()]
NOTES = {"signal_unanswered", "unmeasurable"}


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_playbook_decides_exactly_these_plays(name: str, row: Story) -> None:
    """Which plays at which instants, by which channel, by whom and with what; near misses give none.

    Welcome and quick win (A2, C6), churn risk by severity with a team across departments (C1, C9), support, use near
    the limit and a feature that was tried (C3), ambassadors (A6, C4), referral with both rewards (C12), renewal and
    anniversary (C7), handover (A8), survey (E2), complaint and promise, win-back with reason and history (A5, C10),
    discount hunters (C8), and once a quarter at least (C5).
    """
    make, made, _ = PRESETS[name]
    found = happens(only(make, made(), row.playbook), row.history, row.until)
    assert [line(play) for play in found.plays] == expected(name)[str(row)]


@pytest.mark.parametrize("name", PRESETS)
def test_each_playbook_has_a_history_and_a_near_miss(name: str) -> None:
    """No playbook of a preset is left out, and each has a history of `saas` or its own in which it does less."""
    _, made, rows = PRESETS[name]
    plays = expected(name)
    assert set(plays) == {str(row) for row in rows}
    numbers = {one.name: [len(plays[str(row)]) for row in rows if row.playbook == one.name] for one in made()}
    assert all(max(found) > 0 for found in numbers.values())
    if name == "saas":
        assert all(min(found) < max(found) for found in numbers.values())


@pytest.mark.parametrize("name", PRESETS)
def test_columns_decide_the_same(name: str) -> None:
    """All histories in one log, with all playbooks: the plays of the simulation are those of the live engine."""
    make, _, rows = PRESETS[name]
    definition = make()
    told_of = {f"{place}": row for place, row in enumerate(rows)}
    last = max(row.until for row in rows)
    log = [
        attrs.evolve(touchpoint, customer=who)
        for who, row in told_of.items()
        for touchpoint in touchpoints(row.history)
    ]
    story = replay(definition, TouchpointLog.from_touchpoints(log), until=START + timedelta(last) + EVENING)
    live = {
        play.key.replace("ada/", f"{who}/", 1)
        for who, row in told_of.items()
        for play in happens(definition, row.history, last).plays
    }
    assert set(story.plays()["key"].tolist()) == live


@pytest.mark.parametrize("playbook", ALL)
def test_a_playbook_says_what_it_is_for(playbook: Playbook) -> None:
    """Goal, end, owner and both languages of every playbook and action; no discount and no holdout unless asked for."""
    assert playbook.goal is not None
    assert playbook.exit is not None
    assert playbook.owners
    assert playbook.text
    assert playbook.text_ja
    assert playbook.holdout == 0
    for action in playbook.actions:
        assert action.text
        assert action.text_ja
        assert action.discount_percent == 0


@pytest.mark.parametrize("playbook", ALL)
def test_no_playbook_reads_health(playbook: Playbook) -> None:
    """Health is for people to look at: a score says that something is wrong, not what to do."""
    conditions = [playbook.audience, playbook.exit, playbook.goal and playbook.goal.condition]
    conditions += [trigger.condition for trigger in playbook.on] + [action.only_if for action in playbook.actions]
    assert not any("health" in text for text in conditions if text)


@pytest.mark.parametrize("currency", [None, "JPY"])
@pytest.mark.parametrize("name", PRESETS)
def test_every_sign_of_leaving_is_answered(name: str, currency: str | None) -> None:
    """Churn risk starts with each signal of the topic churn, those that need a currency too."""
    definition = PRESETS[name][0](currency=currency)
    [playbook] = [one for one in definition.playbooks if one.name == "churn_risk"]
    assert sorted(trigger.names[0] for trigger in playbook.on) == sorted(
        signal.name for signal in definition.signals if signal.topic == "churn"
    )


@pytest.mark.parametrize("name", PRESETS)
def test_playbooks_are_left_out_or_replaced(name: str) -> None:
    """None are the stock ones with the stock policies, () is none of either, others take their place."""
    make, made, _ = PRESETS[name]
    definition = make()
    assert tuple(definition.playbooks) == made()
    assert tuple(definition.policies) == presets.stock_policies()
    bare = make(playbooks=())
    assert (tuple(bare.playbooks), tuple(bare.policies), bare.plan) == ((), (), None)
    other = make(playbooks=[stock.referral()], policies=[Holdout(0.1)])
    assert [one.name for one in other.playbooks] == ["referral"]
    assert [one.name for one in other.policies] == ["holdout"]
    assert len({definition.digest, bare.digest, other.digest}) == 3


def test_a_playbook_of_another_preset_is_refused() -> None:
    """A playbook that names what a preset lacks is refused when the preset is made."""
    with pytest.raises(DefinitionError, match="features_blocked_30d"):
        presets.commerce(playbooks=[stock.feature_wanted()])


def test_one_customer_gets_two_mails_a_week_at_most() -> None:
    """All playbooks together: a cap; a complaint is answered at once, and while it is open no favour is asked."""
    history = (*saas_plays.USED, told(12, "nps", score=10), told(30, "complaint", complaint="c1"))
    found = happens(presets.saas(), history, 60)
    asked_for = {("complaint_answered", "1"), ("welcome", "0")}
    mails = [play for play in found.plays if play.channel == "email"]
    counted = [play.at for play in mails if (play.playbook, play.step) not in asked_for]
    assert all(later - first >= timedelta(7) for first, later in zip(counted, counted[2:], strict=False))
    assert {one.policy for one in found.held} >= {"mail_cap", "complaint_open"}
    assert found.play("complaint_answered", "1").at == START + timedelta(30, minutes=13)


def test_quiet_hours_are_those_of_the_customer() -> None:
    """A mail that is due by the customer's morning comes by the customer's morning, wherever the company is."""
    history = (told(0, "welcomed", zone="Asia/Tokyo", source="fair"), told(1, "Subscription Started"))
    found = happens(only(presets.saas, presets.saas_playbooks(), "welcome"), history, 10)
    assert found.play("welcome", "2").at == datetime.fromisoformat("2024-01-09T09:00:00+09:00")


def test_win_back_knows_the_history() -> None:
    """The play carries the reason, what was used most and the last touchpoints before it."""
    used = (told(day, "feature_used", feature="report" if day % 3 else "export") for day in range(2, 12))
    history = (*saas_plays.ONBOARDING, *used, told(12, "account_closed", reason="price"))
    play = happens(only(presets.saas, presets.saas_playbooks(), "win_back"), history, 40).play("win_back", "1")
    assert (play.param("churn_reason"), play.param("favourite_feature")) == ("price", "report")
    assert [kind for kind, _ in play.recent][-2:] == ["feature_used", "account_closed"]


def test_an_offer_is_a_discount_only_where_the_host_says_so() -> None:
    """A host's discount goes through the discount policy: too deep is never given."""
    history = (*saas_plays.USED, told(12, "account_closed", reason="price"))
    fair = happens(presets.saas(playbooks=[stock.win_back(offer_percent=15)]), history, 80)
    assert fair.play("win_back", "3").discount_percent == 15
    deep = happens(presets.saas(playbooks=[stock.win_back(offer_percent=50)]), history, 80)
    assert [one.policy for one in deep.held] == ["discount_limit"]
    assert "3" not in [play.step for play in deep.plays]


def test_no_consent_no_mail() -> None:
    """Who refused mail gets none, and a wish for less contact is kept."""
    refused = (*saas_plays.ONBOARDING, told(1, "consent_set", channel="email", granted="no"), told(50, "login"))
    found = happens(presets.saas(), refused, 80)
    assert {play.channel for play in found.plays if play.at > START + timedelta(2)} <= {"", "phone", "meeting"}
    wish = (told(0, "welcomed", contact_every_days=30), *saas_plays.ONBOARDING[1:], told(50, "login"))
    found = happens(presets.saas(), wish, 120)
    times = [play.at for play in found.plays if play.channel and (play.playbook, play.step) != ("welcome", "0")]
    assert len(times) >= 2
    assert all(later - first >= timedelta(30) for first, later in pairwise(times))


def test_a_changed_limit_changes_the_playbook() -> None:
    """The habit of a preset is the goal of its welcome; the date of a renewal is asked with other days."""
    [welcome] = [one for one in presets.saas(habit_days=3, onboarding_days=60).playbooks if one.name == "welcome"]
    assert welcome.goal is not None
    assert (welcome.goal.condition, welcome.goal.within_days) == ("days_used >= 3", 60)
    history = (told(0, "welcomed", renewal=on(150)), told(1, "Subscription Started"), told(80, "login"))
    found = happens(presets.saas(playbooks=[stock.renewal(review_days=60)]), history, 100)
    assert [line(play)[:8] for play in found.plays] == ["90 10:00"]


@pytest.mark.parametrize("name", PRESETS)
def test_only_notes_stand(name: str) -> None:
    """`check()` finds signals that people look at, and that nobody is held out; nothing else."""
    for currency in (None, "EUR"):
        assert {(one.severity, one.code) for one in PRESETS[name][0](currency=currency).check()} <= {
            ("note", code) for code in NOTES
        }
