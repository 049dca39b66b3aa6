"""What runs inside a grading run's own processes, and nothing of the server.

Two processes, started by `courses.grading.launching` and told apart by their role: `prefix` holds the
chapter's code so far and forks a process for each run of a submission; `examiner` holds the tests.
They import the standard library alone, for every millisecond here is a learner's wait, and exchange
JSON frames by way of the server (`frames`), values by their types (`wire`) and all else as handles.
"""
