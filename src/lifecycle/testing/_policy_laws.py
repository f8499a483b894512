"""The policies once more, written down independently: which plays should have been held back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from lifecycle.model import DAY_US
from lifecycle.playbooks import (
    WEEKDAYS,
    AccountLimit,
    Cadence,
    Cap,
    ChannelPreference,
    Consent,
    DiscountLimit,
    HoldWhile,
    NoSelling,
    OnePerDay,
    QuietHours,
    SurveyFatigue,
)
from lifecycle.rules import text_of

from ._scene import Scene, scenes
from ._trial import Trial

_YES: Final = ("yes", "true", "1")
_PROFILE: Final = ("welcomed", "profile_set")
_LONGEST_WISH: Final = 366


def violations(trial: Trial) -> list[tuple[str, str]]:
    """The plays that a policy of the definition should have held, each as playbook and complaint."""
    found: Any = trial.__dict__.get("violations")
    if found is None:
        found = list(_violations(trial))
        trial.__dict__["violations"] = found
    return found  # type: ignore[no-any-return]


def _violations(trial: Trial) -> Iterator[tuple[str, str]]:
    for scene in scenes(trial):
        for policy in trial.definition.policies:
            check = _CHECKS.get(type(policy))
            if check is not None and (complaint := check(policy, scene)):
                yield scene.play.playbook, f"policy {policy.name!r} lets pass what it holds: {complaint}\n  {scene}"


def _counted(scene: Scene, policy: Cap | OnePerDay) -> bool:
    """Whether a cap counts a play."""
    play = scene.play
    named = (
        (policy.channel, play.channel), (getattr(policy, "purpose", ()), play.purpose),
        (getattr(policy, "playbook", ()), play.playbook), (getattr(policy, "action", ()), play.action),
    )  # fmt: skip
    if scene.is_transactional or (getattr(policy, "discounts_only", False) and play.discount_percent <= 0):
        return False
    return all(not names or value in names for names, value in named)


def _cap(policy: Cap, scene: Scene) -> str:
    if not _counted(scene, policy):
        return ""
    if policy.calendar:
        return _daily(policy, scene, policy.limit, policy.days)
    recent = [one for one in scene.earlier() if _counted(one, policy) and _days_ago(scene, one) < policy.days]
    return f"{len(recent) + 1} plays in {policy.days} days, not {policy.limit}" if len(recent) >= policy.limit else ""


def _one_per_day(policy: OnePerDay, scene: Scene) -> str:
    return _daily(policy, scene, 1, 1) if _counted(scene, policy) else ""


def _daily(policy: Cap | OnePerDay, scene: Scene, limit: int, days: int) -> str:
    """A cap over days of the customer's calendar."""
    for past in scene.pasts:
        today = scene.day_of(scene.play.at_us, past)
        counted = [one for one in scene.earlier() if _counted(one, policy)]
        n = sum(scene.day_of(one.play.at_us, past) + timedelta(days) > today for one in counted)
        if n < limit:
            return ""
    return f"{limit + 1} plays in {days} days of the calendar, not {limit}"


def _cadence(policy: Cadence, scene: Scene) -> str:
    if scene.is_transactional:
        return ""
    last = next((one for one in scene.earlier() if not one.is_transactional), None)
    if last is None:
        return ""
    wishes = []
    for past in scene.pasts:
        told = [_number(one, "contact_every_days") for one in past if scene.trial.kind(one) in _PROFILE]
        wish = next((value for value in reversed(told) if value is not None), float(policy.at_least_days))
        wishes.append(min(max(wish, 0.0), _LONGEST_WISH))
    ago = (scene.play.at_us - last.play.at_us) / DAY_US
    return f"{ago:g} days after the last play, not {min(wishes):g}" if ago < min(wishes) else ""


def _consent(policy: Consent, scene: Scene) -> str:
    channel = scene.play.channel
    if not channel:
        return ""
    complaints = []
    for past in scene.pasts:
        words = [
            text_of(one, "granted")
            for one in past
            if scene.trial.kind(one) == "consent_set" and text_of(one, "channel") in (channel, "all")
        ]
        word = next((text for text in reversed(words) if text is not None), None)
        is_yes = channel not in policy.opt_in if word is None else word.strip().casefold() in _YES
        complaints.append("" if is_yes else f"the last word about {channel} is {word!r}")
    return "" if "" in complaints else complaints[0]


def _discount(policy: DiscountLimit, scene: Scene) -> str:
    percent = scene.play.discount_percent
    if percent <= 0:
        return ""
    if percent > policy.max_percent:
        return f"a discount of {percent:g} %, over {policy.max_percent:g} %"
    ages = [_days_ago(scene, one) for one in scene.earlier() if one.play.discount_percent > 0]
    if ages and ages[0] < policy.not_again_days:
        return f"a discount {ages[0]:g} days after the last one, not {policy.not_again_days}"
    n = sum(age < policy.within_days for age in ages)
    return f"{n + 1} discounts in {policy.within_days} days, not {policy.count}" if n >= policy.count else ""


def _account(policy: AccountLimit, scene: Scene) -> str:
    play = scene.play
    for one in () if scene.is_transactional else scene.earlier():
        is_same = (one.play.playbook, one.play.step) == (play.playbook, play.step)
        if is_same and one.play.contact != play.contact and _days_ago(scene, one) < policy.days:
            return f"{one.play.contact!r} got it {_days_ago(scene, one):g} days ago"
    return ""


def _survey(policy: SurveyFatigue, scene: Scene) -> str:
    if scene.play.purpose != "listen" or scene.is_transactional:
        return ""
    for one in scene.earlier():
        if one.play.purpose == "listen" and not one.is_transactional and _days_ago(scene, one) < policy.days:
            return f"{_days_ago(scene, one):g} days after the last survey, not {policy.days}"
    calendar = scene.definition.program.calendar
    keys = {scene.definition.program.context.key(kind) for kind in policy.kinds}
    today = calendar.day_of(scene.play.at_us)
    near = [
        any(scene.trial.kind(one) in keys and today - calendar.day_of(one.at_us) < policy.days for one in past)
        for past in scene.pasts
    ]
    return f"a survey was near: less than {policy.days} days ago" if all(near) else ""


def _preference(policy: ChannelPreference, scene: Scene) -> str:
    channel, complaints = scene.play.channel, []
    if not channel or scene.is_transactional:
        return ""
    for past in scene.pasts:
        avoided = scene.said(past, _PROFILE, "avoid_channel")
        preferred = scene.said(past, _PROFILE, "preferred_channel")
        is_other = preferred in policy.among and preferred not in (channel, avoided) and channel in policy.among
        complaints.append(f"avoids {avoided}" if avoided == channel else f"prefers {preferred}" if is_other else "")
    return "" if "" in complaints else f"the customer {complaints[0]}, and it goes by {channel}"


def _quiet(policy: QuietHours, scene: Scene) -> str:
    if scene.is_transactional:
        return ""
    clocks = [scene.clock(past) for past in scene.pasts]
    quiet = []
    for clock in clocks:
        now = f"{clock:%H:%M}"
        is_night = (
            policy.start <= now < policy.end if policy.start < policy.end else now >= policy.start or now < policy.end
        )
        quiet.append(is_night or WEEKDAYS[clock.weekday()] in policy.days)
    return f"the clock of the customer shows {clocks[0]:%A %H:%M %Z}" if all(quiet) else ""


def _no_selling(policy: NoSelling, scene: Scene) -> str:
    if scene.play.purpose not in policy.purposes:
        return ""
    chart = scene.definition.program.chart
    inside = {
        stage.id
        for leaf, stage in enumerate(chart.stages)
        if stage.role in policy.stages or any(chart.nodes[node] in policy.stages for node in chart.paths[leaf])
    }
    stages = scene.stages()
    return f"the customer is in {' or '.join(sorted(stages))}" if stages <= inside else ""


def _hold_while(policy: HoldWhile, scene: Scene) -> str:
    play = scene.play
    named = ((policy.purposes, play.purpose), (policy.playbooks, play.playbook), (policy.channels, play.channel))
    if not all(not names or value in names for names, value in named):
        return ""
    return f"{policy.condition!r} holds" if scene.all_hold(policy.condition) else ""


def _days_ago(scene: Scene, other: Scene) -> float:
    return (scene.play.at_us - other.play.at_us) / DAY_US


def _number(touchpoint: Any, name: str) -> float | None:
    value = touchpoint.attribute(name)
    return float(value) if isinstance(value, (int, float)) else None


_CHECKS: Final[Mapping[type, Callable[[Any, Scene], str]]] = {
    AccountLimit: _account,
    Cadence: _cadence,
    Cap: _cap,
    ChannelPreference: _preference,
    Consent: _consent,
    DiscountLimit: _discount,
    HoldWhile: _hold_while,
    NoSelling: _no_selling,
    OnePerDay: _one_per_day,
    QuietHours: _quiet,
    SurveyFatigue: _survey,
}
