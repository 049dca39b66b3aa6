"""What a page is told of its Python session. The page says it in the course's language."""


def notice(text: str) -> str:
    """Marks a text for the catalogues; whoever shows it translates it."""
    return text


DIED = notice("The Python session ended unexpectedly. It starts again when you run something.")
REBUILT = notice("Your variables were rebuilt in a new Python session.")
ASLEEP = notice(
    "The Python session was put to sleep after a while without use. It starts again when you run something."
)
DISPLACED = notice(
    "The Python session moved to the chapter you opened last. It starts again when you run something."
)
UNAVAILABLE = notice(
    "Python cannot be started on this server just now. Everything but Run works. Tell whoever looks after it."
)
