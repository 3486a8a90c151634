"""Frozen models behind small protocols: what reads words is `text`, its vectors on disk `table`."""
