"""Many command lines in one process: each has its own folder, stdin, stdout, stderr and exit code; what Python has
imported stays, which is most of the time that a command takes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from bamai.texts import Lang


class Done(NamedTuple):
    """What came of a command; the screen has stdout and stderr as they were written."""

    code: Any
    out: str
    err: str
    screen: str


class Session:
    """A process that runs command lines one after another.

    Args:
        lang: the language of the environment. ``--lang`` overrides it, except in help, whose texts are chosen when
            the commands are imported.
    """

    def __init__(self, lang: Lang) -> None:
        unwanted = ("COLUMNS", "NO_COLOR", "BAMAI_LANG", "FORCE_COLOR", "LC_ALL", "LC_MESSAGES")
        env = {key: value for key, value in os.environ.items() if key not in unwanted}
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            env={**env, "LANG": "zh_CN.UTF-8" if lang == "zh" else "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, *args: str, cwd: Path, stdin: str = "", columns: int | None = None) -> Done:
        """One command line, without the ``bamai`` before it."""
        order = {"args": args, "cwd": str(cwd), "stdin": stdin, "columns": columns}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Done(*json.loads(self._process.stdout.readline()))


class _Shown(io.BytesIO):
    """A stream that is also seen on a screen."""

    def __init__(self, screen: io.BytesIO) -> None:
        super().__init__()
        self.screen = screen

    def write(self, content: Any) -> int:
        self.screen.write(content)
        return super().write(content)


def _stream(buffer: io.BytesIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(buffer, encoding="utf-8", newline="", write_through=True)


@contextlib.contextmanager
def _columns(wanted: int | None) -> Iterator[None]:
    if wanted:
        os.environ["COLUMNS"] = str(wanted)
    yield
    os.environ.pop("COLUMNS", None)


def _serve() -> None:
    from bamai.__main__ import main  # noqa: PLC0415

    orders, answers = sys.stdin, sys.stdout
    for line in orders:
        order = json.loads(line)
        os.chdir(order["cwd"])
        os.environ.pop("BAMAI_LANG", None)
        sys.argv = ["bamai", *order["args"]]
        screen = io.BytesIO()
        out, err = _Shown(screen), _Shown(screen)
        sys.stdin, sys.stdout, sys.stderr = _stream(io.BytesIO(order["stdin"].encode())), _stream(out), _stream(err)
        code: Any = 0
        with _columns(order["columns"]):
            try:
                main()
            except SystemExit as left:
                code = left.code or 0
            except Exception:
                traceback.print_exc()
                code = "a traceback"
        answers.write(json.dumps([code, *(kept.getvalue().decode() for kept in (out, err, screen))]) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
