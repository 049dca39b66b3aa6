"""What others use, in an environment of its own.

`environment` sets it up; `worker` runs in it, one process a peer, and `process` talks to that. The other
modules are one a peer, imported in that environment alone.
"""
