"""The person who asks."""

from courses.api.registry import Route
from courses.models.views import UserView
from courses.services.read_user import read_user

ROUTES = (Route("read_user", "GET", "/me", read_user, UserView, "The person who is signed in"),)
