"""What the demo needs beside the database: an address of its own that it may call."""

import ipaddress

import pytest


@pytest.fixture(autouse=True)
def _calls_itself(settings, tmp_path):
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.MEDIA_ROOT = tmp_path
