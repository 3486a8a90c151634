"""NPISeg3D: clicks answered by a probabilistic network (ICML 2025, arXiv 2505.01726), with AGILE3D as a setting."""
