"""Writes the RavenStack tables, a synthetic subscription business, as one CSV file of touchpoints.

Run `python examples/ravenstack.py FOLDER OUT.csv`. The folder holds ravenstack_accounts.csv,
ravenstack_subscriptions.csv, ravenstack_feature_usage.csv and ravenstack_churn_events.csv (credit: River @
Rivalytics). Then `python -m lifecycle replay OUT.csv --preset saas`.

The customer is the account; its subscriptions are told apart by `subscription`. Subscriptions are dated
month/day/year, all else year-month-day; a file that is dated otherwise is refused. On one day, what begins
comes first and what ends comes last.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

COLUMNS = [
    "account_id",
    "at",
    "kind",
    "subscription",
    "plan",
    "seats",
    "source",
    "country",
    "feature",
    "reason",
]
ISO, AMERICAN = "%Y-%m-%d", "%m/%d/%Y"
ORDER = (
    "welcomed",
    "trial_started",
    "subscription_started",
    "feature_used",
    "trial_ended",
    "subscription_cancelled",
    "account_closed",
)
Row = dict[str, str]


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one of the tables."""
    source = folder / f"ravenstack_{name}.csv"
    if not source.is_file():
        sys.exit(f"no table at {source}")
    with source.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def day(text: str, form: str) -> str:
    """A date as ISO text."""
    return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a date has no zone


def accounts(folder: Path) -> Iterator[Row]:
    """Who signed up, from where."""
    for row in rows(folder, "accounts"):
        yield {
            "account_id": row["account_id"],
            "at": day(row["signup_date"], ISO),
            "kind": "welcomed",
            "plan": row["plan_tier"],
            "seats": row["seats"],
            "source": row["referral_source"],
            "country": row["country"],
        }


def subscriptions(folder: Path) -> Iterator[Row]:
    """When each began and, if it did, ended; trials apart from contracts."""
    for row in rows(folder, "subscriptions"):
        same = {
            "account_id": row["account_id"],
            "subscription": row["subscription_id"],
            "plan": row["plan_tier"],
        }
        begun, over = ("subscription_started", "subscription_cancelled")
        if row["is_trial"] == "True":
            begun, over = ("trial_started", "trial_ended")
        yield same | {"at": day(row["start_date"], AMERICAN), "kind": begun, "seats": row["seats"]}
        if row["end_date"]:
            yield same | {"at": day(row["end_date"], AMERICAN), "kind": over}


def usage(folder: Path) -> Iterator[Row]:
    """Which feature was used; the account is that of the subscription."""
    account_of = {row["subscription_id"]: row["account_id"] for row in rows(folder, "subscriptions")}
    for row in rows(folder, "feature_usage"):
        yield {
            "account_id": account_of[row["subscription_id"]],
            "at": day(row["usage_date"], ISO),
            "kind": "feature_used",
            "subscription": row["subscription_id"],
            "feature": row["feature_name"],
        }


def departures(folder: Path) -> Iterator[Row]:
    """When an account left, and why."""
    for row in rows(folder, "churn_events"):
        yield {
            "account_id": row["account_id"],
            "at": day(row["churn_date"], ISO),
            "kind": "account_closed",
            "reason": row["reason_code"],
        }


def main(folder: Path, target: Path) -> None:
    """Write the touchpoints of the tables in `folder` to `target` and say how many there are."""
    found = [row for part in (accounts, subscriptions, usage, departures) for row in part(folder)]
    found.sort(key=lambda row: (row["at"], ORDER.index(row["kind"])))
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(found)
    print(f"{target}: {len(found):,} touchpoints of {len({row['account_id'] for row in found}):,} accounts")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/ravenstack.py FOLDER OUT.csv")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
