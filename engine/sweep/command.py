"""The command `tinkernet sweep`: many seeds of a link, and other settings on a grid."""

import argparse
import csv
import math
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, TextIO

from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.errors import SpecError
from tinkernet.engine.link_argument import link_argument, warnings
from tinkernet.engine.sweep.cluster import cluster
from tinkernet.engine.sweep.course import Outcome
from tinkernet.engine.sweep.goal import Goal, read_goal
from tinkernet.engine.sweep.grid import Cell, Setting, cells, read_setting
from tinkernet.engine.sweep.runs import sweep
from tinkernet.engine.sweep.statistics import quartiles, wilson

MOST_SEEDS = 1000
MOST_EPOCHS = 1_000_000
INTERRUPTED = 130  # the exit status of a command that Ctrl-C has ended
PROG = "tinkernet sweep"


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 2 for what cannot be used, and INTERRUPTED where only a part could be computed."""
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Train a link from many first weights, and with other settings, and say how it went: was it the "
        "setting, or luck?",
        epilog="Without --vary it is the link alone. Each combination is trained with the same seeds. Medians and "
        "quartiles take a loss that is not a number for larger than all others. Ctrl-C ends it; what is done by then "
        "is printed.",
    )
    parser.add_argument("link", metavar="LINK", help="a whole address, or only what follows its #")
    parser.add_argument(
        "--vary",
        metavar="KEY=VALUES",
        action="append",
        default=[],
        help="a setting by its key in links, and its values, by commas or by semicolons; may be given several times",
    )
    parser.add_argument("--seeds", type=int, default=20, help="seeds of the weights: 1, 2, ... (%(default)s)")
    parser.add_argument("--other-data", action="store_true", help="each seed draws other points too")
    parser.add_argument("--goal", help="what counts as solved, such as 'test_loss <= 0.05' or 'test_accuracy >= 0.95'")
    parser.add_argument("--epochs", type=int, default=300, help="epochs of each run (%(default)s)")
    parser.add_argument("--csv", metavar="FILE", help="write the table to a file too")
    parser.add_argument("--dask", metavar="ADDRESS", help="train on a Dask cluster, by its scheduler's address")
    options = parser.parse_args(arguments)
    try:
        reading = link_argument(options.link)
        goal = None if options.goal is None else read_goal(options.goal)
        _check("seeds", options.seeds, MOST_SEEDS)
        _check("epochs", options.epochs, MOST_EPOCHS)
        if options.other_data and reading.drawing != BLANK:
            raise SpecError("LINK", options.link, "without drawn points when each seed draws others", "The link")
        settings = [read_setting(text) for text in options.vary]
        grid = cells(reading.spec, settings)
        if goal is not None:
            for cell in grid:
                goal.check(cell.spec.task())
        _check_drawing(grid, reading.drawing != BLANK, reading.spec.draws_as)
    except SpecError as error:
        print(f"{PROG}: {error}", file=sys.stderr)
        return 2
    for sentence in warnings(reading):
        print(f"{PROG}: {sentence}", file=sys.stderr)
    seeds = [str(seed) for seed in range(1, options.seeds + 1)]
    try:
        with nullcontext() if options.dask is None else cluster(options.dask) as machines:
            found = sweep(
                [cell.spec for cell in grid], seeds, options.epochs, goal, drawing=reading.drawing,
                other_data=options.other_data, report=_progress(sys.stderr), cluster=machines,
            )  # fmt: skip
    except SpecError as error:
        print(f"{PROG}: {error}", file=sys.stderr)
        return 2
    rows = table(settings, grid, found, goal)
    try:
        if options.csv is not None:
            with open(options.csv, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
    except OSError as error:
        print(f"{PROG}: {options.csv} could not be written: {error.strerror}", file=sys.stderr)
        print_table(rows, sys.stdout)
        return 1
    print_table(rows, sys.stdout)
    return 0 if sum(map(len, found)) == len(grid) * len(seeds) else INTERRUPTED


def _check(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise SpecError(name, value, f"a whole number from 1 to {most:,}")


def _check_drawing(grid: Sequence[Cell], drawn: bool, same: Callable[[Any], bool]) -> None:
    if drawn and not all(same(cell.spec) for cell in grid):
        raise SpecError("vary", "another data set", "settings that leave the points alone: the link has drawn ones")


def table(
    settings: Sequence[Setting], grid: Sequence[Cell], found: Sequence[Sequence[Outcome]], goal: Goal | None
) -> list[list[Any]]:
    """The head and one row for each cell: its values, then what its runs say together. Texts and numbers."""
    head = [*(setting.key for setting in settings), "runs"]
    if goal is not None:
        head += ["solved", "share", "share_low", "share_high", "epochs_q1", "epochs_median", "epochs_q3"]
    for loss in ("train_loss", "test_loss"):
        head += [f"{loss}_{part}" for part in ("q1", "median", "q3", "mean", "sd")]
    rows: list[list[Any]] = [head]
    for cell, outcomes in zip(grid, found, strict=True):
        row: list[Any] = [*cell.values, len(outcomes)]
        if goal is not None:
            reached = [outcome.reached for outcome in outcomes if outcome.reached is not None]
            share = len(reached) / len(outcomes) if outcomes else math.nan
            row += [len(reached), share, *wilson(len(reached), len(outcomes)), *quartiles(reached)]
        for losses in ([each.train_loss for each in outcomes], [each.test_loss for each in outcomes]):
            row += [*quartiles(losses), *_mean(losses)]
        rows.append(row)
    return rows


def _mean(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the standard deviation of the sample; NaN where they are not defined."""
    mean = statistics.fmean(values) if values else math.nan
    return mean, statistics.stdev(values) if len(values) > 1 and math.isfinite(mean) else math.nan


def print_table(rows: Sequence[Sequence[Any]], out: TextIO) -> None:
    """Print the table for people: what matters most of each row, in aligned columns."""
    head = list(rows[0])
    at = {name: head.index(name) for name in head}
    values = head[: head.index("runs")]
    titles = [*values, "runs"]
    if "solved" in at:
        titles += ["solved", "95 % interval", "epochs"]
    titles += ["train loss", "test loss", "middle half of it"]
    lines = [titles]
    for row in rows[1:]:
        line = [*(str(row[at[name]]) for name in values), str(row[at["runs"]])]
        if "solved" in at:
            low, high = (f"{100 * row[at[name]]:.0f}" for name in ("share_low", "share_high"))
            line += [str(row[at["solved"]]), f"{low} to {high} %", _said(row[at["epochs_median"]])]
        line += [_said(row[at[f"{loss}_median"]]) for loss in ("train_loss", "test_loss")]
        lines.append([*line, f"{_said(row[at['test_loss_q1']])} to {_said(row[at['test_loss_q3']])}"])
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    for line in lines:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)), file=out)
    print("Losses and epochs are medians.", file=out)


def _said(number: float) -> str:
    return "–" if math.isnan(number) else f"{number:.4g}"


def _progress(out: TextIO) -> Callable[[int, int], None] | None:
    """A line that is written over where people watch, and nothing elsewhere."""
    if not out.isatty():
        return None

    def report(done: int, total: int) -> None:
        filled = 30 * done // total
        line = f"\r[{'#' * filled}{'.' * (30 - filled)}] {done:,} of {total:,} runs"
        print(line, end="\n" if done == total else "", file=out, flush=True)

    return report
