"""Protocols: one function each, from a segmenter and examples to a report."""
