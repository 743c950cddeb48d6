"""`make soak`: tests every promise of docs/reliability.md for long.

Parts run one after another, each in its own process.

Usage: python -m tests.soak [--quick] [PART ...]. One part alone: python -m tests.soak.PART. Results are also written to
build/soak.json.
"""

from __future__ import annotations

import sys

from tests.bench.__main__ import main

LONGEST = {
    "kill": 600, "crowd": 900, "evict": 600, "flood": 300, "places": 300, "edits": 300, "clock": 300, "wire": 300,
    "http": 300, "parsers": 300, "weather": 300,
}  # seconds  # fmt: skip


if __name__ == "__main__":
    sys.exit(main("soak", LONGEST))
