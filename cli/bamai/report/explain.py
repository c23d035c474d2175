"""One rule in full: what it says, what it counts, where it comes from, where it is used, which tests reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bamai.assessment import needs_words, plain_decimal
from bamai.benchmark import Benchmark
from bamai.catalog import Edition
from bamai.checks import branches, counted_by, walk
from bamai.model import (
    BandsScoring,
    ChecklistScoring,
    ChoiceScoring,
    CountGate,
    Dimension,
    Gate,
    Group,
    Indicator,
    Level,
    LinearScoring,
    MetricGate,
    ScoreGate,
)
from bamai.questionnaire import NUMERIC, Question
from bamai.report.content import as_of, published
from bamai.schema import Source
from bamai.texts import TEXTS, Lang, t
from bamai.wording import band_span, gate_better, gate_title, gate_words

Row = tuple[str, str]


class Explanation(NamedTuple):
    """What there is to say of one id: a title, name and value pairs, and a points table."""

    id: str
    title: str
    rows: tuple[Row, ...]
    points: tuple[Row, ...] = ()


Reached = Mapping[str, Sequence[str]]
"""Rule tests by what they reach, as `ruletests` collects them."""


def explain(edition: Edition, path: str, reached: Reached, lang: Lang) -> list[Explanation]:
    """Everything in *edition* that *path* names: an indicator, node, gate, level or question, by id, dotted path
    (``foundation.cnc_rate``) or official code."""
    found: list[Explanation] = []
    for level in edition.model.levels:
        if path in (level.id, f"{level.id}.score"):
            found.append(_level(edition, level, lang))
        found += [_gate(edition, gate, reached, lang) for gate in level.gates if path == gate.id]
    parents, _, name = path.rpartition(".")
    for _, dimension, group, indicator in walk(edition.model):
        above = {dimension.id, *([group.id] if group else [])}
        if not set(parents.split(".")) - {""} <= above:
            continue
        if name.casefold() in (indicator.id, (indicator.code or "").casefold()):
            found.append(_indicator(edition, indicator, reached, lang))
    if not parents:
        found += [_node(edition, name, lang)] if name in {n for n, _ in _nodes(edition)} else []
        shown = {indicator.scoring.question for indicator in edition.indicators.values() if indicator.id == name}
        for question in edition.questions.values():
            codes = (question.id, (question.code or "").casefold())
            if name.casefold() in codes and question.id not in shown and not found:
                found.append(_question(edition, question, lang))
    return found


def explain_benchmark(item: Benchmark, source: Source, lang: Lang) -> Explanation:
    """A published figure."""
    rows = [
        (t("table.value", lang), published(item, lang)),
        (t("table.metric", lang), item.metric or "–"),
        (t("table.statistic", lang), t(f"statistic.{item.statistic}", lang)
         + t("paren", lang, text=t(f"statistic.{item.statistic_basis}", lang))),
        *([(t("table.target_of", lang), t(f"statistic.{item.target_of}", lang))] if item.target_of else []),
        (t("table.scope", lang), item.population[lang]),
        *([(t("table.industries", lang), ", ".join(item.industries))] if item.industries else []),
        (t("table.as_of", lang), item.as_of),
        (t("table.source", lang), source.title[lang] + (f"  {source.address}" if source.address else "")),
        (t("table.status", lang), f"{t(f'status.{item.status}', lang)}, {t(f'seen.{item.seen}', lang)}"),
    ]  # fmt: skip
    rows += [(t(f"table.{key}", lang), text[lang]) for key, text in (("caution", item.caution), ("note", item.note))
             if text is not None]  # fmt: skip
    return Explanation(item.id, item.title[lang], tuple(rows))


def explain_problem(code: str, lang: Lang) -> Explanation | None:
    """A problem code as messages end with it: its wording, with what is filled in left as names."""
    key = f"problem.{code}"
    if key not in TEXTS:
        return None
    return Explanation(code, t("explain.problem", lang), ((t("explain.wording", lang), t(key, lang)),))


def known_ids(edition: Edition) -> list[str]:
    """Everything that can be explained, for suggestions."""
    names = [node for node, _ in _nodes(edition)] + list(edition.indicators) + list(edition.questions)
    return names + [x for level in edition.model.levels for x in (level.id, *(gate.id for gate in level.gates))]


def _nodes(edition: Edition) -> Iterator[tuple[str, str]]:
    for dimension in edition.model.dimensions:
        yield dimension.id, dimension.id
        for group in dimension.groups:
            yield group.id, f"{dimension.id}.{group.id}"


def _origin_rows(edition: Edition, rule: str, lang: Lang, clause: str | None, note: object) -> Iterator[Row]:
    origin = edition.origins[rule]
    source = edition.source(origin.source)
    yield t("table.status", lang), f"{t(f'status.{origin.status}', lang)}, {t(f'seen.{origin.seen}', lang)}"
    yield t("table.source", lang), source.title[lang] + (f" {source.number}" if source.number else "")
    if clause:
        yield t("table.clause", lang), clause
    if note is not None:
        yield t("table.note", lang), note[lang]  # type: ignore[index]


def _tests(names: Sequence[str], lang: Lang) -> str:
    if not names:
        return t("explain.no_tests", lang)
    listed = ", ".join(names[:6])
    return f"{listed}{t('report.more', lang, count=len(names) - 6)}" if len(names) > 6 else listed


def _weight_path(edition: Edition, indicator: Indicator, lang: Lang) -> str:
    for _, dimension, group, leaf in walk(edition.model):
        if leaf.id == indicator.id:
            nodes: list[Dimension | Group | Indicator] = [dimension, *([group] if group else []), leaf]
            equal = t("explain.equal", lang)
            return " > ".join(
                node.title[lang] + (f" {plain_decimal(node.weight)} %" if node.weight is not None else f" {equal}"
                                    if dimension.scored else "")
                for node in nodes
            )  # fmt: skip
    raise KeyError(indicator.id)


def _indicator(edition: Edition, indicator: Indicator, reached: Reached, lang: Lang) -> Explanation:
    question = edition.questions[indicator.scoring.question]
    rows: list[Row] = [(t("explain.weights", lang), _weight_path(edition, indicator, lang))]
    rows += _question_rows(question, lang)
    rows.append((t("table.scoring", lang), t(f"scoring.{indicator.scoring.kind}", lang)))
    if indicator.na:
        rows.append((t("mark.na", lang), t("explain.na_allowed", lang)))
    rows += _origin_rows(edition, indicator.id, lang, indicator.clause, indicator.note)
    used = [gate.id for level in edition.model.levels for gate in level.gates if _uses(edition, gate, indicator)]
    rows.append((t("explain.used", lang), ", ".join(used) or "–"))
    rows += _compared_rows(edition, question, lang)
    keys = [key for key in reached if key.split(".")[0] in (indicator.id, question.id)]
    tests = list(dict.fromkeys(name for key in keys for name in reached[key]))
    rows.append((t("explain.tests", lang), _tests(tests, lang)))
    return Explanation(indicator.id, indicator.title[lang], tuple(rows), tuple(_points(indicator, question, lang)))


def _uses(edition: Edition, gate: Gate, indicator: Indicator) -> bool:
    match gate:
        case CountGate():
            return any(counted.id == indicator.id for counted in counted_by(gate, edition.model))
        case MetricGate():
            return gate.metric == indicator.scoring.question
        case ScoreGate():
            return False  # through its dimension, like every indicator of it


def _points(indicator: Indicator, question: Question, lang: Lang) -> Iterator[Row]:
    scoring = indicator.scoring
    out_of = f" / {plain_decimal(scoring.out_of)}" if scoring.out_of is not None else ""
    match scoring:
        case ChoiceScoring() | ChecklistScoring():
            for index, name in enumerate(question.option_ids):
                label = t(name, lang) if question.kind == "yes_no" else (
                    f"{question.letters[index]} {question.options[index].label[lang]}")  # fmt: skip
                yield label, plain_decimal(scoring.points[name]) + out_of
        case BandsScoring():
            for index, band in enumerate(scoring.bands):
                letter = f"{question.letters[index]} " if question.options else ""
                yield f"{letter}{band_span(scoring, index)}", plain_decimal(band.points) + out_of
        case LinearScoring():
            for knot in scoring.knots:
                yield plain_decimal(knot.at), plain_decimal(knot.points) + out_of
        case _:
            texts = [t("grade.zero", lang), *(text[lang] for text in question.grades)]
            for grade, text in enumerate(texts):
                yield f"{grade} {text}", plain_decimal(scoring.points[grade]) + out_of if scoring.points else ""


def _question_rows(question: Question, lang: Lang) -> Iterator[Row]:
    label = question.id if question.code is None else f"{question.code} {question.id}"
    yield t("table.question", lang), f"{label}: {question.text[lang]}"
    if question.metric is not None and question.metric.part is not None:
        made = f"{question.metric.part} ÷ {question.metric.whole}"
        yield t("explain.made_of", lang), made
    if question.help is not None:
        yield t("explain.help", lang), question.help[lang]
    if question.evidence is not None:
        yield t("explain.evidence", lang), question.evidence[lang]


def _compared_rows(edition: Edition, question: Question, lang: Lang) -> Iterator[Row]:
    items = [item for item, _ in edition.compared_in(edition.vocabulary.industries) if item.metric == question.id]
    if items:
        listed = [f"{item.id} ({published(item, lang)}, {as_of(item, lang)})" for item in items]
        yield t("report.benchmarks", lang), "\n".join(listed)


def _question(edition: Edition, question: Question, lang: Lang) -> Explanation:
    rows = list(_question_rows(question, lang))
    if question.kind in NUMERIC:
        unit = "%" if question.kind == "percent" else question.unit[lang] if question.unit else ""
        rows.append((t("table.value", lang), f"{question.min}–{question.max} {unit}"))
    makes = ", ".join(edition.counts.get(question.id, ()))
    if makes:
        rows.append((t("explain.makes", lang), makes))
    if question.compared_only:
        rows.append((t("table.scoring", lang), t("explain.compared_only", lang)))
    rows += _compared_rows(edition, question, lang)
    options = [(f"{letter} {option.label[lang]}", "") for letter, option
               in zip(question.letters, question.options, strict=True)]  # fmt: skip
    return Explanation(question.id, question.text[lang], tuple(rows), tuple(options))


def _node(edition: Edition, name: str, lang: Lang) -> Explanation:
    for dimension in edition.model.dimensions:
        for branch in branches(dimension):
            if branch.id == name:
                weight = "–" if branch.weight is None else f"{plain_decimal(branch.weight)} %"
                groups = dimension.groups if branch is dimension else ()
                children = [*(group.id for group in groups), *(leaf.id for leaf in branch.indicators)]
                rows = ((t("table.weight", lang), weight), (t("table.indicator", lang), ", ".join(children)))
                return Explanation(branch.id, branch.title[lang], rows)
    raise KeyError(name)


def _level(edition: Edition, level: Level, lang: Lang) -> Explanation:
    rows: list[Row] = [] if level.meaning is None else [(t("explain.meaning", lang), level.meaning[lang])]
    if edition.model.scored:
        rows.append((t("report.total_score", lang), f"≥ {plain_decimal(level.score)}"))
    rows += [(gate.id, gate_words(edition, gate, lang)) for gate in level.gates]
    rows += _origin_rows(edition, level.id, lang, level.clause, level.note)
    return Explanation(level.id, level.title[lang], tuple(rows))


def _gate(edition: Edition, gate: Gate, reached: Reached, lang: Lang) -> Explanation:
    rows: list[Row] = [(t("table.needs", lang), needs_words(Decimal(gate.needs), gate_better(edition, gate)))]
    if isinstance(gate, CountGate):
        rows.append((t("explain.counts", lang), ", ".join(i.id for i in counted_by(gate, edition.model))))
    rows += _origin_rows(edition, gate.id, lang, gate.clause, gate.note)
    told: Callable[[str], str] = lambda side: _tests(reached.get(f"{gate.id}.{side}", ()), lang)  # noqa: E731
    rows += [(t("explain.met_by", lang), told("met")), (t("explain.missed_by", lang), told("missed"))]
    return Explanation(gate.id, gate_title(edition, gate)[lang], tuple(rows))
