"""Settings: who can reach the server, and the token that lets them in."""

import pytest
from pydantic import ValidationError

from app.config import Settings, TokenRequired, is_loopback
from app.main import create_app

TOKEN = "correct-horse/1+2&3"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "models.example", ""])
def test_a_server_that_others_reach_gets_a_random_token(settings, host):
    open_to_others = Settings(data=settings.data, host=host)

    first = open_to_others.with_token()
    second = open_to_others.with_token()

    assert len(first.token) >= 32
    assert first.token != second.token
    assert first.entry_url("/x").endswith(f"/x?token={first.token}")
    assert first.token not in repr(first)
    assert Settings(host=host, token=TOKEN).with_token().token == TOKEN
    with pytest.raises(ValueError, match="FORETUNE_TOKEN"):
        create_app(open_to_others)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_a_server_of_this_machine_alone_needs_no_token(host):
    assert Settings(host=host).with_token().entry_url().count("token") == 0


@pytest.mark.parametrize(
    "names", ["models.example", "localhost, Models.example", "192.168.1.5", "localhost.example"]
)
def test_a_server_behind_a_proxy_is_refused_without_a_token(settings, names):
    behind_a_proxy = Settings(data=settings.data, allowed_hosts=names)

    with pytest.raises(TokenRequired, match=r"set FORETUNE_TOKEN"):
        behind_a_proxy.with_token()
    with pytest.raises(TokenRequired, match=r"set FORETUNE_TOKEN"):
        create_app(behind_a_proxy)


@pytest.mark.parametrize("names", ["", "localhost", "LOCALHOST, 127.0.0.2, ::1"])
def test_names_of_this_machine_alone_need_no_token(settings, names):
    local = Settings(data=settings.data, allowed_hosts=names)

    create_app(local)

    assert local.with_token() is local


def test_a_server_that_listens_to_others_behind_a_proxy_gets_a_random_token(settings):
    in_a_container = Settings(data=settings.data, host="0.0.0.0", allowed_hosts="models.example")

    assert len(in_a_container.with_token().token) >= 32


@pytest.mark.parametrize("token", ["with a space inside", "é" * 19, "x" * 201, "123456789012\n"])
def test_a_token_that_no_header_carries_is_refused_in_words(token):
    with pytest.raises(ValidationError, match="12 to 200 letters"):
        Settings(token=token)


@pytest.mark.parametrize("token", ["kH7-wz_Qm2", "password1234", "aaaaaaaaaaaaaaaa"])
def test_a_weak_token_is_refused_at_the_start_with_a_better_one(settings, token):
    weak = Settings(data=settings.data, token=token)

    with pytest.raises(TokenRequired, match="easy to guess") as refusal:
        weak.with_token()
    with pytest.raises(TokenRequired, match="easy to guess"):
        create_app(weak)

    suggested = str(refusal.value).split()[-1]
    assert token not in str(refusal.value)
    assert Settings(token=suggested).with_token().token == suggested


@pytest.mark.parametrize("host", ["::ffff:127.0.0.1", "::1", "127.0.0.1"])
def test_loopback_is_local_in_each_of_its_spellings(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["::ffff:192.168.1.5", "127.0.0.1.example", "", "0.0.0.0"])
def test_nothing_else_is_local(host):
    assert not is_loopback(host)
