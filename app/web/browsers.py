"""Who a browser is: one signed cookie names it, and the sessions that it owns follow from the name.

The name is kept by every page of this server, so that no number of sessions fills the browser's store of cookies. It
cannot be invented: it is signed with the server's secret. An id of a session has the mark of the browser for which it
was made, so that ownership needs no storage and no second cookie.

Cookies do not know ports: over http, a browser sends this one to every server of the same host. So the name alone is
not enough there. A page keeps a secret of its own where only its origin can read it, and sends it with each handshake
and each request of its script. The server binds the cookie to the secret at the first handshake, and a session to the
secret of the page that opened it first (see `access`): neither a cookie that was stolen nor one that was planted owns a
session. A browser without such a store goes on unbound. Another server of the same host can still replace the cookie,
which costs a browser its sessions but never hands them over; see docs/security.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from starlette.requests import HTTPConnection
from starlette.responses import Response

from tinkernet.app.settings import Settings
from tinkernet.app.web.frames import is_framed
from tinkernet.app.web.prefix import prefix_of

COOKIE_SECONDS = 14 * 86_400  # after the last visit
PAGE_SECRET = "page."  # how the subprotocol with the secret of a page begins
_port = re.compile(r":([0-9]{1,5})$")
_value = re.compile(r"([\w-]{22})\.([\w-]{22})?\.([\w-]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser by its name, 128 random bits, and the digest of the secret that its pages have, "" while unbound."""

    name: str
    bound: str = ""

    def __str__(self) -> str:
        """As the lists of owners have it."""
        return f"{self.name}.{self.bound}"


class Browsers:
    """Makes and reads the names of browsers. With another secret none of them is known. Lives with the server."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def value(self, browser: Browser) -> str:
        """The browser as the value of its cookie."""
        return f"{browser}.{self._digest('browser', browser.name, browser.bound, size=24)}"

    def read(self, values: Iterable[str]) -> list[Browser]:
        """The browsers whom these values name, without what this server did not sign."""
        found = []
        for match in filter(None, map(_value.fullmatch, values)):
            browser = Browser(match[1], match[2] or "")
            if hmac.compare_digest(match[0], self.value(browser)):
                found.append(browser)
        return found

    def new_session(self, browser: Browser) -> str:
        """The id of a session that this browser owns: 64 random bits and 64 that are its mark, in base64url."""
        start = secrets.token_bytes(8)
        return _text(start + self._mark(browser.name, start))

    def owns(self, browser: Browser, id: str) -> bool:
        """Whether the session has been made for this browser."""
        try:
            whole = base64.urlsafe_b64decode(f"{id}==")
        except ValueError:
            return False
        return _text(whole) == id and hmac.compare_digest(whole[8:], self._mark(browser.name, whole[:8]))

    def _mark(self, name: str, start: bytes) -> bytes:
        return hmac.digest(self._secret, b"owns:" + name.encode() + start, "sha256")[:8]

    def _digest(self, *parts: str, size: int) -> str:
        return _text(hmac.digest(self._secret, ":".join(parts).encode(), "sha256")[:size])


def of(connection: HTTPConnection) -> list[Browser]:
    """All browsers that the cookies of a request name, the one of the shortest path last.

    Several are possible: another server of the host, or of a path above, may have set a cookie of this name.
    """
    browsers: Browsers = connection.app.state.browsers
    names = cookie_names(connection)
    return browsers.read(value for name, value in cookies(connection) if name in names)


def proven(connection: HTTPConnection) -> list[Browser]:
    """Those of them that the page which asks can prove to be; the one that it most likely is comes last.

    Over http, a browser that is bound needs the secret of its pages. Those bound to it come after those bound to none.
    """
    found = of(connection)
    if is_https(connection):
        return found
    known = digests(connection)
    return [each for each in found if not each.bound] + [each for each in found if each.bound in known]


def name_of(connection: HTTPConnection) -> str:
    """The name by which a browser is counted, "" when it has none. Not its address: a class may share one."""
    return found[-1].name if (found := proven(connection)) else ""


def visiting(connection: HTTPConnection) -> Browser:
    """The browser that asks for a page, which sends no secret; a new one where its cookies name none."""
    return found[-1] if (found := of(connection)) else _new()


def asking(connection: HTTPConnection) -> Browser:
    """The browser whose page's script asks, bound to its secret; a new one where it can prove to be none."""
    return bound(connection, found[-1] if (found := proven(connection)) else _new())


def binding(connection: HTTPConnection) -> list[tuple[bytes, bytes]]:
    """The header for the answer to a handshake that binds the browser to the secret of its page, or none."""
    found = proven(connection)
    if not found or (browser := bound(connection, found[-1])) == found[-1]:
        return []
    return [(b"set-cookie", _cookie(connection, browser))]


def bound(connection: HTTPConnection, browser: Browser) -> Browser:
    """The same browser, bound to the secret of the page that asks where it is bound to none; over https, as it is."""
    known = [] if is_https(connection) or browser.bound else digests(connection)
    return replace(browser, bound=known[0]) if known else browser


def _new() -> Browser:
    return Browser(secrets.token_urlsafe(16))


def digests(connection: HTTPConnection) -> list[str]:
    """Of the secrets that the page which asks has told: what browsers and sessions are bound to."""
    return [digest_of(secret) for secret in page_secrets(connection)]


def page_secrets(connection: HTTPConnection) -> list[str]:
    """What is offered as the secret of the page that asks: by a handshake, or in a header."""
    if told := connection.headers.get("tinkernet-page"):
        return [told]
    offered: list[str] = connection.scope.get("subprotocols", [])
    return [name.removeprefix(PAGE_SECRET) for name in offered if name.startswith(PAGE_SECRET)]


def digest_of(secret: str) -> str:
    """128 bits of it; a page's secret is random, so nothing slower is needed."""
    return _text(hashlib.sha256(secret.encode()).digest()[:16])


def keep(response: Response, connection: HTTPConnection, browser: Browser) -> None:
    """Let the browser that gets this answer keep its name, counted from now on."""
    response.raw_headers.append((b"set-cookie", _cookie(connection, browser)))


def cookies(connection: HTTPConnection) -> list[tuple[str, str]]:
    """Every cookie of a request as it was sent: a mapping would keep one of those with the same name."""
    pairs = ";".join(connection.headers.getlist("cookie")).split(";")
    return [(name.strip(), value.strip()) for name, _, value in (pair.partition("=") for pair in pairs)]


def cookie_names(connection: HTTPConnection) -> tuple[str, ...]:
    """The names that the cookie may have here, the one that is set here first.

    Over https browsers hold what the prefix of a name promises: only this host, over https, has set it. Over http it
    has the port, so that several servers of a host do not take it from each other.
    """
    if is_https(connection):
        # A proxy may tell a handshake no prefix, so both are read.
        names = ["__Host-tinkernet", "__Secure-tinkernet"]
        if prefix_of(connection):
            names.reverse()
        in_frame = [f"{name}-frame" for name in names]
        return (*in_frame, *names) if is_framed(connection) else (*names, *in_frame)
    port = _port.search(connection.headers.get("host", ""))
    return (f"tinkernet_{port[1] if port else 80}",)


def is_https(connection: HTTPConnection) -> bool:
    """Whether the browser speaks https, to this server or to a proxy before it."""
    settings: Settings = connection.app.state.settings
    return connection.scope["scheme"] in ("https", "wss") or settings.is_https(connection.headers.get("host", ""))


def _cookie(connection: HTTPConnection, browser: Browser) -> bytes:
    """The header. With SameSite=Strict a link from another site would come without it, and the answer replace it."""
    browsers: Browsers = connection.app.state.browsers
    path = prefix_of(connection) or "/"
    parts = [f"{cookie_names(connection)[0]}={browsers.value(browser)}", f"Max-Age={COOKIE_SECONDS}", f"Path={path}"]
    if is_framed(connection) and is_https(connection):
        parts += ["HttpOnly", "SameSite=None", "Secure", "Partitioned"]  # for frames of this one site
    else:
        parts += ["HttpOnly", "SameSite=Lax", *(["Secure"] if is_https(connection) else [])]
    return "; ".join(parts).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
