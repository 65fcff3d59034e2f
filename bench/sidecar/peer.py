"""
The same study twice without the parent: our methods called in this process, and Optuna alone. Arguments: folder, trials, folder of the sidecar's modules. Prints one line of JSON:
milliseconds a call, by method.
"""

import json
import sys
import time

folder, trials, modules = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.path.insert(0, modules)
import optuna
from optuna_method import METHODS
from optuna_method_sampler import distribution_of

SPACE = json.loads(sys.argv[4])
STEPS = 3


def timed(into, name, call):
    started = time.perf_counter()
    answer = call()
    into.setdefault(name, []).append(1000 * (time.perf_counter() - started))
    return answer


def ours():
    storage = {"url": f"sqlite:///{folder}/methods.db", "heartbeat_seconds": 15, "grace_seconds": 60, "max_retries": 3}
    sampler = {"kind": "tpe", "seed": 1, "space": SPACE}
    pruner = {"kind": "median", "steps": STEPS}
    owner = {"session": "peer"}
    times = {}

    def call(name, **params):
        return timed(times, name, lambda: METHODS[name](storage, study="study", **params))

    METHODS["open"](storage, study="study", direction="minimize", facts={})
    for k in range(trials):
        trial = call("ask", sampler=sampler, pruner=pruner, limit=trials, owner=owner, request=str(k))["trial"]
        value = trial["params"]["x"] ** 2
        for step in range(1, STEPS + 1):
            call("report", pruner=pruner, trial=trial["number"], owner=owner, step=step, value=value, last=True)
        call("tell", trial=trial["number"], owner=owner, state="complete", value=value, error=None)
    return times


def alone():
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder}/alone.db")
    sampler = optuna.samplers.TPESampler(seed=1)
    study = optuna.create_study(storage=storage, study_name="study", sampler=sampler, pruner=optuna.pruners.MedianPruner())
    space = {name: distribution_of(parameter) for name, parameter in SPACE.items()}
    times = {}
    for _ in range(trials):
        trial = timed(times, "ask", lambda: study.ask(space))
        value = trial.params["x"] ** 2
        for step in range(1, STEPS + 1):
            timed(times, "report", lambda: (trial.report(value, step), trial.should_prune()))
        timed(times, "tell", lambda: study.tell(trial, value))
    return times


def median(values):
    return sorted(values)[len(values) // 2]


print(json.dumps({name: {call: median(values) for call, values in run().items()} for name, run in (("methods", ours), ("optuna", alone))}))
