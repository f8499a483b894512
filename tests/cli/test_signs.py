"""`python -m lifecycle signs` on small logs, and on real ones where they are at hand."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from examples import ravenstack
from lifecycle import presets
from lifecycle.cli import main
from lifecycle.definition import Story, replay
from lifecycle.log import TouchpointLog
from lifecycle.signs import SEVERITIES

ROOT = Path(__file__).parents[2]
CDNOW = ROOT / "build" / "cdnow.csv"
UNTIL = "2026-04-01"
START = date(2026, 1, 1)
# Who does what on which days after the start: kind, days, further columns.
LIVES: dict[str, list[tuple[str, range | list[int], str]]] = {
    # Used it every day, then no more: no log-in and half the use.
    "cara": [("login", range(1, 60, 2), ""), ("feature_used", range(1, 60, 2), "")],
    # Logs in no more, but uses it.
    "dan": [("login", range(1, 70, 3), ""), ("feature_used", range(1, 90, 3), "")],
    # The same, since earlier.
    "dot": [("login", range(1, 65, 3), ""), ("feature_used", range(1, 90, 3), "")],
    # Only logs in less often: a light sign.
    "mia": [("login", range(1, 60), ""), ("login", range(61, 90, 2), "")],
    # Does well and would recommend.
    "eve": [("login", range(1, 90), ""), ("feature_used", range(1, 90), ""), ("nps", [80], "score=10")],
    # Does well and is near the limit of the plan.
    "fay": [
        *(("login", range(1, 90), ""), ("feature_used", range(1, 90), "")),
        ("usage_reported", [85], "used=9,limit=10"),
    ],
    # Gone.
    "gus": [("login", range(1, 20), ""), ("account_closed", [30], "")],
}
COLUMNS = ("customer", "at", "kind", "score", "used", "limit")


def write(path: Path, lives: dict[str, list[tuple[str, range | list[int], str]]] | None = None) -> Path:
    """A log of accounts that all subscribe on the first day; one lead only signed up."""
    rows = ["lea,2025-12-01T09:00,signed_up,,,"] if lives is None else []
    for name, life in (LIVES if lives is None else lives).items():
        rows.append(f"{name},{START}T08:00,subscription_started,,,")
        for kind, days, more in life:
            known = dict(part.split("=") for part in more.split(",") if part)
            for day in days:
                at = f"{START + timedelta(day)}T09:00"
                rows.append(",".join([name, at, kind, *(known.get(column, "") for column in COLUMNS[3:])]))
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", "utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of the small base."""
    return write(tmp_path / "accounts.csv")


def text_of(capsys: pytest.CaptureFixture[str], path: Path, *more: str, preset: str = "saas") -> str:
    """The report of a run that ends well; it says nothing on standard error."""
    status = main(["signs", str(path), "--preset", preset, *more])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def found(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> dict[str, Any]:
    """The JSON document of the small base."""
    document: dict[str, Any] = json.loads(text_of(capsys, path, "--until", UNTIL, "--json", *more))
    return document


def names(part: dict[str, Any]) -> list[str]:
    """The customers of a list, in order."""
    return [one["customer"] for one in part["shown"]]


def story_of(path: Path) -> Story:
    """The story behind the document."""
    return replay(presets.saas(), TouchpointLog.read(path), until=UNTIL)


def test_who_is_at_risk(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """The heaviest signal comes first, then the most of them, then the longest; who is lost is not at risk."""
    risk = found(capsys, log)["at_risk"]
    assert names(risk) == ["cara", "dot", "dan", "mia"]
    heaviest = [max(SEVERITIES.index(one["severity"]) for one in row["signals"]) for row in risk["shown"]]
    assert heaviest == [3, 2, 2, 1]
    since = {row["customer"]: row["signals"][0]["since"] for row in risk["shown"]}
    assert since["dot"] < since["dan"]
    assert [row["is_at_risk"] for row in risk["shown"]] == [True, True, True, False]


def test_why_with_the_figures_of_now(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Every raised signal has since when, days, and the figures that the live engine gives at the end."""
    definition, story = presets.saas(), story_of(log)
    now = datetime(2026, 4, 1, tzinfo=UTC) - timedelta(microseconds=1)
    for row in found(capsys, log)["at_risk"]["shown"]:
        customer = story.live(row["customer"])
        raised = {one.signal.name: one for one in definition.signals_of(customer, now)}
        assert {one["signal"] for one in row["signals"]} == set(raised)
        for one in row["signals"]:
            reading = raised[one["signal"]]
            assert datetime.fromisoformat(one["since"]) == reading.since
            assert one["days"] == (now.date() - reading.since.date()).days
            assert [figure["text"] for figure in one["figures"]] == [str(figure) for figure in reading.figures]
            assert (one["severity"], one["text"]) == (reading.signal.severity, reading.signal.text)
        health = definition.health_of(customer, now)
        assert health is not None
        assert row["health"]["score"] == pytest.approx(health.score, abs=1e-3)
        assert sum(share["share"] for share in row["health"]["shares"]) == pytest.approx(health.score, abs=0.01)
        assert (row["health"]["band"], row["stage"]) == (health.band, customer.stage.id)
    (fallen,) = (one for one in row["signals"] if one["signal"] == "logins_fallen")
    assert fallen["figures"][1] == {
        "atom": "login_change <= 0.7",
        "values": {"login_change": 0.5},
        "holds": True,
        "text": "login_change 0.5 ≤ 0.7",
    }


def test_who_is_near_advocacy_or_expansion(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Signals of loyalty and expansion, and the segments that say so; whoever is at risk stands behind."""
    growing = found(capsys, log)["growing"]
    shown = {row["customer"]: row for row in growing["shown"]}
    assert set(names(growing)[:2]) == {"fay", "eve"}
    assert {one["segment"] for one in shown["fay"]["segments"]} >= {"expansion"}
    assert {one["signal"] for one in shown["eve"]["signals"]} >= {"near_advocacy"}
    risky = [row["is_at_risk"] for row in growing["shown"]]
    assert risky == sorted(risky)
    assert "gus" not in shown


def test_overdue_milestones(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Of who is not lost, the latest first, each with who is responsible and the next best step."""
    overdue = found(capsys, log, "--top", "100")["overdue"]
    story = story_of(log)
    wanted = [
        row for row in story.milestones().rows() if row["status"] == "overdue" and row["stage"] != "churn"
    ]  # fmt: skip
    assert (overdue["milestones"], len(overdue["shown"])) == (len(wanted), len(wanted))
    assert overdue["customers"] == len({row["customer"] for row in wanted})
    late = [row["days_late"] for row in overdue["shown"]]
    assert late == sorted(late, reverse=True)
    assert {row["customer"] for row in overdue["shown"]} == {"lea", *LIVES} - {"gus"}
    following = {row["customer"]: row["milestone"] for row in story.milestones().rows() if row["next_best"]}
    for row in overdue["shown"]:
        assert row["next_best"]["milestone"] == following[row["customer"]]
        assert (date(2026, 3, 31) - date.fromisoformat(row["due"])).days == row["days_late"]
    (contract,) = (row for row in overdue["shown"] if row["customer"] == "lea" and row["milestone"] == "contract")
    assert (contract["role"], contract["stage"], contract["text"]) == ("sales", "acquisition", "First contract")


def test_the_counts_are_those_of_the_story(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Signals up, raised, cleared and left; bands of health; loyalty; segments: each a count of the base."""
    document, story = found(capsys, log), story_of(log)
    columns = ("signal", "topic", "severity", "up", "raised", "cleared", "left")
    assert [tuple(row[name] for name in columns) for row in document["signals"]] == [
        tuple(row[name] for name in columns) for row in story.signal_counts(days=28).rows()
    ]
    everybody = story.signs_at()
    assert document["health"]["bands"] == {
        name: int((everybody["band"] == name).sum()) for name in ("poor", "fair", "good")
    }
    assert document["health"]["without"] + sum(document["health"]["bands"].values()) == len(LIVES) + 1
    assert {row["segment"]: row["customers"] for row in document["segments"]} == {
        name: int(everybody[name].sum()) for name in ("to_nurture", "at_risk", "expansion", "champions")
    }
    loyalty = story.loyalty()["loyalty"].tolist()
    assert {row["loyalty"]: row["customers"] for row in document["loyalty"]} == {
        name: loyalty.count(name) for name in ("loyal", "satisfied", "captive", "unheard")
    }
    assert sum(row["share"] for row in document["loyalty"]) == pytest.approx(1, abs=0.01)


def test_the_report_says_the_same(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Every section is there, each customer with stage, health and reasons; no line is wider than 120 columns."""
    text = text_of(capsys, log, "--until", UNTIL)
    assert "saas 1 (" in text
    lines = text.splitlines()
    at = lines.index("at risk of churn: 4 customers, the heaviest signals first")
    assert re.match(r"  cara: \w+; health \d+, \w+", lines[at + 1])
    assert "critical: leaving since " in text
    assert "Last log-in more than 14 days ago; days_since_login 30 > 14" in text
    (row,) = (line for line in lines if line.startswith("  login_stopped "))
    assert row.split()[:5] == ["login_stopped", "churn", "warning", "3", "3"]
    assert row.endswith("Last log-in more than 14 days ago")
    assert "  neither up nor raised nor cleared: " in text
    assert re.search(
        r"^  dan +adoption +onboarding: goal +2026-01-08 +82 +onboarding: goal +sales ", text, re.MULTILINE
    )
    assert re.search(r"^  health: good \d+, fair \d+, poor \d+; without a score \d+$", text, re.M)
    assert "  loyalty of the retained: loyal 0 (0%), satisfied 1 (17%), captive 0 (0%), unheard 5 (83%)" in lines
    assert max(map(len, lines)) <= 120


def test_long_conditions_show_what_holds(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Of a condition over many signals only those that hold are told, each once; the document has all of them."""
    text = text_of(capsys, log, "--until", UNTIL)
    block = text.split("critical: leaving")[1].split("warning:")[0]
    assert block.count("signal_login_stopped: yes") == 1
    assert "✗" not in block
    (leaving,) = (one for one in found(capsys, log)["at_risk"]["shown"][0]["signals"] if one["signal"] == "leaving")
    assert {figure["holds"] for figure in leaving["figures"]} == {True, False}


def test_only_the_first_are_told(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """`--top` cuts the lists, not the counts."""
    document = found(capsys, log, "--top", "1")
    assert [len(document[part]["shown"]) for part in ("at_risk", "growing", "overdue")] == [1, 1, 1]
    assert document["at_risk"]["customers"] == 4
    text = text_of(capsys, log, "--until", UNTIL, "--top", "1")
    assert "at risk of churn: 1 of 4 customers, the heaviest signals first" in text
    text = text_of(capsys, log, "--until", UNTIL, "--top", "0")
    assert "at risk of churn: 0 of 4 customers, the heaviest signals first\n  (not shown)" in text


def test_texts_in_japanese(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """`--language ja` gives the Japanese texts, and tables still stand in columns."""
    document = found(capsys, log, "--language", "ja")
    texts = {row["signal"]: row["text"] for row in document["signals"]}
    assert texts == {signal.name: signal.text_ja for signal in presets.saas().signals}
    assert document["overdue"]["shown"][0]["text"] == "期待値の調整とゴール設定"
    lines = text_of(capsys, log, "--until", UNTIL, "--language", "ja").splitlines()
    assert any("最終ログインから14日を超えた; days_since_login" in line for line in lines)
    wide = [sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines]
    assert max(wide) <= 120


def test_one_customers_signs_from_the_beginning(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """`--story` tells moves, signals and milestones in order, with figures, and what holds now."""
    told = found(capsys, log, "--story", "cara")["story"]
    story = story_of(log)
    happened = [*story.customer("cara").moves, *story.signals_of("cara"), *story.milestones_of("cara")]
    assert sorted(row["text"] for row in told["history"]) == sorted(map(str, happened))
    assert [row["at"] for row in told["history"]] == sorted(row["at"] for row in told["history"])
    assert {row["what"] for row in told["history"]} == {"move", "signal", "milestone"}
    assert told["touchpoints"] == 61
    assert told["fit"].keys() == {"onboarding", "retention"}
    steps = [(row["blueprint"], row["milestone"]) for row in told["milestones"]]
    assert len(steps) == len(set(steps)) == 12
    assert told["next_best"] in told["milestones"]
    text = text_of(capsys, log, "--until", UNTIL, "--story", "cara")
    assert "one customer: cara\n  61 touchpoints since 2026-01-01\n  cara: " in text
    assert "overdue, next best" in text
    assert "login_stopped (warning) raised on 2026-03-16; days_since_login 15 > 14" in text


def test_the_same_reading_as_replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Columns, currency, dates, zone and quarantine are read as `replay` reads them."""
    path = tmp_path / "orders.csv"
    path.write_text("user,day,total\n7,3/1/2024,5\n7,14/1/2024,6\n7,31/1/2024,4\n,1/2/2024,5\n", "utf-8")
    columns = ["--customer", "user", "--at", "day", "--kind", "=purchase", "--amount", "total"]
    reading = ["--currency", "EUR", "--date-format", "%d/%m/%Y", "--on-error", "quarantine", "--zone", "Asia/Tokyo"]
    text = text_of(capsys, path, *columns, *reading, "--until", "2024-06-01", preset="commerce")
    assert "quarantined 1" in text
    assert "purchase_stopped since 2024-05-01 (30 days)" in text
    heading = text.split("\n\n")[0]
    status = main(["replay", str(path), "--preset", "commerce", *columns, *reading, "--until", "2024-06-01"])
    assert (status, capsys.readouterr().out.split("\n\n")[0]) == (0, heading)


def test_nothing_in_the_data_steers_a_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Direction marks and controls that the log takes as kinds or attributes are escaped."""
    path = tmp_path / "log.csv"
    path.write_text(
        "customer,at,kind,source\nc,2024-01-03,purchase,\u202e\x1b[2J\n"
        'c,2024-01-04,\u202ewish,\n"x\x1b[31m",2024-01-01,visit,\n',
        "utf-8",
    )
    text = text_of(capsys, path, "--on-error", "quarantine", "--story", "c", preset="commerce")
    assert all(line.isprintable() for line in text.splitlines())


def test_a_log_without_rows_is_no_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A table with a head only has nobody at risk, in words and in JSON."""
    path = tmp_path / "log.csv"
    path.write_text("customer,at,kind\n", "utf-8")
    text = text_of(capsys, path)
    assert text.count("(nobody)") == 3
    document = json.loads(text_of(capsys, path, "--json"))
    assert [document[part]["shown"] for part in ("at_risk", "growing", "overdue")] == [[], [], []]
    assert {row["up"] for row in document["signals"]} == {0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--top", "-1"), "'-1' is not a whole number from 0 to 10,000"),
        (("--top", "10001"), "'10001' is not a whole number"),
        (("--top", "ten"), "'ten' is not a whole number"),
        (("--top", "9" * 5000), "is not a whole number"),
        (("--language", "fr"), "'fr'"),
        (("--story", "zoe"), "'zoe' has no touchpoints"),
        (("--story", "z\x1b[31m"), "z\\x1b[31m"),
        (("--until", "soon"), "'soon' is not an ISO date"),
        (("--zone", "Mars/Base"), "Mars/Base"),
        (("--at", "when"), "'when': there is no such column"),
    ],
)
def test_wrong_values(capsys: pytest.CaptureFixture[str], log: Path, more: tuple[str, ...], said: str) -> None:
    """What cannot be is told in one line, with status 2."""
    try:
        status: object = main(["signs", str(log), "--preset", "saas", *more])
    except SystemExit as ending:
        status = ending.code
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert said in printed.err
    assert printed.err.startswith("python -m lifecycle")
    assert printed.err[:-1].isprintable()


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A path without a file is no input."""
    assert main(["signs", str(tmp_path / "nothing.csv"), "--preset", "saas"]) == 2
    assert "nothing.csv" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_picture_of_a_blueprint(capsys: pytest.CaptureFixture[str], language: str) -> None:
    """`picture --blueprint` prints the Mermaid text of the blueprint, in either language."""
    assert main(["picture", "--preset", "saas", "--blueprint", "retention", "--language", language]) == 0
    blueprint = presets.saas().blueprints[1]
    assert capsys.readouterr().out == blueprint.mermaid(language)  # type: ignore[arg-type]


def test_a_blueprint_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown blueprint is told with those that the preset has."""
    assert main(["picture", "--preset", "commerce", "--blueprint", "b\x1b[0m"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "b\\x1b[0m" in printed.err
    assert printed.err.endswith("; blueprints: onboarding\n")


@pytest.mark.skipif(not CDNOW.exists(), reason="make test writes the CDNOW log")
def test_the_cdnow_log(capsys: pytest.CaptureFixture[str]) -> None:
    """On the real log the lists have their order, and what is up has reasons that hold or says that it is kept."""
    columns = ["--customer", "customer", "--at", "date", "--kind", "=purchase", "--amount", "amount"]
    document = json.loads(
        text_of(capsys, CDNOW, *columns, "--currency", "USD", "--json", "--top", "5", preset="commerce")
    )
    counts = {row["signal"]: row for row in document["signals"]}
    assert document["log"]["touchpoints"] == 69_659
    assert counts["purchase_stopped"]["up"] == 2_043
    assert document["at_risk"]["customers"] >= 2_043
    assert len(document["at_risk"]["shown"]) == 5
    assert sum(document["health"]["bands"].values()) + document["health"]["without"] == 23_570
    for row in document["at_risk"]["shown"]:
        assert row["stage"] != "churn"
        for one in row["signals"]:
            assert one["is_kept"] or any(figure["holds"] for figure in one["figures"])


# The tables of a subscription business in the form of RavenStack, a published synthetic one.
TABLES = {
    "accounts": (
        "account_id,signup_date,referral_source,plan_tier,seats,country\n"
        "A-1,2024-08-27,partner,Pro,9,US\n"
        "A-2,2024-09-02,organic,Basic,18,IN\n"
        "A-3,2024-08-30,other,Pro,4,UK\n"
        "A-4,2024-11-20,ads,Basic,2,US\n"
    ),
    "subscriptions": (
        "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,is_trial\n"
        "S-1,A-1,9/1/2024,,Pro,9,441,False\n"
        "S-2,A-2,9/2/2024,9/16/2024,Basic,18,0,True\n"
        "S-3,A-2,9/16/2024,,Basic,18,342,False\n"
        "S-4,A-3,9/4/2024,11/12/2024,Pro,4,196,False\n"
        "S-5,A-4,11/20/2024,,Basic,2,0,True\n"
    ),
    "churn_events": "churn_event_id,account_id,churn_date,reason_code\nC-1,A-3,2024-11-12,pricing\n",
}
# Subscription → the days after 2024-09-17 on which it was used: halved, steady, halved and then gone.
USED: dict[str, list[int]] = {
    "S-1": [*range(0, 74, 3), 90],
    "S-3": [*range(0, 105, 3)],
    "S-4": [*range(0, 30, 3), 50],
}


def test_the_ravenstack_log(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """On the tables of a subscription business: half the use is found, and lost accounts are not at risk."""
    days = [(name, date(2024, 9, 17) + timedelta(day)) for name, own in USED.items() for day in own]
    usage = [f"U-{number},{name},{day},feature_20,1" for number, (name, day) in enumerate(days)]
    uses = "\n".join(["usage_id,subscription_id,usage_date,feature_name,usage_count", *usage])
    for name, text in (TABLES | {"feature_usage": uses}).items():
        (tmp_path / f"ravenstack_{name}.csv").write_text(text, "utf-8")
    path = tmp_path / "events.csv"
    ravenstack.main(tmp_path, path)
    capsys.readouterr()
    document = json.loads(text_of(capsys, path, "--json", "--top", "3"))
    counts = {row["signal"]: row for row in document["signals"]}
    assert counts["use_halved"]["up"] == 1
    assert names(document["at_risk"]) == ["A-1", "A-2"]
    assert [row["stage"] for row in document["at_risk"]["shown"]] == ["adoption", "adoption"]
    late = [row["days_late"] for row in document["overdue"]["shown"]]
    assert late == [111, 96, 73]
