"""A second reader, trained on statements: which sentences of a text are findings, whatever their layout."""
