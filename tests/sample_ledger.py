"""A small ledger with everything an exporter meets: nested and crossing spans, hostile words, people's names."""

from __future__ import annotations

from typing import Any

NOTICE = "ceshi-2021"
TEXT = """中共测试市文旅局党组关于巡察整改进展情况的通报

根据市委统一部署，2020年8月6日至10月15日，市委第五巡察组对市文旅局党组开展了巡察。2021年2月23日反馈意见。
巡察反馈的3个问题，已完成整改2个，正在推进1个。
一、聚焦党的领导
1．关于“理论学习不深入”的问题。<script>alert("一")</script>个别同志学习走过场。
原因：重视不够，将“三会一课”当作任务；个别人员，如将军馆𬭎某，未参加。
整改措施：一是制定《学习制度》（测文党〔2021〕3号），由局长赵萍任组长、李建国为副组长。二是2021年3月5日召开专题会议，退回资金12.5万元。
整改情况：已完成。
2．关于“=HYPERLINK("http://evil.example","x")执行不严”的问题。
整改措施：（1）赵萍同志约谈3人；（2）javascript:alert(1) 全面自查。
整改情况：正在推进。
二、聚焦作风
3．关于‮作风‬的问题 $x$ #import &lt; 龘。
整改情况：已完成并长期坚持。
联系人：欧阳小明，联系电话：0412-5550101，邮箱：wlj@example.cn。
中共测试市文旅局党组
2021年6月30日
"""


def _span(words: str, start: int = 0) -> tuple[int, int]:
    at = TEXT.index(words, start)
    return at, at + len(words)


def rows() -> dict[str, list[dict[str, Any]]]:
    n = NOTICE
    blocks = [TEXT.index("1．关于"), TEXT.index("2．关于"), TEXT.index("3．关于"), TEXT.index("联系人")]
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "core_texts",
            "core_notices",
            "core_metadata",
            "core_sections",
            "core_problems",
            "core_measures",
            "core_citations",
            "core_events",
            "core_figures",
            "core_claims",
            "core_recurrences",
        )
    }
    tables["core_texts"].append(
        {
            "notice_id": n,
            "source_path": "ceshi.txt",
            "sha256": "0" * 64,
            "media_type": "text/plain",
            "encoding": "utf-8",
            "char_count": len(TEXT),
            "text": TEXT,
        }
    )
    tables["core_notices"].append(
        {
            "notice_id": n,
            "title": "中共测试市文旅局党组关于巡察整改进展情况的通报",
            "city_name": "测试",
            "city_code": "999900",
            "issuer_name": "中共测试市文旅局党组",
            "notice_year": 2021,
            "is_excerpt": False,
            "problem_count": 3,
            "leaf_count": 3,
            "measure_count": 4,
            "char_count": len(TEXT),
        }
    )
    for field, words in (
        ("feedback_date", "2021年2月23日反馈意见"),
        ("inspection_team_name", "市委第五巡察组"),
    ):
        a, b = _span(words)
        tables["core_metadata"].append(
            {
                "notice_id": n,
                "field_name": field,
                "value_text": "2021-02-23" if "date" in field else words,
                "value_basis": "read",
                "quote_text": words,
                "char_start": a,
                "char_end": b,
            }
        )
    tables["core_metadata"].append(
        {
            "notice_id": n,
            "field_name": "city_code",
            "value_text": "999900",
            "value_basis": "gazetteer",
            "quote_text": None,
            "char_start": None,
            "char_end": None,
        }
    )
    for i, words in enumerate(("聚焦党的领导", "聚焦作风"), 1):
        a, b = _span(words)
        tables["core_sections"].append(
            {
                "section_id": f"{n}/a{i}",
                "notice_id": n,
                "section_level": "aspect",
                "ordinal": i,
                "title_text": words,
                "char_start": a,
                "char_end": b,
            }
        )
    statements = (
        "理论学习不深入",
        '=HYPERLINK("http://evil.example","x")执行不严',
        "‮作风‬的问题 $x$ #import &lt; 龘",
    )
    states = (
        ("已完成", "completed"),
        ("正在推进", "in_progress"),
        ("已完成并长期坚持", "completed_long_term"),
    )
    for i in range(3):
        a, b = _span(statements[i])
        c, d = _span(states[i][0], blocks[i])
        row = {
            "problem_id": f"{n}/{i + 1}",
            "notice_id": n,
            "aspect_id": f"{n}/a{1 if i < 2 else 2}",
            "unit": "problem",
            "is_leaf": True,
            "ordinal": i + 1,
            "label_text": f"{i + 1}．",
            "statement_text": statements[i],
            "statement_start": a,
            "statement_end": b,
            "statement_basis": "finding",
            "block_start": blocks[i],
            "block_end": blocks[i + 1],
            "status_code": states[i][1],
            "status_text": states[i][0],
            "status_start": c,
            "status_end": d,
            "status_basis": "item",
            "primary_type_code": "political_study",
            "secondary_type_codes": "",
            "type_score": 0.9,
            "type_basis": "automatic",
            "measure_count": 2 if i < 2 else 0,
            "dated_evidence_count": 1 if i == 0 else 0,
        }
        if i == 0:
            e, f = _span("重视不够，将“三会一课”当作任务；个别人员，如将军馆𬭎某，未参加")
            row |= {"cause_text": TEXT[e:f], "cause_start": e, "cause_end": f}
        tables["core_problems"].append(row)
    for problem, ordinal, marker, words in (
        (1, 1, "一是", "制定《学习制度》（测文党〔2021〕3号），由局长赵萍任组长、李建国为副组长。"),
        (1, 2, "二是", "2021年3月5日召开专题会议，退回资金12.5万元。"),
        (2, 1, "（1）", "赵萍同志约谈3人；"),
        (2, 2, "（2）", "javascript:alert(1) 全面自查。"),
    ):
        a, b = _span(words)
        tables["core_measures"].append(
            {
                "measure_id": f"{n}/{problem}#m{ordinal}",
                "problem_id": f"{n}/{problem}",
                "notice_id": n,
                "ordinal": ordinal,
                "marker_text": marker,
                "measure_text": words,
                "char_start": a,
                "char_end": b,
            }
        )
    a, b = _span("学习制度")
    tables["core_citations"].append(
        {
            "citation_id": f"{n}/1#d1",
            "notice_id": n,
            "problem_id": f"{n}/1",
            "title_text": "学习制度",
            "document_number": "测文党〔2021〕3号",
            "is_document": True,
            "char_start": a,
            "char_end": b,
        }
    )
    a, b = _span("2021年3月5日")
    import datetime as dt

    tables["core_events"].append(
        {
            "event_id": f"{n}/1#e1",
            "notice_id": n,
            "problem_id": f"{n}/1",
            "start_date": dt.date(2021, 3, 5),
            "end_date": dt.date(2021, 3, 5),
            "date_precision": "day",
            "date_basis": "stated",
            "is_ambiguous": False,
            "is_planned": False,
            "quote_text": "2021年3月5日",
            "char_start": a,
            "char_end": b,
        }
    )
    # A quantity that crosses the end of its measure: spans need not nest.
    a = TEXT.index("12.5万元。")
    tables["core_figures"].append(
        {
            "figure_id": f"{n}/1#q1",
            "notice_id": n,
            "problem_id": f"{n}/1",
            "value": 125000.0,
            "unit_code": "cny",
            "figure_kind": "money",
            "is_approximate": False,
            "quote_text": TEXT[a : a + 8],
            "char_start": a,
            "char_end": a + 8,
        }
    )
    for i, (words, claim, value) in enumerate(
        (("3个问题", "problems", 3.0), ("已完成整改2个", "completed", 2.0)), 1
    ):
        a, b = _span(words)
        tables["core_claims"].append(
            {
                "claim_id": f"{n}#t{i}",
                "notice_id": n,
                "claim_code": claim,
                "unit": "problem",
                "value": value,
                "is_approximate": False,
                "quote_text": words,
                "char_start": a,
                "char_end": b,
            }
        )
    return tables


def frames() -> dict[str, Any]:
    """Table name → polars frame."""
    from analysis.ledger.codes import read_code_lists
    from analysis.ledger.frames import frame_from_rows

    made = {}
    for name, entries in rows().items():
        made[name] = frame_from_rows(name, entries)
    return {
        **made,
        **{k: v for k, v in read_code_lists().items() if k in ("codes_statuses", "codes_problem_types")},
    }
