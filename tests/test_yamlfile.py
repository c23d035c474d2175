"""Strict YAML and JSON: what others guess or lose is an error with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bamai.errors import BamaiError, InputError
from bamai.yamlfile import MAX_BYTES, parse_bytes, read


def codes(raw: bytes, *, as_json: bool = False) -> list[tuple[str, int | None, int | None]]:
    with pytest.raises(InputError) as caught:
        parse_bytes(raw, "f.yaml", "rules", as_json=as_json)
    return [(p.code, p.place.line, p.place.column) for p in caught.value.problems]


@pytest.mark.parametrize(
    "guess",
    ["yes", "No", "on", "OFF", "y", "True", "NULL", "1:30", "2024-01-01", "2024-9-1", "1e5", "1_000", "007", "+1",
     ".5", "5.", ".inf", "-.INF", ".nan", "0x1f", "0b11", "0o17"],
)  # fmt: skip
def test_guesses_are_refused(guess: str) -> None:
    assert codes(f"a: 1\nb: {guess}\n".encode()) == [("yaml_guess", 2, 4)]


@pytest.mark.parametrize(
    ("written", "value"),
    [("1", 1), ("-3", -3), ("57.70", Decimal("57.70")), ("true", True), ("false", False), ("null", None), ("~", None),
     ('"no"', "no"), ("'2024-01-01'", "2024-01-01"), ("1.2.3", "1.2.3"), ("L1", "L1"), ("e5", "e5"), ("–", "–")],
)  # fmt: skip
def test_what_is_written_is_what_loads(written: str, value: object) -> None:
    loaded = parse_bytes(f"a: {written}".encode(), "f.yaml", "rules").data["a"]
    assert loaded == value
    assert type(loaded) is type(value)


def test_answers_stay_text() -> None:
    raw = b"a: 2024-01-01\nb: 1:30\nc: no\nd: 0x1f\ne:\nf: ~\ng: 1.50"
    expected = {"a": "2024-01-01", "b": "1:30", "c": "no", "d": "0x1f", "e": None, "f": None, "g": "1.50"}
    assert parse_bytes(raw, "f.yaml", "text").data == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a: 1\nb: 2\na: 3\n", ("yaml_duplicate", 3, 1)),
        (b"a: &x [1]\n", ("yaml_alias", 1, 4)),
        (b"a: !!python/object:os.system x\n", ("yaml_tag", 1, 4)),
        (b"? [1, 2]\n: 3\n", ("yaml_key", 1, 3)),
        (b"a: 1\n---\nb: 2\n", ("yaml_many_documents", 2, 1)),
        (b"a: [1, 2\n", ("yaml_syntax", 2, 1)),
        (b"a: 1\n b: 2\n", ("yaml_syntax", 2, 3)),
        (b"a: \x07\n", ("yaml_characters", None, None)),
        (b"ab\ncd\xff", ("not_utf8", 2, 3)),
        ("名: 1".encode("gb18030"), ("not_utf8", 1, 1)),
        (b"", ("file_empty", None, None)),
        (b"# only a comment\n", ("file_empty", None, None)),
        (b"[" * 100_000, ("yaml_depth", 1, 41)),
    ],
)
def test_mistakes_have_a_code_and_a_place(raw: bytes, expected: tuple[str, int | None, int | None]) -> None:
    assert codes(raw) == [expected]


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    found = codes("\n".join(lines).encode())
    assert {code for code, _, _ in found} == {"yaml_alias"}
    assert len(found) == 60 + 2 * 59


def test_all_mistakes_at_once() -> None:
    assert [code for code, _, _ in codes(b"a: yes\nb: 1e5\na: 2\n")] == ["yaml_guess", "yaml_guess", "yaml_duplicate"]


def test_places() -> None:
    document = parse_bytes("甲:\n  - x: 1\n    乙: 2\n".encode(), "f.yaml", "rules")
    assert str(document.place(("甲", 0, "乙"))) == "f.yaml:3:8"
    assert str(document.place(("甲", 0, "乙"), key=True)) == "f.yaml:3:5"
    assert str(document.place(("甲", 0, "丙"))) == "f.yaml:2:5"


def test_json_keeps_numbers_as_text_and_has_places() -> None:
    document = parse_bytes(b'{"a": {"b": 1.50, "c": true, "d": null, "e": [1e3]}}', "f.json", "text", as_json=True)
    assert document.data == {"a": {"b": "1.50", "c": "true", "d": None, "e": ("1e3",)}}
    assert str(document.place(("a", "b"))) == "f.json:1:13"


def test_json_that_yaml_cannot_read_is_read_all_the_same() -> None:
    document = parse_bytes(b'{"a": "\\ud842\\udfb7"}', "f.json", "text", as_json=True)
    assert document.data == {"a": "𠮷"}
    assert str(document.place(("a",))) == "f.json"


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b'{"a": 1, "a": 2}', "yaml_duplicate"), (b'{"a": 1,}', "json_syntax"), (b"[" * 100_000, "yaml_depth"),
     (b'{"a": 01}', "json_syntax"), (b"[" * 41 + b"]" * 41, "yaml_depth"), (b"[" * 900 + b"]" * 900, "yaml_depth"),
     (b'{"a": "\\ud800"}', "yaml_characters"), (b'{"\\udfb7": 1}', "yaml_characters")],
)  # fmt: skip
def test_json_mistakes(raw: bytes, code: str) -> None:
    assert [found for found, _, _ in codes(raw, as_json=True)] == [code]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        stream.truncate(50 * 2**20)
    for path, code in ((tmp_path, "is_folder"), (tmp_path / "none.yaml", "file_not_found"), (large, "file_too_large"),
                       (Path("a\0b"), "file_unreadable")):  # fmt: skip
        with pytest.raises(BamaiError) as caught:
            read(path, "text")
        assert [p.code for p in caught.value.problems] == [code]
    assert MAX_BYTES < 50 * 2**20
