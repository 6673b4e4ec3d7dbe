"""Core tables in, comparison tables (``out_*``) out: pure functions on frames."""
