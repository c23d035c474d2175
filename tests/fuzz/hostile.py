"""Breaks valid files, hands them to a door and watches what comes of it."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, NamedTuple

from bamai.errors import BamaiError, Problem
from bamai.texts import LANGS, printable

MEMORY = 3 << 30
"""Bytes of address space that a door may take, libraries and all."""

PATIENCE = 20
"""Seconds for one input; the machine may be busy."""

LONGEST = 4_000
"""Characters of one problem's text."""

TEXTS = (
    "\0", "\ud800", "\udcff", "\ufeff", "\u202e", "\u2066", "\u200b", "\x1b[2J\x1b]0;x\x07", "\r", "\r\n", "\n\n", "\t",
    "\u2028", "\x85", "\x7f", "\ufffe", "\U000e0001", "𠮷", "e\u0301", "İ", "ﬀ", "１２", "٣", "½", "－1", "＝1+1",
    "=1+1", "@SUM(A1)", "-1", "+1", "", " ", "\u3000", "null", "~", "true", "NaN", "nan", "-inf", "Infinity",
    "1e999999",
    "1e-999999", "9" * 30, "9" * 400, "1" * 5_000, "0." + "0" * 400 + "1", "1e5", "0x1f", "1_000", "1,5", "1,000",
    "2024-02-30", "2024-01-01", "1:30", "100%", "100.0000001", "-0", "0.0000005", "unknown", "n/a", "none", "A|A", "|",
    "A|unknown", "'", '"', '""', "\\", "\\ud800", "\\u0000", "\\U0010ffff", "%s", "{0}", "{found}", "[red]", "<b>&",
    "../../etc/passwd", "&a [x]", "*a", "<<: *a", "!!python/object:os.system x", "!!binary aGk=", "? [1]\n: 2",
    "---\n", "...\n", "%YAML 9.9\n", "|\n  x", ">-\n  x", "{", "}", "[", "]", ": ", "- ", "#", ",", ";", "[" * 60,
    "{a: " * 60, "x" * 300, "名" * 300, "L1", "zh", "9999999999", "999999999999", "1000000000000", "0.000001",
)  # fmt: skip
"""What is put in the place of something, or between: no file that was written in good faith has most of it."""

PAYLOADS = (
    *(text.encode("utf-8", "surrogatepass") for text in TEXTS),
    b"\xff", b"\xfe\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"\x80",
    "名".encode("gb18030"), "名".encode("utf-16-le"), b"PK\x03\x04", b"\x00" * 8, b"\xff" * 8, b"\x7f\xff\xff\xff",
)  # fmt: skip

_TOKEN = re.compile(rb"[A-Za-z0-9_.@%-]+|[\x80-\xff]+|[^\sA-Za-z0-9]")
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")


class Door(NamedTuple):
    """One way in.

    Attributes:
        seeds: files as they should be.
        broken: one of them, broken.
        enter: hands content to the program, in a folder that it may use; gives what came of it, so that inputs with
            new outcomes are broken further. Whatever it raises but BamaiError is a finding.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    broken: Callable[[Random, bytes], bytes]
    enter: Callable[[bytes, Path], tuple[str, ...]]


def spoken(problems: Iterable[Problem]) -> tuple[str, ...]:
    """The codes of *problems*, all of which can be told in both languages, on one line, without steering a terminal."""
    codes = set()
    for problem in problems:
        codes.add(problem.code)
        for lang in LANGS:
            text = problem.text(lang)
            assert text == printable(text), f"unprintable: {problem.code} {text[:200]!r}"
            assert len(text) <= LONGEST, f"too long: {problem.code} {len(text)}"
    return tuple(sorted(codes))


def broken(random: Random, content: bytes) -> bytes:
    """*content* with one to six mistakes, of those that any file can have."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        content = random.choice(_WAYS)(random, content)
    return content


def _at(random: Random, content: bytes) -> int:
    return random.randint(0, len(content))


def _span(random: Random, content: bytes, most: int = 200) -> tuple[int, int]:
    start = _at(random, content)
    return start, min(len(content), start + random.randint(0, most))


def _insert(random: Random, content: bytes) -> bytes:
    at = _at(random, content)
    return content[:at] + random.choice(PAYLOADS) + content[at:]


def _token(random: Random, content: bytes, pattern: re.Pattern[bytes] = _TOKEN) -> bytes:
    found = pattern.search(content, _at(random, content)) or pattern.search(content)
    if found is None:
        return content
    return content[: found.start()] + random.choice(PAYLOADS) + content[found.end() :]


def _number(random: Random, content: bytes) -> bytes:
    return _token(random, content, _NUMBER)


def _flip(random: Random, content: bytes) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]


def _delete(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    return content[:start] + content[end:]


def _repeat(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    times = random.choice((2, 2, 3, 100))
    return content[:start] + content[start:end] * times + content[end:]


def _move(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    rest = content[:start] + content[end:]
    at = _at(random, rest)
    return rest[:at] + content[start:end] + rest[at:]


def _cut(random: Random, content: bytes) -> bytes:
    return content[: _at(random, content)]


def _line(random: Random, content: bytes) -> bytes:
    """A line that goes, comes twice, stands elsewhere or deeper, or loses what follows its colon."""
    lines = content.split(b"\n")
    at = random.randrange(len(lines))
    line = lines[at]
    match random.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, line)
        case 2:
            lines.insert(random.randrange(len(lines)), lines.pop(at))
        case 3:
            lines[at] = b"  " + line
        case _:
            lines[at] = line.partition(b":")[0] + b": " + random.choice(PAYLOADS)
    return b"\n".join(lines)


_WAYS = (_insert, _token, _token, _number, _number, _flip, _delete, _repeat, _move, _cut, _line, _line)


def rebuilt(random: Random, data: Any) -> Any:
    """*data* of dictionaries, lists and scalars with one to six mistakes in its shape or its scalars."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        data = _rebuilt(random, data, 0)
    return data


def _rebuilt(random: Random, data: Any, depth: int) -> Any:
    down = isinstance(data, dict | list | tuple) and len(data) and (depth < 1 or random.random() < 0.8)
    if not down:
        return _other(random, data)
    if isinstance(data, dict):
        keys = list(data)
        key = random.choice(keys)
        match random.randrange(8):
            case 0:
                return {name: value for name, value in data.items() if name != key}
            case 1:
                return {(random.choice(TEXTS) if name == key else name): value for name, value in data.items()}
            case 2:
                return {**data, random.choice([*TEXTS, *keys]): random.choice((data[key], random.choice(TEXTS)))}
            case _:
                return {**data, key: _rebuilt(random, data[key], depth + 1)}
    items = list(data)
    at = random.randrange(len(items))
    match random.randrange(8):
        case 0:
            del items[at]
        case 1:
            items.insert(at, items[random.randrange(len(items))])
        case 2:
            items.insert(at, random.choice(TEXTS))
        case _:
            items[at] = _rebuilt(random, items[at], depth + 1)
    return items


def _other(random: Random, data: Any) -> Any:
    """Something else in the place of a scalar."""
    if isinstance(data, str) and random.random() < 0.4:
        at = random.randint(0, len(data))
        return data[:at] + random.choice(TEXTS) + data[at:]
    if isinstance(data, int | float | Decimal) and not isinstance(data, bool) and random.random() < 0.5:
        return random.choice(
            (
                0,
                -data,
                data + 1,
                data * 10,
                data * 10**9,
                10**30,
                -1,
                2**63,
                2**31,
                Raw("1e999999"),
                Raw("1e99999999999999999999"),
                Raw("0.0000001"),
                Raw("-0.0"),
                Raw("1" * 5000),
            )
        )
    return random.choice(
        (
            random.choice(TEXTS),
            None,
            True,
            False,
            0,
            -1,
            10**20,
            [],
            {},
            [[]],
            {"a": {}},
            Raw("NaN"),
            Raw("1.5"),
            Raw("0.1"),
            Raw("1e3"),
            Raw("-Infinity"),
            Raw("[" * 900 + "]" * 900),
        )
    )


class Raw(str):
    """Goes into JSON as it is."""

    __slots__ = ()


def as_json(random: Random, data: Any) -> bytes:
    """*data* as JSON, which is YAML too unless a text of :class:`Raw` is neither."""
    spread = random.random() < 0.7
    ascii_only = random.random() < 0.5

    def text(value: Any, indent: str) -> str:
        inner = indent + (" " if spread else "")
        gap, end = ("\n" + inner, "\n" + indent) if spread else ("", "")
        match value:
            case Raw():
                return str.__str__(value)
            case dict():
                parts = [f"{json.dumps(str(k), ensure_ascii=ascii_only)}: {text(v, inner)}" for k, v in value.items()]
                return "{" + ",".join(gap + part for part in parts) + end + "}"
            case list() | tuple():
                return "[" + ",".join(gap + text(item, inner) for item in value) + end + "]"
            case Decimal():
                return f"{value:f}"
        return json.dumps(value, ensure_ascii=ascii_only)

    return text(data, "").encode("utf-8", "surrogatepass")


# ── running ──────────────────────────────────────────────────────────────────────────────────────────


class HangError(Exception):
    """An input took too long."""


@contextlib.contextmanager
def patience(seconds: float = PATIENCE) -> Iterator[None]:
    """Ends with HangError what takes longer."""

    def ring(_: int, __: FrameType | None) -> None:
        raise HangError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def entered(door: Door, content: bytes, folder: Path) -> tuple[str, ...]:
    """What comes of *content*: codes of problems, or what the door says of a result. Raises on a finding."""
    try:
        return door.enter(content, folder)
    except BamaiError as error:
        return (error.exit_code.name, *spoken(error.problems))


def main(doors: Sequence[Door]) -> None:
    """Run doors in turn for a time, one core; tell what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60, help="in all")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--door", help="only this one of several")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chosen = [door for door in doors if asked.door in (None, door.name)]
    kept = Path(tempfile.mkdtemp(prefix="bamai-fuzz-"))
    print(f"seed {asked.seed}; findings go to {kept}", flush=True)
    failed = False
    for door in chosen:
        failed |= bool(_run(door, Random(asked.seed), asked.seconds / len(chosen), kept))
    sys.exit(failed)


def _run(door: Door, random: Random, seconds: float, kept: Path) -> int:
    corpus = list(door.seeds())
    outcomes: dict[tuple[str, ...], int] = {}
    found: dict[str, int] = {}
    slowest = (0.0, "")
    count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for index, content in enumerate(corpus):  # as they are, they must be taken
            came = entered(door, content, folder)
            assert "REFUSED" not in came and "FAILED" not in came, f"seed {index}: {came}"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            content = door.broken(random, random.choice(corpus))
            count += 1
            began = time.monotonic()
            try:
                with patience():
                    came = entered(door, content, folder)
            except Exception as error:  # everything else is what we look for
                key = _key(error)
                if key not in found:
                    path = kept / f"{door.name}-{len(found)}"
                    path.write_bytes(content)
                    print(f"\n== {door.name}: {key}\n   {path}", flush=True)
                    print("".join(traceback.format_tb(error.__traceback__, limit=-6)), str(error)[:300], flush=True)
                found[key] = found.get(key, 0) + 1
                continue
            took = time.monotonic() - began
            if took > slowest[0]:
                slowest = (took, f"{len(content)} bytes")
                if took > 2:
                    (kept / f"{door.name}-slow").write_bytes(content)
            if came not in outcomes and len(content) < 1 << 20:
                corpus.append(content)
            outcomes[came] = outcomes.get(came, 0) + 1
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"\n{door.name}: {count} inputs, {len(outcomes)} outcomes, {len(found)} findings {sorted(found.values())}, "
        f"slowest {slowest[0]:.2f} s ({slowest[1]}), {most} MB",
        flush=True,
    )
    return len(found)


def _key(error: BaseException) -> str:
    """What is wrong, and where in the program."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "bamai" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    if isinstance(error, AssertionError):  # what fails is a law of ours: its name is enough
        return " ".join(str(error).split()[:3])
    return f"{type(error).__name__} {Path(last.filename).name}:{last.name}:{last.lineno}"
