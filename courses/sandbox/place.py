"""What a child is told about where it is."""

from dataclasses import dataclass

from courses.sandbox import seccomp


@dataclass(frozen=True, slots=True)
class Place:
    """`work` is its folder, empty but for what the server mounts there; `tmp` one for passing things.

    In `sockets` it may make Unix sockets, which the server sees; empty when none was asked for.
    `host_pid` is its process id as the server knows it. `private` says that it sees no sockets but its
    own: else it must not open any once it runs what nobody trusts. `filtered` says that seccomp is on.
    """

    work: str
    tmp: str
    sockets: str
    host_pid: int
    private: bool
    filtered: bool

    def bind_no_more(self) -> None:
        """To be called when the child's own sockets are bound, before it runs what nobody trusts.

        Where other sockets are within sight, none can be opened from then on; pairs remain.
        """
        if not self.filtered:
            return
        if self.private:
            seccomp.refuse_binding()
        else:
            seccomp.refuse_sockets()
