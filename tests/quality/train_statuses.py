"""Training of the models that read results: of words with their place, and of what speaks for a place.

Learnt from the words of the lookup, from ``status_phrases.csv`` with what may stand around them, and
from the gold: of every problem all stretches where a result may stand, those that are none too. The
gold says which result a problem has, not where; of a notice the place is taken whose words fit the
results best.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from analysis.lookups import load_csv
from analysis.parsing import assemble
from analysis.parsing.results import readings
from analysis.parsing.results.slots import (
    BRACKET,
    CLAUSE,
    EARLIER,
    LABEL,
    LINE,
    OPENING,
    PLACE_OF,
    SENTENCE,
    TITLE,
    Slot,
    slots_of,
)
from analysis.parsing.text.ngrams import BUCKETS, softmax
from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.words import status_model
from analysis.parsing.words.status_model import ANYWHERE, CODES, LONGEST, features
from analysis.parsing.words.statuses import listed_status
from tests.quality.build import STATUS_NAMES
from tests.quality.corpus import GOLD, gold_notices, load_document
from tests.quality.perturbations import STATUSES
from tests.quality.score import match

PLACES = "lmbonsct" + ANYWHERE
ROUNDS = 200
PENALTY = 6e-7
CLEAR = 0.2  # mean probability of the stated results at a place from which they are taken to stand there


class Example(NamedTuple):
    """Words at a place, the index of their code, and how much they count."""

    words: str
    place: str
    code: int
    weight: float


class Notice(NamedTuple):
    """The slots of one gold notice; ``gold`` is each draft's status, None where no problem answers it.

    ``titles`` are those of sections whose problems have different results.
    """

    name: str
    slots: list[Slot]
    gold: list[str | None]
    told: np.ndarray
    titles: list[str]


@cache
def _features(words: str, place: str) -> np.ndarray:
    return features(words, place)


def fit(
    examples: Sequence[Example],
    rounds: int = ROUNDS,
    start: np.ndarray | None = None,
    penalty: float = PENALTY,
) -> np.ndarray:
    """Weights of a multinomial logistic regression, (buckets + 1) × codes, by L-BFGS from ``start``."""
    found = [_features(example.words, example.place) for example in examples]
    sizes = np.array([len(each) for each in found])
    ends = np.concatenate(([0], np.cumsum(sizes)))
    rows = csr_matrix(
        (np.repeat(1 / np.sqrt(sizes), sizes).astype(np.float32), np.concatenate(found), ends),
        (len(found), BUCKETS),
    )
    columns = rows.T.tocsr()
    code = np.array([example.code for example in examples])
    own = np.arange(len(code))
    share = np.array([example.weight for example in examples], dtype=np.float32)
    share /= share.sum()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(-1, len(CODES)).astype(np.float32)
        known = softmax(rows @ weights[:-1] + weights[-1])
        missed = -(share * np.log(known[own, code].clip(1e-12))).sum(dtype=np.float64)
        known[own, code] -= 1
        known *= share[:, None]
        slope = np.vstack((columns @ known + penalty * weights[:-1], known.sum(axis=0)))
        return missed + penalty / 2 * (weights[:-1] ** 2).sum(dtype=np.float64), slope.ravel().astype(float)

    begin = np.zeros((BUCKETS + 1) * len(CODES)) if start is None else start.ravel()
    return minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x.reshape(
        -1, len(CODES)
    )


def known_by(weights: np.ndarray, slots: Sequence[Slot]) -> np.ndarray:
    """Probabilities of the codes by given weights; what the lookup lists overrides them."""
    rows = []
    for slot in slots:
        found = _features(slot.words, slot.place)
        row = softmax(weights[found].sum(axis=0) / np.sqrt(len(found)) + weights[BUCKETS])
        code = listed_status(slot.words)
        if code is not None:
            row = np.full(len(CODES), (1 - readings.LISTED) / (len(CODES) - 1))
            row[CODES.index(code)] = readings.LISTED
        rows.append(row)
    return np.array(rows).reshape(-1, len(CODES))


_PIECES = re.compile(r"[。;!?\n|]")
_CLAUSES = re.compile(r"[。;,、:!?\n|()\[\]【】]")
_RESULT_WORDS = re.compile(r"整改|完成|推进|坚持|解决|到位|落实|进展|成效|办结|销号|正在|持续")
_BARE = " 。.,;:!、\n【】[]()“”\"'|*#—-"


@cache
def no_results() -> dict[str, frozenset[str]]:
    """Notice → sentences and clauses that are no result: what stands last in a problem is left out."""
    found = {}
    for item in gold_notices():
        shadow = make_shadow(load_document(item.path).text)
        ends = sorted(problem["start"] for problem in item.gold["problems"] if problem["start"] >= 0)
        last = [(end - 90, end) for end in (*ends, len(shadow))]
        kept = set()
        for pattern in (_PIECES, _CLAUSES):
            position = 0
            for stop in (*pattern.finditer(shadow), None):
                end = stop.start() if stop else len(shadow)
                words = shadow[position:end].strip(_BARE)
                named = _RESULT_WORDS.search(words) is not None
                if (
                    2 <= len(words) <= LONGEST
                    and listed_status(words) is None
                    and not any(high - 60 <= position <= high for _, high in last)
                    and not (named and any(low <= position <= high for low, high in last))
                    and not (named and len(words) < 12)
                ):
                    kept.add(words)
                position = stop.end() if stop else end
        found[item.gold["file"]] = frozenset(kept)
    return found


_BEFORE = (
    "", "", "", "", "目前", "现", "目前,", "该问题", "此问题", "该问题目前", "截至目前,", "整改", "此项工作", "该项整改任务",
    "该事项", "以上问题", "问题", "该问题于0月底前", "已于0月底前", "于0年0月", "该问题已于国庆节前", "0年0月", "除0项外,其余",
    "除0户外,", "经过整改,", "经整改,", "现已", "均", "上述问题", "该项", "本项", "此项", "本条", "这一条", "此事", "这件事",
    "本题", "任务", "总体", "总体上", "至此", "这个问题", "问题本身",
)  # fmt: skip
_JOINTS = (",并", "并", ",", "、", "且", ",后续", ",今后", ",需", ",将", ",同时")
_TIMES = (
    "0年0月", "0年底", "0月底", "0月上旬", "国庆节前", "春节前", "年底前", "第0季度", "上半年", "0月0日", "当年", "本月", "去年底",
)  # fmt: skip
# What ends like a result and tells of a measure or of a part of the work only.
_TRAPS = (
    "完成{}0项", "完成{}", "{}完成0个", "已完成{}0处", "正在推进{}建设", "推进{}工作", "持续推进{}改革", "修订{}制度0项", "落实{}责任",
    "{}工作落实到位", "解决{}问题0个", "坚持{}制度", "长期坚持{}制度", "整改{}问题0个", "{}任务分解到位", "确保{}整改到位", "要求{}按期完成",
    "督促{}尽快完成", "责令{}限期整改", "明确{}完成时限", "{}台账已建立", "制定{}方案并印发", "{}率达到0%", "已收回{}资金0万元",
    "{}已开工建设", "{}已投入使用", "已组织{}培训0期", "对0人{}批评教育", "预计0月底前完成{}", "计划0年完成{}", "力争{}取得成效",
    "完成时限:0年0月底{}", "{}整改率0%", "已修订{}办法", "开展{}检查0次", "推动{}提升", "加强{}管理", "{}已完成调试", "{}研修已完成",
    "{}正在审理中", "{}已整改0处", "{}测评满意率0%",
)  # fmt: skip
_OBJECTS = (
    "道路", "房屋登记", "资金拨付", "党建", "项目", "设备采购", "招标", "档案整理", "培训", "巡查", "工程", "账目核对", "谈话提醒",
    "信访件", "村级", "学校", "医保", "采购合同", "宣传", "预算", "清欠", "支部换届", "食堂", "车辆", "风险排查", "",
)  # fmt: skip


# What a section's title sorts by result.
_TITLED = ("的问题", "的事项", "问题", "的任务", "的整改事项", "的整改任务", "的反馈问题", "类")


# Where a sentence of result_sentences.csv stands → the place of its slot.
_WRITTEN_PLACES = {
    "final": SENTENCE,
    "label": LABEL,
    "bracket": BRACKET,
    "heading": BRACKET,
    "cell": LINE,
    "section": TITLE,
}


def sentence_examples() -> list[Example]:
    """Last sentences, labels, brackets and cells that were written with their status, the none too."""
    found = []
    with open(GOLD / "result_sentences.csv", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            words, place = (
                make_shadow(row["sentence"]).strip(_BARE),
                _WRITTEN_PLACES.get(row["place"], ANYWHERE),
            )
            if 2 <= len(words) <= LONGEST:
                code = STATUS_NAMES.get(row["status"], "none")
                found.append(Example(words, place, CODES.index(code), 2.0))
    return found


def written_examples(without: Collection[str] = ()) -> list[Example]:
    """Results with what may stand around them, and what is no result; ``without``: notices left out."""
    chance = random.Random(11)
    unseen = {word for words in STATUSES.values() for word in words}
    phrases = [(row["word"], row["status_code"]) for row in load_csv("parsing/status_words")]
    with open(GOLD / "status_phrases.csv", encoding="utf-8", newline="") as handle:
        phrases += [(row["phrase"], row["status_code"]) for row in csv.DictReader(handle)]
    phrases = sorted({(words, code) for words, code in phrases if len(words) > 1 and words not in unseen})
    by_code: dict[str, list[str]] = defaultdict(list)
    for words, code in phrases:
        by_code[code].append(words)
    others = sorted(set().union(*(words for name, words in no_results().items() if name not in without)))
    facts = [words for words in others if 4 <= len(words) <= 18 and not _RESULT_WORDS.search(words)]
    made: dict[str, tuple[str, float]] = {}
    titles: list[Example] = []

    def add(words: str, code: str, weight: float) -> None:
        made.setdefault(words, (code, weight))

    for words, code in phrases:
        made[words] = (code, 2.0)
        for before in chance.sample(_BEFORE, 5):
            add(before + words, code, 0.5)
        titles.append(Example(words + chance.choice(_TITLED), TITLE, CODES.index(code), 0.5))
        add(f"{chance.choice(facts)},{words}", code, 0.5)
        add(f"{chance.choice(_OBJECTS)}{chance.choice(('问题', '一事', '工作'))}{words}", code, 0.3)
    pick = {code: lambda code=code: chance.choice(by_code[code]) for code in sorted(by_code)}
    for _ in range(1500):
        add(pick["completed"]() + chance.choice(_JOINTS) + pick["long_term"](), "completed_long_term", 0.6)
        add(
            pick["completed"]() + chance.choice((",", "、", ",并", ",且", "并")) + pick["completed"](),
            "completed",
            0.5,
        )
        add(
            f"{chance.choice(('', '已于', '于'))}{chance.choice(_TIMES)}{pick['completed']()}",
            "completed",
            0.5,
        )
        code = chance.choice(sorted(by_code))
        add(f"{pick[code]()},{pick[code]()}", code, 0.4)
    for done in by_code["completed"]:
        add(
            f"{done}并{chance.choice(('长期坚持', '持续坚持', '长期抓好', '常抓不懈'))}",
            "completed_long_term",
            1.0,
        )
    for _ in range(300):
        add(f"{pick['not_completed']()},{pick['in_progress']()}", "in_progress", 0.3)
        add(f"{pick['phased']()},{pick['in_progress']()}", "phased", 0.5)
        add(f"{pick['basically_completed']()},{pick['in_progress']()}", "basically_completed", 0.5)
    return (
        sentence_examples()
        + titles
        + [
            Example(words, chance.choice(PLACES), CODES.index(code), weight)
            for words, (code, weight) in sorted(made.items())
            if len(words) <= LONGEST
        ]
        + [
            Example(words, chance.choice(OPENING + SENTENCE + CLAUSE + EARLIER + ANYWHERE), 0, weight)
            for weight, pool in (
                (1.0, [pattern.format(thing) for pattern in _TRAPS for thing in _OBJECTS]),
                (0.7, others),
            )
            for words in pool
        ]
    )


@cache
def notices() -> tuple[Notice, ...]:
    """All gold notices that are read, with their slots."""
    found = []
    for item in gold_notices():
        document = load_document(item.path)
        with patch.object(assemble, "read_results", return_value=[]) as asked:
            structure = assemble.build_structure(document)
        leaves = [problem for problem in structure.problems if problem.is_leaf]
        if not leaves:
            continue
        text, drafts, _ = asked.call_args.args
        rows = [
            {
                "statement_start": leaf.statement_start,
                "statement_end": leaf.statement_end,
                "statement_text": document.text[leaf.statement_start or 0 : leaf.statement_end or 0],
            }
            for leaf in leaves
        ]
        gold: list[str | None] = [None] * len(drafts)
        for number, index in match(item.gold["problems"], rows):
            gold[index] = item.gold["problems"][number]["status"]
        slots = [slot for number, draft in enumerate(drafts) for slot in slots_of(text, number, draft)]
        told = np.array([draft.is_told() for draft in drafts], dtype=float)
        below: dict[str | None, set[str | None]] = defaultdict(set)
        for leaf, status in zip(leaves, gold):
            below[leaf.aspect_key].add(status)
            below[leaf.category_key].add(status)
        titles = [
            structure.shadow[section.title_start : section.title_end].strip(_BARE)
            for section in structure.sections
            if len(below[section.key]) > 1
        ]
        found.append(
            Notice(item.gold["file"], slots, gold, told, [t for t in titles if 2 <= len(t) <= LONGEST])
        )
    return tuple(found)


def placed_examples(notice: Notice, known: np.ndarray) -> list[Example]:
    """The slots of a notice as examples: where its results stand, and what else is none."""
    stated = [code for code in notice.gold if code not in (None, "not_stated")]
    of_draft: dict[int, list[int]] = defaultdict(list)
    for index, slot in enumerate(notice.slots):
        of_draft[slot.draft].append(index)
    fits: dict[str, float] = defaultdict(float)
    for draft, members in of_draft.items():
        code = notice.gold[draft]
        if code not in (None, "not_stated"):
            best: dict[str, float] = defaultdict(float)
            for index in members:
                place = PLACE_OF[notice.slots[index].place]
                best[place] = max(best[place], known[index, CODES.index(code)])
            for place, chance in best.items():
                fits[place] += chance / len(stated)
    place, fit_ = max(fits.items(), key=lambda each: each[1], default=("", 0.0))
    examples = []
    for draft, members in of_draft.items():
        code = notice.gold[draft]
        if code is None:
            continue
        results = _results_of(notice, known, members, code, place if fit_ >= CLEAR else "", fit_)
        for index in members:
            slot = notice.slots[index]
            around = any(
                slot.start <= notice.slots[i].start and notice.slots[i].end <= slot.end for i in results
            )
            inside = any(
                notice.slots[i].start <= slot.start and slot.end <= notice.slots[i].end for i in results
            )
            if index in results or around:
                examples.append(
                    Example(slot.words, slot.place, CODES.index(code), 2.0 if index in results else 1.0)
                )
            elif not inside and (results or code == "not_stated" or max(fits.values(), default=0.0) < 0.15):
                examples.append(Example(slot.words, slot.place, 0, 1.0))
    return examples


def _results_of(
    notice: Notice, known: np.ndarray, members: list[int], code: str, place: str, clear: float
) -> list[int]:
    """The slots of one problem that state its result, as far as the notice's place and the words tell."""
    if code == "not_stated":
        return []
    wanted = known[:, CODES.index(code)]
    least = defaultdict(lambda: 0.6, {OPENING: 0.97, EARLIER: 0.85})
    results = {i for i in members if wanted[i] > least[notice.slots[i].place]}
    there = [
        i
        for i in members
        if PLACE_OF[notice.slots[i].place] == place and listed_status(notice.slots[i].words) in (None, code)
    ]
    if there:
        best = max(there, key=lambda i: wanted[i])
        if wanted[best] > 0.5 or known[best, 0] < 0.5 and wanted[best] > 0.1:
            results.add(best)
        elif clear > 0.45:
            results |= {min(there, key=lambda i: known[i, 0])} if place == SENTENCE else set(there)
    return sorted(results)


def train(without: Collection[str] = (), rounds: int = ROUNDS) -> np.ndarray:
    """Weights of the words' model, learnt without the notices named."""
    learnt = [notice for notice in notices() if notice.name not in without and notice.slots]
    titles = sorted({title for notice in learnt for title in notice.titles})
    written = written_examples(without) + [Example(title, TITLE, 0, 1.0) for title in titles]
    weights = fit(written, rounds // 2)
    for _ in range(2):
        placed = [
            each for notice in learnt for each in placed_examples(notice, known_by(weights, notice.slots))
        ]
        weights = fit(written + placed, rounds // 2, weights)
    return weights


def train_places(weights: np.ndarray, without: Collection[str] = (), folds: int = 3) -> np.ndarray:
    """Weights of the evidence for a place, from readings of notices that the words' model has not seen."""
    learnt = [notice for notice in notices() if notice.name not in without and notice.slots]
    rows, right = [], []
    for fold in range(folds):
        away = {notice.name for notice in learnt[fold::folds]}
        apart = train(away | set(without), ROUNDS // 2)
        for notice in learnt[fold::folds]:
            known = known_by(apart, notice.slots)
            answers = {
                (each.words, each.place): each.code
                for each in placed_examples(notice, known_by(weights, notice.slots))
            }
            for slot, row in zip(notice.slots, readings.evidence(notice.slots, known, notice.told)):
                if (slot.words, slot.place) in answers:
                    rows.append(row)
                    right.append(answers[slot.words, slot.place] > 0)
    return fit_places(np.array(rows), np.array(right, dtype=float))


def fit_places(evidence: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Weights of the columns of ``readings.evidence`` in thousandths, by logistic regression."""
    found = np.zeros(evidence.shape[1])
    for _ in range(30):  # Newton's steps
        chance = 1 / (1 + np.exp(-evidence @ found))
        slope = evidence.T @ (chance - wanted) / len(wanted) + 1e-3 * found
        bend = (evidence * (chance * (1 - chance))[:, None]).T @ evidence / len(wanted)
        found -= np.linalg.solve(bend + 1e-3 * np.eye(len(found)), slope)
    return np.round(1000 * found).astype(np.int32)


@contextmanager
def reading_with(weights: np.ndarray, places: np.ndarray) -> Iterator[None]:
    """The parser reads results with these weights instead of the stored ones."""
    status_model.chances.cache_clear()
    with (
        patch.object(status_model, "load_weights", lambda name: weights),
        patch.object(readings, "place_weights", lambda: places / 1000.0),
    ):
        yield
    status_model.chances.cache_clear()


def weights_left_out(folds: int = 5) -> list[tuple[frozenset[str], np.ndarray, np.ndarray]]:
    """(files, weights of words, weights of places) of trainings that did not see these files."""
    files = sorted(item.gold["file"] for item in gold_notices())
    found = []
    for fold in range(folds):
        away = frozenset(files[fold::folds])
        weights = train(away)
        found.append((away, weights, train_places(weights, away)))
    return found
