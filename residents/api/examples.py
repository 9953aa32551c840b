"""Examples of the OpenAPI document. The people in them are made up."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

CODE_ID = "7c0f6b0e-6f0d-4c39-9d5e-3d0c8f0a4b11"
REFUSED = "验证码不正确或已失效，请重新获取。"
TOO_OFTEN = "操作过于频繁，请稍后再试。"
HOME = {"unit": "星河湾", "building": "3 栋", "room": "2-1203", "role": "owner"}


def asked(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, status: int, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


def refused(status: int, code: str, words: str, **more: Any) -> OpenApiExample:
    problem = {
        "type": f"urn:jinke-desk:problem:{code}",
        "title": words,
        "status": status,
        "code": code,
        "detail": words,
        **more,
    }
    return answered(code, status, problem)


PHONE = asked("a number", {"phone": "138 0000 1234"})

CODE = [
    PHONE,
    answered("sent", 202, {"id": CODE_ID, "expires_in": 300}),
    refused(400, "phone_too_short", "电话号码位数不足。"),
    refused(429, "limit_reached", TOO_OFTEN, retry_at="2026-03-04T03:00:00+00:00"),
]
TOKEN = [
    asked("a code", {"id": CODE_ID, "code": "048213"}),
    answered(
        "signed in",
        201,
        {
            "token": "q0Vb3wqkqg0m1b1rW0hTz1tq7tTgk5m0s8YJw3VZr2c",
            "expires_at": "2026-06-02T02:00:00Z",
        },
    ),
    refused(400, "code_refused", REFUSED),
]
ME = [
    answered(
        "a resident",
        200,
        {
            "kind": "resident",
            "name": "张三",
            "phones": ["138****1234"],
            "language": "zh-hans",
            "do_not_call": False,
            "homes": [{**HOME, "dwelling": "1f0d9e0c-52a0-4c9b-8d8c-3f5f6a6f0a10"}],
        },
    ),
    answered(
        "an engineer",
        200,
        {
            "kind": "staff",
            "name": "李强",
            "language": "zh-hans",
            "posts": [{"unit": "星河湾", "unit_code": "CQ-XHW", "role": "engineer"}],
            "permissions": ["tickets.handle", "tickets.note", "tickets.reply", "tickets.view"],
        },
    ),
]
LOOKUP = [
    PHONE,
    answered(
        "one person",
        200,
        {
            "callers": [
                {
                    "handle": "gAAAAABp…",
                    "name": "张三",
                    "phone": "138****1234",
                    "shown_in_full": True,
                    "is_minor": False,
                    "do_not_call": False,
                    "verified": True,
                    "language": "zh-hans",
                    "homes": [HOME],
                    "account": None,
                    "accounts": [],
                }
            ]
        },
    ),
    answered("nobody", 200, {"callers": []}),
]
