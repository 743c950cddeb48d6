"""The command: `tinkernet`, or `python -m tinkernet.app`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import webbrowser
from dataclasses import replace

from tinkernet.app.settings import Settings
from tinkernet.app.wire.events import Progress


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, or carry out `sweep`. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["sweep"]:
        from tinkernet.engine.sweep.command import main as sweep  # not before: a server does not need it

        return sweep(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="tinkernet",
        description="A neural-network playground in the browser.",
        epilog="tinkernet sweep trains many seeds of a link, without a server: see tinkernet sweep --help.",
    )
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8000; 0 takes a free one)")
    parser.add_argument(
        "--uds",
        metavar="PATH",
        help="a Unix socket to listen on, for a proxy of this user's, in place of host and port",
    )
    parser.add_argument(
        "--public", action="append", metavar="URL", help="a further address by which browsers reach it, with its path"
    )
    parser.add_argument(
        "--frame-ancestors", action="append", metavar="URL", help="a site that may show the page in a frame"
    )
    parser.add_argument(
        "--datasets", metavar="DIR", help="a folder of CSV files that stand under More data for everybody"
    )
    keeping = parser.add_mutually_exclusive_group()
    keeping.add_argument(
        "--data-dir", metavar="DIR", help="where sessions are kept (default: tinkernet in the user's data folder)"
    )
    keeping.add_argument("--no-save", action="store_true", help="keep sessions in memory only: they end with it")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    given = parser.parse_args(arguments)

    workers = os.environ.get("WEB_CONCURRENCY", "1")
    if workers not in ("", "1"):
        return _fail(
            f"WEB_CONCURRENCY={workers}: sessions live in the memory of one process, so there can be only one."
        )
    public, frame_ancestors = (tuple(urls) if urls else None for urls in (given.public, given.frame_ancestors))
    try:
        settings = Settings.from_environment(
            host=given.host,
            port=given.port,
            uds=given.uds,
            public=public,
            frame_ancestors=frame_ancestors,
            datasets=given.datasets,
            data_dir="" if given.no_save else given.data_dir,
        )
    except ValueError as error:
        return _fail(str(error))

    from tinkernet.app.web import server  # not before: --help and refusals need not wait for the engine to load
    from tinkernet.app.web.application import create_app

    try:
        listener = server.listen(settings)
    except (OSError, OverflowError, TypeError, UnicodeError) as error:  # the last two for what cannot be a name
        where = settings.uds or f"{settings.host} port {settings.port}"
        return _fail(f"Cannot listen on {where}: {error}")
    if not settings.uds:
        settings = replace(settings, port=listener.getsockname()[1])

    def listening() -> None:
        _say(f"Tinkernet is at {settings.address}")
        if settings.shared:
            _say("Others reach it, as far as this machine can tell, at:")
            for origin in settings.shared:
                _say(f"    {origin}")
            _say("Whoever opens it gets sessions of their own, trained on this machine. Yours is seen by those to whom")
            _say("you give its join link (Invite), and changed by nobody else. Unless an address begins with https,")
            _say("whoever can listen to the network can read along, the keys of sessions included.")
        if settings.datasets:
            library = app.state.library
            _say(f"More data offers {len(library.brought)} of the CSV files in {settings.datasets}.")
            for problem in library.problems:
                _say(f"    {problem}")
        if app.state.storage.keeps:
            _say(f"Sessions are kept in {settings.data_dir}")
        if given.open and not settings.uds:
            webbrowser.open(settings.address)

    app = create_app(settings, _report)
    with contextlib.suppress(KeyboardInterrupt):  # the usual end: uvicorn has stopped in order and passes it on
        server.server_of(app, settings, listening).run(sockets=[listener])
    if settings.uds:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(settings.uds)
    return 0


def _report(progress: Progress) -> None:
    _say(f"Preparing the engine, {progress.done} of {progress.total}: {progress.name}" if progress.name else "Ready.")


def _say(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(f"tinkernet: {text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
