"""`make bench`: runs the parts one after another, each in its own process, and collects their results in one file.

Usage: python -m tests.bench [--quick] [PART ...]. One part alone: python -m tests.bench.PART. Ctrl-C stops the run;
results of finished parts are kept.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping

from tests.bench.report import BUILD, ROOT

PARTS = ("engine", "many", "peers", "start", "frames", "page", "load", "labs", "classroom")
LONGEST = 1200  # seconds for one part


def main(suite: str, longest_from_part: Mapping[str, float]) -> int:
    """Run the parts of a suite, each for at most the given number of seconds. Returns the exit code."""
    parts, folder = list(longest_from_part), BUILD / suite
    parser = argparse.ArgumentParser(prog=f"python -m tests.{suite}")
    parser.add_argument("--quick", action="store_true", help="a few short rounds, to see that it works")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(parts)}; else all of them")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    failed = []
    for part in given.parts or parts:
        print(f"\n--- {part}", flush=True)
        command = [sys.executable, "-m", f"tests.{suite}.{part}", *(["--quick"] if given.quick else [])]
        try:
            if subprocess.run(command, cwd=ROOT, timeout=longest_from_part[part]).returncode:
                failed.append(part)
        except subprocess.TimeoutExpired as error:
            print(f"  {part} was ended after {error.timeout:g} s", file=sys.stderr)
            failed.append(part)
        except KeyboardInterrupt:
            failed.append(part)
            break
    found = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    summary = folder.with_suffix(".json")
    folder.mkdir(parents=True, exist_ok=True)
    summary.write_text(json.dumps(found, indent=1) + "\n")
    print(f"\nWritten to {summary.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main("bench", dict.fromkeys(PARTS, LONGEST)))
