"""``python -m tests.quality.sweep [COUNT] [FIRST_SEED] [made|printed]``: score made layouts and name what fails.

Prints the totals and, per choice of layout, the share of notices read without a fault in their
problems, results and measures, worst first.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import NotANotice
from tests.quality.build import strip_markers
from tests.quality.corpus import plain_document
from tests.quality.layouts import Made, make_notice
from tests.quality.score import Score, score


def score_made(made: Made) -> tuple[Score, str]:
    """Score of one made notice, and its plain text."""
    from analysis.sources.readers_markdown import read_markdown

    text, problems = strip_markers(made.source)
    gold = {
        "file": f"made-{made.seed}",
        "meta": made.head["meta"],
        "declared": made.head["declared"],
        "problems": problems,
    }
    document = plain_document(text, f"made-{made.seed}.{made.head['ext']}")
    if made.head["ext"] == "md":
        document = read_markdown(text.encode("utf-8"), document.source_path)
    try:
        return score(gold, parse_notice(document).tables), text
    except NotANotice as refusal:
        return score(gold, None, f"{refusal.reason_code}: {refusal.reason_text}"), text


def sweep(
    count: int, first: int = 0, wording: str = "made"
) -> tuple[list[tuple[Made, Score]], dict[str, float]]:
    """Score ``count`` made notices; returns them and the totals."""
    from tests.quality.__main__ import summary

    pairs = [
        (made, score_made(made)[0])
        for made in (make_notice(seed, wording) for seed in range(first, first + count))
    ]
    return pairs, summary([result for _, result in pairs])


def main(arguments: list[str]) -> int:
    count, first, wording = (*arguments, *["200", "0", "made"][len(arguments) :])
    pairs, totals = sweep(int(count), int(first), wording)
    print(json.dumps(totals))
    by_choice: dict[str, list[bool]] = defaultdict(list)
    faults: dict[str, list[str]] = defaultdict(list)
    for made, result in pairs:
        clean = (
            result.hit == result.gold == result.found
            and result.status == result.gold
            and result.measures == result.gold
        )
        for name, choice in made.choices.items():
            by_choice[f"{name}={choice}"].append(clean)
        for name, right in (*result.meta.items(), *(("claim." + k, v) for k, v in result.claims.items())):
            if not right:
                faults[name].append(str(made.seed))
        if not clean:
            print(
                f"seed {made.seed}: {made.head['layout']}\n    "
                + "\n    ".join(line for line in result.complaints[:3])
            )
    for name, values in sorted(by_choice.items(), key=lambda item: sum(item[1]) / len(item[1])):
        print(f"{sum(values) / len(values):6.0%} of {len(values):4}  {name}")
    for name, seeds in sorted(faults.items(), key=lambda item: -len(item[1])):
        print(f"{name}: wrong in {len(seeds)} (seeds {', '.join(seeds[:8])})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
