"""Long work: a row that says what was asked (reports/models/jobs.py), and engines that do it (docs/adr/0013)."""
