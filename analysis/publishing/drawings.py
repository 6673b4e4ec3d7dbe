"""Figures as SVG that may stand in a page: known elements and attributes only, nothing active.

matplotlib's SVG carries a style sheet for every element of the *page* it is put into, inline
styles that a strict content policy blocks, and identifiers that collide between figures. The
copy made here has presentation attributes instead, prefixed identifiers, and no reference that
leaves the figure.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from analysis.publishing import fonts

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

_ELEMENTS = frozenset(
    """
    svg g path rect circle ellipse line polyline polygon text tspan defs clipPath use linearGradient
    radialGradient stop marker pattern image mask
    """.split()
)
_ATTRIBUTES = frozenset(
    """
    id d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height viewBox points transform offset
    clip-path clip-rule fill fill-rule fill-opacity stroke stroke-width stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-opacity stroke-miterlimit opacity font-size
    font-family font-weight font-style text-anchor dominant-baseline baseline-shift letter-spacing
    stop-color stop-opacity gradientUnits gradientTransform clipPathUnits patternUnits patternTransform
    markerWidth markerHeight refX refY orient preserveAspectRatio mask text-decoration visibility
    display
    """.split()
)
_STYLES = _ATTRIBUTES - frozenset(["id", "d", "x", "y", "width", "height", "viewBox", "points"])
_FONT = re.compile(
    r"(?:(normal|italic|oblique)\s+)?(?:(normal|bold|[1-9]00)\s+)?([\d.]+)(px|pt|em)?(?:/\S+)?\s+(.+)", re.S
)
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)['\"]?\s*\)")
_DATA_IMAGE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+\Z")
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
_POINTS = {"pt": 96 / 72, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "px": 1.0, "": 1.0}


class UnsafeFigure(ValueError):
    """The SVG cannot be read as a figure; the message names the figure and the reason."""


def _declarations(style: str) -> dict[str, str]:
    """A ``style`` attribute as presentation attributes; the ``font`` shorthand is taken apart."""
    out: dict[str, str] = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or not value:
            continue
        if name == "font":
            match = _FONT.match(value)
            if match:
                slant, weight, size, unit, family = match.groups()
                out["font-size"] = size + (unit or "px")
                out["font-family"] = family
                if weight and weight != "normal":
                    out["font-weight"] = weight
                if slant and slant != "normal":
                    out["font-style"] = slant
        elif name in _STYLES:
            out[name] = value
    return out


def _safe_value(value: str, prefix: str) -> str | None:
    """``value`` with local references renamed; None when it points anywhere else."""
    lowered = value.lower()
    if "url" in lowered or "\\" in value:
        renamed = _LOCAL_URL.sub(lambda m: f"url(#{prefix}{m.group(1)})", value)
        if "url" in _LOCAL_URL.sub("", value).lower() or "\\" in value:
            return None
        return renamed
    if "javascript:" in lowered or "expression(" in lowered or "<" in value:
        return None
    return value


def _copy(element: ET.Element, prefix: str) -> ET.Element | None:
    namespace, _, name = element.tag.rpartition("}") if isinstance(element.tag, str) else ("", "", "")
    if name not in _ELEMENTS or namespace.lstrip("{") not in (SVG, ""):
        return None
    attributes: dict[str, str] = {}
    for key, value in element.attrib.items():
        if key == "style":
            attributes.update(_declarations(value))
        elif key in _ATTRIBUTES:
            attributes[key] = value
    kept: dict[str, str] = {}
    for key, value in attributes.items():
        safe = _safe_value(value, prefix)
        if safe is not None:
            kept[key] = prefix + safe if key == "id" else safe
    href = element.get(f"{{{XLINK}}}href") or element.get("href")
    if href and name in ("use", "linearGradient", "radialGradient", "pattern") and href.startswith("#"):
        kept["href"] = f"#{prefix}{href[1:]}"
    elif name == "use":
        return None
    elif name == "image":
        if not href or not _DATA_IMAGE.match(href):
            return None
        kept["href"] = href
    new = ET.Element(name, kept)
    new.text = element.text if name in ("text", "tspan") else None
    for child in element:
        made = _copy(child, prefix)
        if made is not None:
            made.tail = child.tail if name in ("text", "tspan") else None
            new.append(made)
    return new


def _length(value: str | None) -> float | None:
    match = re.fullmatch(r"\s*([\d.]+)\s*(pt|in|mm|cm|px|)\s*", value or "")
    return float(match.group(1)) * _POINTS[match.group(2)] if match else None


def sanitise(source: str, figure_id: str) -> str:
    """A stand-alone SVG with only drawing in it; identifiers are prefixed with ``figure_id``.

    Raises UnsafeFigure for text that is no SVG or declares entities.
    """
    if "<!ENTITY" in source:
        raise UnsafeFigure(f"figure {figure_id}: the SVG declares entities; draw it again with matplotlib")
    try:
        root = ET.fromstring(fonts.without_controls(source))
    except ET.ParseError as error:
        raise UnsafeFigure(f"figure {figure_id}: not readable as SVG ({error}); draw it again") from None
    clean = _copy(root, f"{figure_id}-")
    if clean is None or clean.tag != "svg":
        raise UnsafeFigure(f"figure {figure_id}: the outermost element is not <svg>")
    width, height = _length(root.get("width")), _length(root.get("height"))
    if "viewBox" not in clean.attrib:
        if not width or not height:
            raise UnsafeFigure(f"figure {figure_id}: neither viewBox nor a size; save it with a size")
        clean.set("viewBox", f"0 0 {width:g} {height:g}")
    clean.attrib.pop("id", None)
    for name in ("width", "height"):
        clean.attrib.pop(name, None)
    clean.set("xmlns", SVG)
    # What matplotlib's page-wide style sheet said.
    clean.set("stroke-linejoin", "round")
    clean.set("stroke-linecap", "butt")
    return ET.tostring(clean, encoding="unicode")


def size(svg: str) -> tuple[float, float]:
    """Width and height of a sanitised drawing in CSS pixels."""
    _, _, width, height = (float(v) for v in re.findall(r"-?[\d.]+(?:e-?\d+)?", _VIEW_BOX.findall(svg)[0]))
    return width, height


def declared_width(source: str) -> float | None:
    """Width in CSS pixels that a drawing asks for before it is sanitised (matplotlib's view box counts points)."""
    outermost = re.search(r"<svg\b[^>]*>", source)
    found = re.search(r'\swidth\s*=\s*["\']([^"\']+)', outermost[0]) if outermost else None
    return _length(found[1]) if found else None


def aspect(svg: str) -> float:
    """Height over width of a sanitised drawing."""
    width, height = size(svg)
    return height / width


def sized(svg: str, width_mm: float) -> str:
    """The sanitised ``svg`` with a printed width and the height that follows from its view box."""
    return svg.replace("<svg ", f'<svg width="{width_mm:g}mm" height="{width_mm * aspect(svg):.3f}mm" ', 1)


def texts(svg: str) -> list[str]:
    """The words drawn in a sanitised figure, in drawing order."""
    found = ("".join(e.itertext()).strip() for e in ET.fromstring(svg).iter() if e.tag.endswith("}text"))
    return [words for words in found if words]


def title(source: str) -> str:
    """The largest words drawn in a figure: what it says about itself when nobody else does."""
    best: tuple[float, str] = (0.0, "")
    for element in ET.fromstring(source).iter():
        words = "".join(element.itertext()).strip() if element.tag.endswith("}text") else ""
        size_px = _length(element.get("font-size")) or 0.0
        if words and size_px > best[0]:
            best = (size_px, words)
    return best[1]
