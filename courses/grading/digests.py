"""What a grading depends on, as digests: two that are equal are the same in all that counts."""

import hashlib
from collections.abc import Iterable, Mapping

from courses.services.ports import GradingJob


def digest_of_stage(job: GradingJob) -> str:
    """Of all that a submission finds when it begins."""
    common = digest(*job.context)
    return hashlib.sha256(common + digest_of_files(job.files) + repr(job.limits).encode()).hexdigest()


def digest(*texts: str) -> bytes:
    return _chained(text.encode("utf-8", "surrogatepass") for text in texts)


def digest_of_files(files: Mapping[str, bytes]) -> bytes:
    return _chained(part for path, content in sorted(files.items()) for part in (path.encode(), content))


def _chained(parts: Iterable[bytes]) -> bytes:
    """Parts that are cut elsewhere give another digest."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.digest()
