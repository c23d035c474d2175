"""A model as a readable table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bamai.assessing import source_counts
from bamai.assessment import plain_decimal
from bamai.catalog import Edition
from bamai.model import Dimension, Group, Indicator
from bamai.report.profile import profile_note
from bamai.texts import Lang, t
from bamai.wording import gate_words


def print_model(console: Console, edition: Edition, lang: Lang) -> None:
    """Levels with their gates, then every dimension, group and indicator with weight and source."""
    model = edition.model

    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style))

    line(f"{model.title[lang]}  ({edition.ref})", "bold")
    if edition.applied is not None:
        line(f"! {profile_note(edition.applied, edition.ref, lang)}", "yellow")
    line(model.summary[lang])
    if model.disclaimer is not None:
        line(f"! {model.disclaimer[lang]}", "yellow")
    line("\n" + t("model.levels", lang), "bold")
    for level in model.levels:
        conditions = [t("model.score_from", lang, score=plain_decimal(level.score))] if model.scored else []
        conditions += [gate_words(edition, gate, lang) for gate in level.gates]
        line(f"{level.id} {level.title[lang]}{t('colon', lang)}{t('list_semicolon', lang).join(conditions)}"
             + t("paren", lang, text=_origin(edition, level.id, lang)))  # fmt: skip
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="bold")
    table.add_column(t("table.indicator", lang), ratio=3)
    table.add_column(t("table.weight", lang), justify="right")
    table.add_column(t("table.question", lang), overflow="fold")
    table.add_column(t("table.scoring", lang))
    table.add_column(t("table.status", lang), ratio=1)

    def weight(node: Dimension | Group | Indicator) -> str:
        return "" if node.weight is None else f"{plain_decimal(node.weight)} %"

    def row(indicator: Indicator, indent: str) -> None:
        question = edition.questions[indicator.scoring.question]
        star = " *" if indicator.tags else ""
        table.add_row(
            f"{indent}{indicator.title[lang]}{star}", weight(indicator), f"{question.code or ''} {question.id}".strip(),
            t(f"scoring.{indicator.scoring.kind}", lang), Text(_origin(edition, indicator.id, lang), "dim"),
        )  # fmt: skip

    for dimension in model.dimensions:
        note = "" if dimension.scored else t("model.unscored", lang)
        table.add_row(Text(dimension.title[lang] + note, "bold"), weight(dimension), "", "", "")
        for group in dimension.groups:
            table.add_row(f"  {group.title[lang]}", weight(group), "", "", "")
            for indicator in group.indicators:
                row(indicator, "    ")
        for indicator in dimension.indicators:
            row(indicator, "  ")
    console.print()
    console.print(table)
    for tag in model.tags:
        line(f"* {tag.title[lang]}", "dim")
    counts = source_counts(edition)
    line("\n" + t("method.counts", lang, **counts))
    for source in model.sources:
        address = f"  {source.address}" if source.address else ""
        line(f"- {source.title[lang]}{t('paren', lang, text=t(f'seen.{source.seen}', lang))}{address}", "dim")
    if model.open_points:
        line("\n" + t("model.open_points", lang), "bold")
        for point in model.open_points:
            line(f"- {point[lang]}")
    line("\n" + t("method.digest", lang) + t("colon", lang) + edition.digest, "dim")


def _origin(edition: Edition, rule: str, lang: Lang) -> str:
    origin = edition.origins[rule]
    return f"{t(f'status.{origin.status}', lang)}, {t(f'seen.{origin.seen}', lang)}"
