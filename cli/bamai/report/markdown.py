"""The report as Markdown (CommonMark with tables); text from clients is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bamai.report import content as c
from bamai.report.appearance import CORE, MET
from bamai.texts import Lang, t

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$=:@])")
_PLAIN = re.compile(r"(?<=\d)\\([.\-])(?=\d)")


def markdown(blocks: Iterable[c.Block], lang: Lang) -> str:
    """*blocks* as Markdown."""
    lines: list[str] = []
    for block in blocks:
        lines += [*_lines(block, lang), ""]
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """*text* so that no Markdown or HTML in it comes to life; on one line."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _PLAIN.sub(r"\1", escaped)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(heads: list[str], rows: list[list[str]], right: tuple[int, ...] = ()) -> list[str]:
    rule = ["---:" if i in right else "---" for i in range(len(heads))]
    return [_row(*map(escape, heads)), _row(*rule), *(_row(*map(escape, row)) for row in rows)]


def _lines(block: c.Block, lang: Lang) -> Iterator[str]:
    match block:
        case c.Header():
            yield f"# {escape(block.title)}"
            yield ""
            yield f"**{escape(block.name)}**"
            yield ""
            level = f"{escape(block.badge)} {escape(block.level_title)}"
            yield " · ".join((f"**{level}**", *(escape(part) for part in (block.score, block.distance) if part)))
            yield ""
            yield " – ".join(
                f"**{escape(f'[{rung.label}]')}**" if rung.current or rung.possible else escape(rung.label)
                for rung in block.rungs
            )
            yield ""
            yield " · ".join(escape(fact) for fact in block.facts)
        case c.Sentence():
            yield ("> " if block.tone == "warning" else "") + escape(block.text)
        case c.Heading():
            yield f"## {escape(block.text)}"
            if block.note:
                yield ""
                yield escape(block.note)
        case c.Conditions():
            heads = [
                "",
                t("table.condition", lang),
                t("table.needs", lang),
                t("table.has", lang),
                t("table.missing", lang),
            ]
            rows = [[MET[r.met].sign, r.text + (f" ({r.detail})" if r.detail else ""), r.needs, r.has, r.missing]
                    for r in block.rows]  # fmt: skip
            yield from _table(heads, rows, (2, 3, 4))
        case c.Bars():
            heads = [t("table.dimension", lang), t("table.score", lang), t("table.points", lang)]
            yield from _table(heads, [[r.label, r.value, r.extra] for r in block.rows], (1, 2))
        case c.Grades():
            heads = [t("table.group", lang), t("table.grades", lang)]
            rows = [[title, "  ".join(f"{g.title}{CORE.sign if g.core else ''} {g.text}" for g in grades)]
                    for title, grades in block.rows]  # fmt: skip
            yield from _table(heads, rows)
        case c.ComparedTable():
            keys = ("number", "metric", "ours", "theirs", "gap", "scope", "as_of")
            compared = [[r.number, r.title, r.ours, r.theirs, r.gap, r.scope, r.as_of]
                        for r in block.rows]  # fmt: skip
            if compared:
                names = {"ours": block.ours, "gap": block.gap}
                yield from _table([t(names.get(key, f"table.{key}"), lang) for key in keys], compared, (2, 3, 4))
            for r in block.rows:
                yield ""
                yield f"{r.number}. {escape(t('list_semicolon', lang).join(x for x in (r.note, r.caution) if x))}"
            for note in block.notes:
                yield ""
                yield escape(note)
        case c.Findings():
            for row in block.rows:
                yield f"- **{escape(row.title)}** {escape(row.text)} · {escape(row.label)}"
        case c.Lines():
            for name, value in block.rows:
                yield f"- {escape(name)}{t('colon', lang)}{escape(value)}"
        case c.Table():
            yield f"##{'#' if block.within else ''} {escape(block.title)}"
            yield ""
            yield from _table(list(block.heads), [list(row) for row in block.rows], block.right)
        case c.AllAnswers():
            yield from _answers(block, lang)


def _answers(block: c.AllAnswers, lang: Lang) -> Iterator[str]:
    for title, answers in block.sections:
        yield f"### {escape(title)}"
        yield ""
        for row in answers:
            yield f"- **{escape(row.label)}** {escape(row.text)}"
            for name, value in c.told_lines(row, lang):
                yield f"  - {escape(name)}{t('colon', lang)}{escape(value)}"
        yield ""
