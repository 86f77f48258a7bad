"""Files: written so that nobody meets half of one, read so that no file can hang or fill memory."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from pathlib import Path

from lithode.core.errors import InputError, StorageError

MOST_BYTES = 16 * 2**20
"""Size up to which a text file of a user is read."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ESTALE}


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader, or a kill, never meets half of it.

    A symbolic link of its name is replaced, never followed.
    """
    partial = path.with_name(f".{path.name}.part")
    partial.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(partial, flags, 0o666), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(partial, path)


def read_text(
    path: Path, field: str = "table", most: int = MOST_BYTES, *, of_instrument: bool = False
) -> str:
    """Return the text of a user's file.

    Args:
        path: The file.
        field: What it is, for messages.
        most: Largest size in bytes.
        of_instrument: Whether UTF-16 with its mark and Windows-1252 are read besides UTF-8.

    Raises:
        InputError: It cannot be read, is no regular file, too large, or no text.
    """
    try:
        # A pipe without a writer would wait for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError(field, path, "is no regular file")
            content = file.read(most + 1)
    except OSError as error:
        raise InputError(field, path, f"cannot be read ({error.strerror})") from error
    if len(content) > most:
        raise InputError(field, path, f"is larger than {most / 2**20:.3g} MiB")
    text = _decoded(content, of_instrument)
    if text is None:
        raise InputError(field, path, "is no text" if of_instrument else "is no text in UTF-8")
    return text


def _decoded(content: bytes, of_instrument: bool) -> str | None:
    encodings = ["utf-8-sig"]
    if of_instrument:
        is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encodings = ["utf-16"] if is_wide else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if of_instrument and "\0" in text else text
    return None


def check_room(directory: Path, size: int) -> None:
    """Check that ``size`` bytes can be written, within any quota, before they are.

    HDF5 may end the whole process when a disk is full; this is an error that one can go on from.

    Raises:
        StorageError: They cannot, or the directory is gone.
    """
    trial = directory / ".room"
    try:
        trial.unlink(missing_ok=True)
        descriptor = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, max(size, 1))
        finally:
            os.close(descriptor)
            trial.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            return
        raise storage_error(directory, error) from error


def storage_error(path: Path, error: OSError) -> StorageError:
    """Return the error for files that cannot be written."""
    return StorageError(f"{path} cannot be written ({error.strerror or error})")


def out_of_room(error: Exception) -> StorageError | None:
    """Return the error for a disk that takes no more, None if this is another one."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        return None
    return storage_error(Path(error.filename or "the run directory"), error)


def refuse_links(directory: Path) -> None:
    """Refuse a directory in which a link, a pipe or a device stands where a file would be written.

    Args:
        directory: It is looked through with the directories right below it.

    Raises:
        InputError: There is one.
    """
    top = _below(directory)
    for path in [*top, *(file for folder in top for file in _below(folder))]:
        if path.is_symlink():
            allowed = "is a symbolic link, which is not written through: remove it"
            raise InputError("out", path, allowed)
        if not path.is_file() and not path.is_dir():
            raise InputError("out", path, "is no regular file: remove it")


def _below(directory: Path) -> list[Path]:
    try:
        return [] if directory.is_symlink() else sorted(directory.iterdir())
    except OSError:
        return []
