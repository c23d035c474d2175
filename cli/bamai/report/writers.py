"""Which files results can be written to, by suffix: a new format is one line here. Each loads what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bamai.texts import Lang

if TYPE_CHECKING:
    from bamai.assessment import Assessment
    from bamai.report.content import Block

Document = Callable[["Iterable[Block]", Lang, Sequence[Path]], bytes]
"""Draws blocks as a whole file; the paths are fonts beside those of the system, for formats that embed them."""


def _markdown(blocks: Iterable[Block], lang: Lang, _: Sequence[Path]) -> bytes:
    from bamai.report.markdown import markdown  # noqa: PLC0415

    return markdown(blocks, lang).encode()


def _text(blocks: Iterable[Block], lang: Lang, _: Sequence[Path]) -> bytes:
    from bamai.report.terminal import text  # noqa: PLC0415

    return text(blocks, lang).encode()


def _html(blocks: Iterable[Block], lang: Lang, _: Sequence[Path]) -> bytes:
    from bamai.report.html import page  # noqa: PLC0415

    return page(blocks, lang).encode()


def _pdf(blocks: Iterable[Block], lang: Lang, fonts: Sequence[Path]) -> bytes:
    from bamai.report.pdf import pdf  # noqa: PLC0415

    return pdf(blocks, lang, fonts)


def _docx(blocks: Iterable[Block], lang: Lang, fonts: Sequence[Path]) -> bytes:
    from bamai.report.docx import docx  # noqa: PLC0415

    return docx(blocks, lang, fonts)


def _xlsx(blocks: Iterable[Block], lang: Lang, _: Sequence[Path]) -> bytes:
    from bamai.report.xlsx import xlsx  # noqa: PLC0415

    return xlsx(blocks, lang)


DOCUMENTS: Mapping[str, Document] = {
    ".md": _markdown,
    ".txt": _text,
    ".html": _html,
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
}
SUFFIXES = (".json", *DOCUMENTS)
SEVERAL = (".json", ".md", ".txt")
"""One of these may hold the results of several enterprises, one after the other."""


def report(suffix: str, results: Sequence[Assessment], lang: Lang, fonts: Sequence[Path] = ()) -> bytes:
    """Results as a file of the kind that *suffix* names: JSON an object (an array of several), else documents, all
    but plain text with next steps and every answer."""
    from bamai.report.content import blocks  # noqa: PLC0415

    if suffix == ".json":
        return document(suffix, lambda: results[0].data(lang) if len(results) == 1 else [r.data(lang) for r in results],
                        list, lang)  # fmt: skip
    made = [DOCUMENTS[suffix](blocks(result, lang, full=suffix != ".txt"), lang, fonts) for result in results]
    return b"\n".join(made)


def document(
    suffix: str, data: Callable[[], Any], blocks: Callable[[], Iterable[Block]], lang: Lang, fonts: Sequence[Path] = ()
) -> bytes:
    """Any other result as a file of the kind that *suffix* names."""
    if suffix == ".json":
        from bamai.assessment import dumps  # noqa: PLC0415

        return (dumps(data()) + "\n").encode()
    return DOCUMENTS[suffix](blocks(), lang, fonts)
