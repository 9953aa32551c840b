"""The floor of an intake: `create.sql`, in the tables of the desk."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import timezone
from psycopg.types.json import Jsonb

from core import bigrams

SQL = Path(__file__).with_name("create.sql").read_text(encoding="utf-8")


def create(columns: Mapping[str, Any], *, key: str, alias: str = "desk") -> dict[str, Any]:
    """Write the rows of one matter, which is all that is done; returns what is answered."""
    now, public_id = timezone.now(), uuid.uuid4()
    created = {
        "public_id": public_id,
        "reference": public_id.hex[:20],
        "state": "assigned",
        "received_at": now,
    }
    summary = columns["body"][:120]
    values = {
        **columns,
        **created,
        "summary": summary,
        "summary_words": bigrams.vector(summary),
        "body_words": bigrams.vector(columns["body"]),
        "key": key,
        "body_sha256": hashlib.sha256(json.dumps(columns, default=str).encode()).digest(),
        "response": Jsonb({"id": str(public_id), "reference": created["reference"]}),
        "at": now,
        "soon": now + timedelta(hours=2),
        "late": now + timedelta(days=2),
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(SQL, values)
    return created
