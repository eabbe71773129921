"""Backup and restore: everything the system holds in one file, for both databases (docs/adr/0012)."""
