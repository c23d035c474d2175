"""bamai 把脉 takes the pulse of a factory: maturity assessment for the digital transformation of manufacturing.

The public door::

    import bamai

    edition = bamai.load("sme@2024")
    assessment = bamai.score_file("answers.yaml")
    print(assessment.level, assessment.score)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bamai.api import load, score_answers, score_file
    from bamai.assessment import Assessment
    from bamai.catalog import Edition
    from bamai.errors import AnswersWarning

__all__ = ["AnswersWarning", "Assessment", "Edition", "load", "score_answers", "score_file"]

_HOMES = {
    "load": "bamai.api",
    "score_answers": "bamai.api",
    "score_file": "bamai.api",
    "Assessment": "bamai.assessment",
    "Edition": "bamai.catalog",
    "AnswersWarning": "bamai.errors",
}


def __getattr__(name: str) -> Any:
    """Public names, imported when they are first used: the command line must start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    return getattr(importlib.import_module(_HOMES[name]), name)
