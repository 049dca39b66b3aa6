"""What a page is told of its Python session. The page says it in the course's language."""


def notice(text: str) -> str:
    """Marks a text for the catalogues; whoever shows it translates it."""
    return text


DIED = notice("The Python session ended unexpectedly. It starts again when you run something.")
REBUILT = notice(
    "Python was started anew. The names of this chapter and of your accepted answers are there again; "
    "run once more whatever else you need."
)
ASLEEP = notice(
    "The Python session was put to sleep after a while without use. It starts again when you run something."
)
DISPLACED = notice(
    "The Python session moved to the chapter you opened last. It starts again when you run something."
)
MADE_ROOM = notice(
    "The Python session made room for another learner's. It starts again when you run something."
)
FULL = notice(
    "All Python sessions of this server are at work, so yours cannot start. Run it again in a minute. "
    "Everything but Run works."
)
MEMORY = notice(
    "The Python session was ended because it used too much memory. It starts again when you run something. "
    "Make less at once: smaller lists, fewer copies."
)
STUBBORN = notice(
    "Something ran too long and did not stop when it was told to, so the Python session was ended. "
    "It starts again when you run something."
)
SLOW = notice(
    "Code of this chapter ran too long in your Python session and was stopped. Some names may be missing."
)
UNAVAILABLE = notice(
    "Python cannot be started on this server just now. Everything but Run works. Tell whoever looks after it."
)
SHORTENED = notice("The rest of the output was left out.")
