"""UniSeg3D: one network for classes, instances, clicks and sentences (NeurIPS 2024, arXiv 2407.03263)."""
