"""Rules that explain themselves: explain, schema, new, and what no rule test reaches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bamai.catalog import Catalog
from bamai.report.explain import explain, known_ids
from bamai.ruletests import reachable, run_tests, schemas
from bamai.starter import starter
from bamai.texts import LANGS, TEXTS
from conftest import ROOT, Run, edition
from test_broken_rules import small

MODELS = ["general@2026-reference", "sme@2024"]


def folder_of(name: str) -> Path:
    return ROOT / "rules" / name.replace("@", "/") / "tests"


@pytest.mark.parametrize("name", MODELS)
def test_every_option_band_grade_and_gate_is_reached_by_a_rule_test(name: str) -> None:
    used = edition(name)
    outcome = run_tests(used, folder_of(name))
    assert [key for key in reachable(used) if key not in outcome.reached] == []
    assert set(outcome.reached) <= set(reachable(used))


def test_what_no_test_reaches_is_listed(run: Run, own_rules: Path) -> None:
    path = own_rules / "rules/sme/2024/tests/worked.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - name: every_scenario_at_grade_1")], encoding="utf-8")
    done = run("model", "check", own_rules, "--lang", "en")
    assert done.returncode == 0
    assert b"sme@2024: places that no rule test reaches (11): quality.2, equipment.1" in done.stderr


@pytest.mark.parametrize("name", MODELS)
def test_everything_can_be_explained_in_both_languages(name: str) -> None:
    used = edition(name)
    reached = run_tests(used, folder_of(name)).reached
    for wanted in known_ids(used):
        for lang in LANGS:
            found = explain(used, wanted, reached, lang)
            assert found, wanted
            assert all(value for item in found for _, value in item.rows), wanted


def test_an_indicator_in_full(run: Run) -> None:
    told = run("model", "explain", "sme.base.equipment_digital_rate", "--lang", "en", "--width", "200").stdout.decode()
    for wanted in ("Digital base 50 % > Equipment systems 40 % > Digital equipment 30 %", "official", "57.7 %",
                   "D (40, 60]   4.5 / 6", "equipment_digital ÷ equipment_total", "bands_at_10", "Q2"):  # fmt: skip
        assert wanted in told, wanted
    assert "general@" not in told


def test_a_dotted_path_must_be_true(run: Run) -> None:
    assert run("model", "explain", "general.foundation.cnc_rate").returncode == 0
    assert run("model", "explain", "general.outcomes.cnc_rate").returncode == 2


def test_gates_benchmarks_and_problem_codes(run: Run) -> None:
    gate = run("model", "explain", "general.L4.core", "--lang", "en", "--width", "200").stdout.decode()
    assert "Needs" in gate
    assert "Tests that miss it" in gate
    assert "71.1 %" in run("model", "explain", "cnc_rate_2025", "--lang", "en").stdout.decode()
    assert "counts disagree" in run("model", "explain", "value_against_counts", "--lang", "en").stdout.decode()
    done = run("model", "explain", "nonsense_id", "--lang", "en")
    assert done.returncode == 2
    assert b"[unknown_id]" in done.stderr


def test_every_problem_code_can_be_looked_up() -> None:
    codes = [key.removeprefix("problem.") for key in TEXTS if key.startswith("problem.")]
    assert len(codes) > 80


def test_schemas_name_the_keys_that_the_files_use(run: Run, tmp_path: Path) -> None:
    for name, schema in schemas().items():
        assert schema["additionalProperties"] is False, name
        assert "schema" in schema["properties"]
    assert schemas()["model"]["$defs"]["Band"]["properties"]["from"]["anyOf"][0] == {"type": "number"}
    assert json.loads(run("model", "schema", "model").stdout)["title"] == "MaturityModel"
    assert run("model", "schema").returncode == 2
    assert run("model", "schema", "-o", "schemas").returncode == 0
    names = sorted(path.name for path in (tmp_path / "schemas").iterdir())
    kinds = ("benchmarks", "effort", "model", "policies", "profile", "questionnaire", "tests", "vocabulary")
    assert names == [f"{kind}.schema.json" for kind in kinds]


def test_a_model_as_data(run: Run) -> None:
    data = json.loads(run("model", "show", "general", "--format", "json").stdout)
    assert data["model"]["dimensions"][0]["weight"] == 30
    assert data["digest"] == edition("general").digest


def test_a_new_model_is_accepted_and_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("model", "new", "mine", "--id", "steel").returncode == 0
    done = run("model", "check", "mine", "--lang", "en")
    assert b"steel@1: correct" in done.stderr
    assert run("model", "new", "mine", "--id", "steel").returncode == 2
    assert run("model", "new", "mine", "--id", "sme").returncode == 2
    assert run("model", "new", "mine", "--id", "No").returncode == 2
    assert "__MODEL__" not in "".join(starter("steel").values())
    assert Catalog(tmp_path / "mine").load("steel").ref == "steel@1"


def test_a_model_show_of_ones_own(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "own")
    assert "Own model" in run("model", "show", "own", "--rules", "own", "--lang", "en").stdout.decode()


def test_the_general_model_says_that_it_is_no_official_text(run: Run) -> None:
    example = ROOT / "questionnaires/general/2026-reference/example.yaml"
    for arguments in (["score", example], ["model", "show", "general"], ["score", example, "--format", "json"]):
        assert "not the text" in " ".join(run(*arguments, "--lang", "en").stdout.decode().split())


@pytest.mark.parametrize(
    ("closed", "spans"),
    [("right", ["[−50, 0]", "(0, 40]", "(40, 100]"]), ("left", ["[−50, 0)", "[0, 40)", "[40, 100]"])],
)
def test_bands_say_where_their_ends_belong(run: Run, tmp_path: Path, closed: str, spans: list[str]) -> None:
    run("model", "new", "mine")
    model = tmp_path / "mine/rules/own/1/model.yaml"
    text = model.read_text("utf-8").replace("closed: right", f"closed: {closed}")
    text = text.replace("from: 0, to: 20", "from: -50, to: 0").replace("from: 20, to: 40", "from: 0, to: 40")
    model.write_text(text, "utf-8")
    # the rate becomes a growth, which is asked directly
    questions = tmp_path / "mine/questionnaires/own/1/questionnaire.yaml"
    lines = [line for line in questions.read_text("utf-8").splitlines() if "{id: machines" not in line]
    text = re.sub("metric: {.*}", "metric: {better: up}", "\n".join(lines))
    questions.write_text(text.replace("min: 0\n        max: 100\n", "min: -50\n        max: 100\n"), "utf-8")
    told = run("model", "explain", "own.base.digital_rate", "--rules", "mine").stdout.decode()
    assert re.findall(r"[\[(]−?\d+, \d+[\])]", told) == spans
    answers = "schema: bamai.answers/1\nmodel: own\nanswers: {digital_rate: 0}\n"
    done = run("score", "-", "--rules", "mine", "--format", "json", stdin=answers.encode())
    reason = next(i for i in json.loads(done.stdout)["dimensions"][0]["indicators"] if i["id"] == "digital_rate")[
        "reason"
    ]
    assert spans[closed == "left"] in reason
