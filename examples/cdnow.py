"""Writes the CDNOW purchases, a real log of 1997 and 1998, as a CSV file.

Run `python examples/cdnow.py FOLDER OUT.csv`. The log lies in the `lifetimes` package, of which only the
files are used: `pip install --no-deps --target FOLDER lifetimes`. Each line holds a customer, a date
(YYYYMMDD), a number of CDs and an amount in dollars.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = "lifetimes/datasets/CDNOW_master.txt"


def source_lines(folder: Path) -> list[str]:
    """The lines of the log inside the package installed in `folder`, its header left out."""
    source = folder / SOURCE
    if not source.is_file():
        sys.exit(f"no CDNOW log at {source}: pip install --no-deps --target {folder} lifetimes")
    return source.read_text(encoding="ascii").splitlines()[1:]


def purchases(lines: list[str]) -> Iterator[tuple[int, str, int, str]]:
    """The purchases: customer, ISO date, number of CDs, dollars as written."""
    for line in lines:
        customer, day, quantity, amount = line.split()
        yield int(customer), f"{day[:4]}-{day[4:6]}-{day[6:]}", int(quantity), amount


def main(folder: Path, target: Path) -> None:
    """Write the purchases of the package in `folder` to `target` and say how many there are."""
    rows = list(purchases(source_lines(folder)))
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["customer", "date", "quantity", "amount"])
        writer.writerows(rows)
    print(f"{target}: {len(rows):,} purchases of {len({row[0] for row in rows}):,} customers")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/cdnow.py FOLDER OUT.csv")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
