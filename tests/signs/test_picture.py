"""Blueprints as pictures: Mermaid flowcharts that no text can break."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import presets
from lifecycle.errors import InvalidArgument
from lifecycle.signs import Blueprint, Criterion, Language, Milestone

pytestmark = pytest.mark.smoke

BOX = re.compile(r'    (\w+)(\(\[|\[)"([^"`\n]*)"(\]\)|\])')
ARROW = re.compile(r"    (\w+) (-->|-\.->) (\w+)")
CODE = re.compile(r"#(quot|lt|35|59|96);")
PLAN = Blueprint(
    "plan",
    [
        Milestone(
            "goal", "has_goal and score >= 5", due_days=7, expectation="To be understood", value="A kick-off meeting",
            role="sales", text="Goal agreed", text_ja="ゴール設定",
        ),
        Milestone("habit", "days_used >= 10", due_days=90),
    ],
    start="onboarding",
    fit=[Criterion("full_price", "discounts == 0", weight=2), Criterion("referred", "source == 'referral'")],
    first_value="habit",
    text="The first 90 days",
    text_ja="最初の90日",
)  # fmt: skip


def parsed(text: str) -> tuple[dict[str, list[str]], list[tuple[str, str, str]]]:
    """The boxes with their lines and the arrows of a flowchart; fails where a line is neither."""
    head, *lines = text.removesuffix("\n").split("\n")
    assert head == "flowchart LR"
    boxes: dict[str, list[str]] = {}
    arrows = []
    for line in lines:
        if arrow := ARROW.fullmatch(line):
            arrows.append((arrow[1], arrow[2], arrow[3]))
            continue
        box = BOX.fullmatch(line)
        assert box, line
        assert (box[2], box[4]) in (("[", "]"), ("([", "])"))
        label = CODE.sub("", box[3])
        assert not set(label) & set('"`;#'), line
        assert box[1] not in boxes
        boxes[box[1]] = box[3].split("<br/>")
    for source, _, target in arrows:
        assert {source, target} <= set(boxes)
    return boxes, arrows


def test_a_blueprint_reads_from_left_to_right() -> None:
    """Whom to win and the start come first, then the milestones in order with what both sides give."""
    boxes, arrows = parsed(PLAN.mermaid())
    assert boxes == {
        "begin": ["The first 90 days", "Starts with the first entry into onboarding"],
        "ideal": ["Ideal customer", "full_price (weight 2): discounts = 0", "referred (weight 1): source = 'referral'"],
        "step1": [
            "Goal agreed",
            "by day 7",
            "customer expects: To be understood",
            "company gives: A kick-off meeting",
            "responsible: sales",
            "reached when has_goal and score ≥ 5",
        ],
        "step2": ["habit", "by day 90, first value", "reached when days_used ≥ 10"],
    }
    assert arrows == [("ideal", "-.->", "begin"), ("begin", "-->", "step1"), ("step1", "-->", "step2")]


def test_it_speaks_japanese() -> None:
    """Headings and names are Japanese; a milestone without a Japanese text is shown by its name."""
    boxes, _ = parsed(PLAN.mermaid("ja"))
    assert [lines[0] for lines in boxes.values()] == ["最初の90日", "理想の顧客像", "ゴール設定", "habit"]
    assert boxes["step2"][1] == "90日目まで, 最初の価値"
    with pytest.raises(InvalidArgument, match="'fr'"):
        PLAN.mermaid("fr")  # type: ignore[arg-type]


def test_without_ideal_customer_and_stage() -> None:
    """A blueprint over the whole journey says so; without marks there is no ideal customer."""
    boxes, arrows = parsed(Blueprint("all", [Milestone("one", "visits >= 1", due_days=0)]).mermaid())
    assert boxes == {
        "begin": ["all", "Starts with the first touchpoint"],
        "step1": ["one", "by day 0", "reached when visits ≥ 1"],
    }
    assert arrows == [("begin", "-->", "step1")]


@pytest.mark.parametrize("make", [presets.commerce, presets.saas, presets.service])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_blueprints_of_the_presets(make: object, language: Language) -> None:
    """Every blueprint of every preset has a box for each milestone, joined in order."""
    for blueprint in make().blueprints:  # type: ignore[operator]
        boxes, arrows = parsed(blueprint.mermaid(language))
        steps = ["begin", *(f"step{number + 1}" for number in range(len(blueprint.milestones)))]
        assert [arrow for arrow in arrows if arrow[1] == "-->"] == [
            (one, "-->", other) for one, other in pairwise(steps)
        ]
        assert set(boxes) == {"ideal", *steps}


@given(st.lists(st.text(max_size=30), min_size=5, max_size=5))
def test_no_text_breaks_the_picture(texts: list[str]) -> None:
    """Whatever people write, a line stays a line, a label a label, and nothing is read as markup."""
    text, expectation, value, role, condition = texts
    step = Milestone(
        "end", condition, due_days=1, expectation=expectation, value=value, role=role, text=text, text_ja=text
    )
    blueprint = Blueprint("graph", [step], fit=[Criterion("click", condition)], start="subgraph", text=text)
    for language in ("en", "ja"):
        boxes, arrows = parsed(blueprint.mermaid(language))  # type: ignore[arg-type]
        assert (set(boxes), len(arrows)) == ({"begin", "ideal", "step1"}, 2)
        assert not any(re.search("<[A-Za-z/!]", line) for lines in boxes.values() for line in lines)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('say "yes"; #1', "say #quot;yes#quot;#59; #35;1"),
        ("<b>bold</b>", "#lt;b>bold#lt;/b>"),
        ("`code`", "#96;code#96;"),
        ("two\r\nlines\u2028here", "two lines here"),
        ("right\u202eleft", "right�left"),
    ],
)
def test_signs_of_mermaid_are_written_as_codes(text: str, shown: str) -> None:
    """What Mermaid would read as its own is written so that it shows."""
    boxes, _ = parsed(Blueprint("plan", [Milestone("one", "visits >= 1", due_days=1, text=text)]).mermaid())
    assert boxes["step1"][0] == shown
