"""Reports: many KPIs, by group, against targets and the periods before."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lifecycle import Banded, Story, TouchpointLog, Welcomed, presets, replay, report
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import UNKNOWN, Cut, Period, churn_rate, customer_balance, group_labels, measure, retention_rate


def test_a_report_measures_what_the_kpis_measure(made_story: Story) -> None:
    """Value, interval, numerator and denominator."""
    cut = Cut(made_story, Period.of("2025-Q3", "UTC"))
    found = report(made_story, [retention_rate, "churn_rate"], "2025-Q3")
    assert found["retention_rate"] == measure(cut, retention_rate)
    assert found["churn_rate"] == measure(cut, churn_rate)
    assert found["retention_rate"].unit == "rate"
    assert found["retention_rate"].zone == "UTC"


@pytest.mark.parametrize("by", ["source", "stage", "role", "cohort", ("source", "stage"), Welcomed("owner")])
def test_groups_add_up_to_the_whole(made_story: Story, by: object) -> None:
    """Exactly, and the whole is what it is without groups."""
    grouped = report(made_story, [retention_rate, customer_balance], "2025-Q3", by=by)  # type: ignore[arg-type]
    whole = report(made_story, [retention_rate, customer_balance], "2025-Q3")
    for kpi in ("retention_rate", "customer_balance"):
        assert grouped[kpi] == whole[kpi]
    groups = [line.measurement for line in grouped.lines if line.measurement.group]
    shares = [one for one in groups if one.kpi == "retention_rate"]
    assert sum(one.denominator or 0 for one in shares) == whole["retention_rate"].denominator
    assert sum(one.numerator or 0 for one in shares) == whole["retention_rate"].numerator


def test_targets_and_the_periods_before(made_story: Story) -> None:
    """The gap, whether it is met, and whether it became better."""
    found = report(
        made_story,
        [retention_rate, churn_rate],
        "2025-Q4",
        targets={"retention_rate": 2.0, "churn_rate": {"": 2.0}},
        previous=2,
    )
    kept, lost = found.lines
    assert kept.gap == pytest.approx(kept.measurement.value - 2.0)
    assert (kept.is_met, lost.is_met) == (False, True)
    earlier = report(made_story, [retention_rate], "2025-Q3")["retention_rate"]
    assert kept.before[0] == earlier
    assert len(kept.before) == 2
    assert kept.change == pytest.approx(kept.measurement.value - earlier.value)
    assert kept.is_improved == (kept.change > 0)
    with pytest.raises(InvalidArgument, match="target is given for 'nps'"):
        report(made_story, [retention_rate], "2025-Q4", targets={"nps": 1})


def test_a_report_is_read_printed_and_exported(made_story: Story) -> None:
    """As text, HTML, JSON and columns for any data frame."""
    found = report(
        made_story, [retention_rate, customer_balance], "2025-Q4", by="source", targets={"retention_rate": 0.5}
    )
    assert "KPIs of 2025-Q4 (UTC)" in repr(found)
    assert "retention_rate" in repr(found)
    assert found.to_html().count("<tr>") == len(found.lines) + 1
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["lines"][0]["kpi"] == "retention_rate"
    frame = pytest.importorskip("pandas").DataFrame(found.table().to_dict())
    assert len(frame) == len(found.lines)
    assert found["retention_rate", "search"].group == "search"
    with pytest.raises(InvalidArgument, match="no 'retention_rate' of 'moon'"):
        _ = found["retention_rate", "moon"]


def test_groups_come_from_data_and_are_escaped(made_story: Story) -> None:
    """A name of a group is text, no markup."""
    ids = made_story.log.ids().tolist()
    found = report(made_story, [retention_rate], "2025-Q4", by=dict.fromkeys(ids, "<b>&"))
    assert "<b>" not in found.to_html()


def test_another_confidence(made_story: Story) -> None:
    """A wider interval around the same number."""
    found = report(made_story, [retention_rate], "2025-Q4")
    wide = found.at_confidence(0.99)
    assert wide["retention_rate"].value == found["retention_rate"].value
    assert wide["retention_rate"].low < found["retention_rate"].low
    assert wide["retention_rate"].confidence == 0.99


def test_a_period_that_the_log_does_not_reach_is_noted(made_log: TouchpointLog) -> None:
    """The end of the data is no event."""
    story = replay(presets.commerce(currency="EUR"), made_log.before(1_750_000_000_000_000), until="2025-06-16")
    assert "the log ends within 2025-Q2" in report(story, [churn_rate], "2025-Q2")["churn_rate"].notes
    assert not report(story, [churn_rate], "2025-Q1")["churn_rate"].notes or "ends" not in str(
        report(story, [churn_rate], "2025-Q1")["churn_rate"].notes
    )
    with pytest.raises(InvalidArgument, match="begins after the end of the story"):
        report(story, [churn_rate], "2025-Q4")


def test_groups_are_read_when_the_period_begins(made_story: Story) -> None:
    """Or, of who was not there yet, when it ends."""
    cut = Cut(made_story, Period.of("2025-Q3", "UTC"))
    stages = np.array([*(stage.id for stage in made_story.stages), None], object)
    found = group_labels(cut, "stage")
    old = cut.at_start.begun
    assert found[old].tolist() == stages[cut.at_start.stage[old]].tolist()
    assert found[cut.joined].tolist() == stages[cut.at_end.stage[cut.joined]].tolist()


def test_groups_by_facts_segments_bands_and_functions(made_story: Story) -> None:
    """Whatever is known of customers."""
    cut = Cut(made_story, Period.of("2025-Q3", "UTC"))
    segment = next(iter(made_story.signs.segments))
    assert set(group_labels(cut, segment)) <= {segment, f"not {segment}"}
    assert set(group_labels(cut, Banded("purchases", (1, 3)))) <= {"under 1", "1 to under 3", "3 and more", UNKNOWN}
    assert set(group_labels(cut, lambda asked: np.full(asked.n_customers, None))) == {UNKNOWN}
    assert set(group_labels(cut, "cohort_year")) <= {"2024", "2025", "2026"}
    some = made_story.log.ids()[:2].tolist()
    assert set(group_labels(cut, {some[0]: "first"})) == {"first", UNKNOWN}
    with pytest.raises(InvalidArgument, match="by='sauce' is no stage, role, cohort, segment, signal or fact"):
        group_labels(cut, "sauce")
    with pytest.raises(InvalidArgument, match="give one each"):
        group_labels(cut, lambda asked: np.array(["a"], object))
    with pytest.raises(InvalidArgument, match="do not ascend"):
        Banded("purchases", (3, 1))
