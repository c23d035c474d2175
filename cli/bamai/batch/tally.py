"""What a summary counts, block by block: small integer arrays that add up, whatever the order or size of blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bamai.answers import ANSWERED, NO_BAND, Judged
from bamai.batch.cells import TextColumn, TextTable
from bamai.catalog import Edition
from bamai.checks import counted_by
from bamai.model import CountGate
from bamai.schema import MILLION, millionths
from bamai.scoring import ABSENT, Scores
from bamai.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints
    from bamai.batch.cells import Codes

HUNDREDTH = MILLION // 100
BINS = 100 * 100 + 1
"""Scores are counted by hundredths of a point, half up: rounding keeps order, so the value at any rank of the
rounded scores is the rounded value at that rank."""

GROUPINGS = ("industry", "province", "employees")
BLANK, UNRECOGNISED = "", "unrecognised"
"""Groups of rows that say nothing, and that say something the vocabulary does not know."""


class Groups:
    """Which group of each grouping a row belongs to. Holds what it has learnt: one for each thread."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        find = {"industry": vocabulary.industry, "province": vocabulary.province, "employees": vocabulary.size}
        self._tables = {name: _GroupTable(find[name]) for name in GROUPINGS}

    def codes(self, columns: Mapping[str, TextColumn], kept: Codes) -> dict[str, tuple[list[str], Codes]]:
        """Per grouping: group ids, and which of them each kept row is; without a column every row says nothing."""
        return {
            name: table.codes(columns[name].take(kept)) if name in columns else ([BLANK], np.zeros(len(kept), np.intp))
            for name, table in self._tables.items()
        }


class _GroupTable:
    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find
        self._forget()

    def _forget(self) -> None:
        self._table = TextTable(self._learn)
        self._ids = [BLANK, UNRECOGNISED]
        self._of_text: list[int] = []
        self._known: Codes = np.zeros(0, np.intp)  # the same as an array, as long as nothing new comes

    def _learn(self, text: str) -> None:
        found = (self._find(text) or UNRECOGNISED) if text.strip() else BLANK
        if found not in self._ids:
            self._ids.append(found)
        self._of_text.append(self._ids.index(found))

    def codes(self, texts: TextColumn) -> tuple[list[str], Codes]:
        if len(self._table) > 100_000:
            self._forget()
        codes = self._table.codes(texts)
        if len(self._known) != len(self._of_text):
            self._known = np.array(self._of_text, np.intp)
        return self._ids, self._known[codes]


class Histogram(NamedTuple):
    """Scores counted by hundredths of a point, and their exact sum in millionths."""

    counts: Ints
    total: list[int]

    @classmethod
    def empty(cls) -> Histogram:
        return cls(np.zeros(BINS, np.int64), [0])

    def add(self, millionths_: Ints) -> None:
        """Count scores."""
        # in place and by the rows alone: groups are many, and most have few rows of a block
        np.add.at(self.counts, (millionths_ + HUNDREDTH // 2) // HUNDREDTH, 1)
        self.total[0] += int(millionths_.sum())

    def merge(self, other: Histogram) -> None:
        self.counts.__iadd__(other.counts)
        self.total[0] += other.total[0]

    @property
    def number(self) -> int:
        return int(self.counts.sum())

    def mean(self) -> Fraction | None:
        """In points, exact."""
        return Fraction(self.total[0], MILLION * self.number) if self.number else None

    def quantile(self, share: Fraction) -> Fraction | None:
        """The smallest score that at least *share* of the scores do not exceed (nearest rank), in points."""
        if not self.number:
            return None
        rank = max(1, -(-share.numerator * self.number // share.denominator))
        return Fraction(int(np.searchsorted(np.cumsum(self.counts), rank)), 100)


class Beside(NamedTuple):
    """Enterprises beside one published figure: how many can be compared, how many are better, the sum of values.

    Beside a share of enterprises ``better`` counts those that say yes, and there is no sum. Sums are in millionths.
    """

    known: int
    better: int
    total: int

    def plus(self, other: Beside) -> Beside:
        """Both together."""
        return Beside(self.known + other.known, self.better + other.better, self.total + other.total)


class Tally(NamedTuple):
    """Counts of results.

    Attributes:
        rows: results.
        incomplete: results with open questions.
        below_top: complete results that have a level above them.
        levels: complete results by level id, "none" included.
        scores: complete results' total score, and of each scored dimension where it is known.
        groups: by grouping and group id: all results, complete ones by level, and the scores of these.
        blocked: complete results below the top level: by unmet condition of the level above.
        short: the same by indicator that falls short of a grade which an unmet gate of that level counts; each
            result once per indicator. What is not applicable falls short of nothing.
        figures: by benchmark id; results with an exact answer, incomplete ones too.
        counted: for each indicator that gates count, these gates.
    """

    rows: list[int]
    levels: dict[str, int]
    scores: dict[str, Histogram]
    groups: dict[str, dict[str, Group]]
    blocked: dict[str, int]
    short: dict[str, int]
    figures: dict[str, Beside]
    edition: Edition
    counted: dict[str, tuple[str, ...]]

    @classmethod
    def empty(cls, edition: Edition) -> Tally:
        """Nothing counted yet."""
        names = ["score", *(d.id for d in edition.model.dimensions if d.scored)]
        levels = dict.fromkeys(["none", *(level.id for level in edition.model.levels)], 0)
        counted: dict[str, tuple[str, ...]] = {}
        for gate in (gate for level in edition.model.levels for gate in level.gates if isinstance(gate, CountGate)):
            for indicator in counted_by(gate, edition.model):
                counted[indicator.id] = (*counted.get(indicator.id, ()), gate.id)
        return cls([0, 0, 0], levels, {name: Histogram.empty() for name in names}, {}, {}, {}, {}, edition, counted)

    @property
    def results(self) -> int:
        return self.rows[0]

    @property
    def incomplete(self) -> int:
        return self.rows[1]

    @property
    def below_top(self) -> int:
        return self.rows[2]

    def add(
        self, judged: Judged, scores: Scores, incomplete: Flags, kept: Codes,
        groups: Mapping[str, tuple[list[str], Codes]],
    ) -> None:  # fmt: skip
        """Count the *kept* rows of a block."""
        opened = incomplete.take(kept)
        complete = kept[~opened]
        self.rows[0] += len(kept)
        self.rows[1] += len(kept) - len(complete)
        reached = scores.level.low.take(complete)
        by_level = np.bincount(reached + 1, minlength=len(self.levels))
        for name, count in zip(self.levels, by_level.tolist(), strict=True):
            self.levels[name] += count
        total = scores.score.low.take(complete)
        self.scores["score"].add(total[total != ABSENT])
        for name, histogram in self.scores.items():
            if name != "score":
                bounds = scores.nodes[name]
                values = bounds.low.take(complete)
                histogram.add(values[values != ABSENT])
        for grouping, (names, codes) in groups.items():
            self._add_groups(self.groups.setdefault(grouping, {}), names, codes, ~opened, reached, total)
        self._add_blocked(scores, complete, reached)
        self._add_figures(judged, kept)

    def _add_groups(
        self, found: dict[str, Group], names: list[str], codes: Codes, complete: Flags, reached: Ints, total: Ints
    ) -> None:
        everywhere = np.bincount(codes, minlength=len(names))
        settled = codes[complete]
        width = len(self.levels)
        levels = np.bincount(settled * width + reached + 1, minlength=len(names) * width).reshape(-1, width)
        order = np.argsort(settled.astype(np.min_scalar_type(len(names))), kind="stable")  # narrow ones sort fast
        starts = np.searchsorted(settled[order], np.arange(len(names) + 1))
        for index in np.flatnonzero(everywhere).tolist():
            group = found.setdefault(names[index], Group.empty(width))
            group.rows[0] += int(everywhere[index])
            group.levels.__iadd__(levels[index])
            group.scores.add(total[order[starts[index] : starts[index + 1]]])

    def _add_blocked(self, scores: Scores, complete: Codes, reached: Ints) -> None:
        asked = {gates: np.zeros(len(scores.score.low), np.int8) for gates in set(self.counted.values())}
        for index, level in enumerate(self.edition.model.levels):
            here = complete[reached == index - 1]
            if not here.size:
                continue
            self.rows[2] += len(here)
            _count(self.blocked, f"{level.id}.score", scores.score.low[here] < millionths(level.score))
            for gate in level.gates:
                unmet = ~scores.gates[gate.id].met_low[here]
                _count(self.blocked, gate.id, unmet)
                for gates, grade in asked.items():
                    if isinstance(gate, CountGate) and gate.id in gates:
                        rows = here[unmet]
                        grade[rows] = np.maximum(grade[rows], gate.grade)
        for name, gates in self.counted.items():
            grades = scores.grades[name].low
            _count(self.short, name, (grades < asked[gates]) & (grades != ABSENT))

    def _add_figures(self, judged: Judged, kept: Codes) -> None:
        columns: dict[str, tuple[int, Ints]] = {}
        counted = np.zeros(len(next(iter(judged.columns.values()))), np.bool_)
        counted[kept] = True
        for item, _ in self.edition.compared:
            question = self.edition.questions[str(item.metric)]
            if question.id not in columns:
                column = judged.columns[question.id]
                values = column.value[(column.state == ANSWERED) & (column.band == NO_BAND) & counted]
                columns[question.id] = _sum(values), values
            total, values = columns[question.id]
            if question.kind == "yes_no":
                found = Beside(len(values), total, 0)
            else:
                figure = millionths(item.value)
                down = question.metric is not None and question.metric.better == "down"
                better = int(np.count_nonzero(values < figure if down else values > figure))
                found = Beside(len(values), better, total)
            self.figures[item.id] = self.figures.get(item.id, Beside(0, 0, 0)).plus(found)

    def merge(self, other: Tally) -> None:
        """Add what another tally of the same edition counted."""
        for index, count in enumerate(other.rows):
            self.rows[index] += count
        for mine, theirs in ((self.levels, other.levels), (self.blocked, other.blocked), (self.short, other.short)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        for name, histogram in other.scores.items():
            self.scores[name].merge(histogram)
        for grouping, groups in other.groups.items():
            mine_groups = self.groups.setdefault(grouping, {})
            for name, group in groups.items():
                mine_groups.setdefault(name, Group.empty(len(self.levels))).merge(group)
        for name, beside in other.figures.items():
            self.figures[name] = self.figures.get(name, Beside(0, 0, 0)).plus(beside)


class Group(NamedTuple):
    """Results of one industry, province or size: all of them, and of the complete ones the levels and scores."""

    rows: list[int]
    levels: npt.NDArray[np.int64]
    scores: Histogram

    @classmethod
    def empty(cls, levels: int) -> Group:
        """No results yet; *levels*: how many levels there are, "none" included."""
        return cls([0], np.zeros(levels, np.int64), Histogram.empty())

    def merge(self, other: Group) -> None:
        """Add what another tally counted of the same group."""
        self.rows[0] += other.rows[0]
        self.levels.__iadd__(other.levels)
        self.scores.merge(other.scores)


def _count(counts: dict[str, int], name: str, flags: Flags) -> None:
    number = int(np.count_nonzero(flags))
    if number:
        counts[name] = counts.get(name, 0) + number


def _sum(values: Ints) -> int:
    """The exact sum of a block, which may be beyond int64: the two halves of every value by themselves."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
