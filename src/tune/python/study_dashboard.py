"""
optuna-dashboard for one database, on the loopback interface alone. The first line on stdin is JSON: storage URL (not an argument, which all users could read: it may hold
a password), port (0: any that is free) and the folder of the sidecar's modules. The first line on stdout is JSON: the port it listens on. It ends with its parent, which
holds the other end of its stdin.
"""

import ctypes
import errno
import json
import os
import signal
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


def end_with_parent():
    """The kernel ends this process when its parent dies; where the system has no such thing, the end of stdin does."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        pass

    def wait():
        # Not sys.stdin: its lock, held here, would stop the interpreter from ending.
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def loopback_only(app):
    """A page of another site that has its name point to 127.0.0.1 must not read studies: there is no password."""

    def call(environ, start_response):
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        if host not in ("127.0.0.1", "localhost", "[::1]"):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"This dashboard is for this machine alone.\n"]
        return app(environ, start_response)

    return call


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what Ctrl-C means is the parent's decision
    order = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    storage, port = order["storage"], order["port"]
    sys.path.insert(0, order["modules"])
    from optuna_method_storage import open_storage
    from optuna_dashboard import wsgi

    # The same door as the studies': drivers, and tables that two processes do not make at once.
    settings = {"url": storage, "heartbeat_seconds": 15, "grace_seconds": 60, "max_retries": 3}
    server = make_server("127.0.0.1", port, loopback_only(wsgi(open_storage(settings))), server_class=Server, handler_class=Quiet)
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(98 if isinstance(error, OSError) and error.errno == errno.EADDRINUSE else 1)
