"""The files of a load: which there are, and their bytes, which must stay the same while they are read."""

import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from rich.progress import Progress

CHUNK = 1 << 20


class Stamp(NamedTuple):
    """By what a change of a file is noticed without reading it."""

    inode: int
    size: int
    modified: int


class FileChanged(OSError):
    """A file is not what it was when its load began."""


@dataclass(frozen=True)
class File:
    """A file on this machine. `name` is what its user calls it; `sha256` is of all its bytes.

    `title` is the file's own name, which says what is in it; one from the web is kept under another.
    """

    name: str
    title: PurePath
    path: Path
    sha256: str
    stamp: Stamp

    @contextmanager
    def opened(self) -> Generator[BinaryIO]:
        """The file's bytes. Raises OSError: FileChanged where it changed before they were read to their end."""
        with self.path.open("rb") as file:
            self._must_be_same(file)
            yield file
            self._must_be_same(file)

    def _must_be_same(self, file: BinaryIO) -> None:
        if stamp(file) != self.stamp:
            raise FileChanged("it changed while it was read, so load again")


def examine(path: Path, name: str, title: PurePath, progress: Progress) -> File:
    """The file at a path, read once for its hash. Raises OSError."""
    with progress.open(path, "rb", description=f"Reading {title.name}") as file:
        before = stamp(file)
        digest = hashlib.sha256()
        for chunk in iter(partial(file.read, CHUNK), b""):
            digest.update(chunk)
    return File(name, title, path, digest.hexdigest(), before)


def stamp(file: BinaryIO) -> Stamp:
    """The stamp of an open file."""
    found = os.fstat(file.fileno())
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)
