"""Answers out: tables, words for the terminal, and charts."""
