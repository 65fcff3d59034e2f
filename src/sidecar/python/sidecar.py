"""The Python child: one JSON request a line on stdin, one JSON answer a line on file descriptor 3.

Answers have a descriptor of their own, so that a library that prints cannot break the protocol. Arrays travel as raw files in a folder
that the parent names; a request or answer holds {"$array": {"path", "dtype", "shape"}} in their place. The end of stdin ends the
process: it never outlives its parent. Libraries are imported when a method first needs them.
"""

import ctypes
import importlib
import json
import os
import shutil
import signal
import sys

FOLDER = sys.argv[1]
METHODS = {"forest": "forest_method", "logistic": "logistic_method", "optuna": "optuna_method", "sidecar": "sidecar_method"}


def end_with_parent():
    """The kernel kills this process when its parent dies: stdin is not read while a library computes."""
    PR_SET_PDEATHSIG = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        pass  # not Linux: the end of stdin has to do


def on_terminate(_signal, _frame):
    shutil.rmtree(FOLDER, ignore_errors=True)
    os._exit(143)


def read_arrays(value):
    """Replaces every array reference of the request by a read-only view of its file."""
    if isinstance(value, dict):
        if "$array" in value:
            import numpy

            spec = value["$array"]
            if 0 in spec["shape"]:  # an empty file cannot be mapped
                return numpy.zeros(tuple(spec["shape"]), dtype=spec["dtype"])
            return numpy.memmap(spec["path"], dtype=spec["dtype"], mode="r", shape=tuple(spec["shape"]))
        return {key: read_arrays(item) for key, item in value.items()}
    if isinstance(value, list):
        return [read_arrays(item) for item in value]
    return value


class Answer:
    """Writes results: numpy arrays become files, numpy scalars plain numbers."""

    def __init__(self, request_id):
        self.request_id = request_id
        self.arrays = 0

    def default(self, value):
        if not hasattr(value, "dtype"):
            raise TypeError(f"{type(value).__name__} cannot be sent to the parent")
        if value.ndim == 0:
            return value.item()
        import numpy

        if value.dtype == object:
            raise TypeError("an array of objects cannot be sent to the parent")
        data = numpy.ascontiguousarray(value)
        path = os.path.join(FOLDER, f"answer-{self.request_id}-{self.arrays}.bin")
        self.arrays += 1
        data.tofile(path)
        return {"$array": {"path": path, "dtype": data.dtype.str, "shape": list(data.shape)}}

    def result(self, value):
        # allow_nan=False: a NaN in JSON is a fault of the method, and not JSON.
        return json.dumps({"id": self.request_id, "result": value}, default=self.default, allow_nan=False)


def handle(request):
    module_name, _, function_name = request["method"].partition(".")
    if module_name not in METHODS:
        raise LookupError(f"no method {request['method']}")
    module = importlib.import_module(METHODS[module_name])
    return module.METHODS[function_name](**read_arrays(request["params"]))


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, on_terminate)
    end_with_parent()
    out = os.fdopen(3, "w", encoding="utf-8", newline="\n")

    def send(text):
        out.write(text + "\n")
        out.flush()

    send(json.dumps({"ready": True, "pid": os.getpid()}))
    for line in sys.stdin:
        request = json.loads(line)
        answer = Answer(request["id"])
        try:
            text = answer.result(handle(request))
        except Exception as error:  # every failure of a method is an answer
            text = json.dumps({"id": request["id"], "error": {"type": type(error).__name__, "message": str(error)}})
        send(text)
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        shutil.rmtree(FOLDER, ignore_errors=True)
        os._exit(0)
