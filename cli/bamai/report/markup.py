"""Elements of HTML and SVG. Text is data: whatever it holds, it can only come out as text."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from bamai.texts import on_paper

Child = Element | str | None


def el(tag: str, /, *children: Child, **attributes: str | int | None) -> Element:
    """An element. Attribute names lose a trailing ``_``, and ``_`` inside becomes ``-``; None leaves one out."""
    element = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            element.set(name.rstrip("_").replace("_", "-"), clean(str(value)))
    return add(element, *children)


def add(element: Element, *children: Child) -> Element:
    """*element* with more children; strings become text."""
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        elif child:
            last = element[-1] if len(element) else None
            if last is None:
                element.text = (element.text or "") + clean(child)
            else:
                last.tail = (last.tail or "") + clean(child)
    return element


def clean(text: str) -> str:
    """*text* with blanks of all kinds as one space, and control, bidi and other format characters made visible."""
    return on_paper(text.replace("\n", " "))


def xml(element: Element) -> str:
    """*element* as a piece of XML."""
    return tostring(element, encoding="unicode")


def html(element: Element) -> str:
    """*element* as a piece of HTML."""
    return tostring(element, encoding="unicode", method="html")
