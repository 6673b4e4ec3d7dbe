"""Blocks as executed notebooks hold them: every kind, long Chinese tables, hostile strings, rare characters."""

from __future__ import annotations

import json
from pathlib import Path

MIME = "application/vnd.zhenggai.block+json"
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example/","点此")',
    '#import "@preview/x:1.0.0": *',
    '$x^2$ #panic("no")',
    "javascript:alert(1)",
    ']] #read("/etc/passwd") [[',
    "\u202eevitagen\u202c 反向",
    "‏שלום‎ عربي",
    "𬭎 將 龘 ✔ \U0001f9ff",
    "a\x00b\x07c",
    "@SUM(A1)",
    "+86-412-5550101",
    "-1+2",
    "\t=1+1",
    "{{ 7*7 }} {% x %}",
    "&lt;b&gt; ]]>",
    "\\u{0} *粗* _斜_ `码`",
)


def svg(label: str = "鞍山", hostile: str = "") -> str:
    return f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="453.6pt" height="180pt" viewBox="0 0 453.6 180" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <defs><style type="text/css">*{{stroke-linejoin: round; stroke-linecap: butt}}</style></defs>
 <defs><path id="m1" d="M 0 3 C 0.8 3 1.6 2.7 2.1 2.1 C 2.7 1.6 3 0.8 3 0 C 3 -0.8 2.7 -1.6 2.1 -2.1 C 1.6 -2.7 0.8 -3 0 -3 C -0.8 -3 -1.6 -2.7 -2.1 -2.1 C -2.7 -1.6 -3 -0.8 -3 0 C -3 0.8 -2.7 1.6 -2.1 2.1 C -1.6 2.7 -0.8 3 0 3 z" style="stroke: #1f4e79"/></defs>
 <g id="figure_1"><g id="patch_1"><path d="M 0 180 L 453.6 180 L 453.6 0 L 0 0 z" style="fill: #ffffff"/></g>
 <g id="axes_1"><path d="M 90 140 L 430 140" clip-path="url(#p1)" style="fill: none; stroke: #888888; stroke-width: 0.8"/>
 <path d="M 240 40 L 380 40" style="fill: none; stroke: #1f4e79; stroke-width: 1.5; stroke-linecap: square"/>
 <use xlink:href="#m1" x="330" y="40" style="fill: #1f4e79; stroke: #1f4e79"/>
 <path d="M 300 80 L 420 80" style="fill: none; stroke: #1f4e79; stroke-width: 1.5; stroke-linecap: square"/>
 <use xlink:href="#m1" x="390" y="80" style="fill: #1f4e79; stroke: #1f4e79"/>
 <g id="text_1"><text style="font: 10px 'Noto Sans SC'; text-anchor: end" x="80" y="43" transform="rotate(-0 80 43)">{label}</text></g>
 <g id="text_2"><text style="font-size: 10px; font-family: 'Noto Sans SC', sans-serif; text-anchor: end" x="80" y="83">益阳 [S]</text></g>
 <g id="text_3"><text style="font: bold 9px 'Noto Sans SC'; text-anchor: middle; fill: #333333" x="260" y="160">声明完成比例（95% 区间）</text></g></g></g>
 <defs><clipPath id="p1"><rect x="90" y="10" width="340" height="140"/></clipPath></defs>{hostile}
</svg>"""


def _cell(value, text=None, source=None, flags=None) -> dict:
    cell = {"text": str(value) if text is None else text, "value": value}
    if source:
        cell["source"] = source
    if flags:
        cell["flags"] = flags
    return cell


def _src(notice: str, target: str | None) -> dict:
    return {"notice_id": notice, "target": target}


def completion(lang: str = "zh") -> list[dict]:
    zh = lang == "zh"
    rows = []
    for name, notice, x, n, share, low, high, flags in (
        ("鞍山", "anshan-2021", 53, 60, 0.883, 0.778, 0.942, ["S", "R"]),
        ("榆树", "yushu-2020", 14, 14, 1.0, 0.785, 1.0, ["S", "L", "A"]),
        ("益阳", "yiyang-2023", 42, 44, 0.955, 0.849, 0.987, ["S", "T"]),
        ("开封", "kaifeng-2020", 15, 17, 0.882, 0.657, 0.967, ["S", "L", "X"]),
        ("丹东", "dandong-2022", None, 36, None, None, None, ["N"]),
    ):
        rows.append(
            [
                _cell(name, source=_src(notice, None)),
                _cell(x, "—" if x is None else str(x), _src(notice, "t3") if x else None),
                _cell(n),
                _cell(share, "未公布" if share is None else f"{share:.1%}", flags=flags),
                _cell(low, "—" if low is None else f"{low:.1%}–{high:.1%}"),
                _cell(None, "、".join(flags)),
            ]
        )
    return [
        {
            "kind": "meta",
            "title": "整改完成情况" if zh else "Completion",
            "subtitle": "四种口径" if zh else "Four definitions",
            "notebook": "completion",
            "data_as_of": "2024-03-31",
            "parameters": {"city_codes": [], "completion": "lenient"},
            "lang": lang,
        },
        {
            "kind": "heading",
            "level": 1,
            "text": "整改完成情况" if zh else "Completion",
            "anchor": "completion",
        },
        {
            "kind": "paragraph",
            "runs": [
                {
                    "text": "鞍山市文旅广电局通报自报完成 "
                    if zh
                    else "The Anshan notice (鞍山市文旅广电局) itself states "
                },
                {"text": "53 / 60", "strong": True, "source": _src("anshan-2021", "t3")},
                {
                    "text": "，逐条清点为 50 / 60，两者不一致。各城市无法区分高下，本报告不作排名。这一句写得很长，是为了看清楚中文排版在换行、标点挤压与首行缩进上的表现；全角标点不应落在行首。"
                    if zh
                    else ", counted item by item 50 of 60; the two disagree. The cities cannot be told apart and nothing here is ranked."
                },
            ],
        },
        {
            "kind": "callout",
            "tone": "can",
            "title": "可以说的" if zh else "What can be said",
            "items": [
                [
                    {
                        "text": "五份通报共列 171 个问题，其中 60 个来自鞍山。"
                        if zh
                        else "Five notices list 171 problems, 60 of them in Anshan.",
                        "source": _src("anshan-2021", None),
                    }
                ],
                [
                    {"text": "每一个状态都是被巡察单位" if zh else "Every status is "},
                    {"text": "自报" if zh else "self-reported", "strong": True},
                    {"text": "。"},
                ],
            ],
        },
        {
            "kind": "callout",
            "tone": "cannot",
            "title": "不能说的" if zh else "What cannot be said",
            "items": [[{"text": "哪座城市整改得更好。" if zh else "Which city did better."}]],
        },
        {
            "kind": "callout",
            "tone": "disagree",
            "title": "不一致之处" if zh else "What disagrees",
            "items": [
                [
                    {
                        "text": "鞍山：声明完成 53，清点 50。" if zh else "Anshan: 53 stated, 50 counted.",
                        "source": _src("anshan-2021", "t3"),
                    }
                ]
            ],
        },
        {"kind": "callout", "tone": "note", "title": "说明", "items": [[{"text": "注意口径。"}]]},
        {"kind": "callout", "tone": "warning", "title": "提醒", "items": [[{"text": "样本只有五份。"}]]},
        {"kind": "heading", "level": 2, "text": "完成比例" if zh else "Ratios", "anchor": "ratios"},
        {
            "kind": "table",
            "id": "completion-ratios",
            "caption": "各市声明完成比例与 95% 区间" if zh else "Stated completion with 95 % intervals",
            "columns": [
                {"key": "city", "label": "城市", "align": "left", "kind": "text"},
                {"key": "x", "label": "完成数", "align": "right", "kind": "int"},
                {"key": "n", "label": "问题数", "align": "right", "kind": "int"},
                {"key": "share", "label": "比例", "align": "right", "kind": "share"},
                {"key": "ci", "label": "95% 区间", "align": "center", "kind": "interval"},
                {"key": "flags", "label": "标记", "align": "left", "kind": "flags"},
            ],
            "rows": rows,
            "note": "区间为 Wilson 区间；丹东未公布，不计为 0，也不剔除。",
            "source_line": "来源：五份通报，数据截至 2024-03-31。自报。",
        },
        {
            "kind": "figure",
            "id": "completion-dots",
            "caption": "声明完成比例：点与区间",
            "alt": "点与区间图：鞍山 88.3%（77.8–94.2），益阳 95.5%（84.9–98.7）。",
            "svg": svg(),
            "width_mm": 160,
            "data": {
                "columns": ["city", "share", "low", "high"],
                "rows": [
                    ["鞍山", 0.883, 0.778, 0.942],
                    ["益阳", 0.955, 0.849, 0.987],
                    ["丹东", None, None, None],
                ],
            },
            "source_line": "来源：五份通报。",
            "notes": ["横线为 95% Wilson 区间。"],
        },
        {"kind": "heading", "level": 2, "text": "清单" if zh else "Lists", "anchor": "lists"},
        {
            "kind": "list",
            "ordered": True,
            "items": [
                [{"text": "先看声明数；"}],
                [{"text": "再看清点数", "source": _src("anshan-2021", "p12-m2")}, {"text": "。"}],
            ],
        },
        {"kind": "list", "ordered": False, "items": [[{"text": "甲、乙、丙；"}], [{"text": "丁。"}]]},
    ]


def problems(rows: int = 60) -> list[dict]:
    statements = [
        "学习贯彻习近平新时代中国特色社会主义思想不够深入，结合文旅广电工作实际研究谋划不多，推动文化和旅游融合发展的办法举措不够有力，对下属单位意识形态工作责任制落实情况督促检查不到位。",
        "“三重一大”决策制度执行不严格。",
        "公务接待审批手续不全，存在先接待后补单现象；个别单据无公函、无清单、无菜单。",
        *HOSTILE,
    ]
    body = []
    for i in range(rows):
        body.append(
            [
                _cell(f"anshan-2021/{i + 1}", source=_src("anshan-2021", f"p{i + 1}")),
                _cell("鞍山"),
                _cell(statements[i % len(statements)]),
                _cell(["已完成", "已完成并长期坚持", "正在推进"][i % 3], flags=["S"]),
                _cell(i % 5),
                _cell("2021-06-0" + str(i % 9 + 1)),
            ]
        )
    wide_columns = [{"key": "type", "label": "问题类型", "align": "left", "kind": "text"}] + [
        {"key": f"c{i}", "label": label, "align": "right", "kind": "int"}
        for i, label in enumerate(
            [
                "鞍山2021",
                "榆树2020",
                "益阳2023",
                "丹东2022",
                "开封2020",
                "合计",
                "通报数",
                "占比",
                "下限",
                "上限",
                "稀释期望",
                "完成",
                "长期",
                "推进",
                "未述",
                "措施",
                "事件",
            ]
        )
    ]
    wide = [
        [_cell(t)] + [_cell(1000 + 37 * i + j, f"{1000 + 37 * i + j:,}") for j in range(17)]
        for i, t in enumerate(
            ["党的领导弱化", "意识形态责任制", "财务管理", "选人用人", "作风建设", "基层党建"]
        )
    ]
    return [
        {
            "kind": "meta",
            "title": "问题清单",
            "subtitle": "",
            "notebook": "problems",
            "data_as_of": "2024-03-31",
            "parameters": {},
            "lang": "zh",
        },
        {"kind": "heading", "level": 1, "text": "问题清单", "anchor": "problems"},
        {"kind": "paragraph", "runs": [{"text": text + " "} for text in HOSTILE]},
        {
            "kind": "table",
            "id": "problem-list",
            "caption": "鞍山问题清单 " + HOSTILE[0],
            "columns": [
                {"key": "id", "label": "编号", "align": "left", "kind": "text"},
                {"key": "city", "label": "城市", "align": "left", "kind": "text"},
                {"key": "statement", "label": "问题表述", "align": "left", "kind": "text"},
                {"key": "status", "label": "状态", "align": "left", "kind": "text"},
                {"key": "measures", "label": "措施数", "align": "right", "kind": "int"},
                {"key": "date", "label": "日期", "align": "left", "kind": "date"},
            ],
            "rows": body,
            "note": None,
            "source_line": "来源：鞍山通报。",
        },
        {"kind": "heading", "level": 3, "text": "宽表", "anchor": "wide"},
        {
            "kind": "table",
            "id": "wide-types",
            "caption": "类型与城市（18 列）",
            "columns": wide_columns,
            "rows": wide,
            "note": "横向页面。",
            "source_line": "来源：五份通报。",
        },
        {"kind": "paragraph", "runs": [{"text": "宽表之后回到竖向页面。"}]},
        {
            "kind": "figure",
            "id": "hostile-figure",
            "caption": "带脚本的图",
            "alt": 'x" onload="alert(1)',
            "svg": svg(
                "<tspan onclick='x()'>鞍</tspan>",
                '<script>alert(2)</script><foreignObject><p>x</p></foreignObject><a href="javascript:alert(3)"><text x="5" y="170">点</text></a><image href="http://evil.example/x.png"/>'
                '<use href="http://evil.example/y.svg#z"/><path d="M0 0" style="fill: url(http://evil.example/z)" onmouseover="q()"/>',
            ),
            "width_mm": 140,
            "data": {"columns": ["=cmd", "b"], "rows": [["=1+1", 1], ["+x", 2.5]]},
            "source_line": "",
            "notes": [],
        },
    ]


def profile(city: str = "210300", name: str = "鞍山") -> list[dict]:
    return [
        {
            "kind": "meta",
            "title": f"{name}：一市概览",
            "subtitle": "",
            "notebook": "city_profile",
            "data_as_of": "2024-03-31",
            "parameters": {"city_code": city},
            "lang": "zh",
        },
        {"kind": "heading", "level": 1, "text": f"{name}概览", "anchor": "profile"},
        {
            "kind": "paragraph",
            "runs": [
                {"text": "60 个问题，", "source": _src("anshan-2021", None)},
                {
                    "text": "局长赵萍表示，联系人：欧阳小明，电话 0412-5550101，邮箱 a.b@example.cn。赵萍同志负责。"
                },
            ],
        },
        {
            "kind": "figure",
            "id": "completion-dots",
            "caption": "声明完成比例",
            "alt": "点与区间图。",
            "svg": svg(),
            "width_mm": 120,
            "data": {"columns": ["a"], "rows": [[1]]},
            "source_line": "来源：鞍山通报。",
            "notes": [],
        },
    ]


def write_notebook(blocks: list[dict], path: Path) -> Path:
    """``blocks`` as the outputs of an executed notebook at ``path``."""
    cells = []
    for number, block in enumerate(blocks, 1):
        cells.append(
            {
                "cell_type": "code",
                "execution_count": number,
                "id": f"c{number}",
                "metadata": {},
                "source": ["block"],
                "outputs": [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {MIME: block, "text/plain": ["block"]},
                    }
                ],
            }
        )
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False),
        encoding="utf-8",
    )
    return path
