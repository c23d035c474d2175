"""What must hold between the files of an edition: ids, weights, bands, gates, points, languages.

Each check yields problems with the place of the value that is wrong; none stops at the first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from bamai.benchmark import Benchmarks
from bamai.errors import Place, Problem
from bamai.model import (
    BandsScoring,
    ChecklistScoring,
    ChoiceScoring,
    CountGate,
    Dimension,
    Group,
    Indicator,
    LinearScoring,
    MaturityModel,
    MetricGate,
    ScoreGate,
    StagedScoring,
)
from bamai.questionnaire import CHOSEN, NONE, NUMERIC, RESERVED, TREND, Question, Questionnaire
from bamai.schema import did_you_mean, fits
from bamai.yamlfile import Document, KeyPath

HUNDRED = Decimal(100)
MOST_OPTIONS = 60  # a checklist is a bit mask in an int64
MOST_GATES = 60  # so are the conditions of a level that a row does not meet
MOST = Decimal(9) * 10**11  # numbers up to here keep every product inside int64


def fold(text: str) -> str:
    """The form in which ids, codes and labels are compared: NFKC, case and outer space ignored."""
    if text.isascii():
        return text.strip().casefold()
    return unicodedata.normalize("NFKC", text).strip().casefold()


class Files(NamedTuple):
    """The documents of one edition, for the places of its problems."""

    model: Document
    questionnaire: Document


def branches(dimension: Dimension) -> tuple[Dimension | Group, ...]:
    """A dimension and its groups."""
    return (dimension, *dimension.groups)


def walk(model: MaturityModel) -> Iterator[tuple[KeyPath, Dimension, Group | None, Indicator]]:
    """Every indicator with its place in the file and the nodes above it."""
    for d, dimension in enumerate(model.dimensions):
        for g, group in enumerate(dimension.groups):
            for i, indicator in enumerate(group.indicators):
                yield ("dimensions", d, "groups", g, "indicators", i), dimension, group, indicator
        for i, indicator in enumerate(dimension.indicators):
            yield ("dimensions", d, "indicators", i), dimension, None, indicator


def check_edition(model: MaturityModel, questionnaire: Questionnaire, files: Files) -> list[Problem]:
    """Every mistake of a model and its questionnaire; one mistake gives one problem, not a trail of them."""
    found = list(_Questionnaire(questionnaire, files.questionnaire).problems())
    rules = _Model(model, questionnaire, files.model, files.questionnaire)
    found += rules.problems()
    return found or list(rules.whole_problems())


def check_benchmarks(
    benchmarks: Benchmarks,
    document: Document,
    kinds: dict[str, str] | None,
    industries: Collection[str] | None = None,
    *,
    context: bool = False,
) -> Iterator[Problem]:
    """Every mistake of a benchmarks file.

    Args:
        kinds: of all questions that are metrics; None: not known.
        industries: ids of all divisions and sectors; None: not known.
        context: the file holds figures that no enterprise is compared with.
    """
    yield from _unique(document, [(("benchmarks", i, "id"), b.id) for i, b in enumerate(benchmarks.benchmarks)])
    sources = {source.id for source in benchmarks.sources}
    for i, benchmark in enumerate(benchmarks.benchmarks):
        path: KeyPath = ("benchmarks", i)
        yield from unknown(document, (*path, "source"), benchmark.source, sources)
        for key in ("status", "seen", "source"):
            if getattr(benchmark, key) is None:
                yield problem_at(document, path, "missing_key", key=key)
        if not fits(benchmark.value):
            yield problem_at(document, (*path, "value"), "too_fine", found=str(benchmark.value))
        if benchmark.target_of is not None and not benchmark.target:
            yield problem_at(document, (*path, "target_of"), "target_of", found=benchmark.statistic)
        for j, name in enumerate(benchmark.industries or ()):
            yield from unknown(document, (*path, "industries", j), name, [name] if industries is None else industries)
        if context and benchmark.metric is not None:
            yield problem_at(document, (*path, "metric"), "context_metric")
        elif benchmark.metric is None and benchmark.compare:
            yield problem_at(document, (*path, "compare"), "compare_nothing")
        if benchmark.metric is None or kinds is None:
            continue
        yield from unknown(document, (*path, "metric"), benchmark.metric, kinds)
        kind = kinds.get(benchmark.metric)
        if kind and benchmark.compare and not benchmark.comparable(kind):
            statistic = benchmark.target_of or benchmark.statistic
            yield problem_at(document, (*path, "statistic"), "not_comparable", statistic=statistic, kind=kind)


def figures_twice(files: Iterable[tuple[Benchmarks, Document]]) -> Iterator[Problem]:
    """Ids of figures that an earlier file has already: nothing would tell them apart in a result."""
    first: dict[str, Place] = {}
    for file, document in files:
        here: dict[str, Place] = {}
        for i, figure in enumerate(file.benchmarks):
            path: KeyPath = ("benchmarks", i, "id")
            if fold(figure.id) in first:
                yield problem_at(document, path, "figure_twice", found=figure.id, first=str(first[fold(figure.id)]))
            here.setdefault(fold(figure.id), document.place(path))
        first = here | first


def problem_at(document: Document, path: KeyPath, code: str, **params: object) -> Problem:
    """A mistake in the value at *path* of a rule file."""
    return Problem(code, params, document.place(path), ".".join(str(part) for part in path))


def _unique(document: Document, entries: Iterable[tuple[KeyPath, str]]) -> Iterator[Problem]:
    first: dict[str, KeyPath] = {}
    for path, name in entries:
        if fold(name) in first:
            yield problem_at(
                document, path, "id_twice", found=name, first=document.place(first[fold(name)]).line or "?"
            )
        else:
            first[fold(name)] = path


def unknown(document: Document, path: KeyPath, name: str | None, known: Iterable[str]) -> Iterator[Problem]:
    """The mistake of a name that is none of those *known*; None is no name."""
    names = list(known)
    if name is not None and name not in names:
        hint = did_you_mean(name, names)
        allowed = ", ".join(names[:40]) or "–"
        yield problem_at(document, path, "unknown_name", found=name, allowed=allowed, hint=hint)


class _Questionnaire:
    def __init__(self, questionnaire: Questionnaire, document: Document) -> None:
        self.questionnaire = questionnaire
        self.document = document
        self.all = [
            (("sections", s, "questions", q), question)
            for s, section in enumerate(questionnaire.sections)
            for q, question in enumerate(section.questions)
        ]

    def at(self, path: KeyPath, code: str, **params: object) -> Problem:
        return problem_at(self.document, path, code, **params)

    def problems(self) -> Iterator[Problem]:
        names: list[tuple[KeyPath, str]] = []
        for path, question in self.all:
            own: dict[str, tuple[KeyPath, str]] = {}
            for key, name in (("id", question.id), ("code", question.code or question.id),
                              ("text", question.text.zh), ("text", question.text.en)):  # fmt: skip
                own.setdefault(fold(name), ((*path, key), name))
            names += own.values()
            if question.id in RESERVED:
                yield self.at((*path, "id"), "id_reserved", found=question.id)
        yield from _unique(self.document, names)
        yield from _unique(
            self.document, [(("sections", s, "id"), sec.id) for s, sec in enumerate(self.questionnaire.sections)]
        )
        earlier: dict[str, Question] = {}
        for path, question in self.all:
            yield from self._options(path, question)
            yield from self._numbers(path, question)
            yield from self._metric(path, question)
            yield from self._show_if(path, question, earlier)
            earlier[question.id] = question

    def _options(self, path: KeyPath, question: Question) -> Iterator[Problem]:
        options, kind = question.options, question.kind
        wants = {"single": 2, "multiple": 2, "trend": 3}.get(kind, 0)
        if len(options) < wants or len(options) > MOST_OPTIONS or (options and not wants and kind not in NUMERIC):
            yield self.at(path, "wrong_options", kind=kind, found=len(options), allowed=f"{wants}–{MOST_OPTIONS}")
        if kind == "trend" and tuple(o.id for o in options) != TREND:
            yield self.at((*path, "options"), "wrong_trend", allowed=", ".join(TREND))
        if kind == "grade" and not 1 <= len(question.grades) <= 9:
            yield self.at(path, "wrong_options", kind=kind, found=len(question.grades), allowed="1–9")
        if kind != "grade" and question.grades:
            yield self.at((*path, "grades"), "grades_elsewhere", kind=kind)
        names: list[tuple[KeyPath, str]] = []
        for i, (option, letter) in enumerate(zip(options, question.letters, strict=True)):
            at = (*path, "options", i)
            names += [((*at, "id"), option.id)]
            names += [((*at, "code"), letter)] if fold(letter) != fold(option.id) else []
            labels = dict.fromkeys((fold(option.label.zh), fold(option.label.en)))
            names += [((*at, "label"), label) for label in labels if label not in (fold(option.id), fold(letter))]
            if option.id == NONE and kind == "multiple" and i:
                yield self.at((*at, "id"), "none_first")
            if kind not in NUMERIC and (option.from_ is not None or option.to is not None):
                yield self.at(at, "band_elsewhere", kind=kind)
        yield from _unique(self.document, names)
        if options and kind in NUMERIC:
            ends = [((*path, "options", i), o.from_, o.to) for i, o in enumerate(options)]
            yield from band_problems(self.document, ends, question)

    def _numbers(self, path: KeyPath, question: Question) -> Iterator[Problem]:
        if question.kind not in NUMERIC:
            for key in ("min", "max", "integer", "unit"):
                if getattr(question, key):
                    yield self.at((*path, key), "number_key_elsewhere", found=key, kind=question.kind)
            return
        if question.min is None or question.max is None:
            yield self.at(path, "no_bounds")
        elif not question.min < question.max:
            yield self.at((*path, "min"), "bounds_order", low=str(question.min), high=str(question.max))
        else:
            for key, end in (("min", question.min), ("max", question.max)):
                if not fits(end) or abs(end) > MOST:
                    yield self.at((*path, key), "too_fine", found=str(end))
        if question.kind == "number" and question.unit is None:
            yield self.at(path, "missing_key", key="unit")

    def _metric(self, path: KeyPath, question: Question) -> Iterator[Problem]:
        metric = question.metric
        if metric is None:
            return
        at = (*path, "metric")
        if question.kind not in (*NUMERIC, "yes_no"):
            yield self.at(at, "metric_kind", kind=question.kind)
        made = (metric.kind, metric.part, metric.whole)
        if any(part is None for part in made):
            if any(part is not None for part in made) or metric.ask == "counts":
                yield self.at(at, "metric_parts")
            return
        if metric.kind == "share" and (metric.times != 1 or question.kind != "percent"):
            yield self.at(at, "metric_share")
        counts = {q.id: q for _, q in self.all if q.kind == "number" and q.metric is None}
        for key, name in (("part", metric.part), ("whole", metric.whole)):
            yield from unknown(self.document, (*at, key), name, counts)
            if name in counts and (counts[name].min is None or counts[name].min < 0):  # type: ignore[operator]
                yield self.at((*at, key), "count_negative", found=name)
            if name in counts and counts[name].show_if is not None:
                yield self.at((*at, key), "count_hidden", found=name)

    def _show_if(self, path: KeyPath, question: Question, earlier: dict[str, Question]) -> Iterator[Problem]:
        rule = question.show_if
        if rule is None:
            return
        if bool(rule.all_) == bool(rule.any_):
            yield self.at((*path, "show_if"), "show_if_shape")
        for key, conditions in (("all", rule.all_), ("any", rule.any_)):
            for i, condition in enumerate(conditions):
                at = (*path, "show_if", key, i)
                yield from unknown(self.document, (*at, "question"), condition.question, earlier)
                other = earlier.get(condition.question)
                if other is None:
                    continue
                if condition.in_ is not None:
                    for j, name in enumerate(condition.in_):
                        yield from unknown(self.document, (*at, "in", j), name, other.option_ids)
                numeric = condition.at_least is not None or condition.at_most is not None
                given = (condition.in_ is not None, numeric, condition.answered is not None)
                if sum(given) != 1 or (numeric and other.kind not in (*NUMERIC, "grade")):
                    yield self.at(at, "show_if_shape")
                for name in ("at_least", "at_most"):
                    value = getattr(condition, name)
                    if value is not None and (not fits(value) or abs(value) > MOST):
                        yield self.at((*at, name), "too_fine", found=str(value))
                    elif value is not None and other.kind == "grade" and value != int(value):
                        yield self.at((*at, name), "show_if_grade", found=str(value))


class _Model:
    def __init__(
        self, model: MaturityModel, questionnaire: Questionnaire, document: Document, questions_document: Document
    ) -> None:
        self.model = model
        self.questions = questionnaire.questions
        self.questionnaire = questionnaire
        self.document = document
        self.questions_document = questions_document
        self.indicators = list(walk(model))

    def at(self, path: KeyPath, code: str, **params: object) -> Problem:
        return problem_at(self.document, path, code, **params)

    def problems(self) -> Iterator[Problem]:
        yield from self._ids()
        yield from self._weights()
        for path, dimension, _, indicator in self.indicators:
            yield from self._scoring(path, dimension, indicator)
        yield from self._levels()
        yield from self._na()

    def whole_problems(self) -> Iterator[Problem]:
        """What can be said only when every name means something."""
        for v, level in enumerate(self.model.levels):
            for g, gate in enumerate(level.gates):
                if isinstance(gate, CountGate):
                    yield from self._reachable(("levels", v, "gates", g), gate)
        yield from self._used()

    def _reachable(self, at: KeyPath, gate: CountGate) -> Iterator[Problem]:
        counted = counted_by(gate, self.model)
        reachable = sum(len(self.questions[i.scoring.question].grades) >= gate.grade for i in counted)
        if reachable < gate.needs:
            yield self.at(at, "gate_unreachable", found=reachable, needs=gate.needs, grade=gate.grade)

    def _ids(self) -> Iterator[Problem]:
        nodes: list[tuple[KeyPath, str]] = []
        provenances: list[tuple[KeyPath, str | None]] = [((), self.model.source)]
        for d, dimension in enumerate(self.model.dimensions):
            nodes.append((("dimensions", d, "id"), dimension.id))
            provenances.append((("dimensions", d), dimension.source))
            for g, group in enumerate(dimension.groups):
                nodes.append((("dimensions", d, "groups", g, "id"), group.id))
                provenances.append((("dimensions", d, "groups", g), group.source))
        for path, _, _, indicator in self.indicators:
            nodes.append(((*path, "id"), indicator.id))
            provenances.append((path, indicator.source))
        for v, level in enumerate(self.model.levels):
            provenances.append((("levels", v), level.source))
            provenances += [(("levels", v, "gates", g), gate.source) for g, gate in enumerate(level.gates)]
        provenances += [(("tags", i), tag.source) for i, tag in enumerate(self.model.tags)]
        yield from _unique(self.document, nodes)
        for path, name in nodes:
            if name in RESERVED:
                yield self.at(path, "id_reserved", found=name)
        yield from _unique(self.document, [(("tags", i, "id"), tag.id) for i, tag in enumerate(self.model.tags)])
        yield from _unique(self.document, [(("sources", i, "id"), s.id) for i, s in enumerate(self.model.sources)])
        sources = [source.id for source in self.model.sources]
        for path, source in provenances:
            yield from unknown(self.document, (*path, "source"), source, sources)
        tags = {tag.id for tag in self.model.tags}
        for path, _, _, indicator in self.indicators:
            for i, tag in enumerate(indicator.tags):
                yield from unknown(self.document, (*path, "tags", i), tag, tags)

    def _weights(self) -> Iterator[Problem]:
        scored = [(("dimensions", d), n) for d, n in enumerate(self.model.dimensions) if n.scored]
        if scored:
            yield from self._sum(scored)
        for d, dimension in enumerate(self.model.dimensions):
            path: KeyPath = ("dimensions", d)
            children: list[tuple[KeyPath, Group | Indicator]] = [
                ((*path, "groups", g), group) for g, group in enumerate(dimension.groups)
            ]
            children += [((*path, "indicators", i), ind) for i, ind in enumerate(dimension.indicators)]
            if not children:
                yield self.at(path, "empty_dimension", found=dimension.id)
            lists = [(path, children)]
            lists += [
                ((*path, "groups", g), [((*path, "groups", g, "indicators", i), ind)
                                        for i, ind in enumerate(group.indicators)])
                for g, group in enumerate(dimension.groups)
            ]  # fmt: skip
            if dimension.scored:
                for _, siblings in lists:
                    yield from self._sum(siblings)
            else:
                weighted = [(path, dimension), *(child for _, siblings in lists for child in siblings)]
                for at, node in weighted:
                    if node.weight is not None:
                        yield self.at((*at, "weight"), "weight_unscored", found=node.id)

    def _sum(self, siblings: Iterable[tuple[KeyPath, Dimension | Group | Indicator]]) -> Iterator[Problem]:
        nodes = list(siblings)
        weights = [node.weight for _, node in nodes]
        given = [weight for weight in weights if weight is not None]
        if not given:
            return
        for path, node in nodes:
            if node.weight is None:
                yield self.at(path, "weight_missing", found=node.id)
            elif node.weight <= 0 or not fits(node.weight * 1000):
                yield self.at((*path, "weight"), "weight_range", found=str(node.weight))
        if len(given) == len(nodes) and sum(given) != HUNDRED:
            names = " + ".join(f"{node.id} {node.weight}" for _, node in nodes)
            yield self.at((*nodes[0][0], "weight"), "weight_sum", found=str(sum(given)), nodes=names)

    def _scoring(self, path: KeyPath, dimension: Dimension, indicator: Indicator) -> Iterator[Problem]:
        scoring = indicator.scoring
        at = (*path, "scoring")
        question = self.questions.get(scoring.question)
        if question is None:
            yield from unknown(self.document, (*at, "question"), scoring.question, self.questions)
            return
        allowed: tuple[str, ...]
        match scoring:
            case ChoiceScoring():
                allowed = tuple(CHOSEN)
            case ChecklistScoring():
                allowed = ("multiple",)
            case StagedScoring():
                allowed = ("grade",)
            case _:
                allowed = tuple(NUMERIC)
        if question.kind not in allowed:
            kinds = ", ".join(sorted(allowed))
            yield self.at((*at, "question"), "scoring_kind", found=question.kind, kind=scoring.kind, allowed=kinds)
            return
        if not dimension.scored and not (isinstance(scoring, StagedScoring) and scoring.points is None):
            yield self.at(at, "unscored_points", found=indicator.id)
            return
        match scoring:
            case ChoiceScoring() | ChecklistScoring():
                yield from self._option_points(at, scoring, question)
            case BandsScoring():
                yield from self._bands(at, scoring, question)
            case LinearScoring():
                yield from self._line(at, scoring, question)
            case StagedScoring():
                yield from self._grades(at, scoring, question, dimension)

    def _points_span(
        self,
        at: KeyPath,
        points: Iterable[Decimal],
        out_of: Decimal,
        *,
        top: Decimal | None = None,
        better: str | None = None,
    ) -> Iterator[Problem]:
        """The worst answer scores nothing and the best everything: so "unknown" and ranges mean what they say.
        With *better*, points must not fall in that direction."""
        values = list(points)
        best = max(values) if top is None else top
        wrong = [value for value in (*values, out_of) if not fits(value) or value < 0 or value > 1000]
        if wrong:
            yield self.at(at, "too_fine", found=str(wrong[0]))
        elif out_of <= 0:
            yield self.at((*at, "out_of"), "weight_range", found=str(out_of))
        elif min(values) != 0 or best != out_of:
            yield self.at(at, "points_span", low=str(min(values)), high=str(best), out_of=str(out_of))
        elif better is not None and values != sorted(values, reverse=better == "down"):
            yield self.at(at, "not_monotone", better=better)

    def _option_points(
        self, at: KeyPath, scoring: ChoiceScoring | ChecklistScoring, question: Question
    ) -> Iterator[Problem]:
        known = question.option_ids
        for name in scoring.points:
            yield from (
                problem.at(self.document.place((*at, "points", name), key=True))
                for problem in unknown(self.document, (*at, "points", name), name, known)
            )
        missing = [name for name in known if name not in scoring.points]
        if missing:
            yield self.at((*at, "points"), "option_without_points", found=", ".join(missing), question=question.id)
        elif set(scoring.points) == set(known):
            values = scoring.points.values()
            top = min(sum(values, Decimal(0)), scoring.out_of) if isinstance(scoring, ChecklistScoring) else None
            low: Iterable[Decimal] = (Decimal(0), *values) if isinstance(scoring, ChecklistScoring) else values
            better = "up" if question.kind == "trend" else None
            yield from self._points_span(at, low, scoring.out_of, top=top, better=better)
            if scoring.points.get(NONE, 0) != 0:
                yield self.at((*at, "points", NONE), "none_scores", found=str(scoring.points[NONE]))

    def _bands(self, at: KeyPath, scoring: BandsScoring, question: Question) -> Iterator[Problem]:
        ends = [((*at, "bands", i), band.from_, band.to) for i, band in enumerate(scoring.bands)]
        yield from band_problems(self.document, ends, question)
        points = [band.points for band in scoring.bands]
        yield from self._points_span(at, points, scoring.out_of, better=_direction(question))
        if question.options:
            ours = [(band.from_, band.to) for band in scoring.bands]
            if ours != [(option.from_, option.to) for option in question.options]:
                yield self.at((*at, "bands"), "bands_differ", question=question.id)

    def _line(self, at: KeyPath, scoring: LinearScoring, question: Question) -> Iterator[Problem]:
        for i, (left, right) in enumerate(zip(scoring.knots, scoring.knots[1:], strict=False)):
            if not left.at < right.at:
                yield self.at((*at, "knots", i + 1), "knots_order", found=str(right.at), before=str(left.at))
        for i, knot in enumerate(scoring.knots):
            if not fits(knot.at) or abs(knot.at) > 10_000:
                yield self.at((*at, "knots", i), "too_fine", found=str(knot.at))
        if question.options:
            yield self.at(at, "line_over_bands", question=question.id)
        points = [knot.points for knot in scoring.knots]
        yield from self._points_span(at, points, scoring.out_of, better=_direction(question))

    def _grades(
        self, at: KeyPath, scoring: StagedScoring, question: Question, dimension: Dimension
    ) -> Iterator[Problem]:
        if scoring.points is None or scoring.out_of is None:
            if dimension.scored or scoring.points is not None or scoring.out_of is not None:
                yield self.at(at, "missing_key", key="points, out_of")
            return
        if len(scoring.points) != len(question.grades) + 1:
            yield self.at(
                (*at, "points"), "grade_points", found=len(scoring.points), allowed=len(question.grades) + 1,
                question=question.id,
            )  # fmt: skip
        yield from self._points_span(at, scoring.points, scoring.out_of, better="up")

    def _levels(self) -> Iterator[Problem]:
        levels = self.model.levels
        yield from _unique(self.document, [(("levels", i, "id"), level.id) for i, level in enumerate(levels)])
        gates = [((*("levels", v, "gates", g), "id"), gate.id)
                 for v, level in enumerate(levels) for g, gate in enumerate(level.gates)]  # fmt: skip
        yield from _unique(self.document, gates)
        for i, level in enumerate(levels):
            path: KeyPath = ("levels", i)
            if level.id != f"L{i + 1}":
                yield self.at((*path, "id"), "level_order", found=level.id, allowed=f"L{i + 1}")
            given = "score" in level.model_fields_set
            if given and not self.model.scored:
                yield self.at((*path, "score"), "nothing_scored")
            if not given and self.model.scored:
                yield self.at(path, "missing_key", key="score")
            if not 0 <= level.score <= HUNDRED or not fits(level.score):
                yield self.at((*path, "score"), "level_score", found=str(level.score))
            if i and given and not levels[i - 1].score < level.score:
                below = str(levels[i - 1].score)
                yield self.at((*path, "score"), "level_scores_order", found=str(level.score), before=below)
            if len(level.gates) > MOST_GATES:
                yield self.at(
                    (*path, "gates", MOST_GATES), "too_many_gates", found=len(level.gates), allowed=MOST_GATES
                )
            for g, gate in enumerate(level.gates):
                at = (*path, "gates", g)
                ordered = level.id == f"L{i + 1}"
                if (ordered and not gate.id.startswith(f"{level.id}.")) or gate.id == f"{level.id}.score":
                    yield self.at((*at, "id"), "gate_id", found=gate.id, level=level.id)
                yield from self._gate(at, gate)
        can_fail = levels[0].score > 0 or bool(levels[0].gates)
        if can_fail and self.model.no_level is None:
            yield self.at((), "missing_key", key="no_level")
        if not can_fail and self.model.no_level is not None:
            yield self.at(("no_level",), "no_level_needless", level=levels[0].id)

    def _gate(self, at: KeyPath, gate: CountGate | ScoreGate | MetricGate) -> Iterator[Problem]:
        scored = [n.id for d in self.model.dimensions if d.scored for n in branches(d)]
        scored += [ind.id for _, dim, _, ind in self.indicators if dim.scored]
        match gate:
            case ScoreGate():
                for i, node in enumerate(gate.nodes):
                    yield from unknown(self.document, (*at, "nodes", i), node, scored)
                if not scored:
                    yield self.at(at, "gate_nothing_scored")
                if not 0 < gate.needs <= HUNDRED or not fits(gate.needs):
                    yield self.at((*at, "needs"), "level_score", found=str(gate.needs))
            case MetricGate():
                metrics = {q.id: q for q in self.questions.values() if q.metric and q.kind in NUMERIC}
                yield from unknown(self.document, (*at, "metric"), gate.metric, metrics)
                if gate.metric in metrics and metrics[gate.metric].options:
                    yield self.at((*at, "metric"), "gate_on_bands", found=gate.metric)
                if not fits(gate.needs):
                    yield self.at((*at, "needs"), "too_fine", found=str(gate.needs))
                elif gate.metric in metrics:
                    yield from self._within_reach(at, gate, metrics[gate.metric])
            case CountGate():
                places = [n.id for d in self.model.dimensions for n in branches(d)]
                yield from unknown(self.document, (*at, "within"), gate.within, places)
                yield from unknown(self.document, (*at, "tag"), gate.tag, [tag.id for tag in self.model.tags])

    def _within_reach(self, at: KeyPath, gate: MetricGate, metric: Question) -> Iterator[Problem]:
        """A condition that no answer can meet, or that none can miss, is a slip of the pen."""
        low, high = metric.min, metric.max
        if low is not None and high is not None and not low <= gate.needs <= high:
            bounds = {"low": str(low), "high": str(high)}
            yield self.at((*at, "needs"), "gate_out_of_range", found=str(gate.needs), metric=gate.metric, **bounds)

    def _na(self) -> Iterator[Problem]:
        places = {n.id for d in self.model.dimensions for n in branches(d)}
        for i, limit in enumerate(self.model.na_limits):
            yield from unknown(self.document, ("na_limits", i, "within"), limit.within, places)
        if self.model.scored and all(ind.na for _, dim, _, ind in self.indicators if dim.scored):
            yield self.at(("dimensions",), "all_na")

    def _used(self) -> Iterator[Problem]:
        used = {ind.scoring.question for _, _, _, ind in self.indicators}
        used |= {g.metric for level in self.model.levels for g in level.gates if isinstance(g, MetricGate)}
        counts = {name: q.id for q in self.questions.values() if q.metric
                  for name in (q.metric.part, q.metric.whole) if name}  # fmt: skip
        behind = {name for q in self.questions.values() if q.metric and q.id in used
                  for name in (q.metric.part, q.metric.whole) if name}  # fmt: skip
        permits = na_permitted(self.model, self.questionnaire)
        rules = [q.show_if for q in self.questions.values() if q.show_if]
        deciding = {condition.question for rule in rules for condition in (*rule.all_, *rule.any_)}
        for s, section in enumerate(self.questionnaire.sections):
            for i, question in enumerate(section.questions):
                path: KeyPath = ("sections", s, "questions", i)
                where = self.questions_document
                scored = question.id in used or question.id in behind
                # a text is asked for the record; what is no quantity may be asked only to decide what else is asked
                kept = question.kind == "text" or (
                    question.id in deciding and question.metric is None and question.id not in counts
                )
                free = question.compared_only or (kept and not scored)
                if question.compared_only and scored:
                    yield problem_at(where, (*path, "compared_only"), "compared_but_scored", found=question.id)
                elif not free and not scored:
                    yield problem_at(where, (*path, "id"), "question_unused", found=question.id)
                elif question.compared_only and question.metric is None and question.id not in counts:
                    yield problem_at(where, (*path, "id"), "compared_no_metric", found=question.id)
                if question.na and not free:
                    yield problem_at(where, (*path, "na"), "na_elsewhere", found=question.id)
                if question.show_if and not free and question.id not in permits:
                    yield problem_at(where, (*path, "show_if"), "show_if_required", found=question.id)


def _direction(question: Question) -> str:
    return question.metric.better if question.metric else "up"


def counted_by(gate: CountGate, model: MaturityModel) -> list[Indicator]:
    """The graded indicators that a gate counts."""
    return [
        indicator
        for _, dimension, group, indicator in walk(model)
        if isinstance(indicator.scoring, StagedScoring)
        and (gate.within is None or gate.within in (dimension.id, group.id if group else None))
        and (gate.tag is None or gate.tag in indicator.tags)
    ]


def na_permitted(model: MaturityModel, questionnaire: Questionnaire) -> set[str]:
    """Questions that may be answered "not applicable": every rule that uses them allows it, or none uses them and
    they say so themselves."""
    allowed: dict[str, bool] = {q.id: q.na for q in questionnaire.questions.values() if q.compared_only}
    for _, _, _, indicator in walk(model):
        name = indicator.scoring.question
        allowed[name] = allowed.get(name, True) and indicator.na
    for question in questionnaire.questions.values():
        if question.metric is not None and not question.compared_only:
            for count in (question.metric.part, question.metric.whole):
                if count is not None:
                    allowed[count] = allowed.get(count, True) and allowed.get(question.id, False)
    for question in questionnaire.questions.values():
        allowed.setdefault(question.id, question.na)
    return {name for name, is_allowed in allowed.items() if is_allowed}


def band_problems(
    document: Document, ends: list[tuple[KeyPath, Decimal | None, Decimal | None]], question: Question
) -> Iterator[Problem]:
    """Bands must follow one another without holes or overlaps, from the question's min to its max."""
    wrong = False
    for path, start, end in ends:
        for value in (start, end):
            if value is not None and (not fits(value) or abs(value) > MOST):
                wrong = True
                yield problem_at(document, path, "too_fine", found=str(value))
        if start is not None and end is not None and not start < end:
            wrong = True
            yield problem_at(document, path, "band_empty", found=f"{start}–{end}")
    if wrong:
        return
    path, first, _ = ends[0]
    if first is not None and question.min is not None and first > question.min:
        yield problem_at(document, path, "band_hole", left=str(question.min), right=str(first))
    for (before_path, _, before), (path, start, _) in pairwise(ends):
        if before is None or start is None:
            yield problem_at(document, before_path if before is None else path, "band_open_inside")
        elif before < start:
            yield problem_at(document, path, "band_hole", left=str(before), right=str(start))
        elif before > start:
            yield problem_at(document, path, "band_overlap", left=str(start), right=str(before))
    path, _, last = ends[-1]
    if last is not None and question.max is not None and last < question.max:
        yield problem_at(document, path, "band_hole", left=str(last), right=str(question.max))
