"""Text in, records with evidence out. Knows no file and no frame."""
