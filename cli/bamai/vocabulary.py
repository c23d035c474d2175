"""The words by which results are grouped: provinces, industries, and sizes by number of employees."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from bamai.checks import fold, problem_at, unknown
from bamai.errors import Problem, RulesError
from bamai.files import RULES, shipped_root
from bamai.schema import Id, Source, Status, Strict, Text, load, nearest, read_rules
from bamai.yamlfile import Document, KeyPath

SCHEMA = "bamai.vocabulary/1"
FILE = "vocabulary.yaml"

Kind = Literal["province", "industry", "size"]

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

_COUNT = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3}")
"""A number of employees: at most twelve digits, with or without commas between thousands."""


class Group(Strict):
    """What all groups have."""

    id: Id
    title: Text

    def names(self) -> Iterator[tuple[KeyPath, str]]:
        """What the group itself is called, with the place of each name in it."""
        yield ("id",), self.id
        yield ("title", "zh"), self.title.zh
        yield ("title", "en"), self.title.en


class Entry(Group):
    """One province, division or sector; it is found by its id, its code, either title or an alias.

    ``within``: the sectors that it belongs to; all of them, for no sector is looked up further.
    """

    code: Word | None = None
    aliases: tuple[Word, ...] = ()
    within: tuple[Id, ...] = ()
    source: Id | None = None

    def names(self) -> Iterator[tuple[KeyPath, str]]:
        """As of any group, and its code."""
        yield from super().names()
        if self.code is not None:
            yield ("code",), self.code


class Size(Group):
    """A size of enterprises, from so many employees up to where the next begins."""

    from_: int = Field(alias="from")


class Section(Strict):
    """Entries and the document that they come from; only illustrative ones, which are ours, have none."""

    status: Status
    source: Id | None = None
    note: Text | None = None


class Words(Section):
    """Provinces, divisions or sectors."""

    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]


class Sizes(Section):
    """Sizes, the smallest first."""

    entries: Annotated[tuple[Size, ...], Field(min_length=1)]


class VocabularyFile(Strict):
    """``rules/vocabulary.yaml``. Industries are divisions of the standard, sectors the other names in use for them."""

    schema_: Literal["bamai.vocabulary/1"] = Field(alias="schema")
    title: Text
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    provinces: Words
    industries: Words
    sectors: Words
    sizes: Sizes


class Industry(NamedTuple):
    """A division or sector, and the sectors that it belongs to: what is planned for these is planned for it too."""

    id: str
    title: Text
    within: tuple[tuple[str, Text], ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Its own id and those of its sectors."""
        return frozenset((self.id, *(name for name, _ in self.within)))


class Vocabulary:
    """Finds the group of a province, an industry or a number of employees as people write them."""

    def __init__(self, file: VocabularyFile) -> None:
        self.file = file
        industries = (*file.industries.entries, *file.sectors.entries)
        self._provinces = _lookup(file.provinces.entries)
        self._industries = _lookup(industries)
        self._starts = [size.from_ for size in file.sizes.entries]
        kinds: dict[Kind, Iterable[Group]] = {
            "province": file.provinces.entries,
            "industry": industries,
            "size": file.sizes.entries,
        }
        self._titles = {(kind, entry.id): entry.title for kind, entries in kinds.items() for entry in entries}
        self.industries = {
            entry.id: Industry(
                entry.id, entry.title, tuple((name, self._titles["industry", name]) for name in entry.within)
            )
            for entry in industries
        }

    def province(self, text: str) -> str | None:
        """Id of the province called *text*, if there is one."""
        return self._provinces.get(fold(text))

    def industry(self, text: str) -> str | None:
        """Id of the division or sector called *text*, if there is one."""
        return self._industries.get(fold(text))

    def nearest_industry(self, text: str) -> str | None:
        """The name of a division or sector that *text* most likely means."""
        entries = (*self.file.industries.entries, *self.file.sectors.entries)
        names = {fold(name): name for entry in entries for name in (entry.title.zh, entry.title.en, *entry.aliases)}
        names |= {entry.id: entry.id for entry in entries}
        found = nearest(fold(text), names)
        return names[found] if found is not None else None

    def size(self, text: str) -> str | None:
        """Id of the size of an enterprise with *text* employees; None if that is not a number of employees."""
        digits = fold(text)
        if not _COUNT.fullmatch(digits):
            return None
        index = bisect_right(self._starts, int(digits.replace(",", ""))) - 1
        return self.file.sizes.entries[index].id

    def title(self, kind: Kind, name: str) -> Text:
        """Title of the entry that one of the methods above has found.

        Raises:
            KeyError: there is no such entry.
        """
        return self._titles[kind, name]


def load_vocabulary(root: Path | None = None) -> Vocabulary:
    """The vocabulary under *root*, by default the shipped one.

    Raises:
        RulesError: with every mistake in the file.
    """
    document = read_rules((root or shipped_root()) / RULES / FILE)
    file = load(VocabularyFile, document, SCHEMA)
    problems = list(_problems(file, document))
    if problems:
        raise RulesError(problems)
    return Vocabulary(file)


def own_root(rules: Path | None) -> Path | None:
    """The user's own folder, if it has a vocabulary: that one is then used instead of the shipped one."""
    return rules if rules is not None and (rules / RULES / FILE).exists() else None


def check(root: Path) -> Iterator[tuple[Path, list[Problem]]]:
    """The vocabulary file under *root*, if there is one, and what is wrong with it."""
    path = root / RULES / FILE
    if not path.exists():
        return
    try:
        load_vocabulary(root)
    except RulesError as error:
        yield path, list(error.problems)
    else:
        yield path, []


def _lookup(entries: Iterable[Entry]) -> dict[str, str]:
    found = {fold(name): entry.id for entry in entries for _, name in entry.names()}
    return found | {fold(alias): entry.id for entry in entries for alias in entry.aliases}


def _problems(file: VocabularyFile, document: Document) -> Iterator[Problem]:
    yield from _unique(document, [(("sources", i), ("id",), source.id) for i, source in enumerate(file.sources)])
    known = [source.id for source in file.sources]
    for key in ("provinces", "industries", "sectors", "sizes"):
        section: Section = getattr(file, key)
        if section.source is None and section.status != "illustrative":
            yield problem_at(document, (key,), "missing_key", key="source")
        yield from unknown(document, (key, "source"), section.source, known)
    provinces, industries, sectors = (
        [((key, "entries", i), entry) for i, entry in enumerate(words.entries)]
        for key, words in (("provinces", file.provinces), ("industries", file.industries), ("sectors", file.sectors))
    )
    broad = [entry.id for _, entry in sectors]
    for path, entry in provinces + industries + sectors:
        yield from unknown(document, (*path, "source"), entry.source, known)
        for i, name in enumerate(entry.within):
            yield from unknown(document, (*path, "within", i), name, [other for other in broad if other != entry.id])
    yield from _unique(document, _called(provinces))
    yield from _unique(document, _called(industries + sectors))
    yield from _size_problems(file.sizes.entries, document)


Called = tuple[KeyPath, KeyPath, str]
"""A name: the place of what is called so, the place of the name in it, the name."""


def _called(entries: Sequence[tuple[KeyPath, Entry]]) -> Iterator[Called]:
    for path, entry in entries:
        for below, name in entry.names():
            yield path, below, name
    # after all else, so that of an alias and what another entry is called by itself the alias is the mistake
    for path, entry in entries:
        for i, alias in enumerate(entry.aliases):
            # each stands for itself: an alias that its own entry is called anyway is idle
            yield (*path, "aliases", i), (), alias


def _unique(document: Document, names: Iterable[Called]) -> Iterator[Problem]:
    """Names that two have; one may be called the same twice, as where the id is the English title."""
    first: dict[str, Called] = {}
    for called in names:
        path, below, name = called
        taken = first.setdefault(fold(name), called)
        if taken[0] != path:
            line = document.place((*taken[0], *taken[1])).line or "?"
            yield problem_at(document, (*path, *below), "id_twice", found=name, first=line)


def _size_problems(sizes: Sequence[Size], document: Document) -> Iterator[Problem]:
    path: KeyPath = ("sizes", "entries")
    yield from _unique(document, [((*path, i), *called) for i, size in enumerate(sizes) for called in size.names()])
    if sizes[0].from_ != 0:
        yield problem_at(document, (*path, 0, "from"), "sizes_start", found=sizes[0].from_)
    for i, (before, size) in enumerate(pairwise(sizes), 1):
        if size.from_ <= before.from_:
            yield problem_at(document, (*path, i, "from"), "sizes_order", found=size.from_, before=before.from_)
