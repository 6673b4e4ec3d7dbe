"""``python -m tests.quality``: parse all gold, print scores, gains and losses.

Exit 1 when a field of a notice fell below the committed expectation, when a golden has no
expectation yet, or when a page that is no notice was read as one. ``--accept`` writes gains and
new goldens into the expectation, never a loss.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from unittest import mock

from analysis.parsing import assemble
from tests.quality.corpus import REFUSED, SEALED, gold_notices, parse_file
from tests.quality.score import Score, score
from tests.quality.train_statements import Weights
from tests.quality.train_types import types_line

EXPECTED = Path(__file__).with_name("expected.json")
MADE_COUNT = 150
MADE = f"made layouts, seeds 0–{MADE_COUNT - 1}"
PRINTED = f"made layouts in the reports' words, seeds 0–{MADE_COUNT - 1}"


def refused_scores() -> dict[str, dict[str, float]]:
    """Pages that must be set aside: 1.0 when refused, 0.0 when read as a notice."""
    scores = {}
    for path in sorted(REFUSED.glob("*")):
        tables, reason = parse_file(path)
        scores[f"refused/{path.name}"] = {"refused": float(tables is None and not reason.startswith("crash"))}
    return scores


def made_scores() -> dict[str, dict[str, float]]:
    """Totals over made layouts; the seeds are fixed, so the notices are always the same."""
    from tests.quality.sweep import sweep

    scores = {}
    for name, wording in ((MADE, "made"), (PRINTED, "printed")):
        _, totals = sweep(MADE_COUNT, wording=wording)
        scores[name] = {
            field: totals[field] for field in ("problems_f1", "statuses", "measures", "metadata", "claims")
        }
    return scores


def perturbed_scores_by_file() -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Per notice ``<perturbation>.problems`` and ``.statuses``; and the totals per perturbation.

    They are held notice by notice, so that a new golden changes no other's expectation.
    """
    from tests.quality.perturbations import PERTURBATIONS, perturbed_scores

    by_file: dict[str, dict[str, float]] = {}
    totals = {}
    for name in PERTURBATIONS:
        results = perturbed_scores(name)
        totals[name] = summary(results)
        for result in results:
            fields = result.fields()
            by_file.setdefault(f"perturbed/{result.file}", {}).update(
                {f"{name}.{field}": fields[field] for field in ("problems", "statuses")}
            )
    return by_file, totals


def left_out_scores(left_out: dict[str, Weights]) -> dict[str, dict[str, float]]:
    """Totals of the gold read by the rules alone, and with a second reader that has not learnt from the notice."""
    from tests.quality.train_statements import reading_with

    alone, both = [], []
    for item in gold_notices():
        with reading_with(left_out[item.gold["file"]]):
            both.append(score(item.gold, *parse_file(item.path)))
            with mock.patch.object(assemble, "is_doubtful", lambda structure, totals: False):
                alone.append(score(item.gold, *parse_file(item.path)))
    return {
        "rules alone": summary(alone),
        "with a second reader trained on other notices": summary(both),
    }


def compare(
    measured: dict[str, dict[str, float]], expected: dict[str, dict[str, float]]
) -> tuple[list[str], list[str]]:
    """Lines of gains and of losses, field by field; a golden without expectation is a loss."""
    gains, losses = [], []
    for file, fields in measured.items():
        if file not in expected:
            losses.append(f"{file}: new golden, not accepted yet")
            continue
        for name in sorted(set(fields) | set(expected[file])):
            before, now = expected[file].get(name), fields.get(name)
            if before is None or (now is not None and now > before):
                gains.append(f"{file} {name}: {before} → {now}")
            elif now is None or now < before:
                losses.append(f"{file} {name}: {before} → {now}")
    losses += [f"{file}: golden is gone" for file in expected if file not in measured]
    return gains, losses


def summary(scores: list[Score]) -> dict[str, float]:
    """Totals over all problems and fields, as a reader of the whole would count them."""
    gold = sum(s.gold for s in scores) or 1
    found, hit = sum(s.found for s in scores), sum(s.hit for s in scores)
    meta = [right for s in scores for right in s.meta.values()]
    claims = [right for s in scores for right in s.claims.values()]
    return {
        "notices": len(scores),
        "gold": gold,
        "found": found,
        "problems_f1": round(2 * hit / (gold + found), 4),
        "statuses": round(sum(s.status for s in scores) / gold, 4),
        "measures": round(sum(s.measures for s in scores) / gold, 4),
        "metadata": round(sum(meta) / max(1, len(meta)), 4),
        "claims": round(sum(claims) / max(1, len(claims)), 4),
    }


def sealed_summary() -> dict[str, float]:
    """Totals of the notices that no one who works on the parser reads, and how many bad readings are named.

    ``named_of_bad``: share of notices with under nine tenths of the problems or results right that
    carry a reading doubt; ``named_of_good``: the same of the others, which are false alarms.
    """
    scores, named = [], {True: [], False: []}
    for item in gold_notices([SEALED]):
        tables, refusal = parse_file(item.path)
        result = score(item.gold, tables, refusal)
        scores.append(result)
        is_bad = min(2 * result.hit / (result.gold + result.found), result.status / result.gold) < 0.9
        doubts = tables["core_notices"][0]["reading_doubt_codes"] if tables else refusal
        named[is_bad].append(bool(doubts))
    shares = {
        f"named_of_{'bad' if bad else 'good'}": round(sum(n) / max(1, len(n)), 3) for bad, n in named.items()
    }
    return summary(scores) | shares


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of gold (default: tests/gold)")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="write gains and new goldens into the expectation; fields that fell stay as they were",
    )
    parser.add_argument(
        "--accept-losses",
        action="store_true",
        help="write everything as measured; say in the commit why less is right",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="every disagreement, not the first six per notice"
    )
    parser.add_argument("-k", "--only", default="", help="only files whose name contains this")
    options = parser.parse_args(arguments)

    scores, measured = [], {}
    print(f"{'file':36}{'gold':>5}{'found':>6}{'hit':>5}{'stat':>5}{'meas':>5}{'meta':>7}{'claim':>7}")
    for item in gold_notices(options.folders or None):
        if options.only not in item.gold["file"]:
            continue
        tables, refusal = parse_file(item.path)
        result = score(item.gold, tables, refusal)
        scores.append(result)
        measured[result.file] = result.fields()
        print(
            f"{result.file[:35]:36}{result.gold:>5}{result.found:>6}{result.hit:>5}{result.status:>5}{result.measures:>5}"
            f"{sum(result.meta.values()):>4}/{len(result.meta)}{sum(result.claims.values()):>5}/{len(result.claims)}"
        )
        shown = result.complaints if options.verbose else result.complaints[:6]
        for line in shown:
            print(f"    {line}")
        if len(shown) < len(result.complaints):
            print(f"    … and {len(result.complaints) - len(shown)} more (-v)")
    print(json.dumps(summary(scores)))
    if options.folders or options.only:
        return 0

    made = made_scores()
    for name, fields in made.items():
        print(f"{name}: {json.dumps(fields)}")
    measured.update(made)
    perturbed, totals = perturbed_scores_by_file()
    for name, fields in totals.items():
        print(f"perturbed, {name}: {json.dumps(fields)}")
    measured.update(perturbed)
    measured.update(refused_scores())
    if not (options.accept or options.accept_losses):
        from tests.quality.confidence import cases, reliability
        from tests.quality.train_statements import labelled, weights_left_out

        left_out = weights_left_out(labelled())
        for name, totals in left_out_scores(left_out).items():
            print(f"{name}: {json.dumps(totals)}")
        print("confidence, notices left out ten folds:")
        for line in reliability(cases(left_out)):
            print(f"    {line}")
        print(types_line())
        print(f"sealed, never learnt from: {json.dumps(sealed_summary())}")
    for file, fields in measured.items():
        if fields.get("refused") == 0.0:
            print(f"{file}: not set aside, but should be")
    expected = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    gains, losses = compare(measured, expected)
    for title, lines in (("gains", gains), ("losses", losses)):
        print(f"{title}: {len(lines)}")
        for line in lines:
            print(f"    {line}")
    if options.accept or options.accept_losses:
        # A page that must be refused is never accepted as a notice.
        accepted = {
            file: {name: 1.0 if name == "refused" else value for name, value in fields.items()}
            for file, fields in measured.items()
        }
        if not options.accept_losses:
            for file, fields in accepted.items():
                for name, before in expected.get(file, {}).items():
                    fields[name] = max(before, fields.get(name, before))
        EXPECTED.write_text(
            json.dumps(accepted, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        print(f"accepted: {EXPECTED.name}")
        fell = [line for line in losses if "new golden" not in line]
        return 1 if fell and not options.accept_losses else 0
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
