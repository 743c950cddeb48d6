"""In a frame of another site: which sites may show the page so, and what the others get in its place."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from tinkernet.app.settings import Settings
from tinkernet.app.web.security import App, Receive, Scope, Send

FRAMES = ("iframe", "frame", "embed", "object")
# The page with the reason has nothing that another site could make use of, and must be seen where the page must not.
REASON_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"


def is_framed(connection: HTTPConnection) -> bool:
    """Whether a page goes into a frame of another site, as far as the browser says so."""
    headers = connection.headers
    return headers.get("sec-fetch-dest") in FRAMES and headers.get("sec-fetch-site") == "cross-site"


class Frames:
    """Answers for a frame that cannot work with a page without scripts, which says why. Plain ASGI.

    Content-Security-Policy is what keeps other sites out. Where a browser says that it loads a frame, and for which
    site, a sentence takes the place of the browser's own error.
    """

    def __init__(self, app: App, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is for no frame, or for one that is allowed."""
        if scope["type"] == "http" and (reason := self._reason(scope)):
            text = f"<!doctype html><html lang=en><title>Tinkernet</title><p>{html.escape(reason)}</p>"
            text += "<p><a href='' target=_blank rel=noopener>Open it in its own tab</a></p>"
            headers = {"content-security-policy": REASON_POLICY, "x-frame-options": "", "cache-control": "no-store"}
            await HTMLResponse(text, 403, headers=headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _reason(self, scope: Scope) -> str:
        """Why this page cannot be shown in the frame for which it is asked; "" when it can, or nobody knows."""
        headers = Headers(scope=scope)
        if headers.get("sec-fetch-dest") not in FRAMES:
            return ""
        parts = urlsplit(headers.get("referer", ""))
        site = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        named = self._settings.frame_ancestors
        if not named or (site and site not in named and site != _own(scope, headers)):
            return (
                f"This server does not let {site or 'other sites'} show Tinkernet in a frame. To allow it, start with "
                f"--frame-ancestors {site or 'https://SITE'}"
            )
        https = scope["scheme"] == "https" or self._settings.is_https(headers.get("host", ""))
        if headers.get("sec-fetch-site") == "cross-site" and not https:
            return "In a frame of another site browsers keep no cookies over http, and Tinkernet needs one."
        return ""


def _own(scope: Scope, headers: Headers) -> str:
    return f"{scope['scheme']}://{headers.get('host', '')}"
