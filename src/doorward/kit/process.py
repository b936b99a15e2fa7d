"""This process as the system sees it."""

import contextlib
import ctypes
import os
import sys
import threading
from typing import Final

try:
    import resource
except ImportError:  # Windows has no limits of this kind, and writes no core files.
    resource = None  # type: ignore[assignment]  # because the module is missing on that platform


NICE: Final = 10


def begin_apart(*, memory: int) -> bytes:
    """Begin the work of a process of its own (`kit.own_process`), and return the line that it was told.

    It leaves no core file, keeps to `memory` bytes of address space, runs behind everything else, and ends at once when
    whoever began it is gone.
    """
    leave_no_core()
    limit_memory(memory)
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such order
        os.nice(NICE)
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return line


def _end_with_parent() -> None:
    """End this process at once when its standard input does: nobody waits for it any more."""
    # Not by `sys.stdin`: a thread that waits with its lock would keep this process from ending in order.
    while os.read(0, 1):
        pass
    os._exit(1)


def leave_no_core() -> None:
    """Have the system write no core file when this process dies by a fault: it would hold what customers said.

    Handlers of core files that ask for the limit (systemd-coredump, apport) keep to it as well.
    """
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def return_memory() -> None:
    """Give the system back what this process has let go, where the C library can (glibc); it takes some milliseconds.

    Worth it behind loading something large: what was needed to read it lies in holes that nothing would fill.
    """
    with contextlib.suppress(OSError, AttributeError):  # no C library by that name, or one that returns it by itself
        ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0))


def limit_memory(size: int) -> None:
    """Have the system refuse this process more than `size` bytes of address space, where it can.

    A lower limit that is set already stays: nobody without rights may raise it.
    """
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        with contextlib.suppress(ValueError, OSError):  # a system that knows the limit and does not let it be set
            resource.setrlimit(resource.RLIMIT_AS, (size, hard))
