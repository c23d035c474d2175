"""A scoring profile: what somebody's own rules change in one edition, by id, and the model that results.

A profile stands on an edition and never on another profile; it changes values and invents no indicators or questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StringConstraints

from bamai.checks import Files, check_edition, walk
from bamai.errors import Place, Problem, RulesError
from bamai.model import Gate, Level, MaturityModel, Scoring
from bamai.questionnaire import Questionnaire
from bamai.schema import Id, Number, Provenance, Source, Strict, Text, did_you_mean, validate
from bamai.texts import LANGS, Lang, t
from bamai.yamlfile import Document, KeyPath

SCHEMA = "bamai.profile/1"

ModelRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}@[0-9a-z][0-9a-z.-]{0,40}$")]


class NodeChange(Strict):
    """Another weight of a dimension or group."""

    weight: Number


class IndicatorChange(Provenance):
    """What is different in an indicator; a ``scoring`` replaces the whole old one, over the same question."""

    weight: Number | None = None
    na: bool | None = None
    scoring: Scoring | None = None


class LevelChange(Provenance):
    """Another score of a level, and conditions that it gets on top of its own."""

    score: Number | None = None
    add: tuple[Gate, ...] = ()


class GateChange(Provenance):
    """What is different in a condition, or that it is left out."""

    needs: Number | None = None
    grade: Annotated[int, Field(ge=1)] | None = None
    leave_out: bool = False


class Profile(Provenance):
    """``rules/<model>/<edition>/profiles/<id>.yaml``, or a file anywhere.

    What a change does not say of its origin it has from the profile; where neither says a source it is the profile.
    """

    schema_: Literal["bamai.profile/1"] = Field(alias="schema")
    id: Id
    model: ModelRef
    title: Text
    sources: tuple[Source, ...] = ()
    dimensions: dict[str, NodeChange] = Field(default_factory=dict)
    groups: dict[str, NodeChange] = Field(default_factory=dict)
    indicators: dict[str, IndicatorChange] = Field(default_factory=dict)
    levels: dict[str, LevelChange] = Field(default_factory=dict)
    gates: dict[str, GateChange] = Field(default_factory=dict)
    na_limits: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    no_level: Text | None = None


class Change(NamedTuple):
    """One value that a profile makes different.

    Attributes:
        kind: dimension, group, indicator, level, gate, na_limit or model.
        id: of what is changed; ``model`` has none.
        key: of the value in it, dotted; empty where the whole is new or left out.
        old, new: as the rules write it; None where there is nothing.
    """

    kind: str
    id: str
    key: str
    old: Any
    new: Any


class Applied(NamedTuple):
    """A profile in force, where it came from and what it changes."""

    profile: Profile
    file: str
    changes: tuple[Change, ...]

    def data(self, lang: Lang) -> dict[str, Any]:
        """What a result says of it, as plain data."""
        return {"id": self.profile.id, "title": self.profile.title[lang], "changes": len(self.changes)}


Origins = Mapping[str, tuple[str, str, str]]
"""Status, seen and source of every indicator, level and gate of the edition itself."""


def apply(
    profile: Profile, document: Document, base: MaturityModel, origins: Origins, rules: Files, questions: Questionnaire
) -> tuple[MaturityModel, Applied]:
    """The model that *profile* makes of *base*, checked as any model is.

    Args:
        document: the profile's own file, for the places of its problems.
        rules: the documents of the edition.
    Raises:
        RulesError: with every mistake of the profile: names that do not exist, nothing changed, a model that does
            not hold together.
    """
    patch = _Patch(profile, document, base, origins, rules.model)
    if patch.problems:
        raise RulesError(patch.problems)
    effective = _Effective(patch)
    try:
        model = validate(MaturityModel, effective)
    except RulesError as error:
        raise RulesError(effective.own(error.problems)) from None
    problems = effective.own(check_edition(model, questions, Files(effective, rules.questionnaire)))
    if problems:
        raise RulesError(problems)
    changes = tuple(differences(base, model))
    if not changes:
        raise RulesError(Problem("profile_changes_nothing", {"model": profile.model}, document.place()))
    return model, Applied(profile, document.file, changes)


class _Patch:
    """The data of the model with the changes in it, and for each changed path of it the path in the profile."""

    def __init__(
        self, profile: Profile, document: Document, base: MaturityModel, origins: Origins, rules: Document
    ) -> None:
        self.profile = profile
        self.document = document
        self.problems: list[Problem] = []
        self.paths: dict[KeyPath, KeyPath] = {}
        self.questions: dict[str, KeyPath] = {}  # those behind what is changed, with the place of the change
        self.data: dict[str, Any] = dict(rules.data)
        self._raw: Mapping[str, Any] = document.data
        self._base = base
        self._origins = origins
        self._sources()
        self.data["dimensions"] = self._dimensions()
        self.data["levels"] = self._levels()
        self.data["na_limits"] = self._na_limits()
        self._no_level()
        self._unknown()

    def _sources(self) -> None:
        ours = list(self._raw.get("sources", ()))
        taken = [source.id for source in (*self._base.sources, *self.profile.sources)]
        self.data["sources"] = (*self.data["sources"], *ours)
        known = [source.id for source in self._base.sources]
        for i, source in enumerate(self.profile.sources):
            self.paths["sources", len(known) + i] = ("sources", i)
            if source.id in known:
                self._problem("profile_source_there", ("sources", i, "id"), found=source.id)
        self._itself = "profile"
        while self._itself in taken:
            self._itself += "_"

    def _origin(self, own: KeyPath, name: str, change: Provenance, node: dict[str, Any]) -> None:
        """Say of the *node* called *name*, changed at *own*, where it comes from: not from where the old value came."""
        was = self._origins[name][0] if name in self._origins else "illustrative"
        derived = "illustrative" if was == "illustrative" else "adapted"
        source = change.source or self.profile.source or self._itself
        status = change.status or self.profile.status or derived
        node |= {"status": status, "seen": change.seen or self.profile.seen or "original", "source": source}
        node.pop("clause", None)
        said: Any = self._raw
        for part in own:
            said = said[part]
        node |= {key: said[key] for key in ("clause", "note") if key in said}
        if source != self._itself:
            return
        if status == "official":
            self._problem("profile_official", own)
        if all(known["id"] != source for known in self.data["sources"]):
            title = {lang: t("profile.fact", lang, name=self.profile.title) for lang in LANGS}
            self.data["sources"] = (*self.data["sources"], {"id": source, "title": title, "seen": "original"})

    def _dimensions(self) -> tuple[Any, ...]:
        made = []
        for d, raw in enumerate(self.data["dimensions"]):
            path: KeyPath = ("dimensions", d)
            dimension = self._weighed("dimensions", raw, path)
            groups = []
            for g, group in enumerate(raw.get("groups", ())):
                below = (*path, "groups", g)
                weighed = self._weighed("groups", group, below)
                groups.append(weighed | {"indicators": self._indicators(weighed["indicators"], below)})
            if groups:
                dimension["groups"] = tuple(groups)
            if "indicators" in raw:
                dimension["indicators"] = self._indicators(raw["indicators"], path)
            made.append(dimension)
        return tuple(made)

    def _weighed(self, section: str, raw: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        node = dict(raw)
        if node["id"] in getattr(self.profile, section):
            node["weight"] = self._raw[section][node["id"]]["weight"]
            self.paths[*path, "weight"] = (section, node["id"], "weight")
        return node

    def _indicators(self, raw: tuple[Any, ...], path: KeyPath) -> tuple[Any, ...]:
        made = []
        for i, indicator in enumerate(raw):
            node = dict(indicator)
            name = node["id"]
            change = self.profile.indicators.get(name)
            if change is not None:
                own: KeyPath = ("indicators", name)
                at = (*path, "indicators", i)
                self.paths[at] = own
                self.questions[node["scoring"]["question"]] = own
                for key in ("weight", "na", "scoring"):
                    if getattr(change, key) is not None:
                        self.paths[*at, key] = (*own, key)
                        node[key] = self._raw["indicators"][name][key]
                question = indicator["scoring"]["question"]
                if change.scoring is not None and change.scoring.question != question:
                    params = {"found": change.scoring.question, "allowed": question}
                    self._problem("profile_question", (*own, "scoring", "question"), **params)
                if any(getattr(change, key) is not None for key in ("weight", "na", "scoring")):
                    self._origin(own, name, change, node)
            made.append(node)
        return tuple(made)

    def _levels(self) -> tuple[Any, ...]:
        made = []
        for v, raw in enumerate(self.data["levels"]):
            level = dict(raw)
            change = self.profile.levels.get(level["id"])
            gates = list(self._gates(("levels", v, "gates"), level, change))
            if change is not None and change.score is not None:
                self.paths["levels", v, "score"] = ("levels", level["id"], "score")
                level["score"] = self._raw["levels"][level["id"]]["score"]
                self._origin(("levels", level["id"]), level["id"], change, level)
            if gates or "gates" in level:
                level["gates"] = tuple(gates)
            made.append(level)
        return tuple(made)

    def _gates(self, path: KeyPath, level: Mapping[str, Any], above: LevelChange | None) -> Iterator[dict[str, Any]]:
        index = 0
        for raw in level.get("gates", ()):
            gate = dict(raw)
            name = gate["id"]
            change = self.profile.gates.get(name)
            if change is not None:
                own: KeyPath = ("gates", name)
                self.questions |= {gate["metric"]: own} if "metric" in gate else {}
                if change.leave_out:
                    self.paths[*path, f"-{name}"] = own
                    if change.needs is not None or change.grade is not None:
                        self._problem("profile_left_out_changed", own, found=name)
                    continue
                self.paths[*path, index] = own
                for key in ("needs", "grade"):
                    if getattr(change, key) is not None:
                        gate[key] = self._raw["gates"][name][key]
            if change is not None and (change.needs is not None or change.grade is not None):
                self._origin(("gates", name), name, change, gate)
            elif above is not None:
                # what the gate had from its level must not become the profile's with it
                gate |= dict(zip(("status", "seen", "source"), self._origins[name], strict=True))
            yield gate
            index += 1
        known = {gate.id for one in self._base.levels for gate in one.gates}
        for i, added in enumerate(above.add if above else ()):
            own = ("levels", str(level["id"]), "add", i)
            self.paths[*path, index] = own
            gate = dict(self._raw["levels"][level["id"]]["add"][i])
            self.questions |= {gate["metric"]: own} if "metric" in gate else {}
            if added.id in known:
                self._problem("profile_gate_there", (*own, "id"), found=added.id)
            self._origin(own, added.id, added, gate)
            yield gate
            index += 1

    def _na_limits(self) -> tuple[Any, ...]:
        limits = [dict(limit) for limit in self.data.get("na_limits", ())]
        for within in self.profile.na_limits:
            same = [i for i, limit in enumerate(limits) if limit["within"] == within] or [len(limits)]
            for i in same:
                limits[i : i + 1] = [{"within": within, "at_most": self._raw["na_limits"][within]}]
                self.paths["na_limits", i] = ("na_limits", within)
        return tuple(limits)

    def _no_level(self) -> None:
        if self.profile.no_level is not None:
            self.data["no_level"] = self._raw["no_level"]
            self.paths["no_level",] = ("no_level",)
        elif not self.data["levels"][0]["score"] and not self.data["levels"][0].get("gates"):
            self.data.pop("no_level", None)  # with this profile every result reaches the first level

    def _unknown(self) -> None:
        """Names that the model does not have."""
        model = self._base
        groups = [group for dimension in model.dimensions for group in dimension.groups]
        known = {
            "dimensions": [dimension.id for dimension in model.dimensions],
            "groups": [group.id for group in groups],
            "indicators": [indicator.id for _, _, _, indicator in walk(model)],
            "levels": [level.id for level in model.levels],
            "gates": [gate.id for level in model.levels for gate in level.gates],
        }
        known["na_limits"] = known["dimensions"] + known["groups"]
        for section, names in known.items():
            for name in getattr(self.profile, section):
                if name in names:
                    continue
                elsewhere = [other for other, ids in known.items() if name in ids and other != "na_limits"]
                if elsewhere:
                    self._problem("profile_other_kind", (section, name), key=True, found=name, section=elsewhere[0])
                else:
                    hint = did_you_mean(name, names)
                    allowed = ", ".join(names[:40]) or "–"
                    self._problem("unknown_name", (section, name), key=True, found=name, allowed=allowed, hint=hint)
        self.problems.sort(key=lambda problem: (problem.place.line or 0, problem.place.column or 0))

    def _problem(self, code: str, path: KeyPath, *, key: bool = False, **params: object) -> None:
        place = self.document.place(path, key=key)
        self.problems.append(Problem(code, params, place, ".".join(map(str, path))))


class _Effective(Document):
    """The model that results, whose places are those of the profile: what is wrong with it the profile has done."""

    def __init__(self, patch: _Patch) -> None:
        super().__init__(patch.document.file, patch.data, None)
        self._patch = patch
        self._told: dict[str, str] = {}

    def place(self, path: KeyPath = (), *, key: bool = False) -> Place:
        found = self._located(path)
        self._told[".".join(map(str, path))] = ".".join(map(str, found))
        return self._patch.document.place(found, key=key)

    def own(self, problems: tuple[Problem, ...] | list[Problem]) -> list[Problem]:
        """*problems* with the profile's paths; those of the questionnaire at the change that made them."""
        found = []
        for problem in problems:
            if problem.place.file == self.file:
                found.append(problem._replace(path=self._told.get(problem.path, problem.path)))
            else:
                path = self._patch.questions.get(str(problem.params.get("found")), ())
                found.append(problem.at(self._patch.document.place(path), ".".join(map(str, path))))
        return found

    def _located(self, path: KeyPath) -> KeyPath:
        """Where in the profile the value at *path* of the model is changed; else the change next to it."""
        changed = self._patch.paths
        for length in range(len(path), 0, -1):
            if path[:length] in changed:
                return (*changed[path[:length]], *path[length:])
        node = path[:-1] if path[-1:] == ("weight",) else path
        siblings = [other for other in changed if other[-1] == "weight" and other[:-2] == node[:-1]]
        return changed[siblings[0]] if siblings else self._nearest(path)

    def _nearest(self, path: KeyPath) -> KeyPath:
        def shared(other: KeyPath) -> int:
            return next((i for i, (a, b) in enumerate(zip(path, other, strict=False)) if a != b), len(path))

        best = max(self._patch.paths, key=shared, default=())
        return self._patch.paths[best] if best and shared(best) else ()


_OWN = {"status", "seen", "source", "clause", "note", "title", "meaning"}


def differences(old: MaturityModel, new: MaturityModel) -> Iterator[Change]:
    """What decides results differently in two models of one edition, in the order of the model."""
    for was, now in zip(old.levels, new.levels, strict=True):
        yield from _values("level", was.id, was, now, ("score",))
        yield from _gates(was, now)
    for before, after in zip(old.dimensions, new.dimensions, strict=True):
        yield from _values("dimension", before.id, before, after, ("weight",))
        for group, other in zip(before.groups, after.groups, strict=True):
            yield from _values("group", group.id, group, other, ("weight",))
            for one, two in zip(group.indicators, other.indicators, strict=True):
                yield from _values("indicator", one.id, one, two, ("weight", "na", "scoring"))
        for one, two in zip(before.indicators, after.indicators, strict=True):
            yield from _values("indicator", one.id, one, two, ("weight", "na", "scoring"))
    limits = {limit.within: limit.at_most for limit in old.na_limits}
    for limit in new.na_limits:
        if limits.get(limit.within) != limit.at_most:
            yield Change("na_limit", limit.within, "at_most", limits.get(limit.within), limit.at_most)


def _gates(was: Level, now: Level) -> Iterator[Change]:
    kept = {gate.id: gate for gate in now.gates}
    for gate in was.gates:
        other = kept.pop(gate.id, None)
        if other is None:
            yield Change("gate", gate.id, "", _plain(gate), None)
        else:
            yield from _values("gate", gate.id, gate, other, ("needs", "grade"))
    for gate in kept.values():
        yield Change("gate", gate.id, "", None, _plain(gate))


def _plain(node: Strict) -> dict[str, Any]:
    return node.model_dump(by_alias=True, exclude=_OWN, exclude_none=True)


def _values(kind: str, name: str, was: Strict, now: Strict, keys: tuple[str, ...]) -> Iterator[Change]:
    old, new = _plain(was), _plain(now)
    for key in keys:
        yield from (Change(kind, name, *found) for found in _deep(key, old.get(key), new.get(key)))


def _deep(key: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Differences below *key*: points one by one while both sides have the same shape, else the whole."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and old.get("kind") == new.get("kind"):
        for name in dict.fromkeys([*old, *new]):
            yield from _deep(f"{key}.{name}", old.get(name), new.get(name))
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for index, (one, two) in enumerate(zip(old, new, strict=True)):
            yield from _deep(f"{key}.{index}", one, two)
    else:
        yield key, old, new
