"""The journal of an interview: one JSON object a line, appended and forced to the disk with every answer.

Nothing that is on a line is ever lost: a process that is killed, or a machine that loses power, costs at most the
line that was being written, and that one is cut off when the journal is read again. The first line says by which
edition the questions were asked; the others are what happened, in order.
"""

from __future__ import annotations

import contextlib
import datetime
import getpass
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from bamai.catalog import Edition
from bamai.errors import InputError, OutputError, Place, Problem, why
from bamai.questionnaire import Question
from bamai.texts import shown
from bamai.yamlfile import Document, Mark, parse_bytes, read_bytes

SCHEMA = "bamai.journal/1"
MAX_BYTES = 64 * 1024 * 1024
"""A day of talk is some hundred KB; what is larger was not written by an interview."""

Kind = Literal["answer", "clear", "skip", "note", "evidence", "enterprise", "assessor", "opened", "finished"]
OF_QUESTIONS: frozenset[str] = frozenset({"answer", "clear", "skip", "note", "evidence"})

_LOCKED = 2**30
"""On Windows a lock is on a stretch of bytes and keeps others from reading it: this one lies beyond every journal."""


class Event(NamedTuple):
    """One thing that happened: to a question, or (``question`` is None) to the interview as a whole."""

    kind: Kind
    question: str | None = None
    value: Any = None


class Entry(NamedTuple):
    """An event as the journal holds it: when, and on which line."""

    event: Event
    at: str
    line: int


class Head(NamedTuple):
    """The first line.

    Attributes:
        digest: of what decides a result; ``content_digest`` of the whole edition.
        questions: fingerprints of every question, so that a changed one can be named.
    """

    model: str
    digest: str
    content_digest: str
    started: str
    lang: str
    assessed_on: str
    questions: Mapping[str, str]


class Journal(NamedTuple):
    """A journal as it was read.

    Attributes:
        whole: bytes up to the end of the last whole line; ``torn`` tells what lay after them.
        unended: the last line is whole but for its line end, which an editor may have left out.
    """

    file: str
    head: Head
    entries: tuple[Entry, ...]
    whole: int
    torn: Problem | None
    unended: bool

    @property
    def finished(self) -> bool:
        """Whether the interview came to its end, and was not taken up again."""
        state = [entry.event.kind for entry in self.entries if entry.event.kind in ("opened", "finished")]
        return state[-1:] == ["finished"]

    @property
    def last(self) -> str:
        """When something happened last."""
        return self.entries[-1].at if self.entries else self.head.started

    def skipped(self) -> set[str]:
        """Questions that were left for later and not answered since."""
        found: set[str] = set()
        for (kind, name, _), _, _ in self.entries:
            if kind == "skip" and name is not None:
                found.add(name)
            elif kind == "answer":
                found.discard(str(name))
        return found

    def answered(self) -> int:
        """How many questions have an answer."""
        state = {entry.event.question: entry.event.kind for entry in self.entries
                 if entry.event.kind in ("answer", "clear")}  # fmt: skip
        return sum(kind == "answer" for kind in state.values())

    @property
    def enterprise(self) -> str | None:
        """What the enterprise is called."""
        names = [entry.event.value.get("name") for entry in self.entries if entry.event.kind == "enterprise"]
        return next((name for name in reversed(names) if name), None)

    def opened(self) -> Mapping[str, Any]:
        """Who opened it last: user, host, pid, at."""
        found = [entry for entry in self.entries if entry.event.kind == "opened"]
        return {**found[-1].event.value, "at": found[-1].at} if found else {}

    def document(self) -> Document:
        """The answers as an answers file would hold them, every one with its line."""
        enterprise: dict[str, Any] = {}
        data: dict[str, Any] = {"schema": "bamai.answers/1", "model": self.head.model, "enterprise": enterprise,
                                "assessor": None, "assessed_on": self.head.assessed_on}  # fmt: skip
        answers: dict[str, dict[str, Any]] = {}
        marks: dict[str, tuple[int, int, Mark]] = {}
        for (kind, name, value), _, line in self.entries:
            if kind == "enterprise":
                enterprise.update(value)
            elif kind == "assessor":
                data["assessor"] = value
            elif name is not None and kind != "skip":
                kept = answers.setdefault(name, {})
                kept["value" if kind in ("answer", "clear") else kind] = "" if kind == "clear" else value
                if kind in ("answer", "clear") or name not in marks:
                    marks[name] = (line, 1, Mark(line, 1))
        data["answers"] = {name: kept for name, kept in answers.items() if any(kept.values())}
        top = Mark(1, 1, {"answers": (1, 1, Mark(1, 1, marks)), "model": (1, 1, Mark(1, 1))})
        return Document(self.file, data, top)


def is_journal(raw: bytes) -> bool:
    """Whether content is a journal: its first line says so."""
    first = raw[:200].lstrip(b"\xef\xbb\xbf")
    return first.startswith(b"{") and f'"{SCHEMA}"'.encode() in first.split(b"\n", 1)[0]


def open_journal(path: str | Path) -> Journal:
    """Read the journal at *path*.

    Raises:
        InputError: it cannot be read, is none, or a line before the last one is damaged.
    """
    return parse(read_bytes(Path(path), str(path), MAX_BYTES), str(path))


def parse(raw: bytes, file: str) -> Journal:
    """Read the content of a journal; a last line that was not finished is cut off and reported as ``torn``."""
    if len(raw) > MAX_BYTES:
        raise InputError(Problem("file_too_large", {"limit": MAX_BYTES // 2**20}, Place(file)))
    first = raw.find(b"\n")
    head = None if first < 0 else _head(raw[:first], file)
    if head is None:
        raise InputError(Problem("journal_headless", {}, Place(file, 1, 1)))
    entries: list[Entry] = []
    whole = first + 1
    written = len(raw.rstrip(b"\0"))
    torn = None
    unended = False
    for number, line in enumerate(_lines(raw, whole), 2):
        last = whole + len(line) + 1 >= written
        try:
            entries.append(_entry(line, file, number))
        except InputError:
            # after a loss of power the disk may even hold the end of a line whose middle it never got
            if not last:
                raise
            torn = _torn(line, file, number)
            break
        unended = whole + len(line) == len(raw)
        whole += len(line) + (not unended)
    return Journal(file, head, tuple(entries), whole, torn, unended)


def _lines(raw: bytes, start: int) -> Iterator[bytes]:
    """Lines without their ends; what follows the last line end is one too, unless it is nothing."""
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        yield raw[start:end]
        start = end + 1


def _torn(found: bytes, file: str, line: int) -> Problem:
    return Problem("journal_torn", {"found": _readable(found.strip(b"\0"))}, Place(file, line, 1))


def _head(line: bytes, file: str) -> Head | None:
    try:
        data = parse_bytes(line, file, "text", as_json=True).data
    except InputError:
        return None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return None
    questions = data.get("questions")
    texts = [data.get(name) for name in Head._fields if name != "questions"]
    if not isinstance(questions, dict) or not all(isinstance(text, str) for text in (*texts, *questions.values())):
        return None
    return Head(*(data[name] for name in Head._fields))


def _entry(line: bytes, file: str, number: int) -> Entry:
    place = Place(file, number, 1)
    try:
        data = parse_bytes(line, file, "text", as_json=True, limit=MAX_BYTES).data
    except InputError:
        raise InputError(Problem("journal_damaged", {"found": _readable(line)}, place)) from None
    if isinstance(data, dict) and data.keys() <= {"at", "do", "question", "value"}:
        kind: Any = data.get("do")
        at, name, value = (data.get(key) for key in ("at", "question", "value"))
        if isinstance(at, str) and _fits(kind, name, value):
            return Entry(Event(kind, name, value), at, number)
    raise InputError(Problem("journal_damaged", {"found": _readable(line)}, place))


def _readable(line: bytes) -> str:
    return shown(line[:400].decode("utf-8", "replace"))


def _fits(kind: Any, name: Any, value: Any) -> bool:
    if kind not in get_args(Kind):
        return False
    if kind in OF_QUESTIONS:
        if not isinstance(name, str):
            return False
    elif name is not None:
        return False
    match kind:
        case "answer":
            return isinstance(value, str) or _texts(value)
        case "note":
            return isinstance(value, str)
        case "evidence":
            return _texts(value)
        case "assessor":
            return value is None or isinstance(value, str)
        case "enterprise" | "opened":
            return isinstance(value, dict) and all(isinstance(v, str | None) for v in value.values())
    return value is None


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


# ── editions ─────────────────────────────────────────────────────────────────────────────────────────


def fingerprints(edition: Edition) -> dict[str, str]:
    """Two short hashes of every question: of what can be answered, and of how it is worded (without its help)."""
    return {name: _fingerprint(question) for name, question in edition.questions.items()}


def _fingerprint(question: Question) -> str:
    content = question.model_dump(mode="json", exclude={"help", "evidence"})
    worded = [content.pop("text"), content.pop("grades"), [option.pop("label") for option in content["options"]]]
    answered = [content, len(question.grades)]
    return ".".join(
        hashlib.sha256(json.dumps(part, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:8]
        for part in (answered, worded)
    )


def changes(journal: Journal, edition: Edition) -> tuple[Problem | None, list[Problem]]:
    """What tells *edition* from the one that a journal was begun with: a reason to refuse it, and warnings.

    Questions that were added, removed or take other answers are a reason: what was answered then may mean something
    else now. New wordings and new rules of scoring are warnings.
    """
    edition = edition.without_profile
    head = journal.head
    if head.model == edition.ref and head.content_digest == edition.content_digest:
        return None, []
    place = Place(journal.file, 1, 1)
    then, now = head.questions, fingerprints(edition)
    both = [name for name in now if name in then]
    lists = {
        "added": [name for name in now if name not in then],
        "removed": [name for name in then if name not in now],
        "changed": [name for name in both if now[name].split(".")[0] != then[name].split(".")[0]],
    }
    if head.model != edition.ref or any(lists.values()):
        told = {key: _listed(names) for key, names in lists.items()}
        code = "journal_edition" if head.model != edition.ref else "journal_questions"
        return Problem(code, {"found": head.model, "asked": edition.ref, **told}, place), []
    warnings = []
    worded = [name for name in both if now[name] != then[name]]
    if worded:
        warnings.append(Problem("journal_wording", {"changed": _listed(worded)}, place))
    if head.digest != edition.digest:
        warnings.append(Problem("journal_rules", {"model": edition.ref}, place))
    return None, warnings


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" … ({len(names)})" if names[8:] else "") or "–"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────


class Writer:
    """A journal that is being written: locked against a second writer, every line on the disk when it returns.

    Raises:
        OutputError: the disk is full, or the file cannot be written; what was on it stays, whole.
        InputError: somebody else is writing it (``journal_locked``).
    """

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle
        self._end = os.lseek(handle, 0, os.SEEK_END)

    @classmethod
    def create(cls, path: Path, edition: Edition, lang: str, assessed_on: str | None = None) -> Writer:
        """Begin a journal; the file must not exist. Only its owner may read it.

        Args:
            assessed_on: the date of the assessment, as in an answers file; today's by default.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            writer = cls(path, os.open(path, flags, 0o600))
        except OSError as error:
            raise _failed(path, error) from None
        writer._lock(None)
        started = _now()
        edition = edition.without_profile
        head = Head(edition.ref, edition.digest, edition.content_digest, started, lang, assessed_on or started[:10],
                    fingerprints(edition))  # fmt: skip
        try:
            writer._append({"schema": SCHEMA, **head._asdict()})
            _sync_folder(path.parent)
            writer._opened()
        except OutputError:
            writer.close()
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return writer

    @classmethod
    def resume(cls, path: Path) -> tuple[Writer, Journal]:
        """Go on with a journal; a torn last line is cut off for good."""
        flags = os.O_RDWR | getattr(os, "O_BINARY", 0)
        journal = open_journal(path)
        try:
            writer = cls(path, os.open(path, flags))
        except OSError as error:
            raise _failed(path, error) from None
        writer._lock(journal)
        try:
            # it is read again under the lock: until then somebody may have been writing
            journal = open_journal(path)
            writer._cut(journal.whole)
            if journal.unended:
                writer._put(b"\n")
            writer._opened()
        except BaseException:
            writer.close()
            raise
        return writer, journal

    def write(self, event: Event) -> None:
        """Append *event*; it is on the disk when this returns."""
        record = {"at": _now(), "do": event.kind, "question": event.question, "value": event.value}
        self._append({key: value for key, value in record.items() if value is not None})

    def close(self) -> None:
        """Let go of the file; the lock goes with it."""
        with contextlib.suppress(OSError):
            os.close(self._handle)

    def _opened(self) -> None:
        self.write(Event("opened", None, {"user": _user(), "host": platform.node(), "pid": str(os.getpid())}))

    def _append(self, record: Mapping[str, Any]) -> None:
        self._put(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def _put(self, line: bytes) -> None:
        try:
            os.lseek(self._handle, self._end, os.SEEK_SET)
            view = memoryview(line)
            while view:
                view = view[os.write(self._handle, view) :]
            os.fsync(self._handle)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._cut(self._end)
            raise _failed(self.path, error) from None
        self._end += len(line)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._handle, size)
        self._end = size

    def _lock(self, journal: Journal | None) -> None:
        try:
            _lock(self._handle)
        except OSError:
            self.close()
            by = journal.opened() if journal else {}
            params = {key: shown(by.get(key) or "?") for key in ("user", "host", "pid", "at")}
            raise InputError(Problem("journal_locked", params, Place(str(self.path)))) from None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        """Take the lock or raise OSError; it goes when the process does."""
        os.lseek(handle, _LOCKED, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _sync_folder(folder: Path) -> None:
        """Windows keeps the names of a folder by itself."""

else:
    import fcntl

    def _lock(handle: int) -> None:
        """Take the lock or raise OSError; it goes when the process does."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _sync_folder(folder: Path) -> None:
        """A new name is on the disk only when its folder is."""
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def discard(path: Path) -> None:
    """Remove what a new journal takes the place of; what is not there need not be.

    Raises:
        InputError: it is a journal that somebody is writing.
        OutputError: it cannot be removed.
    """
    try:
        writer = Writer(path, os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0)))
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failed(path, error) from None
    journal = None
    with contextlib.suppress(InputError):
        journal = open_journal(path)
    writer._lock(journal)
    writer.close()
    try:
        path.unlink()
    except OSError as error:
        raise _failed(path, error) from None


def unfinished(folder: Path) -> Iterator[Journal]:
    """Journals in *folder* whose interview has not come to its end, the newest first; what is none is passed over."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.glob("*.jsonl"):
            with contextlib.suppress(OSError, InputError):
                with path.open("rb") as stream:
                    if not is_journal(stream.read(200)):
                        continue
                journal = open_journal(path)
                if not journal.finished:
                    found.append(journal)
    yield from sorted(found, key=lambda journal: journal.last, reverse=True)


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def _user() -> str:
    # without a name in the environment or the system's own list there is none to tell
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "?"


def _failed(path: Path, error: OSError) -> OutputError:
    code = "output_exists" if isinstance(error, FileExistsError) else "output_failed"
    return OutputError(Problem(code, {"why": why(error)}, Place(str(path))))
