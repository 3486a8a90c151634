"""Figures of merit over plain arrays; each definition by the name the field uses for it."""
