"""Scoring from Python, with the same judge and arithmetic as the command line."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bamai.answers import SCHEMA, AnswersFile, Judge
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Catalog, Edition
from bamai.errors import AnswersWarning
from bamai.yamlfile import Document


def load(model: str, rules: str | Path | None = None, *, profile: str | None = None) -> Edition:
    """The edition called *model* (``id`` or ``id@edition``), cross-checked.

    Args:
        rules: a folder of own models beside the shipped ones.
        profile: a scoring profile to apply: the id of one of the edition's, or a path.
    Raises:
        RulesError: there is no such model, or its files are wrong (every mistake is listed).
        UsageError: the edition has no such profile.
    """
    return Catalog(Path(rules) if rules is not None else None, profile=profile).load(model)


def score_file(
    path: str | Path, rules: str | Path | None = None, *, profile: str | None = None, missing_lowest: bool = False
) -> Assessment:
    """Judge and score an answers file.

    What is accepted and may not be meant, say 0.57 for a share of 57 %, is an :class:`~bamai.AnswersWarning` of
    Python's :mod:`warnings`.

    Args:
        profile: as of :func:`load`.
        missing_lowest: count open answers as the worst, as the official forms do.
    Raises:
        InputError: the file was refused (every problem is listed).
        RulesError: the rule files are wrong.
    """
    opened = AnswersFile.open(path)
    return _assess(opened, load(opened.model, rules, profile=profile), missing_lowest)


def score_answers(edition: Edition, answers: Mapping[str, Any], *, missing_lowest: bool = False) -> Assessment:
    """Judge and score answers given as ``{question: value}``, where a value is text, a number, a list,
    or ``{"value": …, "evidence": […], "note": …}``, as in an answers file; it warns as :func:`score_file` does.

    Raises:
        InputError: an answer was refused.
    """
    data = {"schema": SCHEMA, "model": edition.ref, "answers": _written(answers)}
    return _assess(AnswersFile(Document("answers", data, None, "{}")), edition, missing_lowest)


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_written(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):  # str() gives some of them an exponent
        return format(Decimal(str(value)), "f")
    return None if value is None else str(value)


def _assess(opened: AnswersFile, edition: Edition, missing_lowest: bool) -> Assessment:
    answers, columns, doubts = opened.read(Judge(edition))
    for problem in doubts:
        warnings.warn(AnswersWarning(problem), stacklevel=3)
    return assess(edition, answers, columns, missing_lowest=missing_lowest)
