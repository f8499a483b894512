"""`python -m lifecycle kpis`: the KPIs of a period, by group, against targets and the period before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.cli import main
from lifecycle.definition import replay
from lifecycle.kpi import REGISTRY, report
from lifecycle.log import TouchpointLog

from .test_signs import write


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small base of accounts."""
    return write(tmp_path / "accounts.csv")


def text_of(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> str:
    """The report of a run that ends well; it says nothing on standard error."""
    status = main(["kpis", str(path), "--preset", "saas", *more])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def test_the_kpis_of_a_period_are_those_of_the_library(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Every measurement, those of the period before, target and gap."""
    words = ("--period", "2026-02", "--kpi", "retention_rate", "--kpi", "churn_rate", "--target", "churn_rate=0.1")
    document: dict[str, Any] = json.loads(text_of(capsys, log, "--json", *words))
    story = replay(presets.saas(), TouchpointLog.read(log))
    found = report(story, ["retention_rate", "churn_rate"], "2026-02", targets={"churn_rate": 0.1}, previous=1)
    assert document["lines"] == json.loads(json.dumps(found.to_dict()["lines"]))
    assert document["undefined"] == []


def test_all_kpis_are_told_or_named_with_their_reason(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """Nothing is left out in silence."""
    document = json.loads(text_of(capsys, log, "--json"))
    told = {line["kpi"] for line in document["lines"]} | {one["kpi"] for one in document["undefined"]}
    assert told >= {kpi.id for kpi in REGISTRY if kpi.calculate.__module__.startswith("lifecycle.")}
    text = text_of(capsys, log)
    assert "KPIs of" in text
    assert "undefined here" in text


def test_groups_and_care(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    """By stage; what deserves care is said below."""
    text = text_of(capsys, log, "--period", "2026-02", "--kpi", "retention_rate", "--by", "stage")
    assert "KPIs of 2026-02 by stage" in text
    assert "read with care" in text
    assert "retention_rate: only" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--kpi", "retention"), "no KPI 'retention'; did you mean"),
        (("--period", "2026-Q5"), "no period"),
        (("--by", "moon"), "by='moon' is no stage"),
        (("--target", "churn_rate"), "is no target; give ID=VALUE"),
        (("--target", "moon=1"), "target is given for 'moon'"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    capsys: pytest.CaptureFixture[str], log: Path, words: tuple[str, ...], message: str
) -> None:
    """In one line, with status 2."""
    assert main(["kpis", str(log), "--preset", "saas", *words]) == 2
    assert message in capsys.readouterr().err
