"""A figure of Matplotlib as it stands inside a page: text that is text, a name, nothing that varies.

The same figure gives the same bytes on each run and every machine: what is measured is the font that comes
with Matplotlib, identifiers are made from the figure's own name, and no time is written.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping
from html import escape
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

from surveys.language import printable

WIDTH = 400.0  # points, which are shown as pixels where there is room: legible on a telephone
FONT = 13.0
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_STYLE: Mapping[str, object] = {
    "svg.fonttype": "none",  # letters stay letters: they can be searched, enlarged and copied
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with Matplotlib: measured alike on every machine
    "font.size": FONT,
    "axes.unicode_minus": True,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar in a label is a dollar
    "path.simplify": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": "#5b646b",
    "text.color": "#1d2327",
    "xtick.color": "#3b444b",
}
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def svg(name: str, title: str, told: str, height: float, draw: Callable[[Figure], None]) -> str:
    """Return a figure as markup: an image whose name is `title`, and whose description `told`.

    `name` begins every identifier in it, and differs from that of any other figure of the page.
    """
    style = {**_STYLE, "svg.hashsalt": name}
    with rc_context(style), warnings.catch_warnings():  # type: ignore[arg-type]  # keys are literals
        # A letter the font lacks is measured wrong and written right: the browser has another font.
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        draw(figure)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata=dict.fromkeys(_NAMED))
    return _inside(written.getvalue(), name, title, told)


_NAMED = ("Creator", "Date", "Format", "Type")  # what Matplotlib would say of itself, and when


def _inside(written: bytes, name: str, title: str, told: str) -> str:
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(written)  # noqa: S314 - our own figure, written a line above
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):  # would hold for the whole page
                parent.remove(child)
    for element in root.iter():
        _renamed(element, name)
    for size in ("width", "height", "version", "id"):
        root.attrib.pop(size, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-told"}
    markup = ElementTree.tostring(root, encoding="unicode")
    opening, rest = markup.split(">", 1)
    named = (
        f'<title id="{name}-title">{escape(printable(title))}</title>'
        f'<desc id="{name}-told">{escape(printable(told))}</desc>'
    )
    return f"{opening}>{named}{rest}"


def _renamed(element: ElementTree.Element, name: str) -> None:
    """Begin every identifier of an element, and every reference in it, with the name of the figure."""
    for key, value in element.attrib.items():
        if key == "id":
            element.attrib[key] = f"{name}-{value}"
        elif key in {"href", f"{{{_XLINK}}}href"} and value.startswith("#"):
            element.attrib[key] = f"#{name}-{value[1:]}"
        elif "url(#" in value:
            element.attrib[key] = _REFERENCE.sub(rf"url(#{name}-\1)", value)
