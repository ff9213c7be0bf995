"""The WSGI application: the REST API of InvenioRDM under `/api`, behind `front`."""

import gc
import os

from front import Front
from invenio_app.factory import create_api
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

api = create_api()
application = Front(
    DispatcherMiddleware(NotFound(), {"/api": api}),
    api,
    f"{os.environ['RDM_RUN_DIR']}/redis.sock",
)

# What is loaded by now stays, and looking through it again and again costs every request.
gc.collect()
gc.freeze()
