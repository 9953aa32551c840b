"""Settings. Production is the default; demo and test loosen what they must and say so here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from jinke_desk import env
from jinke_desk.env import Mode
from jinke_desk.logs import LOGGING  # noqa: F401  # Django reads it from here
from jinke_desk.schedule import CELERY_BEAT_SCHEDULE  # noqa: F401  # as above
from jinke_desk.templating import TEMPLATES  # noqa: F401  # as above
from notifications.quiet import QuietHours

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.mode()
PRODUCTION = MODE is Mode.PRODUCTION
DEBUG = False

SECRET_KEY = env.required("SECRET_KEY", "it must be a long random text.")
BLIND_INDEX_KEY = env.secret_key("BLIND_INDEX_KEY")
KEY_ENCRYPTION_KEYS = env.key_ring("KEY_ENCRYPTION_KEYS")

PUBLIC_URL = env.required("PUBLIC_URL", "it must be the address residents and staff open.")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,testserver")
if not ALLOWED_HOSTS:
    raise env.refuse("ALLOWED_HOSTS", "it must name the hosts this desk answers to.")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0)

# Our own folders. Files and the outside copy of the ledger never share a disk with the database
# in production; see docs/operations.
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / ".data")
FILES_DIR = env.folder("FILES_DIR", None if PRODUCTION else DATA_DIR / "files")
LEDGER_DIR = env.folder("LEDGER_DIR", None if PRODUCTION else DATA_DIR / "ledger")
MESSAGE_SINK_DIR = env.folder("MESSAGE_SINK_DIR", DATA_DIR / "messages")

# Two roles from the first day: the owner migrates, the application runs. `migrate` and the test
# setup swap the connection to the owner; nothing else ever does (core.database_roles).
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL"),
    "keys": env.database("KEYS_DATABASE_URL"),
}
OWNER_DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_OWNER_URL", fallback="DATABASE_URL"),
    "keys": env.database("KEYS_DATABASE_OWNER_URL", fallback="KEYS_DATABASE_URL"),
}
# the server ends a transaction in which nothing is asked for a minute, and asks a silent client
# whether it is still there, also while a statement waits for a lock; the client asks the server the
# same
_ABANDONED = (
    "-c idle_in_transaction_session_timeout=60s -c client_connection_check_interval=5s"
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=60s"
)
# nobody waits longer for a lock: those whose connections are lost would take it over from each
# other, each with a minute of its own (docs/adr/0100). A migration of the owner's may wait.
_BOUNDED = "-c lock_timeout=10s"
_ASKING = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
for _config, _waiting in (
    *((each, _BOUNDED) for each in DATABASES.values()),
    *((each, "") for each in OWNER_DATABASES.values()),
):
    _config["CONN_MAX_AGE"] = 600
    _config["CONN_HEALTH_CHECKS"] = True
    _options = _config.get("OPTIONS", {})
    # no JIT: compiling a recursive statement took 200 ms, running it one (docs/performance.md)
    # nor a transaction whose owner is gone without a word: it would hold its tickets for hours
    _said = f"{_options.get('options', '')} -c jit=off {_ABANDONED} {_waiting}".strip()
    # a statement that comes again is parsed and planned once per connection, as `core.compiled`
    # makes its SQL once per process: half of what a request costs
    _config["OPTIONS"] = {
        **_options,
        **_ASKING,
        "tcp_user_timeout": 60_000,
        "connect_timeout": 10,
        "options": _said,
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
DATABASE_ROUTERS = ["privacy.vault.router.KeysRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.required("REDIS_URL", "it must be a redis:// URL.")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

INSTALLED_APPS = [
    "core",
    "privacy.vault",
    "organisation",
    "notifications",
    "residents",
    "complaints",
    "quality",
    "privacy.rights",
    "console",
    "portal",
    *([] if PRODUCTION else ["demo"]),
    "organisation.admin_config.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "treebeard",
    "template_partials",
    "axes",
    "csp",
    "django_prometheus",
    "django_structlog",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.content_policy.ContentPolicyMiddleware",
    "portal.nobody.NobodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.body_size.BodySizeMiddleware",
    "core.api.unkept.UnkeptMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.unstorable.UnstorableMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organisation.middleware.RememberGrantsMiddleware",
    "organisation.middleware.PreferredLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "core.request_log.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "jinke_desk.urls"
WSGI_APPLICATION = "jinke_desk.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people and sign-in -------------------------------------------------------------------------
AUTH_USER_MODEL = "organisation.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "organisation.auth.PostBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "console:sign_in"
LOGIN_REDIRECT_URL = "console:home"
LOGOUT_REDIRECT_URL = "console:sign_in"
SESSION_ENGINE = "core.sessions"  # a flushed Redis signs nobody out
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
# failures on computers on which the name has not signed in before (docs/adr/0129)
SIGN_IN_FAILURES_PER_ADDRESS_PER_HOUR = env.whole("SIGN_IN_FAILURES_PER_ADDRESS_PER_HOUR", 100)
SIGN_IN_FAILURES_PER_NAME_PER_HOUR = env.whole("SIGN_IN_FAILURES_PER_NAME_PER_HOUR", 20)
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # nobody browses the names of those who failed to sign in
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_LOCKOUT_CALLABLE = "organisation.auth.locked_out"
AXES_CLIENT_IP_CALLABLE = "core.address.client_address"
AXES_CLIENT_STR_CALLABLE = "organisation.auth.unnamed_client"
# names and addresses of attempts are in a table that forgets; a log does not
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# --- transport security -------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = False
SECURE_SSL_REDIRECT = PRODUCTION and env.switch("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # one zone for calendars and quarters; every moment is stored in UTC

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_MAX_BYTES = 12 * 1024 * 1024
UPLOAD_MAX_PIXELS = 50_000_000
FILES_MAX_BYTES = 9 * UPLOAD_MAX_BYTES  # of one form

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.machine_keys.MachineKeyAuthentication",
        "residents.api.authentication.DeviceTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jinke Desk API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {
        "written": {"type": "string", "description": "A slash is sent as %252F, a % as %2525."},
    },
    "ENUM_NAME_OVERRIDES": {
        "TicketKindEnum": "complaints.enums.Kind",
        "TicketStateEnum": "complaints.enums.State",
        "EventKindEnum": "complaints.enums.EventKind",
        "ClockKindEnum": "complaints.enums.ClockKind",
        "ClockStateEnum": "complaints.enums.ClockState",
        "ClockBasisEnum": "complaints.enums.Basis",
        "CallStateEnum": "residents.enums.CallState",
        "CallBackReasonEnum": "complaints.enums.CallReason",
        "CallBackStateEnum": "complaints.enums.CallState",
        "GradeReasonEnum": "organisation.enums.GradeReason",
        "CallDirectionEnum": "residents.enums.CallDirection",
        "SystemKindEnum": "complaints.enums.SystemKind",
        "AlertGradeEnum": "complaints.enums.AlertGrade",
        "AlertEventEnum": "complaints.enums.AlertEvent",
        "SupplierGradeEnum": "organisation.enums.SupplierGrade",
        "RequestKindEnum": "privacy.rights.enums.RequestKind",
        "RequestStateEnum": "privacy.rights.enums.RequestState",
        "TicketChannelEnum": "complaints.enums.Channel",
        "RobotChannelEnum": "notifications.api.serializers.ROBOT_KINDS",
        "MessagePartEnum": "notifications.enums.Part",
        "LanguageEnum": "organisation.enums.Language",
    },
}

# What Prometheus bears to read /metrics; without it there is no such page.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
READINESS_KEPT_SECONDS = 0 if MODE is Mode.TEST else 1

# The number residents call day and night; pages name it where something cannot wait.
HOTLINE_NUMBER = env.text("HOTLINE_NUMBER", "" if PRODUCTION else "400 000 0000")

# --- messages -----------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Jinke Desk <desk@localhost>")
if MODE is Mode.DEMO and not env.text("EMAIL_URL", ""):
    EMAIL_BACKEND = "demo.sink.SinkEmailBackend"
else:
    _email = env.email("EMAIL_URL")
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
# Messages wait for the morning, but those of safety. The demo has none: it is tried at any hour.
_quiet = env.hours("QUIET_HOURS", "21:30-08:00" if PRODUCTION else "none")
QUIET_HOURS = QuietHours(*_quiet) if _quiet else None
# How a sign-in code reaches a telephone: dotted path of a function (number, text) -> None.
if PRODUCTION:
    CODE_CARRIER = env.required("CODE_CARRIER", "without it no resident can sign in.")
else:
    CODE_CARRIER = env.text("CODE_CARRIER", "demo.sink.keep_code")
# Short messages: empty (none), gateway (any HTTP gateway) or tencent.
SMS_PROVIDER = env.text("SMS_PROVIDER", "")
SMS_GATEWAY_URL = env.text("SMS_GATEWAY_URL", "")
SMS_GATEWAY_CONTENT_TYPE = env.text("SMS_GATEWAY_CONTENT_TYPE", "application/json")
SMS_GATEWAY_BODY = env.text(
    "SMS_GATEWAY_BODY", '{"to": "{number}", "text": "{text}", "id": "{id}"}'
)
SMS_GATEWAY_SIGNATURE = env.text("SMS_GATEWAY_SIGNATURE", "")
SMS_GATEWAY_SECRET = env.text("SMS_GATEWAY_SECRET", "")
SMS_GATEWAY_SUCCESS = env.text("SMS_GATEWAY_SUCCESS", "")
SMS_TENCENT_URL = env.text("SMS_TENCENT_URL", "https://sms.tencentcloudapi.com/")
SMS_TENCENT_SECRET_ID = env.text("SMS_TENCENT_SECRET_ID", "")
SMS_TENCENT_SECRET_KEY = env.text("SMS_TENCENT_SECRET_KEY", "")
SMS_TENCENT_APP_ID = env.text("SMS_TENCENT_APP_ID", "")
SMS_TENCENT_SIGN = env.text("SMS_TENCENT_SIGN", "")
SMS_TENCENT_REGION = env.text("SMS_TENCENT_REGION", "ap-guangzhou")
SMS_TENCENT_TEMPLATES = env.texts("SMS_TENCENT_TEMPLATES")
# Webhooks and robots reach public addresses by HTTPS; these networks are the company's own.
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")
# When digests go, on working days.
DIGEST_TIME = env.moment_of_day("DIGEST_TIME", "08:30")

# --- Celery: the database is the truth, the broker a doorbell -----------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "max_retries": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "desk"
CELERY_TIMEZONE = TIME_ZONE
if MODE is Mode.TEST and "pytest" in sys.modules:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; tests alone
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = False
SIMPLE_HISTORY_DATE_INDEX = "Composite"

# --- limits of sign-in codes, kept in PostgreSQL so that a flushed cache opens nothing -----------
CODE_LIFETIME_MINUTES = 5
CODE_TRIES = 3
CODE_PER_NUMBER_PER_HOUR = 5
CODE_PER_ADDRESS_PER_HOUR = 60
DEVICE_TOKEN_DAYS = 90
IDEMPOTENCY_HOURS = 48
REVEALS_PER_HOUR = 60
CONSENT_COOL_DOWN_DAYS = 90
# repeats of one home, and the same from many homes of a building (complaints.repeats)
REPEAT_WITHIN_DAYS = env.whole("REPEAT_WITHIN_DAYS", 30)
GROUP_WITHIN_DAYS = env.whole("GROUP_WITHIN_DAYS", 7)
GROUP_FROM_HOMES = env.whole("GROUP_FROM_HOMES", 3)
BACKUP_HORIZON_DAYS = env.whole("BACKUP_HORIZON_DAYS", 35)  # certificates say so
