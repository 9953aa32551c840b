"""The one exception of the launcher."""


class LaunchError(Exception):
    """Something the person at the keyboard can mend; the text says what and how."""
