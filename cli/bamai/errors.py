"""What can go wrong, in words a consultant can act on, and the exit codes scripts rely on."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

from bamai.texts import TEXTS, Lang, in_words, printable, shown, t

LONGEST, LONGEST_PART = 1500, 300
"""Characters of a message, and of each of its parts where they would be more together: what somebody wrote must not
bury what is said about it."""


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1  # a rule file is wrong, I/O failed, or a defect
    USAGE = 2  # wrong options, or an output exists and there is no --force
    REFUSED = 3  # input refused, wholly or some rows
    BELOW = 4  # below --at-least
    INTERRUPTED = 130


class Place(NamedTuple):
    """Where something stands: a file, and in it a line and column (both from 1), which a sheet calls its *cell*."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    cell: str | None = None

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.cell is not None:
            return ": ".join([*parts, self.cell])
        if self.line is not None:
            parts += [str(self.line), str(self.column or 1)]
        return ":".join(parts)


class Problem(NamedTuple):
    """One mistake in an input or a rule file.

    Attributes:
        code: stable name of the kind of mistake; ``texts.py`` holds its wording as ``problem.<code>``.
        params: what the wording needs: what was found, what is allowed.
        place: where it stands.
        path: the key inside the file, dotted, as the reader sees it.
        questions: ids of the questions concerned.
    """

    code: str
    params: Mapping[str, object] = MappingProxyType({})
    place: Place = Place()
    path: str = ""
    questions: tuple[str, ...] = ()

    def at(self, place: Place, path: str = "") -> Problem:
        """The same problem with its place filled in."""
        return self._replace(place=place, path=path or self.path)

    def message(self, lang: Lang) -> str:
        """What was found and what is allowed, without the place."""
        told = t(f"problem.{self.code}", lang, **self.params)
        if len(told) <= LONGEST:
            return told
        parts = {name: shown(in_words(value, lang), LONGEST_PART) for name, value in self.params.items()}
        return t(f"problem.{self.code}", lang, **parts)

    def text(self, lang: Lang) -> str:
        """The whole line: ``file:line:column: key: message [code]``, or ``file: sheet!cell: message [code]``.

        Names of files and keys are as strangers wrote them: nothing in the line steers a terminal.
        """
        path = "" if self.place.cell else shown(self.path, LONGEST_PART)
        head = [part for part in (str(self.place), path) if part]
        return printable(": ".join([*head, f"{self.message(lang)} [{self.code}]"]))


class Words(NamedTuple):
    """Something in both languages, as a parameter of a message."""

    zh: str
    en: str

    @classmethod
    def of(cls, key: str) -> Words:
        """The text of *key*."""
        return cls(*TEXTS[key])


def why(error: Exception) -> Words | str:
    """What the system says went wrong: what is common in both languages, and the rest as the system has it."""
    key = f"system.{errno.errorcode.get(getattr(error, 'errno', None) or 0)}"
    return Words.of(key) if key in TEXTS else getattr(error, "strerror", None) or str(error)


class BamaiError(Exception):
    """Base of everything that ends a command with a message instead of a result."""

    exit_code: Exit = Exit.FAILED

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(p.text("en") for p in self.problems))


class RulesError(BamaiError):
    """A rule file (model, questionnaire, benchmarks, tests) is wrong."""


class OutputError(BamaiError):
    """A result could not be written."""


class UsageError(BamaiError):
    """The command line asks for something that cannot be."""

    exit_code = Exit.USAGE


class InputError(BamaiError):
    """Answers were refused; every problem of the input is listed."""

    exit_code = Exit.REFUSED


class AnswersWarning(UserWarning):
    """What is read as written and may not be meant, say 0.57 for a share of 57 %; ``problem`` says where it stands."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.text("en"))


MOST_MISTAKES = 500
"""More than anybody reads; a file that has so many is another file than it was taken for."""


class Mistakes(list[Problem]):
    """The problems of one input as they are found; one too many ends the search."""

    def append(self, problem: Problem) -> None:
        """Add *problem*.

        Raises:
            InputError: with all of them, when they are :data:`MOST_MISTAKES`.
        """
        super().append(problem)
        if len(self) >= MOST_MISTAKES:
            end = Problem("too_many_mistakes", {"limit": MOST_MISTAKES}, Place(problem.place.file))
            raise InputError([*self, end])
