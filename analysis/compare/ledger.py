"""The ledger that a comparison works on: the core tables, filtered by city and year.

What is left out is said: near copies of a notice, and notices without a year where years were
asked for. A selection that leaves nothing, or names a city that is not there, raises
``EmptySelection`` with the values that would work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.frames import frame_from_rows
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import MissingTables, scan_table

YEAR_BASES = ("publication", "feedback", "inspection")
TABLES = tuple(
    name
    for name in CORE_TABLES
    if name not in ("core_texts", "core_metadata", "core_regions", "core_quarantine")
)
SAME_BODY = 0.5
UNKNOWN_PLACE_ZH, UNKNOWN_YEAR_ZH = "地点不详", "年份不详"


class EmptySelection(ValueError):
    """The selection names nothing that the ledger holds; ``allowed`` gives what it does hold."""

    def __init__(self, message: str, allowed: Mapping[str, list[Any]]):
        super().__init__(message)
        self.allowed = dict(allowed)


@dataclass(slots=True)
class Ledger:
    """Core tables of the selected notices, by table name, with what the selection left out."""

    frames: dict[str, pl.DataFrame]
    year_basis: str = "publication"
    excluded: list[dict[str, str]] = field(default_factory=list)
    all_cities: list[tuple[str, str]] = field(default_factory=list)
    all_years: list[int] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    prepared: dict[Any, Any] = field(
        default_factory=dict, repr=False
    )  # work that several tables share, kept by outputs

    @property
    def notices(self) -> pl.DataFrame:
        """``core_notices`` with ``year`` (on the basis), ``label_zh``, ``label_en`` and ``body_key``, in display order."""
        return self.frames["core_notices"]

    @property
    def notice_ids(self) -> list[str]:
        return self.notices["notice_id"].to_list()


def load_ledger(
    data_dir: str | Path,
    city_codes: Iterable[str] = (),
    first_year: int | None = None,
    last_year: int | None = None,
    year_basis: str = "publication",
    *,
    include_near_copies: bool = False,
) -> Ledger:
    """Read ``data_dir`` (files or partitioned folders) and keep the selected cities and years.

    ``city_codes`` takes six-digit codes or short names (鞍山); empty means all. Years are inclusive.
    Raises EmptySelection naming the allowed values, ValueError for an unknown ``year_basis``,
    MissingTables where nothing was parsed yet.
    """
    folder = Path(data_dir)
    ledger = ledger_from_frames(
        {"core_notices": scan_table(folder, "core_notices").collect()},
        city_codes,
        first_year,
        last_year,
        year_basis,
        include_near_copies=include_near_copies,
    )
    wanted = pl.Series("notice_id", ledger.notice_ids, dtype=pl.String)
    for name in TABLES:
        if name != "core_notices":
            ledger.frames[name] = _read(folder, name, wanted)
    for name in ("core_texts", "core_metadata"):
        ledger.frames[name] = _read(folder, name, wanted)
    return ledger


def _read(folder: Path, name: str, wanted: pl.Series) -> pl.DataFrame:
    try:
        frame = scan_table(folder, name).filter(pl.col("notice_id").is_in(wanted.implode())).collect()
    except MissingTables:
        return frame_from_rows(name, [])
    return _sorted(frame, wanted.to_list())


def ledger_from_frames(
    frames: Mapping[str, pl.DataFrame],
    city_codes: Iterable[str] = (),
    first_year: int | None = None,
    last_year: int | None = None,
    year_basis: str = "publication",
    *,
    include_near_copies: bool = False,
) -> Ledger:
    """The same selection on frames already in memory; tables that are absent are empty."""
    if year_basis not in YEAR_BASES:
        raise ValueError(f"year_basis {year_basis!r} is not known; use one of {', '.join(YEAR_BASES)}")
    notices = with_year(frames["core_notices"], year_basis)
    cities = sorted(
        {(code or "", name or "") for code, name in notices.select("city_code", "city_name").iter_rows()}
    )
    years = sorted(year for year in notices["year"].unique().to_list() if year is not None)
    kept, excluded = _select(
        notices, tuple(city_codes), first_year, last_year, cities, years, include_near_copies
    )
    kept = label_notices(kept)
    span = [y for y in kept["year"].to_list() if y is not None]
    low, high = (
        first_year if first_year is not None else min(span, default=0),
        last_year if last_year is not None else max(span, default=-1),
    )
    ids = kept["notice_id"].to_list()
    ledger = Ledger({"core_notices": kept}, year_basis, excluded, cities, years, list(range(low, high + 1)))
    for name in (*TABLES, "core_texts", "core_metadata"):
        if name != "core_notices":
            frame = frames.get(name)
            empty = frame_from_rows(name, [])
            ledger.frames[name] = (
                empty
                if frame is None
                else _sorted(frame.filter(pl.col("notice_id").is_in(kept["notice_id"].implode())), ids)
            )
    return ledger


def with_year(notices: pl.DataFrame, year_basis: str) -> pl.DataFrame:
    """``year`` on the basis: of the publication (notice_year), the feedback, or the inspection's start (else its end)."""
    year = {
        "publication": pl.col("notice_year"),
        "feedback": pl.col("feedback_date").dt.year(),
        "inspection": pl.coalesce(
            pl.col("inspection_start_date").dt.year(), pl.col("inspection_end_date").dt.year()
        ),
    }[year_basis]
    return notices.with_columns(year.cast(pl.Int64).alias("year"))


def _select(
    notices: pl.DataFrame,
    city_codes: tuple[str, ...],
    first: int | None,
    last: int | None,
    cities: list[tuple[str, str]],
    years: list[int],
    include_near_copies: bool,
) -> tuple[pl.DataFrame, list[dict[str, str]]]:
    allowed = {"city_codes": [f"{code} {name}".strip() for code, name in cities], "years": list(years)}
    said = f"cities: {', '.join(allowed['city_codes']) or 'none'}; years: {_year_list(years)}"
    if notices.is_empty():
        raise EmptySelection(
            "The ledger holds no notice. Put notices into data/raw and run `zhenggai parse`.", allowed
        )
    known = {value for pair in cities for value in pair if value}
    for wanted in city_codes:
        if str(wanted) not in known:
            near = get_close_matches(str(wanted), sorted(known), n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise EmptySelection(
                f"No notice of city {wanted!r} in the ledger.{hint} It holds {said}.", allowed
            )
    if first is not None and last is not None and first > last:
        raise EmptySelection(
            f"first_year {first} is after last_year {last}. The ledger holds {said}.", allowed
        )
    excluded: list[dict[str, str]] = []
    kept = notices
    if city_codes:
        names = [str(c) for c in city_codes]
        kept = kept.filter(pl.col("city_code").is_in(names) | pl.col("city_name").is_in(names))
    if first is not None or last is not None:
        for notice_id in kept.filter(pl.col("year").is_null())["notice_id"]:
            excluded.append(
                {
                    "notice_id": notice_id,
                    "reason_zh": "按所选口径年份不详，未纳入按年筛选",
                    "reason_en": "no year on the chosen basis, left out of a selection by year",
                }
            )
        kept = kept.filter(
            pl.col("year").is_between(first if first is not None else 0, last if last is not None else 9999)
        )
    if not include_near_copies:
        copies = kept.filter(pl.col("near_copy_of").is_in(kept["notice_id"].implode()))
        for notice_id, original in copies.select("notice_id", "near_copy_of").iter_rows():
            excluded.append(
                {
                    "notice_id": notice_id,
                    "reason_zh": f"与 {original} 基本相同，按副本剔除",
                    "reason_en": f"almost the same text as {original}: left out as a copy",
                }
            )
        kept = kept.join(copies.select("notice_id"), on="notice_id", how="anti", maintain_order="left")
    if kept.is_empty():
        raise EmptySelection(f"The selection holds no notice. The ledger holds {said}.", allowed)
    return kept.sort(
        "city_code", "city_name", "year", "notice_id", nulls_last=True, maintain_order=True
    ), excluded


def _year_list(years: list[int]) -> str:
    return ", ".join(map(str, years)) if years else "none known"


def label_notices(notices: pl.DataFrame) -> pl.DataFrame:
    """Adds display names that are unique in the selection, and ``body_key`` (place and sector, else place and issuer)."""
    zh: list[str] = []
    en: list[str] = []
    for row in notices.iter_rows(named=True):
        place, year = row["city_name"], row["year"]
        zh.append(f"{place or UNKNOWN_PLACE_ZH} {year or UNKNOWN_YEAR_ZH}")
        en.append(
            f"{row['notice_id'].partition('-')[0].capitalize() if place else 'Unknown place'} {year or '(no year)'}"
        )
    zh = _unique(zh, notices["sector_text"].to_list(), "（{}）")
    en = _unique(en, [None] * len(en), " ({})")
    return notices.with_columns(
        pl.Series("label_zh", zh, dtype=pl.String),
        pl.Series("label_en", en, dtype=pl.String),
        pl.Series("body_key", _body_keys(notices), dtype=pl.String),
    )


def _unique(labels: list[str], hints: list[str | None], form: str) -> list[str]:
    """Labels that stand twice get their hint, and where that is not enough a number."""
    twice = {label for label, count in Counter(labels).items() if count > 1}
    hinted = [
        label + form.format(hint) if label in twice and hint else label
        for label, hint in zip(labels, hints, strict=True)
    ]
    totals = Counter(hinted)
    seen: Counter[str] = Counter()
    result = []
    for label in hinted:
        seen[label] += 1
        result.append(label + form.format(seen[label]) if totals[label] > 1 else label)
    return result


def _body_keys(notices: pl.DataFrame) -> list[str]:
    """One key per inspected body. A bureau changes its name with every reform, so two sectors of one
    place are one body when half of the characters of the shorter name, and two at least, stand in the
    longer (文广旅, 文化旅游和广播电视; not 教育, 体育).
    """
    known: dict[str, list[tuple[set[str], str]]] = {}
    keys = []
    for row in notices.iter_rows(named=True):
        place = row["city_code"] or row["city_name"] or row["notice_id"]
        sector = row["sector_text"] or row["issuer_name"] or "?"
        letters = set(sector) - set("和与及、市县区局党组委")
        bodies = known.setdefault(place, [])
        key = next(
            (
                k
                for other, k in bodies
                if len(letters & other) >= max(2, SAME_BODY * min(len(letters), len(other)))
            ),
            None,
        )
        if key is None:
            key = f"{place}|{sector}"
        bodies.append((letters, key))
        keys.append(key)
    return keys


def _sorted(frame: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    """Rows in the order of the notices, inside a notice by place in the text, so that every table reads alike."""
    order = pl.DataFrame(
        {"notice_id": ids, "_order": range(len(ids))}, schema={"notice_id": pl.String, "_order": pl.Int64}
    )
    keys = [
        "_order",
        *(
            c
            for c in (
                "block_start",
                "char_start",
                "char_end",
                "ordinal",
                "problem_id",
                "measure_id",
                "claim_id",
                "check_id",
                "field_name",
            )
            if c in frame.columns
        ),
    ]
    return (
        frame.join(order, on="notice_id", how="left", maintain_order="left")
        .sort(keys, nulls_last=True, maintain_order=True)
        .drop("_order")
    )
