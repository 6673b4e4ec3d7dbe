"""What a process that notebooks are forked from imports and reads; polars computes nothing here.

A fork after any polars operation deadlocks, after its import alone it does not. The rooms of this
package come first: imported before matplotlib, they leave its style alone, so that a notebook that
imports nothing of ours draws as it would in an ordinary kernel. What every notebook would read or
compile for itself (lookups, templates, the schema of notebooks) is there at the fork.
"""

from __future__ import annotations

import gc
import importlib
import os

from analysis.packages import without

os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

for name in (
    "analysis.runs.shell",
    "analysis.selection",
    "analysis.compare",
    "analysis.figures",
    "analysis.tables",
    "analysis.text",
    "analysis.publishing.standard",
    "papermill",
    "pandas",
    "polars",
    "seaborn",
    "scipy.stats",
    "statsmodels.stats.multitest",
    "statsmodels.stats.proportion",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.magics",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
):
    with without(
        "rfc3987_syntax"
    ):  # a grammar of addresses that jsonschema would load, for 0.8 s, and nothing here uses
        importlib.import_module(name)

from nbformat import current_nbformat, current_nbformat_minor  # noqa: E402
from nbformat.validator import get_validator  # noqa: E402

from analysis.compare import coding  # noqa: E402
from analysis.selection import LANGS  # noqa: E402
from analysis.text import house  # noqa: E402

for lang in LANGS:
    house.compile_templates(lang)
coding.kept_aside()
get_validator(current_nbformat, current_nbformat_minor)

gc.collect()
gc.freeze()  # keeps the pages of what is loaded shared with every fork
