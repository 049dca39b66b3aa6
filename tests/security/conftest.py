"""A page server shared by this folder's tests."""

from tests.page_fixtures import (  # noqa: F401  (fixtures)
    administrator,
    fresh_name,
    jupyter_folders,
    learner,
    pages,
    platform,
    stranger,
    visit,
)
