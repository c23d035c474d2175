"""Entry point: settles language and encoding before anything heavy is imported, then hands over to Typer."""

from __future__ import annotations

import codecs
import gc
import os
import signal
import sys
from collections.abc import Callable

from bamai.texts import LANGS, Lang, t


def main() -> None:
    """Run the command line."""
    # a command lives for a moment and makes mostly things that stay: collecting while it starts is a tenth of its time
    gc.set_threshold(200_000, 20, 20)
    _leave_tidy()
    _open_streams()
    lang, argv, wrong = take_lang(sys.argv[1:], os.environ)
    codecs.register_error("bamai.lacking", _instead)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="bamai.lacking")
    if wrong is not None:
        print(t("problem.wrong_lang", lang, found=wrong), file=sys.stderr)  # noqa: T201
        sys.exit(2)
    # looking for plugins of a library that has none here costs 8 ms
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # numpy's linear algebra, of which nothing is used here, starts threads that wait by spinning
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # a guess from the locale is offered to be changed, a choice is not
    os.environ["BAMAI_LANG_FROM"] = "locale" if _guessed(sys.argv[1:], argv, os.environ) else "choice"
    os.environ["BAMAI_LANG"] = lang
    from bamai.commands import run  # noqa: PLC0415  (help is put together in that language while it is imported)

    try:
        code = _handed_over(run, argv)
    finally:
        # everything goes now: looking among it for what could go first is another tenth
        gc.freeze()
    sys.exit(code)


def _instead(error: UnicodeError) -> tuple[str, int]:
    """A character that the console's encoding lacks becomes "?", never a traceback; a minus sign stays one."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    return "".join("-" if char == "−" else "?" for char in lacking), error.end


def _leave_tidy() -> None:
    """Being ended, or losing the terminal, takes half-written files along as Ctrl-C does."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores one
            signal.signal(number, leave)


def _open_streams() -> None:
    """Give what was closed (``>&-``) something in its place, else the next file that is opened would be it.

    Nothing comes from stdin, messages go nowhere, and a result that nobody can read fails to be written.
    """
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is not None or sys.platform == "win32":
            continue
        handle = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)
        setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def _handed_over(run: Callable[[list[str]], int], argv: list[str]) -> int:
    """The exit code of *run*; 1 where what it printed did not get out, help and versions too."""
    try:
        code = run(argv)
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell_unwritten(error)
        code = 1
    try:
        sys.stdout.flush()
    except OSError as error:
        if code != 1 and not isinstance(error, BrokenPipeError):
            _tell_unwritten(error)
        # what is still waiting goes nowhere, or the interpreter would complain once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    return code


def _tell_unwritten(error: OSError) -> None:
    from bamai.commands.common import complain  # noqa: PLC0415
    from bamai.errors import Problem, why  # noqa: PLC0415

    complain([Problem("io", {"why": why(error)})])


def _guessed(given: list[str], rest: list[str], environ: os._Environ[str]) -> bool:
    return len(given) == len(rest) and not environ.get("BAMAI_LANG")


def take_lang(argv: list[str], environ: os._Environ[str] | dict[str, str]) -> tuple[Lang, list[str], str | None]:
    """Language, the arguments without ``--lang``, and a language that does not exist, if one was asked for.

    ``--lang`` may stand anywhere before ``--``; after it BAMAI_LANG, then the locale decides.
    """
    rest: list[str] = []
    asked: str | None = None
    index = 0
    while index < len(argv):
        word = argv[index]
        if word == "--":
            rest += argv[index:]
            break
        if word == "--lang":
            asked = argv[index + 1] if index + 1 < len(argv) else ""
            index += 1
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        else:
            rest.append(word)
        index += 1
    for candidate in LANGS:
        if asked == candidate:
            return candidate, rest, None
    default = _from_environment(environ)
    return default, rest, asked


def _from_environment(environ: os._Environ[str] | dict[str, str]) -> Lang:
    for name in ("BAMAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return _of_locale(value)
    if sys.platform == "win32":
        import locale  # noqa: PLC0415

        return _of_locale(locale.getlocale()[0] or "zh")
    return "zh"


def _of_locale(value: str) -> Lang:
    """Chinese first: the tool's users; a locale that names another language gets English."""
    name = value.lower()
    return "zh" if name.startswith(("zh", "chinese")) or name.split(".")[0] in ("c", "posix") else "en"


if __name__ == "__main__":
    main()
