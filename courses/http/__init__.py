"""What pages and API share of HTTP: a request's name, statuses of errors, a limit on how often."""
