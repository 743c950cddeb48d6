"""Neutral names of two words, for people who have given none."""

from __future__ import annotations

import secrets
from collections.abc import Collection

FIRST = (
    "Amber", "Bold", "Brave", "Bright", "Brisk", "Calm", "Clear", "Clever", "Cosy", "Daring", "Deep", "Eager",
    "Fair", "Fleet", "Gentle", "Glad", "Golden", "Grand", "Happy", "Jolly", "Keen", "Kind", "Light", "Lively",
    "Lucky", "Mellow", "Merry", "Mild", "Neat", "Noble", "Proud", "Quick", "Quiet", "Rapid", "Ready", "Royal",
    "Silver", "Smart", "Snug", "Soft", "Steady", "Sunny", "Swift", "Tidy", "Tiny", "Warm", "Wild", "Wise",
)  # fmt: skip
SECOND = (
    "Ant", "Badger", "Bear", "Beaver", "Bee", "Bison", "Crane", "Crow", "Deer", "Dolphin", "Dove", "Duck",
    "Eagle", "Elk", "Falcon", "Finch", "Fox", "Frog", "Goat", "Hare", "Hawk", "Heron", "Horse", "Ibis",
    "Koala", "Lamb", "Lark", "Lion", "Lynx", "Marten", "Mole", "Moose", "Newt", "Otter", "Owl", "Panda",
    "Puffin", "Raven", "Robin", "Salmon", "Seal", "Squid", "Stork", "Swan", "Tiger", "Trout", "Whale", "Wren",
)  # fmt: skip


def neutral_name(taken: Collection[str]) -> str:
    """A name that nobody has; with a number where all two-word names are taken."""
    start = secrets.randbelow(len(FIRST) * len(SECOND))
    for turn in range(1, 100):
        for offset in range(len(FIRST) * len(SECOND)):
            first, second = divmod((start + offset) % (len(FIRST) * len(SECOND)), len(SECOND))
            name = f"{FIRST[first]} {SECOND[second]}" + (f" {turn}" if turn > 1 else "")
            if name not in taken:
                return name
    raise ValueError("All names are taken.")
