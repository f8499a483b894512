"""Prints the core dependencies of a pyproject.toml pinned to their lower bounds, one a line."""

import re
import sys
import tomllib
from pathlib import Path


def lowest(requirement: str) -> str:
    """The requirement pinned to its lower bound: 'attrs>=23.2,<99' gives 'attrs==23.2'."""
    found = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:,<[0-9.]+)?", requirement.replace(" ", ""))
    if found is None:
        sys.exit(f"{requirement!r} has no plain lower bound; write it as name>=version or name>=version,<version")
    return f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
    sys.stdout.writelines(f"{lowest(requirement)}\n" for requirement in project["dependencies"])
