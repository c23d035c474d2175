"""The journal: nothing on a line is lost, whatever happens to the process, the disk or a second writer."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bamai
from bamai import journal
from bamai.answers import AnswersFile, Judge
from bamai.catalog import Catalog
from bamai.errors import InputError, OutputError
from bamai.journal import Event, Writer
from conftest import Run, edition
from test_broken_rules import SMALL_MODEL, SMALL_QUESTIONS, small

EVENTS = (
    Event("enterprise", None, {"name": "恒泽"}), Event("answer", "network", "B|C"), Event("skip", "systems"),
    Event("note", "network", "看过 \u2028 现场\n两行"), Event("evidence", "network", ("照片", "a\x1b[31m")),
    Event("answer", "quality_trend", "better"),
)  # fmt: skip


def begun(folder: Path, *events: Event) -> Path:
    path = folder / "j.jsonl"
    writer = Writer.create(path, edition("sme@2024"), "zh")
    for event in events:
        writer.write(event)
    writer.close()
    return path


def events_of(path: Path) -> list[Event]:
    return [entry.event for entry in journal.open_journal(path).entries if entry.event.kind != "opened"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = begun(tmp_path, *EVENTS)
    assert events_of(path) == list(EVENTS)
    found = journal.open_journal(path)
    assert (found.head.model, found.torn, found.finished, found.answered()) == ("sme@2024", None, False, 2)
    assert found.skipped() == {"systems"}
    assert found.head.digest == edition("sme@2024").digest
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_journal_is_an_answers_file(run: Run, tmp_path: Path) -> None:
    path = begun(tmp_path, *EVENTS, Event("answer", "network", "B"))
    answers, _, warnings = AnswersFile.open(path).read(Judge(edition("sme@2024")))
    assert warnings == []
    assert answers.enterprise.name == "恒泽"
    assert answers.entries["network"].text == "B"
    assert answers.entries["network"].note == "看过 \u2028 现场\n两行"
    assert answers.entries["network"].evidence == ("照片", "a\x1b[31m")
    (tmp_path / "a.yaml").write_text(
        "schema: bamai.answers/1\nmodel: sme@2024\nanswers: {network: B, quality_trend: better}\n", encoding="utf-8"
    )
    one, other = bamai.score_file(path), bamai.score_file(tmp_path / "a.yaml")
    assert (one.range, one.completeness) == (other.range, other.completeness)
    # through a pipe it has no name; its first line tells
    done = run("score", "-", "--format", "json", stdin=path.read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["enterprise"]["name"] == "恒泽"


def test_a_wrong_answer_in_a_journal_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    path = begun(tmp_path, *EVENTS)
    path.write_bytes(path.read_bytes().replace(b'"better"', b'"best"'))
    done = run("score", path, "--lang", "en")
    assert done.returncode == 3
    assert f"{path}:8:1: answers.quality_trend:" in done.stderr.decode()


@pytest.mark.parametrize("garbage", [b"", b"\0\0\0\0"])
def test_a_torn_last_line_is_cut_at_whatever_byte(tmp_path: Path, garbage: bytes) -> None:
    path = begun(tmp_path, *EVENTS)
    raw = path.read_bytes()
    start = raw.rstrip(b"\n").rindex(b"\n") + 1
    for cut in range(start, len(raw) + 1):
        path.write_bytes(raw[:cut] + (garbage if cut < len(raw) else b""))
        found = journal.open_journal(path)
        whole = cut >= len(raw) - 1 and (not garbage or cut == len(raw))
        assert [e.event for e in found.entries][1:] == list(EVENTS if whole else EVENTS[:-1])
        assert (found.torn is None) == (whole or (cut == start and not garbage))
        writer, read = Writer.resume(path)
        assert [e.event for e in read.entries][1:] == list(EVENTS if whole else EVENTS[:-1])
        writer.write(Event("answer", "quality_trend", "same"))
        writer.close()
        assert events_of(path)[-1] == Event("answer", "quality_trend", "same")
        assert journal.open_journal(path).torn is None


@given(st.binary(min_size=1, max_size=40), st.integers(0, 10**6))
def test_damage_before_the_end_is_an_error_not_a_loss(junk: bytes, where: int) -> None:
    raw = b"\n".join(_lines())
    at = raw.index(b"\n") + 1 + where % (len(raw) - raw.index(b"\n") - 1)
    damaged = raw[:at] + junk + raw[at:]
    try:
        found = journal.parse(damaged, "j.jsonl")
    except InputError as error:
        assert error.problems[0].code in ("journal_damaged", "journal_headless")
        assert error.problems[0].place.line is not None
        return
    # what it does read is what stood there: the damage made a text longer, or the last line was torn
    kinds = [entry.event.kind for entry in found.entries]
    expected = [event.kind for event in EVENTS]
    assert kinds == expected[: len(kinds)]
    assert len(kinds) >= len(expected) - 1
    assert len(kinds) == len(expected) or found.torn is not None


def _lines() -> list[bytes]:
    head = {"schema": journal.SCHEMA, "model": "sme@2024", "digest": "d", "content_digest": "c", "started": "s",
            "lang": "zh", "assessed_on": "2026-01-01", "questions": {"network": "f"}}  # fmt: skip
    records = [{k: v for k, v in (("at", "t"), ("do", kind), ("question", q), ("value", value)) if v is not None}
               for kind, q, value in EVENTS]  # fmt: skip
    return [json.dumps(record, ensure_ascii=False).encode() for record in (head, *records)] + [b""]


def test_the_lines_above_are_a_journal() -> None:
    assert [entry.event for entry in journal.parse(b"\n".join(_lines()), "j").entries] == list(EVENTS)


@pytest.mark.parametrize("raw", [b'{"schema": "bamai.journal/1", "mod', b'{"schema": "bamai.journal/1"}\n'])
def test_a_head_that_was_not_finished(run: Run, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "j.jsonl").write_bytes(raw)
    for command in ("score", "assess"):
        arguments = ["j.jsonl"] if command == "score" else ["--resume", "j.jsonl", "--plain"]
        done = run(command, *arguments, "--lang", "en")
        assert (done.returncode, b"[journal_headless]" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"null", b'{"at": "t", "do": "guess"}', b'{"at": "t", "do": "answer", "value": "B"}',
     b'{"at": "t", "do": "answer", "question": "network", "value": {"a": "b"}}', b'{"do": "finished"}', b"\xff\xfe",
     b'{"at": "t", "do": "finished", "more": "x"}'],
)  # fmt: skip
def test_lines_of_another_kind(line: bytes) -> None:
    lines = _lines()
    lines[3] = line
    with pytest.raises(InputError) as caught:
        journal.parse(b"\n".join(lines), "j.jsonl")
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("journal_damaged", 4)]


# ── editions ─────────────────────────────────────────────────────────────────────────────────────────


def own_journal(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    Writer.create(path, Catalog(small(tmp_path / "before")).load("own"), "zh").close()
    return path


def resumed(run: Run, path: Path, rules: Path) -> tuple[int, str]:
    done = run("assess", "--resume", path, "--rules", rules, "--plain", "--lang", "en", stdin=b"")
    return done.returncode, done.stderr.decode()


def test_changed_questions_are_named(run: Run, tmp_path: Path) -> None:
    path = own_journal(tmp_path)
    other = SMALL_QUESTIONS.replace(
        "          - {id: lan, ", "          - {id: fibre, label: {zh: 光, en: Fibre}}\n          - {id: lan, "
    )
    model = SMALL_MODEL.replace("lan: 1, ", "lan: 1, fibre: 0, ")
    assert other != SMALL_QUESTIONS and model != SMALL_MODEL
    before = path.read_bytes()
    code, told = resumed(run, path, small(tmp_path / "after", questions=other, model=model))
    assert code == 3
    assert "[journal_questions]" in told and "changed: nets." in told and "Added: –" in told and "removed: –" in told
    assert path.read_bytes() == before


def test_new_wording_is_a_warning(run: Run, tmp_path: Path) -> None:
    path = own_journal(tmp_path)
    other = SMALL_QUESTIONS.replace("有线, en: Wired", "有线, en: Wired LAN")
    assert other != SMALL_QUESTIONS
    _, told = resumed(run, path, small(tmp_path / "after", questions=other))
    assert "[journal_wording]" in told and "began: nets;" in told and "going on" in told


def test_changed_scoring_is_a_warning(run: Run, tmp_path: Path) -> None:
    path = own_journal(tmp_path)
    code, told = resumed(run, path, small(tmp_path / "after", model=SMALL_MODEL.replace("score: 50", "score: 60")))
    assert "[journal_rules]" in told
    assert "going on" in told
    assert code == 3  # the input ended


def test_another_model_is_refused_with_what_differs(run: Run, tmp_path: Path) -> None:
    path = begun(tmp_path, *EVENTS)
    done = run("assess", "general", "--resume", path, "--plain", "--lang", "en")
    told = done.stderr.decode()
    assert done.returncode == 3
    assert (
        "[journal_edition]" in told and "sme@2024" in told and "general@2026-reference" in told and "removed: " in told
    )


# ── the disk, and others ─────────────────────────────────────────────────────────────────────────────


def test_a_write_that_fails_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j.jsonl"
    writer = Writer.create(path, edition("sme@2024"), "zh")
    writer.write(EVENTS[0])
    whole = path.read_bytes()
    real = os.write

    def little(handle: int, data: bytes) -> int:
        if len(data) < 40:
            raise OSError(28, "No space left on device")
        return real(handle, data[:30])

    monkeypatch.setattr(os, "write", little)
    with pytest.raises(OutputError) as caught:
        writer.write(EVENTS[1])
    assert "No space left" in caught.value.problems[0].text("en") and str(path) in caught.value.problems[0].text("en")
    monkeypatch.undo()
    assert path.read_bytes() == whole
    writer.write(EVENTS[5])
    writer.close()
    assert events_of(path) == [EVENTS[0], EVENTS[5]]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_full_disk_in_mid_interview(tmp_path: Path) -> None:
    """A file may not grow beyond 5,000 bytes: what is answered before is kept, what comes after is refused aloud."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "sys.argv = ['bamai', 'assess', 'sme', '--name', 'x', '--save', 'j.jsonl', '--plain', '--lang', 'en'];"
        "from bamai.__main__ import main; main()"
    )
    typed = "".join(f"n {'long ' * 60}\nB\n" for _ in range(30)).encode()
    done = subprocess.run([sys.executable, "-c", code], input=typed, capture_output=True, check=False, cwd=tmp_path)
    told = done.stderr.decode(errors="replace")  # the console's own encoding; what is looked for is ASCII
    assert done.returncode == 3, told
    assert "! j.jsonl: " in told and "[output_failed]" in told
    found = journal.open_journal(tmp_path / "j.jsonl")
    assert found.torn is None
    assert {"note", "answer"} <= {entry.event.kind for entry in found.entries}
    assert (tmp_path / "j.jsonl").stat().st_size <= 5000


def started(folder: Path, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bamai", "assess", *args, "--plain", "--lang", "en"], cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def until(path: Path, events: int) -> None:
    """Wait until a journal has so many lines after its head."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") > events:
            return
        time.sleep(0.02)
    raise AssertionError(path.read_text(encoding="utf-8") if path.exists() else "no journal")


def test_the_second_of_two_assessors_is_told(run: Run, tmp_path: Path) -> None:
    first = started(tmp_path, "sme", "--name", "x", "--save", "j.jsonl")
    try:
        until(tmp_path / "j.jsonl", 2)
        done = run("assess", "--resume", "j.jsonl", "--plain", "--lang", "en", stdin=b"B\n")
        told = done.stderr.decode()
        assert done.returncode == 3
        assert "[journal_locked]" in told and f"process {first.pid}" in told
        # to look at it is another matter
        assert run("score", "j.jsonl").returncode == 0
    finally:
        first.kill()
        first.communicate()
    # a killed process leaves no lock
    assert run("assess", "--resume", "j.jsonl", "--plain", "--lang", "en", stdin=b"B\n").returncode == 3
    assert events_of(tmp_path / "j.jsonl")[-1] == Event("answer", "network", "B")


def test_force_replaces_no_journal_that_is_being_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    first = started(tmp_path, "sme", "--name", "x", "--save", "j.jsonl")
    again = ("assess", "sme", "--name", "y", "--save", "j.jsonl", "--force", "--plain", "--lang", "en")
    try:
        until(path, 2)
        before = path.read_bytes()
        done = run(*again, stdin=b"B\n")
        assert (done.returncode, b"[journal_locked]" in done.stderr) == (3, True)
        assert f"process {first.pid}" in done.stderr.decode()
        assert path.read_bytes() == before
    finally:
        first.kill()
        first.communicate()
    assert run(*again, stdin=b"B\n").returncode == 3
    assert events_of(path) == [Event("enterprise", None, {"name": "y"}), Event("answer", "network", "B")]


def test_killed_between_answers(run: Run, tmp_path: Path) -> None:
    """Killed after the first, then after every few answers: nothing that was answered is asked again."""
    answers = [b"B|C", b"57.8125", b"40", b"C|F", b"several", b"B"]
    path = tmp_path / "j.jsonl"
    taken = 0
    for upto in (1, 3, 4):
        talk = started(tmp_path, *(("--resume", "j.jsonl") if taken else ("sme", "--name", "x", "--save", "j.jsonl")))
        assert talk.stdin is not None
        before = path.read_bytes().count(b"\n") if path.exists() else 2
        for answer in answers[taken:upto]:
            talk.stdin.write(answer + b"\n")
            talk.stdin.flush()
        until(path, before + (upto - taken))
        talk.kill()
        talk.communicate()
        taken = upto
        assert [e.value.encode() for e in events_of(path) if e.kind == "answer"] == answers[:taken]
    done = run("assess", "--resume", "j.jsonl", "--plain", "--lang", "en", stdin=b"several\n")
    assert b"going on: 4 of " in done.stderr
    assert events_of(path)[-1] == Event("answer", "systems", "several")
