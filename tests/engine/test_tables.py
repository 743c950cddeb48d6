"""Tables: every usual shape is read as a person would, and what cannot be read is said in one sentence."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_tables import FILES, points, rows
from tinkernet.engine.data.dataset import CLASS, NUMBER, RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.tables import cells, columns, layout
from tinkernet.engine.data.tables.columns import Part, Plan, plan_of
from tinkernet.engine.data.tables.layout import Layout, guess
from tinkernet.engine.data.tables.read import Table, read
from tinkernet.engine.data.tables.take import bad_cells, take
from tinkernet.engine.data.tables.text import TableError, decoded
from tinkernet.engine.errors import SpecError


def table_of(content: bytes | str, **given: str) -> Table:
    """A table, read by the guesses except for what is given."""
    text = decoded(content.encode() if isinstance(content, str) else content).text
    return read(text, guess(text, **given), seed="0.5")


def plan(content: bytes | str, **given: str) -> Plan:
    """The proposal for a table."""
    return plan_of(table_of(content, **given))


def taken(found: Plan) -> Dataset:
    """The data set of a plan, half of it for training."""
    return take(found, 50.0, "0.5")


def raw(dataset: Dataset) -> np.ndarray:
    """The inputs (n, d) in the units of the table."""
    return np.stack(
        [column.offset + column.scale * dataset.inputs[:, at] for at, column in enumerate(dataset.columns)], 1
    )


def test_pasted_cells() -> None:
    """What a spreadsheet puts on the clipboard: tabs, a decimal mark of the country, cells in quotes over two lines."""
    found = plan('Breite\tHöhe\tArt\r\n1,5\t2,25\t"Amsel\r\nmännlich"\r\n1.234,5\t-3\tFink\r\n')
    assert found.table.layout == Layout("\t", ",", "names")
    assert found.table.names == ("Breite", "Höhe", "Art")
    assert found.table.rows == (2, 3)
    assert [column.values.tolist() for column in found.columns[:2]] == [[1.5, 1234.5], [2.25, -3.0]]
    dataset = taken(found)
    assert (dataset.kind, dataset.classes) == (CLASS, ("Amsel männlich", "Fink"))
    assert dataset.target_columns == (Column("Art"),)


SHAPES = {
    "German": ("Länge;Breite;Art\n1.234,5;0,25;a\n-2,5;1e3;b\n3;0,5;a\n", ";", ",", [1234.5, -2.5, 3.0]),
    "French": ("long;larg;type\n1\u202f234,5;0,25;a\n−2,5;1;b\n3;0,5;a\n", ";", ",", [1234.5, -2.5, 3.0]),
    "US": ('length,width,kind\n"1,234.5",.25,a\n-2.5,1,b\n3.,0.5,a\n', ",", ".", [1234.5, -2.5, 3.0]),
    "Swiss": ("a;b;c\n1'234.5;0.25;a\n-2.5;1;b\n3;0.5;a\n", ";", ".", [1234.5, -2.5, 3.0]),
    "spaces": ("  1234.5   0.25  a\n -2.5 1 b\n 3 0.5 a\n", " ", ".", [1234.5, -2.5, 3.0]),
    "bars": ("1234.5|0.25|a\n-2.5|1|b\n3|0.5|a\n", "|", ".", [1234.5, -2.5, 3.0]),
    "lists in quotes": ('x;t;w\n1234.5;0.25;"a, b, c"\n-2.5;1;"d, e"\n3;2;"f, g"\n', ";", ".", [1234.5, -2.5, 3.0]),
    "powers": ("a;b\n1,2345E+03;0,5\n-2,5;1\n3;2\n", ";", ",", [1234.5, -2.5, 3.0]),
    "as Excel says": ("sep=;\r\na;b\r\n1234,5;0,5\r\n-2,5;1\r\n3;2\r\n", ";", ",", [1234.5, -2.5, 3.0]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_countries(shape: str) -> None:
    """Separator and decimal mark are found together, and the numbers are the right ones."""
    text, separator, decimal, numbers = SHAPES[shape]
    found = plan(text)
    assert found.table.layout[:2] == (separator, decimal)
    assert not found.table.layout.ties
    assert found.columns[0].values.tolist() == numbers


def test_a_tie_is_reported() -> None:
    """1.234 is one number with a decimal point and another with thousands; a choice ends the question."""
    text = "a;b\n1.234;2.345\n3.456;1.999\n"
    assert guess(text).ties == ((";", ","),)
    assert guess(text, decimal=",").ties == ()
    assert plan(text, decimal=",").columns[0].values.tolist() == [1234.0, 3456.0]
    assert guess("a;b\n0.234;2.345\n3.456;1.999\n").ties == ()  # no thousand begins with 0
    assert guess("a;b\n1;2\n3;4\n").ties == ()  # the same numbers either way


def test_first_rows() -> None:
    """Names, units below them or in brackets, or points already; the numbers of rows are those of the text."""
    found = table_of("width;weight\ncm;kg\n\n1;2\n3;5\n")
    assert (found.layout.header, found.names, found.units, found.rows) == (
        "units",
        ("width", "weight"),
        ("cm", "kg"),
        (4, 5),
    )
    found = table_of("width [cm];;\n1;2;\n3;5;\n")
    assert (found.layout.header, found.names, found.units, found.rows) == (
        "names",
        ("width", "Column 2"),
        ("cm", ""),
        (2, 3),
    )
    found = table_of("1;2;\n3;5;\n")
    assert (found.layout.header, found.names, found.rows) == ("none", ("Column 1", "Column 2"), (1, 2))
    assert table_of("1;2\n3;5\n", header="names").names == ("1", "2")


def test_a_row_of_units_may_be_shorter_than_the_names() -> None:
    """Columns without one have none; what is beyond the columns is passed over."""
    for second, units in (("cm", ["cm", "", ""]), ("cm,,kg,s", ["cm", "", "kg"])):
        found = table_of(f"a,b,c\n{second}\n1,2,3\n4,5,6\n", separator=",", decimal=".", header="units")
        assert (list(found.names), list(found.units)) == (["a", "b", "c"], units)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("größe;b\n1;2\n".encode(), "utf-8"),
        ("größe;b\n1;2\n".encode("utf-8-sig"), "utf-8"),
        ("größe;b\n1;2\n".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "größe;b\n1;2\n".encode("utf-16-be"), "utf-16"),
        ("größe;b\n1;2\n".encode("cp1252"), "windows-1252"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    """A byte order mark decides, else UTF-8 if it is valid, else Windows-1252; the answer says which and why."""
    found = decoded(content)
    assert (found.text, found.encoding) == ("größe;b\n1;2\n", encoding)
    assert found.why
    assert decoded("größe".encode("cp1252"), "windows-1252").text == "größe"
    with pytest.raises(TableError, match=r"^Row 1 has the byte 0xf6, which UTF-8 does not have: choose another"):
        decoded("größe".encode("cp1252"), "utf-8")


@pytest.mark.parametrize("name", FILES)
def test_bad_files(name: str) -> None:
    """Each is refused in one sentence that names the row, or read with a note."""
    content, said, refused = FILES[name]
    if refused:
        with pytest.raises(SpecError, match=said):
            taken(plan(content))
        return
    found = plan(content)
    bad, _ = bad_cells(found, 20)
    names = found.table.names
    listed = "; ".join(f"row {each.row}, “{names[each.column]}”: “{each.cell}”" for each in bad)
    assert re.search(said, "\n".join([listed, *found.table.notes]), re.MULTILINE)
    assert len(taken(found)) == 20 - len({each.row for each in bad})


def test_a_column_of_nine_numbers_in_ten_is_offered_as_numbers() -> None:
    """Below that it is offered as classes alone, and to call it numbers is refused with the first other cell."""
    lines = [f"{at},{at * at},{'pq'[at % 2]}" for at in range(20)]
    lines[3], lines[5] = "x,9,p", "y,25,p"
    assert plan(rows("a,b,kind", *lines)).columns[0].kinds == ("number", "class")
    lines[7] = "z,1,q"
    table = table_of(rows("a,b,kind", *lines))
    assert plan_of(table).columns[0].kinds == ("class",)
    assert plan_of(table).parts[0] == Part("class", "out")
    with pytest.raises(SpecError, match=r"^The kind of “a” must be class: .* \(row 5 is “x”\), not 'number'\.$"):
        plan_of(table, kinds={0: "number"})
    with pytest.raises(SpecError, match=r"^The role of “a” must be one of target, split, out, not 'input'\.$"):
        plan_of(table, roles={0: "input"})


def test_roles() -> None:
    """A sensible first proposal, and what is chosen instead."""
    numbers = table_of(rows("id,a,b,c", *[f"{at + 1},{at % 7}.5,{at * at},{at % 5}.25" for at in range(20)]))
    assert [part.role for part in plan_of(numbers).parts] == ["out", "input", "input", "target"]
    assert taken(plan_of(numbers)).kind == NUMBER
    rebuilt = plan_of(numbers, roles={1: "reconstruct"})
    assert [part.role for part in rebuilt.parts] == ["out", "reconstruct", "reconstruct", "reconstruct"]
    assert taken(rebuilt).shape[:3] == (3, RECONSTRUCT, 3)
    shown = plan_of(
        table_of(rows("a,b,kind", *[f"{at}.5,{at * at},{at % 2}" for at in range(9)])), roles={0: "reconstruct"}
    )
    assert [part.role for part in shown.parts] == ["reconstruct", "reconstruct", "target"]
    assert taken(shown).shape == (2, RECONSTRUCT, 2, 0)
    assert taken(shown).classes == ("0", "1")
    assert taken(shown).groups.tolist() == [at % 2 for at in range(9)]
    several = plan_of(numbers, roles={2: "target", 3: "target"})
    assert [column.name for column in taken(several).target_columns] == ["b", "c"]
    mixed = plan_of(numbers, kinds={1: "class"}, roles={1: "target", 3: "target"})
    with pytest.raises(TableError, match=r"^“a” and “c” are targets: classes are the only target, or none\.$"):
        taken(mixed)
    with pytest.raises(TableError, match=r"^No column is a target: choose one, or let the inputs be reconstructed\.$"):
        taken(plan_of(numbers, roles={3: "input", 1: "input", 2: "input"}))


def test_numbers_are_scaled_by_the_training_part() -> None:
    """Inputs to mean 0 and deviation 1, numbers to be learnt to -1 to 1; the columns say what they were."""
    found = plan(rows("a,b", *[f"{at * at * 10},{at % 7}.25" for at in range(40)]))
    dataset = taken(found)
    train, test = dataset.split(50.0, "0.5")
    assert (train.inputs.mean(), train.inputs.std()) == pytest.approx((0.0, 1.0), abs=1e-6)
    assert abs(test.inputs.mean()) > 1e-3
    assert (train.targets.min(), train.targets.max()) == pytest.approx((-1.0, 1.0), abs=1e-6)
    assert dataset.columns[0].offset == float(f"{dataset.columns[0].offset:.6g}")
    assert raw(dataset)[:, 0] == pytest.approx([at * at * 10 for at in range(40)])
    other = take(found, 50.0, "0.6")
    assert other.columns != dataset.columns


def test_too_many_rows() -> None:
    """A sample that the seed draws, or the first; its rows keep their order and their numbers."""
    lines = [f"{at},{at % 3}" for at in range(7000)]
    text = rows("a,b", *lines).decode()
    found = guess(text)
    table, again, other = (read(text, found, seed=seed) for seed in ("1", "1", "2"))
    assert (table.total, len(table.rows)) == (7000, 5000)
    assert table.rows == tuple(sorted(set(table.rows)))
    assert table.cells[0] == tuple(str(row - 2) for row in table.rows)
    assert table == again
    assert table.rows != other.rows
    assert read(text, found, part="first").rows == tuple(range(2, 5002))


def test_reading_can_be_watched_and_ended() -> None:
    """Every thousand rows; what the watcher raises comes out."""
    text, seen = points(3500).decode(), list[int]()
    read(text, guess(text), watch=seen.append)
    assert seen == [1001, 2001, 3001]
    with pytest.raises(InterruptedError):
        read(text, guess(text), watch=lambda _: (_ for _ in ()).throw(InterruptedError()))


def test_a_file_of_our_own_comes_back() -> None:
    """Split and predictions are known for what they are, and points of the plane are not scaled."""
    found = plan(
        "x,y,class,split,predicted\n1.25,2,1,training,1\n-3,0.5,2,test,1\n4,1,2,training,2\n2,2,1,training,1\n"
    )
    assert [part.role for part in found.parts] == ["input", "input", "target", "split", "out"]
    dataset = taken(found)
    assert dataset.inputs.tolist() == [[1.25, 2.0], [-3.0, 0.5], [4.0, 1.0], [2.0, 2.0]]
    assert dataset.in_training is not None
    assert dataset.in_training.tolist() == [True, False, True, True]
    assert dataset.classes == ("1", "2")


BANKNOTES = os.environ.get("TINKERNET_TEST_BANKNOTES", "")


@pytest.mark.skipif(not Path(BANKNOTES).is_file(), reason="TINKERNET_TEST_BANKNOTES names no file")
def test_banknotes() -> None:
    """Banknote Authentication (UCI, doi 10.24432/C55P57): four inputs, two classes."""
    dataset = taken(plan(Path(BANKNOTES).read_bytes()))
    assert (len(dataset), dataset.shape[:2], dataset.classes) == (1372, (4, CLASS), ("0", "1"))
    assert np.bincount(dataset.targets[:, 0].astype(int)).tolist() == [762, 610]
    assert raw(dataset)[0] == pytest.approx([3.6216, 8.6661, -2.8073, -0.44699])


decimals = st.sampled_from(cells.DECIMALS)
finite = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(st.data(), st.sampled_from(layout.SEPARATORS), decimals)
def test_what_was_written_is_read(data: st.DataObject, separator: str, decimal: str) -> None:
    """Any numbers in any usual shape, to the last bit; where several readings fit, the right one is among them."""
    width, height = data.draw(st.integers(2, 5)), data.draw(st.integers(2, 8))
    values = data.draw(st.lists(st.lists(finite, min_size=width, max_size=width), min_size=height, max_size=height))
    made = io.StringIO()
    writer = csv.writer(made, delimiter=separator)
    writer.writerow([f"n{place}" for place in range(width)])
    writer.writerows([[repr(value).replace(".", decimal) for value in row] for row in values])
    found = guess(made.getvalue())
    pairs = [found[:2], *found.ties]
    right = next(((separator, mark) for mark in (decimal, *cells.DECIMALS) if (separator, mark) in pairs), None)
    assert right is not None
    table = read(made.getvalue(), guess(made.getvalue(), *right))
    assert table.layout.header == "names"
    assert [column.values.tolist() for column in columns.columns_of(table)] == [
        list(each) for each in zip(*values, strict=True)
    ]


@given(st.binary(max_size=300) | st.text(alphabet='1,;. \t\n"ab\u00a0', max_size=300).map(str.encode))
def test_nothing_but_a_sentence(content: bytes) -> None:
    """Any bytes make a data set or raise a SpecError."""
    try:
        found = taken(plan(content))
    except SpecError:
        return
    assert len(found) >= 2


@given(
    st.lists(st.text(alphabet="0123456789+-.,eE' \u00a0x", max_size=8) | finite.map(repr), min_size=1, max_size=6),
    decimals,
)
def test_a_column_is_read_as_its_cells_are(written: list[str], decimal: str) -> None:
    """The fast way gives the same numbers as cell by cell, and a word is never half a number."""
    found = cells.numbers(written, decimal)
    assert np.array_equal(found, [cells.number(cell, decimal) for cell in written], equal_nan=True)
    assert all(np.isnan(value) for cell, value in zip(written, found, strict=True) if "x" in cell)
