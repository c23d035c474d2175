"""Hostile input, one module per door: ``PYTHONPATH=cli:tests python -m fuzz.rows --seconds 600 [--seed N]``.

Valid files are broken at random and handed to the door in this process. What is allowed to come of it: a result, or
problems that can be printed. Everything else is a finding: it is told on stdout, and the input that made it is kept in
a folder of the system's for temporary files. ``tests/test_fuzz.py`` runs the same doors for a moment.
"""
