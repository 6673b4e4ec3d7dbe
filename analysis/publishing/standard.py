"""What a notebook adds to Jupyter's standard outputs: captions, alt texts, notes and data of what it shows.

Imports nothing heavy: this module is loaded in every kernel.
"""

from __future__ import annotations

import html
import io
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

METADATA = "zhenggai"
_SVG_LIMIT = 1_000_000
_PNG_DPI = 200
# Drawn points beyond which a collection or line goes into the SVG as a picture.
_MANY_POINTS = 4_000
_SHOWN_ROWS = 500


def publish(
    thing: Any, *, caption: str = "", alt: str = "", data: Any = None, notes: str | Sequence[str] = ()
) -> None:
    """Show ``thing`` in the notebook with what a briefing prints around it.

    ``thing``: a matplotlib figure or axes (seaborn's too), a polars or pandas frame (shown whole, up to
    500 rows), or whatever Jupyter displays. ``caption`` stands above it, ``notes`` below; ``alt`` says in words
    what a figure shows, for readers who cannot see it; ``data`` (a frame) is offered as CSV beside it.
    """
    from IPython.display import HTML, display

    extra: dict[str, Any] = {"caption": caption, "alt": alt, "notes": _lines(notes)}
    kept = {name: value for name, value in extra.items() if value}
    if hasattr(thing, "columns") and hasattr(thing, "shape"):
        display(HTML(_frame_html(thing)), metadata={METADATA: kept})
        return
    figure = getattr(thing, "figure", None)
    if "matplotlib" not in sys.modules or not isinstance(figure, _figure_class()):
        display(thing, metadata={METADATA: kept | ({"data": frame_data(data)} if data is not None else {})})
        return
    register_formatters()
    for name, value in kept.items():
        setattr(figure, name, value)
    if data is not None:
        figure.data = data  # type: ignore[attr-defined]
    display(figure)
    # Jupyter shows what is left in pyplot's list at the end of the cell: once is enough.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)


def _lines(notes: Any) -> list[str]:
    return [notes] if isinstance(notes, str) else [str(note) for note in notes or ()]


def register_formatters() -> None:
    """Show every matplotlib figure of this kernel as SVG with its caption, alt text, notes and data.

    A figure whose SVG would be larger than a megabyte is shown as PNG. Outside a kernel nothing happens.
    """
    shell = _shell()
    if shell is not None:
        shell.display_formatter.mimebundle_formatter.for_type_by_name(
            "matplotlib.figure", "Figure", _figure_bundle
        )
        # its own text holds addresses in memory, another at each run, and is longer than the table
        plain = shell.display_formatter.formatters["text/plain"]
        plain.for_type_by_name(
            "great_tables.gt", "GT", lambda table, printer, cycle: printer.text("GT table")
        )


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _figure_bundle(
    figure: Any, include: Any = None, exclude: Any = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    shell = _shell()
    if shell is not None:
        for kind in ("image/svg+xml", "image/png"):
            # pyplot registers its own writer for the class: the figure would be stored twice.
            shell.display_formatter.formatters[kind].pop(_figure_class(), None)
    extra: dict[str, Any] = {
        name: str(getattr(figure, name, "") or "") for name in ("name", "caption", "alt")
    }
    extra["notes"] = _lines(getattr(figure, "notes", ()))
    kept = {name: value for name, value in extra.items() if value}
    if getattr(figure, "is_empty", False):
        kept["is_empty"] = True
    if getattr(figure, "data", None) is not None:
        kept["data"] = frame_data(figure.data)
    svg = figure_svg(figure)
    drawn: dict[str, Any] = {"text/plain": repr(figure)}
    if len(svg) <= _SVG_LIMIT:
        drawn["image/svg+xml"] = svg
    else:
        drawn["image/png"] = _saved(figure, "png", dpi=_PNG_DPI)
    return drawn, {METADATA: kept} if kept else {}


def _figure_class() -> type:
    from matplotlib.figure import Figure

    return Figure


def figure_svg(figure: Any) -> str:
    """``figure`` as SVG with live text, the same bytes every time; masses of points become a picture inside it."""
    import matplotlib

    heavy = [
        artist
        for axes in figure.axes
        for artist in (*axes.collections, *axes.lines)
        if _points(artist) > _MANY_POINTS and not artist.get_rasterized()
    ]
    for artist in heavy:
        artist.set_rasterized(True)
    try:
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "zhenggai"}):
            return _saved(figure, "svg", metadata={"Date": None, "Creator": None}).decode("utf-8")
    finally:
        for artist in heavy:
            artist.set_rasterized(False)


def _points(artist: Any) -> int:
    offsets = artist.get_offsets() if hasattr(artist, "get_offsets") else artist.get_xydata()
    paths = artist.get_paths() if hasattr(artist, "get_paths") else ()
    return max(len(offsets), sum(len(path.vertices) for path in paths) if len(paths) < 1000 else len(paths))


def _saved(figure: Any, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    # A figure of ours has its printed size; any other is cut to what is drawn, as Jupyter itself does.
    tight = {} if hasattr(type(figure), "alt") else {"bbox_inches": "tight"}
    figure.savefig(buffer, format=kind, facecolor="white", **tight, **options)
    return buffer.getvalue()


def frame_data(frame: Any) -> dict[str, list[Any]]:
    """A polars or pandas frame as {"columns": names, "rows": rows} of JSON values."""
    columns = [str(name) for name in frame.columns]
    rows: Iterable[Sequence[Any]] = (
        frame.iter_rows() if hasattr(frame, "iter_rows") else frame.itertuples(index=False, name=None)
    )
    return {"columns": columns, "rows": [[_plain(value) for value in row] for row in rows]}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set)):
        return ", ".join(str(part) for part in value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _frame_html(frame: Any) -> str:
    """A frame as an HTML table, all rows up to the limit, with the shape that says how many there are."""
    held = frame_data(frame.head(_SHOWN_ROWS))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in held["columns"])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape('' if v is None else str(v))}</td>" for v in row) + "</tr>"
        for row in held["rows"]
    )
    rows, columns = frame.shape
    return (
        f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"<p>{rows} rows × {columns} columns</p>"
    )
