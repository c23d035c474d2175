"""The interview on a terminal, driven by keys through a pipe; what it draws is read from an emulated screen."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest
from prompt_toolkit.application import Application, create_app_session, get_app_or_none
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.cells import cell_len

from bamai.answers import Answers, Entry
from bamai.catalog import Catalog, Edition
from bamai.errors import OutputError, Place, Problem
from bamai.interview import terminal
from bamai.interview.first import First
from bamai.interview.session import Session
from bamai.journal import Event
from bamai.report.standing import standing_lines
from bamai.texts import Lang
from bamai.vocabulary import load_vocabulary
from conftest import edition
from test_broken_rules import small

ENTER, UP, DOWN, PAGE_UP, PAGE_DOWN, TAB, ESC = "\r", "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\t", "\x1b"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
F5, F6, F7, F8 = "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
LEAVE, INTERRUPT = "\x04", "\x03"
LEFT, RIGHT, HOME, END, INSERT, DELETE = "\x1b[D", "\x1b[C", "\x1b[1~", "\x1b[4~", "\x1b[2~", "\x1b[3~"
F9, F10, F11, F12 = "\x1b[20~", "\x1b[21~", "\x1b[23~", "\x1b[24~"


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


class Terminal:
    """A screen that types: after every frame that is drawn comes the next key. Every frame is kept."""

    def __init__(self, keys: Iterable[str], columns: int, rows: int, encoding: str) -> None:
        self.size = Size(rows=rows, columns=columns)
        self.screen = pyte.Screen(columns, rows)
        self.frames: list[str] = []
        self._keys = iter(keys)
        self._pipe: PipeInput | None = None
        self._app: Application[Any] | None = None
        stream = pyte.Stream(self.screen)
        outer = self

        class Drawn(io.StringIO):
            def write(self, text: str) -> int:
                stream.feed(text)
                return len(text)

            def flush(self) -> None:
                outer._drawn()

            @property
            def encoding(self) -> str:  # type: ignore[override]
                return encoding

        self.output = Vt100_Output(
            Drawn(), lambda: self.size, term="xterm",
            default_color_depth=ColorDepth.DEPTH_1_BIT, enable_cpr=False,
        )  # fmt: skip

    def lines(self) -> list[str]:
        # a character two columns wide is followed by an empty cell
        return [line.rstrip() for line in self.screen.display]

    def resize(self, columns: int, rows: int) -> None:
        self.size = Size(rows=rows, columns=columns)
        self.screen.resize(rows, columns)

    def _drawn(self) -> None:
        self.frames.append("\n".join(self.lines()))
        app = get_app_or_none()
        if app is not None and app is not self._app:
            self._app = app
            app.after_render += self._type

    def _type(self, app: Application[Any]) -> None:
        if app.invalidated or self._pipe is None:
            return  # it is about to be drawn again
        key = next(self._keys, None)
        if key is not None:
            self._pipe.send_text(key)

    @contextmanager
    def typing(self) -> Iterator[PipeInput]:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=self.output):
            self._pipe = pipe
            yield pipe
            self._pipe = None

    def saw(self, text: str) -> bool:
        """Whether a text was in one of the frames, however it was broken into lines."""
        wanted = "".join(text.split())
        return any(wanted in "".join(frame.split()) for frame in self.frames)


def pressed(
    *keys: str | Iterator[str], used: Edition | None = None, answers: Answers | None = None, lang: Lang = "zh",
    columns: int = 80, rows: int = 40, encoding: str = "utf-8", record: Callable[[Event], None] = lambda _: None,
    frames: list[str] | None = None,
) -> tuple[bool, Session, Terminal]:  # fmt: skip
    """An interview by *keys*; whether it came to its end, the session, and what was drawn."""
    used = used or edition("sme@2024")
    talk = Session(used, answers or Answers(used.ref), record)
    every = (key for one in keys for key in ([one] if isinstance(one, str) else one))
    shown = Terminal(every, columns, rows, encoding)
    shown.frames = [] if frames is None else frames
    with shown.typing() as pipe:
        told = lambda result: standing_lines(result, lang)  # noqa: E731
        ended = terminal.run(talk, lang, told, input_=pipe, output=shown.output)
    return ended, talk, shown


def entries(talk: Session) -> dict[str, str | tuple[str, ...]]:
    return {name: entry.text for name, entry in talk.answers.entries.items()}


def test_every_kind_of_question(tmp_path: Path) -> None:
    """Yes or no by its digit, a list by digits and the space bar, numbers as an input method types them, a grade by
    arrows, a band by its letter."""
    used = Catalog(small(tmp_path)).load("own")
    ended, talk, _ = pressed(
        "1", ENTER, "2", DOWN, " ", ENTER, "５７．７％", ENTER, DOWN, DOWN, DOWN, ENTER, "-5", ENTER, "3", ENTER, ENTER,
        used=used,
    )  # fmt: skip
    assert ended
    assert entries(talk) == {
        "tools": "yes",
        "nets": "B|C",
        "rate": "５７．７％",
        "plan": "2",
        "speed": "-5",
        "wish": "3",
    }
    assert talk.standing().status == "complete"
    _, talk, _ = pressed("b", ENTER, "d", ENTER, LEAVE)
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "d"}
    _, talk, _ = pressed("b", ENTER, DOWN, DOWN, DOWN, UP, ENTER, LEAVE)
    assert entries(talk)["equipment_digital_rate"] == "B"


def test_nothing_is_chosen_until_somebody_chooses() -> None:
    _, talk, shown = pressed(ENTER, LEAVE)
    assert entries(talk) == {}
    assert shown.saw("先用空格或数字勾选")
    _, talk, shown = pressed("b", ENTER, ENTER, " ", ENTER, LEAVE)
    assert entries(talk) == {"network": "B"}
    assert shown.saw("先输入答案")


@pytest.mark.parametrize(
    "key",
    [LEFT, RIGHT, HOME, END, INSERT, DELETE, F9, F10, F11, F12, paste("acd")],
    ids=["left", "right", "home", "end", "insert", "delete", "F9", "F10", "F11", "F12", "paste"],
)
def test_a_key_that_does_nothing_chooses_nothing(tmp_path: Path, key: str) -> None:
    """The code of a key has letters and digits in it, which are no answers."""
    _, talk, _ = pressed("b", key, ENTER, LEAVE)
    assert entries(talk) == {"network": "B"}
    _, talk, _ = pressed(key, ENTER, LEAVE, used=Catalog(small(tmp_path)).load("own"))
    assert entries(talk) == {}


def test_a_refused_answer_stays_in_the_input() -> None:
    _, talk, shown = pressed("b", ENTER, "157", ENTER, *["\x7f"] * 3, "57", ENTER, LEAVE)
    assert any("❯ 157" in frame and "! Q2" in frame for frame in shown.frames)
    assert entries(talk)["equipment_digital_rate"] == "57"


def test_a_share_that_looks_like_a_fraction_is_confirmed() -> None:
    _, talk, shown = pressed("b", ENTER, "0.577", ENTER, LEAVE)
    assert entries(talk) == {"network": "B"}
    assert shown.saw("0.577 %：是否应为 57.7 %？")
    _, talk, _ = pressed("b", ENTER, "0.577", ENTER, ENTER, LEAVE)
    assert entries(talk)["equipment_digital_rate"] == "0.577"
    _, talk, _ = pressed("b", ENTER, "0.577", ENTER, *["\x7f"] * 5, "57.7", ENTER, LEAVE)
    assert entries(talk)["equipment_digital_rate"] == "57.7"


def test_moving_about() -> None:
    _, talk, shown = pressed("b", ENTER, PAGE_UP, "c", ENTER, PAGE_UP, PAGE_UP, PAGE_UP, LEAVE)
    assert entries(talk) == {"network": "B|C"}
    assert shown.saw("已是第一题") and shown.saw("已答：B 车间")
    _, talk, _ = pressed(PAGE_DOWN, PAGE_DOWN, "40", ENTER, LEAVE)
    assert entries(talk) == {"equipment_network_rate": "40"}


def test_an_earlier_answer_is_there_to_be_kept_or_changed() -> None:
    start = Answers("sme@2024", entries={"network": Entry("B|C"), "equipment_digital_rate": Entry("57.7"),
                                         "product_design": Entry("3")})  # fmt: skip
    same = dict(start.entries)
    _, talk, _ = pressed(PAGE_UP, ENTER, PAGE_UP, PAGE_UP, ENTER, LEAVE, answers=start)
    assert talk.answers.entries == same
    _, talk, _ = pressed(PAGE_UP, "\x7f", "8", ENTER, LEAVE, answers=start)
    assert entries(talk)["equipment_digital_rate"] == "57.8"


@pytest.mark.parametrize(
    "away",
    [
        (F2, "现场看过", ENTER),
        (F3, ESC),
        (F4, ESC),
        (F8, ENTER),
        (TAB, ESC),
        (PAGE_UP, PAGE_DOWN),
        (PAGE_DOWN, PAGE_UP),
    ],
    ids=["note", "evidence", "overview", "level", "menu", "back", "on"],
)
def test_what_is_not_given_yet_is_there_after_looking_elsewhere(away: tuple[str, ...]) -> None:
    _, talk, _ = pressed("b", ENTER, "57.", *away, "7", ENTER, LEAVE)
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "57.7"}
    if away[0] != PAGE_UP:  # nothing comes before the first question
        _, talk, _ = pressed("b", "c", *away, ENTER, LEAVE)
        assert entries(talk) == {"network": "B|C"}


def test_a_question_that_was_decided_leaves_no_draft() -> None:
    for deciding in ((F6,), (F5,), (TAB, *[DOWN] * 5, ENTER)):
        _, talk, shown = pressed("b", ENTER, "57", F4, ESC, *deciding, PAGE_UP, ENTER, LEAVE)
        assert entries(talk).get("equipment_digital_rate") in (None, "unknown")
        assert shown.saw("先输入答案")
    _, talk, _ = pressed("b", ENTER, "57", ENTER, PAGE_UP, "9", TAB, *[DOWN] * 7, ENTER, "3", ENTER, LEAVE)
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "3"}


def test_skip_unknown_and_not_applicable() -> None:
    _, talk, shown = pressed(F5, F6, F7, F6, LEAVE)
    assert entries(talk) == {"equipment_digital_rate": "unknown", "equipment_network_rate": "unknown"}
    assert talk.skipped == {"network"}
    assert shown.saw("! Q3") and shown.saw("不适用")
    assert shown.saw("→ 不清楚") and shown.saw("→ 跳过，待答")


def test_notes_and_evidence() -> None:
    _, talk, shown = pressed(F2, "现场看过", ENTER, F3, "照片 3 张 ｜ 台账", ENTER, "b", ENTER, LEAVE)
    assert talk.answers.entries["network"] == Entry("B", ("照片 3 张", "台账"), "现场看过")
    assert shown.saw("备注：现场看过") and shown.saw("证据：照片 3 张 | 台账")
    _, talk, _ = pressed(F2, "不要了", ESC, LEAVE)
    assert talk.answers.entries == {}


def test_what_came_from_a_file_is_not_changed_by_looking_at_it() -> None:
    kept = Entry("B", ("合同 A|B", "台账"), "第一行\n第二行 ")
    _, talk, _ = pressed(PAGE_UP, F2, ENTER, F3, ENTER, LEAVE, answers=Answers("sme@2024", entries={"network": kept}))
    assert talk.answers.entries == {"network": kept}


def test_escape_is_taken_at_once() -> None:
    """Not after the second for which a letter behind it would make it Alt."""
    start = time.monotonic()
    _, talk, _ = pressed(*[F2, "x", ESC] * 8, LEAVE)
    assert talk.answers.entries == {}
    assert time.monotonic() - start < 6


def test_skipping_leaves_an_answer_and_does_not_call_it_skipped() -> None:
    _, talk, shown = pressed("b", ENTER, PAGE_UP, F5, "57", ENTER, LEAVE)
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "57"}
    assert not shown.saw("跳过，待答")


def test_help_evidence_and_level() -> None:
    question = edition("sme@2024").questions["network"]
    _, _, shown = pressed(F1, F8, ENTER, LEAVE)
    assert question.help is not None and question.evidence is not None
    assert shown.saw(question.help.zh) and shown.saw(question.evidence.zh)
    assert shown.saw("未完成，等级未定")
    assert shown.saw("待定：总分")


def test_the_menu_does_what_the_function_keys_do() -> None:
    _, talk, _ = pressed(TAB, *[DOWN] * 4, ENTER, TAB, *[DOWN] * 5, ENTER, LEAVE)
    assert talk.skipped == {"network"}
    assert entries(talk) == {"equipment_digital_rate": "unknown"}
    _, talk, _ = pressed("b", ENTER, PAGE_UP, TAB, *[DOWN] * 7, ENTER, LEAVE)
    assert entries(talk) == {}  # "clear the answer" stands there only where there is one


def test_the_overview_leads_to_a_question() -> None:
    _, talk, shown = pressed("b", ENTER, F4, DOWN, DOWN, DOWN, DOWN, ENTER, "c", ENTER, LEAVE)
    assert shown.saw("数字化基础 1/")
    assert entries(talk) == {"network": "B", "cyber_security": "C"}


def test_the_end_lists_what_is_open(tmp_path: Path) -> None:
    used = Catalog(small(tmp_path)).load("own")
    answers = Answers("own@1", entries={"tools": Entry("no"), "nets": Entry("B"), "rate": Entry("10")})
    ended, talk, shown = pressed(F5, F5, DOWN, DOWN, ENTER, "7", ENTER, ENTER, used=used, answers=answers)
    assert ended
    assert shown.saw("未答的 2 题") and shown.saw("（计分）") and shown.saw("（只用于对标）")
    assert entries(talk)["speed"] == "7"
    assert talk.open_items("zh")[0].question.id == "wish"


def test_the_end_goes_back_to_the_last_question(tmp_path: Path) -> None:
    used = Catalog(small(tmp_path)).load("own")
    _, talk, shown = pressed(TAB, *[DOWN] * 7, ENTER, DOWN, PAGE_UP, PAGE_UP, "7", ENTER, LEAVE, used=used)
    assert entries(talk) == {"wish": "7"}
    assert shown.saw("PgUp 上一题")


def test_ctrl_c_is_an_interruption_and_keeps_the_answers() -> None:
    used = edition("sme@2024")
    talk = Session(used, Answers(used.ref), lambda _: None)
    shown = Terminal(["b", ENTER, INTERRUPT], 80, 40, "utf-8")
    with shown.typing() as pipe, pytest.raises(KeyboardInterrupt):
        terminal.run(talk, "zh", lambda _: [], input_=pipe, output=shown.output)
    assert entries(talk) == {"network": "B"}


def test_a_full_disk_is_told_and_the_answer_stays() -> None:
    left = [True, False, True]

    def record(_: Event) -> None:
        if not left.pop(0):
            raise OutputError(Problem("output_failed", {"why": "No space left on device"}, Place("j.jsonl")))

    _, talk, shown = pressed("b", ENTER, "57.7", ENTER, ENTER, LEAVE, record=record)
    assert shown.saw("No space left on device")
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "57.7"}


def test_answers_are_left_above_as_a_transcript() -> None:
    _, _, shown = pressed("b", ENTER, "57.7", ENTER, LEAVE)
    told = "".join("".join(shown.lines()).split())
    assert "✓Q1企业网络建设和连接的情况如何？（可多选）→B车间建成工控网络并支持自动化控制" in told
    assert "→57.7%" in told
    assert "❯" not in told  # the question in hand is gone


@pytest.mark.parametrize(
    ("model", "lang", "columns", "rows"),
    [("general", "zh", 48, 16), ("general", "en", 48, 16), ("sme", "zh", 60, 20), ("sme", "en", 80, 24)],
)
def test_nothing_is_cut_at_any_size(model: str, lang: Lang, columns: int, rows: int) -> None:
    """Every question is scrolled through with the arrow keys; all of its text has then been on the screen."""
    used = edition(model)
    asked = Session(used, Answers(used.ref), lambda _: None).asked()
    frames: list[str] = []

    def keys() -> Iterator[str]:
        for _ in asked:
            yield F1
            yield DOWN
            while frames[-1] != frames[-2]:
                yield DOWN
            yield PAGE_DOWN
        yield LEAVE

    _, talk, shown = pressed(keys(), used=used, lang=lang, columns=columns, rows=rows, frames=frames)
    assert max(cell_len(line) for frame in shown.frames for line in frame.split("\n")) < columns
    everything = "\n".join({"".join(frame.replace("❯", "").split()) for frame in frames})
    for name in asked:
        question = used.questions[name]
        options = [*(option.label for option in question.options), *question.grades]
        for text in (question.text, question.help, question.evidence, *options):
            words = "".join(text[lang].replace("\u00a0", " ").split()) if text else ""
            # what is taller than the screen is seen in pieces, but every eight characters of it stood together
            for at in range(max(0, len(words) - 7)):
                assert words[at : at + 8] in everything, (name, words[at : at + 8])
    assert talk.answers.entries == {}


def test_a_window_that_changes_its_size() -> None:
    """Narrower and lower while a question stands there: it is drawn anew, whole, within the new width."""
    used = edition("sme@2024")
    talk = Session(used, Answers(used.ref), lambda _: None)
    after: list[int] = []

    def keys() -> Iterator[str]:
        yield DOWN
        shown.resize(50, 16)
        after.append(len(shown.frames))
        for _ in range(12):
            yield DOWN
        yield LEAVE

    shown = Terminal(keys(), 100, 40, "utf-8")
    with shown.typing() as pipe:
        terminal.run(talk, "zh", lambda _: [], input_=pipe, output=shown.output)
    # the first frame after a change may still hold what the terminal itself broke into new lines
    narrow = shown.frames[after[0] + 1 :]
    assert max(cell_len(line) for frame in narrow for line in frame.split("\n")) <= 50
    everything = "".join("".join(frame.split()) for frame in narrow)
    assert all("".join(option.label.zh.split()) in everything for option in used.questions["network"].options)


def test_the_keyboard_is_not_given_back_between_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed ahead would be echoed into the picture, or lost."""
    used = edition("sme@2024")
    talk = Session(used, Answers(used.ref), lambda _: None)
    shown = Terminal(["b", ENTER, "57.7", ENTER, F5, LEAVE], 80, 40, "utf-8")
    given_back: list[str] = []

    @contextmanager
    def cooked() -> Iterator[None]:
        given_back.append(shown.frames[-1])
        yield

    with shown.typing() as pipe:
        monkeypatch.setattr(pipe, "cooked_mode", cooked)
        terminal.run(talk, "zh", lambda _: [], input_=pipe, output=shown.output)
    assert entries(talk) == {"network": "B", "equipment_digital_rate": "57.7"}
    assert given_back == []


def test_a_console_without_the_signs_gets_plain_ones() -> None:
    _, _, shown = pressed("b", ENTER, DOWN, LEAVE, encoding="gbk")
    drawn = "\n".join(shown.frames)
    drawn.encode("gbk")
    assert "> " in drawn and "+ Q1" in drawn and "❯" not in drawn


def test_a_hostile_note_steers_nothing() -> None:
    start = Answers("sme@2024", entries={"network": Entry("B", ("[red]e",), "\x1b[31mred\u202e <b>")})
    _, _, shown = pressed(PAGE_UP, LEAVE, answers=start)
    assert shown.saw(r"\x1b[31mred\u202e <b>") and shown.saw("[red]e")


# ── before the first question ────────────────────────────────────────────────────────────────────────


def first_by(*keys: str, given: dict[str, str] | None = None) -> tuple[bool, First, Terminal]:
    catalog = Catalog()
    refs = [str(ref) for ref in catalog.refs]
    first = First(given or {}, "zh", refs, lambda ref: edition(ref).questionnaire, load_vocabulary, refs[0])
    shown = Terminal(keys, 80, 24, "utf-8")
    with shown.typing() as pipe:
        done = terminal.ask_first(first, input_=pipe, output=shown.output)
    return done, first, shown


def test_what_is_asked_first() -> None:
    done, first, shown = first_by("2", ENTER, "Plant", ENTER, "C34", ENTER, DOWN, DOWN, ENTER, "Li", ENTER)
    assert done
    assert first.values == {"language": "en", "name": "Plant", "industry": "C34", "model": "sme@2024", "assessor": "Li"}
    assert shown.saw("Name of the enterprise") and shown.saw("(general_equipment)") and shown.saw("questions, about")


def test_going_back_before_the_first_question() -> None:
    _, first, _ = first_by(ENTER, "甲", ENTER, PAGE_UP, "乙", ENTER, ENTER, ENTER, ENTER, given={"model": "sme@2024"})
    assert first.values["name"] == "乙"
    assert first.values["industry"] == ""


def test_what_is_pasted_is_one_line() -> None:
    pasted = paste("恒泽\r\n二厂\r\n")
    _, first, _ = first_by(ENTER, "江苏", pasted, ENTER, ENTER, ENTER, ENTER, given={"model": "sme@2024"})
    assert first.values["name"] == "江苏恒泽 二厂"


def test_leaving_before_the_first_question() -> None:
    done, _, _ = first_by(ENTER, LEAVE)
    assert not done
    with pytest.raises(KeyboardInterrupt):
        first_by(ENTER, INTERRUPT)


@pytest.mark.parametrize("pasted", ["\x1b[31m", "\x1b[<0;1;1M", "\x1b[0;10;10M", "\x1b[M !!"])
def test_pasted_escapes_are_no_mouse(pasted: str) -> None:
    done, first, _ = first_by(ENTER, f"甲{pasted}厂", ENTER, ENTER, ENTER, ENTER, given={"model": "sme@2024"})
    assert done
    assert first.values["name"] == "甲厂"
