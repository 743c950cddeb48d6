"""In a frame: named sites may show the page, with a cookie that browsers keep there; others get a reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.app.conftest import Running, running
from tests.app.test_pages import get
from tinkernet.app.settings import Settings
from tinkernet.app.web.security import HEADERS

LMS = "https://lms.example"
PATHS = ("/", "/s/AAAAAAAAAAAAAAAAAAAAAA", "/s/AAAAAAAAAAAAAAAAAAAAAA/watch")


def framed(address: str, site: str | None, https: bool = True, kind: str = "cross-site", dest: str = "iframe") -> Any:
    """A page as a browser asks for it for a frame of this site; None: of one that does not tell."""
    headers = {"Sec-Fetch-Dest": dest, "Sec-Fetch-Site": kind, "Sec-Fetch-Mode": "navigate"}
    headers |= {"Referer": f"{site}/course?x=1"} if site else {}
    headers |= {"X-Forwarded-Proto": "https"} if https else {}
    return get(address, **headers)


@pytest.fixture(scope="module")
def embedding() -> Any:
    """A server that one site may frame."""
    with running(Settings(port=0, frame_ancestors=(LMS, "http://localhost:3000"))) as found:
        yield found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("dest", ["iframe", "frame", "embed", "object"])
def test_a_named_site_gets_the_page(embedding: Running, path: str, dest: str) -> None:
    """Whether it tells its name or not; the policy names the sites, and no header says otherwise."""
    for site in (LMS, None):
        status, headers, body = framed(embedding.url + path, site, dest=dest)
        assert (status, b"data-session" in body) == (200, True)
        assert headers.get_all("content-security-policy")[0].endswith(f"frame-ancestors {LMS} http://localhost:3000")
        assert len(headers.get_all("content-security-policy")) == 1
        assert headers["x-frame-options"] is None


@pytest.mark.parametrize("prefix", ["", "/tinkernet"])
def test_the_cookie_of_a_frame(embedding: Running, prefix: str) -> None:
    """A name of its own and all that browsers ask for; it owns the session that it came with."""
    more = {"X-Forwarded-Prefix": prefix} if prefix else {}
    headers = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site", "X-Forwarded-Proto": "https", **more}
    _, found, body = get(f"{embedding.url}/", **headers)
    (cookie,) = found.get_all("set-cookie")
    value, *attributes = cookie.split("; ")
    assert value.startswith(f"{'__Secure' if prefix else '__Host'}-tinkernet-frame=")
    assert set(attributes[-4:]) == {"HttpOnly", "SameSite=None", "Secure", "Partitioned"}
    assert f"Path={prefix or '/'}" in attributes
    id = re.search(r'data-session="([^"]+)"', body.decode()).group(1)
    assert f'data-session="{id}"' in get(f"{embedding.url}/s/{id}", Cookie=value, **headers)[2].decode()
    (top,) = get(f"{embedding.url}/", **{"X-Forwarded-Proto": "https"}, **more)[1].get_all("set-cookie")
    assert "SameSite=Lax" in top
    assert "-frame" not in top


@pytest.mark.parametrize("site", ["https://evil.example", "http://lms.example", f"{LMS}.evil.example", f"{LMS}:444"])
def test_another_site_gets_the_reason(embedding: Running, site: str) -> None:
    """In words, with the option that would allow it; without scripts, cookies, or a policy that hides the words."""
    status, headers, body = framed(f"{embedding.url}/", site)
    text = body.decode()
    assert status == 403
    assert f"start with --frame-ancestors {site}" in text
    assert "<script" not in text
    assert "target=_blank" in text
    assert headers["set-cookie"] is None
    assert "frame-ancestors" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-frame-options"] is None


def test_by_default_there_are_no_frames(server: Running) -> None:
    """The policy of every other answer is as ever; a browser that tells is told why."""
    headers = get(f"{server.url}/")[1]
    for name, value in HEADERS:
        assert headers.get_all(name.decode()) == [value.decode()]
    for site in (LMS, None):
        status, _, body = framed(f"{server.url}/", site)
        assert (status, b"start with --frame-ancestors" in body) == (403, True)
    status, _, body = framed(f"{server.url}/", "https://<b>.example\"'")
    assert (status, b"<b>" in body) == (403, False)


def test_over_http_another_site_is_told_to_open_a_tab(embedding: Running) -> None:
    """Browsers would keep no cookie there. Another port of the same host is the same site, and keeps one."""
    status, _, body = framed(f"{embedding.url}/", LMS, https=False)
    assert (status, b"over http" in body, b"own tab" in body) == (403, True, True)
    status, headers, body = framed(f"{embedding.url}/", "http://localhost:3000", https=False, kind="same-site")
    assert (status, b"data-session" in body) == (200, True)
    assert "SameSite=Lax" in headers["set-cookie"]


@pytest.mark.parametrize(
    "text", ["lms.example", "https://lms.example/course", "*", "https://*", "'self'", "", "a;b", "data:"]
)
def test_what_is_no_site_is_named(text: str) -> None:
    """It would stand in a header."""
    with pytest.raises(ValueError, match="TINKERNET_FRAME_ANCESTORS"):
        Settings.from_environment(frame_ancestors=(text,))
    assert Settings.from_environment(frame_ancestors=("HTTPS://LMS.example:443/",)).frame_ancestors == (LMS,)
