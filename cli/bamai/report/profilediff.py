"""What a scoring profile changes, value by value, as blocks and as data. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bamai.assessment import plain_decimal
from bamai.catalog import Edition
from bamai.checks import branches
from bamai.profile import Applied, Change
from bamai.questionnaire import Question
from bamai.report.content import Block, Heading, Lines, Sentence, Table
from bamai.report.profile import profile_name
from bamai.texts import Lang, printable, t
from bamai.wording import gate_title

SCHEMA = "bamai.profile_diff/1"
DASH = "–"

Row = tuple[str, str, str]


def diff_data(edition: Edition, applied: Applied, lang: Lang) -> dict[str, Any]:
    """As plain data: schema ``bamai.profile_diff/1``, texts in *lang*, values as the rules write them."""
    told = _Teller(edition, lang)
    return {
        "schema": SCHEMA,
        "lang": lang,
        "model": edition.ref,
        "profile": {**applied.data(lang), "file": applied.file},
        "digest": edition.digest,
        "digest_without_profile": edition.without_profile.digest,
        "changes": [{**change._asdict(), "title": told.title(change)} for change in applied.changes],
    }


def diff_blocks(edition: Edition, applied: Applied, lang: Lang) -> Iterator[Block]:
    """Which profile, its changes as *was* and *is*, and what tells the rules apart."""
    yield Heading(t("profile.title", lang), profile_name(applied, lang))
    if applied.profile.note is not None:
        yield Sentence(applied.profile.note[lang])
    told = _Teller(edition, lang)
    rows = tuple(row for change in applied.changes for row in told.rows(change))
    heads = tuple(t(f"profile.{head}", lang) for head in ("value", "was", "is"))
    yield Table(heads[0], heads, rows, ())
    yield Heading(t("report.method", lang))
    yield Lines(
        (
            (t("method.model", lang), f"{edition.model.title[lang]} ({edition.ref})"),
            (t("profile.file", lang), printable(applied.file)),
            (t("profile.digest_without", lang), edition.without_profile.digest),
            (t("profile.digest_with", lang), edition.digest),
        ),
        small=True,
    )


class _Teller:
    """Puts changes into words: names from the model, values as a reader writes them."""

    def __init__(self, edition: Edition, lang: Lang) -> None:
        self.edition = edition
        self.lang = lang
        self._titles = {node.id: node.title[lang] for d in edition.model.dimensions for node in branches(d)}
        self._titles |= {name: indicator.title[lang] for name, indicator in edition.indicators.items()}
        self._titles |= {level.id: level.title[lang] for level in edition.model.levels}

    def title(self, change: Change) -> str:
        """Title of what is changed; of a condition, what it asks."""
        if change.kind != "gate":
            return self._titles[change.id]
        edition = self.edition if change.new is not None else self.edition.without_profile
        gates = {gate.id: gate for level in edition.model.levels for gate in level.gates}
        return gate_title(edition, gates[change.id])[self.lang]

    def rows(self, change: Change) -> Iterator[Row]:
        """Lines of the table: one for a value, several for a way of scoring that is new as a whole."""
        name = f"{self.title(change)} ({change.id})"
        if change.kind == "gate" and not change.key:
            added = change.old is None
            given = change.new if added else change.old
            name = self._joined(name, "profile.added" if added else "profile.left_out")
            needs = self._value(given["needs"])
            yield (name, DASH, needs) if added else (name, needs, DASH)
        elif change.key == "scoring":
            kinds = (t(f"scoring.{scoring['kind']}", self.lang) for scoring in (change.old, change.new))
            yield (self._joined(name, "profile.key.scoring"), *kinds)  # type: ignore[misc]
            for key, value in change.new.items():
                if key not in ("kind", "question"):
                    yield self._key(name, f"scoring.{key}", change.id), DASH, self._value(value)
        else:
            values = (self._value(value) for value in (change.old, change.new))
            yield (self._key(name, change.key, change.id), *values)  # type: ignore[misc]

    def _joined(self, name: str, key: str, **params: object) -> str:
        return name + t("colon", self.lang) + t(key, self.lang, **params)

    def _key(self, name: str, key: str, indicator: str) -> str:
        first, *rest = key.split(".")
        if first != "scoring":
            return self._joined(name, f"profile.key.{first}")
        if rest[0] == "points" and len(rest) == 2:
            question = self.edition.questions[self.edition.indicators[indicator].scoring.question]
            return self._joined(name, "profile.key.points_of", of=self._option(question, rest[1]))
        if rest[0] in ("bands", "knots") and len(rest) == 3:
            return self._joined(name, f"profile.key.{rest[0]}_{rest[2]}", number=int(rest[1]) + 1)
        return self._joined(name, f"profile.key.{rest[0]}")

    def _option(self, question: Question, name: str) -> str:
        if name.isdecimal():
            return t("profile.grade", self.lang, grade=name)
        labels = {option.id: option.label[self.lang] for option in question.options}
        return f"{labels.get(name, '')} ({name})".strip()

    def _value(self, value: Any) -> str:
        if value is None:
            return DASH
        if isinstance(value, bool):
            return t("yes" if value else "no", self.lang)
        if isinstance(value, Decimal):
            return plain_decimal(value)
        if isinstance(value, Mapping):
            if "at" in value:
                return f"{self._value(value['at'])}: {self._value(value['points'])}"
            if "points" in value:
                ends = (self._value(value[end]) if end in value else "" for end in ("from", "to"))
                return f"{DASH.join(ends)}: {self._value(value['points'])}"
            return "; ".join(f"{key}: {self._value(item)}" for key, item in value.items())
        if isinstance(value, tuple):
            return "; ".join(self._value(item) for item in value)
        return str(value)
