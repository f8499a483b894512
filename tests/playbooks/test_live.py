"""What playbooks decide for one customer: triggers, steps, waits, tiers, ends and re-entry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lifecycle import Count, Touchpoint, customer_from_json, customer_to_json
from lifecycle.errors import LateTouchpoint, LifecycleWarning
from lifecycle.playbooks import (
    Action,
    Fact,
    Goal,
    Holdout,
    Playbook,
    Stop,
    Tier,
    Trigger,
    Wait,
    became,
    bucket,
    cleared,
    entered,
    happened,
    left,
    on_date,
    overdue,
    raised,
    reached,
    silent,
)

from .gym import PARTS, START, Closed, at, gym, live, touch

JOINED = [touch("01-01 08:00", "welcomed"), touch("01-02 09:00", "joined")]
MAIL = Action("mail", channel="email")


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (entered("trial"), ["01-01 08:00"]),
        (entered("member"), ["01-02 09:00", "03-01 12:00"]),
        (left("member"), ["02-19 00:00"]),
        (raised("fading"), ["01-15 00:00"]),
        (cleared("fading"), ["02-19 00:00"]),
        (reached("first_visit"), ["01-05 10:00"]),
        (reached("start.first_visit"), ["01-05 10:00"]),
        (happened("visit"), ["01-05 10:00", "03-01 12:00"]),
        (happened("visit", where="room == 'pool'"), ["03-01 12:00"]),
        (on_date("birthday", days=-2, yearly=True), ["02-01 00:00"]),
        (on_date("birthday"), []),
        (silent(20, "visit"), ["01-25 00:00"]),
        (became("visits >= 2"), ["03-01 12:00"]),
        (became("visits == 0"), ["01-01 08:00"]),
    ],
)
def test_each_trigger_starts_at_its_exact_instant(trigger: Trigger, expected: list[str]) -> None:
    """One play per start, at the touchpoint or the midnight itself."""
    history = [
        touch("01-01 08:00", "welcomed", birthday="1990-02-03"),
        touch("01-02 09:00", "joined"),
        touch("01-05 10:00", "visit"),
        touch("03-01 12:00", "visit", room="pool"),
    ]
    found = live(gym(Playbook("hello", on=trigger, steps=[MAIL])), history, "03-05")
    assert found.plays == [(instant, "mail") for instant in expected]
    assert all(play.why == str(trigger) for play in found.of("plays"))


def test_a_milestone_becomes_overdue_once() -> None:
    """At the midnight after its last day."""
    found = live(gym(Playbook("hurry", on=overdue("first_visit"), steps=[MAIL])), JOINED, "02-01")
    assert found.plays == [("01-16 00:00", "mail")]


def test_evidence_is_what_started_the_run() -> None:
    """The figures of the signal, and the touchpoints that came last."""
    found = live(gym(Playbook("call", on=raised("fading"), steps=[MAIL])), JOINED, "01-20")
    (play,) = found.of("plays")
    assert [str(figure) for figure in play.figures] == ["days_since_visit 10 ≥ 10"]
    assert [kind for kind, _ in play.recent] == ["welcomed", "joined"]
    assert str(play) == "2026-01-11 00:00 mail by email for ada: call, signal 'fading' raised"


def test_parameters_are_facts_and_constants_as_of_the_play() -> None:
    """Facts by name, renamed facts, and constants; a missing one is None."""
    action = Action(
        "mail", params={"n": Fact("visits"), "stage": Fact("stage"), "code": "X1", "born": Fact("birthday")}
    )
    found = live(
        gym(Playbook("hello", on=happened("visit"), steps=[action])), [*JOINED, touch("01-05", "visit")], "01-06"
    )
    (play,) = found.of("plays")
    assert play.params == (("n", 1), ("stage", "member"), ("code", "X1"), ("born", None))
    assert (play.param("n"), play.param("born", "?"), play.param("other", 0)) == (1, "?", 0)


def test_delays_count_from_the_step_before_and_clocks_from_there_on() -> None:
    """Two days, then six hours more, then the next nine o'clock."""
    steps = [
        Action("one", after_days=2),
        Action("two", after_hours=6),
        Action("three", at="09:00"),
        Action("four", at="09:00"),
    ]
    found = live(gym(Playbook("drip", on=entered("trial"), steps=steps)), JOINED, "01-10")
    assert found.plays == [
        ("01-03 08:00", "one"), ("01-03 14:00", "two"), ("01-04 09:00", "three"), ("01-04 09:00", "four"),
    ]  # fmt: skip


def test_clocks_are_those_of_the_customer_known_at_the_entry() -> None:
    """Nine in Tokyo is midnight in UTC; a zone that does not exist is that of the definition."""
    drip = gym(Playbook("drip", on=happened("visit"), steps=[Action("mail", at="09:00")]))
    for zone, expected in (
        ("Asia/Tokyo", "01-06 00:00"),
        ("Mars/Base", "01-05 09:00"),
        ("America/New_York", "01-05 14:00"),
    ):
        history = [touch("01-01", "welcomed", zone=zone), touch("01-05 01:00", "visit")]
        assert live(drip, history, "01-10").plays == [(expected, "mail")]


def test_a_wait_goes_on_at_the_touchpoint_or_when_its_time_is_over() -> None:
    """The steps behind follow either way."""
    wait = Wait("reply", days=3, then=Action("thank"), otherwise=[Action("nudge"), Action("call", after_days=1)])
    ask = gym(Playbook("ask", on=happened("visit"), steps=[Action("ask"), wait, Action("note")]))
    visit = [*JOINED, touch("01-05 10:00", "visit")]
    answered = live(ask, [*visit, touch("01-07 11:00", "reply")], "01-20")
    assert answered.plays[1:] == [("01-07 11:00", "thank"), ("01-07 11:00", "note")]
    silence = live(ask, visit, "01-20")
    assert silence.plays[1:] == [("01-08 10:00", "nudge"), ("01-09 10:00", "call"), ("01-09 10:00", "note")]
    at_the_end = live(ask, [*visit, touch("01-08 10:00", "reply")], "01-20")
    assert at_the_end.plays == silence.plays


def test_a_wait_hears_what_came_since_the_entry() -> None:
    """The order was delivered before the run asked (dittofeed 1463: entry by event, then a wait for a keyed one)."""
    steps = [Action("receipt"), Wait("delivered", match="order", days=9, then=Action("ask"), otherwise=Action("sorry"))]
    steps.insert(1, Action("tips", after_days=3))
    orders = gym(Playbook("orders", on=happened("ordered"), key="order", reentry="per_key", steps=steps))
    history = [
        *JOINED,
        touch("01-03", "ordered", order="a"),
        touch("01-04", "ordered", order="b"),
        touch("01-04 12:00", "delivered", order="b"),
        touch("01-08", "delivered", order="c"),
        touch("01-09", "ordered", order="a"),
    ]
    found = live(orders, history, "02-01")
    by_order = {order: [play.action for play in found.of("plays") if play.occasion == order] for order in "abc"}
    assert by_order == {"a": ["receipt", "tips", "sorry"], "b": ["receipt", "tips", "ask"], "c": []}
    assert ("01-07 00:00", "ask") in found.plays
    assert found.refusals == ["touchpoint 'ordered', but it was entered for 'a' before"]


def test_stop_ends_a_branch_with_the_whole_run() -> None:
    """What stands behind the wait is not done."""
    wait = Wait("reply", days=3, then=[Action("thank"), Stop()])
    ask = gym(Playbook("ask", on=happened("visit"), steps=[wait, Action("note")]))
    found = live(ask, [*JOINED, touch("01-05", "visit"), touch("01-06", "reply")], "01-20")
    assert found.plays == [("01-06 00:00", "thank")]
    assert found.runs[-1] == ("01-06 00:00", "ask", "ended")


TIERED = Playbook(
    "risk",
    on=raised("fading", "angry"),
    tiers=[
        Tier("mail", [Action("mail"), Action("again", after_days=5)]),
        Tier("person", [Action("call")], least_signals=2),
        Tier("team", [Action("meet", owners=["success", "product"])], severity="critical"),
    ],
)


def test_the_heaviest_tier_whose_demands_are_met_is_taken() -> None:
    """One sign: a mail; a critical one: the team."""
    mild = live(gym(TIERED), JOINED, "01-20")
    assert mild.plays == [("01-11 00:00", "mail"), ("01-16 00:00", "again")]
    heavy = live(gym(TIERED), [*JOINED, touch("01-05", "complaint")], "01-06")
    (play,) = heavy.of("plays")
    assert (play.action, play.owners, play.step) == ("meet", ("success", "product"), "team/0")


def test_a_second_sign_raises_the_tier_of_a_run() -> None:
    """The lower run ends, with what it had still to do."""
    found = live(gym(TIERED), [*JOINED, touch("01-13 10:00", "complaint")], "02-01")
    assert found.plays == [("01-11 00:00", "mail"), ("01-13 10:00", "meet")]
    assert [event for _, _, event in found.runs] == ["entered", "escalated", "entered", "ended"]


def test_a_goal_is_counted_whether_or_not_it_ends_the_run() -> None:
    """Also after the run has ended, once, and not after its last day."""
    steps = [Action("mail"), Action("again", after_days=5)]
    history = [*JOINED, touch("01-14 10:00", "visit"), touch("01-15", "visit")]
    for exits, plays in ((True, 1), (False, 2)):
        goal = Goal(touchpoint="visit", within_days=10, exits=exits)
        found = live(gym(Playbook("call", on=raised("fading"), steps=steps, goal=goal)), history, "02-01")
        goals = [run for run in found.runs if run[2] == "goal"]
        assert goals == [("01-14 10:00", "call", "goal")]
        assert len([one for one in found.plays if one[0] < "01-20"]) == plays
    late = Goal(touchpoint="visit", within_days=3)
    found = live(gym(Playbook("call", on=raised("fading"), steps=[MAIL], goal=late)), history, "01-20")
    assert [event for _, _, event in found.runs] == ["entered", "ended"]


def test_a_goal_that_holds_already_counts_when_it_comes_true_again() -> None:
    """It lies in the future of the entry, never in its past."""
    goal = Goal("visits_7d >= 1", within_days=30, exits=False)
    book = gym(Playbook("more", on=happened("visit"), reentry="never", steps=[MAIL], goal=goal))
    visits = [*JOINED, touch("01-05", "visit"), touch("01-08", "visit")]
    assert "goal" not in [event for _, _, event in live(book, visits, "02-01").runs]
    again = live(book, [*visits, touch("01-20 07:00", "visit")], "02-01")
    assert ("01-20 07:00", "more", "goal") in again.runs


def test_an_exit_ends_everything_at_once() -> None:
    """By condition and by touchpoint; plays that are held back are revoked."""
    book = Playbook("call", on=raised("fading"), steps=[MAIL, Action("late", after_days=9)], exit="visits >= 1")
    history = [*JOINED, touch("01-14 10:00", "visit")]
    found = live(gym(book, policies=[Closed("01-16")]), history, "02-01")
    assert found.plays == []
    assert [(one.state, one.play.action, one.play.at_us) for one in found.of("dropped")] == [
        ("revoked", "mail", touch("01-14 10:00", "x").at_us)
    ]
    assert found.runs == [("01-11 00:00", "call", "entered"), ("01-14 10:00", "call", "exited")]
    by_kind = Playbook("call", on=raised("fading"), steps=[MAIL, Action("late", after_days=9)], exit_on="visit")
    assert live(gym(by_kind), history, "01-21").plays == [("01-11 00:00", "mail")]


def test_who_meets_the_exit_or_misses_the_audience_stays_out() -> None:
    """Each refusal says why, with the figures."""
    out = Playbook("call", on=happened("visit"), steps=[MAIL], exit="visits >= 1")
    few = Playbook("few", on=happened("visit"), steps=[MAIL], audience="visits >= 2")
    found = live(gym(out, few), [*JOINED, touch("01-05", "visit")], "01-06")
    assert found.plays == []
    assert found.refusals == [
        "touchpoint 'visit', but its exit holds: visits >= 1", "touchpoint 'visit', but the audience is visits >= 2",
    ]  # fmt: skip
    assert str(found.of("runs")[1].figures[0]) == "visits 1 ≥ 2 ✗"


@pytest.mark.parametrize(
    ("reentry", "expected"),
    [("never", ["01-03"]), ("after_exit", ["01-03", "01-06", "01-09"]), (5, ["01-03", "01-09"])],
)
def test_reentry_is_what_was_declared(reentry: str | int, expected: list[str]) -> None:
    """Visits on the 3rd, 4th, 6th and 9th; a run lasts two days."""
    book = Playbook("hello", on=happened("visit"), steps=[MAIL, Action("end", after_days=2)], reentry=reentry)
    visits = [touch(f"01-0{day}", "visit") for day in (3, 4, 6, 9)]
    found = live(gym(book), [*JOINED, *visits], "02-01")
    assert [day for day, action in found.plays if action == "mail"] == [f"{day} 00:00" for day in expected]


def test_entering_twice_at_one_instant_schedules_once() -> None:
    """Mautic 9797: the re-entry scheduled everything a second time."""
    book = gym(Playbook("hello", on=happened("visit"), steps=[MAIL, Action("end", after_days=2)]))
    found = live(book, [*JOINED, touch("01-05", "visit"), touch("01-05", "visit"), touch("01-06", "visit")], "02-01")
    assert found.plays == [("01-05 00:00", "mail"), ("01-07 00:00", "end")]
    keys = [play.key for play in found.of("plays")]
    assert len(set(keys)) == len(keys)


def test_hot_cold_hot_fires_a_second_time() -> None:
    """Mautic 4575: the second pass never came."""
    book = Playbook(
        "hot", on=became("visits_7d >= 2"), steps=[MAIL, Action("end", after_days=30)], exit="visits_7d < 2"
    )
    days = ("01-05", "01-06", "02-05", "02-06")
    found = live(gym(book), [*JOINED, *(touch(day, "visit") for day in days)], "02-07")
    assert [one for one in found.plays if one[1] == "mail"] == [("01-06 00:00", "mail"), ("02-06 00:00", "mail")]
    assert ("01-12 00:00", "hot", "exited") in found.runs


def test_nobody_at_the_account_is_active() -> None:
    """Posthog 19675: one customer is the account; the log-in of any contact counts."""
    book = gym(Playbook("quiet", on=silent(7, "login"), steps=[Action("call")]))
    logins = [touch(day, "login", contact=who) for day, who in (("01-03", "bo"), ("01-08", "cy"), ("01-14", "bo"))]
    assert live(book, [*JOINED, *logins], "01-20 23:59").plays == []
    assert live(book, [*JOINED, *logins], "01-21").plays == [("01-21 00:00", "call")]


def test_runs_of_different_keys_are_open_at_once() -> None:
    """As many as `concurrent` allows; the next one comes in when one has ended."""
    steps = [MAIL, Action("end", after_days=5)]
    orders = [touch(f"01-0{n + 3}", "ordered", order=n) for n in range(3)]
    for most, expected in ((None, 3), (2, 2), (1, 1)):
        book = Playbook("o", on=happened("ordered"), key="order", reentry="per_key", concurrent=most, steps=steps)
        found = live(gym(book), [*JOINED, *orders], "01-07")
        assert [play.occasion for play in found.of("plays")] == ["0", "1", "2"][:expected]


def test_a_touchpoint_that_names_a_key_concerns_its_own_run() -> None:
    """The answer to one complaint is no answer to another; one without a number answers both."""
    steps = [MAIL, Action("again", after_days=5)]
    goal = Goal(touchpoint="answered", within_days=30, exits=False)
    book = gym(
        Playbook("c", on=happened("complained"), key="no", reentry="per_key", steps=steps, goal=goal, exit_on="closed")
    )
    begun = [*JOINED, touch("01-03", "complained", no=1), touch("01-03", "complained", no=2)]
    own = live(book, [*begun, touch("01-04", "answered", no=1), touch("01-05", "closed", no=2)], "02-01")
    told = [(one.occasion, one.event) for one in own.of("runs") if one.event != "entered"]
    assert told == [("1", "goal"), ("2", "exited"), ("1", "ended")]
    both = live(book, [*begun, touch("01-04", "answered"), touch("01-05", "closed")], "02-01")
    told = [(one.occasion, one.event) for one in both.of("runs") if one.event != "entered"]
    assert sorted(told) == [("1", "exited"), ("1", "goal"), ("2", "exited"), ("2", "goal")]


def test_every_run_ends() -> None:
    """After `max_days` nothing comes any more."""
    book = Playbook("long", on=entered("trial"), steps=[MAIL, Action("late", after_days=40)], max_days=30)
    found = live(gym(book), JOINED, "06-01")
    assert found.plays == [("01-01 08:00", "mail")]
    assert found.runs[-1] == ("01-31 08:00", "long", "ended")
    assert found.customer.runs[2] == ()


def test_only_if_is_asked_when_the_play_is_tried() -> None:
    """False: it is skipped, and the steps behind follow."""
    steps = [Action("one", after_days=1, only_if="visits == 0"), Action("two", after_days=1)]
    found = live(
        gym(Playbook("drip", on=entered("trial"), steps=steps)),
        [JOINED[0], touch("01-02 07:59", "visit")],
        "01-05",
    )
    assert found.plays == [("01-03 08:00", "two")]
    assert [(one.state, one.play.action) for one in found.of("dropped")] == [("skipped", "one")]


def test_what_is_held_back_is_tried_again_until_it_expires() -> None:
    """Each try is told with its reason and the next instant."""
    book = Playbook("hello", on=entered("trial"), steps=[Action("mail", expires_days=7)])
    found = live(gym(book, policies=[Closed("01-05")]), JOINED, "02-01")
    (held,) = found.of("held")
    assert (held.policy, held.reason, held.next_try) == ("closed", "closed", at("01-05"))
    assert found.plays == [("01-05 00:00", "mail")]
    expired = live(gym(book, policies=[Closed("01-09")]), JOINED, "02-01")
    assert expired.plays == []
    (dropped,) = expired.of("dropped")
    assert (dropped.state, dropped.play.at) == ("expired", at("01-08 08:00"))
    final = live(gym(book, policies=[Closed("01-09", is_final=True)]), JOINED, "02-01")
    assert [one.next_us for one in final.of("held")] == [None]
    assert final.of("dropped") == []


def test_holding_back_does_not_delay_the_steps_behind() -> None:
    """The life of a run does not depend on policies."""
    book = Playbook("hello", on=entered("trial"), steps=[Action("one"), Action("two", after_days=2)])
    found = live(gym(book, policies=[Closed("01-05", actions=("one",))]), JOINED, "02-01")
    assert found.plays == [("01-03 08:00", "two"), ("01-05 00:00", "one")]


def test_the_order_of_declaration_does_not_matter() -> None:
    """Of plays due at one instant the higher priority comes first, then the name."""
    books = [
        Playbook(name, on=entered("trial"), steps=[Action(name)], priority=priority)
        for name, priority in (("b", 0), ("a", 0), ("z", 5))
    ]
    for order in (books, books[::-1]):
        assert [action for _, action in live(gym(*order), JOINED, "01-01 09:00").plays] == ["z", "a", "b"]


def test_the_holdout_gets_nothing_and_is_counted() -> None:
    """Its runs are there, its plays are held for good."""
    book = Playbook("hello", on=entered("trial"), steps=[MAIL], holdout=0.5)
    who = {name: bucket("gym", "hello", name) < 0.5 for name in ("ada", "bo", "cy", "di", "eve", "flo")}
    assert len(set(who.values())) == 2
    for name, is_out in who.items():
        found = live(gym(book), [touch("01-01", "welcomed", name)], "02-01")
        assert [one.is_holdout for one in found.of("runs")] == [is_out] * 2
        assert (len(found.plays), [one.policy for one in found.of("held")]) == ((0, ["holdout"]) if is_out else (1, []))


def test_the_global_holdout_is_the_same_for_all_playbooks() -> None:
    """Everybody or nobody."""
    book = Playbook("hello", on=entered("trial"), steps=[MAIL])
    for share, expected in ((1.0, 0), (0.0, 1)):
        found = live(gym(book, policies=[Holdout(share)]), JOINED, "02-01")
        assert len(found.plays) == expected


@pytest.mark.smoke
def test_ticking_often_or_seldom_gives_the_same() -> None:
    """Every hour, or once at the end."""
    steps = [Action("one", at="09:00"), Wait("reply", days=2, otherwise=Action("two", after_hours=5)), MAIL]
    book = gym(Playbook("drip", on=(entered("trial"), raised("fading")), steps=steps, exit="visits >= 3"))
    seldom = live(book, JOINED, "01-25")
    steps_often = [book.begin(JOINED[0])]
    steps_often.append(book.advance(steps_often[-1].customer, JOINED[1]))
    for hour in range(24 * 25):
        steps_often.append(book.pass_time(steps_often[-1].customer, START + timedelta(hours=hour)))
    often = [play for step in steps_often for play in step.plays]
    assert [play for play in often if play.at < at("01-25")] == [
        one for one in seldom.of("plays") if one.at < at("01-25")
    ]
    assert len(often) > 3


def test_next_due_names_the_instant() -> None:
    """The earliest of midnights and exact instants."""
    book = gym(Playbook("drip", on=entered("trial"), steps=[Action("one", after_hours=5)]))
    customer = book.begin(JOINED[0]).customer
    assert customer.next_due == at("01-01 13:00")
    step = book.pass_time(customer, at("01-01 13:00"))
    assert [play.action for play in step.plays] == ["one"]
    with pytest.raises(LateTouchpoint):
        book.advance(step.customer, touch("01-01 12:00", "visit"))


def test_a_customer_is_plain_and_can_be_stored_in_the_middle_of_a_run() -> None:
    """JSON and back, and it goes on as before."""
    pytest.importorskip("cattrs")
    book = gym(TIERED, Playbook("drip", on=entered("trial"), steps=[Action("one", after_days=20)]), policies=[Closed()])
    lived = live(book, JOINED, "01-12")
    stored = customer_from_json(customer_to_json(lived.customer))
    assert stored == lived.customer
    assert book.pass_time(stored, at("03-01")).plays == book.pass_time(lived.customer, at("03-01")).plays != ()


def test_an_outcome_takes_a_play_back() -> None:
    """What failed counts for no cap any more; what was done does."""
    cap = _Twice()
    book = Playbook("hello", on=happened("visit"), steps=[MAIL])
    visits = [*JOINED, touch("01-03", "visit"), touch("01-04", "visit")]
    keys = [play.key for play in live(gym(book, policies=[cap]), visits, "01-04").of("plays")]
    for outcome, expected in (("failed", 3), ("done", 2), ("revoked", 3), ("unknown", 2)):
        told = Touchpoint("ada", "play_outcome", at("01-05"), attributes={"key": keys[0], "outcome": outcome})
        found = live(gym(book, policies=[cap]), [*visits, told, touch("01-06", "visit")], "01-07")
        assert len(found.plays) == expected, outcome


class _Twice(Closed):
    """At most two plays ever."""

    def bind(self, _: object) -> _Twice:  # type: ignore[override]
        return self

    keeps_us = 2**60

    def judge(self, attempt: object) -> object:
        from lifecycle.playbooks import Block

        return Block("twice", None) if len(attempt.ledger) >= 2 else None  # type: ignore[attr-defined]


def test_a_welcome_that_loses_plays_says_so() -> None:
    """It gives the customer only; the step of `begin` has the plays."""
    with pytest.warns(LifecycleWarning, match="1 plays were decided at once"):
        gym(Playbook("hello", on=entered("trial"), steps=[MAIL])).welcome("ada", at("01-01"))


def test_a_silence_has_a_fact_of_its_own() -> None:
    """It is read like any other fact, and one that says something else is refused."""
    book = gym(Playbook("quiet", on=silent(20, "visit"), steps=[MAIL]))
    customer = book.begin(JOINED[0]).customer
    assert book.facts_of(customer, at("01-09"))["days_without_visit"] == 8
    with pytest.raises(ValueError, match="needs the fact 'days_without_visit'"):
        gym(
            Playbook("quiet", on=silent(20, "visit"), steps=[MAIL]),
            facts={**PARTS["facts"], "days_without_visit": Count("x")},
        )
