"""What a process that notebooks are forked from imports; nothing is computed.

A fork after any polars operation deadlocks, after its import alone it does not. The rooms of this
package come first: imported before matplotlib, they leave its style alone, so that a notebook that
imports nothing of ours draws as it would in an ordinary kernel.
"""

from __future__ import annotations

import gc
import importlib
import os

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
    "statsmodels.stats.proportion",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
):
    importlib.import_module(name)

gc.collect()
gc.freeze()  # keeps the pages of what is loaded shared with every fork
