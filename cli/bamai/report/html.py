"""Any report as one HTML file: no script, nothing fetched, light and dark, for screens of any width and for paper."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from bamai.report import content as c
from bamai.report import svg
from bamai.report.appearance import CORE, DARK, FINDING, LIGHT, MET, STATE, WARNING, Palette, gap_look, heat_step
from bamai.report.markup import Child, add, el, html
from bamai.texts import Lang, t


def _variables(palette: Palette) -> str:
    pairs = [(name.replace("_", "-"), value) for name, value in palette._asdict().items() if isinstance(value, str)]
    pairs += [(f"heat-{n}", colour) for n, colour in enumerate(palette.heat)]
    pairs += [(f"heat-ink-{n}", colour) for n, colour in enumerate(palette.heat_ink)]
    return ";".join(f"--{name}:{value}" for name, value in pairs)


def _style() -> str:
    heat = "".join(f".h{n}{{background:var(--heat-{n});color:var(--heat-ink-{n})}}" for n in range(5))
    themes = (
        f":root{{color-scheme:light dark;{_variables(LIGHT)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    )
    written = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    rules = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)).strip()
    return f"{themes}\n:root{{--fonts:{svg.FONTS}}}{rules}{heat}\n"


def page(blocks: Iterable[c.Block], lang: Lang) -> str:
    """*blocks* as a page; a leading heading is its title where there is no header."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    skin = _Skin(lang)
    title, head, sections = skin.parts(blocks)
    page_ = el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=policy),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="referrer", content="no-referrer"),
            el("title", title),
        ),
        el("body", head, skin.contents(sections), el("main", *(section.element for section in sections)), "\n"),
        lang="zh-CN" if lang == "zh" else "en",
    )
    # the style is ours and goes in as it is: the policy names it by its digest
    return "<!DOCTYPE html>\n" + html(page_).replace("</head>", f"<style>{style}</style></head>", 1) + "\n"


class _Section(NamedTuple):
    title: str
    id: str
    element: Element


class _Skin:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.counter = 0

    def word(self, key: str, /, **params: object) -> str:
        return t(key, self.lang, **params)

    # ── the page ─────────────────────────────────────────────────────────────────────────────────

    def parts(self, blocks: Iterable[c.Block]) -> tuple[str, Element, list[_Section]]:
        """Title, header, and a section for every heading and for every table that stands alone."""
        head = el("header")
        title = ""
        sections: list[_Section] = []
        into = head
        for block in blocks:
            if isinstance(block, c.Header):
                title = f"{block.name} · {block.title}"
            elif isinstance(block, c.Heading) and not title:
                title = block.text
                add(head, el("h1", block.text), el("p", block.note, class_="facts") if block.note else None)
                continue
            elif isinstance(block, c.Heading):
                into = self._section(block.text, block.note, sections)
                continue
            elif isinstance(block, c.Table) and not block.within:
                into = self._section(block.title, "", sections)
            if isinstance(block, c.Findings):
                into.set("class", "half")
            add(into, *self.draw(block))
        return title, head, sections

    def _section(self, title: str, note: str, sections: list[_Section]) -> Element:
        name = f"s{len(sections) + 1}"
        heading = el("h2", title, id=name)
        element = el("section", heading, el("p", note, class_="note") if note else None, aria_labelledby=name)
        sections.append(_Section(title, name, element))
        return element

    def contents(self, sections: list[_Section]) -> Element | None:
        if len(sections) < 3:
            return None
        items = (el("li", el("a", section.title, href=f"#{section.id}")) for section in sections)
        return el("nav", el("ul", *items), aria_label=self.word("report.contents"))

    def _name(self) -> str:
        self.counter += 1
        return f"c{self.counter}"

    def _sign(self, sign: str, tone: str, word: str = "") -> Element:
        """A sign for the eye with its word for the ear."""
        shown = el("span", sign, class_=f"sign {tone}", aria_hidden="true")
        return el("span", shown, el("span", word, class_="hidden") if word else None)

    def _table(self, caption: Child, heads: Iterable[Element], rows: Iterable[Element], class_: str = "") -> Element:
        head = el("thead", el("tr", *heads))
        if not isinstance(caption, Element):
            return el("table", el("caption", caption, class_="hidden"), head, el("tbody", *rows), class_=class_ or None)
        return el("table", el("caption", caption), head, el("tbody", *rows), class_=class_ or None)

    def _head(self, key: str, class_: str | None = None) -> Element:
        return el("th", self.word(key), scope="col", class_=class_)

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────

    @singledispatchmethod
    def draw(self, block: c.Block) -> Iterator[Element]:
        raise TypeError(type(block))

    @draw.register
    def _(self, block: c.Header) -> Iterator[Element]:
        yield el("p", block.title, class_="kind")
        yield el("h1", block.name)
        yield el("p", " · ".join(block.facts), class_="facts")
        settled = block.low == block.high
        badge = [el("b", block.badge)]
        badge += [el("span", block.level_title)] if block.level_title != block.badge else []
        figures = el("div", el("p", block.score, class_="score"), el("p", block.distance))
        ladder = svg.ladder(block, svg.THEMED, self.lang, name=self._name())
        yield el("div", el("p", *badge, class_="badge" if settled else "badge open"), figures, ladder, class_="verdict")

    @draw.register
    def _(self, block: c.Sentence) -> Iterator[Element]:
        if block.tone == "warning":
            yield el("p", self._sign(WARNING.sign, WARNING.tone, self.word("report.warning")), block.text,
                     class_="warning")  # fmt: skip
        else:
            yield el("p", block.text, class_="lead")

    @draw.register
    def _(self, block: c.Conditions) -> Iterator[Element]:
        heads = [
            self._head("table.condition"),
            *(self._head(f"table.{key}", "n") for key in ("needs", "has", "missing")),
        ]
        rows = []
        for row in block.rows:
            look = MET[row.met]
            words = {True: "met.yes", False: "met.no", None: "met.open"}
            detail = el("p", row.detail, class_="note") if row.detail else None
            name = el(
                "th", self._sign(look.sign, look.tone, self.word(words[row.met]) + " "), row.text, detail, scope="row"
            )
            cells = [self._cell(row.needs, "table.needs"), self._cell(row.has, "table.has")]
            rows.append(el("tr", name, *cells, self._cell(row.missing or "–", "table.missing", look.tone)))
        yield self._table(self.word("table.condition"), heads, rows, "stack")

    def _cell(self, text: str, head: str, tone: str = "") -> Element:
        return el("td", text, class_=f"n {tone}".rstrip(), data_head=self.word(head))

    @draw.register
    def _(self, block: c.Bars) -> Iterator[Element]:
        radar = svg.radar(block, svg.THEMED, self.lang, name=self._name())
        extra = any(row.extra for row in block.rows)
        rows = []
        for row in block.rows:
            cells = [el("th", row.label, scope="row"), el("td", svg.bar(row.low, row.high, svg.THEMED), class_="chart")]
            cells.append(el("td", el("b", row.value), class_="n"))
            cells += [el("td", row.extra, class_="n extra")] if extra else []
            rows.append(el("tr", *cells))
        heads = [self._head("table.dimension"), el("td"), self._head("table.score", "n")]
        heads += [self._head("table.points", "n extra")] if extra else []
        table = self._table(self.word("report.dimensions"), heads, rows)
        figure = el("figure", radar) if radar is not None else None
        yield el("div", figure, table, class_="split" if radar is not None else "split one")

    @draw.register
    def _(self, block: c.Grades) -> Iterator[Element]:
        groups = []
        for title, grades in block.rows:
            tiles = []
            for grade in grades:
                star = self._sign(CORE.sign, "") if grade.core else None
                figure = el("b", grade.text, class_=None if grade.text.isdigit() else "word")
                tiles.append(el("li", el("span", grade.title, " ", star), figure, class_=f"h{heat_step(grade.share)}"))
            groups.append(el("li", el("h3", title), el("ul", *tiles, class_="tiles")))
        yield el("ul", *groups, class_="groups")

    @draw.register
    def _(self, block: c.ComparedTable) -> Iterator[Element]:
        items = []
        for row in block.rows:
            look = gap_look(row.gap, row.good)
            notes = [row.scope, row.dated, row.note, row.caution]
            figures = el(
                "div",
                el("span", el("span", self.word(block.ours), class_="small"), el("b", row.ours)),
                el("span", el("span", self.word("table.theirs"), class_="small"), el("b", row.theirs)),
                el("span", f"{look.sign} {row.gap}".strip(), class_=f"gap {look.tone}"),
                class_="figures",
            )
            chart = el("div", svg.bullet(row, svg.THEMED) if row.figure is not None else None, class_="chart")
            scope = el("p", self.word("list_semicolon").join(note for note in notes if note), class_="scope")
            items.append(el("li", el("b", f"{row.number} {row.title}"), chart, figures, scope))
        for title in block.missing:
            chart = el("div", svg.bullet(None, svg.THEMED), class_="chart")
            items.append(el("li", el("b", title), chart, el("span", self.word("chart.no_answer"), class_="soft")))
        legend = (("■", "accent", block.ours), ("┃", "mark", "table.theirs"))
        keys = (el("span", el("span", sign, class_=tone, aria_hidden="true"), f" {self.word(key)} ")
                for sign, tone, key in legend)  # fmt: skip
        yield el("p", *keys, class_="note legend")
        yield el("ol", *items, class_="bullets")
        yield el("div", *(el("p", note) for note in block.notes), class_="notes")

    @draw.register
    def _(self, block: c.Findings) -> Iterator[Element]:
        items = []
        for row in block.rows:
            look = FINDING[row.sign]
            sign = el("span", look.sign, class_=f"sign {look.tone}", aria_hidden="true")
            items.append(el("li", sign, el("b", row.title), el("span", row.text), el("span", row.label, class_="note")))
        yield el("ul", *items, class_="findings")

    @draw.register
    def _(self, block: c.Lines) -> Iterator[Element]:
        pairs = [item for name, value in block.rows for item in (el("dt", name), el("dd", value))]
        yield el("dl", *pairs, class_="small" if block.small else None)

    @draw.register
    def _(self, block: c.Table) -> Iterator[Element]:
        heads = [el("th", head, scope="col", class_="n" if n in block.right else None)
                 for n, head in enumerate(block.heads)]  # fmt: skip
        rows = [
            el("tr", el("th", row[0], scope="row"), *(
                el("td", cell, class_="n wrap" if n in block.right else None, data_head=block.heads[n])
                for n, cell in enumerate(row[1:], 1)))
            for row in block.rows
        ]  # fmt: skip
        caption = el("h3", block.title) if block.within else block.title
        table = self._table(caption, heads, rows, "steps stack" if block.within else "")
        # many plants side by side are wider than a phone: then this part scrolls, with the keyboard too
        wide = len(block.heads) > 4
        yield el("div", table, class_="scroll", tabindex="0", role="region", aria_label=block.title) if wide else table

    @draw.register
    def _(self, block: c.AllAnswers) -> Iterator[Element]:
        for title, answers in block.sections:
            rows = []
            for row in answers:
                look = STATE[row.state]
                told = [el("p", row.text)]
                if row.mark:
                    told.append(el("p", self._sign(look.sign, look.tone), row.mark, class_=f"told {look.tone}"))
                if row.answer:
                    told.append(el("p", row.answer, class_="soft" if row.mark else "told"))
                for key, value in (("note", row.note), ("evidence", self.word("list_semicolon").join(row.evidence))):
                    if value:
                        text = f"{self.word(f'answers.{key}')}{self.word('colon')}{value}"
                        told.append(el("p", text, class_="small"))
                worth = el("span", row.worth, class_="worth") if row.worth else None
                rows.append(el("li", el("span", row.label, class_="small"), el("div", *told), worth))
            yield el("h3", title)
            yield el("ol", *rows, class_="answers")
