"""What customers will still bring, for a terminal."""

from __future__ import annotations

from typing import Any, Final

from ._heading import aside_lines
from ._text import plain, section, table, wrapped

_BINS: Final = ("0", "1", "2", "3", "4", "5", "6", "7 or more")


def value_report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    fit = found["fit"]
    title = f"{fit['model']} fitted to {fit['customers']:,} customers, time in {fit['unit']}s: {fit['status']}"
    sections = [
        "\n".join(_head(found)),
        section(title, [*_parameters(fit), _scores(fit)]),
        section("models side by side, the lowest AIC first", _comparison(found["comparison"])),
        section("spend", _spend(found["spend"])),
        section("holdout", _holdout(found["holdout"])),
        section(plain(found["value"]["title"]), _worth(found["value"])),
    ]
    return "\n\n".join(sections) + "\n"


def _head(found: dict[str, Any]) -> list[str]:
    log, bought = found["log"], found["purchases"]
    span = f", {log['first'][:10]} to {log['last'][:10]}" if log["first"] else ""
    kinds = " or ".join(map(plain, bought["kinds"]))
    ages = "" if bought["age_on"] == bought["until"] else f", ages to {bought['age_on']}"
    who = f"{bought['customers']:,} customers with a {kinds}"
    back = f"{bought['repeaters']:,} came back, on {bought['repeat_days']:,} days in all"
    return [
        f"{log['touchpoints']:,} touchpoints of {log['customers']:,} customers{span}",
        *aside_lines(log),
        f"{who} before {bought['until']}{ages}, days of {bought['zone']}: {back}",
        *map(plain, bought["notes"]),
    ]


def _parameters(fit: dict[str, Any]) -> list[str]:
    return table(
        {
            "parameter": name,
            "value": _number(one["value"]),
            "standard error": _number(one["standard_error"]),
            "95 % from": _number(one["low"]),
            "to": _number(one["high"]),
        }
        for name, one in fit["parameters"].items()
    )


def _scores(fit: dict[str, Any]) -> str:
    return f"log-likelihood {_fixed(fit['log_likelihood'], 4)}, AIC {_fixed(fit['aic'])}, BIC {_fixed(fit['bic'])}"


def _comparison(compared: dict[str, Any]) -> list[str]:
    rows = [
        {
            "model": row["model"],
            "parameters": row["parameters"],
            "log-likelihood": _fixed(row["log_likelihood"], 4),
            "AIC": _fixed(row["aic"]),
            "BIC": _fixed(row["bic"]),
            "above best": _fixed(row["above_best"]),
            "status": row["status"],
        }
        for row in compared["models"]
    ]
    return [*table(rows), *(test["text"] for test in compared["tests"])]


def _spend(spend: dict[str, Any]) -> list[str]:
    if spend["reason"]:
        return [spend["reason"]]
    mean = spend["mean_of_new_customers"]
    told = "unknown" if mean is None else f"{mean:,.2f} {spend['currency']}"
    linked = f"{_fixed(spend['pearson'])}, of their ranks {_fixed(spend['spearman'])}"
    return [
        f"GammaGamma fitted to {spend['customers']:,} customers in {spend['currency']}: {spend['status']}",
        *_parameters(spend),
        _scores(spend),
        f"correlation of repeat days and spend {linked}; a purchase of a new customer brings {told}",
        *map(plain, spend["notes"]),
    ]


def _holdout(held: dict[str, Any]) -> list[str]:
    if held["reason"]:
        return [f"none: {held['reason']}"]
    new = f"; {held['new_customers']:,} new customers do not count" if held["new_customers"] else ""
    head = f"{held['split']} to {held['until']}: {held['actual']:,} purchases of {held['customers']:,} customers{new}"
    bins = [
        {"by repeat days before": name, **{place: _short(value) for place, value in zip(_BINS, values, strict=True)}}
        for name, values in held["by_frequency"].items()
    ]
    return [head, *table(_score(one) for one in held["scores"]), "mean purchases in the holdout", *table(bins)]


def _score(one: dict[str, Any]) -> dict[str, str]:
    error = one["total_error"]
    return {
        "forecast": one["name"],
        "total": f"{one['total']:,.1f}",
        "95 %": "" if one["low"] is None else f"{one['low']:,.0f} … {one['high']:,.0f}",
        "error": "" if error is None else f"{100 * error:+.1f} %",
        "MAE": f"{one['mean_absolute_error']:.4f}",
        "RMSE": f"{one['root_mean_squared_error']:.4f}",
        "inside its bounds": "" if one["share_held"] is None else f"{100 * one['share_held']:.1f} %",
    }


def _worth(worth: dict[str, Any]) -> list[str]:
    unit = worth["unit"]
    lines = [f"value of all: {_bounded(worth['total'], unit)}"]
    lines += [f"purchases of all within {plain(worth['horizon'])}: {_bounded(worth['total_purchases'], 'purchases')}"]
    lines += [f"spend and value in {unit}; 95 % of what will happen lies within the bounds"]
    rows = [
        {
            "customer": plain(row["customer"]),
            "P(alive)": f"{row['p_alive']:.3f}",
            "purchases": f"{row['purchases']:,.2f}",
            "95 %": _range(row["purchases_low"], row["purchases_high"], 0),
            "spend": "–" if row["spend"] is None else f"{row['spend']:,.2f}",
            "value": "–" if row["value"] is None else f"{row['value']:,.2f}",
            "95 % ": _range(row["value_low"], row["value_high"], 2),
        }
        for row in worth["top"]
    ]
    return [*lines, *(table(rows) if rows else []), *wrapped(worth["notes"], "")]


def _bounded(estimate: dict[str, Any], unit: str) -> str:
    if estimate["value"] is None:
        return plain(estimate["note"])
    return f"{estimate['value']:,.2f} {unit} ({_range(estimate['low'], estimate['high'], 2)})"


def _range(low: float | None, high: float | None, decimals: int) -> str:
    return "" if low is None or high is None else f"{low:,.{decimals}f} … {high:,.{decimals}f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _fixed(value: float | None, decimals: int = 2) -> str:
    # Without the sign of a 0 that is only rounded down to it.
    return "–" if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def _short(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1_000 and float(value).is_integer() else f"{value:.4g}"
