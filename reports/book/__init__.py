"""Річна книга для ради: several documents of a community and year in one PDF."""
