"""Stepwise: interactive courses on Jupyter. This package is the trusted side of the platform."""

__version__ = "0.1.0"


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Where jupyter_server finds the platform; imported late, because the package is also a library."""
    from courses.app import StepwiseApp  # noqa: PLC0415

    return [{"module": "courses", "app": StepwiseApp}]
