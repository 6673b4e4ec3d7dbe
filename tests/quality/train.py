"""``python -m tests.quality.train``: train all weights from the gold, to the same bytes each time.

No random number that is not seeded; weights are stored as whole numbers of one byte, far coarser than
the last digits in which one order of summing differs from another. ``--check`` prints scores of parts left out instead of writing.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from analysis.lookups import load_csv
from analysis.parsing.text.ngrams import BUCKETS, softmax
from analysis.parsing.text.shadow import make_shadow
from analysis.parsing.words.status_model import CODES, LONGEST, features
from analysis.parsing.words.statuses import listed_status
from analysis.paths import LOOKUPS
from tests.quality import confidence, train_statements
from tests.quality.corpus import GOLD, gold_notices, load_document
from tests.quality.perturbations import STATUSES
from tests.quality.train_types import train_types, types_line

Example = tuple[np.ndarray, int, float]  # buckets, class, weight


def fit(examples: list[Example], classes: int, penalty: float, rounds: int) -> np.ndarray:
    """Weights of a multinomial logistic regression, (buckets + 1) × classes, by accelerated descent."""
    lengths = np.array([len(found) for found, _, _ in examples])
    rows = np.repeat(np.arange(len(examples)), lengths)
    columns = np.concatenate([found for found, _, _ in examples]).astype(np.int64)
    values = np.repeat(1 / np.sqrt(lengths), lengths)
    wanted = np.zeros((len(examples), classes))
    wanted[np.arange(len(examples)), [target for _, target, _ in examples]] = 1
    share = np.array([weight for _, _, weight in examples])
    share /= share.sum()
    weights = np.zeros((BUCKETS + 1, classes))
    before = weights.copy()
    step = 8.0
    for turn in range(rounds):
        ahead = weights + turn / (turn + 3) * (weights - before)
        scores = np.stack(
            [np.bincount(rows, ahead[columns, k] * values, len(examples)) for k in range(classes)], axis=1
        )
        missed = (softmax(scores + ahead[BUCKETS]) - wanted) * share[:, None]
        slope = np.stack(
            [np.bincount(columns, missed[rows, k] * values, BUCKETS + 1) for k in range(classes)], axis=1
        )
        slope[:BUCKETS] += penalty * ahead[:BUCKETS]
        slope[BUCKETS] = missed.sum(axis=0)
        before, weights = weights, ahead - step * slope
    return weights


def store(weights: np.ndarray, name: str) -> Path:
    """Write weights as bytes; the first row holds each class's scale as a power of two."""
    power = np.ceil(np.log2(np.abs(weights).max(axis=0) / 127))
    path = LOOKUPS / "models" / f"{name}.npy"
    np.save(path, np.vstack((power, np.round(weights / 2.0**power))).astype(np.int8))
    return path


_PIECES = re.compile(r"[。;!?\n|]")
_CLAUSES = re.compile(r"[。;,、:!?\n|()\[\]【】]")
_RESULT_WORDS = re.compile(r"整改|完成|推进|坚持|解决|到位|落实|进展|成效|办结|销号|正在|持续")
_BARE = " 。.,;:!、\n【】[]()“”\"'|*#—-"


def no_results() -> list[str]:
    """Sentences and clauses of the gold that are no result: what stands last in a problem is left out."""
    found: set[str] = set()
    for item in gold_notices():
        shadow = make_shadow(load_document(item.path).text)
        ends = sorted(problem["start"] for problem in item.gold["problems"] if problem["start"] >= 0)
        last = [(end - 90, end) for end in (*ends, len(shadow))]
        for pattern in (_PIECES, _CLAUSES):
            position = 0
            for match in (*pattern.finditer(shadow), None):
                end = match.start() if match else len(shadow)
                words = shadow[position:end].strip(_BARE)
                if (
                    2 <= len(words) <= LONGEST
                    and listed_status(words) is None
                    and not any(high - 60 <= position <= high for _, high in last)
                    and not (
                        _RESULT_WORDS.search(words) and any(low <= position <= high for low, high in last)
                    )
                    and not (_RESULT_WORDS.search(words) and len(words) < 12)
                ):
                    found.add(words)
                position = match.end() if match else end
    return sorted(found)


_BEFORE = (
    "", "", "", "", "目前", "现", "目前,", "该问题", "此问题", "该问题目前", "截至目前,", "整改", "此项工作", "该项整改任务",
    "该事项", "以上问题", "问题", "该问题于0月底前", "已于0月底前", "于0年0月", "该问题已于国庆节前", "0年0月", "除0项外,其余",
    "除0户外,", "经过整改,", "经整改,", "现已", "均", "上述问题", "该项",
)  # fmt: skip
_JOINTS = (",并", "并", ",", "、", "且", ",后续", ",今后", ",需", ",将", ",同时")
# What ends like a result and tells of a measure or of a part of the work only.
_TRAPS = (
    "完成{}0项", "完成{}", "{}完成0个", "已完成{}0处", "正在推进{}建设", "推进{}工作", "持续推进{}改革", "修订{}制度0项", "落实{}责任",
    "{}工作落实到位", "解决{}问题0个", "坚持{}制度", "长期坚持{}制度", "整改{}问题0个", "{}任务分解到位", "确保{}整改到位", "要求{}按期完成",
    "督促{}尽快完成", "责令{}限期整改", "明确{}完成时限", "{}台账已建立", "制定{}方案并印发", "{}率达到0%", "已收回{}资金0万元",
    "{}已开工建设", "{}已投入使用", "已组织{}培训0期", "对0人{}批评教育", "预计0月底前完成{}", "计划0年完成{}", "力争{}取得成效",
    "完成时限:0年0月底{}", "{}整改率0%", "已修订{}办法", "开展{}检查0次", "推动{}提升", "加强{}管理",
)  # fmt: skip
_OBJECTS = (
    "道路", "房屋登记", "资金拨付", "党建", "项目", "设备采购", "招标", "档案整理", "培训", "巡查", "工程", "账目核对", "谈话提醒",
    "信访件", "村级", "学校", "医保", "采购合同", "宣传", "预算", "清欠", "支部换届", "食堂", "车辆", "风险排查", "",
)  # fmt: skip


def status_examples(chance: random.Random, left_out: Iterable[str] = ()) -> list[Example]:
    """Results with what may stand around them, and what is no result."""
    unseen = {word for words in STATUSES.values() for word in words} | set(left_out)
    phrases = [(row["word"], row["status_code"]) for row in load_csv("parsing/status_words")]
    with open(GOLD / "status_phrases.csv", encoding="utf-8", newline="") as handle:
        phrases += [(row["phrase"], row["status_code"]) for row in csv.DictReader(handle)]
    phrases = sorted({(words, code) for words, code in phrases if len(words) > 1 and words not in unseen})
    by_code: dict[str, list[str]] = {}
    for words, code in phrases:
        by_code.setdefault(code, []).append(words)
    made: dict[str, tuple[str, float]] = {}
    for words, code in phrases:
        made[words] = (code, 2.0)
        for before in chance.sample(_BEFORE, 5):
            made.setdefault(before + words, (code, 0.5))
    for _ in range(1500):
        done, lasting = chance.choice(by_code["completed"]), chance.choice(by_code["long_term"])
        made.setdefault(done + chance.choice(_JOINTS) + lasting, ("completed_long_term", 0.6))
    for done in by_code["completed"]:
        made.setdefault(
            done + "并" + chance.choice(("长期坚持", "持续坚持", "长期抓好", "常抓不懈")),
            ("completed_long_term", 1.0),
        )
    for _ in range(300):
        open_, going = chance.choice(by_code["not_completed"]), chance.choice(by_code["in_progress"])
        made.setdefault(f"{open_},{going}", ("in_progress", 0.3))
        made.setdefault(f"{chance.choice(by_code['phased'])},{going}", ("phased", 0.5))
        made.setdefault(
            f"{chance.choice(by_code['basically_completed'])},{going}", ("basically_completed", 0.5)
        )
    examples = [
        (features(words), CODES.index(code), weight)
        for words, (code, weight) in sorted(made.items())
        if len(words) <= LONGEST
    ]
    for pattern in _TRAPS:
        for thing in _OBJECTS:
            examples.append((features(pattern.format(thing)), 0, 1.0))
    examples += [(features(words), 0, 0.7) for words in no_results()]
    return examples


def train_status() -> np.ndarray:
    return fit(status_examples(random.Random(11)), len(CODES), 2e-6, 400)


def check_status(folds: int = 8) -> None:
    """Listed and further phrases left out, an eighth at a time: how many are read right, wrong, not at all."""
    phrases = {
        row["word"]: row["status_code"] for row in load_csv("parsing/status_words") if len(row["word"]) > 2
    }
    with open(GOLD / "status_phrases.csv", encoding="utf-8", newline="") as handle:
        phrases |= {row["phrase"]: row["status_code"] for row in csv.DictReader(handle)}
    order = sorted(phrases)
    random.Random(3).shuffle(order)
    right = wrong = silent = 0
    meant_right = 0
    for fold in range(folds):
        left = order[fold::folds]
        weights = fit(status_examples(random.Random(11), left), len(CODES), 2e-6, 200)
        for words in left:
            found = features(words)
            known = softmax(weights[found].sum(axis=0) / np.sqrt(len(found)) + weights[BUCKETS])
            best = int(known[1:].argmax()) + 1
            meant_right += CODES[best] == phrases[words]
            if known[best] < 0.7:
                silent += 1
            elif CODES[best] == phrases[words]:
                right += 1
            else:
                wrong += 1
    print(
        f"status phrases left out: {len(order)}; right {right}, wrong {wrong}, silent {silent}; best guess right {meant_right}"
    )


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        check_status()
        print(types_line())
        return 0
    if "--confidence" not in arguments:
        print(store(train_status(), "status_weights"))
        keys, weights, pairs = train_types()
        np.save(LOOKUPS / "models/type_grams.npy", keys)
        np.save(LOOKUPS / "models/type_pairs.npy", pairs)
        print(store(weights, "type_weights"))
    if "--confidence" not in arguments:
        first, second = train_statements.stored(train_statements.train(train_statements.labelled()))
        for name, weights in (("statement_weights", first), ("statement_votes", second)):
            np.save(LOOKUPS / "models" / f"{name}.npy", weights)
            print(LOOKUPS / "models" / f"{name}.npy")
    found = confidence.cases()
    np.save(LOOKUPS / "models/confidence_weights.npy", confidence.train(found))
    print(LOOKUPS / "models/confidence_weights.npy")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
