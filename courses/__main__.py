"""`python -m courses` is `stepwise`."""

from courses.cli import main

main(prog_name="stepwise")
