"""Records in, validated Parquet out."""
