"""What figures, tables and sentences share: style, number formats, words, links."""
