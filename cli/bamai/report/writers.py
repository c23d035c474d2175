"""Which files results can be written to, by suffix: a new format is one line here. Each loads what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bamai.texts import Lang

if TYPE_CHECKING:
    from bamai.assessment import Assessment
    from bamai.comparing import Comparing


class Writer(NamedTuple):
    """``make`` gives the whole file. ``several``: whether one file may hold the results of several enterprises."""

    several: bool
    make: Callable[[Sequence[Assessment], Lang], bytes]


def _json(results: Sequence[Assessment], lang: Lang) -> bytes:
    """An object, or an array of several."""
    from bamai.assessment import dumps  # noqa: PLC0415

    data = [result.data(lang) for result in results]
    return (dumps(data[0] if len(data) == 1 else data) + "\n").encode()


def _markdown(results: Sequence[Assessment], lang: Lang) -> bytes:
    from bamai.report.markdown import markdown_report  # noqa: PLC0415

    return "\n".join(markdown_report(result, lang) for result in results).encode()


def _text(results: Sequence[Assessment], lang: Lang) -> bytes:
    from bamai.report.terminal import text_report  # noqa: PLC0415

    return "\n".join(text_report(result, lang) for result in results).encode()


def _html(results: Sequence[Assessment], lang: Lang) -> bytes:
    from bamai.report.html import html_report  # noqa: PLC0415

    return html_report(results[0], lang).encode()


REPORTS: Mapping[str, Writer] = {
    ".json": Writer(True, _json),
    ".md": Writer(True, _markdown),
    ".txt": Writer(True, _text),
    ".html": Writer(False, _html),
}
"""Reports of one enterprise."""


def _compared_json(found: Comparing, lang: Lang) -> bytes:
    from bamai.assessment import dumps  # noqa: PLC0415

    return (dumps(found.data(lang)) + "\n").encode()


def _compared_markdown(found: Comparing, lang: Lang) -> bytes:
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415
    from bamai.report.markdown import markdown  # noqa: PLC0415

    return markdown(comparison_blocks(found, lang), lang).encode()


def _compared_text(found: Comparing, lang: Lang) -> bytes:
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415
    from bamai.report.terminal import text  # noqa: PLC0415

    return text(comparison_blocks(found, lang), lang).encode()


def _compared_html(found: Comparing, lang: Lang) -> bytes:
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415
    from bamai.report.html import page  # noqa: PLC0415

    return page(comparison_blocks(found, lang), lang).encode()


COMPARISONS: Mapping[str, Callable[[Comparing, Lang], bytes]] = {
    ".json": _compared_json,
    ".md": _compared_markdown,
    ".txt": _compared_text,
    ".html": _compared_html,
}
"""Comparisons of several."""
