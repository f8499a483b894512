"""`python -m lifecycle`: replay an event log, tell its signs, or draw a lifecycle."""

import sys

from lifecycle.cli import main

if __name__ == "__main__":
    sys.exit(main())
