"""`python -m lifecycle check`: what deserves care in a definition of the host's."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecycle.cli import main

SHOP = """
from lifecycle import presets
from lifecycle.playbooks import Action, Playbook, raised

definition = presets.saas()
number = 7
calm = presets.saas(playbooks=(), signs=presets.SaasSigns())

def made():
    return presets.commerce()

def refused():
    return presets.commerce(playbooks=[Playbook("p", on=raised("nothing_such"), steps=[Action("act")])])

def never():
    return presets.saas(playbooks=[
        Playbook("p", on=raised("limit_near"), steps=[Action("act", only_if="plan_share > 2 and plan_share < 1")])
    ])
"""


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of a host in the working directory."""
    (tmp_path / "gymhost.py").write_text(SHOP, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("gymhost", None)


def test_findings_with_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    """Every finding is told with severity, place, text and remedy; notes are no errors."""
    assert main(["check", "gymhost:definition", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["errors"] == 0
    assert document["definition"]["name"] == "saas"
    assert {one["severity"] for one in document["findings"]} == {"note"}
    assert all(one["place"] and one["text"] and one["remedy"] and one["code"] for one in document["findings"])
    assert main(["check", "gymhost:definition"]) == 0
    text = capsys.readouterr().out
    for one in document["findings"]:
        assert f"{one['severity']}: {one['place']}" in text


def test_a_function_gives_the_definition(capsys: pytest.CaptureFixture[str]) -> None:
    """A function of that name is called."""
    assert main(["check", "gymhost:made"]) == 0
    assert capsys.readouterr().out.startswith("commerce 1 (")


def test_nothing_deserves_care(capsys: pytest.CaptureFixture[str]) -> None:
    """Without findings one line says so."""
    assert main(["check", "gymhost:calm"]) == 0
    assert capsys.readouterr().out.endswith(": nothing deserves care\n")


@pytest.mark.parametrize(("name", "said"), [("refused", "nothing_such"), ("never", "plan_share")])
def test_an_error_is_status_1(capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    """A definition that is refused, and one whose check finds an error, end with status 1 and say why."""
    assert main(["check", f"gymhost:{name}"]) == 1
    text = capsys.readouterr().out
    assert "error: " in text
    assert said in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("gymhost", "MODULE:NAME"),
        ("gymhost:", "MODULE:NAME"),
        ("gymhost:nobody", "no 'nobody'"),
        ("nowhere_to_be_found:definition", "no module 'nowhere_to_be_found'"),
        ("gymhost.deeper:definition", "no module 'gymhost.deeper'"),
        ("gymhost:number", "not a Definition"),
    ],
)
def test_no_definition_there(capsys: pytest.CaptureFixture[str], place: str, said: str) -> None:
    """A place without a definition is told in one line with status 2."""
    assert main(["check", place]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1
