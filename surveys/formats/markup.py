"""XML elements made from values: blank ones are left out, and no text can break the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from surveys.instrument import Text

Element = ElementTree.Element

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def element(tag: str, *children: Element | None, text: str = "", **attributes: str) -> Element:
    """Return an element; children that are None and attributes that are '' are left out.

    An attribute `lang` is written as xml:lang, and left out where it is no code of a language.
    """
    named = {"xml:lang" if name == "lang" else name: value for name, value in attributes.items()}
    if not _LANGUAGE.fullmatch(named.get("xml:lang", "")):
        named.pop("xml:lang", None)
    made = Element(tag, {name: clean(value) for name, value in named.items() if value})
    made.text = clean(text) or None
    made.extend(child for child in children if child is not None)
    return made


def texts(tag: str, text: Text, **attributes: str) -> Iterator[Element]:
    """Yield an element for each language a text has."""
    for language, written in text.by_language.items():
        yield element(tag, text=written, lang=language, **attributes)


def clean(text: str) -> str:
    """Return the text without the characters that XML 1.0 has no way to write."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def document(root: Element) -> bytes:
    """Return the document, indented, in UTF-8."""
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
