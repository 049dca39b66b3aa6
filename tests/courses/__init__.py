"""Courses for tests, written as an instructor would write them."""
