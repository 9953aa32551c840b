"""Somebody else's server as a process of its own: `python http_server.py KIND FOLDER PLAN…`.

KIND is gateway, tencent, wecom, dingtalk or webhook, and the server checks and answers as that one
does. Prints its port. Each word of the plan is for one request: `refuse` answers 500, `hang` does
not answer for a minute, `late` answers after two seconds, `error` answers 200 with the protocol's
error, a number with that error of a robot's, `fast` with its complaint about too many requests,
`busy` answers 429, `later` too with a date, `full` with more than anybody reads, `gone` 410,
`redirect` 302, `unknown` 404, `long` more than anybody reads, `deep` brackets without an end,
`drip` sends its headers and `dribble` its body a byte at a time without an end; after the plan
everything is accepted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TAKEN = {
    "gateway": {"result": {"code": 0}},
    "tencent": {"Response": {"SendStatusSet": [{"Code": "Ok"}], "RequestId": "r"}},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "webhook": {},
}
REFUSED = {
    "gateway": {"result": {"code": 12, "text": "number +8613812345678 is barred"}},
    "tencent": {
        "Response": {"SendStatusSet": [{"Code": "FailedOperation.PhoneNumberInBlacklist"}]}
    },
    "wecom": {"errcode": 40058, "errmsg": "content missing"},
    "dingtalk": {"errcode": 310000, "errmsg": "sign not match"},
    "webhook": {},
}
FAST = {
    "gateway": {"result": {"code": 9}},
    "tencent": {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "slow down"}}},
    "wecom": {"errcode": 45009, "errmsg": "api freq out of limit"},
    "dingtalk": {"errcode": 130101, "errmsg": "send too fast"},
    "webhook": {},
}
STATUS = {
    "refuse": 500, "busy": 429, "later": 429, "full": 429, "gone": 410, "redirect": 302,
    "unknown": 404,
}  # fmt: skip
DINGTALK_SECRET = "SEC0123456789"


class Handler(BaseHTTPRequestHandler):
    kind, folder, plan = "", Path(), []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        deed = self.plan.pop(0) if self.plan else "accept"
        line = {
            "deed": deed,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        with (self.folder / "requests").open("a") as kept:
            kept.write(json.dumps(line) + "\n")
        if deed == "hang":
            time.sleep(60)
        if deed == "late":
            time.sleep(2)
        if deed in STATUS:
            asked = self.date_time_string(time.time() + 600) if deed == "later" else "120"
            long = {"text": "x" * 200_000} if deed == "full" else {}
            self.answer(STATUS[deed], long, retry_after=asked)
        elif deed == "deep":
            self.say(200, b"[" * 60_000)
        elif deed in ("drip", "dribble"):
            self.drip(b"HTTP/1.1 200 OK\r\n", in_body=deed == "dribble")
        elif deed == "long":
            self.answer(200, {"text": "x" * 200_000})
        elif deed.lstrip("-").isdigit():
            self.answer(200, {"errcode": int(deed), "errmsg": "no"})
        elif deed == "fast":
            self.answer(200, FAST[self.kind])
        else:
            right = deed != "error" and self.signed(body)
            self.answer(200, (TAKEN if right else REFUSED)[self.kind])

    def drip(self, begin, *, in_body):
        self.wfile.write(begin + (b"Content-Length: 60000\r\n\r\n" if in_body else b"X-Slow: "))
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def signed(self, body):
        if self.kind == "dingtalk":
            query = parse_qs(urlsplit(self.path).query)
            stamp = query["timestamp"][0]
            key, text = DINGTALK_SECRET.encode(), f"{stamp}\n{DINGTALK_SECRET}".encode()
            wanted = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
            return query["sign"][0] == wanted
        return True

    def answer(self, status, content, retry_after="120"):
        self.say(status, json.dumps(content).encode(), retry_after)

    def say(self, status, text, retry_after="120"):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", retry_after)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/inside")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


def main():
    Handler.kind, Handler.folder, Handler.plan = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
