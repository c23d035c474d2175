"""Line breaking for text that mixes Chinese and Latin, which has no spaces to break at.

Breaks go between any two Chinese characters and at spaces, never before closing or after opening punctuation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len

_NOT_FIRST = "，。；：、！？）】》”’…％%)]},.;:!?·"
_STOPS = "，。；：、！？"
"""After these a line may always break."""

_NOT_LAST = "（【《“‘([{"
_PIECES = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…]|\n| +"
    r"|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef“”‘’…]+|\s"
)  # \s leaves out nothing else; the non-breaking space joins what stands around it
NBSP = "\u00a0"


@lru_cache(maxsize=4096)
def units(plain: str) -> tuple[str, ...]:
    """*plain* cut into what must stay on one line: words, spaces, Chinese characters with their punctuation."""
    found: list[str] = []
    glue = False
    for piece in _split(plain):
        closing = piece[0] in _NOT_FIRST and found and not found[-1].isspace()
        if glue or closing:
            found[-1] += piece
        else:
            found.append(piece)
        glue = piece[-1] in _NOT_LAST
    return tuple(found)


def _split(plain: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECES.findall(plain.replace(NBSP, "\0")):
        joined = piece.startswith("\0") or (pieces and pieces[-1].endswith("\0"))
        if joined and pieces and not pieces[-1].isspace():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    # a name joined by \0 also keeps the Chinese characters before it, which were cut one by one
    merged: list[str] = []
    for piece in pieces:
        merged.append(piece)
        while (
            len(merged) > 1
            and "\0" in merged[-1]
            and not merged[-2].isspace()
            and merged[-2][-1] not in _STOPS
            and not merged[-1].startswith(" ")
        ):
            last = merged.pop()
            merged[-1] += last
    return [piece.replace("\0", NBSP) for piece in merged]


def lines(plain: str, width: int) -> list[tuple[int, int]]:
    """Start and end of every line of at most *width* cells; a word that is longer is cut into lines."""
    width = max(2, width)
    spans: list[tuple[int, int]] = []
    start = offset = used = 0
    wrapped = False
    for unit in units(plain):
        if unit == "\n":
            spans.append((start, offset))
            start, used, wrapped = offset + 1, 0, False
            offset += 1
            continue
        size = cell_len(unit)
        if used + size > width and not unit.isspace():
            if used:
                spans.append((start, offset))
                start, used, wrapped = offset, 0, True
            if size > width:
                for character in unit:
                    cells = cell_len(character)
                    if used + cells > width:
                        spans.append((start, offset))
                        start, used = offset, 0
                    used += cells
                    offset += len(character)
                continue
        if unit.isspace() and used == 0 and wrapped:
            offset += len(unit)
            start = offset
            continue
        used += size
        offset += len(unit)
    spans.append((start, offset))
    return spans
