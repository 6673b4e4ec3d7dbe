"""Comparative analytics over Chinese rectification notices (巡察整改通报).

The data's way through the rooms, imports running one way only::

    paths ← sources ← parsing ← tables ← compare ← reporting ← cli

* ``sources``   bytes in, text out (archive, readers)
* ``parsing``   text in, records with evidence out (no files, no frames)
* ``tables``    records in, validated Parquet out (``core_*``, ``codes_*``)
* ``compare``   core frames in, ``out_*`` frames out (pure functions)
* ``reporting`` tables in, notebooks and briefings out
* ``lookups``   reviewed judgements: data, no code
"""

__version__ = "0.1.0"
