"""Options that the command line's own parser cannot judge."""


class WrongUsage(Exception):
    """Arguments that make no sense; the command ends with exit code 2."""
