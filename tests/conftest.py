"""Settings for every test."""

from hypothesis import settings

# compiled loops make the first example slow, and a shared machine makes any example slow
settings.register_profile("lasso3d", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("lasso3d")
