"""A folder in which finished work is kept under what it was made from, each piece whole or not at all.

Below the folder lies `kind/ab/abcdef....DIGEST`: the key says what a piece was made from, the digest in its name says
what it holds. A piece that was cut short or altered no longer fits its own name; it is noticed whenever it is asked
for, told, taken away and made again. Pieces are written in `unfinished/` and take their name in one step, so a process
killed at any moment, a full disk or several processes at once leave nothing that could be mistaken for a whole one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import KeptError

UNFINISHED = "unfinished"
FORGOTTEN = 24 * 3600  # seconds after which a piece still unfinished is taken to be a killed process's
_SIZE = 16  # bytes of a key and of a digest

_log = logging.getLogger("loanbook")


def key_of(*parts: str) -> str:
    """A short name for everything a piece is made from: BLAKE2b of the parts, hexadecimal."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        body = part.encode()
        digest.update(len(body).to_bytes(8, "big") + body)
    return digest.hexdigest()


@dataclass(frozen=True)
class Entry:
    """One kept piece: its key, its file, how many bytes it has, and when it was kept (seconds since 1970)."""

    key: str
    path: Path
    size: int
    when: float


class Store:
    """A folder of kept pieces. Safe with many processes, on one disk or on a shared one."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def find(self, kind: str, key: str) -> Path | None:
        """The file kept under this key, checked byte for byte; None where there is none.

        A damaged file is told (a warning of the logger `loanbook`), taken away, and counts as none.
        """
        for path in self._files(kind, key):
            digest = path.suffix[1:]
            try:
                if _digest(path) == digest:
                    return path
                path.unlink()
            except FileNotFoundError:
                continue  # another process has just taken it away
            except OSError as error:
                raise KeptError(f"{path}, kept earlier, cannot be read: {error.strerror or error}") from error
            _log.warning("%s was damaged and is made again: it does not hold what its name says", path)
        return None

    def keep(self, kind: str, key: str, write: Callable[[Path], None]) -> Path:
        """Keep what `write` writes into the file it is given, whole or not at all; the place where it then lies.

        Raises KeptError where the folder cannot be written or the disk is full; nothing half-written stays behind.
        """
        part: Path | None = None
        try:
            self._make_ready()
            part = self._part(key)
            write(part)
            with part.open("rb+") as stream:
                os.fsync(stream.fileno())
            target = self._folder_of(kind, key) / f"{key}.{_digest(part)}"
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        except OSError as error:
            raise self._cannot(error) from error
        finally:
            if part is not None:
                part.unlink(missing_ok=True)
        _settle(target.parent)
        return target

    def check(self) -> None:
        """KeptError where nothing could be kept in the folder: asked before long work begins."""
        try:
            self._make_ready()
            part = self._part("check")
            part.touch()
            part.unlink()
        except OSError as error:
            raise self._cannot(error) from error

    def kinds(self) -> list[str]:
        """What kinds of pieces there are."""
        try:
            found = [entry.name for entry in self.folder.iterdir() if entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise KeptError(f"{self.folder} cannot be read: {error.strerror or error}") from error
        return sorted(name for name in found if name != UNFINISHED)

    def entries(self, kind: str) -> Iterator[Entry]:
        """Every kept piece of a kind in the order of the keys; not read, so damage is not noticed here."""
        seen = ""
        for path in sorted((self.folder / kind).glob("??/*.*")):
            if path.stem == seen:
                continue
            try:
                known = path.stat()
            except FileNotFoundError:
                continue
            seen = path.stem
            yield Entry(path.stem, path, known.st_size, known.st_mtime)

    def remove(self, kind: str, key: str) -> int:
        """Take away what is kept under a key; how many bytes that frees (0 where there was nothing)."""
        return sum(_taken_away(path) for path in self._files(kind, key))

    def remove_unfinished(self, older: float = FORGOTTEN) -> int:
        """Take away what killed processes left unfinished so many seconds ago; how many bytes that frees."""
        freed = 0
        for path in sorted((self.folder / UNFINISHED).glob("*")):
            try:
                old = time.time() - path.stat().st_mtime > older
            except FileNotFoundError:
                continue
            freed += _taken_away(path) if old else 0
        return freed

    def _files(self, kind: str, key: str) -> list[Path]:
        return sorted(self._folder_of(kind, key).glob(f"{key}.*"))

    def _folder_of(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2]

    def _part(self, key: str) -> Path:
        return self.folder / UNFINISHED / f"{key}.{os.getpid()}.{time.time_ns()}"

    def _cannot(self, error: OSError) -> KeptError:
        return KeptError(
            f"{self.folder}: finished work cannot be kept there: {error.strerror or error}; make room or name another "
            "folder with --kept DIR (what is kept already stays)"
        )

    def _make_ready(self) -> None:
        """The folder, told to version control and to backups as one that can be made again."""
        (self.folder / UNFINISHED).mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")):
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text, encoding="ascii", newline="\n")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=_SIZE)).hexdigest()


def _taken_away(path: Path) -> int:
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise KeptError(f"{path} cannot be removed: {error.strerror or error}") from error
    return size


def _settle(folder: Path) -> None:
    """The new name on the disk too, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
