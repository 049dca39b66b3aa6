"""Judging answers: pure validators for questions, and fresh processes for code."""
