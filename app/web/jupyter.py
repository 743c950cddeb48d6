"""The entry point for jupyter-server-proxy: it starts the server of a user when the launcher's icon is clicked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ICON = Path(__file__).resolve().parents[2] / "static" / "icon.svg"
# Seconds until it must answer. jupyter-server-proxy waits five, in which a slow disk does not even load the libraries.
TIMEOUT = 60


def setup() -> dict[str, Any]:
    """What jupyter-server-proxy asks of the group `jupyter_serverproxy_servers`.

    A Unix socket, in a folder of the user's own: other users of the machine could reach a port, and would own sessions.
    """
    return {
        "command": [sys.executable, "-m", "tinkernet.app", "--uds", "{unix_socket}"],
        "unix_socket": True,
        "timeout": TIMEOUT,
        "launcher_entry": {"title": "Tinkernet", "icon_path": str(ICON)},
    }
