"""Which object a problem is about."""
