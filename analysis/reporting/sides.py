"""Which notices a profile or a pair is about."""

from __future__ import annotations

from typing import Any


def pick_city(notices: Any, city_code: str = "") -> list[str]:
    """Notice IDs of one city, by ID; without a code those of the first city by code.

    Raises LookupError that names the codes there are.
    """
    rows = _rows(notices)
    codes = sorted({r["city_code"] for r in rows if r["city_code"]})
    wanted = city_code or (codes[0] if codes else None)
    found = sorted(r["notice_id"] for r in rows if r["city_code"] == wanted)
    if not found:
        raise LookupError(
            f"no notice of {city_code!r}; there are: {', '.join(codes) or 'none with a city code'}"
        )
    return found


def pick_pair(notices: Any, left: str = "", right: str = "") -> tuple[str, str]:
    """Two notice IDs: each side a notice ID, or a city code (its latest notice).

    Without sides: the two latest notices of one city where a city has two, else the first two
    by city code. Raises LookupError when a side is unknown, both are the same, or fewer than two
    notices are selected.
    """
    rows = _rows(notices)
    known = [r["notice_id"] for r in rows]
    if len(known) < 2:
        raise LookupError(f"a pair needs two notices; the selection holds {len(known)}: {', '.join(known)}")
    first, second = (_side(rows, side) if side else "" for side in (left, right))
    if not first and not second:
        first, second = _default_pair(rows)
    elif not first or not second:
        first, second = _complete(known, first, second)
    if first == second:
        raise LookupError(f"both sides are {first}; choose two of: {', '.join(known)}")
    return first, second


def _rows(notices: Any) -> list[dict[str, Any]]:
    rows = notices.select("notice_id", "city_code", "year").to_dicts()
    return sorted(rows, key=lambda r: (r["city_code"] or "~", r["year"] or 0, r["notice_id"]))


def _side(rows: list[dict[str, Any]], side: str) -> str:
    if any(r["notice_id"] == side for r in rows):
        return side
    of_city = [r["notice_id"] for r in rows if r["city_code"] == side]
    if of_city:
        return of_city[-1]
    listed = ", ".join(f"{r['notice_id']} ({r['city_code'] or '–'})" for r in rows)
    raise LookupError(f"no notice or city {side!r} in the selection; there are: {listed}")


def _default_pair(rows: list[dict[str, Any]]) -> tuple[str, str]:
    by_city: dict[str, list[str]] = {}
    for row in rows:
        by_city.setdefault(row["city_code"] or row["notice_id"], []).append(row["notice_id"])
    for ids in by_city.values():
        if len(ids) > 1:
            return ids[-2], ids[-1]
    return rows[0]["notice_id"], rows[1]["notice_id"]


def _complete(known: list[str], first: str, second: str) -> tuple[str, str]:
    rest = next(n for n in known if n not in (first, second))
    return (first or rest), (second or rest)
