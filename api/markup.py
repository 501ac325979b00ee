"""HTML that escapes by construction: text goes in as text, only elements come out as markup."""

from __future__ import annotations

import html
import re

_EMPTY = frozenset({"meta", "link", "br", "hr", "img"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str) -> Markup:
    """``<tag name="value">children</tag>``; ``class_`` is written class, ``aria_label`` aria-label."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for name, value in attributes.items()
    )
    if tag in _EMPTY:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{join(children)}</{tag}>")


def join(children: tuple[str, ...] | list[Markup]) -> Markup:
    """Pieces one after the other; what is not Markup is escaped."""
    return Markup(
        "".join(child if isinstance(child, Markup) else html.escape(child, quote=False) for child in children)
    )


def prose(text: str) -> Markup:
    """One paragraph of text, where `words` in backticks become code and **words** become strong."""
    pieces = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", text)
    return join([_inline(piece) for piece in pieces if piece])


def paragraphs(text: str) -> Markup:
    """Text with empty lines between its paragraphs."""
    return join([element("p", prose(part.replace("\n", " "))) for part in re.split(r"\n\s*\n", text.strip()) if part])


def page(title: str, *body: str, description: str) -> bytes:
    """A whole page, with no script and no address but our own."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="description", content=description),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="icon", href="/static/mark.svg", type="image/svg+xml"),
        element("link", rel="stylesheet", href="/static/site.css"),
    )
    skip = element("a", "Skip to the content", class_="skip", href="#content")
    return f"<!doctype html>\n{element('html', head, element('body', skip, *body), lang='en')}\n".encode()


def _inline(piece: str) -> Markup:
    if piece.startswith("`"):
        return element("code", piece[1:-1])
    if piece.startswith("**"):
        return element("strong", piece[2:-2])
    return join((piece,))
