"""What a user loses when these fail: the dates, team and place of a notice in a form nobody here has printed before."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.parsing.layout.flow import make_flow
from analysis.parsing.metadata.notices import read_metadata
from analysis.parsing.records import Document
from analysis.parsing.structure import Problem, Structure
from analysis.parsing.text.shadow import make_shadow

BODY = "一、主要问题整改情况\n1.理论学习不深入。整改措施：一是制定学习计划；二是开展研讨。整改情况：已完成。\n2.制度执行不严。整改措施：一是修订制度。整改情况：已完成。\n"
FOOT = "欢迎广大干部群众监督。联系电话：{phone}。\n{signature}\n{signed}\n"


def read(
    preface: str,
    title: str = "中共鞍山市水利局党组关于巡察整改情况的通报",
    signature: str = "中共鞍山市水利局党组",
    signed: str = "2022年3月1日",
    phone: str = "0412-1234567",
    sidecar: dict | None = None,
    page: dict | None = None,
) -> dict:
    text = f"{title}\n\n{preface}\n{BODY}{FOOT.format(phone=phone, signature=signature, signed=signed)}"
    shadow = make_shadow(text)
    start, end = text.index("1.理论"), text.index("欢迎广大")
    structure = Structure(
        text,
        shadow,
        make_flow(shadow),
        problems=[Problem("1", block_start=start, block_end=end)],
        front_end=start,
    )
    notice, rows = read_metadata(Document(text, sidecar=sidecar or {}, page_metadata=page or {}), structure)
    for row in rows:
        if row["quote_text"] is not None:
            assert text[row["char_start"] : row["char_end"]] == row["quote_text"]
    return notice


def d(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("preface", "start", "end", "feedback"),
    [
        (
            "根据市委统一部署，2021年3月21日至6月20日，市委第四巡察组对我局党组开展了巡察，7月20日反馈了意见。",
            "2021-03-21",
            "2021-06-20",
            "2021-07-20",
        ),
        (
            "市委第四巡察组从2021年3月21日起至6月20日对我局党组开展了巡察。2021年7月20日，市委第四巡察组向我局党组反馈了巡察意见。",
            "2021-03-21",
            "2021-06-20",
            "2021-07-20",
        ),
        (
            "2020年11月16日至2021年1月15日，市委第四巡察组对市水利局党组开展了常规巡察，并于3月2日进行了反馈。",
            "2020-11-16",
            "2021-01-15",
            "2021-03-02",
        ),
        (
            "2020年11月16日至1月15日，市委第四巡察组对市水利局党组开展了常规巡察。3月2日，反馈了巡察意见。",
            "2020-11-16",
            "2021-01-15",
            "2021-03-02",
        ),
        (
            "2021年9月至11月，市委第四巡察组对市水利局党组进行了巡察。2022年1月，市委巡察组反馈了巡察意见。",
            "2021-09-01",
            "2021-11-30",
            "2022-01-01",
        ),
        (
            "2021年9月上旬至11月中旬，市委第四巡察组对市水利局党组进行了巡察。12月下旬反馈了巡察情况。",
            "2021-09-01",
            "2021-11-20",
            "2021-12-21",
        ),
        (
            "2021年3-4月，市委第四巡察组对市水利局党组开展了巡察，9月反馈意见。",
            "2021-03-01",
            "2021-04-30",
            "2021-09-01",
        ),
        (
            "自2021年3月5日起至2021年4月30日止，市委第四巡察组对市水利局党组开展了巡察。2021年9月28日反馈意见后，局党组10月5日召开会议研究。",
            "2021-03-05",
            "2021-04-30",
            "2021-09-28",
        ),
        (
            "2021.3.5-2021.4.30，市委第四巡察组对市水利局党组开展了巡察。自9月28日巡察反馈以来，局党组召开会议。",
            "2021-03-05",
            "2021-04-30",
            "2021-09-28",
        ),
        (
            "2021年3月5日~4月30日，市委第四巡察组对市水利局党组开展了巡察。反馈意见下达后，局党组于10月9日召开党组会，传达学习反馈意见。",
            "2021-03-05",
            "2021-04-30",
            None,
        ),
        (
            "二〇二一年三月五日至四月三十日，市委第四巡察组对市水利局党组开展了巡察。六月十八日，巡察组反馈了巡察意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "2021年3月5日—4月30日，市委第四巡察组对市水利局党组开展了巡察，并于同年6月18日反馈了巡察意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "2021年3月5日-4月30日，市委第四巡察组对市水利局党组开展了巡察。6月18日上午，市委第四巡察组召开巡察反馈会。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察，并以书面形式反馈了意见。6月18日，局党组召开会议研究反馈意见整改方案。",
            "2021-03-05",
            "2021-04-30",
            None,
        ),
        (
            "2021年3月5日起，市委第四巡察组对市水利局党组开展了为期两个月的巡察，并反馈了意见。",
            "2021-03-05",
            None,
            None,
        ),
        (
            "2020年12月1日至次年1月20日，市委第四巡察组对市水利局党组开展了巡察，次年3月1日反馈意见。",
            "2020-12-01",
            "2021-01-20",
            "2021-03-01",
        ),
        (
            "２０２１年３月５日至４月３０日，市委第四巡察组对市水利局党组开展了巡察。经市委同意，６月１８日反馈了巡察意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "2021 年 3 月 5 日至 4 月 30 日，市委第四巡察组对市水利局党组开展了巡察。 6 月 18 日，反馈了巡察意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "去年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。去年6月18日，反馈了巡察意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。6月18日收到市委第四巡察组反馈意见。",
            "2021-03-05",
            "2021-04-30",
            "2021-06-18",
        ),
        (
            "根据市委统一部署，市委第四巡察组对市水利局党组开展了巡察。现将整改情况通报如下。",
            None,
            None,
            None,
        ),
    ],
)
def test_the_days_of_inspection_and_feedback_are_read_in_every_form(
    preface: str, start: str | None, end: str | None, feedback: str | None
) -> None:
    notice = read(preface)
    assert (notice["inspection_start_date"], notice["inspection_end_date"], notice["feedback_date"]) == (
        d(start),
        d(end),
        d(feedback),
    )


@pytest.mark.parametrize(
    ("preface", "team"),
    [
        ("2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。", "市委第四巡察组"),
        (
            "根据县委统一部署，2021年3月5日至4月30日，县委第二交叉巡察组对县水利局党组开展了交叉巡察。",
            "县委第二交叉巡察组",
        ),
        ("2021年3月5日至4月30日，省委第三巡视组对省水利厅党组开展了巡视。", "省委第三巡视组"),
        ("2021年3月5日至4月30日，市委巡察组对市水利局党组开展了巡察。", "市委巡察组"),
        ("2021年3月5日至4月30日，区委巡察二组对区水利局党组开展了巡察。", "区委巡察二组"),
        ("2021年3月5日至4月30日，中央第七巡视组对水利部党组开展了常规巡视。", "中央第七巡视组"),
        (
            "根据集团党委统一部署，2021年3月5日至4月30日，集团党委第一巡察组对二分公司党委开展了巡察。",
            "集团党委第一巡察组",
        ),
        (
            "2021年3月5日至4月30日，十二届市委第五轮巡察第三巡察组对市水利局党组开展了巡察。7月3日，市委第三巡察组反馈了巡察意见。",
            "市委第三巡察组",
        ),
        ("按照市委统一部署，2021年3月5日至4月30日，第三巡察组对市水利局党组开展了巡察。", "第三巡察组"),
        ("2021年3月5日至4月30日，市委对市水利局党组开展了巡察。", None),
    ],
)
def test_the_team_is_named_as_printed(preface: str, team: str | None) -> None:
    assert read(preface)["inspection_team_name"] == team


@pytest.mark.parametrize(
    ("title", "preface", "kind"),
    [
        ("关于巡察整改情况的通报", "2021年3月5日至4月30日，市委第四巡察组开展了巡察“回头看”。", "look_back"),
        ("关于巡察“回头看”整改情况的通报", "2021年3月5日至4月30日，市委第四巡察组开展了巡察。", "look_back"),
        (
            "关于巡察整改情况的通报",
            "2021年3月5日至4月30日，市委第四巡察组开展了粮食购销领域专项巡察。",
            "special",
        ),
        (
            "关于巡察整改情况的通报",
            "2021年3月5日至4月30日，市委第四巡察组开展了巡察，同步开展意识形态专项检查。",
            "regular",
        ),
        ("关于巡察整改情况的通报", "2021年3月5日至4月30日，市委第四巡察组开展了上下联动巡察。", "linked"),
        (
            "关于巡察整改情况的通报",
            "2021年3月5日至4月30日，市委第四巡察组开展了巡察。局党组将适时组织整改“回头看”。",
            "regular",
        ),
    ],
)
def test_a_look_back_is_told_from_a_regular_inspection(title: str, preface: str, kind: str) -> None:
    assert read(preface, title=title)["inspection_kind"] == kind


@pytest.mark.parametrize(
    ("issuer", "team", "level", "place"),
    [
        ("中共鞍山市水利局党组", "市委第四巡察组", "prefecture", "鞍山"),
        ("中共榆树市水利局党组", "市委第四巡察组", "county", "榆树"),
        ("中共岫岩县水利局党组", "县委第四巡察组", "county", "岫岩"),
        ("中共鞍山市铁东区教育局党组", "区委第一巡察组", "county", "铁东"),
        ("中共吉林省水利厅党组", "省委第四巡视组", "province", "吉林"),
        ("中共北京市水务局党组", "市委第四巡视组", "province", "北京"),
        ("中共巴东县人民法院党组", "州委第一提级巡察组", "county", "巴东"),
        ("中共海城市西柳镇委员会", "市委第四巡察组", "township", "海城"),
        ("中共益阳高新技术产业开发区工作委员会", "市委第四巡察组", "zone", "益阳"),
        ("中共鞍山市委员会", "省委第四巡视组", "prefecture", "鞍山"),
        ("中共水利部党组", "中央第四巡视组", "central", None),
        ("中共内蒙古自治区水利厅党组", "自治区党委第四巡视组", "province", "内蒙古"),
        ("中共恩施州水利局党组", "州委第四巡察组", "prefecture", "恩施"),
        ("中共重庆市渝中区水利局党组", "区委第四巡察组", "county", "渝中"),
        ("中共天津市委", "中央第三巡视组", "province", "天津"),
        ("中共天津市滨海新区教育体育工作委员会", "区委第三巡察组", "county", "滨海"),
        ("中共长春新区工作委员会", "市委第三巡察组", "zone", "长春"),
        ("中共西藏自治区水利厅党组", "区党委第三巡视组", "province", "西藏"),
        ("中共教育部某研究所委员会", "教育部党组第二巡视组", "central", None),
        ("中共修水县委组织部", "县委第三巡察组", "county", "修水"),
        ("中共鞍山市国有资产监督管理委员会党委", "市委第一巡察组", "prefecture", "鞍山"),
        ("中共北京市海淀区城市管理委员会党组", "区委第一巡察组", "county", "海淀"),
        ("成都市武侯区第一中学", "区委第一巡察组", "county", "武侯"),
        ("中共凤城市凤凰山风景名胜区工作委员会", "市委第一巡察组", "zone", "凤城"),
        ("中共海城市感王镇感王村总支部委员会", "市委第一巡察组", "township", "海城"),
        ("中共桓仁满族自治县乡村振兴局党组", "县委第一巡察组", "county", "桓仁"),
        ("中共长春师范大学委员会", "省委第十二巡视组", "province", "长春"),
    ],
)
def test_place_and_level_of_the_body(issuer: str, team: str, level: str, place: str | None) -> None:
    notice = read(
        f"2021年3月5日至4月30日，{team}开展了巡察。",
        title=f"{issuer}关于巡察整改情况的通报",
        signature=issuer,
        phone="12345678",
    )
    assert (notice["admin_level"], notice["city_name"]) == (level, place)


def test_place_of_a_text_that_never_names_its_issuer() -> None:
    notice = read(
        "根据市委统一部署，2021年3月5日至4月30日，市委第一巡察组对水利局党组进行了巡察。榆树市灌区改造完成。",
        title="",
        signature="",
        signed="",
        phone="0431-83600000；邮政信箱：榆树市政府行政办公楼",
    )
    assert (notice["city_name"], notice["city_code"], notice["admin_level"]) == ("榆树", "220182", "county")


def test_nothing_to_tell_the_place_gives_none() -> None:
    notice = read(
        "2021年3月5日至4月30日，市委第一巡察组对水利局党组进行了巡察。",
        title="关于巡察整改情况的通报",
        signature="",
        signed="",
        phone="12345678",
    )
    assert notice["city_name"] is None and notice["city_code"] is None


@pytest.mark.parametrize(
    ("head", "signed", "publication", "basis"),
    [
        ("发布时间：2022-03-05 10:00　来源：水利局\n", "2022年3月1日", "2022-03-05", "page"),
        ("来源：水利局 日期：2022年03月05日 浏览次数：3\n", "", "2022-03-05", "page"),
        ("2022-03-05 08:46:31 来源:区水利局\n", "", "2022-03-05", "page"),
        ("成文日期：2022-03-03\n日期:2022-03-05 08:46:31 浏览量:\n", "", "2022-03-05", "page"),
        ("", "2022年3月1日", "2022-03-01", "signature"),
        ("", "二〇二二年三月一日", "2022-03-01", "signature"),
        ("", "2022 年 3 月 1 日", "2022-03-01", "signature"),
        ("公示时间：2022年3月5日至3月20日\n", "", None, None),
        ("", "", None, None),
    ],
)
def test_a_notice_without_a_page_date_takes_that_of_its_signature(
    head: str, signed: str, publication: str | None, basis: str | None
) -> None:
    notice = read(f"{head}2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。", signed=signed)
    assert (notice["publication_date"], notice["publication_basis"]) == (d(publication), basis)


def test_sidecar_fills_in_only_what_the_text_does_not_say() -> None:
    facts = {
        "publication_date": date(2022, 4, 1),
        "feedback_date": date(2021, 6, 1),
        "cutoff_date": date(2022, 1, 1),
        "city_code": "210300",
    }
    silent = read(
        "2021年3月5日至4月30日，市委第四巡察组开展了巡察。",
        title="关于巡察整改情况的通报",
        signature="",
        signed="",
        phone="110",
        sidecar=facts,
    )
    assert (
        silent["publication_date"],
        silent["feedback_date"],
        silent["cutoff_date"],
        silent["city_name"],
    ) == (date(2022, 4, 1), date(2021, 6, 1), date(2022, 1, 1), "鞍山")
    spoken = read(
        "2021年3月5日至4月30日，市委第四巡察组开展了巡察，5月9日反馈了巡察意见。截至2021年12月底，5个问题已完成整改5个。",
        sidecar=facts,
    )
    assert (spoken["feedback_date"], spoken["cutoff_date"]) == (date(2021, 5, 9), date(2021, 12, 31))


@pytest.mark.parametrize(
    ("sentence", "cutoff"),
    [
        ("截至2021年12月2日，巡察反馈的44个问题已整改到位。", "2021-12-02"),
        ("截至2021年12月底，44个问题整改完成40个。", "2021-12-31"),
        ("截止2021年12月，反馈的44个问题整改完成40个。", "2021-12-31"),
        ("截至12月20日，反馈的44个问题整改完成40个。", "2021-12-20"),
        ("截至今年2月底，反馈的44个问题整改完成40个。", "2022-02-28"),
        ("截至目前（2021年12月20日），反馈的44个问题整改完成40个。", "2021-12-20"),
        ("截止到2021年12月20日，反馈的44个问题整改完成40个。", "2021-12-20"),
        ("截至目前，反馈的44个问题整改完成40个。", None),
        ("截至2021年12月2日，全市共有水库44座。", None),
    ],
)
def test_the_day_up_to_which_a_notice_counts_is_read(sentence: str, cutoff: str | None) -> None:
    notice = read(
        f"2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察，6月1日反馈了意见。{sentence}"
    )
    assert notice["cutoff_date"] == d(cutoff)


@pytest.mark.parametrize(
    ("title", "preface", "round_name"),
    [
        ("市水利局党组关于第十二届市委第九轮巡察反馈意见整改情况的通报", "", "第十二届市委第九轮"),
        ("关于巡察整改情况的通报", "根据十二届市委第九轮巡察工作部署，", "十二届市委第九轮"),
        ("关于巡察整改情况的通报", "按照第九轮巡察安排，", "第九轮"),
        ("关于巡察整改情况的通报", "市委召开十二届市委第三轮巡察集中反馈会议。", "十二届市委第三轮"),
        ("关于巡察整改情况的通报", "八届县委", None),
        ("关于巡察整改情况的通报", "局党组认真落实上轮巡察意见。", None),
    ],
)
def test_round_is_not_the_congress_term(title: str, preface: str, round_name: str | None) -> None:
    notice = read(f"{preface}2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。", title=title)
    assert notice["inspection_round_name"] == round_name


def test_title_printed_three_times_and_over_two_lines_is_one_title() -> None:
    notice = read(
        "2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。",
        title="首页 > 公告\n中共鞍山市水利局党组\n关于巡察整改情况的通报\n关于巡察整改情况的通报",
    )
    assert notice["title"] == "中共鞍山市水利局党组关于巡察整改情况的通报"
    assert notice["issuer_name"] == "中共鞍山市水利局党组"


def test_comment_window_and_notice_year() -> None:
    notice = read(
        "2021年3月5日至4月30日，市委第四巡察组对市水利局党组开展了巡察。公示期：2021年12月28日至1月10日。",
        signed="",
    )
    assert (notice["comment_start_date"], notice["comment_end_date"]) == (
        date(2021, 12, 28),
        date(2022, 1, 10),
    )
    assert (notice["notice_year"], notice["notice_year_basis"]) == (2021, "comment")


VISIT = "2021年3月21日至6月20日，市委第四巡察组对我局党组开展了巡察，7月20日反馈了意见。"


def test_dates_broken_by_blanks() -> None:
    found = read(
        "202 1年3月2 1日至6月20日，市委第四巡察组对我局党组开展了巡察，7月2 0日反馈意见。截至202 1年1 2月3 1日，12个问题已完成11个。",
        signed="2022年1月 5日",
    )
    wanted = ("2021-03-21", "2021-06-20", "2021-07-20", "2021-12-31", "2022-01-05")
    columns = ("inspection_start_date", "inspection_end_date", "feedback_date", "cutoff_date", "signed_date")
    assert tuple(str(found[column]) for column in columns) == wanted


@pytest.mark.parametrize("line", ["（二〇二二年三月一日）", "2022年3月1日"])
def test_a_date_under_the_title_is_the_signatures(line: str) -> None:
    found = read(f"{line}\n{VISIT}", signed="")
    assert found["signed_date"] == found["publication_date"] == date(2022, 3, 1)


@pytest.mark.parametrize(
    "line", ["2024年09月13日 | 来源：某局", "2024-09-13 · 某局办公室", "日期：2024-09-13　|　阅读量：12"]
)
def test_a_date_in_the_pages_own_lines(line: str) -> None:
    assert read(f"{line}\n{VISIT}")["publication_date"] == date(2024, 9, 13)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("7月20日反馈12个问题。", "2021-07-20"),
        ("7月20日反馈了三个方面12个问题。", "2021-07-20"),
        ("截至2021年12月5日，反馈的12个问题已完成11个。", None),
        ("截至2021年12月5日，反馈12个问题已完成11个。", None),
    ],
)
def test_a_feedback_that_counts_its_problems(words: str, expected: str | None) -> None:
    found = read(f"2021年3月21日至6月20日，市委第四巡察组对我局党组开展了巡察。{words}")
    assert found["feedback_date"] == d(expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("截至2021年12月31日，清账5笔、半清1笔、挂账2笔。", "2021-12-31"),
        ("现将截至2021年12月15日的落实情况公示如下。", "2021-12-15"),
        ("以2021年12月31日为截止时间，现将情况通报如下。", "2021-12-31"),
        ("以上数据截至2021年12月10日。", "2021-12-10"),
        ("到2021年底，12个问题全部销号。", "2021-12-31"),
        ("至2021年12月5日，除第4、9项尚在办理外，其余均已办结。", "2021-12-05"),
        ("意见反映截至2022年9月1日。", None),
        ("截至2021年12月31日，全市共有企业312家。", None),
    ],
)
def test_what_the_day_of_the_state_is(words: str, expected: str | None) -> None:
    assert read(f"{VISIT}{words}")["cutoff_date"] == d(expected)


@pytest.mark.parametrize(
    ("words", "team"),
    [
        ("市委第一、第三巡察组", "市委第一、第三巡察组"),
        ("市委第一巡察组、第三巡察组", "市委第一巡察组、第三巡察组"),
        ("县委巡察工作组", "县委巡察工作组"),
        ("省局（公司）党组第二巡察组", "省局（公司）党组第二巡察组"),
    ],
)
def test_teams_are_kept_whole(words: str, team: str) -> None:
    found = read(f"2021年3月21日至6月20日，{words}对我局党组开展了巡察。")
    assert found["inspection_team_name"] == team


@pytest.mark.parametrize(
    ("name", "team", "level", "city"),
    [
        ("鞍山市公安局铁东分局党委", "区委第三巡察组", "county", "鞍山"),
        ("平凉市第二中学党总支", "区委第三巡察组", "county", "平凉"),
        ("江苏泗洪农村商业银行股份有限公司党委", "省联社党委巡察第二组", "county", "泗洪"),
        ("贵州盘州煤电物流有限责任公司党总支", "盘州市委第三巡察组", "county", "盘州"),
        ("国家税务总局柳州市柳南区税务局党委", "市局党委第一巡察组", "county", "柳南"),
        ("鞍山市水利局党组", "省委第三巡视组", "prefecture", "鞍山"),
    ],
)
def test_level_and_place_are_the_inspected_bodys(name: str, team: str, level: str, city: str) -> None:
    found = read(
        f"2021年3月21日至6月20日，{team}对{name}开展了巡察。",
        title=f"{name}关于巡察整改情况的通报",
        signature=name,
        phone="",
    )
    assert (found["admin_level"], found["city_name"]) == (level, city)


def test_a_village_is_in_no_county_of_its_name() -> None:
    found = read(
        VISIT,
        title="舟山市普陀区白沙渔业村党支部关于巡察整改情况的公开",
        signature="白沙渔业村党支部",
        phone="0580-1234567",
    )
    assert (found["city_name"], found["admin_level"]) == ("普陀", "township")


def test_the_end_of_a_stay_told_apart() -> None:
    found = read("市委第四巡察组2021年3月21日进驻，6月20日结束，7月20日反馈意见。")
    assert found["inspection_end_date"] == date(2021, 6, 20)
