"""Writing answers files: blank ones to fill in, for one enterprise or for many, and one that an interview fills."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

from bamai.answers import (
    ANSWERED,
    IDENTITY,
    NA,
    NO_BAND,
    OPEN,
    SCHEMA,
    UNKNOWN,
    Answers,
    Cell,
    Column,
    Enterprise,
    Entry,
    Judge,
    decimal_text,
    judge_rows,
)
from bamai.catalog import Edition
from bamai.questionnaire import NONE, NUMERIC, Question
from bamai.texts import Lang, printable, t

_STATES = {OPEN: "mark.open", UNKNOWN: "mark.unknown", NA: "mark.na"}
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


def csv_template(edition: Edition, lang: Lang) -> str:
    """Rows for a batch of *edition*: a header of ids, and a made-up enterprise whose answers are accepted as they
    stand. What cannot be made up, free text, is blank."""
    enterprise = Enterprise(
        id="DEMO-0001",
        name=t("template.example_name", lang),
        industry=t("template.example_industry", lang),
        province=t("template.example_province", lang),
        city=t("template.example_city", lang),
        employees="186",
    )
    answers = _made_up(edition, lang)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*IDENTITY, *edition.questions])
    rows.writerow([*enterprise, *(answers.get(name, "") for name in edition.questions)])
    return text.getvalue()


def _made_up(edition: Edition, lang: Lang) -> dict[str, str]:
    """Answers that the judge accepts together; rates are those of their counts."""
    judge = Judge(edition)
    counts = _counts(edition)
    answers: dict[str, str] = {}
    columns: dict[str, Column] = {}
    for name, question in edition.questions.items():
        if name in counts or question.metric is None or question.metric.part is None:
            text = f"{counts[name]:f}" if name in counts else _middle(question, lang)
            cell = judge.cell(name, text)
            if isinstance(cell, Cell):
                answers[name], columns[name] = text, Column.of([cell])
    # an edition of one's own may bound a rate so that these counts do not fit: then the rate stands alone
    for problem in judge_rows(edition, columns).problems:
        for name in problem.questions:
            answers.pop(name, None)
            columns.pop(name, None)
    derived = judge_rows(edition, columns).columns
    for name, question in edition.questions.items():
        if name not in columns and name not in counts:
            made = derived[name].state[0] == ANSWERED
            answers[name] = decimal_text(int(derived[name].value[0])) if made else _middle(question, lang)
    return answers


def _counts(edition: Edition) -> dict[str, Decimal]:
    """Numbers for the questions that rates are made of; whole ones count things, others are sums of money or energy,
    whose shares are small."""
    counts: dict[str, Decimal] = {}
    for question in edition.questions.values():
        metric = question.metric
        if metric is None or metric.part is None or metric.whole is None:
            continue
        part, whole = edition.questions[metric.part], edition.questions[metric.whole]
        counts.setdefault(whole.id, _bounded(whole, Decimal(40 if whole.integer else 10_000)))
        percent = 60 if part.integer else 30 if metric.kind == "ratio" else 3
        counts.setdefault(part.id, _bounded(part, counts[whole.id] * percent // 100))
    return counts


def _bounded(question: Question, number: Decimal) -> Decimal:
    """The number nearest to *number* that *question* takes."""
    if question.min is not None and question.max is not None:
        return max(question.min, min(question.max, number))
    return number


def _middle(question: Question, lang: Lang) -> str:
    """An answer that is neither the worst nor the best, in the shortest way to write it; none for free text."""
    if question.kind == "text":
        return ""
    if question.kind == "yes_no":
        return t("yes", lang)
    if question.kind == "grade":
        return str((len(question.grades) + 1) // 2)
    if question.kind == "multiple":
        pairs = zip(question.letters, question.options, strict=True)
        return "|".join([letter for letter, option in pairs if option.id != NONE][:2])
    if question.kind in NUMERIC:
        return f"{_bounded(question, Decimal(5 if question.kind == 'percent' else 100)):f}"
    return question.letters[len(question.letters) // 2]


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
        return [span(question, lang), *listed]
    if question.kind == "multiple":
        return [t("template.multiple", lang), *listed]
    return listed


def span(question: Question, lang: Lang) -> str:
    """Between which numbers the answer to a numeric question lies, with its unit."""
    unit = _unit(question, lang)
    return t("template.number", lang, low=str(question.min), high=str(question.max), unit=unit).rstrip()


def _unit(question: Question, lang: Lang) -> str:
    return "%" if question.kind == "percent" else question.unit[lang] if question.unit else ""


def told(question: Question, judge: Judge, answer: str | tuple[str, ...], lang: Lang) -> str:
    """*answer* in words: its state, or the options, the grade or the number with its unit. It must be in order."""
    cell = judge.cell(question.id, answer) if isinstance(answer, str) else judge.several(question.id, answer)
    if not isinstance(cell, Cell) or question.kind == "text":
        return printable(answer if isinstance(answer, str) else "|".join(answer))
    if cell.state != ANSWERED:
        return t(_STATES[cell.state], lang)
    if question.kind == "yes_no":
        return t("yes" if cell.value else "no", lang)
    if question.kind == "grade":
        label = _one_line(question.grades[cell.value - 1][lang]) if cell.value else t("grade.zero", lang)
        return f"{cell.value} {label}"
    if question.kind in NUMERIC and cell.band == NO_BAND:
        return f"{decimal_text(cell.value)} {_unit(question, lang)}".rstrip()
    picked = [cell.band if question.kind in NUMERIC else cell.value]
    if question.kind == "multiple":
        picked = [index for index in range(len(question.options)) if cell.value >> index & 1]
    parts = [f"{question.letters[index]} {_one_line(question.options[index].label[lang])}" for index in picked]
    return t("list_semicolon", lang).join(parts)


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
