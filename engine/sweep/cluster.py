"""A Dask cluster that trains the runs of a sweep: `pip install "tinkernet[dask]"`, also on its machines."""

import importlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from tinkernet.engine.errors import SpecError

CONNECT_SECONDS = 10
RETRIES = 3  # of a chunk of work whose machine is lost


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The machines behind a scheduler, such as `tcp://scheduler:8786`. A chunk whose machine is lost is done again.

    Raises SpecError where Dask is not installed, and where nobody answers at the address.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise SpecError("dask", address, "used after `pip install 'tinkernet[dask]'`", "A cluster") from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        allowed = "the address of a Dask scheduler that answers, such as tcp://scheduler:8786"
        raise SpecError("dask", address, allowed, "The cluster") from error
    with client:
        # Not pure: the same sweep again is trained again, and not remembered.
        yield client.get_executor(pure=False, retries=RETRIES)
