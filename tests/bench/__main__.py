"""``python -m tests.bench``: every benchmark in one run; tables on standard output, numbers in reports/bench."""

from __future__ import annotations

import sys

from tests.bench import bench_ledger, bench_notebooks, bench_parse

if __name__ == "__main__":
    sys.exit(max(bench_parse.main(sys.argv[1:]), bench_notebooks.main([]), bench_ledger.main()))
