"""`python -m tinkernet.engine`, as a shell sees it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tinkernet.engine.__main__ import main

LINK = "#dataset=xor&seed=0.5&networkShape=3"


def test_it_runs_without_a_server() -> None:
    """In a process of its own: a table, exit 0."""
    command = [sys.executable, "-m", "tinkernet.engine", LINK, "--epochs", "0,3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("#v=1&")
    assert [line.split()[0] for line in lines[2:]] == ["0", "3"]


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_a_seed_is_the_same_in_every_locale(locale: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """An accent on the command line is UTF-8, whatever the locale takes it for."""
    assert main(["#v=1&seed=%C3%A9t%C3%A9&noise=20", "--epochs", "1"]) == 0
    command = [sys.executable, "-m", "tinkernet.engine", "#v=1&seed=\xe9t\xe9&noise=20".encode(), "--epochs", "1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(command, cwd=ROOT, env=environment | locale, capture_output=True, timeout=300, check=True)
    assert done.stdout.decode() == capsys.readouterr().out


def test_json_has_the_golden_keys_and_shapes(capsys: pytest.CaptureFixture[str]) -> None:
    """One object, with everything the golden files have."""
    assert main([LINK, "--epochs", "0,2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    golden = json.loads((ROOT / "tests" / "golden" / "default.json").read_text())
    assert set(found) == set(golden)
    assert [len(layer) for layer in found["finalWeights"]] == [3, 1]
    assert [point["epoch"] for point in found["trajectory"]] == [0, 2]
    assert [len(point) for point in found["probe"]] == [3] * 25


def test_json_of_a_divergence_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers that are not finite are null, and the trajectory ends there."""
    link = "#problem=regression&activation=linear&learningRate=10&seed=1"
    assert main([link, "--epochs", "0,500", "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["trajectory"][-1]["train"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([LINK, "--epochs", "3,1"], "epochs must be rising whole numbers"),
        ([LINK, "--epochs", "x"], "epochs must be rising whole numbers"),
        ([LINK, "--epochs", "-1"], "epochs must be rising whole numbers"),
        ([LINK, "--epochs", "9" * 5000], "epochs must be rising whole numbers"),
        (
            [LINK, "--explain", "9999"],
            "explain must be the number of a training point, from 0 to 249, or its coordinates",
        ),
        ([LINK, "--explain", "1,2"], "explain must be the number of a training point"),
        ([LINK, "--explain", "1,2,7"], "target must be the number of a class, from 0 to 1, not"),
        ([LINK, "--explain", "1", "--epoch", "-1"], "epochs must be rising whole numbers"),
        (["nonsense"], "LINK must be an address, or key=value pairs joined by &, not 'nonsense'."),
    ],
)
def test_wrong_input_is_a_sentence_and_exit_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr; nothing on stdout."""
    assert main(arguments) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert sentence in error


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("#activation=foo&seed=1", "Activation must be one of relu, tanh, sigmoid, linear, "),
        ("#regDataset=foo&seed=1", "not 'foo'. Instead it is \"reg-plane\"."),
        (
            "#batchSize=0&seed=1",
            "Batch size must be a whole number of at least 1, not '0'. Instead it is 10.",
        ),
        ("#networkShape=4,2.5&seed=1", "not '4,2.5'. Instead it is [4, 2]."),
        ("#v=2&seed=1", "version v must be 1, not '2'. Instead it is \"1\"."),
        ("#seed=1&dataset=xor®Dataset=reg-gauss", "“®” is read as “&reg”"),
        ("#seed=1&noise=500", "not 500: 50 is used"),
        ("#v=1&seed=1&percTrainData=100&patience=5", "Patience: there are no test points"),
        ("#seed=1&foo=1", "foo in the link: there is no such setting."),
    ],
)
def test_a_link_is_read_as_the_page_reads_it(link: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not as it says is a warning on stderr; the network is trained all the same."""
    assert main([link, "--epochs", "0"]) == 0
    out, error = capsys.readouterr()
    assert out.startswith("#v=1&")
    assert sentence in error
    assert error.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`| head` gets what it wanted, and no traceback follows."""
    command = [sys.executable, "-m", "tinkernet.engine", LINK, "--epochs", "0", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""


def test_an_example_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """By its number or its coordinates: the sums in words, and as JSON the numbers that they are made of."""
    assert main([LINK, "--explain", "0", "--epoch", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    hidden, output = found["layers"]
    assert [len(hidden["weights"]), len(output["weights"])] == [3, 1]
    z = sum(w * x for w, x in zip(hidden["weights"][0], hidden["inputs"], strict=True)) + hidden["biases"][0]
    assert hidden["pre_activations"][0] == pytest.approx(z, rel=1e-12)
    x, y = found["point"]
    label = "1" if found["targets"] == [1.0] else "0"
    assert main([LINK, "--explain", f"{x!r},{y!r},{label}", "--epoch", "3"]) == 0
    text = capsys.readouterr().out
    assert f"  0.0  z = {hidden['weights'][0][0]:.6g} × {x:.6g} + ".replace("-", "−") in text
    assert f"loss     {found['loss']:.6g}" in text
    assert f"bias: gradient {output['bias_gradient'][0]:.6g}, ".replace("-", "−") in text
    assert main(["#seed=1&activation=relu&hidden=2&learningRate=10", "--explain", "1", "--epoch", "50", "--json"]) == 0
    json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """--help exits 0 and names the options."""
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert "--epochs" in capsys.readouterr().out


@pytest.mark.parametrize(("share", "row"), [("0", r"3 +– +0\.\d+"), ("100", r"3 +0\.\d+ +–")])
def test_a_set_without_points_has_no_loss(share: str, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A dash in the table, null in JSON, and no word of a divergence."""
    link = f"#seed=1&percTrainData={share}"
    assert main([link, "--epochs", "0,3"]) == 0
    assert re.fullmatch(row, capsys.readouterr().out.splitlines()[-1].strip())
    assert main([link, "--epochs", "0,3", "--json", "--metrics"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert [point["epoch"] for point in found["trajectory"]] == [0, 3]
    assert found["trajectory"][-1]["train" if share == "0" else "test"] is None
