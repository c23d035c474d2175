"""Writing answers files: a blank one to fill in, and one that an interview fills."""

from __future__ import annotations

import json
import re

from bamai.answers import IDENTITY, SCHEMA, Answers, Entry
from bamai.catalog import Edition
from bamai.questionnaire import NUMERIC, Question
from bamai.texts import Lang, printable, t

_PLAIN = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_.@%/-]*\Z")


def blank_answers(edition: Edition, lang: Lang) -> str:
    """An answers file of *edition* with every question open and explained."""
    lines = [
        f"# {edition.questionnaire.title[lang]}",
        f"# {t('template.how', lang)}",
        f"# {t('template.states', lang)}",
        f"schema: {SCHEMA}",
        f"model: {edition.ref}",
        "enterprise:",
        *(f"  {key}:" for key in IDENTITY),
        "assessor:",
        "assessed_on:  # 2026-01-31",
        "answers:",
    ]
    for section in edition.questionnaire.sections:
        lines += ["", f"  # == {section.title[lang]} =="]
        for question in section.questions:
            lines += ["", f"  # {question.label}  {_one_line(question.text[lang])}"]
            lines += [f"  #   {line}" for line in choices(question, lang)]
            lines.append(f"  {question.id}:")
    return "\n".join(lines) + "\n"


def choices(question: Question, lang: Lang) -> list[str]:
    """What can be answered, one line a choice."""
    if question.kind == "yes_no":
        return [t("template.yes_no", lang)]
    if question.kind == "grade":
        zero = [f"0 = {t('grade.zero', lang)}"]
        return zero + [f"{i} = {_one_line(text[lang])}" for i, text in enumerate(question.grades, 1)]
    pairs = zip(question.letters, question.options, strict=True)
    listed = [f"{letter} = {_one_line(option.label[lang])}" for letter, option in pairs]
    if question.kind in NUMERIC:
        unit = "%" if question.kind == "percent" else question.unit[lang] if question.unit else ""
        span = t("template.number", lang, low=str(question.min), high=str(question.max), unit=unit)
        return [span.rstrip(), *listed]
    if question.kind == "multiple":
        return [t("template.multiple", lang), *listed]
    return listed


def _one_line(text: str) -> str:
    return " ".join(text.split())


def written(answers: Answers) -> str:
    """*answers* as an answers file; reading it gives the same answers."""
    lines = [f"schema: {SCHEMA}", f"model: {quoted(answers.model)}", "enterprise:"]
    fields = {key: getattr(answers.enterprise, key) for key in IDENTITY}
    given = [f"  {key}: {quoted(value)}" for key, value in fields.items() if value is not None]
    lines = lines + given if given else [*lines[:-1], "enterprise: {}"]
    for key in ("assessor", "assessed_on"):
        value = getattr(answers, key)
        if value is not None:
            lines.append(f"{key}: {quoted(value)}")
    lines.append("answers:" if answers.entries else "answers: {}")
    for name, entry in answers.entries.items():
        lines += _entry(name, entry)
    return "\n".join(lines) + "\n"


def _entry(name: str, entry: Entry) -> list[str]:
    value = quoted(entry.text) if isinstance(entry.text, str) else f"[{', '.join(map(quoted, entry.text))}]"
    if not entry.evidence and entry.note is None:
        return [f"  {name}: {value}"]
    lines = [f"  {name}:", f"    value: {value}"]
    if entry.evidence:
        lines.append(f"    evidence: [{', '.join(map(quoted, entry.evidence))}]")
    if entry.note is not None:
        lines.append(f"    note: {quoted(entry.note)}")
    return lines


def quoted(text: str) -> str:
    """*text* as a YAML scalar that reads back the same."""
    if _PLAIN.match(text) and text.casefold() not in ("null", "true", "false"):
        return text
    # a JSON string is a YAML string; what a terminal could trip over goes out as escapes
    if text == printable(text):
        return json.dumps(text, ensure_ascii=False)
    return json.dumps(text, ensure_ascii=True)
