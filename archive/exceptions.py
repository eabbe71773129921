class ArchiveRefused(Exception):
    """The archive is not taken, or not made; says why and what to do. Nothing was changed."""
