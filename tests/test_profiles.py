"""Scoring profiles: what each kind of change does to a result, what is refused, and who says which profile it was."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import EXAMPLE, GENERAL_EXAMPLE, ROOT, Run, assessed
from conftest import edition as shipped

import bamai
from bamai.assessment import source_counts
from bamai.catalog import Catalog, Edition
from bamai.errors import BamaiError, Problem, RulesError, UsageError

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
    assert [problem.code for problem in caught.value.problems] == ["na_limit"]
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
    assert edition.source(edition.origins["L3.base"].source).title.en == "Foundries"
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
    for part in ("rules", "questionnaires"):
        (own_rules / part / "general").rename(own_rules / part / "own")
        for path in (own_rules / part / "own").rglob("*.yaml"):
            text = path.read_text(encoding="utf-8").replace("model: general", "model: own")
            path.write_text(text.replace("id: general\n", "id: own\n"), encoding="utf-8")
        shutil_free(own_rules / part / "sme")
    path = profile("indicators: {decision_support: {na: false}}", HEAD.replace("sme@2024", "own@2026-reference"))
    with pytest.raises(RulesError) as caught:
        Catalog(own_rules, profile=str(path)).load("own")
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("show_if_required", "indicators.decision_support")
    assert (problem.place.file, problem.place.line) == (str(path), 5)


def shutil_free(folder: Path) -> None:
    """Take a folder away."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
