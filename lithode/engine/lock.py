"""One owner per run directory: a lock of the kernel, held as long as its owner lives."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError

FILE_NAME = ".lock"

_UNSUPPORTED = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}
_TRIES = 20


@contextmanager
def owned(directory: Path) -> Iterator[None]:
    """Own a run directory; for one process.

    The kernel frees the lock when its owner ends, however that may be. The file says who it is,
    for a message only. Where the file system has no locks, or keeps them to one host, a file that
    was left behind by another host counts as a lock.

    Args:
        directory: An existing directory.

    Raises:
        InputError: Somebody else owns it, or may own it.
    """
    path = directory / FILE_NAME
    descriptor = _acquire(path)
    try:
        yield
    finally:
        # Before the lock is freed: whoever waits for this file notices that it is gone.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path) -> int:
    for _ in range(_TRIES):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            raise InputError("out", path, f"cannot be locked ({error.strerror})") from error
        try:
            is_known_to_all = _lock(descriptor, path)
            if _is_at(descriptor, path):
                _check_left_behind(descriptor, path, is_known_to_all=is_known_to_all)
                _sign(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise InputError("out", path.parent, "changes hands all the time; give another directory")


def _lock(descriptor: int, path: Path) -> bool:
    """Lock a file; return whether the lock holds for other hosts too."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return False
        owner = _owner(descriptor)
        allowed = f"is in use by {_named(owner)}; wait for it, or give another directory"
        raise InputError("out", path.parent, allowed) from error
    return not _keeps_locks_to_itself(path)


def _check_left_behind(descriptor: int, path: Path, *, is_known_to_all: bool) -> None:
    """Refuse a file without a lock that another host may still own."""
    owner = _owner(descriptor)
    if is_known_to_all or not owner or owner.get("host") == socket.gethostname():
        return
    job = os.environ.get("SLURM_JOB_ID")
    if job and owner.get("job") == job:  # a requeued job follows itself
        return
    allowed = f"may be in use by {_named(owner)}; if that has ended: rm {path}"
    raise InputError("out", path.parent, allowed)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the file that is open is still the one at the path."""
    try:
        there = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _sign(descriptor: int) -> None:
    owner = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": time.strftime("%Y-%m-%d %H:%M:%S"),
        "job": os.environ.get("SLURM_JOB_ID", ""),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(owner).encode(), 0)
    os.fsync(descriptor)


def _owner(descriptor: int) -> dict[str, Any]:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(owner: dict[str, Any]) -> str:
    if not owner:
        return "another process"
    host, pid, since = (str(owner.get(key, "?"))[:40] for key in ("host", "pid", "since"))
    return f"process {pid} on {host} since {since}"


def _keeps_locks_to_itself(path: Path) -> bool:
    """Whether the file system is a network's whose locks end at this host."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return False
    place = os.path.realpath(path)
    above = [m for m in mounts if place == m[1] or place.startswith(m[1].rstrip("/") + "/")]
    if not above:
        return False
    _, _, kind, options = max(above, key=lambda mount: len(mount[1]))[:4]
    words = options.split(",")
    if kind.startswith("nfs"):
        return "nolock" in words or "local_lock=all" in words or "local_lock=flock" in words
    return kind == "lustre" and "flock" not in words
