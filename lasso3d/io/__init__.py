"""Files: scans in, labelled scans out. Start at `scenes.read_scene` and `export.write_segmentation`."""
