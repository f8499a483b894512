"""A log of touchpoints as columns, grouped by customer and sorted by time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import Touchpoint

from ._amounts import Rounding
from ._build import build
from ._file import source_of_file
from ._roles import Asked, OnError, Reading, resolve
from ._sorted import SortedTouchpoints
from ._sources import Source, source_of_columns, source_of_frame
from ._touchpoints import build_touchpoints


@attrs.frozen(eq=False, repr=False)
class TouchpointLog(SortedTouchpoints):
    """Touchpoints of many customers, in the order (customer, at, sequence, input row).

    Customers are ordered by their id: by number of characters, then by characters, which is by value where
    ids are whole numbers. Their place in that order is their code. A log never changes: `merge`, `select`,
    `before` and `in_currency` give new ones, which share columns with the old where they can. Logs pickle.

    Make one with `from_touchpoints`, `from_columns`, `from_frame` or `read`.
    """

    @classmethod
    def from_touchpoints(cls, touchpoints: Iterable[Touchpoint]) -> Self:
        """A log of touchpoints in any order.

        Attributes become columns: texts and dates as texts, booleans as 0 and 1, numbers as float64 (integers
        of 2**53 and more as texts). Lists and dicts among the attributes are not carried, nor is the currency
        of a touchpoint without amount.

        Raises:
            InvalidArgument: something is no touchpoint, or there are more than 1,000 different attributes.
            BadRows: an id was used twice with different content.
        """
        return cls(build_touchpoints(touchpoints))

    @classmethod
    def from_columns(  # noqa: PLR0913 (one argument for each part that a column can have)
        cls,
        columns: Mapping[str, object],
        *,
        customer: str | None = None,
        at: str | None = None,
        kind: str | None = None,
        amount: str | None = None,
        currency: str | None = None,
        channel: str | None = None,
        id: str | None = None,
        sequence: str | None = None,
        attributes: Sequence[str] | None = None,
        zone: str = "UTC",
        unit: str | None = None,
        date_format: str | None = None,
        rounding: Rounding = "exact",
        on_error: OnError = "raise",
    ) -> Self:
        """A log from arrays or sequences by column name; nothing given is kept or changed.

        Columns not named are looked for under their usual names, whatever the case and the separators: the
        customer as customer_id, customer, user_id, user, account_id …; the time as at, timestamp, ts, time,
        datetime, date …; the kind as kind, event, event_name, event_type, type, action; the amount as amount,
        revenue; further currency, channel, id (event_id, message_id) and sequence. `"="` says that there is
        no such column.

        Args:
            columns: numpy arrays, lists, or columns of a dataframe library, all of one length.
            customer: ids; texts or whole numbers (the integer 1 is "1").
            at: times; datetimes, dates, ISO 8601 texts, or numbers with `unit`.
            kind: what happened; `"=purchase"` is one kind for all rows.
            amount: major units of money; floats, integers, decimals or texts.
            currency: ISO 4217 codes; `"EUR"`, where no column is called so, and `"=EUR"` are one code for all
            rows. channel: texts; `"=web"` is one for all rows.
            id: ids of touchpoints; a row that repeats id and content of another is dropped and counted in
                `duplicates`, one that has the id and other content is a bad row.
            sequence: whole numbers that order touchpoints of one customer and moment; missing counts as 0.
            attributes: columns to carry as attributes; None for all that have no other part, () for none.
            zone: the zone of times that name none.
            unit: what numbers count since 1970: "s", "ms", "us" or "ns". Numbers are refused without.
            date_format: the `strptime` form of texts that are not ISO 8601, such as "%m/%d/%Y".
            rounding: "exact" takes floats within 1e-6 of a minor unit and refuses what has more decimals;
                "half_even" rounds and counts in `rounded`.
            on_error: "raise" tells all bad rows in one error; "quarantine" sets them aside in `quarantine`.

        Raises:
            InvalidArgument: a column is missing or cannot be read as a whole.
            BadRows: rows cannot be used; only with on_error="raise".
        """
        asked = Asked(customer, at, kind, amount, currency, channel, id, sequence, attributes)
        return cls._made(source_of_columns(columns), asked, Reading(zone, unit, date_format, rounding, on_error))

    @classmethod
    def from_frame(  # noqa: PLR0913 (as from_columns)
        cls,
        frame: object,
        *,
        customer: str | None = None,
        at: str | None = None,
        kind: str | None = None,
        amount: str | None = None,
        currency: str | None = None,
        channel: str | None = None,
        id: str | None = None,
        sequence: str | None = None,
        attributes: Sequence[str] | None = None,
        zone: str = "UTC",
        unit: str | None = None,
        date_format: str | None = None,
        rounding: Rounding = "exact",
        on_error: OnError = "raise",
    ) -> Self:
        """A log from a dataframe: pandas, polars, pyarrow, DuckDB, or whatever has `__arrow_c_stream__`.

        Only the columns that are used are read. A stream that can be read once is read once.

        Args:
            frame: the dataframe. pandas works with and without pyarrow; all others need pyarrow (extra
            `frames`). customer: this and all others as in `from_columns`.

        Raises:
            InvalidArgument: a column is missing or cannot be read as a whole, or the frame is lazy.
            BadRows: rows cannot be used; only with on_error="raise".
            MissingExtra: the frame needs the extra `frames`.
        """
        asked = Asked(customer, at, kind, amount, currency, channel, id, sequence, attributes)
        return cls._made(source_of_frame(frame), asked, Reading(zone, unit, date_format, rounding, on_error))

    @classmethod
    def read(  # noqa: PLR0913 (as from_columns)
        cls,
        path: str | Path,
        *,
        customer: str | None = None,
        at: str | None = None,
        kind: str | None = None,
        amount: str | None = None,
        currency: str | None = None,
        channel: str | None = None,
        id: str | None = None,
        sequence: str | None = None,
        attributes: Sequence[str] | None = None,
        zone: str = "UTC",
        unit: str | None = None,
        date_format: str | None = None,
        rounding: Rounding = "exact",
        on_error: OnError = "raise",
    ) -> Self:
        """A log from a CSV file (also compressed, such as .csv.gz) or a Parquet file.

        In a CSV file, customers, kinds, currencies, channels and ids stay the texts they are ("007" is not
        7), times are ISO 8601 texts or `date_format`, and an empty field is a missing value. A byte order
        mark is skipped.

        Args:
            path: the file; its name ends in .csv, .tsv, .csv.gz, .tsv.gz, .parquet or .pq.
            customer: this and all others as in `from_columns`.

        Raises:
            InvalidArgument: no such file, not a table, or a column is missing or cannot be read as a whole.
            BadRows: rows cannot be used; only with on_error="raise".
            MissingExtra: pyarrow is not installed (extra `frames`).
        """
        asked = Asked(customer, at, kind, amount, currency, channel, id, sequence, attributes)
        return cls._made(source_of_file(path, asked, unit), asked, Reading(zone, unit, date_format, rounding, on_error))

    @classmethod
    def _made(cls, source: Source, asked: Asked, reading: Reading) -> Self:
        try:
            roles = resolve(source.names, asked)
        except InvalidArgument as error:
            if not source.index:
                raise
            hidden = ", ".join(map(repr, source.index))
            raise InvalidArgument(f"{error}; {hidden} is in the index: call reset_index() first") from None
        return cls(build(source.columns(roles.columns), roles, reading))


def read_log(path: str | Path) -> TouchpointLog:
    """The log of a CSV or Parquet file whose columns have their usual names; see `TouchpointLog.read`."""
    return TouchpointLog.read(path)
