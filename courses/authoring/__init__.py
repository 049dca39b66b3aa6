"""From an instructor's folder of notebooks to a course that is proved and may be published."""
