"""A small model of one's own to start from: files with comments that `model check` accepts."""

from __future__ import annotations

from importlib import resources

FILES = {
    "model.yaml": "rules/{id}/1/model.yaml",
    "tests.yaml": "rules/{id}/1/tests/worked.yaml",
    "questionnaire.yaml": "questionnaires/{id}/1/questionnaire.yaml",
    "example.yaml": "questionnaires/{id}/1/example.yaml",
}


def starter(model_id: str) -> dict[str, str]:
    """Content of every file of a new model, by its path below the rules folder."""
    folder = resources.files("bamai").joinpath("starter_files")
    texts = {
        path.format(id=model_id): folder.joinpath(name).read_text(encoding="utf-8") for name, path in FILES.items()
    }
    return {path: text.replace("__MODEL__", model_id) for path, text in texts.items()}
