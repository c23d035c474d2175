"""The result so far, in a few lines: for somebody who is still answering."""

from __future__ import annotations

from bamai.assessment import Assessment
from bamai.report.content import Conditions, Header, Heading, blocks
from bamai.texts import Lang, t

_MET = {True: "standing.met", False: "standing.unmet", None: "standing.undecided"}


def standing_lines(a: Assessment, lang: Lang) -> list[str]:
    """Level and score, or what they can still become, and what the next level asks for."""
    found: list[str] = []
    heading = ""
    for block in blocks(a, lang):
        if isinstance(block, Header):
            found.append("  ".join(part for part in (block.badge, block.level_title, block.score) if part))
            found.append(block.distance)
        elif isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Conditions):
            found.append(heading)
            for row in block.rows:
                words = t(_MET[row.met], lang)
                found.append(t("standing.condition", lang, met=words, text=row.text, needs=row.needs, has=row.has))
    return [line for line in found if line]
