"""Charts as SVG, of the blocks' exact numbers. Each stands alone; texts and figures are drawn as well as shapes.

With :data:`THEMED` colours are custom properties of the page around; with a palette of `appearance` they are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import cos, pi, sin
from typing import Literal
from xml.etree.ElementTree import Element

from rich.cells import cell_len

from bamai.assessment import plain_decimal
from bamai.lines import lines
from bamai.report import content as c
from bamai.report.appearance import Palette, gap_look
from bamai.report.markup import add, el, xml
from bamai.texts import Lang, t

FONTS = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Hiragino Sans GB', "
    "'Microsoft YaHei', 'Segoe UI', system-ui, sans-serif"
)

THEMED = Palette(
    **{name: f"var(--{name.replace('_', '-')})" for name in Palette._fields if not name.startswith("heat")},
    heat=tuple(f"var(--heat-{n})" for n in range(5)),
    heat_ink=tuple(f"var(--heat-ink-{n})" for n in range(5)),
)  # fmt: skip

Anchor = Literal["start", "middle", "end"]
LEAST_AXES = 3
"""A radar with fewer axes has no area."""


def standalone(svg: Element) -> str:
    """*svg* as a file of its own."""
    return xml(svg)


def _svg(width: float, height: float, title: str, description: str, *, name: str) -> Element:
    """*name* tells the charts of one page apart."""
    labels = f"{name}-title {name}-text"
    return el(
        "svg",
        el("title", title, id=f"{name}-title"),
        el("desc", description, id=f"{name}-text"),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_n(width)} {_n(height)}", width=_n(width),
        height=_n(height), role="img", aria_labelledby=labels, font_family=FONTS,
    )  # fmt: skip


def _n(value: float | Decimal) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(
    x: float, y: float, text: str, fill: str, size: float = 12, anchor: Anchor = "start", *, bold: bool = False
) -> Element:
    weight = "700" if bold else None
    return el("text", text, x=_n(x), y=_n(y), fill=fill, font_size=_n(size), text_anchor=anchor, font_weight=weight)


def _box(x: float, y: float, width: float, height: float, fill: str, radius: float = 2, **more: str) -> Element:
    return el("rect", x=_n(x), y=_n(y), width=_n(max(0, width)), height=_n(height), rx=_n(radius), fill=fill, **more)


def _wrapped(text: str, cells: int, most: int) -> list[str]:
    """*text* on lines of at most *cells* columns; what does not fit into *most* lines ends in an ellipsis."""
    found = [text[start:end].strip() for start, end in lines(text, cells)]
    if len(found) > most:
        found = found[:most]
        last = found[-1]
        while last and cell_len(last) >= cells:
            last = last[:-1]
        found[-1] = f"{last}…"
    return found


def _listed(pairs: Sequence[tuple[str, str]], lang: Lang) -> str:
    return t("list_semicolon", lang).join(f"{name}{t('colon', lang)}{value}" for name, value in pairs)


# ── radar ────────────────────────────────────────────────────────────────────────────────────────────


def radar(bars: c.Bars, palette: Palette, lang: Lang, *, name: str = "radar") -> Element | None:
    """Scores by dimension, 0 to 100; a dashed line around what open answers can still bring.

    None for fewer than three dimensions. One that is not applicable keeps its axis and has no corner.
    """
    rows = bars.rows
    if len(rows) < LEAST_AXES:
        return None
    width, radius = 420.0, 108.0
    labels = [_wrapped(row.label, 14, 3) for row in rows]
    tallest = max(len(label) for label in labels)
    angles = [2 * pi * n / len(rows) - pi / 2 for n in range(len(rows))]
    room = 14.0 * tallest + 22
    middle = (width / 2, radius + room)
    height = middle[1] + radius * max(sin(angle) for angle in angles) + room

    def at(angle: float, share: float) -> tuple[float, float]:
        return middle[0] + radius * share * cos(angle), middle[1] + radius * share * sin(angle)

    def polygon(shares: Sequence[tuple[float, float]], **style: str) -> Element:
        points = (",".join(map(_n, at(angle, share))) for angle, share in shares)
        return el("polygon", points=" ".join(points), **style)

    title = t("chart.radar", lang)
    svg = _svg(width, height, title, _listed([(row.label, row.value) for row in rows], lang), name=name)
    for ring in (0.2, 0.4, 0.6, 0.8, 1.0):
        grid = polygon([(angle, ring) for angle in angles], fill="none", stroke=palette.line, stroke_width="1")
        add(svg, grid)
    for angle in angles:
        x, y = at(angle, 1)
        add(svg, el("line", x1=_n(middle[0]), y1=_n(middle[1]), x2=_n(x), y2=_n(y), stroke=palette.line))
    known = [(a, float(row.low) / 100, float(row.high) / 100) for a, row in zip(angles, rows, strict=True)
             if row.low is not None and row.high is not None]  # fmt: skip
    if any(low != high for _, low, high in known):
        add(svg, polygon([(angle, high) for angle, _, high in known], fill=palette.warn_panel, stroke=palette.warn,
                         stroke_width="1.5", stroke_dasharray="5 3"))  # fmt: skip
    add(svg, polygon([(angle, low) for angle, low, _ in known], fill=palette.accent, fill_opacity="0.22",
                     stroke=palette.accent, stroke_width="2", stroke_linejoin="round"))  # fmt: skip
    for angle, low, _ in known:
        x, y = at(angle, low)
        add(svg, el("circle", cx=_n(x), cy=_n(y), r="3.5", fill=palette.accent))
    for ring in (20, 40, 60, 80, 100):
        add(svg, _text(middle[0] + 4, middle[1] - radius * ring / 100 + 4, str(ring), palette.soft, 9))
    for angle, row, label in zip(angles, rows, labels, strict=True):
        x, y = at(angle, 1)
        side: Anchor = "middle" if abs(cos(angle)) < 0.2 else "start" if cos(angle) > 0 else "end"
        x += {"middle": 0, "start": 8, "end": -8}[side]
        # the block of name and value stands outside its corner, above or below or beside it
        block = 14 * len(label) + 14
        first = y - block + 4 if sin(angle) < -0.9 else y + 17 if sin(angle) > 0.9 else y - block / 2 + 12
        for n, part in enumerate(label):
            add(svg, _text(x, first + 14 * n, part, palette.ink, 12, side, bold=True))
        add(svg, _text(x, first + 14 * len(label), row.value, palette.soft, 12, side))
    return svg


# ── levels ───────────────────────────────────────────────────────────────────────────────────────────


def ladder(header: c.Header, palette: Palette, lang: Lang, *, name: str = "ladder") -> Element:
    """The levels, the one reached filled; below them the score from 0 to 100 with what each level asks."""
    width, gap = 380.0, 5.0
    step = (width + gap) / len(header.rungs)
    short = all(cell_len(rung.title) <= (step - gap) / 6 for rung in header.rungs)
    tall = 40.0 if short else 26.0
    told = [(header.badge, header.level_title)]
    told += [(t("report.total_score", lang), header.score)] if header.score else []
    told += [(rung.title, t("chart.from", lang, score=plain_decimal(rung.threshold)))
             for rung in header.rungs if rung.threshold is not None]  # fmt: skip
    scored = header.low is not None and header.high is not None
    svg = _svg(width, tall + (52 if scored else 2), t("chart.ladder" if scored else "chart.levels", lang),
               _listed(told, lang), name=name)  # fmt: skip
    for n, rung in enumerate(header.rungs):
        x, middle = n * step, n * step + (step - gap) / 2
        fill = palette.accent if rung.current else palette.panel
        dashed = {"stroke": palette.warn, "stroke_dasharray": "4 3"} if rung.possible else {}
        plain = {} if rung.current else {"stroke": palette.line}
        add(svg, _box(x + 1, 1, step - gap - 2, tall - 2, fill, 5, **{**plain, **dashed}))
        ink = palette.on_accent if rung.current else palette.ink if rung.possible else palette.soft
        add(svg, _text(middle, 18, rung.label, ink, 13, "middle", bold=rung.current or rung.possible))
        if short and rung.title != rung.label:
            add(svg, _text(middle, 33, rung.title, ink, 11, "middle"))
    if header.low is None or header.high is None:
        return svg
    y = tall + 16
    scale = (width - 16) / 100

    def at(score: Decimal | int) -> float:
        return 8 + float(score) * scale

    add(svg, _box(at(0), y, at(100) - at(0), 8, palette.panel, 4, stroke=palette.line))
    if header.low == header.high:
        add(svg, _box(at(0), y, at(header.low) - at(0), 8, palette.accent, 4))
    else:
        add(svg, _box(at(header.low), y, at(header.high) - at(header.low), 8, palette.warn_panel, 4,
                      stroke=palette.warn, stroke_dasharray="4 3"))  # fmt: skip
    for rung in header.rungs:
        if rung.threshold is not None:
            x = at(rung.threshold)
            add(svg, el("line", x1=_n(x), y1=_n(y - 4), x2=_n(x), y2=_n(y + 12), stroke=palette.mark, stroke_width="2"))
            label = f"{rung.label} {plain_decimal(rung.threshold)}"
            side: Anchor = "end" if rung.threshold > 92 else "start" if rung.threshold < 8 else "middle"
            add(svg, _text(x, y + 27, label, palette.soft, 11, side))
    return svg


# ── bars ─────────────────────────────────────────────────────────────────────────────────────────────


def bar(low: Decimal | None, high: Decimal | None, palette: Palette) -> Element:
    """One score from 0 to 100, without words: for a row that has them."""
    svg = _track(10, palette)
    if low is not None and high is not None:
        if high > low:
            add(svg, _stretch(0.5, 9, high, palette.warn_panel, stroke=palette.warn, stroke_dasharray="4 3"))
        add(svg, _stretch(0, 10, low, palette.accent))
    return svg


def bullet(row: c.Compared | None, palette: Palette) -> Element:
    """Our figure as a bar, the published one as a mark across it, without words; None: nothing to compare."""
    if row is None or row.figure is None:
        return _track(16, palette, empty=True)
    svg = _track(16, palette)
    if row.own is not None:
        add(svg, _stretch(3, 10, row.own, palette.accent))
    x = f"{_n(_percent(row.figure))}%"
    return add(svg, el("line", x1=x, y1="0", x2=x, y2="16", stroke=palette.mark, stroke_width="3"))


def _track(height: int, palette: Palette, *, empty: bool = False) -> Element:
    """A scale from 0 to 100 as wide as its place; lengths on it are percentages, so that nothing is distorted."""
    inner, y = min(10, height), (height - 10) / 2
    svg = el("svg", height=height, width="100%", aria_hidden="true", focusable="false",
             xmlns="http://www.w3.org/2000/svg")  # fmt: skip
    style = {"stroke": palette.line, "stroke-dasharray": "4 3"} if empty else {}
    fill = "none" if empty else palette.panel
    return add(svg, el("rect", y=_n(y), width="100%", height=inner, rx=3, fill=fill, **style))


def _stretch(y: float, height: int, value: Decimal, fill: str, **more: str) -> Element:
    return el("rect", y=_n(y), width=f"{_n(_percent(value))}%", height=height, rx=3, fill=fill, **more)


def _percent(value: Decimal) -> Decimal:
    return min(Decimal(100), max(Decimal(0), value))


def bullets(table: c.ComparedTable, palette: Palette, lang: Lang, *, name: str = "bullets") -> Element:
    """Every figure as a row: name, scope and date, both numbers, how they differ; what has no answer says so."""
    width, left, chart = 720.0, 270.0, 220.0
    told = [(row.title, f"{row.ours} / {row.theirs} / {row.gap}") for row in table.rows]
    body: list[Element] = []
    y = 0.0
    for row in table.rows:
        names = _wrapped(f"{row.number} {row.title}", 40, 2)
        scope = _wrapped(f"{row.scope} · {row.as_of}", 48, 3)
        for n, part in enumerate(names):
            body.append(_text(0, y + 14 + 16 * n, part, palette.ink, 12.5, bold=True))
        below = y + 14 + 16 * len(names)
        for n, part in enumerate(scope):
            body.append(_text(0, below + 13 * n, part, palette.soft, 10.5))
        if row.figure is not None:
            inner = bullet(row, palette)
            for key in ("aria-hidden", "focusable"):
                inner.attrib.pop(key)
            for key, value in (("x", left), ("y", y + 4), ("width", chart), ("height", 16.0)):
                inner.set(key, _n(value))
            body.append(inner)
        look = gap_look(row.gap, row.good)
        right = left + chart + 14
        body.append(_text(right, y + 16, f"{row.ours} | {row.theirs}", palette.ink, 12.5, bold=True))
        body.append(_text(right, y + 32, f"{look.sign} {row.gap}".strip(), palette.tone(look.tone), 11.5))
        y = max(below + 13 * len(scope), y + 40) + 8
    for title in table.missing:
        body.append(_text(0, y + 14, _wrapped(title, 42, 1)[0], palette.soft, 12.5))
        body.append(_box(left, y + 4, chart, 12, "none", 3, stroke=palette.line, stroke_dasharray="4 3"))
        body.append(_text(left + 8, y + 14, t("chart.no_answer", lang), palette.soft, 10.5))
        y += 28
    svg = _svg(width, max(y, 1), t("chart.bullets", lang), _listed(told, lang), name=name)
    return add(svg, *body)
