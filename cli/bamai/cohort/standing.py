"""Where one result stands among comparable enterprises."""

from __future__ import annotations

from decimal import Decimal

from bamai.assessment import Assessment, Rank, Standing
from bamai.cohort.complete import AXES, SCORE, Cohort
from bamai.cohort.distribution import HUNDREDTH, PERCENTILES, Distribution
from bamai.cohort.published import Margin, Points, Published, margin
from bamai.errors import InputError, Problem
from bamai.schema import MILLION, Text
from bamai.vocabulary import Vocabulary

COMPARABLE = 20
"""Fewer enterprises are none to be compared with: one of them would move a share by more than 5 %."""


def standing(result: Assessment, cohort: Cohort | Published, vocabulary: Vocabulary) -> Standing:
    """Where *result* stands in *cohort*.

    It is compared with enterprises of its industry, province and size. While these are fewer than
    :data:`COMPARABLE`, or too few for a published percentile, size is left out, then province, then industry; what the
    enterprise does not say, or the vocabulary does not know, is left out from the start. An incomplete result has no
    place.

    Raises:
        InputError: the cohort was scored by other rules, or its sizes begin elsewhere.
    """
    if (cohort.model, cohort.digest) != (result.model, result.digest):
        params = {"found": f"{cohort.model} {cohort.digest}", "allowed": f"{result.model} {result.digest}"}
        raise InputError(Problem("cohort_digest", params))
    sizes = {size.id: size.from_ for size in vocabulary.file.sizes.entries}
    if sizes != cohort.shape.sizes:
        raise InputError(Problem("cohort_other_sizes"))
    who = result.enterprise
    own = (
        vocabulary.industry(who.industry or ""), vocabulary.province(who.province or ""),
        vocabulary.size(who.employees or ""),
    )  # fmt: skip
    key: Margin = own
    dropped = [axis for axis, part in zip(AXES, own, strict=True) if part is None]
    widened: list[str] = []
    enterprises, ranks = _ranked(result, cohort, key)
    complete = result.range is None
    for axis in (2, 1, 0):
        if enterprises >= COMPARABLE and (SCORE in ranks or not complete):
            break
        if key[axis] is not None:
            widened.append(AXES[axis])
            key = (None if axis == 0 else key[0], None if axis <= 1 else key[1], None)
            enterprises, ranks = _ranked(result, cohort, key)
    if enterprises < COMPARABLE:
        ranks = {}
    cell = {axis: (part, _title(vocabulary, axis, part)) for axis, part in zip(AXES, key, strict=True) if part}
    total = ranks.pop(SCORE, None)
    return Standing(cohort.created, isinstance(cohort, Published), cell, tuple(widened), tuple(dropped), enterprises,
                    total, ranks)  # fmt: skip


def _title(vocabulary: Vocabulary, axis: str, part: str) -> Text:
    return vocabulary.title(axis, part)  # type: ignore[arg-type]


def _ranked(result: Assessment, cohort: Cohort | Published, key: Margin) -> tuple[int, dict[str, Rank]]:
    """How many enterprises a cell has, and where the result's scores stand among them."""
    scores = {SCORE: result.score} | {d.id: d.score for d in result.dimensions if d.scored}
    known = {name: _hundredths(score) for name, score in scores.items() if score is not None and result.range is None}
    if isinstance(cohort, Published):
        published = cohort.cells.get(key)
        if published is None:
            return 0, {}
        points = {name: found for name in known if (found := published.percentiles[name]) is not None}
        return published.enterprises, {name: _between(known[name], found) for name, found in points.items()}
    cell = margin(cohort, key)
    spread = {name: cell.values[name] for name in known}
    return cell.enterprises, {n: _among(known[n], s) for n, s in spread.items() if s.number >= COMPARABLE}


def _hundredths(score: Decimal) -> int:
    return (int(score * MILLION) + HUNDREDTH // 2) // HUNDREDTH


def _among(score: int, found: Distribution) -> Rank:
    below, number = found.below(score), found.number
    return Rank(Decimal(score).scaleb(-2), number, below, 100 * below // number, 100 * below // number)


def _between(score: int, points: Points) -> Rank:
    """At least *p* % have less than a score above the *p*-th percentile, fewer than *p* % less than one up to it."""
    known = [(p, point) for p, point in zip(PERCENTILES, points, strict=True) if point is not None]
    low = max((p for p, point in known if point < score), default=0)
    high = min((p for p, point in known if point >= score), default=100)
    return Rank(Decimal(score).scaleb(-2), None, None, low, high)
