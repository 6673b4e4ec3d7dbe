"""What the schemas of all comparison tables share: the keys of the grid, and column shorthands."""

from __future__ import annotations

import dataframely as dy

from analysis.ledger.schemas import real, text, whole

UNITS = ("problem", "leaf_item", "task", "measure")
COUNTED_UNITS = ("problem", "leaf_item")
DEFINITIONS = ("stated", "itemised", "strict", "lenient")
COMPARED_DEFINITIONS = (*DEFINITIONS, "best_available")
VERDICTS = ("cannot_be_told_apart", "differs", "not_comparable")


def ratio(en: str, zh: str, *, null: bool = True) -> dy.Float64:
    return real(en, zh, null=null, low=0, high=1)


def flags_column() -> dy.String:
    return text("comparability flags of the row (codesflags_column), comma-joined", "可比性标记")


def ids_column(
    en: str = "IDs of the rows behind the number, comma-joined", zh: str = "依据编号"
) -> dy.String:
    return text(en, zh)


class GridSchema(dy.Schema):
    """The keys of one cell of the city × year grid."""

    notice_id = text("the notice; null for a city-year without one", "通报编号", null=True)
    city_code = text("GB/T 2260 code; null where the place is unknown", "行政区划代码", null=True)
    city_name = text("place of the body, short form", "城市", null=True)
    year = whole("year on the chosen basis; null where unknown", "年份", null=True, low=1990)
    label_zh = text("display name of the notice (place and year)", "显示名")
    label_en = text("display name of the notice in English", "显示名（英文）")
