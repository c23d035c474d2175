"""An answer in words: as it was understood, and what it brings by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from bamai.answers import (
    ANSWERED,
    NO_BAND,
    Answers,
    Entry,
    Judged,
    decimal_text,
)
from bamai.assessment import (
    STATES,
    State,
    both,
    decimal,
    needs_words,
    plain_decimal,
)
from bamai.catalog import Edition
from bamai.checks import branches
from bamai.model import (
    BandsScoring,
    ChecklistScoring,
    CountGate,
    Gate,
    Indicator,
    LinearScoring,
    MetricGate,
    ScoreGate,
    StagedScoring,
)
from bamai.questionnaire import NONE, NUMERIC, Question
from bamai.schema import Text, millionths
from bamai.scoring import Scores
from bamai.texts import LANGS, Lang, printable, t, with_minus


class Case(NamedTuple):
    """One enterprise while it is explained: ``answers`` as written, ``judged`` and ``scores`` of length one."""

    edition: Edition
    answers: Answers
    judged: Judged
    scores: Scores
    missing_lowest: bool


class Wording:
    """Tells the answers of one enterprise."""

    def __init__(self, case: Case) -> None:
        self.edition, self.answers, self.judged, self.scores, self.missing_lowest = case

    def reason(self, indicator: Indicator, question: Question, state: State) -> Text:
        """The answer as it was understood, and the points it brings by the rule file."""
        if state == "open":
            return both("reason.open_lowest" if self.missing_lowest else "reason.open")
        if state == "na":
            hidden = self.judged.hidden.get(question.id)
            return both("reason.hidden" if hidden is not None and hidden[0] else "reason.na")
        if state == "unknown":
            return both("reason.unknown")
        column = self.judged.columns[question.id]
        value, band = int(column.value[0]), int(column.band[0])
        scoring = indicator.scoring
        if isinstance(scoring, StagedScoring):
            if scoring.points is None:
                return both("reason.grade", grade=value, top=len(question.grades))
            params = {"grade": value, "points": str(scoring.points[value]), "out_of": str(scoring.out_of)}
            return both("reason.grade_points", **params)
        if isinstance(scoring, ChecklistScoring):
            options = zip(question.letters, question.option_ids, strict=True)
            ticked = [(letter, scoring.points[name]) for bit, (letter, name) in enumerate(options) if value >> bit & 1]
            total = min(sum((points for _, points in ticked), Decimal(0)), scoring.out_of)
            letters = "+".join(letter for letter, _ in ticked)
            return both("reason.ticked", letters=letters, points=plain_decimal(total), out_of=str(scoring.out_of))
        if isinstance(scoring, BandsScoring):
            if band == NO_BAND:
                band, told = band_index(scoring, value), quantity(decimal_text(value), question)
            else:
                told = Text(zh=question.letters[band], en=question.letters[band])
            points = str(scoring.bands[band].points)
            span = band_span(scoring, band)
            return both("reason.band", found=told, span=span, points=points, out_of=str(scoring.out_of))
        if question.kind in NUMERIC:
            result = decimal(self.scores.nodes[indicator.id].low[0])
            return both("reason.line", found=quantity(decimal_text(value), question), score=str(result))
        points = str(scoring.points[question.option_ids[value]])  # type: ignore[union-attr]
        if question.kind == "yes_no":
            letter, label = "", both(question.option_ids[value])
        else:
            letter, label = question.letters[value], question.options[value].label
        return both("reason.chosen", letter=letter, label=label, points=points, out_of=str(scoring.out_of))

    def now(self, question: Question) -> Text:
        state = STATES[int(self.judged.columns[question.id].state[0])]
        return self.told(question, brief=True) or both(f"mark.{state}")

    def told(self, question: Question, *, brief: bool = False) -> Text | None:
        """The answer as it was understood, of hidden questions too; a metric made of counts names these."""
        column = self.judged.columns[question.id]
        if column.state[0] != ANSWERED:
            column = self.judged.given[question.id]
        if column.state[0] != ANSWERED:
            return None
        value, band = int(column.value[0]), int(column.band[0])
        if question.kind == "text":
            text = self.answers.entries.get(question.id, Entry()).text
            told = printable(text if isinstance(text, str) else "|".join(text))
            return Text(zh=told, en=told) if told else None
        if question.kind == "grade":
            return both("told.grade", grade=value) if brief else self.told_grade(question, value)
        if question.kind == "multiple":
            chosen = [bit for bit in range(len(question.options)) if value >> bit & 1]
            if not brief:
                return several([option_text(question, bit) for bit in chosen])
            real = [bit for bit, name in enumerate(question.option_ids) if name != NONE]
            return both("told.ticked", count=sum(bit in real for bit in chosen), of=len(real))
        if question.kind not in NUMERIC or band != NO_BAND:
            return option_text(question, value if band == NO_BAND else band)
        number = quantity(decimal_text(value), question)
        metric = question.metric
        if brief or metric is None or metric.part is None or metric.whole is None:
            return number
        counts = [self.judged.columns[name] for name in (metric.part, metric.whole)]
        if any(count.state[0] != ANSWERED for count in counts):
            return number
        part, whole = (decimal_text(int(count.value[0])) for count in counts)
        return both("told.quotient", value=number, part=part, whole=whole)

    def told_grade(self, question: Question, grade: int) -> Text:
        if grade == 0:
            return both("told.grade", grade=0)
        return both("told.grade_text", grade=grade, text=question.grades[grade - 1])

    def worth(self, indicator: Indicator, question: Question) -> Text:
        """What the answer brings by one indicator, without the answer itself."""
        column = self.judged.columns[question.id]
        state = STATES[int(column.state[0])]
        scoring = indicator.scoring
        if state != "answered" or isinstance(scoring, StagedScoring):
            return self.reason(indicator, question, state)
        value, band = int(column.value[0]), int(column.band[0])
        score = decimal(self.scores.nodes[indicator.id].low[0])
        if isinstance(scoring, LinearScoring):
            return both("worth.line", score=str(score))
        if isinstance(scoring, BandsScoring):
            index = band if band != NO_BAND else band_index(scoring, value)
            span, worth = band_span(scoring, index), str(scoring.bands[index].points)
            return both("worth.band", span=span, points=worth, out_of=str(scoring.out_of))
        if isinstance(scoring, ChecklistScoring):
            ticked = (scoring.points[name] for bit, name in enumerate(question.option_ids) if value >> bit & 1)
            points = min(sum(ticked, Decimal(0)), scoring.out_of)
        else:
            points = scoring.points[question.option_ids[value]]
        return both("worth.points", points=plain_decimal(points), out_of=str(scoring.out_of))


def option_text(question: Question, index: int) -> Text:
    """An option by its letter and label."""
    if question.kind == "yes_no":
        return both(question.option_ids[index])
    return both("told.option", letter=question.letters[index], label=question.options[index].label)


def unit_of(question: Question) -> str:
    if question.kind == "percent":
        return "%"
    return question.unit.en if question.unit else ""


def quantity(number: str, question: Question) -> Text:
    """*number* with the unit of what the question asks for."""
    if question.kind == "percent" or question.unit is None:
        told = f"{with_minus(number)} {unit_of(question)}".rstrip()
        return Text(zh=told, en=told)
    number = with_minus(number)
    return Text(zh=f"{number} {question.unit.zh}", en=f"{number} {question.unit.en}")


def several(options: Sequence[Text]) -> Text:
    """Options in a row; labels have commas of their own."""
    zh, en = (t("list_semicolon", lang).join(option[lang] for option in options) for lang in LANGS)
    return Text(zh=zh, en=en)


def band_span(scoring: BandsScoring, index: int) -> str:
    """A band as an interval, (10, 20]; the least value belongs to the first and the greatest to the last."""
    start, end = scoring.bands[index].from_, scoring.bands[index].to
    left = "[" if start is not None and (scoring.closed == "left" or index == 0) else "("
    right = "]" if end is not None and (scoring.closed == "right" or index == len(scoring.bands) - 1) else ")"
    least, most = "-∞" if start is None else str(start), "+∞" if end is None else str(end)
    return with_minus(f"{left}{least}, {most}{right}")


def band_index(scoring: BandsScoring, value: int) -> int:
    """Which band holds *value* (millionths); for saying so, the score itself comes from `scoring`."""
    ends = [millionths(band.to) for band in scoring.bands[:-1] if band.to is not None]
    return sum(value > end if scoring.closed == "right" else value >= end for end in ends)


def gate_better(edition: Edition, gate: Gate) -> Literal["up", "down"]:
    """Whether a gate needs at least or at most what it names."""
    metric = edition.questions[gate.metric].metric if isinstance(gate, MetricGate) else None
    return metric.better if metric is not None else "up"


def gate_words(edition: Edition, gate: Gate, lang: Lang) -> str:
    """What a gate asks for, with the number."""
    return f"{gate_title(edition, gate)[lang]} {needs_words(Decimal(gate.needs), gate_better(edition, gate))}"


def gate_title(edition: Edition, gate: Gate) -> Text:
    """What a gate asks for, without the number."""
    model = edition.model
    titles = {node.id: node.title for d in model.dimensions for node in branches(d)}
    titles |= {indicator.id: indicator.title for indicator in edition.indicators.values()}
    match gate:
        case CountGate():
            tag = next((tag.title for tag in model.tags if tag.id == gate.tag), None)
            within = titles[gate.within] if gate.within else model.title
            if tag is None:
                return both("gate.count", grade=gate.grade, within=within)
            return both("gate.count_tag", grade=gate.grade, within=within, tag=tag)
        case ScoreGate():
            names = gate.nodes or tuple(d.id for d in model.dimensions if d.scored)
            key = "gate.score" if len(names) == 1 else "gate.each_score"
            return both(key, nodes=tuple(titles[name] for name in names))
        case MetricGate():
            scored = (i.title for i in edition.indicators.values() if i.scoring.question == gate.metric)
            return both("gate.metric", metric=next(scored, edition.questions[gate.metric].text))
