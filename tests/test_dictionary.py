"""The meaning of tables and columns: without it another tool, or another reader, must guess."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.ledger import store
from analysis.ledger.datapackage import NAME, package, set_paths, write_package
from analysis.ledger.dictionary import CODE_LISTS, describe_table, dictionary
from analysis.publishing.dictionary import DECLARED

TYPES = {"string", "integer", "number", "boolean", "date", "any"}
CONSTRAINTS = {
    "string": {"required", "unique", "pattern", "enum", "minLength", "maxLength"},
    "integer": {"required", "unique", "minimum", "maximum", "enum"},
    "number": {"required", "unique", "minimum", "maximum", "enum"},
    "boolean": {"required", "unique", "enum"},
    "date": {"required", "unique", "minimum", "maximum", "enum"},
    "any": {"required", "unique", "enum"},
}
TABLES = [*DECLARED, *CODE_LISTS]


def breaches(described: dict[str, Any]) -> list[str]:
    """Rules of Data Package and Table Schema 2.0 that a descriptor breaks."""
    found = []
    resources = {resource["name"]: resource for resource in described["resources"]}
    if len(resources) != len(described["resources"]):
        found.append("two resources have one name")
    for name, resource in resources.items():
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        found += [
            f"{name}: path {path}" for path in paths if path.startswith(("/", ".")) or ".." in path.split("/")
        ]
        if not re.fullmatch(r"[a-z0-9._-]+", name) or not paths or "data" in resource:
            found.append(f"{name}: name or path")
        schema = resource["schema"]
        fields = {field["name"]: field for field in schema["fields"]}
        if not fields or len(fields) != len(schema["fields"]):
            found.append(f"{name}: no fields, or two of one name")
        for field in fields.values():
            allowed = CONSTRAINTS.get(field["type"], set())
            limits = field.get("constraints", {})
            if field["type"] not in TYPES or set(limits) - allowed:
                found.append(f"{name}.{field['name']}: type or constraints")
            if "enum" in limits and len(set(limits["enum"])) != len(limits["enum"]) > 0:
                found.append(f"{name}.{field['name']}: enum")
        if not set(schema.get("primaryKey", [])) <= set(fields):
            found.append(f"{name}: primary key")
        for key in schema.get("foreignKeys", []):
            target = resources.get(key["reference"]["resource"] or name)
            columns = {field["name"] for field in target["schema"]["fields"]} if target else set()
            own, others = key["fields"], key["reference"]["fields"]
            if not (set(own) <= set(fields) and set(others) <= columns and len(own) == len(others)):
                found.append(f"{name}: foreign key {own}")
    return found


def misfits(described: dict[str, Any], frames: dict[str, pl.DataFrame]) -> list[str]:
    """Where the rows of the tables contradict their description."""
    kinds = {
        "string": pl.String,
        "integer": pl.Int64,
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
        "any": pl.List,
    }
    found = []
    for resource in described["resources"]:
        name, schema, frame = resource["name"], resource["schema"], frames[resource["name"]]
        if frame.columns != [field["name"] for field in schema["fields"]]:
            found.append(f"{name}: columns")
            continue
        for field in schema["fields"]:
            values, limits = frame[field["name"]], field.get("constraints", {})
            wrong = values.dtype.base_type() != kinds[field["type"]]
            wrong |= bool(limits.get("required") and values.null_count())
            if values.dtype.is_numeric() and values.null_count():  # Frictionless reads Parquet through pandas
                wrong |= {str(value) for value in values.to_pandas() if value != value} != set(
                    field.get("missingValues", ())
                )
            wrong |= bool(limits.get("unique") and values.n_unique() != frame.height)
            wrong |= bool("enum" in limits and set(values.drop_nulls()) - set(limits["enum"]))
            wrong |= bool("minimum" in limits and frame.height and (values < limits["minimum"]).any())
            wrong |= bool("maximum" in limits and frame.height and (values > limits["maximum"]).any())
            wrong |= bool(
                "pattern" in limits and not values.drop_nulls().str.contains(limits["pattern"]).all()
            )
            if wrong:
                found.append(f"{name}.{field['name']}")
        for key in schema.get("foreignKeys", []):
            target = frames[key["reference"]["resource"] or name]
            known = set(target[key["reference"]["fields"][0]])
            if left := set(frame[key["fields"][0]].drop_nulls()) - known:
                found.append(f"{name}.{key['fields'][0]}: {sorted(left)[:3]} stand nowhere")
    return found


def test_the_tables_come_with_a_description_that_other_tools_accept(ledger_data: Path) -> None:
    described = json.loads((ledger_data / NAME).read_text(encoding="utf-8"))
    assert breaches(described) == []
    frames = {name: store.read_table(ledger_data, name) for name in store.table_names(ledger_data)}
    assert {resource["name"] for resource in described["resources"]} == set(frames)
    assert misfits(described, frames) == []
    assert frames["core_problems"].height > 100


@pytest.mark.slow
def test_comparisons_are_described_with_what_they_point_to(ledger_data: Path, tmp_path: Path) -> None:
    from analysis import compare

    folder = tmp_path / "data"
    shutil.copytree(ledger_data, folder)
    compare.write(folder)
    described = json.loads((folder / NAME).read_text(encoding="utf-8"))
    frames = {name: store.read_table(folder, name) for name in store.table_names(folder)}
    assert breaches(described) == [] and misfits(described, frames) == []
    assert {resource["name"] for resource in described["resources"]} == set(frames) > {"out_completion"}


def test_a_row_that_points_nowhere_contradicts_the_description() -> None:
    """The checker above would else accept anything."""
    described = package(["core_sections", "core_measures", "core_problems"])
    assert breaches(described) == []
    measures = next(entry for entry in described["resources"] if entry["name"] == "core_measures")
    measures["schema"]["foreignKeys"][0]["reference"]["fields"] = ["nothing"]
    measures["schema"]["fields"][0]["constraints"]["minimum"] = 1
    assert len(breaches(described)) == 2


def test_a_table_in_parts_names_its_files_in_order(tmp_path: Path) -> None:
    for part in range(3):
        store.write_part(tmp_path, "core_texts", part, pl.DataFrame({"notice_id": [str(part)]}))
    store.write_part(tmp_path, "core_notices", 0, pl.DataFrame({"notice_id": ["a"]}))
    write_package(tmp_path, ["core_notices", "core_texts"])
    set_paths(tmp_path)
    described = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    assert breaches(described) == []
    paths = {entry["name"]: entry["path"] for entry in described["resources"]}
    assert paths["core_notices"] == "core_notices.parquet"
    assert [pl.read_parquet(tmp_path / path).item() for path in paths["core_texts"]] == ["0", "1", "2"]


def test_csv_is_described_as_it_is_written() -> None:
    """In CSV an empty text is a missing one and a list is a text: more must not be promised."""
    described = package(TABLES, DECLARED, kind="csv")
    assert breaches(described) == []
    problems = next(entry for entry in described["resources"] if entry["name"] == "core_problems")
    fields = {field["name"]: field for field in problems["schema"]["fields"]}
    assert "required" not in fields["secondary_type_codes"].get("constraints", {})
    assert fields["problem_id"]["constraints"]["required"]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_and_column_is_explained_in_both_languages(table: str) -> None:
    said = describe_table(table, DECLARED)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert chinese.search(said.title_zh) and chinese.search(said.description_zh)
    assert said.title_en and len(said.description_en) > 10 and not said.title_zh.endswith("。")
    for row in dictionary([table], DECLARED).iter_rows(named=True):
        place = f"{table}.{row['column']}"
        assert chinese.search(row["label_zh"] + row["description_zh"]) or row["label_zh"].isupper(), place
        assert len(row["label_zh"]) <= 14, f"{place}: a heading, not a sentence"
        assert row["description_en"] and not chinese.search(row["description_en"][:1]), place
        for text in (row["description_en"], row["description_zh"]):
            assert "_column" not in text and text.count("(") == text.count(")"), place
            for name in re.findall(r"codes_\w+", text):
                assert name in CODE_LISTS, f"{place} names {name}, which is no code list"


def test_no_code_list_is_left_out() -> None:
    from analysis.ledger.codes import read_code_lists

    assert set(read_code_lists()) == set(CODE_LISTS)
    for name, frame in read_code_lists().items():
        assert dictionary([name])["column"].to_list() == frame.columns
