"""Machines that give less than this one: a Python to which Linux refuses what sandboxes are made with."""

import errno
import os
import sys
from pathlib import Path

from courses.sandbox import linux, seccomp

ROOT = Path(__file__).parents[1]
_UNSHARE = {"x86_64": 272, "aarch64": 97}
_LANDLOCK = 444
_SCRIPT = """#!{python}
import os, sys
sys.path.insert(0, {root!r})
from tests.lesser import refuse
refuse({layers!r})
os.execv({python!r}, [{python!r}, *sys.argv[1:]])
"""
NO_NAMESPACES, NOTHING = ("namespaces",), ("namespaces", "landlock")


def lesser_python(folder: Path, layers: tuple[str, ...]) -> str:
    """The path of a program that runs Python without these `layers`."""
    program = folder / f"python-without-{'-and-'.join(layers)}"
    program.write_text(_SCRIPT.format(python=sys.executable, root=str(ROOT), layers=layers))
    program.chmod(0o755)
    return str(program)


def refuse(layers: tuple[str, ...]) -> None:
    """In this process and all that it starts."""
    refused = []
    if "namespaces" in layers:
        refused += seccomp._refuse([_UNSHARE[os.uname().machine]], errno.EPERM)
    if "landlock" in layers:
        refused += seccomp._refuse([_LANDLOCK], errno.ENOSYS)
    linux.gain_no_rights()
    allow = [seccomp._ret(seccomp._ALLOW)]
    seccomp._load(seccomp._prologue() + refused + allow, every_thread=False)
