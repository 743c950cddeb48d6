"""Behind real proxies, each with and without stripping the prefix. A proxy that is not installed is a skipped test."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.app.test_browsers import Visitor
from tests.conftest import ROOT, start, stop, wait_until_ready
from tests.page import Page
from tinkernet.app.web.jupyter import setup

PREFIX = "/lab/tinkernet"
# The Python of an environment with jupyter-server-proxy: its dependencies are too many for the one of the tests.
JUPYTER = os.environ.get("TINKERNET_TEST_JUPYTER", sys.executable)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def nginx(folder: Path, port: int, server: int, strip: bool) -> list[str]:
    """Its command, with a configuration of these locations."""
    if not (program := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("nginx is not installed")
    (folder / "nginx.conf").write_text(
        f"""
        daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
        events {{}}
        http {{
          access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          server {{
            listen 127.0.0.1:{port};
            location {PREFIX}/ {{
              proxy_pass http://127.0.0.1:{server}{"/" if strip else ""};
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection "upgrade";
              {f"proxy_set_header X-Forwarded-Prefix {PREFIX};" if strip else ""}
            }}
          }}
        }}
        """
    )
    return [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]


def hub(folder: Path, port: int, servers: dict[str, int]) -> list[str]:
    """The command of an nginx that gives each user a path of one origin, as a hub does."""
    command = nginx(folder, port, min(servers.values()), strip=True)
    locations = "".join(
        f"""
            location {path}/ {{
              proxy_pass http://127.0.0.1:{server}/;
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-Prefix {path};
            }}"""
        for path, server in servers.items()
    )
    text = (folder / "nginx.conf").read_text()
    (folder / "nginx.conf").write_text(
        text.replace(f"location {PREFIX}/", f"{locations}\n            location {PREFIX}/")
    )
    return command


def haproxy(folder: Path, port: int, server: int, strip: bool) -> list[str]:
    """Its command, with a configuration of one front end."""
    if not (program := shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("haproxy is not installed")
    stripping = f"""
          http-request set-header X-Forwarded-Prefix {PREFIX}
          http-request replace-path {PREFIX}(/.*)? \\1"""
    (folder / "haproxy.cfg").write_text(
        f"""
        defaults
          mode http
          timeout connect 5s
          timeout client 60s
          timeout server 60s
          timeout tunnel 1h
        frontend lab
          bind 127.0.0.1:{port}
          default_backend tinkernet{stripping if strip else ""}
        backend tinkernet
          server one 127.0.0.1:{server}
"""
    )
    return [program, "-db", "-f", str(folder / "haproxy.cfg")]


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """behind(proxy, strip): the address of a server's page behind a proxy that has been started."""
    with ExitStack() as stack:

        def begin(proxy: Callable[..., list[str]], strip: bool) -> str:
            port, own = free_ports(2)
            command = proxy(tmp_path, port, own, strip)
            address = f"http://localhost:{port}{PREFIX}"
            server = start([sys.executable, "-m", "tinkernet.app", "--port", str(own), "--public", address], ROOT)
            stack.callback(stop, server)
            launch(stack, command, tmp_path)
            return wait_for(f"{address}/")

        yield begin


def launch(stack: ExitStack, command: list[str], folder: Path, **environment: str) -> None:
    """Run it until the test ends."""
    with open(folder / "log", "w") as log:
        found = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log)
    stack.callback(found.wait, 20)
    stack.callback(found.terminate)


def wait_for(address: str, seconds: float = 60) -> str:
    """Until it answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=seconds):
                return address
        except (OSError, urllib.error.URLError):
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)


def load(address: str) -> None:
    """Everything that a page needs, asked for relative to it as a browser does: its files, and what modules import."""

    def get(address: str) -> str:
        with urllib.request.urlopen(address, timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    named = re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', get(address))
    waiting, loaded = [urljoin(address, path) for path in named], set()
    while waiting:
        if (file := waiting.pop()) not in loaded:
            loaded.add(file)
            imported = re.findall(r'^(?:import|export|\}) .*from "([^"]+)";', get(file), re.MULTILINE)
            waiting += [urljoin(file, name) for name in imported if urlsplit(file).path.endswith(".js")]
    assert len(loaded) > 30


def trains(address: str) -> None:
    """A new browser's page connects from the proxy's origin, and its network learns."""
    wait_until_ready(address.rstrip("/"))
    with Page(address.rstrip("/")) as page:
        page.ready().send("step", epochs=3)
        page.until(lambda page: page.frame.epoch == 3)


@pytest.mark.parametrize("strip", [True, False], ids=["stripped", "unstripped"])
@pytest.mark.parametrize("proxy", [nginx, haproxy])
def test_behind_a_proxy(behind: Callable[..., str], proxy: Callable[..., list[str]], strip: bool) -> None:
    """The whole page comes, its cookies keep to the prefix, and a network trains."""
    address = behind(proxy, strip)
    load(address)
    with urllib.request.urlopen(address, timeout=20) as answer:
        for cookie in answer.headers.get_all("Set-Cookie"):
            assert re.search(rf"(?i)path={PREFIX}(/s/[\w-]+)?;", cookie)
    trains(address)


@pytest.mark.parametrize("absolute", [False, True], ids=["stripped", "absolute_url"])
def test_from_the_launcher_of_jupyter(tmp_path: Path, absolute: bool) -> None:
    """jupyter-server-proxy starts the server by its entry point's own words, and the page behind it trains."""
    probe = [JUPYTER, "-c", "import jupyter_server_proxy"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("jupyter-server-proxy is not installed; TINKERNET_TEST_JUPYTER can name a Python that has it")
    (port,) = free_ports(1)
    given = {**setup(), "absolute_url": absolute, "environment": {"TINKERNET_DATA_DIR": ""}}
    (tmp_path / "jupyter_server_config.py").write_text(f"c.ServerProxy.servers = {{'tinkernet': {given!r}}}\n")
    options = ["--ServerApp.base_url=/user/alex", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    command = [JUPYTER, "-m", "jupyter_server", "--no-browser", "--allow-root", *options]
    with ExitStack() as stack:
        path = {name: str(tmp_path / name) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
        launch(stack, command, tmp_path, JUPYTER_CONFIG_DIR=str(tmp_path), **path)
        root = f"http://localhost:{port}/user/alex"
        wait_for(f"{root}/api")
        with urllib.request.urlopen(f"{root}/server-proxy/servers-info", timeout=20) as answer:
            (entry,) = json.load(answer)["server_processes"]
        assert entry["launcher_entry"]["title"] == "Tinkernet"
        with urllib.request.urlopen(urljoin(root, entry["launcher_entry"]["icon_url"]), timeout=20) as answer:
            assert b"<svg" in answer.read()
        load(wait_for(f"{root}/{entry['launcher_entry']['path_info']}"))
        with urllib.request.urlopen(f"{root}/tinkernet/", timeout=20) as answer:
            for cookie in answer.headers.get_all("Set-Cookie"):
                assert not cookie.startswith("tinkernet") or "path=/user/alex/tinkernet" in cookie.lower()
        trains(f"{root}/tinkernet")


def test_the_entry_point_is_installed() -> None:
    """Under the group where jupyter-server-proxy looks, with all that it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["jupyter_serverproxy_servers"] == {"tinkernet": "tinkernet.app.web.jupyter:setup"}
    assert any(need.startswith("jupyter-server-proxy") for need in project["optional-dependencies"]["jupyter"])
    found = setup()
    assert Path(found["launcher_entry"]["icon_path"]).is_file()
    assert found["timeout"] > 5
    assert "{unix_socket}" in found["command"]


def test_two_users_of_one_origin_share_nothing(tmp_path: Path) -> None:
    """One browser visits both, one's name a beginning of the other's: each server is sent its own cookie only."""
    with ExitStack() as stack:
        port, *own = free_ports(3)
        root, users = f"http://localhost:{port}", ("/user/al/tinkernet", "/user/alex/tinkernet")
        for path, server in zip(users, own, strict=True):
            command = [sys.executable, "-m", "tinkernet.app", "--port", str(server), "--public", f"{root}{path}"]
            stack.callback(stop, start(command, ROOT))
        launch(stack, hub(tmp_path, port, dict(zip(users, own, strict=True))), tmp_path)
        visitor, ids = Visitor(), []
        for path in (*users, *users):
            wait_for(f"{root}{path}/")
            ids.append(visitor.load(f"{root}{path}/")[0])
        assert len(visitor.jar) == 2
        for path, id in zip((*users, *users), ids, strict=True):
            assert visitor.load(f"{root}{path}/s/{id}")[0] == id
        names = {cookie.path: cookie.value.partition(".")[0] for cookie in visitor.jar}
        assert set(names) == set(users)
        for mine, theirs in (users, users[::-1]):
            sent = visitor.sends(f"{root}{mine}/s/{ids[0]}/ws")
            assert names[mine] in sent
            assert names[theirs] not in sent
        other = visitor.load(f"{root}{users[1]}/s/{ids[0]}")[0]  # the other user's server does not know the session
        assert other != ids[0]
