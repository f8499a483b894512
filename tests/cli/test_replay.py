"""`python -m lifecycle replay` on a small log of a shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.cli import main
from lifecycle.definition import replay
from lifecycle.log import TouchpointLog

SHOP = Path(__file__).with_name("shop.csv")
ASKED = ["--customer", "Customer", "--at", "Date", "--kind", "Event", "--amount", "Revenue", "--currency", "GBP"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What a run that ends well prints; it says nothing on standard error."""
    status = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def found(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """The JSON document of the shop."""
    text = run(capsys, "replay", SHOP, "--preset", "commerce", *ASKED, "--json", *more)
    document: dict[str, Any] = json.loads(text)
    return document


def test_the_report_of_a_shop(capsys: pytest.CaptureFixture[str]) -> None:
    """Census by month, flow, time in stage, counts and the story of who moved most often."""
    text = run(capsys, "replay", SHOP, "--preset", "commerce", *ASKED)
    assert "15 touchpoints of 4 customers, 2024-01-03 to 2024-11-30, until 2024-12-01" in text
    assert "quarantined 0, duplicates 0" in text
    assert "kinds that this lifecycle does not know: 'Wishlist Updated'" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "month acquisition onboarding adoption maturity referrer churn win_back total" in lines
    assert "2024-01 1 1 1 0 0 0 0 3" in lines
    assert "2024-11 0 0 2 0 0 1 1 4" in lines
    assert "nobody was ever in: testimonial, co_creator" in lines
    assert "churn win_back 1" in lines
    assert "churn 3 1 77.8 80.6 83.5" in lines
    at = lines.index("one customer")
    assert lines[at + 1] == "C-1001: 5 touchpoints since 2024-01-03, now in churn"
    assert lines[at + 2] == "acquisition → onboarding on 2024-01-03 09:40: 'purchase'; purchases 1 ≥ 1"


def test_the_json_document_has_the_same_content(capsys: pytest.CaptureFixture[str]) -> None:
    """Every number of the story is in the document, in JSON values."""
    document = found(capsys)
    log = TouchpointLog.read(SHOP, customer="Customer", at="Date", kind="Event", amount="Revenue", currency="GBP")
    story = replay(presets.commerce(currency="GBP"), log)
    assert document["definition"]["digest"] == presets.commerce(currency="GBP").digest
    assert [row["total"] for row in document["census"]] == story.census("month")["total"].tolist()
    assert [row["moves"] for row in document["flow"]] == story.flow()["moves"].tolist()
    assert [row["stays"] for row in document["time_in_stage"]] == story.time_in_stage()["stays"].tolist()
    told = story.customer(document["story"]["customer"])
    assert [move["text"] for move in document["story"]["moves"]] == [str(move) for move in told.moves]
    assert document["until"] == "2024-12-01T00:00:00+00:00"


@pytest.mark.parametrize("until", [(), ("--until", "2024-06-01"), ("--until", "2024-02-11")])
def test_the_unanswered_are_those_of_the_live_engine(
    capsys: pytest.CaptureFixture[str], until: tuple[str, ...]
) -> None:
    """The count from columns is the sum of what the live engine counts customer by customer."""
    document = found(capsys, *until)
    log = TouchpointLog.read(SHOP, customer="Customer", at="Date", kind="Event", amount="Revenue", currency="GBP")
    story = replay(presets.commerce(currency="GBP"), log, until=until[1] if until else None)
    counted = sum(story.live(name).n_unanswered for name in story.log.ids())
    assert document["log"]["unanswered"] == counted > 0


def test_a_return_is_no_purchase(capsys: pytest.CaptureFixture[str]) -> None:
    """A negative amount of the log leaves its customer where she was."""
    story = found(capsys, "--story", "C-1002")["story"]
    assert [(move["target"], move["at"][:10]) for move in story["moves"]] == [
        ("onboarding", "2024-01-05"),
        ("churn", "2024-07-20"),
        ("win_back", "2024-10-02"),
    ]


def test_the_end_is_exclusive_and_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """`--until` leaves out what comes at it or later, customers who had not begun too."""
    document = found(capsys, "--until", "2024-02-12")
    assert (document["log"]["replayed"], document["log"]["customers"]) == (7, 3)
    assert [row["period"] for row in document["census"]] == ["2024-01-01", "2024-02-01"]


def test_the_zone_moves_midnight(capsys: pytest.CaptureFixture[str]) -> None:
    """`--zone` is that of times without one, and of the calendar."""
    document = found(capsys, "--zone", "Asia/Tokyo", "--story", "C-1002")
    assert document["story"]["moves"][1]["at"] == "2024-07-20T00:00:00+09:00"
    assert document["log"]["first"] == "2024-01-03T00:12:00+00:00"


def test_one_kind_for_all_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A log of purchases needs no column of kinds, and days may be written otherwise."""
    path = tmp_path / "orders.csv"
    path.write_text("user,day,total\n7,3/1/2024,5\n7,14/1/2024,6\n", "utf-8")
    columns = ["--customer", "user", "--at", "day", "--kind", "=purchase", "--amount", "total"]
    reading = ["--currency", "EUR", "--date-format", "%d/%m/%Y"]
    text = run(capsys, "replay", path, "--preset", "commerce", *columns, *reading)
    assert "onboarding → adoption on 2024-01-14 00:00: 'purchase'; purchase_days 2 ≥ 2" in text


def test_who_is_told_of_is_who_moved_most(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Among equals it is the first customer by the order of the log, not of the file."""
    path = tmp_path / "log.csv"
    path.write_text("customer,at,kind\nb,2024-01-01,purchase\na,2024-01-02,purchase\n", "utf-8")
    document = json.loads(run(capsys, "replay", path, "--preset", "commerce", "--json"))
    assert document["story"]["customer"] == "a"


def test_what_cannot_be_used_is_set_aside_and_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With `--on-error quarantine` bad rows are counted and the first five told, nothing in them steers."""
    path = tmp_path / "log.csv"
    bad = "".join(f'"x\x1b[3{n}m",2024-01-01,visit\n' for n in range(7))
    path.write_text(f"customer,at,kind\n{bad}c,2024-01-03,purchase\n", "utf-8")
    text = run(capsys, "replay", path, "--preset", "commerce", "--on-error", "quarantine")
    assert "quarantined 7" in text
    assert "row 0: " in text
    assert "row 4: " in text
    assert "row 5: " not in text
    assert "… and 2 more" in text
    assert "\x1b" not in text


def test_repeated_rows_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A row that repeats another's id and content is dropped and counted."""
    path = tmp_path / "log.csv"
    path.write_text("customer,at,kind,id\n" + "c,2024-01-03,purchase,e1\n" * 3, "utf-8")
    assert "quarantined 0, duplicates 2" in run(capsys, "replay", path, "--preset", "commerce")


def test_a_log_without_rows_is_no_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A table with a head only has no customers, in words and in JSON."""
    path = tmp_path / "log.csv"
    path.write_text("customer,at,kind\n", "utf-8")
    assert "0 touchpoints of 0 customers" in run(capsys, "replay", path, "--preset", "saas")
    document = json.loads(run(capsys, "replay", path, "--preset", "saas", "--json"))
    assert (document["census"], document["flow"], document["story"]) == ([], [], None)


def test_a_parquet_file_is_read_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Parquet with times in UTC gives the same document as the CSV file."""
    csv = pytest.importorskip("pyarrow.csv")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "shop.parquet"
    parquet.write_table(csv.read_csv(SHOP), path)
    text = run(capsys, "replay", path, "--preset", "commerce", *ASKED, "--json")
    assert json.loads(text) == found(capsys)


@pytest.mark.parametrize("name", ["commerce", "saas", "service"])
def test_the_picture_is_the_definitions_own(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """`picture` prints the Mermaid text of the preset."""
    assert run(capsys, "picture", "--preset", name) == getattr(presets, name)().mermaid()
