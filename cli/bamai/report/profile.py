"""How a result says by which scoring profile it was made."""

from __future__ import annotations

from bamai.profile import Applied
from bamai.texts import Lang, t


def profile_name(applied: Applied, lang: Lang) -> str:
    """Title and id."""
    return applied.profile.title[lang] + t("paren", lang, text=applied.profile.id)


def profile_fact(applied: Applied | None, lang: Lang) -> str:
    """A few words beside the title of the edition; nothing without a profile."""
    return t("profile.fact", lang, name=applied.profile.title[lang]) if applied else ""


def profile_note(applied: Applied, model: str, lang: Lang) -> str:
    """The sentence that keeps a result of the profile from being taken for one of the edition."""
    return t("profile.note", lang, name=profile_name(applied, lang), count=len(applied.changes), model=model)
