"""Namespaces: the warm process's own, and around each child further ones.

The warm process is the first in a process namespace. When it ends, the kernel ends all that it forked,
and what they forked. Each child is the first in a namespace below that.
"""

import os

from courses.sandbox import linux

_APART = linux.NEW_MOUNTS | linux.NEW_IPC | linux.NEW_HOST_NAME | linux.NEW_NETWORK | linux.NEW_PIDS
_CHILDS = linux.NEW_MOUNTS | linux.NEW_IPC | linux.NEW_HOST_NAME


def separate() -> None:
    """Into namespaces of our own; the next process forked is the first in its process namespace."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        linux.unshare(_APART)
        return
    itself = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY)
    try:
        linux.unshare(_APART | linux.NEW_USERS)
        map_only(itself, user, group)
    finally:
        os.close(itself)


def separate_child(*, network: bool) -> None:
    linux.unshare(_CHILDS | (linux.NEW_NETWORK if network else 0))


def fork() -> int:
    """A child that is the first in a process namespace of its own."""
    ours = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    child = -1
    try:
        linux.unshare(linux.NEW_PIDS)
        child = os.fork()
    finally:
        if child != 0:
            linux.join_namespace(ours, linux.NEW_PIDS)
        os.close(ours)
    return child


def map_only(itself: int, user: int, group: int) -> None:
    """In a new user namespace there is this user alone. `itself` is /proc/self, opened before."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        file = os.open(name, os.O_WRONLY, dir_fd=itself)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)
