"""Fonts, colours and the matplotlib style of every chart.

Colours are from the Okabe–Ito set and differ in lightness as well as hue; no chart relies on
colour alone (markers, hatches and direct labels carry the same distinction).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.paths import FONTS

WIDTH_MM = 170.0  # text width of an A4 page
INK, GREY, LIGHT, RULE = "#1a1a1a", "#5f5f5f", "#d5d5d5", "#b0b0b0"
BLUE, ORANGE, GREEN, AMBER = "#0b4f8a", "#d55e00", "#2a9d78", "#e8b04a"
PALETTE = (BLUE, ORANGE, GREEN, AMBER, "#7b5ea7", "#5f5f5f")
FONT_FAMILY = ["Noto Sans SC", "DejaVu Sans"]

HOUSE: dict[Any, Any] = {
    "font.family": FONT_FAMILY,
    "font.sans-serif": FONT_FAMILY,
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
    "svg.fonttype": "none",  # text stays text: searchable in a PDF, drawn by the page's own font
    "svg.hashsalt": "zhenggai",  # the same figure gives the same bytes
    "hatch.linewidth": 0.5,
    "figure.constrained_layout.h_pad": 0.04,
    "figure.constrained_layout.w_pad": 0.04,
}


@cache
def register_fonts() -> None:
    """Make the shipped fonts known to matplotlib; no system font is needed."""
    from matplotlib import font_manager

    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))


@cache
def apply() -> None:
    """Set fonts and style for the whole process, once: what a reader changes afterwards stays changed."""
    import matplotlib
    from cycler import cycler

    register_fonts()
    matplotlib.rcParams.update(HOUSE | {"axes.prop_cycle": cycler(color=PALETTE)})
