"""Registering, signing in and out, and what an operator does with accounts."""

from dataclasses import replace

import pytest
from small_world import PASSWORD, ManualClock, PlainPasswords

from courses.errors import (
    BadCredentials,
    Forbidden,
    NameTaken,
    NotFound,
    RegistrationClosed,
    Rejected,
    TooMany,
    WeakPassword,
)
from courses.services.list_courses import open_course
from courses.services.manage_users import (
    add_user,
    create_admin_link,
    list_users,
    set_password,
    set_role,
    use_admin_link,
)
from courses.services.platform import Actor, Platform
from courses.services.register_user import register_user
from courses.services.sign_in import find_session, sign_in, sign_out
from courses.services.throttle import TRIES_A_PAIR, TRIES_AN_ACCOUNT, TRIES_AN_ADDRESS, WINDOW


def test_register_sign_in_and_out(platform: Platform) -> None:
    """A session lasts from sign-in to sign-out; the name's case does not matter."""
    registered = register_user(platform, "  Grace ", PASSWORD)
    assert (registered.name, registered.admin) == ("Grace", False)
    signed = sign_in(platform, "gRACE", PASSWORD, "10.0.0.1")
    assert find_session(platform, signed.token) == Actor(registered.id, "Grace")
    sign_out(platform, signed.token)
    sign_out(platform, signed.token)
    assert find_session(platform, signed.token) is None
    assert find_session(platform, "\ud800") is None


def test_session_expires(platform: Platform, clock: ManualClock) -> None:
    """An old session is no session."""
    register_user(platform, "Grace", PASSWORD)
    token = sign_in(platform, "Grace", PASSWORD, "a").token
    clock.advance(platform.session.total_seconds())
    assert find_session(platform, token) is None


def test_taken_name_is_said(platform: Platform, ada: Actor) -> None:
    """Registration says when a name is taken, whatever its case."""
    with pytest.raises(NameTaken):
        register_user(platform, "ADA", PASSWORD)


@pytest.mark.parametrize("name", ["", "x", "x" * 41, "a\x00b", "a\nb", "<b>", "\ud800\ud800"])
def test_bad_name_is_refused(platform: Platform, name: str) -> None:
    """A name that could not be shown or typed again is refused with its rule."""
    with pytest.raises(Rejected) as refused:
        register_user(platform, name, PASSWORD)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    "password",
    [
        *("", "short", "password", "aaaaaaaaaaaa", "x" * 257, "Grace Hopper", "\ud8001234567"),
        *("password12", "!!Hello2024!!", "1q2w3e4r5t6", "1234567890", "Grace Hopper 1906"),
    ],
)
def test_weak_password_is_refused(platform: Platform, password: str) -> None:
    """Short, common and monotonous passwords, and one's own name, are refused with a reason.

    Digits and signs around them do not help.
    """
    with pytest.raises(WeakPassword):
        register_user(platform, "Grace Hopper", password)


def test_registration_by_code(platform: Platform) -> None:
    """With a code only who knows it gets in; with none set, nobody does."""
    by_code = replace(platform, registration="code", registration_code="algol")
    with pytest.raises(RegistrationClosed):
        register_user(by_code, "Grace", PASSWORD, "cobol")
    register_user(by_code, "Grace", PASSWORD, "algol")
    with pytest.raises(RegistrationClosed):
        register_user(replace(by_code, registration_code=""), "Edsger", PASSWORD, "")
    with pytest.raises(RegistrationClosed):
        register_user(replace(platform, registration="off"), "Edsger", PASSWORD, "algol")


def test_sign_in_never_says_who_exists(platform: Platform, ada: Actor) -> None:
    """Unknown name and wrong password get one answer, for the same work."""
    checked: list[str] = []

    class Counting(PlainPasswords):
        def verify(self, hashed: str, password: str) -> bool:
            checked.append(hashed)
            return super().verify(hashed, password)

    counting = replace(platform, passwords=Counting())
    said = []
    for name in ("ada", "nobody", "", "\ud800"):
        with pytest.raises(BadCredentials) as refused:
            sign_in(counting, name, "wrong password", "a")
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert len(checked) == 4


def try_wrong(platform: Platform, name: str, address: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            sign_in(platform, name, "wrong password", address)


def wait_for(platform: Platform, name: str, address: str) -> float:
    """The seconds that even the right password has to wait."""
    with pytest.raises(TooMany) as refused:
        sign_in(platform, name, PASSWORD, address)
    return refused.value.retry_after


def test_guessing_from_one_address_is_slowed_down(platform: Platform, ada: Actor, clock: ManualClock) -> None:
    """After enough wrong tries even the right password waits; time and a success forgive."""
    try_wrong(platform, "ada", "a", TRIES_A_PAIR)
    assert wait_for(platform, "ADA", "a") == WINDOW.total_seconds()
    clock.advance(WINDOW.total_seconds())
    for _ in range(TRIES_A_PAIR * 2):
        sign_in(platform, "ada", PASSWORD, "a")
    try_wrong(platform, "ada", "a", TRIES_A_PAIR - 1)
    sign_in(platform, "ada", PASSWORD, "a")
    try_wrong(platform, "ada", "a", TRIES_A_PAIR)


def test_nobody_locks_somebody_else_out(platform: Platform, ada: Actor) -> None:
    """Who uses up the tries at a name waits alone: its owner gets in from another address."""
    try_wrong(platform, "ada", "a stranger's", TRIES_A_PAIR)
    wait_for(platform, "ada", "a stranger's")
    assert sign_in(platform, "ada", PASSWORD, "ada's own").user.name == "ada"


def test_guessing_from_many_addresses_is_slowed_down(
    platform: Platform, ada: Actor, clock: ManualClock
) -> None:
    """An account takes so many tries and no more, whether it exists or not and whoever signs in between."""
    for name in ("ada", "nobody"):
        for i in range(TRIES_AN_ACCOUNT):
            clock.advance(0.001)
            if name == "ada":
                sign_in(platform, name, PASSWORD, "her own")
            clock.advance(0.001)
            try_wrong(platform, name, f"{name} {i}")
        assert wait_for(platform, name, "yet another") > WINDOW.total_seconds() - 1
    clock.advance(WINDOW.total_seconds())
    sign_in(platform, "ada", PASSWORD, "yet another")


def test_address_is_slowed_down_later(platform: Platform, ada: Actor) -> None:
    """A class behind one address has room; somebody who tries every name has not."""
    for i in range(TRIES_AN_ADDRESS):
        with pytest.raises(BadCredentials):
            sign_in(platform, f"name{i}", "wrong password", "a")
    with pytest.raises(TooMany):
        sign_in(platform, "ada", PASSWORD, "a")
    sign_in(platform, "ada", PASSWORD, "another address")


def test_new_password_ends_sessions(platform: Platform, ada: Actor) -> None:
    """Setting a password signs the person out everywhere."""
    token = sign_in(platform, "ada", PASSWORD, "a").token
    set_password(platform, "ada", "another good one")
    assert find_session(platform, token) is None
    with pytest.raises(BadCredentials):
        sign_in(platform, "ada", PASSWORD, "a")
    sign_in(platform, "ada", "another good one", "a")
    with pytest.raises(NotFound):
        set_password(platform, "nobody", "another good one")


def test_roles_belong_to_courses(platform: Platform, ada: Actor) -> None:
    """A role is given in a course that exists, to somebody who does."""
    set_role(platform, "ada", "small", "instructor")
    assert open_course(platform, ada, "small").role == "instructor"
    with pytest.raises(NotFound):
        set_role(platform, "ada", "other", "instructor")
    with pytest.raises(NotFound):
        set_role(platform, "nobody", "small", "instructor")
    with pytest.raises(Rejected):
        set_role(platform, "ada", "small", "king")  # type: ignore[arg-type]


def test_admin_link_makes_the_first_administrator(platform: Platform, clock: ManualClock) -> None:
    """The newest link works once, for a day, and there is none once there is an administrator."""
    old, link = create_admin_link(platform), create_admin_link(platform)
    assert old and link
    with pytest.raises(Forbidden):
        use_admin_link(platform, old, "root", PASSWORD)
    with pytest.raises(WeakPassword):
        use_admin_link(platform, link, "root", "short")
    assert use_admin_link(platform, link, "root", PASSWORD).admin
    with pytest.raises(Forbidden):
        use_admin_link(platform, link, "root2", PASSWORD)
    assert create_admin_link(platform) is None


def test_admin_link_expires(platform: Platform, clock: ManualClock) -> None:
    """A link that nobody used is worth nothing a day later."""
    link = create_admin_link(platform)
    assert link
    clock.advance(24 * 3600)
    with pytest.raises(Forbidden):
        use_admin_link(platform, link, "root", PASSWORD)


def test_everybody_is_listed_by_name(platform: Platform, ada: Actor) -> None:
    """The operator's list holds everybody, and no password."""
    add_user(platform, "Zuse", PASSWORD, admin=True)
    add_user(platform, "bo", PASSWORD)
    assert [(user.name, user.admin) for user in list_users(platform)] == [
        ("ada", False),
        ("bo", False),
        ("Zuse", True),
    ]
    assert "hash" not in repr(list_users(platform))
