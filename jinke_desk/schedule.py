"""What Celery beat rings for, and how often. The work itself waits in the database."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # expires: a ring of the doorbell that nobody answered is worthless once the next one came
    "sweep": {
        "task": "complaints.sweep_due",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    **{
        f"deliver-{lane}": {
            "task": "notifications.deliver_due",
            "schedule": 10.0,
            "args": [lane],
            "options": {"expires": 10},
        }
        for lane in ("email", "sms", "wecom", "dingtalk", "webhook")
    },
    "audit": {
        "task": "complaints.audit_clocks",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "recompute": {
        "task": "complaints.recompute_clocks",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "late-actions": {
        "task": "complaints.tell_late_actions",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "new-holders": {
        "task": "complaints.tell_new_holders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "seal-ledger": {
        "task": "vault.seal_ledger",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "publish-ledger": {
        "task": "vault.publish_ledger_head",
        "schedule": crontab(hour="0", minute="30"),
    },
    "expire-consents": {"task": "vault.expire_consents", "schedule": crontab(hour="2", minute="5")},
    "verify-ledger": {"task": "vault.verify_ledger", "schedule": crontab(hour="3", minute="20")},
    "sweep-keys": {"task": "vault.sweep_orphan_keys", "schedule": crontab(hour="4", minute="10")},
    "replay-destructions": {
        "task": "vault.replay_destructions",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "tidy": {"task": "core.delete_expired", "schedule": crontab(minute="40")},
    "tidy-staff": {"task": "organisation.delete_expired", "schedule": crontab(minute="42")},
    "tidy-residents": {"task": "residents.delete_expired", "schedule": crontab(minute="44")},
    "tidy-drafts": {"task": "complaints.delete_drafts", "schedule": crontab(minute="46")},
    "tidy-alerts": {"task": "complaints.delete_alerts", "schedule": crontab(minute="50")},
    "tidy-messages": {"task": "notifications.delete_old", "schedule": crontab(minute="48")},
    "resume-erasures": {
        "task": "rights.resume_erasures",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
