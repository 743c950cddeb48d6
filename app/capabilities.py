"""What a key to a session opens: a set of capabilities, and which of them each command and each address needs.

The tables here are the only place that says so. What has no entry is closed: a command to every key that does not open
all, an address to everybody. `wire` checks commands before it validates them, `web` checks addresses.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Capability(enum.Flag):
    """One thing that somebody may do in a session. Sets are made with `|`, and `needed in held` compares two."""

    TRAIN = enum.auto()  # change settings and parameters, play, pause, step and reset
    EDIT_DATA = enum.auto()  # change the points of a session
    WATCH = enum.auto()  # see the session and look at any part of it
    VOTE = enum.auto()  # answer what the host asks
    HOST = enum.auto()  # open the session, invite others and end it


NOTHING = Capability(0)
EVERYTHING = ~NOTHING


@dataclass(frozen=True, slots=True)
class Grant:
    """A kind of key: its name, from which keys are derived, what it opens, and how it travels.

    The name is part of every key that was handed out: to rename a grant revokes its keys, to change its set does not.
    A key that may host travels in a cookie only, where no script can read it; the others may stand in a link.
    """

    name: str
    opens: Capability
    in_link: bool


OWNER = Grant("owner", EVERYTHING, in_link=False)
VIEWER = Grant("viewer", Capability.WATCH | Capability.VOTE, in_link=True)
GRANTS = (OWNER, VIEWER)

# By the command's `type` on the wire.
NEEDED_FOR_COMMAND = {
    "configure": Capability.TRAIN,
    "use_data": Capability.TRAIN,
    "play": Capability.TRAIN,
    "pause": Capability.TRAIN,
    "step": Capability.TRAIN,
    "set_clock": Capability.TRAIN,
    "set_lab": Capability.TRAIN,
    "tick": Capability.TRAIN,
    "reset": Capability.TRAIN,
    "speed": Capability.TRAIN,
    "seek": Capability.TRAIN,
    "open_kept": Capability.TRAIN,
    "rename_kept": Capability.TRAIN,
    "remove_kept": Capability.TRAIN,
    "compare": Capability.TRAIN,
    "settle_twin": Capability.TRAIN,
    "run_seeds": Capability.TRAIN,
    "run_sweep": Capability.TRAIN,
    "cancel_trials": Capability.TRAIN,
    "open_trial": Capability.TRAIN,
    "edit_weight": Capability.TRAIN,
    "edit_bias": Capability.TRAIN,
    "restore_best": Capability.TRAIN,
    "edit_data": Capability.EDIT_DATA,
    "undo_data": Capability.EDIT_DATA,
    "vote": Capability.VOTE,
    "subscribe": Capability.WATCH,
    "ack": Capability.WATCH,
    "beat": Capability.WATCH,
}

# By the path of the route. What needs nothing tells nothing of any session.
NEEDED_FOR_ROUTE = {
    "/": NOTHING,
    "/s/{id}": Capability.HOST,
    "/s/{id}/watch": NOTHING,  # the key is in the fragment, which browsers do not send: only the socket can check it
    "/s/{id}/join-link": Capability.HOST,
    "/s/{id}/owner-link": Capability.HOST,
    "/s/{id}/class": Capability.HOST,
    "/s/{id}/class/code": Capability.HOST,
    "/s/{id}/class/people": Capability.HOST,
    "/s/{id}/class/question": Capability.HOST,
    "/join": NOTHING,  # the code is checked where it is sent
    "/s/{id}/own": NOTHING,  # as with a join link; the key of an owner link is checked where it is sent
    "/s/{id}/table": Capability.EDIT_DATA,
    "/s/{id}/points.csv": Capability.HOST,
    "/s/{id}/moment": Capability.HOST,  # and browsers that have watched
    "/s/{id}/look": NOTHING,  # for browsers that have watched: checked where it is answered
    "/s/{id}/ws": Capability.WATCH,
    "/static/plotly.min.js": NOTHING,
    "/static/datasets.json": NOTHING,
    "/static/fields.json": NOTHING,
    "/static/labs.json": NOTHING,
    "/static/{path:path}": NOTHING,
    "/new": NOTHING,
    "/sessions": NOTHING,  # the visitor's own
    "/healthz": NOTHING,
    "/readyz": NOTHING,
}


def command_allowed(kind: str, held: Capability) -> bool:
    """Whether somebody who holds these capabilities may send a command of this type."""
    return NEEDED_FOR_COMMAND.get(kind, EVERYTHING) in held


def route_allowed(path: str, held: Capability) -> bool:
    """Whether somebody who holds these capabilities is let in at the route with this path."""
    return path in NEEDED_FOR_ROUTE and NEEDED_FOR_ROUTE[path] in held


def commands_open_to(held: Capability) -> list[str]:
    """The types of all commands that these capabilities allow."""
    return [kind for kind in NEEDED_FOR_COMMAND if command_allowed(kind, held)]


def refusal(kind: str, held: Capability) -> str:
    """The sentence for somebody who holds these capabilities and sends a command that needs others."""
    needed = NEEDED_FOR_COMMAND.get(kind, EVERYTHING)
    return f"{kind} needs a key that may {_words(needed)}; the key of this page may {_words(held)}."


def _words(capabilities: Capability) -> str:
    names = [(each.name or "").lower().replace("_", " ") for each in capabilities]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names or ["do nothing"])
