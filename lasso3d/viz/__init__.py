"""Pictures a person can judge at a glance: scans, masks and uncertainty."""
