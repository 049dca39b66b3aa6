"""The server imports the sandbox's modules wherever it runs, if only to say that there is none."""

import subprocess
import sys

import pytest

WITHOUT_LINUX = """
import ctypes, importlib, os, pkgutil, select, signal, socket, subprocess, sys
import asyncio, json, shutil, tempfile, threading, pathlib, traceback  # as they are here
def no_library(*names, **options):
    raise OSError("no C library of that kind")
ctypes.CDLL = no_library
sys.modules["resource"] = None
for module, name in (
    (select, "poll"), (signal, "SIGKILL"), (os, "fork"), (os, "O_PATH"), (socket, "AF_UNIX")
):
    delattr(module, name)
sys.platform = "win32"
import courses.sandbox
names = [module.name for module in pkgutil.iter_modules(courses.sandbox.__path__)]
for name in names:
    importlib.import_module(f"courses.sandbox.{name}")
print(len(names))
"""


def test_modules_import_without_linux() -> None:
    """Neither a call of Linux nor a module that others lack is asked for before it is used."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LINUX], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


@pytest.mark.parametrize("name", ["client", "child"])
def test_nothing_heavy_is_imported(name: str) -> None:
    """What every child carries is the standard library and the sandbox."""
    code = f"import courses.sandbox.{name}, sys\nprint(*{{m.split('.')[0] for m in sys.modules}} - before)"
    code = f"import sys\nbefore = set(sys.stdlib_module_names) | set(sys.modules)\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["courses"]
