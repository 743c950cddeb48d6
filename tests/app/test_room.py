"""Who makes room for whom in the file: by owner, by age, and never what is in memory."""

from __future__ import annotations

import pytest

from tinkernet.app.storage.room import ENTRY_BYTES, FULL, OWN, PAGE, ROW_BYTES, NoRoom, Room, Row, size_of

KB = 1000


def room(*rows: tuple[str, str | None, int], most: float = 1.0, share: float = 0.5) -> Room:
    """A room with these records: id, owner and kilobytes, the oldest first."""
    made = Room(most, share)
    for moment, (id, owner, size) in enumerate(rows):
        made.put(id, Row(size * KB, float(moment), owner))
    return made


def row(owner: str | None, size: int) -> Row:
    """A new record of so many kilobytes."""
    return Row(size * KB, 99.0, owner)


def test_there_is_room() -> None:
    """Up to the limits nothing goes."""
    assert room(("a", "one", 100), ("b", "two", 400)).make("c", row("one", 400), ()) == {}


def test_who_has_a_share_pays_with_their_own() -> None:
    """The oldest of that browser goes, and nothing of anybody else, however old it is."""
    made = room(("old", "two", 400), ("a", "one", 200), ("b", "one", 200))
    assert made.make("c", row("one", 120), ()) == {"a": OWN}
    assert made.make("c", row("one", 320), ()) == {"a": OWN, "b": OWN}


def test_browsers_without_a_name_have_one_share() -> None:
    """All of them together."""
    assert room(("a", "", 300), ("b", "two", 100)).make("c", row("", 300), ()) == {"a": OWN}


def test_what_is_in_memory_stays() -> None:
    """Neither one's own nor another's goes: then the new record is refused, with the name of the limit."""
    made = room(("a", "one", 300), ("b", "two", 300), ("c", "three", 300))
    with pytest.raises(NoRoom, match=r"0\.5 MB \(TINKERNET_KEEP_MEGABYTES_PER_BROWSER\)"):
        made.make("d", row("one", 300), {"a"})
    with pytest.raises(NoRoom, match=r"1 MB \(TINKERNET_KEEP_MEGABYTES\)"):
        made.make("d", row("four", 300), {"a", "b", "c"})
    assert made.make("d", row("four", 300), {"a", "c"}) == {"b": FULL}


def test_nothing_goes_for_one_that_is_refused_all_the_same() -> None:
    """A record that does not fit even if everything else went deletes nothing."""
    with pytest.raises(NoRoom):
        room(("a", "one", 300), ("b", "one", 100)).make("c", row("one", 700), {"b"})


def test_what_takes_no_more_is_written() -> None:
    """A record of the size of the one before can always be written, although the limit is lower now."""
    assert room(("a", "one", 900)).make("a", row("one", 900), {"a"}) == {}


def test_whoever_takes_most_makes_room() -> None:
    """On a full server a browser with many sessions loses its oldest, not the one that left its own first."""
    made = room(("old", "small", 50), *((f"{each}", "big", 40) for each in range(12)), ("n", None, 450))
    assert made.make("new", row("other", 40), {"n"}) == {"0": FULL, "1": FULL}  # a little more than it needs


def test_parts_of_a_session_go_together() -> None:
    """And are as old as the newest of them: who may use a session was perhaps said long ago."""
    made = room(("a.access", None, 1), ("b", "one", 300), ("a", "one", 150))
    assert made.owner_of("a.access") == "one"
    assert made.make("c", row("one", 100), ()) == {"b": OWN}
    assert sorted(made.make("c", row("one", 400), ())) == ["a", "a.access", "b"]
    assert made.older_than(1.5, ()) == ["b"]
    assert sorted(made.older_than(2.5, {"b"})) == ["a", "a.access"]


def test_what_is_taken_back_was_never_there() -> None:
    """After a transaction that failed."""
    made = room(("a", "one", 300), ("b", "two", 100))
    made.begin()
    made.remove("a")
    made.put("b", row("one", 200))
    made.put("c", row("two", 200))
    made.touch("b", 5.0)
    made.roll_back()
    assert sorted(made) == ["a", "b"]
    assert made.used == 400 * KB
    assert made.make("d", row("one", 300), ()) == {"a": OWN}


def test_sizes() -> None:
    """A small record shares a page, a larger one has its own; entries of logs count too."""
    assert size_of(100, 0, 0) == 100 + ROW_BYTES
    assert size_of(PAGE, 0, 0) == 2 * PAGE
    assert size_of(100, 500, 10) == 100 + ROW_BYTES + 500 + 10 * ENTRY_BYTES
