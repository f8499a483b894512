"""CSV and Parquet files, read by pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lifecycle._optional import require
from lifecycle.errors import InvalidArgument

from ._arrow import of_chunked
from ._column import Column
from ._roles import Asked, resolve
from ._sources import Source

_PARQUET = (".parquet", ".pq")
_CSV = {".csv": ",", ".tsv": "\t"}
_AS_TEXT = ("customer", "kind", "currency", "channel", "id")


def source_of_file(path: str | Path, asked: Asked, unit: str | None) -> Source:
    """The columns of a file.

    Args:
        path: the file.
        asked: the columns that the caller named: what is a customer or a kind stays text in a CSV file.
        unit: given, when times are numbers.

    Raises:
        InvalidArgument: no such file, or not a table.
        MissingExtra: pyarrow is not installed.
    """
    path = Path(path)
    if not path.is_file():
        raise InvalidArgument(f"there is no file {str(path)!r}")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] and suffixes[-1] in _PARQUET:
        return _of_parquet(path)
    packed = len(suffixes) > 1 and suffixes[-1] in (".gz", ".bz2", ".zst", ".lz4")
    ending = suffixes[-2] if packed else (suffixes or [""])[-1]
    if ending not in _CSV:
        raise InvalidArgument(f"{path.name!r}: the name must end in .csv, .tsv (.gz too), .parquet or .pq")
    return _of_csv(path, _CSV[ending], asked, unit)


def _of_parquet(path: Path) -> Source:
    parquet, pa = require("pyarrow.parquet", extra="frames"), require("pyarrow", extra="frames")
    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidArgument(f"{path.name!r} is no Parquet file: {error!s:.200}") from error

    def columns(wanted: Sequence[str]) -> dict[str, Column]:
        table = file.read(columns=list(wanted))
        return {name: of_chunked(table.column(name), name) for name in wanted}

    return Source(tuple(file.schema_arrow.names), columns)


def _of_csv(path: Path, delimiter: str, asked: Asked, unit: str | None) -> Source:
    csv, pa = require("pyarrow.csv", extra="frames"), require("pyarrow", extra="frames")
    parsing = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    try:
        with csv.open_csv(path, parse_options=parsing) as reader:
            names = tuple(reader.schema.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidArgument(f"{path.name!r} is no table: {error!s:.200}") from error

    def columns(wanted: Sequence[str]) -> dict[str, Column]:
        texts = _text_columns(names, asked, unit)
        converting = csv.ConvertOptions(
            include_columns=list(wanted),
            column_types={name: pa.large_string() for name in texts if name in wanted},
            # Only an empty field is missing: a customer called "NULL" is told, an amount of "nan" too.
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            timestamp_parsers=[],
        )
        try:
            table = csv.read_csv(path, parse_options=parsing, convert_options=converting)
        except pa.ArrowInvalid as error:
            raise InvalidArgument(f"{path.name!r} cannot be read: {error!s:.300}") from error
        return {name: of_chunked(table.column(name), name) for name in wanted}

    return Source(names, columns)


def _text_columns(names: Sequence[str], asked: Asked, unit: str | None) -> list[str]:
    """Columns whose texts must not be taken for numbers or times."""
    roles: Any = resolve(names, asked)
    wanted = [getattr(roles, role) for role in _AS_TEXT] + ([] if unit else [roles.at])
    return [name for name in wanted if isinstance(name, str)]
