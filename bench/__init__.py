"""Measures this API against the reference and against the raw driver."""
