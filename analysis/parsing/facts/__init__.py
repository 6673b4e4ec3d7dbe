"""Dated events, quantities, titles and stated totals, each with its span."""
