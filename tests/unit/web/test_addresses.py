"""Where a sign-in may lead, and whose tries count together."""

import pytest

from courses.web.addresses import address_number, safe_next


@pytest.mark.parametrize(
    "address",
    ["/school/", "/school/learn/a/b", "/school/learn/a/b?x=1&y=http://z/..", "/school/learn/a.b#step-x"],
)
def test_own_pages(address: str) -> None:
    """A page of this server is where one goes on."""
    assert safe_next(address, "/school/") == address


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "learn/a/b",
            "/",
            "/other/",
            "/schools/",
            "//evil.example/school/",
            "https://evil.example/school/",
        ),
        *("/\\evil.example", "\\\\evil.example", "/school/\\evil", "javascript:alert(1)", "/school/\nx"),
        *(" //evil.example", "\t//evil.example", "/school/ x", "http:/school/", "///school/"),
        *("//[", "/school/a//evil.example", "/school/../..//evil.example", "/school/..", "/school/./?x"),
        *("/school/login", "/school/logout", "/school/register?next=x", "/school/setup"),
    ],
)
def test_everything_else_is_home(address: str) -> None:
    """Another host, another application, a trick or the entrance itself lead to the home page."""
    assert safe_next(address, "/school/") == "/school/"


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "///evil.example", "/%09/evil"])
def test_at_the_root(address: str) -> None:
    """With the server at the root, an address of another host is still not one of ours."""
    assert safe_next(address, "/") in ("/", "/%09/evil")


def test_address_number() -> None:
    """One household's IPv6 addresses count as one; a proxy's odd one does not fail."""
    assert address_number("2001:db8::1") == address_number("2001:db8::ffff")
    assert address_number("2001:db8::1") != address_number("2001:db8:0:1::1")
    assert address_number("10.0.0.1") != address_number("10.0.0.2")
    assert address_number("::ffff:10.0.0.1") == address_number("10.0.0.1")
    assert address_number("unix socket") == 0
