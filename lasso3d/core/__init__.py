"""The words the library speaks: scenes, prompts, segmentations, segmenters, errors."""
