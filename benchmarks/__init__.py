"""How fast it is, measured against what users would pick instead: `make bench`.

`topics` measures, one module a topic; `peers` is what others use, in an environment of its own; `rounds`
keeps the time; `figures` holds what was measured; `targets`, `report` and `plot` say what it means.
"""
