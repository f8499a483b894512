"""What the command line takes."""

from __future__ import annotations

import argparse
from typing import Final, NoReturn

from ._text import plain

PRESETS: Final = ("commerce", "saas", "service")
LANGUAGES: Final = ("en", "ja")
MODELS: Final = ("bgnbd", "mbgnbd", "paretonbd", "nbd")
_MOST: Final = 10_000
_MOST_DAYS: Final = 366


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """End with status 2 and one line."""
        self.exit(2, f"{self.prog}: error: {plain(message)}\n")


def parser() -> argparse.ArgumentParser:
    """The parser of `python -m lifecycle`."""
    top = _Parser(prog="python -m lifecycle", description="The customer lifecycle from an event log.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_replay(commands.add_parser("replay", help="every customer's stage history from an event log"))
    _add_signs(commands.add_parser("signs", help="who is at risk, who could grow, what is overdue"))
    _add_plan(commands.add_parser("plan", help="the plays of the day, what was held back and why"))
    _add_kpis(commands.add_parser("kpis", help="the KPIs of a period, with intervals, by group, against targets"))
    _add_value(commands.add_parser("value", help="what customers will still bring, by a model, with intervals"))
    _add_check(commands.add_parser("check", help="what deserves care in a definition of yours"))
    _add_picture(commands.add_parser("picture", help="a lifecycle or a blueprint as Mermaid text"))
    return top


def _add_preset(command: argparse.ArgumentParser) -> None:
    command.add_argument("--preset", choices=PRESETS, required=True, help="the stock lifecycle")


def _add_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--language", choices=LANGUAGES, default="en", help="of the texts for people")


def _add_picture(command: argparse.ArgumentParser) -> None:
    _add_preset(command)
    command.add_argument("--blueprint", metavar="NAME", help="the milestones of a blueprint instead of the stages")
    _add_language(command)


def _add_replay(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints who stood where at the end of each month, the moves between stages, how long stays lasted, "
        "and one customer's story. Columns that are not named are looked for under their usual names."
    )
    _add_reading(command)
    asking = command.add_argument_group("asking")
    asking.add_argument("--story", metavar="CUSTOMER", help="whose story is told; else that of who moved most often")
    _add_end(asking)


def _add_signs(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints who is at risk and why, who is near advocacy or expansion, which milestones are overdue, and how "
        "often each signal was raised and cleared. Columns that are not named are looked for under their usual names."
    )
    _add_reading(command)
    asking = command.add_argument_group("asking")
    asking.add_argument("--story", metavar="CUSTOMER", help="whose signs are told from the beginning; else nobody's")
    asking.add_argument("--top", type=_top, default=10, metavar="N", help="how many of each list are shown; 10")
    _add_end(asking)
    _add_language(command)


def _add_plan(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints what the stock playbooks decided on the day before a date, by whom and why, what was held back, and "
        "when that is tried again. Columns that are not named are looked for under their usual names."
    )
    _add_reading(command)
    asking = command.add_argument_group("asking")
    asking.add_argument("--days", type=_days, default=1, metavar="N", help="of how many days before; 1")
    asking.add_argument("--top", type=_top, default=20, metavar="N", help="how many of each list are shown; 20")
    asking.add_argument(
        "--as-of", dest="until", metavar="DATE", help="the end, exclusive; else the midnight after the last row"
    )
    asking.add_argument("--json", action="store_true", help="print one JSON document")
    _add_language(command)


def _add_kpis(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints the KPIs of a period with their intervals, beside their targets and the periods before. Columns that "
        "are not named are looked for under their usual names."
    )
    _add_reading(command)
    asking = command.add_argument_group("asking")
    asking.add_argument("--period", metavar="P", help="2026, 2026-Q1, 2026-03, 2026-W10; else the last whole quarter")
    asking.add_argument("--kpi", action="append", default=[], metavar="ID", help="only this one; may be repeated")
    asking.add_argument("--by", metavar="NAME", help="group by stage, role, cohort, a segment, a signal or a fact")
    asking.add_argument("--previous", type=_top, default=1, metavar="N", help="compare with N periods before; 1")
    asking.add_argument(
        "--target", action="append", default=[], metavar="ID=VALUE", help="what is wanted; a share from 0 to 1"
    )
    _add_end(asking)


def _add_value(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints a model of who buys how often and is still there: its fit beside other models, what a holdout says of "
        "it, and what customers will still bring. Columns that are not named are looked for under their usual names."
    )
    _add_events(command)
    asking = command.add_argument_group("asking")
    asking.add_argument(
        "--purchase",
        action="append",
        default=[],
        metavar="KIND",
        help="of purchases; may be repeated; else purchase, payment",
    )
    asking.add_argument("--model", choices=MODELS, default="bgnbd", help="of the values; bgnbd")
    asking.add_argument("--until", metavar="DATE", help="values are as of this day, what came after judges the models")
    asking.add_argument("--to-last-day", action="store_true", help="ages end on the day before, as in published tables")
    asking.add_argument("--horizon", default="52w", metavar="SPAN", help="how far to look: 52w, 12m, 2y; 52w")
    asking.add_argument("--discount", type=float, default=0.1, metavar="RATE", help="effective rate a year; 0.1")
    asking.add_argument("--margin", type=float, default=1.0, metavar="SHARE", help="what of the money is earned; 1")
    asking.add_argument("--top", type=_top, default=10, metavar="N", help="how many customers are shown; 10")
    asking.add_argument("--seed", type=_seed, default=1, metavar="N", help="of the draws behind the intervals; 1")
    asking.add_argument("--json", action="store_true", help="print one JSON document")


def _add_check(command: argparse.ArgumentParser) -> None:
    command.description = "Prints what stands in a definition but deserves care. The exit status is 1 for an error."
    command.add_argument("definition", metavar="MODULE:NAME", help="a definition, or a function that gives one")
    command.add_argument("--json", action="store_true", help="print one JSON document")


def _days(text: str) -> int:
    """Of how many days."""
    number = _top(text)
    if not 1 <= number <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {_MOST_DAYS:,}")
    return number


def _seed(text: str) -> int:
    """Where draws begin."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _top(text: str) -> int:
    """How many are shown."""
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= _MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {_MOST:,}")
    return int(text)


def _add_reading(command: argparse.ArgumentParser) -> None:
    """The events, how they are read, and the lifecycle that they are replayed through."""
    _add_events(command)
    _add_preset(command)


def _add_events(command: argparse.ArgumentParser) -> None:
    """The events and how they are read."""
    command.add_argument("events", metavar="EVENTS", help="a CSV or Parquet file, one touchpoint a row")
    columns = command.add_argument_group("columns")
    columns.add_argument("--customer", metavar="COL", help="who")
    columns.add_argument("--at", metavar="COL", help="when")
    columns.add_argument("--kind", metavar="COL", help="what happened; =purchase is one kind for all rows")
    columns.add_argument("--amount", metavar="COL", help="money, in major units")
    reading = command.add_argument_group("reading")
    reading.add_argument("--currency", metavar="GBP", help="the currency of the amounts and of the lifecycle")
    reading.add_argument("--zone", default="UTC", help="the zone of times without one, and of the calendar")
    reading.add_argument("--date-format", metavar="F", help="the strptime form of times that are not ISO 8601")
    reading.add_argument(
        "--on-error",
        choices=("raise", "quarantine"),
        default="raise",
        help="what to do with rows that cannot be used: stop, or set them aside and count them",
    )


def _add_end(asking: argparse._ArgumentGroup) -> None:
    asking.add_argument("--until", metavar="DATE", help="the end, exclusive; else the midnight after the last row")
    asking.add_argument("--json", action="store_true", help="print one JSON document")
