"""The report as a PDF, set by Typst. Texts go in as data, so that none of them can be taken for markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from bamai.errors import Place, Problem, UsageError
from bamai.report import content as c
from bamai.report import svg
from bamai.report.appearance import CORE, FINDING, LIGHT, MET, STATE, gap_look, heat_step
from bamai.texts import Lang, on_paper, t

TEMPLATE = Path(__file__).with_name("report.typ")

CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "HarmonyOS Sans SC", "MiSans", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "SimSun",
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC",
)  # fmt: skip
"""Fonts with simplified Chinese, the best to read first."""

LONG_WORD = 14
"""Letters that stand side by side in a tile; a longer word is hyphenated."""

LATIN = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Libertinus Serif")


def pdf(blocks: Iterable[c.Block], lang: Lang, fonts: Sequence[Path] = ()) -> bytes:
    """*blocks* as a tagged PDF with embedded fonts.

    Args:
        fonts: font files, or folders of them, beside those of the system.
    Raises:
        UsageError: the extra is not installed, or there is no font with Chinese: Typst would leave empty boxes.
    """
    typst = typesetter()
    listed = list(blocks)
    family = font_families(typst, listed, fonts)
    data = _document(listed, lang, family)
    compiled: bytes = typst.compile(
        str(TEMPLATE), font_paths=[str(path) for path in _folders(fonts)], sys_inputs={"data": json.dumps(data)}
    )
    return compiled


def png(chart: str, families: Sequence[str], fonts: Sequence[Path] = (), *, dots: float = 200) -> bytes:
    """A chart as a picture, for documents that take no SVG.

    Args:
        chart: an SVG file's text.
        dots: per inch.
    """
    typst = typesetter()
    source = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.chart), format: "svg")'
    picture: bytes = typst.compile(
        source, format="png", ppi=dots, font_paths=[str(path) for path in _folders(fonts)],
        sys_inputs={"chart": in_fonts(chart, families)},
    )  # fmt: skip
    return picture


def typesetter() -> Any:
    """The Typst module.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import typst  # noqa: PLC0415  (an extra)
    except ImportError:
        raise UsageError(Problem("pdf_extra")) from None
    return typst


def font_families(typst: Any, blocks: Iterable[c.Block], fonts: Sequence[Path]) -> list[str]:
    """Fonts to set *blocks* in, the first that has the glyph being taken: those given, else Chinese ones.

    Raises:
        UsageError: there is Chinese to be set, and no font for it; or a font given is none.
    """
    for path in fonts:
        if not path.exists():
            raise UsageError(Problem("font_missing", {}, Place(str(path))))
    known = set(typst.Fonts(font_paths=[str(path) for path in _folders(fonts)]).families())
    given = sorted(known - set(typst.Fonts().families())) if fonts else []
    chinese = [name for name in CHINESE if name in known]
    if not given and not chinese and any(map(_is_chinese, _texts(list(blocks)))):
        raise UsageError(Problem("pdf_no_font", {"names": ", ".join(CHINESE[:5])}))
    return [*given, *chinese[:1], *(name for name in LATIN if name in known)]


def in_fonts(chart: str, families: Sequence[str]) -> str:
    """A chart with its texts in *families*."""
    return chart.replace(svg.FONTS, ", ".join(f"'{name}'" for name in families))


def _folders(fonts: Sequence[Path]) -> list[Path]:
    return [path if path.is_dir() else path.parent for path in fonts]


def _is_chinese(text: str) -> bool:
    return any("\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" for char in text)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)


# ── what the template needs ──────────────────────────────────────────────────────────────────────────


def _document(blocks: list[c.Block], lang: Lang, families: list[str]) -> dict[str, Any]:
    first = blocks[0]
    title, footer = (first.text, first.note) if isinstance(first, c.Heading) else ("", "")
    if isinstance(first, c.Header):
        title, footer = f"{first.name} – {first.title}", " · ".join(first.facts[:1])
    return {
        "title": on_paper(title),
        "author": "bamai",
        "footer": on_paper(footer or title),
        "lang": lang,
        "fonts": families,
        "palette": {name: value for name, value in LIGHT._asdict().items() if isinstance(value, str)},
        "words": {
            "colon": t("colon", lang),
            "note": t("answers.note", lang),
            "evidence": t("answers.evidence", lang),
            "core": CORE.sign,
        },
        "blocks": [_block(block, number, lang, families) for number, block in enumerate(blocks)],
    }


def _block(block: c.Block, number: int, lang: Lang, families: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": type(block).__name__, **_plain(block._asdict())}

    def chart(picture: Any) -> None:
        made["chart"] = in_fonts(svg.standalone(picture), families) if picture is not None else None
        made["alt"] = picture.findtext("title") if picture is not None else ""

    match block:
        case c.Header():
            chart(svg.ladder(block, LIGHT, lang))
        case c.Heading():
            made["first"] = number == 0
        case c.Conditions():
            made["heads"] = ["", *(t(f"table.{key}", lang) for key in ("condition", "needs", "has", "missing"))]
            for row, condition in zip(made["rows"], block.rows, strict=True):
                row["sign"], row["tone"] = MET[condition.met].sign, MET[condition.met].tone
        case c.Bars():
            made["heads"] = [t(f"table.{key}", lang) for key in ("dimension", "score", "points")]
            chart(svg.radar(block, LIGHT, lang))
        case c.Grades():
            for (_, row), (_, grades) in zip(made["rows"], block.rows, strict=True):
                for grade, known in zip(row, grades, strict=True):
                    step = heat_step(known.share)
                    grade["fill"], grade["ink"] = LIGHT.heat[step], LIGHT.heat_ink[step]
                    grade["word"] = not known.text.isdigit()
                    grade["long"] = any(len(word) > LONG_WORD for word in known.title.split())
        case c.ComparedTable():
            made["heads"] = [t("table.metric", lang), "", f"{t(block.ours, lang)} | {t('table.theirs', lang)}"]
            for row, figure in zip(made["rows"], block.rows, strict=True):
                look = gap_look(figure.gap, figure.good)
                row |= {"chart": svg.standalone(svg.bullet(figure, LIGHT)), "sign": look.sign, "tone": look.tone}
            semicolon = t("list_semicolon", lang)
            told = [f"{figure.number}: {semicolon.join(part for part in (figure.note, figure.caution) if part)}"
                    for figure in block.rows]  # fmt: skip
            made["notes"] = [*told, *block.notes]
        case c.Findings():
            for row in made["rows"]:
                look = FINDING[row["sign"]]
                row["sign"], row["tone"] = look.sign, look.tone
        case c.Table():
            made["columns"] = _columns(block)
        case c.AllAnswers():
            made["heads"] = [t(f"answers.{key}", lang) for key in ("label", "answer", "worth")]
            made["sections"] = [
                {"title": title, "rows": [_told(row, lang) for row in rows]} for title, rows in block.sections
            ]
    return made


def _told(row: c.Told, lang: Lang) -> dict[str, Any]:
    look = STATE[row.state]
    return {**row._asdict(), "evidence": t("list_semicolon", lang).join(row.evidence), "sign": look.sign,
            "tone": look.tone}  # fmt: skip


def _columns(table: c.Table) -> list[str]:
    """Figures as wide as they are; texts share what is left by the length of what is in them."""
    found = []
    for index, head in enumerate(table.heads):
        longest = max([len(head), *(len(row[index]) for row in table.rows)])
        found.append("auto" if index in table.right or longest <= 8 else str(min(longest, 40)))
    return found if any(width != "auto" for width in found) else ["1", *found[1:]]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return on_paper(value) if isinstance(value, str) else value
