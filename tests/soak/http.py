"""Every route that can be asked for, as schemathesis makes requests out of the OpenAPI document: none may end in a 5xx.

The server is a real one; the document, which it does not hand out, comes from the application itself.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from app.main import create_app
from app.settings import Settings
from tests.bench.report import ROOT
from tests.bench.served import serving
from tests.soak.promise import Promise, run


def measure(quick: bool) -> list[Promise]:
    """One run of its command, bounded by a count per route."""
    with tempfile.TemporaryDirectory() as folder, serving(TINKERNET_DATA_DIR="") as served:
        document = create_app(Settings(data_dir="")).openapi()
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(document))
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "run", str(path), "--url", served.url, "--seed", "4",
            "--checks", "not_a_server_error", "--max-examples", "20" if quick else "300",
            "--generation-database", "none",
            "--no-color", "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all",
        ]  # fmt: skip
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    print(said.stdout[-1500:], said.stderr[-1500:], sep="\n")
    made = re.search(r"([\d,]+) generated", said.stdout)
    return [
        Promise("routes", len(document["paths"])),
        Promise("requests", int(made.group(1).replace(",", "")) if made else 0, least=50),
        Promise("exit code of schemathesis, which is 1 when there was a 5xx", said.returncode, exactly=0),
    ]


if __name__ == "__main__":
    run("http", measure)
