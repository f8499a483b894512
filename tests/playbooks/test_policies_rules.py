"""Rules over stage and state, discounts, accounts and surveys."""

from __future__ import annotations

import pytest

from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    NEVER_US,
    PASSES,
    AccountLimit,
    Action,
    DiscountLimit,
    HoldWhile,
    NoSelling,
    Playbook,
    SurveyFatigue,
    happened,
)
from tests.rules.readings import both, touchpoint

from .gym import gym, live, touch
from .policing import (
    CALL,
    CHEAPER,
    CHEAPEST,
    DAY_US,
    HINT,
    HOUR_US,
    NOON,
    OFFER,
    RECEIPT,
    SURVEY,
    TASK,
    Case,
    judged,
    until,
    us,
)

MIDNIGHT = us(2026, 6, 1, 22)
"""The midnight after noon of 1 June 2026 UTC in Berlin, the zone of the definition."""


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stages", "stage", "expected"),
    [
        (("trial",), "trial", MIDNIGHT),
        (("trial",), "member", PASSES),
        (("trial", "lapsed"), "lapsed", MIDNIGHT),
        (("prospect",), "trial", MIDNIGHT),
        (("prospect",), "member", PASSES),
    ],
)
def test_no_selling_in_a_stage(stages: tuple[str, ...], stage: str, expected: int) -> None:
    """Plays that sell wait for the next midnight while the customer is in a stage, or in one of a role."""
    assert until(NoSelling(stages), Case(OFFER, facts={"stage": stage})) == expected


def test_other_purposes_go_on() -> None:
    """Only the purposes that are named are held."""
    assert until(NoSelling("member"), Case(TASK)) == PASSES
    assert until(NoSelling("member"), Case(SURVEY)) == PASSES
    assert until(NoSelling("member", purposes=("expand", "listen")), Case(SURVEY)) == MIDNIGHT
    assert until(NoSelling("member", purposes="listen"), Case(HINT)) == MIDNIGHT, "the purpose of the action counts"


def test_no_selling_says_why() -> None:
    """The reason names purpose and stage."""
    block = judged(NoSelling("member"), Case(OFFER))
    assert block is not None
    assert block.reason == "no plays to expand in stage 'member'"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (NoSelling("onboardng"), "onboardng"),
        (NoSelling("trial", purposes="exand"), "no purpose is called 'exand'; did you mean 'expand'"),
        (HoldWhile("vists >= 1"), "vists"),
        (HoldWhile("visits >= 1", playbooks="upgade"), "did you mean 'upgrade'"),
    ],
    ids=["stage", "purpose", "fact", "playbook"],
)
def test_names_that_nothing_has(policy: NoSelling | HoldWhile, message: str) -> None:
    """Stages, purposes, facts and playbooks that do not exist are refused when the definition is built."""
    with pytest.raises(DefinitionError, match=message):
        judged(policy, Case())


def test_rules_that_say_nothing() -> None:
    """No stage, no purpose and no condition are refused."""
    with pytest.raises(DefinitionError, match="at least one stage"):
        NoSelling(())
    with pytest.raises(DefinitionError, match="at least one stage and one purpose"):
        NoSelling(purposes=())
    with pytest.raises(DefinitionError, match="condition"):
        HoldWhile(" ")


@pytest.mark.parametrize(("visits", "expected"), [(0, PASSES), (2, PASSES), (3, MIDNIGHT)])
def test_hold_while(visits: int, expected: int) -> None:
    """While the condition holds, plays are tried again at each midnight of the definition's zone."""
    assert until(HoldWhile("visits >= 3"), Case(OFFER, facts={"visits": visits})) == expected


def test_hold_while_some_plays() -> None:
    """Purposes, playbooks and channels narrow it; without them everything is held."""
    facts = {"visits": 3}
    assert until(HoldWhile("visits >= 3"), Case(TASK, facts=facts)) == MIDNIGHT
    assert until(HoldWhile("visits >= 3", purposes="expand"), Case(TASK, facts=facts)) == PASSES
    assert until(HoldWhile("visits >= 3", playbooks="care"), Case(OFFER, facts=facts)) == PASSES
    assert until(HoldWhile("visits >= 3", channels="phone"), Case(OFFER, facts=facts)) == PASSES
    assert until(HoldWhile("visits >= 3", channels="phone"), Case(CALL, facts=facts)) == MIDNIGHT


def test_hold_while_says_why() -> None:
    """The reason is what the condition found."""
    blocks = [
        judged(HoldWhile(condition), Case(OFFER, facts={"visits": 3}))
        for condition in ("visits >= 3 and stage == 'member'", "not visits < 1")
    ]
    assert [block and block.reason for block in blocks] == ["visits 3 ≥ 3; stage 'member' = 'member'", "not visits < 1"]


def test_no_selling_while_a_complaint_is_open() -> None:
    """Live: the offer waits and goes out at the midnight after the condition ended."""
    book = Playbook("sell", on=happened("visit"), purpose="expand", steps=[Action("offer", channel="email")])
    story = live(
        gym(book, policies=[HoldWhile("visits_7d >= 2", purposes="expand")]),
        [touch("01-01 09:00", "visit"), touch("01-02 09:00", "visit")],
        "02-01",
    )
    assert story.plays == [("01-01 09:00", "offer"), ("01-08 00:00", "offer")]
    assert {held.policy for held in story.of("held")} == {"hold_while"}


def test_no_selling_live() -> None:
    """Live: what is due in the trial waits until the customer has joined."""
    book = Playbook("sell", on=happened("visit"), purpose="expand", steps=[Action("offer", channel="email")])
    story = live(
        gym(book, policies=[NoSelling("trial")]),
        [touch("01-01 09:00", "visit"), touch("01-03 10:00", "joined")],
        "02-01",
    )
    assert story.plays == [("01-04 00:00", "offer")]


# --- discounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "percent", "expected"),
    [
        (CHEAPER, 10, PASSES),
        (CHEAPER, 9.99, NEVER_US),
        (CHEAPEST, 20, NEVER_US),
        (CHEAPEST, 40, PASSES),
        (OFFER, 0, PASSES),
    ],
)
def test_how_deep(action: int, percent: float, expected: int) -> None:
    """A discount deeper than the limit is held for good; the limit itself passes."""
    assert until(DiscountLimit(percent), Case(action)) == expected


@pytest.mark.parametrize(
    ("days_ago", "expected_days"),
    [((), None), ((90,), None), ((89,), 1), ((100,), None), ((200, 100), 165), ((365, 100), None), ((364, 100), 1),
     ((300, 10), 80), ((200, 180, 10), 185)],
    ids=str,
)  # fmt: skip
def test_how_often(days_ago: tuple[int, ...], expected_days: int | None) -> None:
    """Two in a year, and 90 days between two; the later one of both ends counts."""
    sent = tuple((NOON - days * DAY_US, CHEAPER) for days in days_ago)
    found = until(DiscountLimit(), Case(CHEAPER, sent=sent))
    assert found == (PASSES if expected_days is None else NOON + expected_days * DAY_US)


def test_only_discounts_are_counted() -> None:
    """Plays at full price neither count nor are held; what is given away with a receipt counts."""
    assert until(DiscountLimit(), Case(CHEAPER, sent=((NOON, OFFER), (NOON, CALL)))) == PASSES
    assert until(DiscountLimit(), Case(OFFER, sent=((NOON, CHEAPER),))) == PASSES
    assert until(DiscountLimit(), Case(CHEAPER, sent=((NOON, RECEIPT),))) == NOON + 90 * DAY_US
    assert until(DiscountLimit(), Case(RECEIPT, sent=((NOON, CHEAPER),))) == NOON + 90 * DAY_US


def test_discounts_say_why() -> None:
    """Too deep, too many and too soon have reasons of their own."""
    cases = [
        Case(CHEAPEST),
        Case(CHEAPER, sent=((NOON - 200 * DAY_US, CHEAPER), (NOON - 100 * DAY_US, CHEAPER))),
        Case(CHEAPER, sent=((NOON, CHEAPER),)),
    ]
    assert [block.reason for case in cases if (block := judged(DiscountLimit(), case))] == [
        "a discount of 40 % is deeper than 20 %",
        "2 discounts in 365 days already",
        "less than 90 days since the last discount",
    ]


# --- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "contacts", "contact", "expected"),
    [
        ((), (), "ann", PASSES),
        (((NOON - DAY_US, OFFER),), ("ann",), "ann", PASSES),
        (((NOON - DAY_US, OFFER),), ("ann",), "bob", NOON + 29 * DAY_US),
        (((NOON - 30 * DAY_US, OFFER),), ("ann",), "bob", PASSES),
        (((NOON - DAY_US, CHEAPER),), ("ann",), "bob", PASSES),
        (((NOON - DAY_US, OFFER),), ("",), "bob", NOON + 29 * DAY_US),
        (((NOON - 2 * DAY_US, OFFER), (NOON - DAY_US, OFFER)), ("ann", "bob"), "bob", NOON + 28 * DAY_US),
        (((NOON - 2 * DAY_US, OFFER), (NOON - DAY_US, OFFER)), ("ann", "cyd"), "bob", NOON + 29 * DAY_US),
    ],
    ids=["none", "same", "other", "long ago", "other step", "account", "older one", "latest one"],
)
def test_one_message_per_account(
    sent: tuple[tuple[int, int], ...], contacts: tuple[str, ...], contact: str, expected: int
) -> None:
    """A step that another contact of the account got lately is held; the same contact may get it again."""
    assert until(AccountLimit(30), Case(OFFER, sent=sent, contacts=contacts, contact=contact)) == expected


def test_receipts_go_to_each_contact() -> None:
    """Transactional plays are not held."""
    assert until(AccountLimit(), Case(RECEIPT, sent=((NOON, RECEIPT),), contacts=("ann",), contact="bob")) == PASSES


def test_accounts_live() -> None:
    """Two contacts of one account do the same: one mail goes out, the other is held and tells who got it."""
    book = Playbook(
        "hello", on=happened("visit"), key="contact", reentry="per_key", steps=[Action("write", channel="email")]
    )
    story = live(
        gym(book, policies=[AccountLimit(30)]),
        [touch("01-01 09:00", "visit", contact="ann"), touch("01-01 10:00", "visit", contact="bob")],
        "01-05",
    )
    assert [play.contact for play in story.of("plays")] == ["ann"]
    assert [(held.policy, held.reason) for held in story.of("held")] == [
        ("account_limit", "'ann' got it less than 30 days ago")
    ]


# --- surveys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "since", "expected"),
    [
        ((), None, PASSES),
        (((NOON - 10 * DAY_US, SURVEY),), None, NOON + 80 * DAY_US),
        (((NOON - 90 * DAY_US, HINT),), None, PASSES),
        (((NOON, OFFER),), None, PASSES),
        ((), 90, PASSES),
        ((), 89, MIDNIGHT),
        ((), 0, MIDNIGHT + 89 * DAY_US),
        (((NOON - 80 * DAY_US, HINT),), 79, MIDNIGHT + 10 * DAY_US),
        (((NOON - 80 * DAY_US, HINT),), 81, NOON + 10 * DAY_US),
    ],
)
def test_not_asked_again(sent: tuple[tuple[int, int], ...], since: int | None, expected: int) -> None:
    """Nobody is asked again for 90 days after a play that asked, or a survey that the host sent or got back."""
    case = Case(SURVEY, facts={"survey.days_since.survey_fatigue": since}, sent=sent)
    assert until(SurveyFatigue(), case) == expected


def test_surveys_hold_only_surveys() -> None:
    """Other purposes go on after a survey."""
    facts = {"survey.days_since.survey_fatigue": 0}
    assert until(SurveyFatigue(), Case(OFFER, facts=facts, sent=((NOON, SURVEY),))) == PASSES


def test_which_touchpoints_are_surveys() -> None:
    """The kinds are a field; without any only plays count. Two policies keep their kinds apart."""
    fact = SurveyFatigue(kinds=("csat",)).facts()["survey.days_since.survey_fatigue"]
    history = [touchpoint("csat"), touchpoint("survey_sent", 3), touchpoint("visit", 5)]
    assert both(fact, history) == 5
    assert both(fact, history[1:]) is None
    assert SurveyFatigue(kinds=()).facts() == {}
    assert SurveyFatigue(30, kinds="csat", name="quick").facts().keys().isdisjoint(SurveyFatigue().facts())


def test_surveys_live() -> None:
    """An answer to a survey of the host's own holds the next question to the midnight 30 days later."""
    book = Playbook("ask", on=happened("visit"), purpose="listen", steps=[Action("survey", expires_days=60)])
    story = live(
        gym(book, policies=[SurveyFatigue(30)]),
        [touch("01-01 09:00", "survey_answered"), touch("01-11 09:00", "visit")],
        "03-01",
    )
    assert story.plays == [("01-31 00:00", "survey")]
    assert story.of("held")[0].reason == "less than 30 days since the last survey"


def test_hours_do_not_matter() -> None:
    """A survey counts by the day: the time of day of the attempt does not move the end."""
    facts = {"survey.days_since.survey_fatigue": 80}
    assert until(SurveyFatigue(), Case(SURVEY, NOON - 9 * HOUR_US, facts)) == MIDNIGHT + 9 * DAY_US
    assert until(SurveyFatigue(), Case(SURVEY, MIDNIGHT - 1, facts)) == MIDNIGHT + 9 * DAY_US
