"""Fuzzes the parsers of messages, links, data sets and tables with atheris: they may raise only their own errors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import ROOT
from tests.soak.promise import Promise, run

SEEDS = {
    "message": (
        b'{"type":"step","epochs":3}',
        b'{"type":"configure","revision":1,"spec":{"seed":"0.5","hidden":[4,2],"learning_rate":0.03}}',
        b'{"type":"subscribe","topics":[{"topic":"reading","unit":"0.1","x":1e400,"y":null}]}',
        b'{"type":"edit_weight","layer":0,"neuron":1,"input":0,"value":-0.75}',
    ),
    "link": (
        b"#activation=tanh&batchSize=10&dataset=circle&networkShape=4,2&seed=0.59704&x=true&y=false",
        b"http://localhost/#v=1&learningRate=1e-3&noise=50&percTrainData=90&regularization=L1",
    ),
    "data set": (
        b'tinkernet data 1\n{"classes":[],"columns":[["a","mm"]],"kind":"reconstruct","rows":1,"split":true,'
        b'"targets":[]}\n'
        b"\0\0\0\0\0\0\xf0\x3f\1",
        b'tinkernet data 1\n{"classes":["p","q"],"columns":[["a",""]],"kind":"class","rows":1,"split":false,'
        b'"targets":[["b",""]]}\n\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\0',
    ),
    "table": (
        b"width;height [cm];kind\n1,5;2;a\n-3e2;1.234,5;b\n;x;a\n",
        b"\xff\xfe" + 'x\ty\tsplit\n"1,234.5"\t2\ttraining\n.5\t-1\ttest\n'.encode("utf-16-le"),
        b'sep=,\r\n"a ""b""\n",c\r\n1,2\r\n3,4\r\n',
    ),
}


def fuzz(parser: str, arguments: list[str]) -> None:
    """Fuzz one parser. libFuzzer ends the process, at once with an error if another exception is raised."""
    import atheris

    with atheris.instrument_imports(
        include=[
            "tinkernet.app.wire.parse",
            "tinkernet.engine.data.dataset",
            "tinkernet.engine.data.tables",
            "tinkernet.engine.spec.link",
            "tinkernet.engine.spec.spec",
        ]
    ):
        from tinkernet.app.capabilities import EVERYTHING, VIEWER
        from tinkernet.app.wire.parse import ProtocolError, parse
        from tinkernet.engine import SpecError
        from tinkernet.engine.data.dataset import Dataset
        from tinkernet.engine.data.tables.columns import plan_of
        from tinkernet.engine.data.tables.layout import guess
        from tinkernet.engine.data.tables.read import read
        from tinkernet.engine.data.tables.take import take
        from tinkernet.engine.data.tables.text import decoded
        from tinkernet.engine.spec.link import spec_from_link

    def message(data: bytes) -> None:
        for held in (EVERYTHING, VIEWER.opens):
            try:
                parse(data, held=held)
            except ProtocolError:
                pass
        try:
            parse(data.decode(errors="surrogateescape"))
        except ProtocolError:
            pass

    def link(data: bytes) -> None:
        try:
            spec_from_link(data.decode(errors="surrogateescape"))
        except SpecError:
            pass

    def dataset(data: bytes) -> None:
        try:
            Dataset.from_bytes(data)
        except SpecError:
            pass

    def table(data: bytes) -> None:
        try:
            text = decoded(data).text
            take(plan_of(read(text, guess(text))), 50.0, "0.5")
        except SpecError:
            pass

    tried = {"message": message, "link": link, "data set": dataset, "table": table}[parser]
    atheris.Setup([parser, *arguments], tried)
    atheris.Fuzz()


def measure(quick: bool) -> list[Promise]:
    """Fuzz one parser after the other."""
    seconds, found = 10 if quick else 60, []
    for parser, seeds in SEEDS.items():
        with tempfile.TemporaryDirectory() as folder:
            for number, seed in enumerate(seeds):
                (Path(folder) / str(number)).write_bytes(seed)
            limits = [
                f"-max_total_time={seconds}",
                "-max_len=4096",
                "-timeout=5",
                f"-artifact_prefix={folder}/",
                "-seed=4",
            ]
            command = [sys.executable, "-m", "tests.soak.parsers", "--fuzz", parser, folder, *limits]
            said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + 120)
        tried = [line for line in said.stderr.splitlines() if line.startswith("Done ")]
        if said.returncode:
            print(said.stdout[-3000:], said.stderr[-3000:], sep="\n")
        found.append(Promise(f"{parser}s tried", int(tried[0].split()[1]) if tried else 0, least=1000))
        found.append(Promise(f"{parser}s that raised anything else or took 5 s", int(said.returncode != 0), exactly=0))
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fuzz"]:
        fuzz(sys.argv[2], sys.argv[3:])
    else:
        run("parsers", measure)
