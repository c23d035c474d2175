"""Every mistake in a rule file is one error with its line, what was found and what is allowed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bamai import load, score_answers
from bamai.catalog import Catalog, Edition
from bamai.errors import Problem, RulesError
from bamai.texts import LANGS
from conftest import ROOT, Run

MODEL = "rules/sme/2024/model.yaml"
QUESTIONS = "questionnaires/sme/2024/questionnaire.yaml"
FIGURES = "rules/benchmarks/cn.yaml"


def check(root: Path) -> list[Problem]:
    """Problems of every file under *root*, as `model check` finds them."""
    found: list[Problem] = []
    for _, result in Catalog(root, shipped=False).check(root):
        if not isinstance(result, Edition):
            found += result
    return found


def change(root: Path, file: str, old: str, new: str) -> int:
    """Replace the first *old* in *file*; the line it stands on, from 1."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, (file, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_rules_are_correct(own_rules: Path) -> None:
    assert check(own_rules) == []


# file, what is replaced, by what, the code, lines from the start of the change to the error
MISTAKES: list[tuple[str, str, str, str, int]] = [
    (MODEL, "\nid: sme\n", "\nid: sme\nid: sme\n", "yaml_duplicate", 2),
    (MODEL, "\nin_force: true\n", "\nin_force: true\nweights: 3\n", "unknown_key", 2),
    (MODEL, "\nin_force: true\n", "\nin_force: yes\n", "yaml_guess", 1),
    (MODEL, '\nedition: "2024"\n', "\nedition: 2024\n", "wrong_value", 1),
    (MODEL, "id: cyber_security\n", "id: CyberSecurity\n", "wrong_id", 0),
    (MODEL, '\nsummary:\n  zh: "', '\nsummary:\n  zh: "\\e[31m', "control_characters", 2),
    (MODEL, '\nsummary:\n  zh: "', '\nsummary:\n  zh: "\\u202e', "control_characters", 2),
    (MODEL, "id: cyber_security\n", "id: data_security\n", "id_twice", None),  # type: ignore[list-item]
    (MODEL, "id: cyber_security\n", "id: status\n", "id_reserved", 0),
    (MODEL, "weight: 50\n", "weight: 49\n", "weight_sum", 0),
    (MODEL, "grade: 2", "grade: 9", "gate_unreachable", None),  # type: ignore[list-item]
    (MODEL, "tag: core", "tag: cores", "unknown_name", None),  # type: ignore[list-item]
    (MODEL, "within: operations", "within: operation", "unknown_name", None),  # type: ignore[list-item]
    (MODEL, "score: 40\n", "score: 19\n", "level_scores_order", 0),
    (MODEL, "closed: right\n", "closed: both\n", "not_one_of", None),  # type: ignore[list-item]
    (MODEL, "kind: checklist\n", "kind: sum\n", "not_one_of", None),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("file", "old", "new", "code", "offset"), MISTAKES, ids=[m[3] + m[2] for m in MISTAKES])
def test_a_mistake_is_one_error_with_its_place(
    own_rules: Path, file: str, old: str, new: str, code: str, offset: int | None
) -> None:
    line = change(own_rules, file, old, new)
    found = check(own_rules)
    assert [p.code for p in found] == [code]
    problem = found[0]
    assert problem.place.file == str(own_rules / file)
    if offset is None:
        assert problem.place.line is not None
    else:
        assert problem.place.line == line + offset
    for lang in LANGS:
        assert problem.text(lang).startswith(f"{own_rules / file}:{problem.place.line}:{problem.place.column}: ")


def small(root: Path, *, model: str = "", questions: str = "") -> Path:
    """A model small enough to break: one yes/no, one checklist, one metric, one grade."""
    (root / "rules/own/1").mkdir(parents=True)
    (root / "questionnaires/own/1").mkdir(parents=True)
    (root / "rules/own/1/model.yaml").write_text(model or SMALL_MODEL, encoding="utf-8")
    (root / "questionnaires/own/1/questionnaire.yaml").write_text(questions or SMALL_QUESTIONS, encoding="utf-8")
    return root


SMALL_MODEL = """\
schema: bamai.model/1
id: own
edition: "1"
in_force: true
title: {zh: 自有模型, en: Own model}
summary: {zh: 试, en: Trial}
status: illustrative
seen: original
source: us
sources:
  - {id: us, title: {zh: 我们, en: Us}, seen: original}
tags:
  - {id: core, title: {zh: 核心, en: Core}}
levels:
  - {id: L1, title: {zh: 一, en: One}, score: 0}
  - id: L2
    title: {zh: 二, en: Two}
    score: 50
    gates:
      - {kind: count, id: L2.count, grade: 2, needs: 1, tag: core}
      - {kind: score, id: L2.base, nodes: [base], needs: 20}
      - {kind: metric, id: L2.rate, metric: rate, needs: 30}
dimensions:
  - id: base
    title: {zh: 基础, en: Base}
    weight: 60
    indicators:
      - id: tools_used
        title: {zh: 工具, en: Tools}
        weight: 25
        scoring: {kind: choice, question: tools, out_of: 1, points: {"no": 0, "yes": 1}}
      - id: nets
        title: {zh: 网络, en: Networks}
        weight: 25
        scoring: {kind: checklist, question: nets, out_of: 2, points: {none: 0, lan: 1, wlan: 1}}
      - id: rate
        title: {zh: 比率, en: Rate}
        weight: 50
        scoring:
          kind: bands
          question: rate
          out_of: 10
          closed: left
          bands:
            - {from: 0, to: 40, points: 0}
            - {from: 40, to: 80, points: 5}
            - {from: 80, to: 100, points: 10}
  - id: work
    title: {zh: 业务, en: Work}
    weight: 40
    indicators:
      - id: plan
        title: {zh: 计划, en: Plan}
        tags: [core]
        na: true
        scoring: {kind: staged, question: plan, out_of: 10, points: [0, 4, 10]}
      - id: speed
        title: {zh: 速度, en: Speed}
        scoring:
          kind: linear
          question: speed
          out_of: 100
          knots:
            - {at: 0, points: 0}
            - {at: 30, points: 100}
"""

SMALL_QUESTIONS = """\
schema: bamai.questionnaire/1
model: own
edition: "1"
title: {zh: 问卷, en: Questions}
sections:
  - id: all_of_them
    title: {zh: 全部, en: All}
    questions:
      - {id: tools, kind: yes_no, text: {zh: 用工具吗, en: Tools in use}}
      - id: nets
        kind: multiple
        text: {zh: 有哪些网络, en: Which networks}
        options:
          - {id: none, label: {zh: 无, en: None}}
          - {id: lan, label: {zh: 有线, en: Wired}}
          - {id: wlan, label: {zh: 无线, en: Wireless}}
      - {id: all_machines, kind: number, integer: true, text: {zh: 设备数, en: Machines}, min: 0, max: 9000, unit: {zh: 台, en: units}}
      - {id: good_machines, kind: number, integer: true, text: {zh: 数字化设备数, en: Digital machines}, min: 0, max: 9000, unit: {zh: 台, en: units}}
      - id: rate
        kind: percent
        text: {zh: 比率是多少, en: The rate}
        min: 0
        max: 100
        metric: {better: up, kind: share, part: good_machines, whole: all_machines}
      - id: plan
        kind: grade
        text: {zh: 计划到几级, en: Grade of planning}
        grades:
          - {zh: 一级, en: First}
          - {zh: 二级, en: Second}
        show_if: {all: [{question: tools, in: ["yes"]}]}
      - {id: speed, kind: number, text: {zh: 速度多少, en: How fast}, min: -10, max: 90, unit: {zh: 件, en: pieces}}
      - {id: wish, kind: percent, text: {zh: 研发投入, en: R and D}, min: 0, max: 100, compared_only: true, metric: {better: up}}
"""


def broken(root: Path, which: str, old: str, new: str) -> str:
    """The small model with *old* replaced in its model (m) or questionnaire (q); the text of that file before."""
    text = {"m": SMALL_MODEL, "q": SMALL_QUESTIONS}[which]
    assert old in text
    changed = text.replace(old, new, 1)
    small(root, **({"model": changed} if which == "m" else {"questions": changed}))
    return text


# which file of the small model, what, by what, code
SMALL_MISTAKES = [
    ("m", "weight: 60", "weight: 60.5", "weight_sum"),
    ("m", "\n        weight: 50\n", "\n", "weight_missing"),
    ("m", "{from: 40, to: 80,", "{from: 50, to: 80,", "band_hole"),
    ("m", "{from: 40, to: 80,", "{from: 30, to: 80,", "band_overlap"),
    ("m", "{from: 40, to: 80,", "{from: 40, to: 20,", "band_empty"),
    ("m", "{from: 80, to: 100,", "{from: 80, to: 90,", "band_hole"),
    ("m", "{from: 0, to: 40,", "{from: 1, to: 40,", "band_hole"),
    ("m", "{from: 40, to: 80,", "{from: 40,", "band_open_inside"),
    ("m", "to: 80, points: 5}", "to: 80, points: 11}", "points_span"),
    ("m", "to: 80, points: 5}", "to: 80, points: 0.0000001}", "too_fine"),
    ("m", "metric: rate,", "metric: rates,", "unknown_name"),
    ("m", "metric: rate,", "metric: plan,", "unknown_name"),
    ("m", "nodes: [base]", "nodes: [base, bass]", "unknown_name"),
    ("m", "needs: 20}", "needs: 120}", "level_score"),
    ("m", "metric: rate, needs: 30", "metric: rate, needs: 100.5", "gate_out_of_range"),
    ("m", "metric: rate, needs: 30", "metric: rate, needs: -1", "gate_out_of_range"),
    ("m", "needs: 20}\n", "needs: 20}\n" + "".join(f"      - {{kind: score, id: L2.g{n}, needs: 1}}\n" for n in range(58)), "too_many_gates"),
    ("m", "id: L2.base", "id: L1.base", "gate_id"),
    ("m", "id: L2.base", "id: L2.count", "id_twice"),
    ("m", "id: L2.base", "id: L2.score", "gate_id"),
    ("m", "grade: 2, needs: 1", "grade: 3, needs: 1", "gate_unreachable"),
    ("m", ", wlan: 1}", "}", "option_without_points"),
    ("m", ", wlan: 1}", ", wlan: 1, wifi: 1}", "unknown_name"),
    ("m", "points: {none: 0, lan: 1", "points: {none: 1, lan: 1", "none_scores"),
    ("m", "points: [0, 4, 10]", "points: [0, 10]", "grade_points"),
    ("m", "points: [0, 4, 10]", "points: [0, 11, 10]", "points_span"),
    ("m", "points: [0, 4, 10]", "points: [1, 4, 10]", "points_span"),
    ("m", "{at: 30, points: 100}", "{at: 0, points: 100}", "knots_order"),
    ("m", "{at: 0, points: 0}\n            - {at: 30, points: 100}", "{at: 0, points: 100}\n            - {at: 30, points: 0}", "not_monotone"),
    ("m", "question: speed", "question: sped", "unknown_name"),
    ("m", "question: tools", "question: nets", "scoring_kind"),
    ("m", "source: us", "source: them", "unknown_name"),
    ("m", "id: us, title: {zh: 我们, en: Us}", "id: us, title: {zh: 我们}", "missing_language"),
    ("m", "title: {zh: 二, en: Two}", "title: {zh: 二, en: ''}", "wrong_value"),
    ("m", "  - {id: L1, title: {zh: 一, en: One}, score: 0}", "  - {id: L1, title: {zh: 一, en: One}, score: 0.5}", "missing_key"),
    ("m", "summary: {zh: 试, en: Trial}", "summary: {zh: 试, en: Trial}\nno_level: {zh: 无, en: None}", "no_level_needless"),
    ("m", "  - id: L2\n", "  - id: L3\n", "level_order"),
    ("m", "tags: [core]", "tags: [cores]", "unknown_name"),
    ("m", 'edition: "1"', 'edition: "2"', "folder_name"),
    ("m", "schema: bamai.model/1", "schema: bamai.model/2", "wrong_schema"),
    ("m", "status: illustrative", "status: invented", "not_one_of"),
    ("m", "summary: {zh: 试, en: Trial}", "summary: {zh: 试, en: Trial}\nna_limits: [{within: job, at_most: 1}]", "unknown_name"),
    ("q", "id: speed, kind: number,", "id: speed, kind: numeric,", "not_one_of"),
    ("q", "id: wish, kind", "id: score, kind", "id_reserved"),
    ("q", ", compared_only: true, metric: {better: up}}", "}", "question_unused"),
    ("q", ", compared_only: true, metric: {better: up}}", ", compared_only: true}", "compared_no_metric"),
    ("q", "id: speed, kind: number,", "id: speed, compared_only: true, kind: number,", "compared_but_scored"),
    ("q", "- {id: tools,", "- {id: goods, kind: text, compared_only: true, text: {zh: 产品, en: Goods}}\n      - {id: tools,", "compared_no_metric"),
    ("q", "- {id: tools,", "- {id: foundry, kind: yes_no, text: {zh: 铸造, en: Foundry}}\n      - {id: tools,", "question_unused"),
    ("q", "part: good_machines", "part: bad_machines", "unknown_name"),
    ("q", "kind: share, part: good_machines,", "kind: share,", "metric_parts"),
    ("q", "kind: share, part", "kind: share, times: 10, part", "metric_share"),
    ("q", "{id: wlan, label: {zh: 无线, en: Wireless}}", "{id: wlan, label: {zh: 有线, en: Wireless}}", "id_twice"),
    ("q", "{id: none, label: {zh: 无, en: None}}\n          - {id: lan, label: {zh: 有线, en: Wired}}", "{id: lan, label: {zh: 有线, en: Wired}}\n          - {id: none, label: {zh: 无, en: None}}", "none_first"),
    ("q", "min: -10, max: 90", "min: 90, max: 90", "bounds_order"),
    ("q", "min: -10, max: 90, ", "min: -10, ", "no_bounds"),
    ("q", ", max: 90, unit: {zh: 件, en: pieces}}", ", max: 90}", "missing_key"),
    ("q", 'in: ["yes"]', 'in: ["maybe"]', "unknown_name"),
    ("q", 'in: ["yes"]', "at_least: 3", "show_if_shape"),
    ("q", "question: tools, in", "question: speed, in", "unknown_name"),
    ("q", '[{question: tools, in: ["yes"]}]', "[{question: rate, at_least: 0.0000001}]", "too_fine"),
    ("q", "{id: wish,", "{id: wish, show_if: {all: [{question: plan, at_least: 1.5}]},", "show_if_grade"),
    ("q", "en: How fast}, min", "en: How fast}, show_if: {all: [{question: tools, answered: true}]}, min", "show_if_required"),
    ("q", "en: How fast}, min", "en: How fast}, na: true, min", "na_elsewhere"),
    ("q", "{id: tools, kind: yes_no,", "{id: tools, kind: yes_no, min: 3,", "number_key_elsewhere"),
    ("q", "{zh: 速度多少, en: How fast}", "{zh: 用工具吗, en: How fast}", "id_twice"),
    ("q", "{zh: 速度多少, en: How fast}", "{zh: 速度多少}", "missing_language"),
]  # fmt: skip


def test_the_small_model_is_correct(tmp_path: Path) -> None:
    assert check(small(tmp_path)) == []


@pytest.mark.parametrize(
    ("which", "old", "new", "code"), SMALL_MISTAKES, ids=[f"{m[3]}:{m[2][:30]}" for m in SMALL_MISTAKES]
)
def test_each_rule_of_rule_files(tmp_path: Path, which: str, old: str, new: str, code: str) -> None:
    text = broken(tmp_path, which, old, new)
    found = check(tmp_path)
    assert [p.code for p in found][:1] == [code], [p.text("en") for p in found]
    assert len(found) == 1, [p.text("en") for p in found]
    place = found[0].place
    first = text[: text.index(old)].count("\n") + 1
    span = max(old.count("\n"), new.count("\n"))
    assert place.line is not None
    # what is missing or does not add up is shown where the whole begins; the rest where it stands
    if code not in ("question_unused", "weight_sum", "weight_missing", "points_span", "too_fine", "missing_key",
                    "not_monotone"):  # fmt: skip
        assert first <= place.line <= first + span, (place, first)


def test_questions_for_the_record_and_about_what_else_is_asked(tmp_path: Path) -> None:
    """A text is never scored nor missed; what decides whether a scored question is asked is required while it does."""
    asked = """\
      - {id: goods, kind: text, na: true, text: {zh: 产品, en: Goods}}
      - {id: foundry, kind: yes_no, text: {zh: 铸造, en: Foundry}}
      - {id: alloy, kind: text, text: {zh: 合金, en: Alloy}, show_if: {all: [{question: foundry, in: ["yes"]}]}}
      - {id: tools,"""
    questions = SMALL_QUESTIONS.replace("      - {id: tools,", asked)
    small(tmp_path, questions=questions.replace('{question: tools, in: ["yes"]}', '{question: foundry, in: ["yes"]}'))
    assert check(tmp_path) == []
    edition = load("own", tmp_path)
    answers = {"tools": "yes", "nets": ["lan"], "rate": 50, "speed": 15}

    def outcome(**more: object) -> tuple[str, str, list[str]]:
        found = score_answers(edition, {**answers, **more})
        listed = (*found.open, *found.unknown, *found.na)
        return found.status, str(found.completeness), [item.question for item in listed if item.required]

    assert outcome() == ("incomplete", "0.666667", ["foundry", "plan"])
    assert outcome(foundry="no") == ("complete", "1", [])
    assert outcome(foundry="yes") == ("incomplete", "0.833333", ["plan"])
    done = score_answers(edition, {**answers, "foundry": "yes", "plan": 2, "goods": "n/a", "alloy": "unknown"})
    assert (done.status, done.score) == ("complete", Decimal("67.5"))
    assert [item.question for item in (*done.open, *done.unknown, *done.na)] == ["wish"]
    told = {answer.question: (answer.state, answer.told) for answer in done.answers}
    assert (told["goods"][0], told["alloy"][0]) == ("na", "unknown")


# old, new, where, and what is said of it
SHAPES = [
    ("in_force: true", "in_force: 1", "in_force", "值 1 不合要求，应为 true 或 false", "value 1 does not fit; needed: true or false"),
    ("\nid: own\n", "\nid: 5\n", "id", "值 5 不合要求，应为文字（像数字的文字要加引号）", "value 5 does not fit; needed: text (what looks like a number wants quotes)"),
    ("weight: 60", 'weight: "60"', "dimensions.0.weight", "值 60 不合要求，应为数字，不加引号", "value 60 does not fit; needed: a number without quotes"),
    ("score: 50", "score: true", "levels.1.score", "值 true 不合要求，应为数字，不加引号", "value true does not fit; needed: a number without quotes"),
    ("grade: 2, needs: 1", "grade: 2, needs: 1.5", "levels.1.gates.0.needs", "值 1.5 不合要求，应为整数", "value 1.5 does not fit; needed: a whole number"),
    ("grade: 2, needs: 1", "grade: 0, needs: 1", "levels.1.gates.0.grade", "值 0 不合要求，应为不小于 1 的数", "value 0 does not fit; needed: 1 or more"),
    ("tags: [core]", "tags: core", "dimensions.1.indicators.0.tags", "值 core 不合要求，应为列表：[…]，或每行一个 -", "value core does not fit; needed: a list: […], or lines that begin with -"),
    ("title: {zh: 二, en: Two}", "title: 二", "levels.1.title", "值 二 不合要求，应为“键: 值”：{zh: …, en: …}", "value 二 does not fit; needed: keys with values: {zh: …, en: …}"),
    ("title: {zh: 二, en: Two}", "title: {zh: '', en: Two}", "levels.1.title.zh", "值  不合要求，应为至少 1 个字的文字", "value  does not fit; needed: text of 1 or more characters"),
    ("points: [0, 4, 10]", "points: 4", "dimensions.1.indicators.0.scoring.points", "值 4 不合要求，应为列表：[…]，或每行一个 -", "value 4 does not fit; needed: a list: […], or lines that begin with -"),
    ("status: illustrative", "status: ilustrative", "status", "ilustrative 不可用；可用：official, adapted, illustrative；是否想写 illustrative？", "ilustrative is not allowed; allowed: official, adapted, illustrative; did you mean illustrative?"),
    ("kind: metric,", "kind: metrics,", "levels.1.gates.2", "metrics 不可用；可用：count, score, metric；是否想写 metric？", "metrics is not allowed; allowed: count, score, metric; did you mean metric?"),
    ("id: L2\n", "id: M2\n", "levels.1.id", "M2 不合格式 ^L[1-9]$", "M2 does not fit the pattern ^L[1-9]$"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "zh", "en"), SHAPES, ids=[f"{s[2]}:{s[1]}" for s in SHAPES])
def test_what_a_value_should_have_been_is_said_in_both_languages(
    tmp_path: Path, old: str, new: str, path: str, zh: str, en: str
) -> None:
    broken(tmp_path, "m", old, new)
    assert [(p.path, p.message("zh"), p.message("en")) for p in check(tmp_path)] == [(path, zh, en)]


# the same, where one mistake makes others: these must be told among them, in the file where they are
TRAILING_MISTAKES = [
    ("m", "weight: 60", "weight: -60", "weight_range"),
    ("m", "out_of: 2, points: {none: 0", "out_of: 0, points: {none: 0", "weight_range"),
    ("m", "  - id: work\n    title: {zh: 业务, en: Work}\n    weight: 40\n",
     "  - id: work\n    title: {zh: 业务, en: Work}\n    weight: 40\n    scored: false\n", "unscored_points"),
    ("m", "  - id: work\n", "  - {id: none_here, title: {zh: 空, en: Empty}, weight: 5}\n  - id: work\n", "empty_dimension"),
    ("m", "{kind: staged, question: plan, out_of: 10, points: [0, 4, 10]}", "{kind: staged, question: plan}", "missing_key"),
    ("m", "score: 50\n", "score: 150\n", "level_score"),
    ("m", "metric: rate, needs: 30}", "metric: rate, needs: 30.00000001}", "too_fine"),
    ("m", "{from: 0, to: 40,", "{from: 0, to: 40.00000001,", "too_fine"),
    ("m", "{at: 30, points: 100}", "{at: 30.00000001, points: 100}", "too_fine"),
    ("q", "kind: yes_no, text", "kind: yes_no, options: [{id: a, label: {zh: 甲, en: A}}], text", "wrong_options"),
    ("q", "kind: yes_no, text", "kind: yes_no, grades: [{zh: 甲, en: A}], text", "grades_elsewhere"),
    ("q", "        grades:\n          - {zh: 一级, en: First}\n          - {zh: 二级, en: Second}\n", "", "wrong_options"),
    ("q", "kind: multiple", "kind: trend", "wrong_trend"),
    ("q", "{id: lan, label", "{id: lan, from: 3, label", "band_elsewhere"),
    ("q", "min: -10, max: 90", "min: -10.00000001, max: 90", "too_fine"),
    ("q", "        kind: multiple\n", "        kind: multiple\n        metric: {better: up}\n", "metric_kind"),
    ("q", "en: Digital machines}, min: 0", "en: Digital machines}, min: -1", "count_negative"),
    ("q", "en: Digital machines}, min: 0",
     "en: Digital machines}, na: true, show_if: {all: [{question: tools, in: [\"yes\"]}]}, min: 0", "count_hidden"),
    ("q", "show_if: {all: [{question: tools, in: [\"yes\"]}]}", "show_if: {}", "show_if_shape"),
    ("q", "en: How fast}, min", "en: How fast}, options: [{id: slow, label: {zh: 慢, en: Slow}, from: -10, to: 0}, "
     "{id: fast, label: {zh: 快, en: Fast}, from: 0, to: 90}], min", "line_over_bands"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "old", "new", "code"), TRAILING_MISTAKES, ids=[f"{m[3]}:{m[2][:30]}" for m in TRAILING_MISTAKES]
)
def test_what_else_rule_files_must_keep(tmp_path: Path, which: str, old: str, new: str, code: str) -> None:
    broken(tmp_path, which, old, new)
    found = [problem for problem in check(tmp_path) if problem.code == code]
    assert found, [p.text("en") for p in check(tmp_path)]
    assert all(problem.place.line for problem in found)
    for lang in LANGS:
        assert "{" not in found[0].message(lang)


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        (FIGURES, "    value: 57.7\n", "    value: 57.70000001\n", "too_fine"),
        (FIGURES, "    metric: equipment_digital_rate\n", "", "compare_nothing"),
        (FIGURES, "    status: official\n", "", "missing_key"),
        (QUESTIONS, "from: 10, to: 20}", "from: 10, to: 21}", "band_overlap"),
        (MODEL, "{from: 10, to: 20", "{from: 10, to: 15", "bands_differ"),
    ],
)
def test_mistakes_in_shipped_files(own_rules: Path, file: str, old: str, new: str, code: str) -> None:
    change(own_rules, file, old, new)
    assert code in {problem.code for problem in check(own_rules)}


def test_all_mistakes_of_a_folder_at_once(own_rules: Path) -> None:
    change(own_rules, MODEL, "score: 40\n", "score: 19\n")
    change(own_rules, MODEL, "weight: 50\n", "weight: 49\n")
    change(own_rules, FIGURES, "    unit:", "    units:")
    (own_rules / "rules" / "sme" / "forgotten.yaml").write_text("a: 1\n", encoding="utf-8")
    codes = {p.code for p in check(own_rules)}
    assert codes == {"level_scores_order", "weight_sum", "unknown_key", "missing_key", "stray_file"}


def test_an_unknown_key_names_what_is_allowed(own_rules: Path) -> None:
    change(own_rules, QUESTIONS, "evidence:", "evidenz:")
    [problem] = check(own_rules)
    assert problem.code == "unknown_key"
    assert "did you mean evidence?" in problem.message("en")
    assert "compared_only" in problem.message("en")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("statistic: share_of_enterprises", "statistic: mean_of_rates", "not_comparable"),
        ("metric: cnc_rate", "metric: cnc_rates", "unknown_name"),
        ("statistic: mean_of_rates", "statistic: mean", "not_one_of"),
    ],
)
def test_a_benchmark_is_compared_only_as_its_statistic_allows(own_rules: Path, old: str, new: str, code: str) -> None:
    path = own_rules / FIGURES
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert {p.code for p in check(own_rules)} == {code}


def test_context_figures_are_bound_to_no_metric(own_rules: Path) -> None:
    context = own_rules / "rules/benchmarks/context"
    context.mkdir(exist_ok=True)
    head, figures = (own_rules / FIGURES).read_text(encoding="utf-8").split("\nbenchmarks:\n")
    figures = figures.replace("  - id: ", "  - id: more_")
    (context / "more.yaml").write_text(f"{head}\nbenchmarks:\n{figures}", encoding="utf-8")
    assert {p.code for p in check(own_rules)} == {"context_metric"}


def test_a_model_of_ones_own_stands_beside_the_shipped(tmp_path: Path) -> None:
    known = Catalog(small(tmp_path))
    assert [str(ref) for ref in known.refs] == ["general@2026-reference", "own@1", "smart_factory@2025", "sme@2024"]
    assert known.load("own").ref == "own@1"


def test_an_edition_that_exists_twice_is_refused(own_rules: Path) -> None:
    with pytest.raises(RulesError) as caught:
        Catalog(own_rules).load("sme")
    assert [p.code for p in caught.value.problems] == ["model_twice"]


def test_an_edition_in_force_must_be_one(tmp_path: Path) -> None:
    small(tmp_path)
    for folder in ("rules", "questionnaires"):
        for path in (tmp_path / folder / "own" / "1").iterdir():
            other = tmp_path / folder / "own" / "2" / path.name
            other.parent.mkdir(exist_ok=True)
            other.write_text(path.read_text(encoding="utf-8").replace('edition: "1"', 'edition: "2"'), encoding="utf-8")
    known = Catalog(tmp_path, shipped=False)
    with pytest.raises(RulesError) as caught:
        known.load("own")
    assert [p.code for p in caught.value.problems] == ["edition_in_force"]
    assert known.load("own@2").ref == "own@2"
    change(tmp_path, "rules/own/1/model.yaml", "in_force: true", "in_force: false")
    assert Catalog(tmp_path, shipped=False).load("own").ref == "own@2"


def test_an_unknown_model_names_the_known() -> None:
    with pytest.raises(RulesError) as caught:
        Catalog().load("sme@2023")
    assert "sme@2024" in caught.value.problems[0].text("zh")


def test_a_figure_that_is_there_already_is_refused_with_both_places(run: Run, tmp_path: Path) -> None:
    assert run("model", "new", "own").returncode == 0
    shipped = (ROOT / FIGURES).read_text(encoding="utf-8")
    line = shipped[: shipped.index("- id: cnc_rate_2025\n")].count("\n") + 1
    figure = """\
schema: bamai.benchmarks/1
region: own
title: {zh: 自有数据, en: Own figures}
sources: [{id: us, title: {zh: 我们, en: Us}, seen: original}]
benchmarks:
  - id: cnc_rate_2025
    title: {zh: 数控化率, en: CNC rate}
    statistic: mean_of_rates
    statistic_basis: stated
    population: {zh: 本集团, en: Our group}
    value: 50
    unit: {zh: "%", en: "%"}
    as_of: "2025"
    status: illustrative
    seen: original
    source: us
"""
    (tmp_path / "own/rules/benchmarks").mkdir()
    own = tmp_path / "own/rules/benchmarks/own.yaml"
    own.write_text(figure, encoding="utf-8")
    told = (
        "own/rules/benchmarks/own.yaml:6:9: benchmarks.0.id: there is a figure cnc_rate_2025 already: "
        f"{ROOT / FIGURES}:{line}:9; no two have the same id, so give this one another [figure_twice]"
    )
    example = "own/questionnaires/own/1/example.yaml"
    for arguments in (("model", "check", "own"), ("score", example, "--rules", "own"), ("benchmark", "list", "--rules", "own")):  # fmt: skip
        done = run(*arguments, "--lang", "en")
        assert done.returncode == 1
        assert told in done.stderr.decode().splitlines(), done.stderr.decode()
    own.write_text(figure.replace("cnc_rate_2025", "cnc_rate_own"), encoding="utf-8")
    assert run("model", "check", "own").returncode == 0
    assert run("score", example, "--rules", "own").returncode == 0
