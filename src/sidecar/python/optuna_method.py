"""
Optuna by asking and telling. Nothing but open databases is kept between calls: each names its storage and study, and each can be repeated after this
process has died in it, for whatever a first attempt left is found in the database.

A trial goes WAITING -> RUNNING -> finished. It is made WAITING and gets its first heartbeat before it is RUNNING, so that one whose process dies at any
moment is either taken by the next that asks or found stale. Its owner (a process of the parent's machine) stands in its user attributes.
"""

import optuna
from optuna.trial import TrialState
from optuna_method_sampler import NumberedSampler, RETRIED, distribution_of, index_of, make_pruner
from optuna_method_storage import Refusal, locked, method, open_storage

FACTS = "barlab"
OWNER = "owner"
REQUEST = "request"
PRUNED_AT = "pruned_at"
ATTEMPTS = "attempts"
ERROR = "error"
STATES = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}
NAMES = {state: name for name, state in STATES.items()} | {TrialState.RUNNING: "running", TrialState.WAITING: "waiting"}


def open_study(storage, study, sampler=None, pruner=None):
    kind = NumberedSampler(sampler["kind"], sampler["seed"], sampler["space"]) if sampler else None
    stop = make_pruner(pruner["kind"], pruner["steps"]) if pruner else None
    try:
        return optuna.load_study(study_name=study, storage=open_storage(storage), sampler=kind, pruner=stop)
    except KeyError:
        raise Refusal("no-study", "The database holds no such study.", study) from None


def all_trials(study):
    # Optuna keeps a copy of the finished trials for the thread that asks; others may have written since.
    study._thread_local.cached_all_trials = None
    return study._storage.get_all_trials(study._study_id, deepcopy=False)


def id_of(study, number):
    return study._storage.get_trial_id_from_study_id_trial_number(study._study_id, number)


def stored(study, number):
    return study._storage.get_trial(id_of(study, number))


def told(trial, index):
    return {
        "number": trial.number,
        "index": index,
        "state": NAMES[trial.state],
        "params": trial.params,
        "value": trial.value if trial.state in (TrialState.COMPLETE, TrialState.PRUNED) else None,
        "steps": [[step, value] for step, value in sorted(trial.intermediate_values.items())],
        "retryOf": trial.system_attrs.get(RETRIED),
        "error": trial.user_attrs.get(ERROR),
        "owner": trial.user_attrs.get(OWNER),
        "seconds": (
            (trial.datetime_complete - trial.datetime_start).total_seconds()
            if trial.datetime_complete is not None and trial.datetime_start is not None
            else None
        ),
    }


@method
def open_(storage, study, direction, facts):
    """Opens or makes a study. Returns what stands in it about how it was made."""
    backend = open_storage(storage)
    with locked(storage["url"], study):
        created = study not in optuna.get_all_study_names(backend)
        if created:
            optuna.create_study(study_name=study, storage=backend, direction=direction).set_user_attr(FACTS, facts)
        opened = optuna.load_study(study_name=study, storage=backend)
        # With load_if_exists Optuna keeps the stored direction without a word.
        is_direction = opened.direction.name.lower()
        if is_direction != direction:
            raise Refusal("study-direction", "The study of this name looks for the other end of its metric.", f"{study}: {is_direction}")
        return {"created": created, "facts": opened.user_attrs.get(FACTS)}


@method
def ask(storage, study, sampler, pruner, limit, owner, request):
    """The next trial with its parameters; none where `limit` trials were drawn. A repeated `request` gets the same trial again."""
    opened = open_study(storage, study, sampler, pruner)
    with locked(storage["url"], study):
        optuna.storages.fail_stale_trials(opened)
        claimed = claim(opened, limit, {OWNER: owner, REQUEST: request})
    return {"trial": None if claimed is None else complete(opened, *claimed, sampler["space"])}


def claim(study, limit, mine):
    """Number and index of a trial that is running from now on, and is ours."""
    storage = study._storage
    while True:
        trials = all_trials(study)
        for trial in trials:
            if trial.state == TrialState.RUNNING and trial.user_attrs.get(REQUEST) == mine[REQUEST]:
                return trial.number, index_of(trial.number, trials)
        trial = next((trial for trial in trials if trial.state == TrialState.WAITING), None)
        if trial is None:
            if sum(1 for other in trials if RETRIED not in other.system_attrs) >= limit:
                return None
            template = optuna.create_trial(state=TrialState.WAITING, user_attrs=mine)
            trial = storage.get_trial(storage.create_new_trial(study._study_id, template_trial=template))
            trials.append(trial)
        for name, value in {**mine, PRUNED_AT: None}.items():  # those of the lost trial that it repeats, or of one cut off here
            if trial.user_attrs.get(name) != value:
                storage.set_trial_user_attr(trial._trial_id, name, value)
        storage.record_heartbeat(trial._trial_id)
        if storage.set_trial_state_values(trial._trial_id, state=TrialState.RUNNING):
            return trial.number, index_of(trial.number, trials)


def complete(study, number, index, space):
    """Draws what the trial has not: all of a new one, nothing of one that repeats a lost one."""
    study._thread_local.cached_all_trials = None
    study.sampler.index = index
    trial = optuna.Trial(study, id_of(study, number))
    for name, parameter in space.items():
        trial._suggest(name, distribution_of(parameter))
    return told(stored(study, number), index)


@method
def adopt(storage, study, sampler, pruner, trial, previous, owner, request):
    """
    Takes over a running trial whose process is gone, under its own number. None where another was faster, or where it has been begun too often: it is then
    failed.
    """
    opened = open_study(storage, study, sampler, pruner)
    with locked(storage["url"], study):
        found = stored(opened, trial)
        if found.state != TrialState.RUNNING or found.user_attrs.get(OWNER) != previous:
            return {"trial": None}
        attempts = found.user_attrs.get(ATTEMPTS, 1) + 1
        backend = opened._storage
        if previous is not None and attempts > storage["max_retries"] + 1:
            backend.set_trial_user_attr(found._trial_id, ERROR, f"begun {attempts - 1} times, and its process ended each time")
            backend.set_trial_state_values(found._trial_id, state=TrialState.FAIL)
            return {"trial": None}
        # One that was let go of on purpose is no sign of a trial that ends its process.
        if previous is not None:
            backend.set_trial_user_attr(found._trial_id, ATTEMPTS, attempts)
        backend.set_trial_user_attr(found._trial_id, OWNER, owner)
        backend.set_trial_user_attr(found._trial_id, REQUEST, request)
        backend.record_heartbeat(found._trial_id)
    return {"trial": complete(opened, trial, index_of(trial, all_trials(opened)), sampler["space"])}


def is_ours(trial, owner):
    return trial.state == TrialState.RUNNING and trial.user_attrs.get(OWNER) == owner


@method
def report(storage, study, pruner, trial, owner, step, value, last):
    """
    Stores the value of a step and says whether the trial should go on. The decision is stored before the value: a trial that is begun again gets the same
    one. A second value of a step is not stored.
    """
    opened = open_study(storage, study, None, pruner)
    found = stored(opened, trial)
    if not is_ours(found, owner):
        return {"lost": True, "prune": False}
    if step in found.intermediate_values:
        return {"lost": False, "prune": found.user_attrs.get(PRUNED_AT) == step}
    found.intermediate_values[step] = value
    view = optuna.pruners._filter_study(opened, found)
    prune = bool(opened.pruner.prune(view, found)) and not last  # some pruners answer with a numpy.bool
    if prune:
        opened._storage.set_trial_user_attr(found._trial_id, PRUNED_AT, step)
    opened._storage.set_trial_intermediate_value(found._trial_id, step, value)
    return {"lost": False, "prune": prune}


@method
def tell(storage, study, trial, owner, state, value, error):
    """Ends a trial. Not told: another has it, or it was given up as stale."""
    opened = open_study(storage, study, {"kind": "random", "seed": 0, "space": {}})
    found = stored(opened, trial)
    if found.state == STATES[state] and found.user_attrs.get(OWNER) == owner:
        return {"told": True}  # by an attempt whose answer was lost
    if not is_ours(found, owner):
        return {"told": False}
    if error is not None:
        opened._storage.set_trial_user_attr(found._trial_id, ERROR, error)
    # Of the samplers offered here only GridSampler does something after a trial, which would be wrong: it stops the loop of Study.optimize, which there is not.
    opened.tell(trial, values=value if state == "complete" else None, state=STATES[state])
    return {"told": True}


@method
def release(storage, study, trials, owner):
    """Lets go of running trials: whoever looks next takes them over."""
    opened = open_study(storage, study)
    for number in trials:
        found = stored(opened, number)
        if is_ours(found, owner):
            opened._storage.set_trial_user_attr(found._trial_id, OWNER, None)
    return {}


@method
def heartbeat(storage, study, trials):
    opened = open_study(storage, study)
    for number in trials:
        opened._storage.record_heartbeat(id_of(opened, number))
    return {}


@method
def trials(storage, study):
    found = all_trials(open_study(storage, study))
    return {"trials": [told(trial, index_of(trial.number, found)) for trial in found]}


@method
def importance(storage, study):
    """Share of each parameter in what the values vary by (PED-ANOVA); empty where the trials cannot say: too few, or all alike."""
    try:
        return {"shares": optuna.importance.get_param_importances(open_study(storage, study))}
    except (ValueError, RuntimeError):
        return {"shares": {}}


METHODS = {
    "open": open_,
    "ask": ask,
    "adopt": adopt,
    "report": report,
    "tell": tell,
    "release": release,
    "heartbeat": heartbeat,
    "trials": trials,
    "importance": importance,
}
