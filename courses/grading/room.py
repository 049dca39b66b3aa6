"""The sandbox's limits around a grading's: the grading's own, which have helpful verdicts, are met first."""

from courses.sandbox.limits import Limits as SandboxLimits
from courses.services.ports import Limits

_SPARE_MB, _SPARE_PROCESSES = 128, 16
"""What the processes that run the code need for themselves."""


def sandbox_limits(limits: Limits) -> SandboxLimits:
    """For processes in which code with these limits runs."""
    return SandboxLimits(
        memory_mb=limits.memory_mb + _SPARE_MB,
        processes=limits.processes + _SPARE_PROCESSES,
        disk_mb=64,
        descriptors=256,
        cpu_seconds=max(1, int(limits.cpu)),
    )
