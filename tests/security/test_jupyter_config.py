"""What a machine is set up with for other Jupyter servers does not reach this one."""

from pathlib import Path

from tests.conftest import Published
from tests.serve import serving


def test_jupyters_own_configuration_is_not_read(published: Published, tmp_path: Path) -> None:
    """A config file that would open anything is not even opened."""
    config, marker = tmp_path / "jupyter", tmp_path / "read"
    config.mkdir()
    for name in ("jupyter_server_config.py", "jupyter_config.py"):
        (config / name).write_text(f"open({str(marker)!r}, 'w')")
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, JUPYTER_CONFIG_DIR=str(config)):
        assert not marker.exists()
