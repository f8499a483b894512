"""The signs of a base for a terminal."""

from __future__ import annotations

from typing import Any, Final

from ._heading import head_lines
from ._text import columns_of, cut, plain, section, table, wrapped

_WIDEST: Final = 120
_FEW: Final = 4
_COUNTS: Final = ("up", "raised", "cleared", "left")


def signs_report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    risk, growing, overdue = found["at_risk"], found["growing"], found["overdue"]
    trend = found["health"]["trend_days"] if found["health"] else 0
    sections = [
        "\n".join(head_lines(found)),
        section(
            f"at risk of churn: {_of(risk, 'customer')}, the heaviest signals first",
            _people(risk, trend),
        ),
        section(
            f"near advocacy or expansion: {_of(growing, 'customer')}, those without a warning of churn first",
            _people(growing, trend, is_growth=True),
        ),
        section(
            f"overdue: {_of(overdue, 'milestone')} of {_number(overdue['customers'], 'customer')} not lost, "
            "the latest first",
            table(map(_milestone, overdue["shown"])) if overdue["shown"] else _nobody(overdue["milestones"]),
        ),
        section(
            f"signals: up now; raised, cleared, and over because the stage was left in the last {found['days']} days",
            _signals(found["signals"]),
        ),
        section("customers by health, loyalty and segment", _groups(found)),
    ]
    if found["story"] is not None:
        sections.append(section(f"one customer: {plain(found['story']['customer'])}", _story(found["story"], trend)))
    return "\n\n".join(sections) + "\n"


def _of(part: dict[str, Any], what: str) -> str:
    shown, total = len(part["shown"]), part[f"{what}s"]
    return f"{shown:,} of {_number(total, what)}" if shown < total else _number(total, what)


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _nobody(total: int) -> list[str]:
    return ["(not shown)"] if total else ["(nobody)"]


def _people(part: dict[str, Any], trend: int, *, is_growth: bool = False) -> list[str]:
    lines: list[str] = []
    for one in part["shown"]:
        lines += _person(one, trend, is_growth=is_growth)
    return lines or _nobody(part["customers"])


def _person(one: dict[str, Any], trend: int, *, is_growth: bool = False) -> list[str]:
    """A customer in some lines: who, how it goes, and every signal with its reasons."""
    parts = [f"{one['customer']}: {one['stage']}", _health(one["health"], trend)]
    if one["segments"]:
        parts.append("in " + ", ".join(f"{part['segment']} since {part['since'][:10]}" for part in one["segments"]))
    if is_growth and one["is_at_risk"]:
        parts.append("at risk too")
    lines = wrapped(parts, "")
    lines = [lines[0], *(f"  {line}" for line in lines[1:])]
    for signal in one["signals"]:
        since = f"{signal['since'][:10]} ({_number(signal['days'], 'day')})"
        lines.append(plain(f"  {signal['severity']}: {signal['signal']} since {since}"))
        lines += wrapped([signal["text"], *_reasons(signal)], "    ")
    return lines


def _reasons(signal: dict[str, Any]) -> list[str]:
    """The figures of now; of a long condition only those that hold, if any does."""
    figures = signal["figures"]
    holding = [figure for figure in figures if figure["holds"]]
    chosen = holding if holding and len(figures) > _FEW and not signal["is_kept"] else figures
    texts = dict.fromkeys(figure["text"] for figure in chosen)
    return [*texts, *(["kept, for it is not cleared yet"] if signal["is_kept"] else [])]


def _health(health: dict[str, Any] | None, trend_days: int) -> str:
    if health is None:
        return "no health score"
    trend, text = health["trend"], f"health {health['score']:.0f}, {health['band']}"
    if trend is not None:
        text += f", {'as' if abs(trend) < 0.5 else f'{trend:+.0f} against'} {trend_days} days before"
    return text + (f", stale for {health['stale_days']:,} days" if health["is_stale"] else "")


def _milestone(row: dict[str, Any]) -> dict[str, Any]:
    following = row["next_best"]
    return {
        "customer": row["customer"],
        "stage": row["stage"],
        "milestone": f"{row['blueprint']}: {row['milestone']}",
        "due": row["due"],
        "days late": row["days_late"],
        "next best": f"{following['blueprint']}: {following['milestone']}",
        "who": row["role"],
    }


def _signals(rows: list[dict[str, Any]]) -> list[str]:
    """The signals that did something, each with as much of its text as fits, and the names of the others."""
    busy = [row for row in rows if any(row[name] for name in _COUNTS)]
    idle = [row["signal"] for row in rows if row not in busy]
    lines = table({name: row[name] for name in ("signal", "topic", "severity", *_COUNTS)} for row in busy)
    if busy:
        head, *others = lines
        widest = max(map(columns_of, lines))
        lines = [head]
        for line, row in zip(others, busy, strict=True):
            space = " " * (widest - columns_of(line) + 2)
            lines.append(line + space + cut(plain(row["text"]), _WIDEST - widest - 4))
    return lines + (wrapped(["neither up nor raised nor cleared: " + idle[0], *idle[1:]], "", ", ") if idle else [])


def _groups(found: dict[str, Any]) -> list[str]:
    """How many customers there are in each band, of each loyalty, in each segment."""
    lines = []
    if found["health"]:
        bands = [f"{name} {count:,}" for name, count in reversed(found["health"]["bands"].items())]
        lines.append(f"health: {', '.join(bands)}; without a score {found['health']['without']:,}")
    if found["loyalty"]:
        shares = [f"{row['loyalty']} {row['customers']:,} ({(row['share'] or 0):.0%})" for row in found["loyalty"]]
        lines.append(f"loyalty of the retained: {', '.join(shares)}")
    segments = [f"{row['segment']} {row['customers']:,}" for row in found["segments"]]
    return lines + (wrapped([f"segments: {segments[0]}", *segments[1:]], "", ", ") if segments else [])


def _story(told: dict[str, Any], trend: int) -> list[str]:
    """Everything about one customer."""
    lines = [f"{_number(told['touchpoints'], 'touchpoint')} since {told['started'][:10]}", *_person(told, trend)]
    if told["health"]:
        lines += ["health", *(f"  {line}" for line in table(map(_share, told["health"]["shares"])))]
    if told["milestones"]:
        lines += ["milestones", *(f"  {line}" for line in table(_step(row, told) for row in told["milestones"]))]
    known = [f"{name} {value:.0f}" for name, value in told["fit"].items() if value is not None]
    lines += [f"fit to the ideal customer: {', '.join(known)}"] if known else []
    lines += [f"loyalty: {told['loyalty']}"] if told["loyalty"] else []
    lines.append("history")
    for change in told["history"]:
        first, *others = wrapped(change["text"].split("; "), "")
        lines += [f"  {first}", *(f"    {line}" for line in others)]
    return lines


def _share(share: dict[str, Any]) -> dict[str, Any]:
    names = {"fact": "measure", "value": "now", "share": "adds", "change": "change"}
    return {shown: share[name] for name, shown in names.items()}


def _step(row: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    best = told["next_best"]
    is_best = best is not None and (best["blueprint"], best["milestone"]) == (row["blueprint"], row["milestone"])
    return {
        "milestone": f"{row['blueprint']}: {row['milestone']}",
        "status": row["status"] + (", next best" if is_best else ""),
        "due": row["due"],
        "reached": row["reached"][:10] if row["reached"] else None,
        "who": row["role"],
    }
