"""``python -m tests.bench``: every benchmark in one run; tables on standard output, numbers in reports/bench.

Exit 1 where a goal was missed. ``--long``: also 300 MB of text and a corpus of 100,000 notices.
"""

from __future__ import annotations

import sys

from tests.bench import bench_editions, bench_ledger, bench_notebooks, bench_parse
from tests.bench.measure import show_goals

if __name__ == "__main__":
    goals = [
        *bench_parse.main(sys.argv[1:]),
        *bench_notebooks.main([]),
        *bench_editions.main([]),
        *bench_ledger.main(),
    ]
    show_goals(goals)
    sys.exit(int(not all(goal.is_met for goal in goals)))
