"""Bytes in, text out: the archive of raw files and one reader per media type."""
