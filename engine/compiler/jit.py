"""How kernels are compiled, and where the compiled code is kept between starts."""

import hashlib
import os
import pickle
import platform
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba.core import compiler, config
from numba.core.caching import NullCache
from numba.core.compiler_machinery import register_pass
from numba.core.serialize import dumps
from numba.core.typed_passes import NativeLowering

_KEPT_VERSIONS = 4

# Layers and batches are short: a loop unrolled for a number of passes that is not known spends more on its rests than
# it saves (4 to 15 % of an epoch). Loops of a known number of passes are unrolled all the same. For the whole process.
llvmlite.binding.set_option("tinkernet", "-unroll-runtime=false")


def kernel(signature: str) -> Callable[[Callable[..., Any]], "Kernel"]:
    """Compile a function of loops that Python calls. All kernels are made by this decorator.

    signature: Numba's, one for each kernel, so that all can be compiled before they are needed and none is compiled
    later by surprise. nogil: sessions train on threads beside the event loop. error_model "numpy": a division by zero
    is an infinity, not an exception. No fastmath, not even a part of it: isnan and isfinite would lie, and results
    would depend on the processor (see `lanes`). Not parallel: sessions run in parallel. _nrt off: kernels make no
    arrays, and counting references to those they are given would take longer than a layer of a small network.
    """
    return lambda function: Kernel(function, signature)


def part(function: Any) -> Any:
    """Compile a function into the kernels that call it, inlined. Compiled, it cannot be called from Python."""
    return numba.njit(forceinline=True, **_PART)(function)


def routine(function: Any) -> Any:
    """A part that a kernel contains once and calls, instead of inlining it: for what is long or seldom used."""
    # False must be given: left out, what an inlined part calls would be inlined too.
    return numba.njit(forceinline=False, **_PART)(function)


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):  # type: ignore[misc]
    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        state.flags.no_compile = True
        super().run_pass(state)
        # It is optimised once, as part of a kernel, and never loaded as machine code of its own.
        state.library._optimize_final_module = lambda: None
        state.library._finalize_final_module = lambda: setattr(state.library, "_finalized", True)
        # Numba identifies a function by what Python would call: a built-in, a new one for each. This one only raises.
        entry: Any = [].index
        lowered = state["cr"]
        if not state.flags.forceinline:
            state.library._final_module.get_function(lowered.fndesc.llvm_func_name).add_function_attribute("noinline")
        state.targetctx.insert_user_function(entry, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=entry)
        return True


class _PartCompiler(compiler.CompilerBase):  # type: ignore[misc]
    """Numba's compiler without the machine code of the part alone, which nobody calls: that halves a first start."""

    def define_pipelines(self) -> list[Any]:
        manager = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.passes = [(_PartLowering if each is NativeLowering else each, why) for each, why in manager.passes]
        manager.finalize()
        return [manager]


_PART = dict(
    nogil=True,
    _nrt=False,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    pipeline_class=_PartCompiler,
)


class Kernel:
    """One compiled function. The first call, or `load`, compiles it or loads it from the cache."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.name = f"{function.__module__}.{function.__name__}"
        # What lies outside of the engine is not part of the hash that names the folder.
        self._cached = self.name.startswith(__name__.removesuffix("compiler.jit"))
        self.__doc__ = function.__doc__
        self._signature = signature
        self._lock = threading.Lock()
        self._call: Callable[..., Any] | None = None
        self._dispatcher = numba.njit(nogil=True, _nrt=False, error_model="numpy")(function)
        KERNELS.append(self)

    @property
    def ready(self) -> bool:
        """Whether a call begins at once."""
        return self._call is not None

    def load(self) -> None:
        """Make the kernel ready; safe to call from several threads."""
        with self._lock:
            if self._call is None:
                if not config.DISABLE_JIT:
                    if self._cached:
                        self._dispatcher._cache = _Cache(self.name)
                    self._dispatcher.compile(self._signature)
                    self._dispatcher.disable_compile()
                self._call = self._dispatcher

    def __call__(self, *arguments: Any) -> Any:
        if self._call is None:
            self.load()
        if config.DISABLE_JIT:
            # Machine code divides by zero and overflows without a warning; so must this.
            with np.errstate(all="ignore"):
                return self._call(*arguments)  # type: ignore[misc]
        return self._call(*arguments)  # type: ignore[misc]


KERNELS: list[Kernel] = []
"""Every kernel whose module has been imported, in order of definition."""


class _Cache(NullCache):  # type: ignore[misc]
    """The cache of one kernel, in place of Numba's own.

    Numba's cache sees a change in the file of the function itself only, not in what it calls, and a truncated file of
    it stops the program. Here the folder is named by a hash of the whole engine, each file starts with its checksum,
    and what cannot be read is compiled again.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def load_overload(self, signature: Any, target: Any) -> Any:
        target.refresh()
        path = self._path(signature, target)
        if path is None:
            return None
        try:
            content = path.read_bytes()
            if hashlib.sha256(content[32:]).digest() != content[:32]:
                raise EOFError(path)
            return compiler.CompileResult._rebuild(target, *pickle.loads(content[32:]))
        except FileNotFoundError:
            return None
        except Exception:
            # Whatever is wrong with a cached file (cut off, unreadable, from another Numba), compile instead.
            return None

    def save_overload(self, signature: Any, result: Any) -> None:
        path = self._path(signature, result.target_context)
        if path is None:
            return
        try:
            content = dumps(result._reduce())
            handle, unfinished = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            os.replace(unfinished, path)
        except OSError:
            # A full or read-only disk only makes the next start slower.
            return

    def _path(self, signature: Any, target: Any) -> Path | None:
        folder = cache_folder()
        if folder is None:
            return None
        # The processor is part of the key: a home folder may be shared between machines.
        key = repr((str(signature), target.codegen().magic_tuple()))
        return folder / f"{self._name}.{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def cache_folder() -> Path | None:
    """The folder for this engine's compiled code, created if needed; None where there is no safe place.

    Loading compiled code runs it, so the folder must belong to this user and be closed to others (0700). A read-only
    folder is used if it contains something: a container image brings its kernels along. TINKERNET_CACHE_DIR or
    NUMBA_CACHE_DIR names the place; without them it is the user's cache folder, or the folder for temporary files if
    another user could replace a folder there.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    named = os.environ.get("TINKERNET_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    homes = (
        [named]
        if named
        else [
            os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"),
            os.path.join(tempfile.gettempdir(), f"tinkernet-{user}"),
        ]
    )
    for home in homes:
        folder = Path(home) / "tinkernet" / _version()
        if folder in _known or ((named or _is_ours(Path(home))) and _made_safe(folder)):
            _known.add(folder)
            return folder
    return None


_known: set[Path] = set()


def _is_ours(home: Path) -> bool:
    """Whether no other user can replace a folder in here. Creates it if needed."""
    try:
        if not home.is_absolute():  # a user without a home
            return False
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status, itself = home.stat(), home.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True
    mine = {status.st_uid, itself.st_uid} <= {os.getuid(), 0}
    return mine and (not status.st_mode & 0o022 or bool(status.st_mode & stat.S_ISVTX))


def _made_safe(folder: Path) -> bool:
    try:
        for path in (folder.parent, folder):
            if path == folder and not folder.exists():
                _drop_old(folder.parent)  # known by now to be this user's
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode):
                return False
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
                return False
        writable = os.access(folder, os.W_OK | os.X_OK)
        return writable or (os.access(folder, os.R_OK | os.X_OK) and any(folder.iterdir()))
    except OSError:
        return False


def _drop_old(home: Path) -> None:
    """Delete all folders but the newest few, which versions of the engine in turn may be using."""
    folders = [path for path in home.iterdir() if path.is_dir() and not path.is_symlink() and len(path.name) == 20]
    folders.sort(key=lambda path: path.stat().st_mtime)
    for folder in folders[: -_KEPT_VERSIONS or None]:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _version() -> str:
    global _hash
    if _hash is None:
        digest = hashlib.sha256(repr((numba.__version__, llvmlite.__version__, platform.python_version())).encode())
        package = Path(__file__).parents[1]
        for path in sorted(package.rglob("*.py")):
            # With its place, not its name alone: two sub-packages may have files of one name.
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
        _hash = digest.hexdigest()[:20]
    return _hash


_hash: str | None = None
