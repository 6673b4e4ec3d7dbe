"""How a notice is laid out: lines, numbers, labels, tables, and what each problem holds."""
