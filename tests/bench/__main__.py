"""`make bench`: every part in a process of its own, one after another, and their findings in one file.

python -m tests.bench [--quick] [PART ...]; a part alone is `python -m tests.bench.PART`. Ctrl-C ends it and keeps the
parts that are done.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from tests.bench.report import FOLDER, ROOT

PARTS = ("engine", "peers", "start", "frames", "page", "load")
LONGEST = 1200  # seconds for one part


def main() -> int:
    """Run the parts; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: to see that it works")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; else all of them")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    failed = []
    for part in given.parts or PARTS:
        print(f"\n--- {part}", flush=True)
        command = [sys.executable, "-m", f"tests.bench.{part}", *(["--quick"] if given.quick else [])]
        try:
            if subprocess.run(command, cwd=ROOT, timeout=LONGEST).returncode:
                failed.append(part)
        except subprocess.TimeoutExpired:
            failed.append(part)
        except KeyboardInterrupt:
            failed.append(part)
            break
    found = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    summary = FOLDER.with_suffix(".json")
    FOLDER.mkdir(parents=True, exist_ok=True)
    summary.write_text(json.dumps(found, indent=1) + "\n")
    print(f"\nWritten to {summary.relative_to(ROOT)}" + (f"; not finished: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
