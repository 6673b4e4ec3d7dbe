"""What is compared: the notices of some cities and years, as frames with city, body, year and labels joined.

``select`` is the one door for notebooks, commands and scripts. It takes values as papermill and a
command line hand them over and refuses a wrong one with one line that names the nearest choice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from analysis import english, paths
from analysis.bodies import HEAD, identify
from analysis.ledger.frames import frame_from_rows
from analysis.ledger.store import MissingTables, scan_table
from analysis.lookups import load_csv

UNITS = ("problem", "item")
COMPLETIONS = ("strict", "lenient")
YEAR_BASES = ("publication", "feedback", "inspection")
LANGS = ("zh", "en")
JOINED = ("city_code", "city_name", "body_id", "body_name", "year", "label_zh", "label_en")
UNKNOWN_PLACE_ZH, UNKNOWN_YEAR_ZH = "地点不详", "年份不详"
MOST_LISTED = 12
_ORDER = (
    "block_start",
    "char_start",
    "char_end",
    "ordinal",
    "problem_id",
    "measure_id",
    "claim_id",
    "check_id",
)


class SelectionError(ValueError):
    """A parameter that cannot be used: one line that names it, the value, and what would do."""

    def _render_traceback_(self) -> list[str]:
        return [f"SelectionError: {self}"]


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like ``word``, or None when none is at all alike."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word.lower(), list(choices), scorer=fuzz.WRatio, score_cutoff=45)
    return found[0] if found else None


def check_choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """``value`` where it is one of ``allowed``; else SelectionError naming the nearest."""
    choices = list(allowed)
    if value in choices:
        return value
    guess = nearest(str(value), choices)
    hint = f" Did you mean {guess!r}?" if guess else ""
    raise SelectionError(f"{name} cannot be {value!r}.{hint} Allowed: {', '.join(choices)}.")


def check_year(name: str, value: Any) -> int | None:
    """A year as a whole number; None for None, 0 and empty text."""
    if isinstance(value, str):
        value = value.strip() or None
    try:
        if isinstance(value, bool) or (year := int(value or 0)) != float(value or 0):
            raise ValueError
    except (TypeError, ValueError):
        raise SelectionError(
            f"{name} takes a whole number, not {value!r} ({type(value).__name__}). Allowed: a year such as 2021, or 0 for all."
        ) from None
    return year or None


def check_codes(name: str, value: Any) -> list[str]:
    """City codes or names: a list, ``'["210300"]'``, ``"鞍山,益阳"``, or one code."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.strip().strip("[]")
    if isinstance(value, str):
        value = value.replace("，", ",").replace("、", ",").split(",")
    elif isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    elif value is None:
        value = []
    try:
        words = list(value)
    except TypeError:
        words = [None]
    if any(isinstance(word, bool) or not isinstance(word, (str, int)) for word in words):
        raise SelectionError(
            f"{name} takes a list (comma-separated), not {value!r} ({type(value).__name__}). "
            'Allowed: codes or names, such as ["210300"] or "鞍山,益阳".'
        )
    return [word for word in (str(word).strip().strip("\"'") for word in words) if word]


class Ledger:
    """The selected notices as polars frames, each read when first asked for.

    ``notices, problems, measures, citations, events, quantities, claims, checks, recurrences, sections,
    metadata`` carry ``city_code, city_name, body_id, body_name, year, label_zh, label_en``; ``problems`` also
    ``primary_type_label_zh/_en`` and ``status_label_zh/_en``. ``texts`` and ``quarantine`` stand as stored.
    Rows are in display order: by notice, then by place in the text.
    """

    def __init__(
        self,
        read: Callable[[str], pl.LazyFrame],
        notices: pl.DataFrame,
        *,
        excluded: pl.DataFrame,
        year_basis: str = "publication",
        data_dir: Path | None = None,
        choices: Mapping[str, Any] | None = None,
    ):
        self._read = read
        self.notices = notices
        self.excluded = excluded
        self.year_basis = year_basis
        self.data_dir = data_dir
        self.choices = dict(choices or {})  # as selected: what a stored comparison is compared with
        self.memo: dict[Any, Any] = {}  # what several comparisons of this selection share

    @property
    def notice_ids(self) -> list[str]:
        return self.notices["notice_id"].to_list()

    @property
    def cities(self) -> pl.DataFrame:
        """``city_code``, ``city_name`` of the selection, by code."""
        return self.notices.select("city_code", "city_name").unique(maintain_order=True)

    def _frame(self, name: str, joined: bool = True) -> pl.DataFrame:
        try:
            lazy = self._read(name)
        except MissingTables:
            lazy = frame_from_rows(name, []).lazy()
        keys = self.notices.select("notice_id", *JOINED).with_row_index("_order").lazy()
        frame = lazy.join(keys, on="notice_id", how="inner", maintain_order="left").collect()
        order = ["_order", *(column for column in _ORDER if column in frame.columns)]
        frame = frame.sort(order, nulls_last=True, maintain_order=True).drop("_order")
        return frame if joined else frame.drop(JOINED)

    @cached_property
    def problems(self) -> pl.DataFrame:
        return self._frame("core_problems").with_columns(
            *_labelled("primary_type_code", "codes_problem_types", "primary_type"),
            *_labelled("status_code", "codes_statuses", "status"),
        )

    @cached_property
    def measures(self) -> pl.DataFrame:
        return self._frame("core_measures")

    @cached_property
    def citations(self) -> pl.DataFrame:
        return self._frame("core_citations")

    @cached_property
    def events(self) -> pl.DataFrame:
        return self._frame("core_events")

    @cached_property
    def quantities(self) -> pl.DataFrame:
        """``core_figures``: sums, areas, numbers of people."""
        return self._frame("core_figures")

    @cached_property
    def claims(self) -> pl.DataFrame:
        return self._frame("core_claims")

    @cached_property
    def checks(self) -> pl.DataFrame:
        return self._frame("core_checks")

    @cached_property
    def recurrences(self) -> pl.DataFrame:
        return self._frame("core_recurrences")

    @cached_property
    def sections(self) -> pl.DataFrame:
        return self._frame("core_sections")

    @cached_property
    def metadata(self) -> pl.DataFrame:
        return self._frame("core_metadata")

    @cached_property
    def texts(self) -> pl.DataFrame:
        return self._frame("core_texts", joined=False)

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """Files and records that could not be read, of the whole data folder."""
        try:
            return self._read("core_quarantine").collect()
        except MissingTables:
            return frame_from_rows("core_quarantine", [])

    def explain(self, row_id: str) -> Explained:
        """The row with this ID and its passage in the source, marked. Raises UnknownID naming like ones."""
        from analysis.ledger.explain import explain

        if self.data_dir is None:
            raise ValueError("explain needs a ledger read from a data folder: select(data_dir=…)")
        return Explained(explain(self.data_dir, row_id))

    def _facts(self) -> list[tuple[str, str]]:
        notices = self.notices
        years = notices["year"].drop_nulls().to_list()
        span = f"{min(years)}–{max(years)}" if years else UNKNOWN_YEAR_ZH
        names = [name or UNKNOWN_PLACE_ZH for name in self.cities["city_name"]]
        listed = "、".join(names[:MOST_LISTED]) + ("…" if len(names) > MOST_LISTED else "")
        mark = {
            "疑似节选 excerpts suspected": notices["is_excerpt"].sum(),
            "反馈日不详 feedback day unknown": notices["feedback_date"].null_count(),
            "层级不一 levels": notices["admin_level"].drop_nulls().n_unique() - 1,
        }
        flags = " · ".join(f"{what} {n}" for what, n in mark.items() if n > 0)
        left = Counter(reason for reason in self.excluded["reason_en"].str.replace(" of .*| as .*:", ""))
        return [
            ("通报 notices", f"{notices.height}，问题 problems {notices['problem_count'].sum()}"),
            ("城市 cities", f"{len(names)}：{listed}"),
            ("单位 bodies", str(notices["body_id"].n_unique())),
            ("年份 years", f"{span}（{self.year_basis}）"),
            ("留意 flags", flags or "–"),
            ("未纳入 left out", "；".join(f"{n} × {why}" for why, n in left.most_common(3)) or "–"),
            ("数据 data", str(self.data_dir or "in memory")),
        ]

    def __repr__(self) -> str:
        return "Ledger\n" + "\n".join(f"  {name}: {value}" for name, value in self._facts())

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{escape(n)}</th><td>{escape(v)}</td></tr>" for n, v in self._facts())
        return f'<table class="ledger">{rows}</table>'


class Explained:
    """A row with its passages; Jupyter shows the passages with their spans marked."""

    MOST = 6

    def __init__(self, found: Any):
        self.table, self.row, self.source_path = found.table, found.row, found.source_path
        self.passages = found.passages

    def __repr__(self) -> str:
        lines = [f"{p.column}: …{p.before}【{p.marked[:400]}】{p.after}…" for p in self.passages[: self.MOST]]
        return "\n".join([f"{self.table} · {self.source_path}", *lines])

    def _repr_html_(self) -> str:
        shown = "".join(
            f"<p><small>{escape(p.column)}</small><br>…{escape(p.before)}<mark>{escape(p.marked[:400])}</mark>{escape(p.after)}…</p>"
            for p in self.passages[: self.MOST]
        )
        return f"<div><small>{escape(self.table)} · {escape(self.source_path)}</small>{shown}</div>"


def _labelled(column: str, codes: str, stem: str) -> list[pl.Expr]:
    rows = load_csv(f"codes/{codes}")
    return [
        pl.col(column)
        .replace_strict(
            {row["code"]: row[f"label_{lang}"] for row in rows},
            default=pl.col(column),
            return_dtype=pl.String,
        )
        .alias(f"{stem}_label_{lang}")
        for lang in LANGS
    ]


def select(
    city_codes: Any = (),
    first_year: Any = None,
    last_year: Any = None,
    year_basis: str = "publication",
    data_dir: str | Path | None = None,
    *,
    include_near_copies: bool = False,
) -> Ledger:
    """The notices of some cities and years of a data folder.

    ``city_codes``: six-digit codes or names (鞍山, 鞍山市); empty means all. Years are inclusive, 0 or None is
    open; ``year_basis`` says which year (publication, feedback, inspection). ``data_dir``: the folder of
    ``core_*`` tables, by default the project's ``data/processed``. Raises SelectionError.
    """
    folder = _folder(data_dir)
    return _select(
        lambda name: scan_table(folder, name),
        (city_codes, first_year, last_year, year_basis, include_near_copies),
        folder,
    )


def select_frames(
    frames: Mapping[str, pl.DataFrame],
    city_codes: Any = (),
    first_year: Any = None,
    last_year: Any = None,
    year_basis: str = "publication",
    *,
    include_near_copies: bool = False,
) -> Ledger:
    """The same selection on core frames in memory, by table name; tables that are absent are empty."""

    def read(name: str) -> pl.LazyFrame:
        return (frames[name] if name in frames else frame_from_rows(name, [])).lazy()

    return _select(read, (city_codes, first_year, last_year, year_basis, include_near_copies), None)


def _folder(data_dir: str | Path | None) -> Path:
    if data_dir in (None, ""):
        tried = [paths.processed_dir()]
    else:
        given = Path(str(data_dir))
        home = paths.project_home().joinpath(*(part for part in given.parts if part not in ("..", ".")))
        tried = [given] if given.is_absolute() else [given, home]
    for folder in tried:
        try:
            scan_table(folder, "core_notices")
        except MissingTables:
            continue
        return folder
    raise SelectionError(
        f"data_dir: no parsed notices in {str(data_dir or tried[0])!r}. Run `zhenggai parse` first; it writes to data/processed of the project."
    )


def _select(read: Callable[[str], pl.LazyFrame], asked: tuple[Any, ...], folder: Path | None) -> Ledger:
    words = check_codes("city_codes", asked[0])
    first, last = check_year("first_year", asked[1]), check_year("last_year", asked[2])
    basis = check_choice("year_basis", asked[3], YEAR_BASES)
    everything = with_year(read("core_notices").collect(), basis)
    if everything.is_empty():
        raise SelectionError(
            "The ledger holds no notice. Put notices into data/raw and run `zhenggai parse`."
        )
    places = {city or "" for city in everything["city_code"]} | {
        city or "" for city in everything["city_name"]
    }
    cities = list(dict.fromkeys(_city(word, everything, places) for word in words))
    if first and last and first > last:
        raise SelectionError(f"first_year {first} is after last_year {last}. {_held(everything)}")
    # over the whole ledger: who a body is must not depend on what was selected
    everything = everything.join(
        identify(everything, _heads(read)), on="notice_id", how="left", maintain_order="left"
    )
    kept = everything
    if cities:
        kept = kept.filter(pl.col("city_code").is_in(cities) | pl.col("city_name").is_in(cities))
    left_out: list[pl.DataFrame] = []
    if first or last:
        left_out.append(
            _reasons(
                kept.filter(pl.col("year").is_null()),
                pl.lit("按所选口径年份不详，未纳入按年筛选"),
                pl.lit("no year on the chosen basis, left out of a selection by year"),
            )
        )
        kept = kept.filter(pl.col("year").is_between(first or 0, last or 9999))
    if not asked[4]:
        originals = kept.select(pl.col("notice_id").alias("near_copy_of"), "body_id", "feedback_date")
        # equal sentences of another body, or of another round, are a finding about copying and no copy
        copies = kept.join(originals, on="near_copy_of", how="inner", suffix="_of_original").filter(
            (pl.col("body_id") == pl.col("body_id_of_original"))
            & (pl.col("feedback_date") == pl.col("feedback_date_of_original")).fill_null(True)
        )
        left_out.append(
            _reasons(
                copies,
                pl.format("与 {} 基本相同，按副本剔除", "near_copy_of"),
                pl.format("almost the same text as {}: left out as a copy", "near_copy_of"),
            )
        )
        kept = kept.join(copies.select("notice_id"), on="notice_id", how="anti", maintain_order="left")
    if kept.is_empty():
        raise SelectionError(f"The selection holds no notice. {_held(everything)}")
    excluded = pl.concat([_reasons(kept.clear(), pl.lit(""), pl.lit("")), *left_out])
    kept = kept.sort(
        "city_code", "city_name", "body_id", "year", "notice_id", nulls_last=True, maintain_order=True
    )
    choices = {
        "city_codes": sorted(cities),
        "first_year": first,
        "last_year": last,
        "year_basis": basis,
        "include_near_copies": bool(asked[4]),
    }
    return Ledger(
        read, _with_labels(kept), excluded=excluded, year_basis=basis, data_dir=folder, choices=choices
    )


def _heads(read: Callable[[str], pl.LazyFrame]) -> dict[str, str]:
    try:
        heads = read("core_texts").select("notice_id", pl.col("text").str.slice(0, HEAD)).collect()
    except MissingTables:
        return {}
    return dict(heads.iter_rows())


def _reasons(notices: pl.DataFrame, zh: pl.Expr, en: pl.Expr) -> pl.DataFrame:
    return notices.select("notice_id", zh.alias("reason_zh"), en.alias("reason_en"))


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


def _held(notices: pl.DataFrame) -> str:
    years = notices["year"].drop_nulls().unique().sort().to_list()
    return f"The ledger holds cities: {_cities_listed(notices)}; years: {', '.join(map(str, years)) or 'none known'}."


def _cities_listed(notices: pl.DataFrame) -> str:
    rows = notices.select("city_code", "city_name").unique().sort("city_code", "city_name", nulls_last=True)
    cities = [f"{code or ''} {name or ''}".strip() or "unknown" for code, name in rows.iter_rows()]
    more = f" and {len(cities) - MOST_LISTED} more" if len(cities) > MOST_LISTED else ""
    return ", ".join(cities[:MOST_LISTED]) + more


def _city(word: str, notices: pl.DataFrame, places: set[str]) -> str:
    """The code (else the name) of a place of the ledger; refuses others with the nearest."""
    if word in places:
        found = notices.filter((pl.col("city_code") == word) | (pl.col("city_name") == word))
        codes = found["city_code"].drop_nulls().unique().to_list()
        return codes[0] if len(codes) == 1 else word
    short = word.removesuffix("市")  # 市: city
    if short in places:
        return _city(short, notices, places)
    guess = nearest(word, sorted(places - {""}))
    hint = ""
    if guess:
        near = notices.filter((pl.col("city_code") == guess) | (pl.col("city_name") == guess))
        hint = f" Did you mean {_cities_listed(near.head(1))}?"
    raise SelectionError(
        f"city_codes: no notice of {word!r} in the ledger.{hint} Available: {_cities_listed(notices)}."
    )


def _with_labels(notices: pl.DataFrame) -> pl.DataFrame:
    """``label_zh``, ``label_en``: place and year, with the body where a city has several; unique in the selection."""
    city = pl.coalesce("city_code", "city_name", "notice_id")
    several = pl.col("body_id").n_unique().over(city) > 1
    place_zh = pl.col("city_name").fill_null(UNKNOWN_PLACE_ZH)
    spelled = pl.col("notice_id").str.split("-").list.first().str.to_titlecase()
    place_en = pl.col("city_code").map_elements(english.place, return_dtype=pl.String)
    # the body without its city: 衡阳粮食和物资储备局 → Hengyang Grain and Reserves
    office = pl.col("body_name").str.strip_prefix(pl.col("city_name").fill_null(""))
    topic = office.map_elements(lambda name: english.topic(name) or name, return_dtype=pl.String)
    year = pl.col("year").cast(pl.String)
    return notices.with_columns(
        pl.concat_str(
            pl.when(several).then(pl.col("body_name")).otherwise(place_zh),
            year.fill_null(UNKNOWN_YEAR_ZH),
            separator=" ",
        ).alias("label_zh"),
        pl.concat_str(
            pl.when(pl.col("city_name").is_null())
            .then(pl.lit("Unknown place"))
            .otherwise(pl.coalesce(place_en, spelled)),
            pl.when(several).then(pl.concat_str(pl.lit(" "), topic)).otherwise(pl.lit("")),
            pl.lit(" "),
            year.fill_null("(no year)"),
        ).alias("label_en"),
    ).with_columns(_numbered("label_zh", "（{}）"), _numbered("label_en", " ({})"))


def _numbered(column: str, form: str) -> pl.Expr:
    """Labels that stand twice get a number."""
    number = pl.int_range(1, pl.len() + 1).over(column)
    return pl.when(pl.len().over(column) > 1).then(pl.format("{}" + form, column, number)).otherwise(column)


def two_notices(ledger: Ledger, left: str = "", right: str = "", prefer: Iterable[str] = ()) -> list[str]:
    """The IDs of two notices to set side by side: ``left`` and ``right`` are a notice ID, a city code or a name.

    A city stands for its latest notice, the same city twice for its latest two; empty: the first of ``prefer``,
    then the first in display order that is not chosen yet. Raises SelectionError.
    """
    chosen: list[str] = []
    rows = ledger.notices.sort("year", descending=True, nulls_last=True, maintain_order=True)
    for name, word in (("left", str(left).strip()), ("right", str(right).strip())):
        if not word:
            continue
        found = rows.filter(
            (pl.col("notice_id") == word)
            | (pl.col("city_code") == word)
            | (pl.col("city_name") == word.removesuffix("市"))
        ).filter(~pl.col("notice_id").is_in(chosen))
        if found.is_empty():
            guess = nearest(word, [*rows["notice_id"], *rows["city_name"].drop_nulls()])
            hint = f" Did you mean {guess!r}?" if guess else ""
            raise SelectionError(
                f"{name} cannot be {word!r}: the selection holds no (other) notice of it.{hint} "
                f"Allowed: a notice ID such as {rows['notice_id'][0]!r}, or a city code or name."
            )
        chosen.append(found["notice_id"][0])
    others = [notice for notice in dict.fromkeys([*prefer, *ledger.notice_ids]) if notice not in chosen]
    chosen += others[: 2 - len(chosen)]
    if len(chosen) < 2:
        raise SelectionError("left and right: the selection holds one notice only; a comparison takes two.")
    return chosen
