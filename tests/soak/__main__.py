"""`make soak`: what is promised, held for long; every part in a process of its own, one after another.

python -m tests.soak [--quick] [PART ...]; a part alone is `python -m tests.soak.PART`. The figures are also in
build/soak.json.
"""

from __future__ import annotations

import sys

from tests.bench.__main__ import main

LONGEST = {"kill": 600, "crowd": 900, "wire": 300, "http": 300, "parsers": 300, "weather": 300}  # seconds

if __name__ == "__main__":
    sys.exit(main("soak", LONGEST))
