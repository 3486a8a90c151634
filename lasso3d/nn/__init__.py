"""Torch blocks: sparse convolutions and U-Nets, attention, decoders, losses, checkpoints."""
