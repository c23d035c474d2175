"""Policy documents: what each sets, for whom and by when. They are cited in reports and change no score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from bamai.benchmark import Benchmark
from bamai.checks import problem_at, unknown
from bamai.errors import Problem
from bamai.schema import Id, Seen, Strict, Text
from bamai.texts import Lang
from bamai.vocabulary import Vocabulary
from bamai.yamlfile import Document, KeyPath

SCHEMA = "bamai.policies/1"
FILE = "policies.yaml"

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
"""A date as exact as its source: year, month or day."""


class Provision(Strict):
    """One thing that a document sets: a figure of the benchmark files, or in words; for a target ``by`` its year.

    ``industries``: for which of the document's industries, where not for all.
    """

    by: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    industries: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    figure: Id | None = None
    text: Text | None = None


class Policy(Strict):
    """One document. ``address`` is where it was read of or can be read; ``checked``: the day it was last opened.

    ``industries`` and ``sizes`` (ids of the vocabulary) say whom it is for; without them it is for all.
    """

    id: Id
    title: Text
    number: str | None = None
    issuer: Text | None = None
    date: Day | None = None
    address: str | None = None
    checked: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    seen: Seen
    note: Text | None = None
    applies_to: Text | None = None
    industries: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    sizes: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    provisions: tuple[Provision, ...] = ()

    def data(self, lang: Lang) -> dict[str, Any]:
        """What it is, as plain data."""
        return {
            "id": self.id,
            "title": self.title[lang],
            "number": self.number,
            "issuer": self.issuer[lang] if self.issuer else None,
            "date": self.date,
            "address": self.address,
            "checked": self.checked,
            "seen": self.seen,
        }

    def provisions_for(self, industries: Collection[str], size: str | None) -> tuple[Provision, ...]:
        """What it sets for an enterprise of these divisions and sectors and of this size (None: not known)."""
        if size is not None and self.sizes is not None and size not in self.sizes:
            return ()
        if self.industries is not None and not set(self.industries) & set(industries):
            return ()
        return tuple(
            item for item in self.provisions if item.industries is None or set(item.industries) & set(industries)
        )


class Policies(Strict):
    """``rules/policies.yaml``."""

    schema_: Literal["bamai.policies/1"] = Field(alias="schema")
    title: Text
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]


def newest_first(files: Iterable[Policies]) -> list[Policy]:
    """All documents, those with the latest date first; those whose date is not known come last."""
    found = [policy for file in files for policy in file.policies]
    return sorted(found, key=lambda policy: policy.date or "", reverse=True)


def check(
    file: Policies, document: Document, figures: Collection[Benchmark] | None, vocabulary: Vocabulary | None
) -> Iterator[Problem]:
    """Every mistake of a policies file.

    Args:
        figures: those that it can name. None while a file of figures is wrong; they are then not looked up.
        vocabulary: the same of industries and sizes.
    """
    known = {figure.id: figure for figure in figures or ()}
    first: dict[str, int] = {}
    for i, policy in enumerate(file.policies):
        at: KeyPath = ("policies", i)
        if policy.id in first:
            line = document.place(("policies", first[policy.id], "id")).line or "?"
            yield problem_at(document, (*at, "id"), "id_twice", found=policy.id, first=line)
        first.setdefault(policy.id, i)
        yield from _words(document, at, policy.industries, policy.sizes, vocabulary)
        for j, item in enumerate(policy.provisions):
            here: KeyPath = (*at, "provisions", j)
            yield from _words(document, here, item.industries, None, vocabulary)
            if (item.figure is None) == (item.text is None):
                yield problem_at(document, here, "provision_says")
            if item.figure is None:
                continue
            if item.by is not None:
                yield problem_at(document, (*here, "by"), "provision_by", found=item.figure)
            if figures is None:
                continue
            yield from unknown(document, (*here, "figure"), item.figure, known)
            if item.figure in known and not known[item.figure].target:
                yield problem_at(document, (*here, "figure"), "provision_target", found=item.figure)


def _words(
    document: Document, path: KeyPath, industries: Iterable[str] | None, sizes: Iterable[str] | None,
    vocabulary: Vocabulary | None,
) -> Iterator[Problem]:  # fmt: skip
    if vocabulary is None:
        return
    lists = (("industries", industries, list(vocabulary.industries)),
             ("sizes", sizes, [size.id for size in vocabulary.file.sizes.entries]))  # fmt: skip
    for key, names, known in lists:
        for i, name in enumerate(names or ()):
            yield from unknown(document, (*path, key, i), name, known)
