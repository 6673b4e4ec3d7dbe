"""Numbers, shares, days and dates as people read them. Absence is a dash, never 0."""

from __future__ import annotations

import datetime as dt

# The id of a table without rows: an edition leaves it out, since its text says so.
EMPTY_TABLE = "zg-empty"
DASH = "—"


def number(value: float | int | None) -> str:
    """Whole numbers with thousands separators, others with one decimal."""
    if value is None:
        return DASH
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.1f}"


def share(value: float | None) -> str:
    """0.833 → 83.3%, 1 → 100%."""
    return DASH if value is None else f"{value * 100:.1f}%".replace("100.0%", "100%")


def interval(low: float | None, high: float | None) -> str:
    """(0.72, 0.907) → 72.0–90.7%."""
    return (
        DASH if low is None or high is None else f"{low * 100:.1f}–{high * 100:.1f}%".replace("100.0", "100")
    )


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign: −25.0."""
    return (
        DASH
        if value is None
        else f"{value * 100:+.1f}".replace("-", "−").replace("+0.0", "0.0").replace("−0.0", "0.0")
    )


def point_interval(low: float | None, high: float | None) -> str:
    """An interval of a difference in percentage points: −24.0 – +0.8."""
    return DASH if low is None or high is None else f"{points(low)} – {points(high)}"


def p_value(value: float | None) -> str:
    if value is None:
        return DASH
    return "<0.001" if value < 0.001 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def p_words(value: float | None) -> str:
    """What follows the letter p: ``= 0.13`` or ``< 0.001``."""
    return p_value(value).replace("<", "< ") if value is not None and value < 0.001 else f"= {p_value(value)}"


def day(value: dt.date | None) -> str:
    """ISO date."""
    return DASH if value is None else value.isoformat()


def of_total(x: int | None, n: int | None) -> str:
    """50 of 60 → 50/60."""
    return DASH if x is None or n is None else f"{number(x)}/{number(n)}"


def clipped(text: str | None, length: int = 60) -> str:
    """Words of a notice on one line, cut with an ellipsis."""
    flat = "".join((text or "").split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def quoted(text: str | None, length: int = 60) -> str:
    """Words of a notice in quotation marks, those inside them turned into single ones, as print does."""
    return "“" + clipped(text, length).replace("“", "‘").replace("”", "’") + "”"


def width(text: str) -> int:
    """Columns that ``text`` takes: a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
