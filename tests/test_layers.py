"""Imports go downward only, and starting up loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bamai

PACKAGE = Path(bamai.__file__).parent

LAYERS = [
    "texts", "errors", "files", "lines", "yamlfile", "schema", "model", "questionnaire", "benchmark", "checks",
    "vocabulary", "policy", "profile", "catalog", "journal", "workbook", "formfile", "answers", "answersfile", "form",
    "merging", "changes", "scoring", "assessment", "wording", "nextsteps", "assessing", "comparing", "whatif",
    "roadmap", "batch", "cohort", "ruletests", "api", "starter", "interview", "report", "commands", "__main__",
]  # fmt: skip

# neither of these may know the other, whatever their order
STRANGERS = [("interview", "report"), ("scoring", "answersfile"), ("report", "ruletests")]


def imports(path: Path) -> set[str]:
    """Top modules of the package that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "bamai" else [f"bamai.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("bamai.")}
    return found


def files() -> list[tuple[str, Path]]:
    return [
        (path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "__init__.py"
    ]


def test_imports_go_downward() -> None:
    wrong = []
    for layer, path in files():
        for other in imports(path) - {layer}:
            if LAYERS.index(other) >= LAYERS.index(layer) or (layer, other) in STRANGERS or (other, layer) in STRANGERS:
                wrong.append(f"{path.name} ({layer}) imports {other}")
    assert wrong == []


def test_every_module_has_a_layer() -> None:
    assert {layer for layer, _ in files()} == set(LAYERS)


def test_only_commands_print_or_exit() -> None:
    wrong = []
    for layer, path in files():
        if layer in ("commands", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "exit"):
                wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_starting_up_loads_nothing_heavy(argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bamai", argument], capture_output=True, check=True, text=True,
        encoding="utf-8",
        errors="replace",
    )  # fmt: skip
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "typer" in loaded
    assert {name for name in loaded if name.split(".")[0] in ("pydantic", "numpy", "yaml")} == set()
