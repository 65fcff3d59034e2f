"""Methods of the sidecar itself."""

import os
import sys


def ping():
    return {"pid": os.getpid(), "python": ".".join(str(part) for part in sys.version_info[:3])}


METHODS = {"ping": ping}
