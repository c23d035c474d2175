"""Industries and policy documents: they choose what an enterprise is held against and never change its score."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bamai import vocabulary
from bamai.answers import Answers, Enterprise, Judge
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.benchmark import Benchmark
from bamai.catalog import Catalog, Edition
from bamai.errors import Problem
from bamai.policy import newest_first
from bamai.report.content import Heading, Table, blocks
from bamai.texts import LANGS
from bamai.vocabulary import load_vocabulary
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, columns_of, edition

POLICIES = "rules/policies.yaml"
INDUSTRIES = "rules/benchmarks/cn_industries.yaml"

GUIDE = {
    "steel": 98, "petrochemicals": 90, "construction_machinery": 46, "new_energy_vehicles": 96, "robots": 75,
    "medical_equipment": 117, "home_appliances": 73, "sugar": 22, "baijiu": 44, "cosmetics": 32,
    "lithium_batteries": 73, "printed_circuit_boards": 43, "smart_terminals": 61, "civil_explosives": 15,
}  # fmt: skip
"""The industries of the reference guide of 2025 and how many scenarios it has for each."""

PLANS = (
    "light_industry", "power_equipment", "pharmaceuticals", "electronics", "food", "textiles", "machinery",
    "automobiles", "raw_materials",
)  # fmt: skip


def scored(run: Run, industry: str | None, *arguments: str, file: Path = GENERAL_EXAMPLE) -> dict[str, Any]:
    given = [] if industry is None else ["--industry", industry]
    done = run("score", file, "--format", "json", "--lang", "en", *given, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return dict(json.loads(done.stdout, parse_float=Decimal))


def targets(data: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {
        item["benchmark"]: (item["value"], item["op"], item["benchmark_value"], item["gap"])
        for item in data["comparisons"]
        if item["statistic"] == "target"
    }


def test_the_shipped_documents_are_whole() -> None:
    catalog = Catalog()
    words = load_vocabulary()
    figures = {item.id: item for file, _ in catalog.benchmarks for item in file.benchmarks}
    [(file, _)] = catalog.policies
    scenarios = {}
    for policy in file.policies:
        assert policy.checked is None  # no address has been opened since
        assert policy.seen == "address_only" or policy.provisions
        for item in policy.provisions:
            if policy.id == "scenario_guide_2025":
                [name] = item.industries or ()
                assert item.text is not None
                scenarios[name] = (item.text.zh, item.text.en)
            elif item.figure is not None:
                figure = figures[item.figure]
                assert figure.target and set(figure.industries or ()) == set(policy.industries or ())
            else:
                assert item.by is not None
    assert {name: f"的 {number} 个场景" in scenarios[name][0] and f"{number} scenarios" in scenarios[name][1]
            for name, number in GUIDE.items()} == dict.fromkeys(GUIDE, True)  # fmt: skip
    assert set(scenarios) == set(GUIDE)
    planned = {name for policy in file.policies for name in policy.industries or ()}
    assert planned == {*GUIDE, *PLANS}
    assert all(name in words.industries for name in planned)


def test_every_target_of_an_industry_is_set_by_a_document() -> None:
    catalog = Catalog()
    [(file, _)] = catalog.policies
    named = {item.figure for policy in file.policies for item in policy.provisions}
    own = {item.id for found, _ in catalog.benchmarks for item in found.benchmarks if item.industries and item.target}
    # of the plan for raw materials up to 2025 only an account without its title is known
    assert own - named == {"raw_materials_cnc_rate_target_2025", "raw_materials_cmmm_l3_plus_target_2025"}


@pytest.mark.parametrize(
    ("industry", "found"),
    [
        ("轻工", {
            "light_industry_cnc_rate_target_2027": (65, "~", 75, -10),
            "light_industry_design_tools_target_2027": (True, "~", 90, None),
        }),
        ("power_equipment", {
            "power_cnc_rate_target_2027": (65, ">", 75, -10), "power_design_tools_target_2027": (True, ">", 90, None),
        }),
        ("Electronics", {"electronics_cnc_rate_target_2027": (65, ">", 85, -20)}),
        ("食品工业", {
            "food_cnc_rate_target_2027": (65, "=", 75, -10), "food_design_tools_target_2027": (True, "=", 75, None),
        }),
        ("NEV", {
            "vehicles_cnc_rate_target_2027": (65, ">", 70, -5),
            "vehicles_design_tools_target_2027": (True, ">", 95, None),
        }),
        ("C31", {"raw_materials_cnc_rate_target_2025": (65, ">=", 70, -5)}),
        ("机械", {}),
        ("民爆", {}),
    ],
)  # fmt: skip
def test_an_industry_brings_its_targets(run: Run, industry: str, found: dict[str, tuple[Any, ...]]) -> None:
    national = {"upgrade_target_2027": (True, "=", 100, None)}
    assert targets(scored(run, industry)) == found | national


def test_no_industry_changes_a_score(run: Run) -> None:
    keys = ("score", "level", "scored_level", "digest", "dimensions", "gates", "gaps", "strengths", "steps")
    before = scored(run, None)
    for name in ("白酒", "钢铁", "C39", "medical_equipment"):
        after = scored(run, name)
        assert {key: after[key] for key in keys} == {key: before[key] for key in keys}
        assert after["comparisons"] != before["comparisons"] or name == "medical_equipment"


def test_the_narrower_industry_has_what_the_broader_has(run: Run) -> None:
    data = scored(run, "白酒")
    assert data["industry"] == {"id": "baijiu", "title": "Baijiu", "within": ["light_industry", "food"]}
    assert data["enterprise"]["industry"] == "baijiu"
    assert [item["id"] for item in data["policies"]] == [
        "food_plan", "light_industry_plan", "scenario_guide_2025", "sme_action_plan", "action_plan",
    ]  # fmt: skip
    guide = data["policies"][2]
    assert guide["sets"] == [{"by": None, "text": "44 scenarios along the baijiu chain", "benchmark": None}]
    assert guide["address"] is None
    sme = data["policies"][3]
    assert (sme["number"], sme["date"], sme["seen"]) == ("工信部联企业〔2024〕239号", "2024-12-12", "original")


def test_figures_of_an_industry_are_compared_with_its_enterprises_only(run: Run) -> None:
    own = {"food_cnc_rate_2025_06", "food_design_tools_2025_06"}
    assert own <= {item["benchmark"] for item in scored(run, "食品")["comparisons"]}
    assert not own & {item["benchmark"] for item in scored(run, "机械")["comparisons"]}


def test_targets_come_after_facts_and_the_nearest_first() -> None:
    order = [item.id for item, _ in edition("general").compared_in(("food", "light_industry", "raw_materials"))
             if item.metric == "cnc_rate"]  # fmt: skip
    assert order == [
        "cnc_rate_2025", "food_cnc_rate_2025_06", "cnc_rate_2025_03", "raw_materials_cnc_rate_2020",
        "raw_materials_cnc_rate_target_2025", "light_industry_cnc_rate_target_2027", "food_cnc_rate_target_2027",
    ]  # fmt: skip


def test_the_plan_for_small_enterprises_is_not_for_large_ones(run: Run, tmp_path: Path) -> None:
    text = GENERAL_EXAMPLE.read_text(encoding="utf-8")
    for employees, there in (("1000", False), ("999", True), ("", True)):
        (tmp_path / "a.yaml").write_text(
            "\n".join(f"  employees: {employees}" if line.startswith("  employees:") else line
                      for line in text.splitlines()), encoding="utf-8")  # fmt: skip
        named = [item["id"] for item in scored(run, None, file=tmp_path / "a.yaml")["policies"]]
        assert ("sme_action_plan" in named) == there, employees


def result(industry: str, **answers: str) -> Assessment:
    found = edition("general")
    return assess(found, Answers(found.ref, Enterprise(industry=industry)), columns_of(Judge(found), answers))


@pytest.mark.parametrize(
    ("share", "met"), [(70, False), (75, False), (76, True)]
)  # "more than 75 %" is not met by 75 %, "about 75 %" is
def test_a_target_is_met_as_its_document_words_it(share: int, met: bool) -> None:
    a = result("power_equipment", key_processes="100", key_processes_cnc=str(share))
    [item] = [item for item in a.comparisons if item.benchmark.id == "power_cnc_rate_target_2027"]
    assert item.met is met
    b = result("light_industry", key_processes="100", key_processes_cnc=str(share))
    [item] = [item for item in b.comparisons if item.benchmark.id == "light_industry_cnc_rate_target_2027"]
    assert item.met is (share >= 75)


def test_a_gap_cites_the_document_whose_target_it_misses(run: Run, tmp_path: Path) -> None:
    text = GENERAL_EXAMPLE.read_text(encoding="utf-8")
    changed = text.replace("key_processes_cnc:\n    value: 13\n", "key_processes_cnc:\n    value: 1\n")
    assert changed != text
    (tmp_path / "a.yaml").write_text(changed, encoding="utf-8")

    def line(industry: str) -> str:
        done = run("score", "a.yaml", "--industry", industry, "--lang", "en", "--format", "md").stdout.decode()
        [found] = [line for line in done.splitlines() if "5.70 more points" in line]
        return found

    assert "Plan for the digital transformation of light industry\\: target for 2027 ≈ 75 %" in line("轻工")
    assert "target" not in line("机械")


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_sets_answers_beside_targets(run: Run, lang: str) -> None:
    done = run("score", GENERAL_EXAMPLE, "--industry", "light_industry", "--lang", lang, "--width", "120")
    text = done.stdout.decode()
    said = {
        "zh": ("政策目标", "轻工业数字化转型实施方案", "65.00 %（−10.00 个百分点）", "已做到，目标 ≈ 90 %",
               "地址未核对",               "来源未给出判断标准", "典型场景 100 个，标杆企业 60 家"),
        "en": ("Policy targets", "Plan for the digital transformation of light industry", "65.00 % (−10.00 pp)",
               "you do; target ≈ 90 %", "address not checked", "gives no criterion",
               "100 typical scenarios and 60 model enterprises"),
    }  # fmt: skip
    for words in said[lang]:
        assert words in text


def test_machinery_has_targets_that_no_answer_stands_beside(run: Run) -> None:
    data = scored(run, "machinery")
    [plan] = [item for item in data["policies"] if item["id"] == "machinery_plan"]
    assert [(item["by"], item["benchmark"], item["text"] and item["text"][:12]) for item in plan["sets"]] == [
        ("2027", "machinery_cmmm_l2_plus_target_2027", None), ("2027", None, "at least 200"),
        ("2030", "machinery_cmmm_l2_plus_target_2030", None), ("2030", None, "at least 500"),
    ]  # fmt: skip


def test_a_report_without_documents_has_no_such_heading() -> None:
    a = result("")._replace(policies=())
    said = [block.text for block in blocks(a, "en") if isinstance(block, Heading)]
    assert "Policy targets" not in said
    assert not any(isinstance(block, Table) for block in blocks(a, "en"))


def test_an_unknown_industry_of_a_file_is_a_word_and_no_refusal(run: Run, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("  industry:")]
    at = lines.index("enterprise:") if "enterprise:" in lines else next(
        i for i, line in enumerate(lines) if line.startswith("enterprise:"))  # fmt: skip
    lines.insert(at + 1, "  industry: machinary")
    (tmp_path / "a.yaml").write_text("\n".join(lines), encoding="utf-8")
    done = run("score", "a.yaml", "--lang", "en", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["industry"] is None
    said = done.stderr.decode()
    assert f"a.yaml:{at + 2}:" in said and "“machinary”" in said and "did you mean machinery?" in said.lower()


def test_an_unknown_industry_of_the_command_is_refused(run: Run) -> None:
    for command in (("score", GENERAL_EXAMPLE), ("policy", "list"), ("industry", "show")):
        given = ["机诫"] if command[0] == "industry" else ["--industry", "机诫"]
        done = run(*command, *given, "--lang", "en")
        assert done.returncode == 2
        assert "机诫" in done.stderr.decode() and "bamai industry list" in done.stderr.decode()


def test_documents_are_listed_newest_first_and_by_any_name_of_an_industry(run: Run) -> None:
    done = run("policy", "list", "--format", "json", "--lang", "en")
    found = json.loads(done.stdout)
    dates = [item["date"] for item in found if item["date"]]
    assert dates == sorted(dates, reverse=True) and len(found) == 13
    by_name = [
        [item["id"] for item in json.loads(run("policy", "list", "--industry", name, "--format", "json").stdout)]
        for name in ("robots", "机器人", "JB02")
    ]
    assert by_name[0] == by_name[1] == by_name[2]
    assert set(by_name[0]) == {"machinery_plan", "scenario_guide_2025", "sme_action_plan", "implementation_guide",
                               "action_plan"}  # fmt: skip
    text = run("policy", "list", "--lang", "en").stdout.decode()
    assert all(item["id"] in text for item in found)


@pytest.mark.parametrize("width", [48, 80])
def test_a_document_in_full(run: Run, width: int) -> None:
    text = run("policy", "show", "sme_action_plan", "--width", str(width)).stdout.decode()
    whole = "".join(text.split())
    for part in (
        "工信部联企业〔2024〕239号",
        "2024-12-12",
        "适用中小企业",
        "地址未核对",
        "只读到前半部分",
        "4万家以上",
    ):
        assert part in whole, part
    assert max(map(len, text.splitlines())) <= width
    done = run("policy", "show", "sme_plan", "--lang", "en")
    assert done.returncode == 2 and "did you mean sme_action_plan?" in done.stderr.decode()


@pytest.mark.parametrize("name", [*GUIDE, *PLANS])
def test_every_industry_can_be_shown(run: Run, name: str) -> None:
    text = run("industry", "show", name, "--lang", "en", "--width", "400").stdout.decode()
    assert "changes no score" in text
    if name in GUIDE:
        assert f"{GUIDE[name]} scenarios" in text
    if name in PLANS:
        assert "_plan]" in text


def test_industries_are_listed(run: Run) -> None:
    found = {item["id"]: item for item in json.loads(run("industry", "list", "--format", "json").stdout)}
    assert len(found) == 41 + 25  # divisions and sectors
    assert found["sugar"] == {"id": "sugar", "code": "QB02", "title": "制糖", "aliases": [],
                              "within": ["light_industry", "food"]}  # fmt: skip
    text = run("industry", "list").stdout.decode()
    assert all(name in text for name in found)


# ── mistakes in the files ────────────────────────────────────────────────────────────────────────


def problems(root: Path) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for _, outcome in Catalog(root, shipped=False).check(root):
        if not isinstance(outcome, Edition):
            found += [(problem.code, problem.path) for problem in outcome]
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        (POLICIES, "industries: [machinery]", "industries: [machinry]",
         ("unknown_name", "policies.11.industries.0")),
        (POLICIES, "sizes: [micro, small, medium]", "sizes: [micro, tiny]", ("unknown_name", "policies.2.sizes.1")),
        (POLICIES, "figure: machinery_cmmm_l2_plus_target_2027", "figure: machinery_cmmm",
         ("unknown_name", "policies.11.provisions.0.figure")),
        (POLICIES, "figure: machinery_cmmm_l2_plus_target_2027", "figure: cnc_rate_2025",
         ("provision_target", "policies.11.provisions.0.figure")),
        (POLICIES, "      - figure: machinery_cmmm_l2_plus_target_2027",
         "      - figure: machinery_cmmm_l2_plus_target_2027\n        by: \"2027\"",
         ("provision_by", "policies.11.provisions.0.by")),
        (POLICIES, "      - figure: machinery_cmmm_l2_plus_target_2027", "      - by: \"2027\"",
         ("provision_says", "policies.11.provisions.0")),
        (POLICIES, "  - id: machinery_plan", "  - id: food_plan", ("id_twice", "policies.11.id")),
        (POLICIES, "    seen: address_only", "    seen: unread", ("not_one_of", "policies.1.seen")),
        (POLICIES, 'date: "2025-08"', 'date: "August 2025"', ("wrong_id", "policies.11.date")),
        (INDUSTRIES, "industries: [machinery]", "industries: [machines]",
         ("unknown_name", "benchmarks.21.industries.0")),
        (INDUSTRIES, "    statistic: share_of_enterprises\n", "    statistic: share_of_enterprises\n"
         "    target_of: share_of_enterprises\n", ("target_of", "benchmarks.0.target_of")),
        (INDUSTRIES, "    target_of: share_of_enterprises\n"
         "    statistic_basis: stated\n    population: {zh: \"轻工业\"",
         "    statistic_basis: stated\n    population: {zh: \"轻工业\"", ("not_comparable", "benchmarks.11.statistic")),
        ("rules/vocabulary.yaml", "within: [light_industry, food]", "within: [light_industry, foods]",
         ("unknown_name", "sectors.entries.18.within.1")),
    ],
)  # fmt: skip
def test_a_mistake_is_one_problem_with_its_place(
    own_rules: Path, file: str, old: str, new: str, wrong: tuple[str, str]
) -> None:
    path = own_rules / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = problems(own_rules) if "vocabulary" not in file else vocabulary_problems(own_rules)
    assert set(found) == {wrong}  # every edition tells of a figure that it compares


def vocabulary_problems(root: Path) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for _, found in vocabulary.check(root) for problem in found]


def test_documents_of_ones_own_stand_beside_the_shipped(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "rules").mkdir(parents=True)
    (own / POLICIES).write_text(
        """schema: bamai.policies/1
title: {zh: 省级, en: provincial}
policies:
  - id: province_plan
    title: {zh: 某省实施方案（虚构）, en: Plan of a province (made up)}
    date: "2026-02"
    address: "https://example.org/plan"
    checked: "2026-03-01"
    seen: original
    industries: [machinery]
    provisions:
      - {by: "2028", text: {zh: 每县一批, en: some in every county}}
""",
        encoding="utf-8",
    )
    known = newest_first(file for file, _ in Catalog(own).policies)
    assert known[0].id == "province_plan" and len(known) == 14
    done = run("score", GENERAL_EXAMPLE, "--rules", own, "--lang", "en", "--width", "120").stdout.decode()
    assert "some in every county" in done and "https://example.org/plan (opened on 2026-03-01)" in done
    assert b"province_plan" in run("policy", "list", "--rules", own, "--industry", "机械").stdout


def test_a_figure_is_comparable_by_what_is_planned() -> None:
    figures = {item.id: item for file, _ in Catalog().benchmarks for item in file.benchmarks}

    def kinds(item: Benchmark) -> set[str]:
        return {kind for kind in ("yes_no", "percent", "number", "single") if item.comparable(kind)}

    assert kinds(figures["power_cnc_rate_target_2027"]) == {"percent", "number"}
    assert kinds(figures["power_design_tools_target_2027"]) == {"yes_no"}
    assert Problem("target_of", {"found": "count"}).message("en").startswith("target_of is for targets")
