"""The conversion of the RavenStack tables, on a few rows in their form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples import ravenstack
from lifecycle.cli import main

TABLES = {
    "accounts": (
        "account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats,is_trial,churn_flag\n"
        "A-1,Company_0,EdTech,US,2023-02-01,partner,Basic,9,False,False\n"
    ),
    "subscriptions": (
        "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,is_trial\n"
        "S-1,A-1,2/3/2023,12/24/2023,Pro,14,2786,False\n"
        "S-2,A-1,2/1/2023,2/3/2023,Pro,14,0,True\n"
    ),
    "feature_usage": (
        "usage_id,subscription_id,usage_date,feature_name,usage_count\n"
        "U-1,S-1,2023-02-03,feature_20,9\n"
        "U-2,S-1,2023-03-30,feature_3,1\n"
    ),
    "churn_events": (
        "churn_event_id,account_id,churn_date,reason_code,refund_amount_usd\nC-1,A-1,2023-04-02,pricing,4.03\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the four tables."""
    for name, text in TABLES.items():
        (tmp_path / f"ravenstack_{name}.csv").write_text(text, "utf-8")
    return tmp_path


def test_the_tables_become_touchpoints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both forms of dates are read, one day's beginnings come first, and the saas preset tells the story."""
    target = folder / "out" / "events.csv"
    ravenstack.main(folder, target)
    assert "8 touchpoints of 1 accounts" in capsys.readouterr().out
    lines = [line.split(",")[1:3] for line in target.read_text("utf-8").splitlines()[1:]]
    assert lines == [
        ["2023-02-01", "welcomed"],
        ["2023-02-01", "trial_started"],
        ["2023-02-03", "subscription_started"],
        ["2023-02-03", "feature_used"],
        ["2023-02-03", "trial_ended"],
        ["2023-03-30", "feature_used"],
        ["2023-04-02", "account_closed"],
        ["2023-12-24", "subscription_cancelled"],
    ]
    assert main(["replay", str(target), "--preset", "saas", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [move["target"] for move in document["story"]["moves"]] == ["onboarding", "churn"]


def test_a_date_of_the_other_form_is_refused(folder: Path) -> None:
    """A date that could be read in two ways is not guessed."""
    table = folder / "ravenstack_feature_usage.csv"
    table.write_text(table.read_text("utf-8").replace("2023-03-30", "3/30/2023"), "utf-8")
    with pytest.raises(ValueError, match="3/30/2023"):
        ravenstack.main(folder, folder / "events.csv")


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    """A folder without the tables ends the script with the path that was looked for."""
    with pytest.raises(SystemExit, match="ravenstack_accounts"):
        ravenstack.main(tmp_path, tmp_path / "events.csv")
