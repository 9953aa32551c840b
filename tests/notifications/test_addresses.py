"""Nothing that somebody typed leads into the house, whatever the name server says."""

import ipaddress
import socket

import pytest

from notifications.channels import addresses
from notifications.channels.addresses import AddressRefused, is_public, pin


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:0:1::1", "ff02::1",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "119.29.29.29", "2400:3200::1", "::ffff:8.8.8.8"])
def test_outer_addresses_are(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.fixture
def names(monkeypatch):
    """What the name server says, each time it is asked."""
    answers = []

    def look_up(host, port, **kwargs):
        return [(None, None, None, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


def test_the_address_that_was_checked_is_the_one_that_is_used(names):
    names += [["8.8.8.8"], ["127.0.0.1"]]
    pinned = pin("https://receiver.example/in?x=1")
    assert pinned.url == "https://8.8.8.8:443/in?x=1"
    assert (pinned.host, pinned.server_name) == ("receiver.example", "receiver.example")
    with pytest.raises(AddressRefused):
        pin("https://receiver.example/in")


def test_one_inner_address_among_outer_ones_spoils_them_all(names):
    names.append(["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        pin("https://receiver.example/")


def test_the_companys_own_networks_are_open_and_need_no_tls(names, settings):
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("10.20.0.0/16")]
    names += [["10.20.1.1"], ["10.21.1.1"]]
    assert pin("http://inner.example:8080/x").url == "http://10.20.1.1:8080/x"
    with pytest.raises(AddressRefused):
        pin("https://inner.example/x")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "https:///x",
        "https://a:b@x/",
        "https://x:99999/",
        "javascript:alert(1)",
        "https://[",
        "https://[::1",
        "https://" + "长" * 64 + ".example/",
        "",
        "x",
    ],
)
def test_what_is_no_address(url):
    with pytest.raises(AddressRefused):
        pin(url)


def test_an_ipv6_address_is_written_in_brackets(names):
    names.append(["2400:3200::1"])
    assert addresses.pin("https://six.example/").url == "https://[2400:3200::1]:443/"


def test_a_name_in_chinese_is_asked_for_as_certificates_write_it(names):
    names.append(["39.156.66.10"])
    pinned = addresses.pin("https://例子.公司:8443/钩")
    assert pinned.url == "https://39.156.66.10:8443/钩"
    assert (pinned.host, pinned.server_name) == (
        "xn--fsqu00a.xn--55qx5d:8443",
        "xn--fsqu00a.xn--55qx5d",
    )
