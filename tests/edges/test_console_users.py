"""The file of users."""

import pytest

from ivr.core.errors import ConfigError
from ivr.edges.console_users import make_user, matches, read_users, with_user

PASSWORD = "a long enough one"


def test_a_user_is_written_and_read_back():
    user = make_user("anna", "operator", PASSWORD)
    assert PASSWORD not in user.secret
    assert read_users(with_user("# who\n", user), "users")["anna"] == user
    assert matches(PASSWORD, user.secret)
    assert not matches("another one", user.secret)


def test_a_user_of_the_same_name_is_replaced():
    text = with_user("", make_user("anna", "viewer", PASSWORD))
    text = with_user(text, make_user("ben", "viewer", PASSWORD))
    text = with_user(text, make_user("anna", "operator", PASSWORD))
    assert {name: user.role for name, user in read_users(text, "users").items()} == {
        "anna": "operator",
        "ben": "viewer",
    }


def test_two_hashes_of_one_password_differ():
    assert make_user("a", "viewer", PASSWORD).secret != make_user("b", "viewer", PASSWORD).secret


@pytest.mark.parametrize(
    ("name", "role", "password", "says"),
    [
        ("an:na", "viewer", PASSWORD, "letters, digits"),
        ("anna", "boss", PASSWORD, "no role 'boss'"),
        ("anna", "viewer", "short", "too short"),
    ],
)
def test_what_cannot_be_used_is_said(name, role, password, says):
    with pytest.raises(ConfigError, match=says):
        make_user(name, role, password)


@pytest.mark.parametrize(
    "line",
    [
        "anna",
        "anna:boss:scrypt$16384$8$1$AA==$AA==",
        "anna:viewer:plain",
        "anna:viewer:scrypt$16384$8$1$!!$AA==",
        "anna:viewer:scrypt$99999999999$8$1$AA==$AA==",
        "anna:viewer:md5$1$1$1$AA==$AA==",
    ],
)
def test_a_wrong_line_is_named(line):
    with pytest.raises(ConfigError, match="users:2"):
        read_users(f"# users\n{line}\n", "users")


def test_a_user_twice_is_refused():
    line = with_user("", make_user("anna", "viewer", PASSWORD))
    with pytest.raises(ConfigError, match="twice"):
        read_users(line + line, "users")
