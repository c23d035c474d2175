"""Finds rule files, chooses the edition in force, cross-checks it, and hands out an :class:`Edition`."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bamai import benchmark, checks, model, policy, profile, questionnaire, vocabulary
from bamai.benchmark import Benchmark, Benchmarks
from bamai.errors import BamaiError, Place, Problem, RulesError, UsageError
from bamai.files import RULES, shipped_root
from bamai.model import CountGate, Indicator, Level, MaturityModel, MetricGate, ScoreGate
from bamai.policy import Policies
from bamai.profile import Applied, Profile
from bamai.questionnaire import Question, Questionnaire
from bamai.schema import Provenance, Seen, Source, Status, Strict, did_you_mean, load, read_rules
from bamai.texts import shown
from bamai.vocabulary import Industry, Vocabulary
from bamai.yamlfile import Document

A = TypeVar("A")
B = TypeVar("B")

DEFAULT_MODEL = "general"
QUESTIONNAIRES = "questionnaires"
CONTEXT = "context"
PROFILES = "profiles"
PROFILE_SUFFIXES = (".yaml", ".yml")

BenchmarksFile = tuple[Benchmarks, Document]
PoliciesFile = tuple[Policies, Document]


@dataclass(frozen=True, order=True)
class Ref:
    """One edition of one model, and the root folder it lies under."""

    id: str
    edition: str
    root: Path = field(compare=False)

    def __str__(self) -> str:
        return f"{self.id}@{self.edition}"

    @property
    def rules(self) -> Path:
        return self.root / RULES / self.id / self.edition

    @property
    def questions(self) -> Path:
        return self.root / QUESTIONNAIRES / self.id / self.edition


class Origin(NamedTuple):
    """Where one rule comes from, with everything inherited filled in."""

    status: Status
    seen: Seen
    source: str


@dataclass(frozen=True)
class Edition:
    """Model, questionnaire, benchmarks and policies, cross-checked: all that judging, scoring and reporting need.

    ``words`` is the folder whose vocabulary knows the industries: the user's own, or None for the shipped one.
    With a scoring profile in force (``applied``) ``model`` is the one that results, ``plain`` the edition itself.
    """

    model: MaturityModel
    questionnaire: Questionnaire
    benchmarks: tuple[Benchmarks, ...]
    policies: tuple[Policies, ...] = ()
    words: Path | None = None
    applied: Applied | None = None
    plain: Edition | None = None

    @property
    def ref(self) -> str:
        return f"{self.model.id}@{self.model.edition}"

    @property
    def without_profile(self) -> Edition:
        """What answers are answers to, whoever scores them by which profile."""
        return self.plain or self

    @property
    def questions(self) -> dict[str, Question]:
        return self.questionnaire.questions

    @cached_property
    def na_permitted(self) -> set[str]:
        return checks.na_permitted(self.model, self.questionnaire)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.id: indicator for _, _, _, indicator in checks.walk(self.model)}

    @cached_property
    def closed_left(self) -> frozenset[str]:
        """Questions whose bands contain their lower end."""
        scorings = [indicator.scoring for indicator in self.indicators.values()]
        return frozenset(s.question for s in scorings if s.kind == "bands" and s.closed == "left")

    @cached_property
    def counts(self) -> dict[str, tuple[str, ...]]:
        """For each count question the metrics that are made from it."""
        made: dict[str, tuple[str, ...]] = {}
        for question in self.questions.values():
            if question.metric and question.metric.part and question.metric.whole:
                for name in (question.metric.part, question.metric.whole):
                    made[name] = (*made.get(name, ()), question.id)
        return made

    @cached_property
    def compared(self) -> tuple[tuple[Benchmark, Source], ...]:
        """Benchmarks that reports of every enterprise set beside this questionnaire's metrics."""
        return self.compared_in(())

    def compared_in(self, industries: Collection[str]) -> tuple[tuple[Benchmark, Source], ...]:
        """Those of all enterprises and those of these divisions and sectors.

        In each metric the newest first, and after all facts the targets, the nearest first.
        """
        found = [
            (item, file.source(item))
            for file in self.benchmarks
            for item in file.benchmarks
            if item.compare and item.metric in self.questions
            and (item.industries is None or set(item.industries) & set(industries))
        ]  # fmt: skip
        order = list(self.questions)
        facts = sorted((pair for pair in found if not pair[0].target), key=lambda pair: pair[0].as_of, reverse=True)
        targets = sorted((pair for pair in found if pair[0].target), key=lambda pair: pair[0].as_of)
        return tuple(sorted(facts + targets, key=lambda pair: order.index(str(pair[0].metric))))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words for industries, read when they are first asked for."""
        return vocabulary.load_vocabulary(self.words)

    def industry(self, text: str | None) -> Industry | None:
        """The division or sector called *text*, if there is one."""
        found = self.vocabulary.industry(text) if text else None
        return None if found is None else self.vocabulary.industries[found]

    def source(self, source_id: str) -> Source:
        return next(source for source in self.model.sources if source.id == source_id)

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """Origin of every indicator, level and gate, by id."""
        base = Origin(self.model.status, self.model.seen, self.model.source)
        found: dict[str, Origin] = {}
        for _, dimension, group, indicator in checks.walk(self.model):
            inherited = _inherit(base, dimension)
            inherited = _inherit(inherited, group) if group else inherited
            found[indicator.id] = _inherit(inherited, indicator)
        for level in self.model.levels:
            found[level.id] = _inherit(base, level)
            for gate in level.gates:
                found[gate.id] = _inherit(found[level.id], gate)
        return found

    @cached_property
    def digest(self) -> str:
        """sha256 of what decides results: no texts, sources or benchmarks."""
        return _digest(_deciding(self))

    @cached_property
    def content_digest(self) -> str:
        """sha256 of everything, texts and benchmarks included."""
        parts: list[Strict] = [self.model, self.questionnaire, *self.benchmarks, *self.policies]
        return _digest([part.model_dump(mode="python", by_alias=True) for part in parts])

    def data(self) -> dict[str, Any]:
        """Model and questionnaire as plain data, with the digests."""
        return {
            "model": self.model.model_dump(mode="python", by_alias=True, exclude_none=True),
            "questionnaire": self.questionnaire.model_dump(mode="python", by_alias=True, exclude_none=True),
            **(
                {"profile": self.applied.profile.model_dump(mode="python", by_alias=True, exclude_none=True)}
                if self.applied
                else {}
            ),
            "digest": self.digest,
            "content_digest": self.content_digest,
        }

    def level(self, level_id: str) -> Level:
        return next(level for level in self.model.levels if level.id == level_id)


def _inherit(above: Origin, own: Provenance) -> Origin:
    return Origin(own.status or above.status, own.seen or above.seen, own.source or above.source)


class Catalog:
    """All editions under one or more root folders.

    Args:
        extra: a folder of the user's own with ``rules/`` and ``questionnaires/`` in it, read beside the shipped one.
        profile: a scoring profile for every edition that is loaded: the id of one in the edition's ``profiles``
            folder, or a path.
    """

    def __init__(self, extra: Path | None = None, *, shipped: bool = True, profile: str | None = None) -> None:
        self.profile = profile
        self.roots = ([shipped_root()] if shipped else []) + ([extra] if extra is not None else [])
        if extra is not None and not (extra / RULES).is_dir():
            raise RulesError(Problem("no_rules_folder", {"allowed": f"{RULES}/, {QUESTIONNAIRES}/"}, Place(str(extra))))

    @cached_property
    def refs(self) -> tuple[Ref, ...]:
        """Every edition, by id and edition."""
        for ref in self._found:
            twins = [other for other in self._found if other == ref]
            if len(twins) > 1:
                place = Place(str(twins[-1].rules / "model.yaml"))
                raise RulesError(Problem("model_twice", {"found": str(ref), "first": str(twins[0].rules)}, place))
        return tuple(sorted(self._found))

    @cached_property
    def _found(self) -> tuple[Ref, ...]:
        return tuple(
            Ref(path.parent.parent.name, path.parent.name, root)
            for root in self.roots
            for path in sorted((root / RULES).glob("*/*/model.yaml"))
        )

    def resolve(self, name: str) -> Ref:
        """The edition called *name*: ``id@edition``, or ``id`` for the edition in force.

        Raises:
            RulesError: there is none, with what there is.
        """
        wanted, _, edition = name.strip().partition("@")
        editions = [ref for ref in self.refs if ref.id == wanted and edition in ("", ref.edition)]
        if not editions:
            known = [str(ref) for ref in self.refs]
            params = {"found": name, "allowed": ", ".join(known), "hint": did_you_mean(name, known)}
            raise RulesError(Problem("unknown_model", params))
        if len(editions) == 1:
            return editions[0]
        in_force = [ref for ref in editions if self.model(ref)[0].in_force]
        if len(in_force) != 1:
            params = {"found": wanted, "allowed": ", ".join(str(ref) for ref in in_force or editions)}
            raise RulesError(Problem("edition_in_force", params))
        return in_force[0]

    def model(self, ref: Ref) -> tuple[MaturityModel, Document]:
        """The model file of an edition, checked by itself."""
        document = read_rules(ref.rules / "model.yaml")
        found = load(MaturityModel, document, model.SCHEMA)
        if (found.id, found.edition) != (ref.id, ref.edition):
            params = {"found": f"{found.id}/{found.edition}", "allowed": f"{ref.id}/{ref.edition}"}
            key = "id" if found.id != ref.id else "edition"
            raise RulesError(Problem("folder_name", params, document.place((key,)), key))
        return found, document

    def questionnaire(self, ref: Ref) -> tuple[Questionnaire, Document]:
        """The questionnaire file of an edition, checked by itself."""
        document = read_rules(ref.questions / "questionnaire.yaml")
        found = load(Questionnaire, document, questionnaire.SCHEMA)
        if (found.model, found.edition) != (ref.id, ref.edition):
            params = {"found": f"{found.model}/{found.edition}", "allowed": f"{ref.id}/{ref.edition}"}
            key = "model" if found.model != ref.id else "edition"
            raise RulesError(Problem("folder_name", params, document.place((key,)), key))
        return found, document

    @cached_property
    def benchmarks(self) -> tuple[BenchmarksFile, ...]:
        """The figures that enterprises are compared with: every file directly in ``rules/benchmarks``."""
        return _distinct(tuple(_benchmarks_file(path) for root in self.roots for path in _figures(root)))

    @cached_property
    def figures(self) -> tuple[BenchmarksFile, ...]:
        """Every published figure, those that are context only (``rules/benchmarks/context``) included."""
        context = tuple(_benchmarks_file(path) for root in self.roots for path in _figures(root, context=True))
        return _distinct(self.benchmarks + context)

    @cached_property
    def policies(self) -> tuple[PoliciesFile, ...]:
        """The policy documents of every root folder."""
        return tuple(_policies_file(path) for root in self.roots for path in _policies(root))

    def default(self) -> str:
        """The model where nobody names one: the profile's, if that is one model's alone, else :data:`DEFAULT_MODEL`.

        Raises:
            RulesError: the profile's file is wrong.
        """
        if self.profile is None:
            return DEFAULT_MODEL
        if _is_path(self.profile):
            return _profile_file(Path(self.profile))[0].model
        having = [str(ref) for ref in self.refs if self.profile in self.profiles(ref)]
        return having[0] if len(having) == 1 else DEFAULT_MODEL

    def load(self, name: str | Ref) -> Edition:
        """The edition called *name*, cross-checked, with the profile applied.

        Raises:
            RulesError: with every mistake in its files.
            UsageError: the edition has no such profile, or it is another edition's.
        """
        ref = self.resolve(name) if isinstance(name, str) else name
        edition = self._load(ref, self.benchmarks, self.policies)
        if self.profile is None:
            return edition
        return self._with_profile(edition, ref, self._profile(ref, self.profile))

    def profiles(self, ref: Ref) -> dict[str, list[Path]]:
        """Files of the profiles of an edition by id, under every root: one's own may stand on a shipped edition."""
        found: dict[str, list[Path]] = {}
        for root in self.roots:
            for path in _profiles(root / RULES / ref.id / ref.edition):
                found.setdefault(path.stem, []).append(path)
        return dict(sorted(found.items()))

    def _profile(self, ref: Ref, name: str) -> Path:
        if _is_path(name):
            return Path(name)
        known = self.profiles(ref)
        if name not in known:
            params = {"found": shown(name), "model": str(ref), "allowed": ", ".join(known) or "–"}
            raise UsageError(Problem("unknown_profile", {**params, "hint": did_you_mean(name, known)}))
        return known[name][0]

    def _with_profile(self, edition: Edition, ref: Ref, path: Path) -> Edition:
        found, document = _profile_file(path)
        if found.model != edition.ref:
            params = {"found": found.model, "allowed": edition.ref}
            raise UsageError(Problem("profile_model", params, document.place(("model",)), "model"))
        known = self.profiles(ref).get(path.stem, [])
        if path in known:
            if found.id != path.stem:
                params = {"found": found.id, "allowed": path.stem}
                raise RulesError(Problem("profile_file_name", params, document.place(("id",)), "id"))
            if len(known) > 1:
                params = {"found": found.id, "first": str(known[known[0] == path])}
                raise RulesError(Problem("profile_twice", params, Place(str(path))))
        files = checks.Files(self.model(ref)[1], self.questionnaire(ref)[1])
        made, applied = profile.apply(found, document, edition.model, edition.origins, files, edition.questionnaire)
        return replace(edition, model=made, applied=applied, plain=edition)

    def _load(self, ref: Ref, benchmarks: tuple[BenchmarksFile, ...], policies: tuple[PoliciesFile, ...]) -> Edition:
        problems: list[Problem] = []
        parts: list[Any] = []
        for part in (self.model, self.questionnaire):
            try:
                parts.append(part(ref))
            except RulesError as error:
                problems += error.problems
        if problems:
            raise RulesError(problems)
        (found, model_document), (questions, questions_document) = parts
        problems = checks.check_edition(found, questions, checks.Files(model_document, questions_document))
        if problems:
            raise RulesError(problems)
        edition = Edition(found, questions, tuple(file for file, _ in benchmarks),
                          tuple(file for file, _ in policies), vocabulary.own_root(self.roots[-1]))  # fmt: skip
        # metrics of other models are looked up by `check`, which knows them all
        others = {b.metric: "" for file, _ in benchmarks for b in file.benchmarks if b.metric}
        kinds = others | _metric_kinds(questions)
        for file, document in benchmarks:
            problems += checks.check_benchmarks(file, document, kinds)
        if problems:
            raise RulesError(problems)
        return edition

    def check(self, root: Path) -> Iterator[tuple[Path, Edition | list[Problem]]]:
        """Every file under *root*: for each edition or benchmarks file what is wrong with it, or the edition.

        The vocabulary has a place among them; :func:`bamai.vocabulary.check` says what is wrong with it.
        """
        expected = {root / RULES / vocabulary.FILE}
        # while one questionnaire is wrong, nobody can say which metrics exist
        kinds: dict[str, str] | None = {}
        for ref in self._found:
            try:
                kinds = None if kinds is None else kinds | _metric_kinds(self.questionnaire(ref)[0])
            except BamaiError:
                kinds = None
        for ref in self._found:
            if ref.root != root:
                continue
            expected |= {ref.rules / "model.yaml", ref.questions / "questionnaire.yaml", ref.questions / "example.yaml"}
            expected |= set((ref.rules / "tests").glob("*.yaml"))
            try:
                yield ref.rules, self._load(ref, self._sound_benchmarks, self._sound_policies)
            except RulesError as error:
                yield ref.rules, list(error.problems)
        for path in sorted(path for folder in (root / RULES).glob("*/*") for path in _profiles(folder)):
            expected.add(path)
            yield path, self._check_profile(path)
        words = self._sound_vocabulary
        industries = None if words is None else list(words.industries)
        twice = self._figures_twice(root)
        for path in (*_figures(root), *_figures(root, context=True)):
            expected.add(path)
            context = path.parent.name == CONTEXT
            try:
                file, document = _benchmarks_file(path)
                wrong = checks.check_benchmarks(file, document, kinds, industries, context=context)
                yield path, [*wrong, *(problem for problem in twice if problem.place.file == str(path))]
            except RulesError as error:
                yield path, list(error.problems)
        all_sound = len(self._sound_benchmarks) == sum(len(_figures(other)) for other in self.roots)
        figures = [figure for file, _ in self._sound_benchmarks for figure in file.benchmarks] if all_sound else None
        for path in _policies(root):
            expected.add(path)
            try:
                yield path, list(policy.check(*_policies_file(path), figures, words))
            except RulesError as error:
                yield path, list(error.problems)
        for folder in (RULES, QUESTIONNAIRES):
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix in (".yaml", ".yml", ".json") and path not in expected:
                    yield path, [Problem("stray_file", {}, Place(str(path)))]

    def _figures_twice(self, root: Path) -> list[Problem]:
        """Ids that figures of several files have. A root with editions of another stands in for it, not beside it."""
        roots = self.roots if len(set(self._found)) == len(self._found) else [root]
        context = (path for root in roots for path in _figures(root, context=True))
        paths = (*(path for root in roots for path in _figures(root)), *context)
        return list(checks.figures_twice(_sound(_benchmarks_file, paths)))

    def _check_profile(self, path: Path) -> list[Problem]:
        """What is wrong with one profile; while its edition is wrong itself, only what can be said without it."""
        wanted = (path.parents[2].name, path.parents[1].name)
        ref = next((ref for ref in self._found if (ref.id, ref.edition) == wanted), None)
        try:
            if ref is None:
                _profile_file(path)
                known = [str(other) for other in sorted(set(self._found))]
                params = {"found": "@".join(wanted), "allowed": ", ".join(known)}
                hint = did_you_mean("@".join(wanted), known)
                return [Problem("unknown_model", {**params, "hint": hint}, Place(str(path)))]
            try:
                edition = self._load(ref, self._sound_benchmarks, self._sound_policies)
            except RulesError:
                _profile_file(path)
                return []  # reported for the edition
            self._with_profile(edition, ref, path)
        except BamaiError as error:
            return list(error.problems)
        return []

    # what is wrong with any of these is reported for the file itself

    @cached_property
    def _sound_benchmarks(self) -> tuple[BenchmarksFile, ...]:
        return tuple(_sound(_benchmarks_file, (path for root in self.roots for path in _figures(root))))

    @cached_property
    def _sound_policies(self) -> tuple[PoliciesFile, ...]:
        return tuple(_sound(_policies_file, (path for root in self.roots for path in _policies(root))))

    @cached_property
    def _sound_vocabulary(self) -> Vocabulary | None:
        return next(_sound(vocabulary.load_vocabulary, (vocabulary.own_root(self.roots[-1]),)), None)


def _sound(read: Callable[[A], B], places: Iterable[A]) -> Iterator[B]:
    for place in places:
        with contextlib.suppress(RulesError):
            yield read(place)


def _figures(root: Path, *, context: bool = False) -> list[Path]:
    folder = root / RULES / "benchmarks"
    return sorted((folder / CONTEXT if context else folder).glob("*.yaml"))


def _policies(root: Path) -> list[Path]:
    path = root / RULES / policy.FILE
    return [path] if path.exists() else []


def _policies_file(path: Path) -> PoliciesFile:
    document = read_rules(path)
    return load(Policies, document, policy.SCHEMA), document


def _profiles(edition: Path) -> list[Path]:
    return sorted((edition / PROFILES).glob("*.yaml"))


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.lower().endswith(PROFILE_SUFFIXES)


def _profile_file(path: Path) -> tuple[Profile, Document]:
    document = read_rules(path)
    return load(Profile, document, profile.SCHEMA), document


def _benchmarks_file(path: Path) -> BenchmarksFile:
    document = read_rules(path)
    return load(Benchmarks, document, benchmark.SCHEMA), document


def _distinct(files: tuple[BenchmarksFile, ...]) -> tuple[BenchmarksFile, ...]:
    problems = list(checks.figures_twice(files))
    if problems:
        raise RulesError(problems)
    return files


def _metric_kinds(questions: Questionnaire) -> dict[str, str]:
    return {q.id: q.kind for q in questions.questions.values() if q.metric}


def _deciding(edition: Edition) -> Any:
    found = edition.model
    return {
        "model": [found.id, found.edition],
        "levels": [
            [level.id, level.score, [_gate(gate) for gate in level.gates]] for level in found.levels
        ],
        "dimensions": [
            [d.id, d.weight, d.scored,
             [[g.id, g.weight, [_indicator(i) for i in g.indicators]] for g in d.groups],
             [_indicator(i) for i in d.indicators]]
            for d in found.dimensions
        ],
        "na_limits": [[limit.within, limit.at_most] for limit in found.na_limits],
        "questions": [
            [q.id, q.code, q.kind, list(q.option_ids), list(q.letters), len(q.grades), q.min, q.max, q.integer,
             q.compared_only, q.na,
             q.metric.model_dump() if q.metric else None,
             q.show_if.model_dump() if q.show_if else None]
            for q in edition.questions.values()
        ],
    }  # fmt: skip


def _gate(gate: CountGate | ScoreGate | MetricGate) -> Any:
    return gate.model_dump(exclude={"status", "seen", "source", "clause", "note"})


def _indicator(indicator: Indicator) -> Any:
    scoring = indicator.scoring.model_dump(by_alias=True)
    return [indicator.id, indicator.weight, sorted(indicator.tags), indicator.na, scoring]


def _digest(content: Any) -> str:
    def plain(value: Any) -> Any:
        if isinstance(value, Decimal):
            return format(value.normalize() if value else Decimal(0), "f")
        raise TypeError(type(value))

    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=plain)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
