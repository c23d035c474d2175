"""Asking the questions: a session that knows no terminal, and skins that draw it."""
