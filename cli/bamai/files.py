"""Writing files whole or not at all: beside their place first, then renamed into it. And where ours lie."""

from __future__ import annotations

import contextlib
import os
import tempfile
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
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        except OSError as error:
            raise self.failed(error) from None
        self._part = Path(name)
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

    def close(self) -> None:
        """Let the file appear."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            if not self._private:
                umask = os.umask(0)
                os.umask(umask)
                self._part.chmod(0o666 & ~umask)
            self._part.replace(self.path)
        except OSError as error:
            self.abort()
            raise self.failed(error) from None

    def abort(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            self.stream.close()
        with contextlib.suppress(OSError):
            self._part.unlink()

    def failed(self, error: OSError) -> OutputError:
        """*error* as a problem of this file."""
        return OutputError(Problem("output_failed", {"why": why(error)}, Place(str(self.path))))
