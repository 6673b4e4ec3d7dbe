"""``datapackage.json``: the tables of a folder described for other tools (Data Package, Table Schema)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the schemas are loaded by those who describe, not by those who only set paths
    from analysis.ledger.dictionary import Declared

NAME = "datapackage.json"
FORMATS = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
LISTS = {"parquet": "any", "csv": "string"}  # what a list is for Frictionless in each
# column: the table and column that its values stand in
REFERENCES = {
    "notice_id": ("core_notices", "notice_id"),
    "notice_id_a": ("core_notices", "notice_id"),
    "notice_id_b": ("core_notices", "notice_id"),
    "from_notice_id": ("core_notices", "notice_id"),
    "to_notice_id": ("core_notices", "notice_id"),
    "previous_notice_id": ("core_notices", "notice_id"),
    "near_copy_of": ("core_notices", "notice_id"),
    "section_id": ("core_sections", "section_id"),
    "parent_section_id": ("core_sections", "section_id"),
    "aspect_id": ("core_sections", "section_id"),
    "category_id": ("core_sections", "section_id"),
    "problem_id": ("core_problems", "problem_id"),
    "parent_problem_id": ("core_problems", "problem_id"),
    "claim_id": ("core_claims", "claim_id"),
    "check_id": ("core_checks", "check_id"),
}
UNBOUND = {
    "core_notices.notice_id",
    "core_quarantine.notice_id",  # a notice that was set aside is in no table
    "out_robustness.claim_code",  # a headline claim, not a total
    "out_measures_by_type.dimension_code",  # here and below: or unclassified, which is no dimension
    "out_type_counts.dimension_code",
    "out_type_prevalence.dimension_code",
}


def package(tables: Iterable[str], declared: Declared | None = None, kind: str = "parquet") -> dict[str, Any]:
    """The descriptor of ``tables`` as ``<table>.<kind>`` in one folder; ``kind`` is parquet or csv.

    In CSV a list is one text and an empty text cannot be told from a missing one. Of Parquet, Frictionless
    reads through pandas: there an empty number is ``nan``, and a list is no list of Python's.
    """
    from analysis.ledger.dictionary import describe_table, dictionary
    from analysis.ledger.schemas import CORE_TABLES

    declared = declared or CORE_TABLES
    names = sorted(tables)
    rows = dictionary(names, declared).partition_by("table", as_dict=True)
    resources = []
    for name in names:
        said = describe_table(name, declared)
        resource: dict[str, Any] = {
            "name": name,
            "type": "table",
            "path": f"{name}.{kind}",
            "format": kind,
            "mediatype": FORMATS[kind],
            "title": said.title_en,
            "title_zh": said.title_zh,
            "description": said.description_en,
            "description_zh": said.description_zh,
        }
        if kind == "csv":
            resource["encoding"] = "utf-8"
        specs = declared[name].columns() if name in declared else {}
        columns = rows[name,].to_dicts()
        resource["schema"] = _schema(name, columns, specs, set(names), kind)
        resources.append(resource)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "zhenggai",
        "title": "Ledger of rectification notices",
        "title_zh": "巡察整改台账",
        "description": "Every status is the inspected body's own word; every value leads back to its sentence in core_texts.",
        "description_zh": "各项整改状态均为被巡察单位自报；每个数值都可查到 core_texts 中的原文。",
        "resources": resources,
    }


def _schema(
    table: str, columns: list[dict[str, Any]], specs: Mapping[str, Any], tables: set[str], kind: str
) -> dict[str, Any]:
    keys = [name for name, spec in specs.items() if spec.primary_key] or (
        ["code"] if table.startswith("codes_") else []
    )
    fields = []
    for row in columns:
        held = row["type"]
        field = {
            "name": row["column"],
            "type": LISTS[kind] if held == "array" else held,
            "title": row["label_en"],
            "title_zh": row["label_zh"],
            "description": row["description_en"],
            "description_zh": row["description_zh"],
        }
        if row["unit"]:
            field["unit"] = row["unit"]
        if kind == "parquet" and held in ("integer", "number") and row["nullable"]:
            field["missingValues"] = ["nan"]
        limits = _constraints(row, specs.get(row["column"]), keys, kind)
        fields.append({**field, "constraints": limits} if limits else field)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""] if kind == "csv" else []}
    if keys:
        schema["primaryKey"] = keys
    foreign = [_reference(table, row, tables) for row in columns]
    if found := [entry for entry in foreign if entry]:
        schema["foreignKeys"] = found
    return schema


def _constraints(row: Mapping[str, Any], spec: Any, keys: list[str], kind: str) -> dict[str, Any]:
    is_text = row["type"] in ("string", "array")
    limits: dict[str, Any] = {}
    if not row["nullable"] and (kind != "csv" or not is_text or row["column"] in keys):
        limits["required"] = True
    if keys == [row["column"]]:
        limits["unique"] = True
    for name, attribute in (("minimum", "min"), ("maximum", "max"), ("pattern", "regex")):
        if (value := getattr(spec, attribute, None)) is not None:
            limits[name] = value
    if members := ((spec.metadata or {}).get("members") if spec is not None else None):
        limits["enum"] = list(members)
    return limits


def _reference(table: str, row: Mapping[str, Any], tables: set[str]) -> dict[str, Any] | None:
    from analysis.ledger.dictionary import CODE_LIST_OF

    column = row["column"]
    target, key = REFERENCES.get(column, (CODE_LIST_OF.get(column, ""), "code"))
    is_listed = row["type"] == "array" or column.endswith("_codes") or column == "flags"
    if (
        target not in tables
        or is_listed
        or f"{table}.{column}" in UNBOUND
        or (target, key) == (table, column)
    ):
        return None
    return {"fields": [column], "reference": {"resource": "" if target == table else target, "fields": [key]}}


def write_package(
    folder: Path, tables: Iterable[str], declared: Declared | None = None, kind: str = "parquet"
) -> Path:
    """Write the descriptor of ``tables`` into their folder."""
    return _write(folder, package(tables, declared, kind))


def set_paths(folder: Path) -> None:
    """Name the files of each table that is a folder of parts; the tables stand in ``folder`` as built."""
    described = json.loads((folder / NAME).read_text(encoding="utf-8"))
    for resource in described["resources"]:
        parts = sorted(path.name for path in (folder / resource["path"]).glob("part-*.parquet"))
        if len(parts) > 1:
            resource["path"] = [f"{resource['name']}.parquet/{part}" for part in parts]
    _write(folder, described)


def _write(folder: Path, described: Mapping[str, Any]) -> Path:
    path, temporary = folder / NAME, folder / f".{NAME}.new"
    temporary.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return temporary.replace(path)
