"""What every skin shows for a state, a level or a comparison: a sign and a tone; and what colour a tone has.

Colour is never the only sign: whatever has a tone here has a sign or a word as well.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Literal, NamedTuple

from bamai.assessment import State

Tone = Literal["plain", "soft", "accent", "good", "bad", "warn"]


class Look(NamedTuple):
    """A sign, the same in ASCII, and its tone."""

    sign: str
    ascii: str
    tone: Tone


MET: dict[bool | None, Look] = {
    True: Look("✓", "[x]", "good"),
    False: Look("✗", "[ ]", "bad"),
    None: Look("?", "[?]", "warn"),
}
"""A condition: met, not met, undecided while answers are open."""

STATE: dict[State, Look] = {
    "answered": Look("", "", "plain"),
    "open": Look("○", "o", "warn"),
    "unknown": Look("?", "?", "warn"),
    "na": Look("–", "-", "soft"),
}
"""Kinds of answers; the words are the texts ``mark.<state>``."""

FINDING: dict[str, Look] = {"+": Look("+", "+", "good"), "-": Look("−", "-", "bad")}
"""Strengths and gaps."""

CORE = Look("★", "*", "accent")
"""Indicators that a gate counts by their tag."""

WARNING = Look("!", "!", "warn")


def gap_look(gap: str, good: bool | None) -> Look:
    """How a comparison is shown: the arrow says which way ours differs, the tone whether that is good."""
    tone: Tone = "plain" if good is None else "good" if good else "bad"
    if good is None or gap[:1] not in "+−":
        return Look("", "", tone)
    return Look("▲", "^", tone) if gap.startswith("+") else Look("▼", "v", tone)


def grade_tone(share: Decimal | None) -> Tone:
    """The tone of a grade by its share of the highest."""
    if share is None:
        return "soft"
    return "good" if share >= Decimal("0.75") else "bad" if share <= Decimal("0.25") else "accent"


class Palette(NamedTuple):
    """Colours as ``#rrggbb``. ``heat`` is for shares of the highest grade: none, to a quarter, half, three quarters,
    all; ``heat_ink`` is the text on each."""

    ink: str
    soft: str
    line: str
    paper: str
    panel: str
    accent: str
    on_accent: str
    good: str
    bad: str
    warn: str
    warn_panel: str
    mark: str
    heat: tuple[str, ...]
    heat_ink: tuple[str, ...]

    def tone(self, tone: Tone) -> str:
        """The colour of text of this tone on paper."""
        return {"plain": self.ink, "soft": self.soft, "accent": self.accent, "good": self.good, "bad": self.bad,
                "warn": self.warn}[tone]  # fmt: skip


LIGHT = Palette(
    ink="#1b2126", soft="#56616b", line="#d5dbe0", paper="#ffffff", panel="#f0f5f9", accent="#00629b",
    on_accent="#ffffff", good="#0b6b3a", bad="#a8321c", warn="#7a5200", warn_panel="#fff8e1", mark="#8a4b14",
    heat=("#eef1f3", "#d3e5f1", "#9cc7e2", "#3f8fc0", "#0a5a8c"),
    heat_ink=("#1b2126", "#1b2126", "#1b2126", "#000000", "#ffffff"),
)  # fmt: skip
"""On white: screens by day, paper, documents."""

DARK = Palette(
    ink="#e6eaee", soft="#a3afb9", line="#3a444d", paper="#14191d", panel="#1d252b", accent="#62b5ea",
    on_accent="#06202f", good="#63c98f", bad="#f0907a", warn="#e3b341", warn_panel="#2b2513", mark="#e8a868",
    heat=("#262f36", "#17405a", "#1f6491", "#4d9fd1", "#a8d8f5"),
    heat_ink=("#e6eaee", "#e6eaee", "#ffffff", "#000000", "#06202f"),
)  # fmt: skip
"""Screens by night."""


def heat_step(share: Decimal | None) -> int:
    """Which of the five colours of ``heat`` a share of the highest grade has; what is more than nothing is coloured."""
    return 0 if share is None else min(4, int((share * 4).to_integral_value(ROUND_CEILING)))
