"""The words of messages: each part in each language, previewed, written in versions, put back."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor
from core.api.actor import actor_of
from core.api.preconditions import VERSION, version_of
from core.api.schema import checked, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from notifications import placeholders
from notifications import wordings as registered
from notifications.enums import Audience, Part
from notifications.services import wording_preview, wordings
from notifications.wordings import LONGEST, MOST_CHARACTERS, Texts, Wording
from organisation import access
from organisation.enums import Language

ONE: Final = "<slug:code>/<slug:audience>/<slug:language>"
MOST_VERSIONS: Final = 1_000_000


class KindOfMessageSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices)
    name = serializers.CharField()
    parts = serializers.ListField(child=serializers.ChoiceField(choices=Part.choices))
    languages = serializers.ListField(child=serializers.ChoiceField(choices=Language.choices))
    own = serializers.ListField(
        child=serializers.ChoiceField(choices=Language.choices),
        help_text="In which the company has words of its own.",
    )


class MessagePartSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=Part.choices)
    text = serializers.CharField(help_text="In force; placeholders as {reference}.")
    own = serializers.BooleanField(help_text="Whether it is the company's own.")
    most_characters = serializers.IntegerField()
    placeholders = serializers.ListField(child=serializers.CharField())
    needed = serializers.ListField(child=serializers.CharField())


class WordingVersionSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=Part.choices)
    version = serializers.IntegerField()
    text = serializers.CharField(help_text="Empty: the built-in one again.")
    author = serializers.CharField()
    at = serializers.DateTimeField()


class MessageTextSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    version = serializers.IntegerField(help_text="For `If-Match` of the next change.")
    parts = MessagePartSerializer(many=True)
    history = WordingVersionSerializer(many=True, help_text="The newest first.")


def _text() -> serializers.CharField:
    return serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, trim_whitespace=False
    )


class WrittenMessageSerializer(StrictSerializer):
    sentence = _text()
    email_subject = _text()
    email_body = _text()
    sms = _text()
    robot = _text()


class WordingPreviewSerializer(serializers.Serializer[Any]):
    parts = serializers.DictField(
        child=serializers.CharField(), help_text="By part, with sample values."
    )
    sms_segments = serializers.IntegerField(allow_null=True, help_text="As they are charged.")


class RevertedPartSerializer(StrictSerializer):
    part = serializers.ChoiceField(choices=Part.choices)
    version = serializers.IntegerField(
        min_value=0, max_value=MOST_VERSIONS, help_text="0 is the built-in text."
    )


EXAMPLE: Final = OpenApiExample(
    "a sentence of our own",
    request_only=True,
    value={
        "sentence": "请尽快处理工单 {reference}。",
        "email_subject": "您有新工单",
        "email_body": "请尽快处理工单 {reference}。\n{link}",
        "robot": "请尽快处理工单 {reference}。",
    },
)


class TextsView(APIView):
    @extend_schema(
        operation_id="message_texts_list",
        tags=["messages"],
        summary="All messages that the desk sends, and which have words of your own",
        responses={200: KindOfMessageSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        _manager(request)
        own = wordings.in_force()
        return Response([_message(each, set(own)) for each in registered.all_wordings()])


class TextView(APIView):
    @extend_schema(
        operation_id="message_texts_retrieve",
        tags=["messages"],
        summary="One message in one language, with its versions",
        responses={200: MessageTextSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str, audience: str, language: str) -> Response:
        _manager(request)
        return _shown(_find(code, audience, language), language)

    @extend_schema(
        operation_id="message_texts_update",
        tags=["messages"],
        summary="Write the whole message; what is another text becomes a version",
        parameters=[VERSION],
        request=WrittenMessageSerializer,
        examples=[EXAMPLE],
        responses={200: MessageTextSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def put(self, request: Request, code: str, audience: str, language: str) -> Response:
        actor = _manager(request)
        wording, seen = _find(code, audience, language), version_of(request)
        written, at = _written(wording, request), database_now()
        wordings.change(code, audience, language, written, actor=actor, at=at, seen=seen)
        return _shown(wording, language)


class PreviewView(APIView):
    @extend_schema(
        operation_id="message_texts_preview",
        tags=["messages"],
        summary="How the message would look in each channel",
        request=WrittenMessageSerializer,
        examples=[EXAMPLE],
        responses={200: WordingPreviewSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, code: str, audience: str, language: str) -> Response:
        _manager(request)
        wording = _find(code, audience, language)
        kept = registered.read(wording, _written(wording, request))
        found = wording_preview.preview(wording, kept, language)
        segments = found.sms_size.parts if found.sms_size else None
        return Response({"parts": dict(found.parts), "sms_segments": segments})


class RevertView(APIView):
    @extend_schema(
        operation_id="message_texts_revert",
        tags=["messages"],
        summary="Let a part say again what an earlier version said",
        parameters=[VERSION],
        request=RevertedPartSerializer,
        responses={200: MessageTextSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def post(self, request: Request, code: str, audience: str, language: str) -> Response:
        actor = _manager(request)
        wording, seen = _find(code, audience, language), version_of(request)
        body = checked(RevertedPartSerializer, request)
        wordings.revert(
            code,
            audience,
            language,
            Part(body["part"]),
            body["version"],
            actor=actor,
            at=database_now(),
            seen=seen,
        )
        return _shown(wording, language)


def _manager(request: Request) -> Actor:
    actor = actor_of(request)
    access.require(actor, wordings.MANAGE)
    return actor


def _find(code: str, audience: str, language: str) -> Wording:
    found = registered.find(code, audience)
    if found is None or language not in Language.values:
        raise NotFound
    return found


def _written(wording: Wording, request: Request) -> Texts:
    """Raises InvalidInput for a part that this message has not."""
    body = checked(WrittenMessageSerializer, request)
    written = {Part(name): text for name, text in body.items()}
    if strange := written.keys() - set(wording.parts):
        raise InvalidInput(fields={part.value: [_("这条消息没有这一部分。")] for part in strange})
    return written


def _message(wording: Wording, own: set[registered.Key]) -> dict[str, Any]:
    mine = {key[2] for key in own if key[:2] == (wording.code, wording.audience)}
    return {
        "code": wording.code,
        "audience": wording.audience,
        "name": str(wording.label),
        "parts": [part.value for part in wording.parts],
        "languages": Language.values,
        "own": sorted(mine),
    }


def _shown(wording: Wording, language: str) -> Response:
    about = (wording.code, wording.audience, language)
    own, version = wordings.in_force(), wordings.count(*about)
    texts = registered.in_force(wording, language, own)
    shown = {
        "code": wording.code,
        "audience": wording.audience,
        "language": language,
        "version": version,
        "parts": [
            {
                "part": part.value,
                "text": placeholders.show(texts[part], {}),
                "own": (*about, part) in own,
                "most_characters": MOST_CHARACTERS[part],
                "placeholders": sorted(wording.allowed(part)),
                "needed": sorted(wording.needed(part)),
            }
            for part in wording.parts
        ],
        "history": [
            {
                "part": row.part,
                "version": row.version,
                "text": placeholders.show(row.text, {}),
                "author": row.author.name,
                "at": row.created_at,
            }
            for row in wordings.history(*about)
        ],
    }
    return Response(MessageTextSerializer(shown).data, headers={"ETag": f'"{version}"'})
