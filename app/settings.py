"""Settings of the server: addresses, limits and times, each with its unit."""

from __future__ import annotations

import ipaddress
import math
import os
import re
import socket
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

from tinkernet.app.workers.cores import cores

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")
MOST = {"port": 65_535, "threads": 1024}
_name = re.compile(r"[a-z0-9_.-]+|\[[0-9a-f:.]+\]")
_path = re.compile(r"(/(?!\.\.?(/|$))([A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server. Times are seconds, rates per second; a value can be set as TINKERNET_<NAME> in the environment."""

    host: str = "127.0.0.1"
    port: int = 8000
    # A Unix socket to listen on in place of host and port; only its owner can open it.
    uds: str = ""
    # Addresses by which browsers reach the server besides the one it listens on, such as https://lab.example/tinkernet.
    public: tuple[str, ...] = ()
    # Origins of the sites that may show the page in a frame, such as https://lms.example.
    frame_ancestors: tuple[str, ...] = ()
    # Addresses, or networks such as 10.0.0.0/8, of proxies that may say in headers what the browser asked for.
    trusted_proxies: tuple[str, ...] = LOOPBACK[1:]

    threads: int = field(default_factory=cores)  # that train; as many as cores may be used
    # The longest slice of training, after which a run carries out the commands that have arrived.
    slice_seconds: float = 0.008
    frames_per_second: float = 60.0
    speed: float = 60.0
    # Whether frames are deflated. None: unless only this machine can connect, where bytes cost less than deflating.
    deflate: bool | None = None

    idle_pause: float = 30.0
    idle_expire: float = 1800.0
    max_sessions: int = 200
    max_sessions_per_browser: int = 20
    max_sessions_per_address: int = 150  # a whole class may share one
    max_viewers: int = 500
    max_pages_per_browser: int = 40  # of its own sessions and of those it watches
    max_pages_per_address: int = 400
    max_viewers_per_session: int = 400  # those who may not host
    max_owners_per_session: int = 20  # besides the browser that made it, by owner links
    max_connections: int = 2000  # of all kinds; fewer where the system allows fewer open files
    messages_per_second: float = 200.0  # of one page: pointer, slider and an acknowledgement for each frame
    message_burst: float = 400.0
    # Of the event loop's time, for all messages and requests of one browser together (connections/budget.py).
    browser_share: float = 0.1
    browser_burst: float = 0.2  # seconds at once, after a rest
    flood_pause: float = 1.0  # seconds that a browser stays out after a flood of messages; each time twice as long
    max_flood_pause: float = 60.0
    max_body_bytes: int = 65_536
    max_table_bytes: int = 16_777_216  # of a table that is brought
    max_table_seconds: float = 2.0  # of processor time to read one
    max_tables_bytes: int = 67_108_864  # of all tables that are being brought
    # Of all runs of a session together; the seconds of one epoch of each as estimated (sessions/cost.py).
    max_parameters: int = 50_000
    max_points: int = 10_000
    max_values: int = 640_000  # rows times columns
    max_epoch_seconds: float = 0.5
    max_trials_seconds: float = 600.0  # of a processor, as estimated: of the seeds, or the sweep, of a session
    max_step_seconds: float = 60.0  # of one `step`, as estimated: no other command of the run is carried out before
    request_seconds: float = 10.0
    send_timeout: float = 5.0
    stop_seconds: int = 3

    # A folder of tables for everybody: CSV files (see docs/tables.md).
    datasets: str = ""
    # The folder in which sessions are kept. Empty: in memory only. The command uses `data_folder` by default.
    data_dir: str = ""
    keep_days: float = 14.0
    keep_megabytes: float = 256.0
    keep_megabytes_per_browser: float = 64.0  # of what was left; what is open is never deleted

    @classmethod
    def from_environment(cls, **given: object) -> Settings:
        """Each setting as given, else from the environment, else its default. Raises ValueError with its name."""
        values: dict[str, object] = {"data_dir": data_folder()}
        for entry in fields(cls):
            text = os.environ.get(_variable(entry.name))
            if text is not None:
                try:
                    values[entry.name] = _read(str(entry.type), text)
                except ValueError as error:
                    raise ValueError(f"{_variable(entry.name)}={text!r} is not {entry.type}") from error
        values.update({name: value for name, value in given.items() if value is not None})
        for name, value in values.items():
            least = 0 if name == "port" else math.ulp(0.0)
            if type(value) in (int, float) and not least <= value <= MOST.get(name, 1e12):  # type: ignore[operator]
                raise ValueError(f"{name} ({_variable(name)}) cannot be {value}: {_allowed(name, type(value))}.")
        values["public"] = tuple(map(_public, values.get("public", ())))  # type: ignore[call-overload]
        values["frame_ancestors"] = tuple(map(_site, values.get("frame_ancestors", ())))  # type: ignore[call-overload]
        for network in values.get("trusted_proxies", ()):  # type: ignore[attr-defined]
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise ValueError(f"trusted_proxies (TINKERNET_TRUSTED_PROXIES): {error}.") from error
        if (folder := str(values.get("datasets", ""))) and not os.path.isdir(folder):
            raise ValueError(f"datasets (TINKERNET_DATASETS) must be a folder of CSV files; there is no {folder}.")
        if values.get("host") == "":
            raise ValueError("host (TINKERNET_HOST) cannot be empty; all addresses of this machine are 0.0.0.0.")
        return cls(**values)  # type: ignore[arg-type]

    @property
    def local(self) -> bool:
        """True when only this machine can reach the server, as far as it knows."""
        return self.host in LOOPBACK and not self.uds

    @property
    def packs(self) -> bool:
        """True when frames are deflated."""
        return not self.local if self.deflate is None else self.deflate

    @property
    def origins(self) -> frozenset[str]:
        """Every origin a page of this server can have: scheme, name and port, exactly."""
        names = list(LOOPBACK)
        if self.host in EVERYWHERE:
            names += addresses()
        elif not self.local:
            names.append(self.host)
        if (name := socket.gethostname()) in names:  # by which Macs and phones find it without a name server
            names.append(f"{name.partition('.')[0]}.local")
        port = "" if self.port == 80 else f":{self.port}"
        found = {f"http://{f'[{name}]' if ':' in name else name}{port}".lower() for name in names}
        return frozenset(found | {"://".join(urlsplit(address)[:2]) for address in map(_public, self.public)})

    @property
    def hosts(self) -> frozenset[str]:
        """Every Host header that is answered: name and port, exactly."""
        return frozenset(origin.split("://", 1)[-1] for origin in self.origins)

    @property
    def prefixes(self) -> dict[str, tuple[str, ...]]:
        """The paths in `public` by their Host: "" for an address without one."""
        found: dict[str, tuple[str, ...]] = {}
        for parts in map(urlsplit, map(_public, self.public)):
            found[parts.netloc] = (*found.get(parts.netloc, ()), parts.path)
        return found

    @property
    def shared(self) -> tuple[str, ...]:
        """The addresses by which others reach the server, the likeliest first; none when only this machine can.

        Those of `public` if it names any: a container knows only addresses that nobody else can reach.
        """
        found = list(map(_public, self.public))
        if not found and not self.local and not self.uds:
            found = sorted(self.origins, key=lambda origin: (not origin[7:8].isdigit(), ".local" in origin, origin))
        return tuple(origin for origin in found if not _is_loopback(origin))

    def is_https(self, host: str) -> bool:
        """Whether browsers use https with this Host: through a proxy, which `public` names."""
        return f"https://{host}".lower() in self.origins

    @property
    def address(self) -> str:
        """The address to open in a browser on this machine; of a Unix socket, its path."""
        if self.uds:
            return f"unix:{self.uds}"
        name = "localhost" if self.local or self.host in EVERYWHERE else self.host
        return f"http://{f'[{name}]' if ':' in name else name}{'' if self.port == 80 else f':{self.port}'}"


def data_folder() -> str:
    """The user's folder for the files of the server."""
    home = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(home, "tinkernet")


def addresses() -> list[str]:
    """The name of this machine and its addresses on the network, as far as it knows them."""
    names = [socket.gethostname()]
    try:
        names += [str(entry[4][0]) for entry in socket.getaddrinfo(names[0], None, type=socket.SOCK_STREAM)]
    except OSError:
        pass
    # The address of the interface that leads outward. To connect a datagram socket sends nothing.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    return list(dict.fromkeys(name for name in names if "%" not in name))


def _variable(name: str) -> str:
    return f"TINKERNET_{name.upper()}"


def _allowed(name: str, kind: type) -> str:
    noun = "a whole number" if kind is int else "a number"
    return f"it is {noun} " + (f"up to {MOST[name]}" if name in MOST else "above 0")


def _public(text: str) -> str:
    """An address as browsers write it in Host and Origin, without the default port of its scheme; its path is kept."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"public (TINKERNET_PUBLIC): {text!r} is no address ({error}).") from error
    name = parts.netloc.lower().removesuffix(f":{port}")
    path = parts.path.rstrip("/")
    rest = parts.query or parts.fragment or not _path.fullmatch(path)
    if parts.scheme not in ("http", "https") or not _name.fullmatch(name) or rest:
        raise ValueError(
            f"public (TINKERNET_PUBLIC): {text!r} is not an address such as http://lab.example:9000/tinkernet: http or "
            "https, a name (of other letters than a to z the one that begins with xn--), perhaps a port and a path."
        )
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + ("" if port in (None, default) else f":{port}") + path


def _site(text: str) -> str:
    """The origin of a site that may show the page in a frame, as Content-Security-Policy and Referer write it."""
    try:
        found = _public(text)
    except ValueError:
        found = ""
    if not found or urlsplit(found).path:
        raise ValueError(
            f"frame_ancestors (TINKERNET_FRAME_ANCESTORS): {text!r} is not the origin of a site, such as "
            "https://lms.example: http or https, a name and perhaps a port."
        )
    return found


def _is_loopback(origin: str) -> bool:
    name = urlsplit(origin).hostname or ""
    return name in LOOPBACK or name.startswith("127.")


def _read(kind: str, text: str) -> object:
    if kind.startswith("tuple"):
        return tuple(part for part in text.replace(",", " ").split() if part)
    if kind.startswith("bool"):
        if text.lower() not in ("0", "1", "false", "true", "no", "yes"):
            raise ValueError(text)
        return text.lower() in ("1", "true", "yes")
    return {"int": int, "float": float, "str": str}[kind](text)
