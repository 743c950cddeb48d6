"""What the server may be told: every setting is checked, and a wrong one is refused in a sentence."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tinkernet.app.settings import Settings


def test_addresses_for_others() -> None:
    """None when only this machine can come; else those of the network or, where `public` names some, those alone."""
    assert Settings().shared == ()
    assert Settings(host="192.0.2.7").shared == ("http://192.0.2.7:8000",)
    shared = Settings(host="0.0.0.0").shared
    assert shared
    assert not any("localhost" in origin or "//127." in origin or "[::1]" in origin for origin in shared)
    for host in ("127.0.0.1", "0.0.0.0"):
        named = Settings(host=host, public=("https://Lab.example/", "http://lab.example"))
        assert named.shared == ("https://lab.example", "http://lab.example")
        assert named.origins > set(named.shared)
    # In a container that is published on its machine's own address only: compose.yaml says that one.
    assert Settings(host="0.0.0.0", public=("http://localhost:8000",)).shared == ()


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.type in ("int", "float")])
@pytest.mark.parametrize("text", ["-1", "nan", "inf", "0"])
def test_a_setting_has_to_make_sense(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """Rates of 0 and times that are none would stop all networks, or never end anything: a sentence instead."""
    monkeypatch.setenv(f"TINKERNET_{name.upper()}", text)
    if (name, text) == ("port", "0"):
        assert Settings.from_environment().port == 0
    else:
        with pytest.raises(ValueError, match=f"TINKERNET_{name.upper()}"):
            Settings.from_environment()


def test_numbers_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a flag as by a variable."""
    with pytest.raises(ValueError, match=r"TINKERNET_PORT.* up to 65535"):
        Settings.from_environment(port=70_000)
    monkeypatch.setenv("TINKERNET_THREADS", "1000000")
    with pytest.raises(ValueError, match="TINKERNET_THREADS"):
        Settings.from_environment()


@pytest.mark.parametrize(
    "text",
    ["*", "http://*", "http://a*b", "lab.example", "http://", "http://lab.example/a b", "ftp://lab.example", "http://a?b",
     "javascript:alert(1)", "http://l\xe4b.example", "http://lab.example:99999", "http://me:word@lab.example", "",
     "http://lab.example#a", "http://[::1", '"><script>', "http://lab example", "http://lab.example:"],
)  # fmt: skip
def test_no_address_of_browsers(text: str) -> None:
    """It would let nobody in, and stand on the page as the one to give to others: a sentence that says how it looks."""
    with pytest.raises(ValueError, match=r"^public \(TINKERNET_PUBLIC\)"):
        Settings.from_environment(public=(text,))


def test_an_address_as_browsers_say_it() -> None:
    """In small letters and without the port that goes without saying; otherwise their Host would not be found."""
    given = ("HTTP://Lab.example:80/", "https://lab.example:443", "http://lab.example:8080", "http://[FD00::1]:9000")
    assert Settings.from_environment(public=given).public == (
        "http://lab.example", "https://lab.example", "http://lab.example:8080", "http://[fd00::1]:9000",
    )  # fmt: skip


def test_no_host_is_not_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable left empty by mistake would open the server to the network."""
    monkeypatch.setenv("TINKERNET_HOST", "")
    with pytest.raises(ValueError, match="TINKERNET_HOST"):
        Settings.from_environment()


def test_the_limits_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its variable."""
    for name in (
        "max_sessions_per_browser",
        "max_viewers_per_session",
        "max_parameters",
        "max_points",
        "max_body_bytes",
    ):
        monkeypatch.setenv(f"TINKERNET_{name.upper()}", "3")
        assert getattr(Settings.from_environment(), name) == 3
