"""The house look: number and date formats, fonts, colours, and a matplotlib figure as a block.

Colours are from the Okabe–Ito set and differ in lightness as well as hue; no chart relies on
colour alone (markers, hatches and direct labels carry the same distinction).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from analysis.display.labels import label
from analysis.paths import FONTS
from analysis.reporting.blocks import Figure

WIDTH_MM = 170.0  # the text width of an A4 page
INK, GREY, LIGHT, RULE = "#1a1a1a", "#5f5f5f", "#d5d5d5", "#b0b0b0"
BLUE, ORANGE, GREEN, AMBER = "#0b4f8a", "#d55e00", "#2a9d78", "#e8b04a"
FONT_FAMILY = ["Noto Sans SC", "DejaVu Sans"]
PNG_DPI = 144

HOUSE: dict[str, Any] = {
    "font.family": FONT_FAMILY,
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.labelcolor": GREY,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.color": GREY,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.hinting": "none",
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "zhenggai",
    "path.simplify": True,
    "hatch.linewidth": 0.5,
    "figure.constrained_layout.h_pad": 0.04,
    "figure.constrained_layout.w_pad": 0.04,
}


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the shipped fonts known to matplotlib; no system font is needed."""
    from matplotlib import font_manager

    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))


def house_style() -> Any:
    """Context manager under which every figure is drawn and saved."""
    import matplotlib

    register_fonts()
    return matplotlib.rc_context(HOUSE)


def new_figure(height_mm: float, width_mm: float = WIDTH_MM) -> Any:
    """An empty figure outside pyplot, so that nothing is drawn twice; use inside :func:`house_style`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(width_mm / 25.4, height_mm / 25.4), dpi=PNG_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def finish(
    figure: Any,
    *,
    id: str,
    caption: str,
    alt: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    source_line: str,
    notes: Sequence[str] = (),
) -> Figure:
    """A drawn matplotlib figure as a block: SVG with live text, PNG, alt text and data."""
    picture, vector = io.BytesIO(), io.StringIO()
    figure.savefig(picture, format="png", dpi=PNG_DPI, metadata={"Software": None})
    figure.set_layout_engine("none")  # laid out once: both pictures are the same, in half the time
    figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
    return Figure(
        id=id,
        caption=caption,
        alt=alt,
        svg=vector.getvalue(),
        width_mm=round(figure.get_figwidth() * 25.4, 1),
        columns=list(columns),
        rows=[[plain_value(v) for v in row] for row in rows],
        source_line=source_line,
        notes=list(notes),
        png=picture.getvalue(),
    )


def plain_value(value: Any) -> Any:
    """A value that JSON can hold; shares keep six decimals."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)


def number(value: float | int | None) -> str:
    """Whole numbers with thousands separators; other numbers with one decimal; absence as a dash."""
    if value is None:
        return "—"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.1f}"


def share(value: float | None) -> str:
    """0.833 → 83.3%; absence as a dash."""
    return "—" if value is None else f"{value * 100:.1f}%"


def interval(low: float | None, high: float | None) -> str:
    """(0.72, 0.907) → 72.0–90.7%; absence as a dash."""
    return "—" if low is None or high is None else f"{low * 100:.1f}–{high * 100:.1f}%"


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    return "—" if value is None else f"{value * 100:+.1f}".replace("-", "−")


def p_value(value: float | None) -> str:
    """A p value with three decimals at most."""
    if value is None:
        return "—"
    return "<0.001" if value < 0.001 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def day(value: dt.date | None) -> str:
    """An ISO day; absence as a dash."""
    return "—" if value is None else value.isoformat()


def flags(text: str | None) -> tuple[str, ...]:
    """ "S,L" → ("S", "L")."""
    return tuple(part for part in (text or "").split(",") if part)


def truth(value: bool | None, lang: str) -> str:
    """Yes, no or undecided in words."""
    return label("undecided" if value is None else "yes" if value else "no", lang)


def text_faults(figure: Any) -> list[str]:
    """Texts of a drawn figure that leave the canvas or cover one another, in words; empty when it is sound."""
    import matplotlib.text

    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    width, height = figure.canvas.get_width_height()
    unseen = _unseen_labels(figure)
    boxes = [
        (text.get_text(), text.get_window_extent(renderer), bool(text.get_rotation() % 90))
        for text in figure.findobj(matplotlib.text.Text)
        if text.get_text().strip() and text.get_visible() and id(text) not in unseen
    ]
    faults = [
        f"{name!r} leaves the canvas"
        for name, b, _ in boxes
        if b.x0 < -1 or b.y0 < -1 or b.x1 > width + 1 or b.y1 > height + 1
    ]
    for i, (name, a, slanted) in enumerate(boxes):
        for other, b, also in boxes[i + 1 :]:
            if slanted and also:
                continue  # the boxes of slanted texts overlap where the texts do not
            across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            if across > 1 and down > 0.25 * min(a.height, b.height):
                faults.append(f"{name!r} covers {other!r}")
    return faults


def _unseen_labels(figure: Any) -> set[int]:
    """Tick labels outside the view, and everything in an invisible axes."""
    import matplotlib.text

    unseen: set[int] = set()
    for axes in figure.axes:
        if not axes.get_visible():
            unseen.update(id(text) for text in axes.findobj(matplotlib.text.Text))
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                inside = low - 1e-9 <= tick.get_loc() <= high + 1e-9
                unseen.update(
                    id(label) for label in (tick.label1, tick.label2) if not inside or not label.get_visible()
                )
    return unseen
