"""Journals of interviews: read, scored, and taken up again."""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from random import Random

from bamai import journal
from bamai.answers import AnswersFile, Judge
from bamai.errors import InputError
from bamai.journal import Event, Writer
from conftest import EXAMPLE, edition
from fuzz.answers_files import scored
from fuzz.hostile import Door, as_json, broken, main, rebuilt, spoken


@lru_cache
def seeds() -> list[bytes]:
    """A short journal, and one with every answer of the shipped example."""
    answers = AnswersFile.open(EXAMPLE).read(Judge(edition("sme@2024")))[0]
    events = [Event("enterprise", None, {"name": "恒泽", "employees": "320"}), Event("assessor", None, "张工")]
    for name, entry in answers.entries.items():
        events.append(Event("answer", name, entry.text))
        events += [Event("evidence", name, entry.evidence)] if entry.evidence else []
        events += [Event("note", name, entry.note)] if entry.note else []
    short = [*events[:6], Event("skip", "systems"), Event("clear", events[4].question), Event("finished")]
    return [_written(short), _written(events)]


def _written(events: list[Event]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "j.jsonl"
        writer = Writer.create(path, edition("sme@2024"), "zh", "2026-03-01")
        for event in events:
            writer.write(event)
        writer.close()
        return path.read_bytes()


def lines(random: Random, content: bytes) -> bytes:
    """Bytes that are broken, or what lines mean."""
    if random.random() < 0.4:
        return broken(random, content)
    found = content.split(b"\n")
    for _ in range(random.choice((1, 1, 3))):
        at = random.randrange(len(found))
        try:
            found[at] = as_json(random, rebuilt(random, json.loads(found[at]))).replace(b"\n", b" ")
        except (ValueError, RecursionError):
            continue
    return b"\n".join(found)


def enter(content: bytes, folder: Path) -> tuple[str, ...]:
    """As ``bamai score`` reads it, and then as ``bamai assess`` takes it up again: no whole line may be lost."""
    path = folder / "j.jsonl"
    path.write_bytes(content)
    list(journal.unfinished(folder))
    if not journal.is_journal(content):
        return ("none",)
    try:
        before = journal.open_journal(path)
    except InputError:
        try:
            Writer.resume(path)
        except InputError:
            assert path.read_bytes() == content, "a journal that was refused was changed"
            raise
        raise AssertionError("taken up, though refused") from None
    writer, again = Writer.resume(path)
    writer.close()
    assert again == before
    after = journal.open_journal(path)
    assert after.torn is None, "still torn"
    assert after.entries[:-1] == before.entries, "lines were lost"
    assert path.read_bytes().startswith(content[: before.whole]), "whole lines were changed"
    before.skipped(), before.answered(), before.opened()
    codes = spoken([before.torn]) if before.torn else ()
    refused, warned = journal.changes(before, edition("sme@2024"))
    codes += spoken([*warned, *([refused] if refused else [])])
    return codes + scored(AnswersFile.of(before))


DOORS = (Door("journal", seeds, lines, enter),)

if __name__ == "__main__":
    main(DOORS)
