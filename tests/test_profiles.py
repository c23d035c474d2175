"""Scoring profiles: what each kind of change does to a result, what is refused, and who says which profile it was."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

import bamai
from bamai.answers import NA, Cell
from bamai.assessing import source_counts
from bamai.catalog import Catalog, Edition
from bamai.errors import BamaiError, Problem, RulesError
from conftest import EXAMPLE, GENERAL_EXAMPLE, ROOT, Run, assessed
from conftest import edition as shipped
from forms import Filling, blank_form

HEAD = """schema: bamai.profile/1
id: foundry
model: sme@2024
title: {zh: 铸造企业, en: Foundries}
"""

FOUNDRY = (
    HEAD
    + """note: {zh: 铸造企业按来图生产，没有产品设计。, en: Foundries work to drawings and design no products.}
dimensions:
  base: {weight: 45}
  management: {weight: 35}
indicators:
  product_design: {na: true}
levels:
  L3: {score: 50, add: [{kind: score, id: L3.base, nodes: [base], needs: 50}]}
gates:
  L3.count: {needs: 6}
  L2.core: {leave_out: true}
na_limits: {operations: 2}
"""
)
"""What the example makes of it: 54.2 × 0.45 + 42.5 × 0.35 + 67.5 × 0.2 = 52.765, which is L3 by these rules."""

Write = Callable[..., Path]


@pytest.fixture
def profile(tmp_path: Path) -> Write:
    """Writes a profile of `sme@2024` with these changes."""

    def written(changes: str, head: str = HEAD) -> Path:
        path = tmp_path / "foundry.yaml"
        path.write_text(head + changes, encoding="utf-8")
        return path

    return written


def loaded(path: Path, model: str = "sme@2024") -> Edition:
    return Catalog(profile=str(path)).load(model)


def problems(path: Path) -> list[Problem]:
    with pytest.raises(BamaiError) as caught:
        loaded(path)
    assert all(problem.place.file == str(path) for problem in caught.value.problems)
    return list(caught.value.problems)


# ── what a change does ───────────────────────────────────────────────────────────────────────────────

CHANGES = {
    # 54.2 × 0.45 + 42.5 × 0.35 + 13.5
    "dimensions: {base: {weight: 45}, management: {weight: 35}}": ("52.765", "L2"),
    # 57.5 × 0.5 + 56 × 0.2 + 50 × 0.1 + 50 × 0.2 = 54.95, half of it, + 12.75 + 13.5
    "groups: {equipment_systems: {weight: 50}, information_systems_group: {weight: 10}}": ("53.725", "L2"),
    # resources 60 × 0.8 + 0 × 0.2 = 48; (55 + 48) ÷ 2 × 0.3 = 15.45; 27.1 + 15.45 + 13.5
    "indicators: {talent: {weight: 80}, funding: {weight: 20}}": ("56.05", "L2"),
    # systems 8 of 10 instead of 5: the group at 80 × 0.2 × 0.5 brings 8 instead of 5
    "indicators: {systems: {scoring: {kind: choice, question: systems, out_of: 10,"
    " points: {none: 0, one: 2.5, several: 8, most: 9, all: 10}}}}": ("56.35", "L2"),
    # scada and apps: 3 of 4 instead of 4 of 8; 25 points more of 0.4 × 0.4 × 0.5
    "indicators: {network: {scoring: {kind: checklist, question: network, out_of: 4,"
    " points: {none: 0, scada: 2, apps: 1, mobile_5g: 1, full_coverage: 1}}}}": ("55.35", "L2"),
    "levels: {L3: {score: 50}}": ("53.35", "L2"),
    "levels: {L3: {score: 50}}\ngates: {L3.count: {needs: 6}}": ("53.35", "L3"),
    "levels: {L3: {score: 50}}\ngates: {L3.count: {needs: 7}}": ("53.35", "L2"),
    "levels: {L3: {score: 50}}\ngates: {L3.count: {grade: 2}}": ("53.35", "L3"),
    "levels: {L3: {score: 50}}\ngates: {L3.count: {leave_out: true}}": ("53.35", "L3"),
    "levels: {L2: {add: [{kind: score, id: L2.management, nodes: [management], needs: 42.5}]}}": ("53.35", "L2"),
    "levels: {L2: {add: [{kind: score, id: L2.management, nodes: [management], needs: 42.6}]}}": ("53.35", "L1"),
}


@pytest.mark.parametrize("changes", CHANGES)
def test_each_kind_of_change_scores_as_counted_by_hand(profile: Write, changes: str) -> None:
    path = profile(changes)
    result = bamai.score_file(EXAMPLE, profile=str(path))
    assert (str(result.score), result.level) == CHANGES[changes]
    assert result.digest != shipped("sme@2024").digest
    assert result.model == "sme@2024"


def test_knots_of_a_line(profile: Write) -> None:
    """13 of 20 processes: 65 of 100 by the edition, everything from 50 % by this; 35 points of 0.2 × 0.3."""
    head = HEAD.replace("sme@2024", "general@2026-reference")
    line = "{kind: linear, question: cnc_rate, out_of: 100, knots: [{at: 0, points: 0}, {at: 50, points: 100}]}"
    path = profile(f"indicators: {{cnc_rate: {{scoring: {line}}}}}", head)
    before, after = bamai.score_file(GENERAL_EXAMPLE), bamai.score_file(GENERAL_EXAMPLE, profile=str(path))
    was, now = before.indicators["cnc_rate"], after.indicators["cnc_rate"]
    assert (was.score, now.score) == (Decimal(65), Decimal(100))
    assert before.score is not None and after.score == before.score + Decimal("2.1")


def test_not_applicable_where_the_profile_allows_it(profile: Write, sme: Edition) -> None:
    path = profile("indicators: {product_design: {na: true}, process_design: {na: true}}\nna_limits: {lifecycle: 1}")
    edition = loaded(path)
    assert edition.na_permitted - sme.na_permitted == {"product_design", "process_design"}
    assert [item.question for item in assessed(edition, {"product_design": "n/a"}).na] == ["product_design"]
    with pytest.raises(BamaiError) as caught:
        bamai.score_answers(edition, {"product_design": "n/a", "process_design": "n/a"})
    assert [problem.code for problem in caught.value.problems] == ["too_many_na"]
    with pytest.raises(BamaiError):
        bamai.score_answers(sme, {"product_design": "n/a"})


def test_a_first_level_that_everybody_reaches(profile: Write) -> None:
    path = profile("levels: {L1: {score: 0}}\ngates: {L1.count: {leave_out: true}, L1.core: {leave_out: true}}")
    lowest = bamai.score_answers(loaded(path), {}, missing_lowest=True)
    assert (lowest.level, lowest.no_level) == ("L1", None)


def test_a_first_level_that_can_be_missed_needs_a_name_for_none(profile: Write) -> None:
    head = HEAD.replace("sme@2024", "general@2026-reference")
    path = profile("levels: {L1: {score: 10}}", head)
    with pytest.raises(RulesError) as caught:
        loaded(path, "general")
    assert [problem.params["key"] for problem in caught.value.problems] == ["no_level"]
    path = profile("levels: {L1: {score: 10}}\nno_level: {zh: 未达规划级, en: Below planned}", head)
    result = bamai.score_answers(loaded(path, "general"), {}, missing_lowest=True)
    assert result.level == "none" and result.level_title("none").en == "Below planned"


def test_a_profile_is_the_model_edited_by_hand(own_rules: Path, profile: Write) -> None:
    model = own_rules / "rules" / "sme" / "2024" / "model.yaml"
    text = model.read_text(encoding="utf-8")
    gate = "      - {kind: count, id: L3.count, grade: 3, needs: 8, within: operations}\n"
    for old, new in (
        ("    score: 60\n", "    score: 50\n"),
        (gate, gate.replace("8", "6")),
        ("      - {kind: count, id: L2.core, grade: 2, needs: 3, within: operations, tag: core}\n", ""),
        ("  - id: L4\n", "      - {kind: score, id: L3.base, nodes: [base], needs: 50}\n  - id: L4\n"),
        ("    weight: 50\n    groups:\n", "    weight: 45\n    groups:\n"),
        ("    weight: 30\n    groups:\n", "    weight: 35\n    groups:\n"),
        ("          - id: product_design\n", "          - id: product_design\n            na: true\n"),
        ("\ndimensions:\n", "\nna_limits: [{within: operations, at_most: 2}]\ndimensions:\n"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    model.write_text(text, encoding="utf-8")
    by_hand = Catalog(own_rules, shipped=False).load("sme")
    edition = loaded(profile(FOUNDRY, ""))
    assert edition.digest == by_hand.digest


def test_the_digest_is_of_the_rules_that_result(profile: Write, sme: Edition) -> None:
    one = loaded(profile("gates: {L3.count: {needs: 6}}"))
    other = loaded(profile("gates:\n  L3.count: {needs: 6, note: {zh: 另述, en: said otherwise}}", HEAD))
    assert one.digest == other.digest != sme.digest
    assert one.without_profile.digest == sme.digest
    assert pickle.loads(pickle.dumps(one)).digest == one.digest


def test_a_changed_rule_does_not_pass_for_the_documents(profile: Write, sme: Edition) -> None:
    """Of 31 official and 12 adapted rules, product design is adapted now, L2.core gone and L3.base new."""
    edition = loaded(profile(FOUNDRY, ""))
    assert source_counts(sme) == {"official": 31, "adapted": 12, "illustrative": 0, "secondary": 12}
    # second-hand before: all four levels and their eight gates; L3, L3.count and L2.core no longer
    assert source_counts(edition) == {"official": 30, "adapted": 12, "illustrative": 1, "secondary": 9}
    assert edition.source(edition.origins["L3.base"].source).title.en == "scoring profile: Foundries"
    assert edition.origins["L3.core"] == sme.origins["L3.core"]


def test_a_change_may_name_its_document(profile: Write) -> None:
    path = profile(
        "sources: [{id: notice_2027, title: {zh: 甲省通知, en: Notice of a province}, seen: capture}]\n"
        "gates: {L3.count: {needs: 6, status: official, source: notice_2027, seen: capture, clause: 第三条}}"
    )
    assert loaded(path).origins["L3.count"] == ("official", "capture", "notice_2027")
    assert [source.title.en for source in bamai.score_file(EXAMPLE, profile=str(path)).documents][-1:] == [
        "Notice of a province"
    ]


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────

REFUSED = {
    "dimensions: {bse: {weight: 50}}": ("unknown_name", "dimensions.bse", 5, 14),
    "gates: {L3.cuont: {needs: 6}}": ("unknown_name", "gates.L3.cuont", 5, 9),
    "levels: {L6: {score: 90}}": ("unknown_name", "levels.L6", 5, 10),
    "groups: {network: {weight: 50}}": ("profile_other_kind", "groups.network", 5, 10),
    "indicators: {network: {wieght: 50}}": ("unknown_key", "indicators.network.wieght", 5, 24),
    "parent: other": ("unknown_key", "parent", 5, 1),
    "dimensions: {base: {weight: 60}}": ("weight_sum", "dimensions.base.weight", 5, 29),
    "dimensions: {effect: {weight: 30}}": ("weight_sum", "dimensions.effect.weight", 5, 31),
    "indicators: {hr: {weight: 20}}": ("weight_unscored", "indicators.hr.weight", 5, 27),
    "levels: {L3: {score: 90}}": ("level_scores_order", "levels.L3.score", 5, 22),
    "gates: {L3.count: {needs: 17}}": ("gate_unreachable", "gates.L3.count", 5, 19),
    "gates: {L3.count: {needs: 8}}": ("profile_changes_nothing", "", 1, 1),
    "gates: {L3.count: {needs: 6, leave_out: true}}": ("profile_left_out_changed", "gates.L3.count", 5, 19),
    "levels: {L3: {add: [{kind: score, id: L3.core, needs: 50}]}}": (
        "profile_gate_there", "levels.L3.add.0.id", 5, 39,
    ),
    "levels: {L3: {add: [{kind: score, id: L3.bse, nodes: [bse], needs: 50}]}}": (
        "unknown_name", "levels.L3.add.0.nodes.0", 5, 55,
    ),
    "indicators: {network: {scoring: {kind: choice, question: systems, out_of: 1, points: {none: 0}}}}": (
        "profile_question", "indicators.network.scoring.question", 5, 58,
    ),
    "sources: [{id: notice, title: {zh: 甲, en: A}, seen: capture}]\ngates: {L3.count: {needs: 6}}": (
        "profile_source_there", "sources.0.id", 5, 16,
    ),
    "gates: {L3.count: {needs: 6, status: official}}": ("profile_official", "gates.L3.count", 5, 19),
    "gates: {L3.count: {needs: 6, source: notise}}": ("unknown_name", "gates.L3.count.source", 5, 38),
}  # fmt: skip


@pytest.mark.parametrize("changes", REFUSED)
def test_every_mistake_has_its_place_in_the_profile(profile: Write, changes: str) -> None:
    code, path, line, column = REFUSED[changes]
    (problem,) = problems(profile(changes))
    assert (problem.code, problem.path, problem.place.line, problem.place.column) == (code, path, line, column)


def test_the_nearest_name_is_offered_and_all_mistakes_at_once(profile: Write) -> None:
    found = problems(profile("dimensions: {bse: {weight: 50}}\ngates: {L3.cuont: {needs: 6}, L4.x: {needs: 1}}"))
    assert [problem.place.line for problem in found] == [5, 6, 6]
    texts = [problem.text("en") for problem in found]
    assert "did you mean base?" in texts[0] and "did you mean L3.count?" in texts[1]


def test_a_question_that_may_be_hidden_must_stay_optional(own_rules: Path, profile: Write) -> None:
    """The questionnaire leans on the permission that the profile takes away; the profile is told so."""
    questions = own_rules / "questionnaires" / "general" / "2026-reference" / "questionnaire.yaml"
    text = questions.read_text(encoding="utf-8")
    hidden = "      - id: decision_support\n        show_if: {all: [{question: finance, at_least: 1}]}\n"
    assert text.count("      - id: decision_support\n") == 1
    questions.write_text(text.replace("      - id: decision_support\n", hidden), encoding="utf-8")
    path = profile("indicators: {decision_support: {na: false}}", HEAD.replace("sme@2024", "general@2026-reference"))
    with pytest.raises(RulesError) as caught:
        Catalog(own_rules, shipped=False, profile=str(path)).load("general")
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("show_if_required", "indicators.decision_support")
    assert (problem.place.file, problem.place.line) == (str(path), 5)


# ── who says so ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def foundry(tmp_path: Path) -> Path:
    """A folder of one's own that holds nothing but a profile for a shipped edition."""
    path = tmp_path / "own" / "rules" / "sme" / "2024" / "profiles" / "foundry.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(FOUNDRY, encoding="utf-8")
    return path


def own_of(path: Path) -> Path:
    return path.parents[4]


def test_every_output_says_which_profile(run: Run, tmp_path: Path, foundry: Path) -> None:
    outputs = [part for suffix in ("json", "md", "html", "txt") for part in ("-o", f"r.{suffix}")]
    done = run("score", EXAMPLE, "--rules", own_of(foundry), "--profile", "foundry", "--lang", "en", *outputs,
               "--format", "text", env={"COLUMNS": "48"})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    note = "Scored with the profile Foundries (foundry), whose rules differ from sme@2024 (values: 8)"
    screen = done.stdout.decode()
    assert note in " ".join(screen.split())
    assert "scoring profile: Foundries" in " ".join(screen.replace("│", " ").split())
    for suffix in ("html", "txt"):
        assert note in " ".join((tmp_path / f"r.{suffix}").read_text(encoding="utf-8").split())
    assert "Scoring profile" in (tmp_path / "r.md").read_text(encoding="utf-8")
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert found["profile"] == {"id": "foundry", "title": "Foundries", "changes": 8}
    assert (found["model"], found["score"], found["level"]) == ("sme@2024", 52.765, "L3")
    assert found["digest"] == Catalog(own_of(foundry), profile="foundry").load("sme").digest


def test_without_a_profile_there_is_no_word_of_one() -> None:
    assert bamai.score_file(EXAMPLE).data("en")["profile"] is None


def test_a_road_map_a_trial_and_a_comparison_go_by_it(run: Run, foundry: Path) -> None:
    by = ("--profile", foundry, "--format", "json", "--lang", "en")
    tried = json.loads(run("whatif", EXAMPLE, "s12=2", *by).stdout)
    assert [tried["before"]["level"], tried["after"]["level"]] == ["L3", "L2"]  # five scenarios of six are left
    plan = json.loads(run("roadmap", EXAMPLE, "--budget", "1", *by).stdout)
    both = json.loads(run("compare", EXAMPLE, EXAMPLE, *by).stdout)
    assert [side["level"] for side in both["sides"]] == ["L3", "L3"]
    for found in (tried, plan, both["sides"][0]):
        assert found["profile"]["id"] == "foundry" and found["digest"] == loaded(foundry).digest


def test_the_differences_as_data(run: Run, foundry: Path, sme: Edition) -> None:
    done = run("model", "show", "sme", "--profile", foundry, "--diff", "--format", "json", "--lang", "zh")
    found = json.loads(done.stdout)
    assert (found["schema"], found["model"]) == ("bamai.profile_diff/1", "sme@2024")
    assert found["profile"] == {"id": "foundry", "title": "铸造企业", "changes": 8, "file": str(foundry)}
    assert (found["digest"], found["digest_without_profile"]) == (loaded(foundry).digest, sme.digest)
    core = {"kind": "count", "id": "L2.core", "grade": 2, "needs": 3, "within": "operations", "tag": "core"}
    base = {"kind": "score", "id": "L3.base", "nodes": ["base"], "needs": 50}
    assert [tuple(change[key] for key in ("kind", "id", "key", "old", "new")) for change in found["changes"]] == [
        ("gate", "L2.core", "", core, None),
        ("level", "L3", "score", 60, 50),
        ("gate", "L3.count", "needs", 8, 6),
        ("gate", "L3.base", "", None, base),
        ("dimension", "base", "weight", 50, 45),
        ("indicator", "product_design", "na", False, True),
        ("dimension", "management", "weight", 30, 35),
        ("na_limit", "operations", "at_most", None, 2),
    ]
    assert found["changes"][4]["title"] == "数字化基础"


SHOWN = {
    "en": ["Level 3 (L3): score from 60 50", "Score of Digital base (L3.base): added – 50",
           "Product design (product_design): not applicable allowed no yes"],
    "zh": ["三级 (L3)：得分不低于 60 50", "数字化基础得分 (L3.base)：新增 – 50",
           "产品设计 (product_design)：可填不适用 否 是"],
}  # fmt: skip


@pytest.mark.parametrize("lang", SHOWN)
def test_the_differences_on_a_screen(run: Run, foundry: Path, lang: str) -> None:
    done = run("model", "show", "sme", "--profile", foundry, "--diff", "--lang", lang, "--width", "80")
    rows = [" ".join(line.split()) for line in done.stdout.decode().splitlines()]
    assert [row for row in SHOWN[lang] if row not in rows] == []


@pytest.mark.parametrize("lang", SHOWN)
def test_the_differences_fit_48_columns(run: Run, profile: Write, lang: str) -> None:
    grades = "{kind: staged, question: hr, out_of: 100, points: [0, 10, 40, 60, 80, 100]}"
    bands = (
        "{kind: bands, question: cnc_rate, out_of: 100, closed: left,"
        " bands: [{to: 50, points: 0}, {from: 50, points: 100}]}"
    )
    path = profile(
        f"indicators: {{hr: {{scoring: {grades}}}, cnc_rate: {{scoring: {bands}}}}}",
        HEAD.replace("sme@2024", "general@2026-reference"),
    )
    done = run("model", "show", "general", "--profile", path, "--diff", "--lang", lang, "--width", "48")
    text = done.stdout.decode()
    assert done.returncode == 0 and max(map(cell_len, text.splitlines())) <= 48
    words = " ".join(text.split())
    assert ("grade 1" if lang == "en" else "1 级") in words and "–50: 0; 50–: 100" in words


def test_a_batch_says_so_and_scores_as_single_files_do(run: Run, tmp_path: Path, foundry: Path) -> None:
    rows = ROOT / "questionnaires" / "sme" / "2024" / "example.csv"
    done = run("batch", rows, "--profile", foundry, "-o", "r.csv", "-o", "r.parquet", "--summary", "s.json",
               "--summary", "s.md", "--lang", "en")  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    edition = loaded(foundry)
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert summary["profile"]["id"] == "foundry" and summary["digest"] == edition.digest
    assert "profile Foundries" in (tmp_path / "s.md").read_text(encoding="utf-8")
    assert pq.read_schema(tmp_path / "r.parquet").metadata == {
        b"bamai.model": b"sme@2024", b"bamai.digest": edition.digest.encode(), b"bamai.profile": b"foundry",
    }  # fmt: skip
    with rows.open(encoding="utf-8-sig") as given, (tmp_path / "r.csv").open(encoding="utf-8-sig") as made:
        for row, result in zip(csv.DictReader(given), csv.DictReader(made), strict=True):
            single = bamai.score_answers(edition, {name: row[name] for name in edition.questions})
            assert (result["level"], result["score"]) == (
                single.level or "", "" if single.score is None else str(single.score),
            )  # fmt: skip


def test_a_cohort_is_of_one_profile(run: Run, foundry: Path) -> None:
    rows = ROOT / "questionnaires" / "sme" / "2024" / "example.csv"
    run("batch", rows, "--profile", foundry, "-o", "r.parquet")
    refused = run("cohort", "build", "r.parquet", "-o", "c.json")
    assert refused.returncode == 3 and b"[cohort_other_rules]" in refused.stderr
    assert run("cohort", "build", "r.parquet", "-o", "c.json", "--profile", foundry).returncode == 0
    assert run("score", EXAMPLE, "--cohort", "c.json", "--profile", foundry).returncode == 0
    assert run("score", EXAMPLE, "--cohort", "c.json").returncode == 3


# ── finding it, checking it ──────────────────────────────────────────────────────────────────────────


def test_a_name_that_nobody_knows(run: Run, foundry: Path) -> None:
    done = run("score", EXAMPLE, "--rules", own_of(foundry), "--profile", "foundri", "--lang", "en")
    told = done.stderr.decode()
    assert done.returncode == 2 and done.stdout == b""
    for words in ("there is: foundry; for", "say ./foundri.yaml; did you mean foundry?", "[unknown_profile]"):
        assert words in told


def test_a_profile_is_of_one_edition(run: Run, foundry: Path) -> None:
    done = run("score", EXAMPLE, GENERAL_EXAMPLE, "--profile", foundry, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"{foundry}:3:8: model: " in done.stderr.decode() and b"[profile_model]" in done.stderr


def test_the_model_need_not_be_named_where_the_profile_says_it(foundry: Path) -> None:
    assert Catalog(profile=str(foundry)).default() == "sme@2024"
    assert Catalog(own_of(foundry), profile="foundry").default() == "sme@2024"
    assert Catalog().default() == "general"


def test_two_folders_with_the_same_profile(own_rules: Path, foundry: Path) -> None:
    twin = own_rules / foundry.relative_to(own_of(foundry))
    other = twin.with_name("twin.yaml")
    other.write_text(FOUNDRY.replace("id: foundry", "id: twin"), encoding="utf-8")
    catalog = Catalog(own_rules, shipped=False, profile="twin")
    assert catalog.load("sme").applied is not None
    catalog.roots.append(own_of(foundry))
    again = foundry.with_name("twin.yaml")
    again.write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        catalog.load("sme")
    assert [problem.code for problem in caught.value.problems] == ["profile_twice"]


def test_model_check_reads_profiles(run: Run, foundry: Path) -> None:
    own = own_of(foundry)
    done = run("model", "check", own, "--lang", "en")
    assert (done.returncode, f"{foundry}: " in done.stderr.decode()) == (0, True)
    foundry.with_name("bar.yaml").write_text(FOUNDRY, encoding="utf-8")
    foundry.with_name("heavy.yaml").write_text(
        FOUNDRY.replace("id: foundry", "id: heavy").replace("weight: 45", "weight: 46"), encoding="utf-8"
    )
    lost = own / "rules" / "smee" / "2024" / "profiles" / "foundry.yaml"
    lost.parent.mkdir(parents=True)
    lost.write_text(FOUNDRY, encoding="utf-8")
    done = run("model", "check", own, "--lang", "en")
    told = done.stderr.decode()
    assert done.returncode == 1
    assert f"{foundry.with_name('bar.yaml')}:2:5: id: " in told and "[profile_file_name]" in told
    assert f"{foundry.with_name('heavy.yaml')}:7:18: dimensions.base.weight: " in told and "[weight_sum]" in told
    assert f"{lost}: " in told and "did you mean sme@2024?" in told


def test_the_schema_of_profiles(run: Run) -> None:
    schema = json.loads(run("model", "schema", "profile").stdout)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"schema", "id", "model", "title"}


def test_differences_of_nothing(run: Run) -> None:
    done = run("model", "show", "sme", "--diff")
    assert done.returncode == 2 and b"[diff_without_profile]" in done.stderr


def test_a_model_shown_under_a_profile_is_the_one_that_results(run: Run, foundry: Path) -> None:
    by = ("model", "show", "sme", "--profile", foundry, "--lang", "en")
    found = json.loads(run(*by, "--format", "json").stdout)
    assert found["model"]["levels"][2]["score"] == 50 and found["profile"]["id"] == "foundry"
    assert "Scored with the profile Foundries (foundry)" in run(*by).stdout.decode()


# ── answers are answers, whoever scores them ─────────────────────────────────────────────────────────


def test_a_form_belongs_to_the_edition(run: Run, foundry: Path) -> None:
    """Written with a profile or without, it is scored with one or without."""
    for name, by in (("with", ("--profile", foundry)), ("without", ())):
        assert run("form", "sme", "-o", f"{name}.xlsx", *by).returncode == 0
        for again in (("--profile", foundry), ()):
            done = run("score", f"{name}.xlsx", *again, "--missing", "lowest", "--format", "json")
            assert (done.returncode, json.loads(done.stdout)["level"]) == (0, "none"), done.stderr.decode()


def test_a_form_offers_what_the_profile_allows(run: Run, tmp_path: Path, foundry: Path, sme: Edition) -> None:
    offered = {}
    for name, edition in (("with", loaded(foundry)), ("without", sme)):
        book = openpyxl.load_workbook(blank_form(edition, "zh", tmp_path / f"{name}.xlsx"))
        offered[name] = sum(cell.value == "不适用" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert offered["with"] == offered["without"] + 1
    form = Filling(tmp_path / "with.xlsx")
    form.answer(sme.questions["product_design"], Cell(NA))
    form.save()
    done = run("score", "with.xlsx", "--profile", foundry, "--format", "json")
    assert json.loads(done.stdout)["na"] == ["product_design"], done.stderr.decode()
    refused = run("score", "with.xlsx", "--lang", "en")
    assert refused.returncode == 3 and b"s01" in refused.stderr


def test_an_interview_under_a_profile(run: Run, tmp_path: Path, foundry: Path) -> None:
    """Not applicable is taken where the profile allows it, and the report goes by it; what is kept are answers."""
    start = ("assess", "--name", "甲厂", "--save", "a.jsonl", "--plain", "--profile", foundry, "--lang", "en")
    done = run(*start, stdin=b"g s01\nna\nq\n")
    assert done.returncode == 3, done.stderr.decode()
    assert f"--resume a.jsonl --profile {foundry}" in done.stderr.decode()
    answers = (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    assert "foundry" not in answers and '"n/a"' in answers
    done = run("score", "a.jsonl", "--profile", foundry, "--missing", "lowest", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["na"] == ["product_design"]
    refused = run("score", "a.jsonl", "--lang", "en")
    assert refused.returncode == 3 and b"s01" in refused.stderr


def test_a_merge_under_a_profile(run: Run, tmp_path: Path, foundry: Path) -> None:
    for name in ("a", "b"):
        answers = "schema: bamai.answers/1\nmodel: sme@2024\nanswers: {product_design: n/a, hr: 2}\n"
        (tmp_path / f"{name}.yaml").write_text(answers, encoding="utf-8")
    assert run("merge", "a.yaml", "b.yaml").returncode == 3
    done = run("merge", "a.yaml", "b.yaml", "--profile", foundry)
    assert done.returncode == 0 and "product_design: n/a" in done.stdout.decode()
