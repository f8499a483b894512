"""How the command line ends: status, one line, no control signs, a reader that went away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lifecycle.cli import main

SHOP = Path(__file__).with_name("shop.csv")
GOOD = "customer,at,kind\nc,2024-01-03,purchase\n"
MODULE = [sys.executable, "-m", "lifecycle"]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a run that ends with status 2."""
    try:
        status: object = main(arguments)
    except SystemExit as ending:
        status = ending.code
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert printed.err.startswith("python -m lifecycle")
    assert printed.err.count("\n") == 1
    assert printed.err.endswith("\n")
    assert printed.err[:-1].isprintable()
    return printed.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "COMMAND"),
        (("dance",), "dance"),
        (("replay", "log.csv"), "--preset"),
        (("replay", "--preset", "commerce"), "EVENTS"),
        (("replay", "log.csv", "--preset", "gym"), "'gym'"),
        (("replay", "log.csv", "--preset", "saas", "--on-error", "ignore"), "'ignore'"),
        (("replay", "log.csv", "--preset", "saas", "\x1b[31m"), "\\x1b[31m"),
        (("picture",), "--preset"),
    ],
)
def test_wrong_arguments(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    """What is missing or unknown among the arguments is named in one line."""
    assert said in refusal(capsys, *arguments)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--zone", "Mars/Base"), "Mars/Base"),
        (("--until", "soon"), "'soon' is not an ISO date"),
        (("--until", "2024-02-30"), "2024-02-30"),
        (("--until", "2024-01-01T00:00:00"), "no time zone"),
        (("--currency", "pounds"), "pounds"),
        (("--story", "zoe"), "'zoe' has no touchpoints"),
        (("--story", "z\x1b[31m"), "z\\x1b[31m"),
        (("--at", "when"), "'when': there is no such column"),
        (("--kind", "="), "kind"),
        (("--date-format", "%d"), "1 of 1 rows cannot be used"),
    ],
)
def test_wrong_values(capsys: pytest.CaptureFixture[str], tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    """A value that cannot be is told with what it is."""
    path = tmp_path / "log.csv"
    path.write_text(GOOD, "utf-8")
    assert said in refusal(capsys, "replay", str(path), "--preset", "commerce", *more)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty.csv"),
        ("log.txt", GOOD.encode(), "must end in .csv"),
        ("noise.csv", bytes(range(256)), "noise.csv"),
        ("noise.parquet", bytes(range(256)), "is no Parquet file"),
        ("latin.csv", b"customer,at,kind\nc\xff,2024-01-03,visit\n", "latin.csv"),
        ("ragged.csv", b"customer,at,kind\nc\n", "ragged.csv"),
        ("few.csv", b"name,place\na,b\n", "'customer'"),
        ("money.csv", b"customer,at,kind,amount\nc,2024-01-03,visit,1\n", "which currency"),
        ("bad.csv", b"customer,at,kind\nnull,2024-01-03,visit\nc,soon,visit\n", "2 of 2 rows cannot be used: row 0"),
        ("signs.csv", b'customer,at,kind\n"a\x1b[31m",2024-01-03,visit\n', "--on-error quarantine"),
        ("by_hand.csv", b"customer,at,kind,stage\nc,2024-01-03,stage_set,moon\n", "moon"),
    ],
)
def test_bad_files(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """A file that is no log of touchpoints is told by name or by row, and steers no terminal."""
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refusal(capsys, "replay", str(path), "--preset", "commerce")


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A path without a file, and a folder, are no input."""
    assert "nothing.csv" in refusal(capsys, "replay", str(tmp_path / "nothing.csv"), "--preset", "saas")
    (tmp_path / "folder.csv").mkdir()
    assert "folder.csv" in refusal(capsys, "replay", str(tmp_path / "folder.csv"), "--preset", "saas")


def test_a_column_of_currencies_is_not_overridden(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Amounts that say themselves in which currency they are do not pass for another."""
    path = tmp_path / "log.csv"
    path.write_text("customer,at,kind,amount,Currency\nc,2024-01-03,purchase,1,EUR\n", "utf-8")
    asked = ("replay", str(path), "--preset", "commerce", "--currency")
    assert "EUR" in refusal(capsys, *asked, "GBP")
    assert main([*asked, "GBP", "--on-error", "quarantine"]) == 0
    assert "quarantined 1" in capsys.readouterr().out
    assert main([*asked, "EUR"]) == 0


def test_help_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` prints what can be asked, with status 0."""
    with pytest.raises(SystemExit) as ending:
        main(["replay", "--help"])
    assert ending.value.code == 0
    printed = capsys.readouterr().out
    for option in ("--preset", "--customer", "--at", "--kind", "--amount", "--currency", "--zone", "--until"):
        assert option in printed


def test_the_module_runs() -> None:
    """`python -m lifecycle` is the same command."""
    done = subprocess.run(
        [*MODULE, "picture", "--preset", "saas"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("stateDiagram-v2")
    done = subprocess.run([*MODULE, "picture"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2


def test_a_terminal_without_the_signs() -> None:
    """Where the output cannot take an arrow, it is written as its escape."""
    asked = [*MODULE, "replay", str(SHOP), "--preset", "commerce", "--kind", "Event", "--amount", "="]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(asked, capture_output=True, check=False, timeout=60, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"acquisition \\u2192 onboarding" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise there")
def test_a_reader_that_went_away() -> None:
    """A pipe that was closed, as by `head`, is no error and no noise."""
    reading, writing = os.pipe()
    os.close(reading)
    asked = [*MODULE, "picture", "--preset", "saas"]
    done = subprocess.run(asked, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
