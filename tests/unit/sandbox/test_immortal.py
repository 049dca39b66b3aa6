"""Objects that nobody counts any more, from Python 3.12 on; before, everything is as ever."""

import json
import subprocess
import sys
from typing import Any

IMMORTAL = sys.version_info >= (3, 12)
BEGIN = """
import gc, json, os, sys, weakref
from courses.sandbox import immortal

class Thing:
    pass

def constant():
    return "a constant of a function", 2.5

def counted(one):
    before = sys.getrefcount(one)
    several = [one] * 100
    return sys.getrefcount(one) - before

known = {"Thing": Thing, "thing": Thing(), "text": "".join(["a text", "!"]), "constant": constant()[0]}
numbers = [number + 0.5 for number in range(200_000)]
"""
COUNTS = """
immortal.make_immortal()
gc.freeze()
ring = Thing()
ring.itself, gone = ring, weakref.ref(ring)
ring_counted = counted(ring)
del ring
gc.collect()
counts = {name: counted(one) for name, one in known.items()}
print(json.dumps({**counts, "number": counted(numbers[7]), "later": ring_counted, "freed": gone() is None}))
"""
PAGES = """
def own():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))

if len(sys.argv) > 1:
    immortal.make_immortal()
gc.freeze()
sys.stdout.flush()
child = os.fork()
if child == 0:
    own()
    before = own()
    for number in numbers:
        pass
    print(json.dumps(own() - before), flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


def run(*command: str) -> Any:
    done = subprocess.run([sys.executable, "-c", *command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_what_there_is_is_not_counted_and_what_comes_is() -> None:
    """What is made later is counted and freed, alone and by the collector, and the process ends in peace."""
    found = run(BEGIN + COUNTS)
    assert found.pop("later") == 100
    assert found.pop("freed") is True
    assert set(found) == {"Thing", "thing", "text", "constant", "number"}
    assert set(found.values()) == {0 if IMMORTAL else 100}


def test_a_fork_that_uses_them_copies_no_pages() -> None:
    """Of 4.6 MiB of numbers (200,000 of 24 bytes), looking at each copies all, or next to nothing."""
    copied, still = run(BEGIN + PAGES), run(BEGIN + PAGES, "immortal")
    assert copied > 4_500
    assert (still < 500) if IMMORTAL else (still > 4_500)


def test_told_apart() -> None:
    """Whether Python has immortal objects is seen by what happens to a count, not by its version."""
    assert run(BEGIN + "print(json.dumps(immortal.possible()))") is IMMORTAL
