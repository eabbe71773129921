"""What goes into the log."""

import logging


def shorten(record: logging.LogRecord) -> bool:
    """Keep the traceback of an error, drop that of a refusal (403, 404): it would bury the errors."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
    return True
