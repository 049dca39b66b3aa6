"""Register a learner, as far as the operator allows."""

from courses.models.views import UserView
from courses.services.platform import Platform


def register_user(platform: Platform, name: str, password: str, code: str = "") -> UserView:
    """Raises RegistrationClosed, Rejected (name), WeakPassword and NameTaken."""
    raise NotImplementedError
