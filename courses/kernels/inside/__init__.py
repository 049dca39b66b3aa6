"""What runs in a learner's sandbox. It is light, and knows nothing of the platform but how to be a kernel."""

FILES = ".course"
"""Where the server shows the course's files, beneath the work folder."""

CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
"""A kernel's sockets, in the order of their numbers."""
