"""Writing files whole or not at all: beside their place first, then renamed into it. And where ours lie."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import IO

from bamai.errors import OutputError, Place, Problem, why

RULES = "rules"


def shipped_root() -> Path:
    """The folder that holds ``rules/`` and ``questionnaires/``: beside the code in a wheel, above it in a checkout."""
    here = Path(__file__).parent
    return here if (here / RULES).is_dir() else here.parents[1]


def shipped_editions() -> list[str]:
    """Names of the shipped editions, ``id@edition``, without reading them."""
    paths = (shipped_root() / RULES).glob("*/*/model.yaml")
    return sorted(f"{path.parent.parent.name}@{path.parent.name}" for path in paths)


_begun: dict[Path, int] = {}
"""What lies beside its place and has not been given up, with the process that writes it."""


@atexit.register
def _tidy() -> None:
    """Take away what an interruption has left, which may come before anybody could hold a file in hand."""
    for part, process in _begun.items():
        if process == os.getpid():
            with contextlib.suppress(OSError):
                part.unlink()


class Whole:
    """A file that appears, complete, when it is closed; until then its content lies beside it under another name.

    Use it as a context manager, or call :meth:`close` or :meth:`abort`.

    Args:
        private: only its owner may read it, whatever the system's habit is.
    Raises:
        OutputError: it could not be made, written or renamed; nothing is left behind.
    """

    def __init__(self, path: Path, *, private: bool = False) -> None:
        self.path = path
        self._private = private
        # a name may be as long as the file system takes; with what is added it would be longer
        begins = os.fsencode(path.name)[:200].decode("utf-8", "ignore")
        self._part = path.parent / f".{begins}.{secrets.token_hex(4)}.part"
        _begun[self._part] = os.getpid()  # before it is made: an interruption may come at any time
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(self._part, flags, 0o600)
        except OSError as error:
            del _begun[self._part]
            raise self.failed(error) from None
        self.stream: IO[bytes] = open(handle, "wb")  # noqa: PTH123, SIM115  (a descriptor; closed below)

    def __enter__(self) -> IO[bytes]:
        return self.stream

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if kind is None:
            self.close()
            return
        self.abort()
        if isinstance(error, OSError):
            raise self.failed(error) from None

    def settle(self) -> None:
        """Have everything on the disk, so that little can go wrong when the file is to appear."""
        if self.stream.closed:
            return
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            if not self._private:
                self._part.chmod(self._mode())
        except OSError as error:
            self.abort()
            raise self.failed(error) from None

    def close(self) -> None:
        """Let the file appear."""
        self.settle()
        try:
            self._part.replace(self.path)
            _begun.pop(self._part, None)
        except OSError as error:
            self.abort()
            raise self.failed(error) from None

    def _mode(self) -> int:
        """Who may read it: as before where it takes the place of a file, which may hold names."""
        with contextlib.suppress(OSError):
            return stat.S_IMODE(self.path.stat().st_mode)
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask

    def abort(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            self.stream.close()
        with contextlib.suppress(OSError):
            self._part.unlink()
        _begun.pop(self._part, None)

    def failed(self, error: OSError) -> OutputError:
        """*error* as a problem of this file."""
        return OutputError(Problem("output_failed", {"why": why(error)}, Place(str(self.path))))
