"""Training: a recipe goes in, a checkpoint comes out; knows no system."""
