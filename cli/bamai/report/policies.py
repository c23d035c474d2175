"""Policy documents and industries in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bamai.assessment import Set
from bamai.benchmark import Benchmark
from bamai.policy import Policy, Provision
from bamai.report.content import as_of, industry_words, policy_origin, published, set_words
from bamai.report.explain import Explanation, Row
from bamai.texts import Lang, t
from bamai.vocabulary import Entry, Industry

Figures = Mapping[str, Benchmark]


def listed_policy(policy: Policy, figures: Figures, lang: Lang) -> Explanation:
    """A document in a few lines: where it comes from and what it sets."""
    rows: list[Row] = [(t("table.source", lang), policy_origin(policy, lang))]
    rows += _provisions(policy.provisions, figures, lang) or [(t("table.sets", lang), t("policy.nothing", lang))]
    return Explanation(policy.id, policy.title[lang], tuple(rows))


def explain_policy(policy: Policy, figures: Figures, lang: Lang) -> Explanation:
    """A document with everything that is known of it; figures by the ids that ``bamai benchmark show`` knows."""
    address = policy.address
    if address is not None:
        key = "policy.unchecked" if policy.checked is None else "policy.checked"
        address = t(key, lang, address=address, date=policy.checked or "")
    rows: list[Row] = [
        (t(f"table.{key}", lang), value)
        for key, value in (
            ("doc_number", policy.number),
            ("issuer", policy.issuer[lang] if policy.issuer else None),
            ("date", policy.date or t("policy.undated", lang)),
            ("for", policy.applies_to[lang] if policy.applies_to else None),
            ("industries", ", ".join(policy.industries) if policy.industries else None),
            ("seen", t(f"seen.{policy.seen}", lang)),
            ("address", address),
            ("note", policy.note[lang] if policy.note else None),
        )
        if value is not None
    ]
    rows += _provisions(policy.provisions, figures, lang, ids=True) or [
        (t("table.sets", lang), t("policy.nothing", lang))
    ]
    return Explanation(policy.id, policy.title[lang], tuple(rows))


def policy_data(policy: Policy, figures: Figures, lang: Lang) -> dict[str, Any]:
    """A document as plain data."""
    provisions = [
        {"by": _by(item, figures), "industries": list(item.industries or ()), "benchmark": item.figure,
         "text": _words(item, figures, lang)}
        for item in policy.provisions
    ]  # fmt: skip
    return {
        **policy.data(lang),
        "note": policy.note[lang] if policy.note else None,
        "applies_to": policy.applies_to[lang] if policy.applies_to else None,
        "industries": list(policy.industries or ()),
        "sizes": list(policy.sizes or ()),
        "provisions": provisions,
    }


def entry_data(entry: Entry, lang: Lang) -> dict[str, Any]:
    """A division or sector as plain data."""
    return {"id": entry.id, "code": entry.code, "title": entry.title[lang], "aliases": list(entry.aliases),
            "within": list(entry.within)}  # fmt: skip


def explain_industry(
    entry: Entry, industry: Industry, policies: Iterable[Policy], figures: Figures, lang: Lang
) -> Explanation:
    """What an industry is called, and what is published and planned for it and the sectors it belongs to."""
    rows: list[Row] = [(t("table.title", lang), industry_words(industry, lang))]
    for key, value in (("code", entry.code), ("aliases", ", ".join(entry.aliases))):
        if value:
            rows.append((t(f"table.{key}", lang), value))
    own = [item for item in figures.values() if set(item.industries or ()) & industry.ids]
    for item in sorted(own, key=lambda item: (item.target, item.as_of)):
        key = "table.target" if item.target else "table.figures"
        rows.append((t(key, lang), f"{item.title[lang]} {published(item, lang)}, {as_of(item, lang)} [{item.id}]"))
    for policy in policies:
        if policy.industries is None or not set(policy.industries) & industry.ids:
            continue
        rows.append((t("table.document", lang), f"{policy.title[lang]} [{policy.id}]: {policy_origin(policy, lang)}"))
        rows += _provisions(policy.provisions_for(industry.ids, None), figures, lang, words_only=True)
    rows.append((t("table.note", lang), t("industry.scoring", lang)))
    return Explanation(entry.id, entry.title[lang], tuple(rows))


def _provisions(
    provisions: Iterable[Provision], figures: Figures, lang: Lang, *, ids: bool = False, words_only: bool = False
) -> list[Row]:
    """What a document sets, by year."""
    rows = []
    for item in sorted(provisions, key=lambda item: _by(item, figures) or ""):
        if words_only and item.figure is not None:
            continue
        by = _by(item, figures)
        told = (f"{by}  " if by else "") + _words(item, figures, lang)
        key = "table.target" if by else "table.sets"
        rows.append((t(key, lang), told + (f" [{item.figure}]" if ids and item.figure else "")))
    return rows


def _by(item: Provision, figures: Figures) -> str | None:
    figure = figures.get(item.figure or "")
    return item.by if figure is None else figure.as_of


def _words(item: Provision, figures: Figures, lang: Lang) -> str:
    return set_words(Set(None, item.text, figures.get(item.figure or ""), None), lang) or item.figure or ""
