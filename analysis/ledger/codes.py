"""Code lists: ``analysis/lookups/codes/codes_*.csv`` become the ``codes_*`` tables."""

from __future__ import annotations

import polars as pl

from analysis.paths import LOOKUPS


def read_code_lists() -> dict[str, pl.DataFrame]:
    """Table name → frame with at least ``code, label_zh, label_en``; every value is text.

    Raises ValueError naming the file where a column is missing or a code stands twice.
    """
    lists: dict[str, pl.DataFrame] = {}
    for path in sorted((LOOKUPS / "codes").glob("codes_*.csv")):
        frame = pl.read_csv(path, infer_schema=False)
        missing = {"code", "label_zh", "label_en"} - set(frame.columns)
        if missing:
            raise ValueError(
                f"{path.name}: columns {sorted(missing)} are missing; every code list needs code,label_zh,label_en"
            )
        twice = frame.filter(pl.col("code").is_duplicated())["code"].to_list()
        if twice:
            raise ValueError(f"{path.name}: code {twice[0]!r} stands twice; keep one line per code")
        lists[path.stem] = (
            frame.sort("code", maintain_order=True) if "ordinal" not in frame.columns else frame
        )
    return lists
