"""Printed forms: shadow, numbers, dates, n-grams. Knows nothing of notices."""
