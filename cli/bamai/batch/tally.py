"""What a summary counts, block by block: small integer arrays that add up, whatever the order or size of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
        """Per grouping that the input has a column for: group ids, and which of them each kept row is."""
        return {name: table.codes(columns[name].take(kept)) for name, table in self._tables.items() if name in columns}


class _GroupTable:
    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find
        self._forget()

    def _forget(self) -> None:
        self._table = TextTable(self._learn)
        self._ids = [BLANK, UNRECOGNISED]
        self._of_text: list[int] = []

    def _learn(self, text: str) -> None:
        found = (self._find(text) or UNRECOGNISED) if text.strip() else BLANK
        if found not in self._ids:
            self._ids.append(found)
        self._of_text.append(self._ids.index(found))

    def codes(self, texts: TextColumn) -> tuple[list[str], Codes]:
        if len(self._table) > 100_000:
            self._forget()
        codes = self._table.codes(texts)
        return self._ids, np.array(self._of_text, np.intp)[codes]


class Histogram(NamedTuple):
    """Scores counted by hundredths of a point, and their exact sum in millionths."""

    counts: Ints
    total: list[int]

    @classmethod
    def empty(cls) -> Histogram:
        return cls(np.zeros(BINS, np.int64), [0])

    def add(self, millionths_: Ints) -> None:
        """Count scores."""
        self.counts.__iadd__(np.bincount((millionths_ + HUNDREDTH // 2) // HUNDREDTH, minlength=BINS))
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
    """Enterprises beside one published figure: how many can be compared, how many are better, the sum of values."""

    known: int
    better: int
    total: int

    def __add__(self, other: object) -> Beside:  # type: ignore[override]  # sums of counts, not joined tuples
        assert isinstance(other, Beside)
        return Beside(self.known + other.known, self.better + other.better, self.total + other.total)


class Tally(NamedTuple):
    """Counts of results.

    Attributes:
        rows: results.
        incomplete: results with open questions.
        levels: complete results by level id, "none" included.
        scores: complete results' total score, and of each scored dimension where it is known.
        groups: by grouping and group id: complete results by level id, their scores, and all results.
        blocked: complete results below the top level: by unmet condition of the level above.
        short: the same by indicator that falls short of the grade an unmet gate counts.
        below_top: complete results that have a level above them.
        figures: by benchmark id.
    """

    rows: list[int]
    levels: dict[str, int]
    scores: dict[str, Histogram]
    groups: dict[str, dict[str, Group]]
    blocked: dict[str, int]
    short: dict[str, int]
    figures: dict[str, Beside]
    edition: Edition

    @classmethod
    def empty(cls, edition: Edition) -> Tally:
        """Nothing counted yet."""
        names = ["score", *(d.id for d in edition.model.dimensions if d.scored)]
        levels = dict.fromkeys(["none", *(level.id for level in edition.model.levels)], 0)
        return cls([0, 0, 0], levels, {name: Histogram.empty() for name in names}, {}, {}, {}, {}, edition)

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
        opened = incomplete[kept]
        complete = kept[~opened]
        self.rows[0] += len(kept)
        self.rows[1] += len(kept) - len(complete)
        reached = scores.level.low[complete]
        by_level = np.bincount(reached + 1, minlength=len(self.levels))
        for name, count in zip(self.levels, by_level.tolist(), strict=True):
            self.levels[name] += count
        total = scores.score.low[complete]
        self.scores["score"].add(total[total != ABSENT])
        for name, histogram in self.scores.items():
            if name != "score":
                bounds = scores.nodes[name]
                values = bounds.low[complete]
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
        bins = (total + HUNDREDTH // 2) // HUNDREDTH
        order = np.argsort(settled.astype(np.int16), kind="stable")
        starts = np.searchsorted(settled[order], np.arange(len(names) + 1))
        for index in np.flatnonzero(everywhere).tolist():
            group = found.setdefault(names[index], Group([0], np.zeros(width, np.int64), Histogram.empty()))
            group.rows[0] += int(everywhere[index])
            group.levels.__iadd__(levels[index])
            here = order[starts[index] : starts[index + 1]]
            group.scores.counts.__iadd__(np.bincount(bins[here], minlength=BINS))
            group.scores.total[0] += int(total[here].sum())

    def _add_blocked(self, scores: Scores, complete: Codes, reached: Ints) -> None:
        model = self.edition.model
        for index, level in enumerate(model.levels):
            here = complete[reached == index - 1]
            if not here.size:
                continue
            self.rows[2] += len(here)
            _count(self.blocked, f"{level.id}.score", scores.score.low[here] < millionths(level.score))
            for gate in level.gates:
                unmet = ~scores.gates[gate.id].met_low[here]
                _count(self.blocked, gate.id, unmet)
                if isinstance(gate, CountGate) and unmet.any():
                    held = here[unmet]
                    for indicator in counted_by(gate, model):
                        grades = scores.grades[indicator.id].low[held]
                        _count(self.short, f"{gate.id}/{indicator.id}", grades < gate.grade)

    def _add_figures(self, judged: Judged, kept: Codes) -> None:
        for item, _ in self.edition.compared:
            question = self.edition.questions[str(item.metric)]
            column = judged.columns[question.id][kept]
            known = (column.state == ANSWERED) & (column.band == NO_BAND)
            values = column.value[known]
            if question.kind == "yes_no":
                better = int(values.sum())
                found = Beside(len(values), better, better)
            else:
                figure = millionths(item.value)
                down = question.metric is not None and question.metric.better == "down"
                better = int(np.count_nonzero(values < figure if down else values > figure))
                found = Beside(len(values), better, int(values.sum()))
            self.figures[item.id] = self.figures.get(item.id, Beside(0, 0, 0)) + found

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
                if name in mine_groups:
                    mine_groups[name].merge(group)
                else:
                    mine_groups[name] = group
        for name, beside in other.figures.items():
            self.figures[name] = self.figures.get(name, Beside(0, 0, 0)) + beside

    def shortfalls(self) -> Iterator[tuple[str, int]]:
        """Indicators that keep enterprises below the next level, with how many; most first."""
        by_indicator: dict[str, int] = {}
        for name, count in self.short.items():
            indicator = name.split("/", 1)[1]
            by_indicator[indicator] = max(by_indicator.get(indicator, 0), 0) + count
        yield from sorted(by_indicator.items(), key=lambda pair: (-pair[1], pair[0]))


class Group(NamedTuple):
    """Results of one industry, province or size band."""

    rows: list[int]
    levels: npt.NDArray[np.int64]
    scores: Histogram

    def merge(self, other: Group) -> None:
        self.rows[0] += other.rows[0]
        self.levels.__iadd__(other.levels)
        self.scores.merge(other.scores)


def _count(counts: dict[str, int], name: str, flags: Flags) -> None:
    number = int(np.count_nonzero(flags))
    if number:
        counts[name] = counts.get(name, 0) + number
