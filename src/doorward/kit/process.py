"""This process as the system sees it."""

import contextlib
import ctypes

try:
    import resource
except ImportError:  # Windows has no limits of this kind, and writes no core files.
    resource = None  # type: ignore[assignment]  # because the module is missing on that platform


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
