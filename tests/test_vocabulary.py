"""The words by which results are grouped: every spelling finds its one group, and a wrong file says where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from bamai.checks import fold
from bamai.errors import Problem, RulesError
from bamai.texts import LANGS
from bamai.vocabulary import Entry, Vocabulary, load_vocabulary
from conftest import Run

FILE = "rules/vocabulary.yaml"


@lru_cache
def shipped() -> Vocabulary:
    return load_vocabulary()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("江苏", "jiangsu"), ("江苏省", "jiangsu"), ("JS", "jiangsu"), ("js", "jiangsu"), ("320000", "jiangsu"),
        ("32", "jiangsu"), ("jiangsu", "jiangsu"), ("Jiangsu", "jiangsu"), ("Ｊｉａｎｇｓｕ", "jiangsu"),
        ("３２００００", "jiangsu"), ("\u3000江苏 ", "jiangsu"),
        ("山西", "shanxi"), ("陕西", "shaanxi"), ("Shanxi", "shanxi"), ("Shaanxi", "shaanxi"), ("SX", "shanxi"),
        ("SN", "shaanxi"), ("河北", "hebei"), ("HE", "hebei"), ("河南", "henan"), ("HA", "henan"), ("HB", "hubei"),
        ("HN", "hunan"), ("HI", "hainan"), ("广西壮族自治区", "guangxi"), ("北京市", "beijing"),
        ("inner_mongolia", "inner_mongolia"), ("Inner Mongolia", "inner_mongolia"), ("内蒙古", "inner_mongolia"),
        ("Tibet", "xizang"), ("西藏", "xizang"), ("香港特别行政区", "hong_kong"), ("MO", "macao"), ("台湾", "taiwan"),
        ("", None), (" ", None), ("苏州", None), ("321000", None), ("C34", None), ("机械", None),
    ],
)  # fmt: skip
def test_a_province_is_found_however_it_is_written(text: str, found: str | None) -> None:
    assert shipped().province(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("machinery", "machinery"), ("机械", "machinery"), ("Machinery", "machinery"),
        ("C34", "general_equipment"), ("c34", "general_equipment"), ("34", "general_equipment"),
        ("Ｃ３４", "general_equipment"), ("通用设备制造业", "general_equipment"),
        ("06", "coal_mining"), ("B06", "coal_mining"), ("D46", "water_supply"), ("水的生产和供应业", "water_supply"),
        # a sector is not the division whose name begins alike
        ("纺织", "textiles"), ("纺织业", "textile_manufacturing"),
        ("食品", "food"), ("食品制造业", "food_manufacturing"),
        ("医药", "pharmaceuticals"), ("医药制造业", "medicines"),
        ("汽车", "automobiles"), ("汽车制造业", "automobile_manufacturing"), ("新能源汽车", "new_energy_vehicles"),
        ("电子", "electronics"), ("电子信息", "electronics"), ("C39", "computers_communication"),
        ("轻工", "light_industry"), ("石化", "petrochemicals"), ("石油化工", "petrochemicals"),
        ("化工", "petrochemicals"), ("化学原料和化学制品制造业", "chemicals"), ("钢铁", "steel"),
        ("C31", "ferrous_smelting"), ("有色", "nonferrous"), ("有色金属", "nonferrous"), ("建材", "building_materials"),
        ("原材料", "raw_materials"), ("电力装备", "power_equipment"), ("工程机械", "construction_machinery"),
        ("机器人", "robots"), ("医疗装备", "medical_equipment"), ("家电", "home_appliances"), ("制糖", "sugar"),
        ("白酒", "baijiu"), ("化妆品", "cosmetics"), ("锂电池", "lithium_batteries"),
        ("印制电路板", "printed_circuit_boards"), ("智能终端", "smart_terminals"), ("民爆", "civil_explosives"),
        ("", None), ("B34", None), ("05", None), ("47", None), ("C", None), ("江苏", None), ("软件", None),
    ],
)  # fmt: skip
def test_an_industry_is_found_however_it_is_written(text: str, found: str | None) -> None:
    assert shipped().industry(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", "micro"), ("19", "micro"), ("20", "small"), ("１２０", "small"), ("299", "small"), ("300", "medium"),
        ("999", "medium"), ("1000", "large"), ("1,200", "large"), ("1，200", "large"), (" 85\t", "small"),
        ("0020", "small"), ("1,000,000", "large"), ("999999999999", "large"),
        ("", None), (" ", None), ("many", None), ("-5", None), ("+5", None), ("12.5", None), ("1,20", None),
        (",200", None), ("1,2000", None), ("20人", None), ("1e3", None), ("٢٠", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_employees_make_a_size(text: str, found: str | None) -> None:
    assert shipped().size(text) == found


def test_the_shipped_vocabulary_is_whole() -> None:
    file = shipped().file
    province_codes = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
        61, 62, 63, 64, 65, 71, 81, 82,
    ]  # fmt: skip
    assert len(province_codes) == 34
    assert [entry.code for entry in file.provinces.entries] == [f"{code}0000" for code in province_codes]
    assert [entry.code for entry in file.industries.entries] == [f"{code:02}" for code in range(6, 47)]
    manufacturing = {shipped().industry(f"C{code}") for code in range(13, 44)}
    assert len(manufacturing - {None}) == 31
    for code in range(6, 47):
        letter = "B" if code < 13 else "C" if code < 44 else "D"
        assert shipped().industry(f"{letter}{code:02}") == shipped().industry(f"{code:02}") is not None
    # the 14 industries of the reference guide of 2025, by its codes
    assert {entry.code for entry in file.sectors.entries if entry.source == "scenario_guide_2025"} == {
        "YB01", "SH01", "JB01", "QC01", "JB02", "WS01", "QB01", "QB02", "QB03", "QB04", "SJ01", "SJ02", "SJ03", "WJ01"
    }  # fmt: skip
    assert all((entry.code is None) == (entry.source is None) for entry in file.sectors.entries)
    assert [(size.id, size.from_) for size in file.sizes.entries] == [
        ("micro", 0), ("small", 20), ("medium", 300), ("large", 1000)
    ]  # fmt: skip


def test_the_shipped_vocabulary_says_where_it_comes_from() -> None:
    file = shipped().file
    sources = {source.id: source for source in file.sources}
    numbers = [sources[section.source or ""].number for section in (file.provinces, file.industries, file.sizes)]
    assert numbers == ["GB/T 2260—2007", "GB/T 4754—2017", "国统字〔2017〕213号"]
    assert {source.seen for source in file.sources} == {"secondary"}
    assert (file.sectors.status, file.sectors.source) == ("illustrative", None)
    assert file.sizes.note is not None
    assert "营业收入" in file.sizes.note.zh
    assert "revenue" in file.sizes.note.en


def every_list() -> Iterator[tuple[Entry, ...]]:
    yield shipped().file.provinces.entries
    yield (*shipped().file.industries.entries, *shipped().file.sectors.entries)


def test_no_word_is_claimed_twice() -> None:
    for entries in every_list():
        own = [{fold(x) for x in (e.id, e.code or e.id, e.title.zh, e.title.en)} for e in entries]
        words = [word for names in own for word in names] + [fold(a) for e in entries for a in e.aliases]
        assert sorted(words) == sorted(set(words))


def test_titles_are_in_both_languages_and_unique() -> None:
    for entries in (*every_list(), shipped().file.sizes.entries):
        for lang in LANGS:
            titles = [entry.title[lang] for entry in entries]
            assert len(titles) == len(set(titles))
            has_han = [any("\u4e00" <= c <= "\u9fff" for c in title) for title in titles]
            assert set(has_han) == {lang == "zh"}


def test_titles_by_kind_and_id() -> None:
    assert shipped().title("province", "jiangsu").zh == "江苏"
    assert shipped().title("industry", "general_equipment").zh == "通用设备制造业"
    assert shipped().title("industry", "machinery").en == "Machinery"
    assert shipped().title("size", "small").zh == "小型（20–299 人）"
    with pytest.raises(KeyError):
        shipped().title("province", "machinery")


SMALL = """\
schema: bamai.vocabulary/1
title: {zh: 词表, en: Words}
sources:
  - {id: list, title: {zh: 名录, en: List}, seen: original}
provinces:
  status: official
  source: list
  entries:
    - {id: east, code: "10", title: {zh: 东省, en: East}, aliases: [东, E]}
    - {id: west, code: "20", title: {zh: 西省, en: West}, aliases: [西]}
industries:
  status: official
  source: list
  entries:
    - {id: wood, code: "01", title: {zh: 木业, en: Wood}}
sectors:
  status: illustrative
  entries:
    - {id: toys, title: {zh: 玩具, en: Toys}, aliases: [木玩]}
sizes:
  status: adapted
  source: list
  entries:
    - {id: little, from: 0, title: {zh: 小, en: Little}}
    - {id: big, from: 10, title: {zh: 大, en: Big}}
"""


def small(root: Path, old: str = "", new: str = "") -> Path:
    """A folder with a small vocabulary, in which *old* is replaced."""
    assert SMALL.count(old) == 1 or not old
    path = root / FILE
    path.parent.mkdir(parents=True)
    path.write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
    return root


def test_a_vocabulary_of_ones_own(tmp_path: Path) -> None:
    own = load_vocabulary(small(tmp_path))
    assert [own.province(text) for text in ("e", "东省", "20", "江苏")] == ["east", "east", "west", None]
    assert [own.industry(text) for text in ("01", "木玩", "东")] == ["wood", "toys", None]
    assert [own.size(text) for text in ("9", "10")] == ["little", "big"]


# what is replaced, by what (with ^ before each mistake), the code of each mistake
MISTAKES: list[tuple[str, str, list[str]]] = [
    ("id: west", "id: ^east", ["id_twice"]),
    ("id: west", "id: ^Ｗest", ["wrong_id"]),
    ('code: "20"', 'code: ^"10"', ["id_twice"]),
    ("zh: 西省", "zh: ^东省", ["id_twice"]),
    ("aliases: [西]", "aliases: [西, ^ｅ]", ["id_twice"]),
    # the alias is the mistake, though it stands before what it takes
    ("aliases: [东, E]", "aliases: [^西省, E]", ["id_twice"]),
    ("aliases: [西]", "aliases: [^WEST]", ["id_twice"]),
    ("aliases: [西]", 'aliases: [西, ^" "]', ["wrong_value"]),
    ("aliases: [西]", "aliases: [^20]", ["wrong_value"]),
    ("aliases: [木玩]", "aliases: [^木业]", ["id_twice"]),
    ("id: toys", "id: ^wood", ["id_twice"]),
    ("title: {zh: 玩具, en: Toys}", "title: ^{zh: 玩具}", ["missing_language"]),
    ("id: big", "id: ^little", ["id_twice"]),
    ("en: Big", "en: ^LITTLE", ["id_twice"]),
    ("from: 0", "from: ^1", ["sizes_start"]),
    ("from: 10", "from: ^0", ["sizes_order"]),
    ("from: 0, title: {zh: 小, en: Little}}\n    - {id: big, from: 10",
     "from: ^20, title: {zh: 小, en: Little}}\n    - {id: big, from: ^10", ["sizes_start", "sizes_order"]),
    ("from: 10", "from: ^9.5", ["wrong_value"]),
    ("{id: big, from: 10", "^{id: big, ^form: 10", ["missing_key", "unknown_key"]),
    ("adapted\n  source: list", "adapted\n  source: ^lists", ["unknown_name"]),
    ("status: adapted\n  source: list\n", "^status: adapted\n", ["missing_key"]),
    ("status: illustrative", "status: ^ours", ["not_one_of"]),
    ("bamai.vocabulary/1", "^bamai.vocabulary/2", ["wrong_schema"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "codes"), MISTAKES, ids=[f"{m[2][0]}:{m[1][:20]}" for m in MISTAKES])
def test_a_mistake_says_where_it_stands(tmp_path: Path, old: str, new: str, codes: list[str]) -> None:
    pieces = SMALL.replace(old, new, 1).split("^")
    before = ["".join(pieces[:n]) for n in range(1, len(pieces))]
    places = [(text.count("\n") + 1, len(text) - text.rfind("\n")) for text in before]
    with pytest.raises(RulesError) as caught:
        load_vocabulary(small(tmp_path, old, new.replace("^", "")))
    found = caught.value.problems
    assert [p.code for p in found] == codes
    assert [(p.place.line, p.place.column) for p in found] == places
    assert {p.place.file for p in found} == {str(tmp_path / FILE)}


def test_a_mistake_says_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    def only(root: Path) -> Problem:
        with pytest.raises(RulesError) as caught:
            load_vocabulary(root)
        [problem] = caught.value.problems
        return problem

    taken = only(small(tmp_path / "a", "aliases: [西]", "aliases: [西, ｅ]"))
    assert taken.path == "provinces.entries.1.aliases.1"
    assert taken.message("en") == "id, code or label ｅ is used twice (first on line 9)"
    order = only(small(tmp_path / "b", "from: 10", "from: 0"))
    assert order.path == "sizes.entries.1.from"
    assert order.message("en") == "sizes must rise: 0 comes after 0"
    start = only(small(tmp_path / "c", "from: 0", "from: 1"))
    assert start.message("zh") == "最小的规模应从 0 人开始，这里是 1"
    source = only(small(tmp_path / "d", "  status: adapted\n  source: list", "  status: adapted\n  source: lists"))
    assert source.message("en") == "lists does not exist; there is: list; did you mean list?"


def test_a_folder_without_a_vocabulary(tmp_path: Path) -> None:
    with pytest.raises(RulesError) as caught:
        load_vocabulary(tmp_path)
    assert [(p.code, p.place.file) for p in caught.value.problems] == [("file_not_found", str(tmp_path / FILE))]


def test_model_check_checks_the_vocabulary(run: Run, own_rules: Path) -> None:
    done = run("model", "check", "--lang", "en")
    assert done.returncode == 0
    assert "vocabulary.yaml: correct" in done.stderr.decode()

    # a folder of one's own: right, wrong, in the wrong place, and not there
    for folder in (own_rules / "rules", own_rules / "questionnaires"):
        for other in ("general", "sme"):
            (folder / other).rename(own_rules / f"{folder.name}-{other}")
    file = own_rules / FILE
    done = run("model", "check", own_rules, "--lang", "en")
    assert (done.returncode, f"{file}: correct" in done.stderr.decode()) == (0, True)
    file.write_text(SMALL.replace("from: 10", "from: 0"), encoding="utf-8")
    done = run("model", "check", own_rules, "--lang", "en")
    assert done.returncode == 1
    message = f"{file}:25:23: sizes.entries.1.from: sizes must rise: 0 comes after 0 [sizes_order]"
    assert message in done.stderr.decode().replace("\n", "")
    file.rename(file.with_name("words.yaml"))
    done = run("model", "check", own_rules, "--lang", "en")
    assert done.returncode == 1
    assert "stray_file" in done.stderr.decode()
    file.with_name("words.yaml").unlink()
    done = run("model", "check", own_rules, "--lang", "en")
    assert done.returncode == 0
    assert "vocabulary" not in done.stderr.decode()
