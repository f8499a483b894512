"""`python -m lifecycle plan`: today's plays, those that were held and why, and what comes next."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.cli import main
from lifecycle.definition import replay
from lifecycle.log import TouchpointLog

from .test_signs import write

AS_OF = "2026-03-19"
MORE = (
    "dan,2026-01-20T09:00,consent_set,,,,email,no",
    # Late in the evening: what comes of it has to wait for the morning.
    "eve,2026-03-18T22:30,feature_blocked,,,,,",
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small base of accounts; one of them refused mail, one tried a feature outside the plan late in the evening."""
    path = write(tmp_path / "accounts.csv")
    lines = path.read_text("utf-8").splitlines()
    head, rows = f"{lines[0]},channel,granted", [f"{line},," for line in lines[1:]]
    path.write_text("\n".join([head, *rows, *MORE]) + "\n", "utf-8")
    return path


def text_of(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> str:
    """The report of a run that ends well; it says nothing on standard error."""
    status = main(["plan", str(path), "--preset", "saas", *more])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def found(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> dict[str, Any]:
    """The JSON document."""
    document: dict[str, Any] = json.loads(text_of(capsys, path, "--as-of", AS_OF, "--json", *more))
    return document


def test_the_plays_of_the_day_before(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """What was decided on the last day, no more and no less, with evidence, words, roles and parameters."""
    document = found(capsys, log)
    assert (document["from"], document["until"]) == ("2026-03-18T00:00:00+00:00", "2026-03-19T00:00:00+00:00")
    story = replay(presets.saas(), TouchpointLog.read(log), until=AS_OF)
    of_day = {row["key"] for row in story.plays().rows() if row["at"] >= datetime(2026, 3, 18)}
    assert {play["key"] for play in document["plays"]["shown"]} == of_day
    assert document["plays"]["plays"] == len(of_day) > 0
    [call] = [play for play in document["plays"]["shown"] if play["action"] == "call"]
    assert (call["customer"], call["playbook"], call["channel"]) == ("cara", "churn_risk", "phone")
    assert call["owners"] == ["customer success", "sales", "support", "product"]
    assert call["params"]["days_since_login"] == 17
    assert "use_change 0.466667 ≤ 0.5" in call["figures"]


def test_more_days_hold_more_plays(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """`--days` goes back so many days; the most important plays come first, and `--top` cuts the list."""
    document = found(capsys, log, "--days", "90")
    everything = found(capsys, log, "--days", "90", "--top", "10000")
    assert document["plays"]["plays"] == everything["plays"]["plays"] == len(everything["plays"]["shown"])
    assert len(document["plays"]["shown"]) == 20
    priority = {one.name: one.priority for one in presets.saas_playbooks()}
    weights = [priority[play["playbook"]] for play in everything["plays"]["shown"]]
    assert weights == sorted(weights, reverse=True)
    assert sum(one["plays"] for one in everything["by_playbook"]) == everything["plays"]["plays"]


def test_what_is_held_and_why(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """A play that consent holds is told with its reason and is not tried again."""
    held = found(capsys, log)["held"]
    [mail] = [play for play in held["shown"] if play["customer"] == "dan"]
    assert (mail["policy"], mail["next"]) == ("consent", None)
    assert "email" in mail["reason"]


def test_what_is_tried_again(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """A play that quiet hours hold is told with its next try, and is no longer held on the day after."""
    document = found(capsys, log)
    [message] = [play for play in document["held"]["shown"] if play["playbook"] == "feature_wanted"]
    assert (message["policy"], message["next"]) == ("quiet_hours", "2026-03-19T08:00:00+00:00")
    assert document["next"] == [{"day": "2026-03-19", "plays": 1}]
    later = json.loads(text_of(capsys, log, "--as-of", "2026-03-20", "--days", "2", "--json"))
    assert message["key"] in {play["key"] for play in later["plays"]["shown"]}
    assert message["key"] not in {play["key"] for play in later["held"]["shown"]}


def test_the_report(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """The report says what to do, by whom, for whom and why, then what was held, next and how much."""
    text = text_of(capsys, log, "--as-of", AS_OF)
    assert "plays, 2026-03-18 to 2026-03-19" in text
    assert "2026-03-18 10:00 cara: call by phone (customer success, sales, support, product)" in text
    assert "churn_risk: signal 'use_halved' raised" in text
    assert "held by consent" in text
    assert "how much, by playbook, by role and by channel" in text


def test_the_words_in_japanese(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """`--language ja` gives the Japanese words of the plays."""
    assert "対応計画を電話で伝える" in text_of(capsys, log, "--as-of", AS_OF, "--language", "ja")


def test_nothing_to_do(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """A day without plays is told as such."""
    text = text_of(capsys, log, "--as-of", "2025-12-20")
    assert text.count("(nothing)") == 4


@pytest.mark.parametrize("days", ["0", "367", "-1", "one"])
def test_days_out_of_range(capsys: pytest.CaptureFixture[str], log: Path, days: str) -> None:
    """A number of days that cannot be is refused in one line."""
    with pytest.raises(SystemExit) as ending:
        main(["plan", str(log), "--preset", "saas", f"--days={days}"])
    assert ending.value.code == 2
    assert "whole number" in capsys.readouterr().err
