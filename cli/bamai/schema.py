"""Pieces that all rule files share, and the one place where pydantic's mistakes become ours."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, WithJsonSchema

from bamai.errors import MOST_MISTAKES, BamaiError, Place, Problem, RulesError
from bamai.texts import LANGS, Lang, shown, t
from bamai.yamlfile import Document, KeyPath, read

MILLION = 1_000_000
"""Fixed point: scores and values are int64 millionths."""


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Number = Annotated[Decimal, BeforeValidator(_exact), WithJsonSchema({"type": "number"})]
"""A number exactly as the YAML writes it."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Strict(BaseModel):
    """Base of everything in rule files: unknown keys refused, no conversions, immutable."""

    # built when first validated: only the four root classes need a validator of their own
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Text(Strict):
    """One text in both languages."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


Status = Literal["official", "adapted", "illustrative"]
"""official: the document's own value; adapted: derived from one; illustrative: ours."""

Seen = Literal["original", "capture", "secondary", "address_only"]
"""How the source was read: itself, a capture of it, somebody's account of it, or only its address is known."""


class Source(Strict):
    """A document that rules or figures come from."""

    id: Id
    title: Text
    number: str | None = None
    issuer: Text | None = None
    date: str | None = None
    address: str | None = None
    seen: Seen
    note: Text | None = None


class Provenance(Strict):
    """Where a rule comes from. What a rule leaves out it inherits from the node, level or model above it."""

    status: Status | None = None
    seen: Seen | None = None
    source: Id | None = None
    clause: str | None = None
    note: Text | None = None


def millionths(number: Decimal) -> int:
    """*number* as fixed point; YAML numbers have at most six decimals (checked on load)."""
    return int(number * MILLION)


def fits(number: Decimal) -> bool:
    """Whether *number* is exact in millionths and small enough for int64 arithmetic."""
    return number == number.quantize(Decimal("0.000001")) if abs(number) < Decimal(10) ** 12 else False


M = TypeVar("M", bound=Strict)

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters but tabs and line ends, and marks of the direction of writing."""


def validate(cls: type[M], document: Document) -> M:
    """*document* as a *cls*.

    Raises:
        RulesError: with every mistake: file, line and column, what was found, what is allowed.
    """
    if not isinstance(document.data, dict):
        raise RulesError(Problem("not_a_mapping", {"found": shown(document.data)}, document.place()))
    problems = [Problem("control_characters", {"found": shown(text)}, document.place(path), ".".join(map(str, path)))
                for path, text in islice(_steering(document.data), MOST_MISTAKES)]  # fmt: skip
    if problems:
        raise RulesError(problems)
    try:
        return cls.model_validate(document.data)
    except ValidationError as error:
        errors: list[dict[str, Any]] = [dict(item) for item in error.errors(include_url=False)]
        inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
        # pydantic calls a list too short when its items are wrong; that is the same mistake told twice
        errors = [error for error in errors if error["type"] != "too_short" or error["loc"] not in inside]
        problems = _sorted([_problem(cls, document, error) for error in errors[:MOST_MISTAKES]])
        if len(errors) > len(problems):
            more = {"count": len(errors) - len(problems)}
            problems.append(Problem("more_mistakes", more, Place(document.file)))
        raise RulesError(problems) from None


def _steering(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Texts that could steer a terminal or turn a line around, and where they stand."""
    if isinstance(value, str):
        if _STEERING.search(value):
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _steering(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _steering(item, (*path, index))


def read_rules(path: Path) -> Document:
    """A rule file as YAML; what is wrong with it is a :class:`RulesError`, for nobody's answers are refused."""
    try:
        return read(path, "rules")
    except BamaiError as error:
        raise RulesError(error.problems) from None


def load(cls: type[M], document: Document, schema: str) -> M:
    """As :func:`validate`, after the file has said that it is of *schema*."""
    found = document.data.get("schema") if isinstance(document.data, dict) else None
    if found != schema:
        place = document.place(("schema",))
        raise RulesError(Problem("wrong_schema", {"found": shown(found), "allowed": schema}, place, "schema"))
    return validate(cls, document)


LONGEST_WORD = 200
"""Characters that may be a slip of a known word: nothing is called by longer ones."""


def nearest(word: str, known: typing.Iterable[str]) -> str | None:
    """The known word that *word* most likely means, if any."""
    import difflib  # noqa: PLC0415  (only mistakes need it)

    if len(word) > LONGEST_WORD:  # comparing takes as long as the word is
        return None
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: typing.Iterable[str]) -> Text:
    """`` — did you mean X?`` or nothing, for the end of a message."""
    return meant(nearest(word, known))


def meant(close: str | None) -> Text:
    """As :func:`did_you_mean`, of a word that has been found."""
    if close is None:
        return Text.model_construct(zh="", en="")
    return Text(zh=t("did_you_mean", "zh", word=close), en=t("did_you_mean", "en", word=close))


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: (p.place.line or 0, p.place.column or 0))


def _problem(cls: type[Strict], document: Document, error: dict[str, Any]) -> Problem:
    loc = error["loc"]
    path = ".".join(_written(document.data, loc))
    found = shown(error.get("input"))
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            allowed = _fields_at(cls, loc[:-1])
            close = did_you_mean(str(loc[-1]), allowed)
            params = {"found": shown(loc[-1]), "allowed": ", ".join(allowed), "hint": close}
            return Problem("unknown_key", params, document.place(loc, key=True), path)
        case "missing":
            code = "missing_language" if loc[-1] in ("zh", "en") else "missing_key"
            return Problem(code, {"key": loc[-1]}, document.place(loc[:-1]), path)
        case "literal_error" | "union_tag_invalid":
            expected = str(context.get("expected") or context.get("expected_tags"))
            words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
            word = context.get("tag", error.get("input"))
            hint = did_you_mean(str(word), words)
            choices = Text(zh=", ".join(words) + hint.zh, en=", ".join(words) + hint.en)
            return Problem("not_one_of", {"found": shown(word), "allowed": choices}, document.place(loc), path)
        case "union_tag_not_found":
            return Problem(
                "missing_key", {"key": str(context.get("discriminator")).strip("'")}, document.place(loc), path
            )
        case "string_pattern_mismatch":
            return Problem("wrong_id", {"found": found, "allowed": context["pattern"]}, document.place(loc), path)
        case _:
            return Problem("wrong_value", {"found": found, "allowed": _needed(cls, error)}, document.place(loc), path)


_NEEDED = {
    "bool_type": "boolean", "string_type": "text", "int_type": "whole", "int_from_float": "whole",
    "is_instance_of": "number", "tuple_type": "list", "dict_type": "mapping", "model_type": "mapping",
    "greater_than_equal": "at_least", "string_too_short": "longer", "string_too_long": "shorter", "too_short": "more",
}  # fmt: skip
"""What pydantic found wrong, in our words."""


def _needed(cls: type[Strict], error: dict[str, Any]) -> Text:
    """What a value should have been."""
    context = error.get("ctx", {})
    number = next((context[key] for key in ("ge", "min_length", "max_length") if key in context), "")
    keys = ", ".join(f"{key}: …" for key in _fields_at(cls, error["loc"])) if error["type"] == "model_type" else "…: …"
    name = _NEEDED.get(error["type"])
    if name is None:
        return Text(zh=error["msg"], en=error["msg"])
    zh, en = (t(f"needed.{name}", lang, number=number, keys=keys) for lang in LANGS)
    return Text(zh=zh, en=en)


def _written(data: Any, loc: tuple[str | int, ...]) -> Iterator[str]:
    """The parts of *loc* that stand in the file, and its end: pydantic names the kinds of a union in between."""
    for index, part in enumerate(loc):
        inside = part in data if isinstance(data, dict) else isinstance(data, tuple) and isinstance(part, int)
        if inside:
            data = data[part]
        if inside or index == len(loc) - 1:
            yield str(part)


def _fields_at(cls: Any, loc: tuple[str | int, ...]) -> list[str]:
    """Keys that are allowed at *loc*, found by following the annotations."""
    candidates = _models(cls)
    for part in loc:
        following: list[Any] = []
        for model in candidates:
            if part in model.model_fields or any(f.alias == part for f in model.model_fields.values()):
                info = next(f for n, f in model.model_fields.items() if part in (n, f.alias))
                following += _models(info.annotation)
        tagged = [
            m
            for m in candidates
            if "kind" in m.model_fields and part in typing.get_args(m.model_fields["kind"].annotation)
        ]
        candidates = following or tagged or candidates
    names = [f.alias or n for m in candidates for n, f in m.model_fields.items()]
    return list(dict.fromkeys(names))


def _models(annotation: Any) -> list[Any]:
    if isinstance(annotation, type) and not typing.get_origin(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for part in typing.get_args(annotation) for model in _models(part)]
