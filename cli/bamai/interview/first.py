"""What an interview asks before its first question: language, enterprise, industry, model, who assesses.

No terminal in it: every field says what to ask and takes a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import Problem
from bamai.journal import Journal
from bamai.questionnaire import NUMERIC, Questionnaire
from bamai.texts import LANGS, Lang, printable, shown, t
from bamai.vocabulary import Vocabulary

SHORT_MINUTES, LONG_MINUTES = 0.5, 1
"""A choice or a grade takes about half a minute, a number or a list, which somebody has to look up, a minute."""

_LANGUAGES: Mapping[Lang, str] = {"zh": "中文", "en": "English"}


class Effort(NamedTuple):
    """What an interview takes: how many questions it asks at most, and an estimate of the minutes."""

    questions: int
    minutes: int


def effort(questionnaire: Questionnaire) -> Effort:
    """What an interview takes. Two counts stand for one value: they take no time beside it, but they are asked."""
    metrics = [q.metric for q in questionnaire.questions.values() if q.metric and q.metric.part and q.metric.whole]
    counts = {name for metric in metrics if metric.ask == "value" for name in (metric.part, metric.whole)}
    asked = [question for name, question in questionnaire.questions.items() if name not in counts]
    long = sum(question.kind in NUMERIC or question.kind in ("multiple", "text") for question in asked)
    minutes = LONG_MINUTES * long + SHORT_MINUTES * (len(asked) - long)
    return Effort(len(questionnaire.questions), max(5, round(minutes / 5) * 5))


class Choice(NamedTuple):
    """One of the answers that a field offers."""

    key: str
    label: str


class Field(NamedTuple):
    """Something to ask. ``check`` returns the value that a text means, or why it means none.

    ``choices`` and ``default`` are keys; a field with no choices takes free text, which may be blank.
    """

    name: str
    prompt: str
    choices: tuple[Choice, ...]
    default: str
    check: Callable[[str], str | Problem]
    hint: Callable[[str], str]


class First:
    """The fields that are still to be asked, one after the other.

    Args:
        given: values by field name (language, name, industry, model, assessor) that need no asking.
        editions: editions that can be chosen, by reference.
        load: reads the questionnaire of an edition, for what it takes.
    """

    ORDER = ("language", "name", "industry", "model", "assessor")

    def __init__(
        self,
        given: Mapping[str, str],
        lang: Lang,
        editions: Iterable[str],
        load: Callable[[str], Questionnaire],
        vocabulary: Callable[[], Vocabulary],
        default_model: str,
    ) -> None:
        self.values = dict(given)
        self._given = frozenset(given)
        self.lang = lang
        self._editions = tuple(editions)
        self._load = load
        self._vocabulary = vocabulary
        self._default_model = default_model

    @property
    def current(self) -> Field | None:
        """The field to ask now; None when all are known."""
        name = next((name for name in self.ORDER if name not in self.values), None)
        return None if name is None else self._field(name)

    def take(self, text: str) -> Problem | None:
        """Take *text* for the current field; blank takes its default."""
        field = self.current
        if field is None:
            raise ValueError("everything is known")
        value = field.check(text.strip() or field.default)
        if isinstance(value, Problem):
            return value
        self.values[field.name] = value
        if field.name == "language":
            self.lang = "en" if value == "en" else "zh"
        return None

    def back(self) -> bool:
        """Ask for the field before again; False at the first."""
        asked = [name for name in self.ORDER if name in self.values and name not in self._given]
        if not asked:
            return False
        del self.values[asked[-1]]
        return True

    def _field(self, name: str) -> Field:
        prompt = t(f"first.{name}", self.lang)
        match name:
            case "language":
                choices = tuple(Choice(lang, _LANGUAGES[lang]) for lang in LANGS)
                return Field(name, prompt, choices, self.lang, _one_of(choices), _no_hint)
            case "model":
                choices = tuple(Choice(ref, self._model(ref)) for ref in self._editions)
                return Field(name, prompt, choices, self._default_model, _one_of(choices), _no_hint)
            case "industry":
                return Field(name, prompt, (), "", str, self._industry)
        return Field(name, prompt, (), "", str, _no_hint)

    def _model(self, ref: str) -> str:
        questionnaire = self._load(ref)
        takes = effort(questionnaire)
        return t("first.takes", self.lang, title=questionnaire.title, questions=takes.questions, minutes=takes.minutes)

    def _industry(self, text: str) -> str:
        """Which industry of the vocabulary a text is, told before it is taken."""
        if not text.strip():
            return ""
        vocabulary = self._vocabulary()
        found = vocabulary.industry(text)
        if found is None:
            return t("first.industry_unknown", self.lang)
        return t("first.industry_known", self.lang, title=vocabulary.title("industry", found), id=found)


def _one_of(choices: tuple[Choice, ...]) -> Callable[[str], str | Problem]:
    """Takes a number, a key (of an edition also its id) or a label."""

    def check(text: str) -> str | Problem:
        wanted = fold(text)
        for number, choice in enumerate(choices, 1):
            if wanted in (str(number), fold(choice.key), fold(choice.label), fold(choice.key.split("@")[0])):
                return choice.key
        allowed = ", ".join(f"{number} = {choice.key}" for number, choice in enumerate(choices, 1))
        return Problem("first_choice", {"found": shown(text), "allowed": allowed})

    return check


def _no_hint(text: str) -> str:
    del text
    return ""


def takes(edition: Edition, lang: Lang) -> str:
    """One line of what the interview takes."""
    found = effort(edition.questionnaire)
    return t("first.takes", lang, title=edition.questionnaire.title, questions=found.questions, minutes=found.minutes)


NEW = "new"


class Offer:
    """One field: which of the unfinished journals to go on with, or none of them."""

    def __init__(self, journals: Sequence[Journal], lang: Lang) -> None:
        self.lang = lang
        self.path: Path | None = None
        self._chosen = False
        new = Choice(NEW, t("first.new", lang))
        self._choices = (*(Choice(journal.file, self._told(journal)) for journal in journals), new)

    @property
    def current(self) -> Field | None:
        if self._chosen:
            return None
        default = self._choices[0].key
        return Field("resume", t("first.resume", self.lang), self._choices, default, _one_of(self._choices), _no_hint)

    def take(self, text: str) -> Problem | None:
        """Take a number or a file name; blank takes the newest journal."""
        value = _one_of(self._choices)(text.strip() or self._choices[0].key)
        if isinstance(value, Problem):
            return value
        self._chosen = True
        self.path = None if value == NEW else Path(value)
        return None

    def back(self) -> bool:
        """There is nothing before it."""
        return False

    def _told(self, journal: Journal) -> str:
        name = journal.enterprise or t("report.no_name", self.lang)
        return t("first.journal", self.lang, name=printable(name), model=journal.head.model, count=journal.answered(),
                 at=journal.last[:16].replace("T", " "), file=printable(journal.file))  # fmt: skip
