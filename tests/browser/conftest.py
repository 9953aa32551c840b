"""A whole desk for a browser, started as `make run` starts it, driven by pages and API alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import accounts
from jinke_desk.launcher import environment
from jinke_desk.launcher.places import PROJECT
from tests import chromium

START_SECONDS = 420
#: a screenshot adds a style to hide the caret, which the policy rightly refuses; that templates
#: have none is held by tests/ui/test_templates.py
OF_SCREENSHOTS = "Applying inline style"
SHOTS = Path(os.environ.get("SCREENSHOTS_DIR", PROJECT / "artefacts" / "screenshots"))


class Desk:
    """The running desk, its processes, and what it would have sent."""

    def __init__(self, folder):
        self.folder = folder
        self.log = (folder / "run.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jinke_desk.launcher", "run"],
            cwd=PROJECT,
            env={**environment.without_settings(), "DATA_DIR": str(folder / "data")},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.url = self._wait_for_address()

    def _wait_for_address(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            said = (self.folder / "run.log").read_text(encoding="utf-8")
            if found := re.search(r"The desk is open.*(http://127\.0\.0\.1:\d+)", said):
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.5)
        raise AssertionError("the desk did not open:\n" + said[-3000:])

    def signal(self, number, *words):
        """Send a signal to the desk's own processes whose command line has all these words."""
        sent = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environ = (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            mine = str(self.folder / "data") in command + environ
            if mine and all(word in command for word in words):
                os.kill(int(folder.name), number)
                sent += 1
        assert sent, f"no process of {words}"

    def signal_redis(self, number):
        """Redis runs as a user of its own and knows nothing of the folder: its port finds it."""
        servers = json.loads((self.folder / "data" / "servers.json").read_text(encoding="utf-8"))
        address = f":{servers['redis_port']}".encode()
        found = [
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if _first_word(folder).endswith((b"redis-server", b"valkey-server"))
            and address in (folder / "cmdline").read_bytes()
        ]
        assert found, "no Redis"
        for pid in found:
            os.kill(pid, number)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        finally:
            self.log.close()


def _first_word(folder):
    try:
        return (folder / "cmdline").read_bytes().split(b" ")[0].split(b"\0")[0]
    except OSError:
        return b""


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    running = Desk(tmp_path_factory.mktemp("desk"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chrome():
    with chromium.launched() as browser:
        yield browser


class People:
    """Opens the desk as somebody; every window complains about what its console complains of."""

    def __init__(self, desk, chrome):
        self.desk, self.chrome = desk, chrome
        self.windows, self.complaints = [], []

    def window(self, *, width=1440, height=900):
        context = self.chrome.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", base_url=self.desk.url
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        self.windows.append(context)
        return page

    def _listen(self, message):
        known = ("status of 4", OF_SCREENSHOTS)
        if message.type == "error" and not any(each in message.text for each in known):
            self.complaints.append(message.text)

    def staff(self, username, **size):
        page = self.window(**size)
        page.goto("/console/sign-in/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", accounts.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def resident(self, phone=accounts.RESIDENT_PHONE):
        page = self.window(width=390, height=844)
        page.goto("/sign-in/")
        seen = self.codes()
        page.fill("[name=phone]", phone)
        page.get_by_role("button", name="获取验证码").click()
        page.fill("[name=code]", self.new_code(seen))
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def codes(self):
        """Sign-in codes as the demo's page of messages shows them, the newest first."""
        page = self.chrome.new_page()
        page.goto(f"{self.desk.url}/demo/messages/")
        found = re.findall(r"验证码是 (\d{6})", page.inner_text("body"))
        page.close()
        return found

    def new_code(self, before):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            now = self.codes()
            if len(now) > len(before):
                return now[0]
            time.sleep(0.5)
        raise AssertionError("no code was sent")

    def messages(self):
        page = self.chrome.new_page()
        page.goto(f"{self.desk.url}/demo/messages/")
        text = page.inner_text("body")
        page.close()
        return text


@pytest.fixture
def people(desk, chrome):
    found = People(desk, chrome)
    yield found
    for context in found.windows:
        context.close()
    assert found.complaints == []


def shoot(page, name):
    """Keep a picture of the page; CI stores them, and a person looks at them."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def plain(text):
    """Without blanks: references are grouped for the eye."""
    return re.sub(r"\s", "", text)


def until(page, wanted, *, seconds, every=5):
    """Reload until the page shows the text: what comes from the background comes by itself."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if plain(wanted) in plain(page.inner_text("body")):
            return
        page.wait_for_timeout(every * 1000)
        page.reload()
    raise AssertionError(f"{wanted!r} did not come:\n{page.inner_text('body')[:2000]}")
