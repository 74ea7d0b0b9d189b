"""The one error users are meant to read: it names the thing, the value and the remedy."""


class TextrepairError(ValueError):
    """Bad input, an unknown name, or damaged data; the command line prints it and exits with 2."""
