"""Settings of all servers: a private InvenioRDM on the loopback interface, without limits.

Any setting can be overridden with an environment variable `INVENIO_<NAME>`,
whose value is parsed as a Python literal.
"""

import os
from datetime import timedelta

# Private services, all listening on unix sockets, except for the OpenSearch stub

_run = os.environ["RDM_RUN_DIR"]
_redis = f"unix://{_run}/redis.sock?db="
SQLALCHEMY_DATABASE_URI = f"postgresql+psycopg2://rdm@/rdm?host={_run}"
SQLALCHEMY_ENGINE_OPTIONS = {
    "pool_pre_ping": True,  # The database is replaced by a reset.
    "pool_size": 10,
    "connect_args": {"options": "-c timezone=UTC"},
}
CACHE_TYPE = "RedisCache"
CACHE_REDIS_URL = f"{_redis}0"
ACCOUNTS_SESSION_REDIS_URL = f"{_redis}1"
COMMUNITIES_IDENTITIES_CACHE_REDIS_URL = f"{_redis}4"
IIIF_CACHE_REDIS_URL = f"{_redis}0"
RATELIMIT_STORAGE_URI = f"redis+unix://{_run}/redis.sock?db=3"
BROKER_URL = CELERY_BROKER_URL = f"redis+socket://{_run}/redis.sock?virtual_host=2"
CELERY_RESULT_BACKEND = "cache"
CELERY_CACHE_BACKEND = "memory"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = False
SEARCH_HOSTS = [{"host": "127.0.0.1", "port": int(os.environ["RDM_SEARCH_PORT"])}]
MAIL_SUPPRESS_SEND = True

# Web application

SECRET_KEY = "not-a-secret"
SITE_UI_URL = f"http://127.0.0.1:{os.environ['RDM_PORT']}"
SITE_API_URL = f"{SITE_UI_URL}/api"
TRUSTED_HOSTS = ["localhost", "127.0.0.1"]
APP_DEFAULT_SECURE_HEADERS = {"force_https": False, "session_cookie_secure": False}
SESSION_COOKIE_SECURE = False
BABEL_DEFAULT_LOCALE = "en"
JSONSCHEMAS_HOST = "unused"
REST_ENABLE_CORS = True
REST_CSRF_ENABLED = True

# Rate limits: too high to have any effect by default

RATELIMIT_AUTHENTICATED_USER = RATELIMIT_GUEST_USER = "1000000 per minute"
RATELIMIT_PER_ENDPOINT = {}

# DataCite is not contacted: see `datacite_log`

DATACITE_ENABLED = True
DATACITE_USERNAME = DATACITE_PASSWORD = "none"
DATACITE_TEST_MODE = True

# Users

ACCOUNTS_DEFAULT_USER_VISIBILITY = "public"
OAUTH2_PROVIDER_TOKEN_EXPIRES_IN = timedelta(days=60).total_seconds()
