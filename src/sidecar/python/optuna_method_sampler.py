"""Samplers whose draws belong to the number of a trial, and pruners, from plain settings."""

import hashlib

import optuna
from optuna.samplers import BaseSampler, CmaEsSampler, GridSampler, RandomSampler, TPESampler

RETRIED = "failed_trial"  # Optuna's own mark of a trial that repeats a lost one: the number of that one


def seed_of(*parts):
    return int.from_bytes(hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()[:4], "big")


def index_of(number, trials):
    """How many trials were drawn before this one. Repeats of lost trials have a number, but were not drawn."""
    marks = {trial.number: trial.system_attrs.get(RETRIED) for trial in trials}
    origin = number if marks.get(number) is None else marks[number]
    return origin - sum(1 for other, mark in marks.items() if other < origin and mark is not None)


class NumberedSampler(BaseSampler):
    """
    An Optuna sampler that is made anew for each trial, seeded by the study's seed and the trial's index.

    So the draws of a trial do not depend on which process asks for it, on how many it has asked for before, or on whether it was asked for before and
    lost, and two processes never draw the same. Every parameter that is drawn by itself has a seed of its own: a trial that was cut off between two
    parameters gets the rest as it would have.
    """

    def __init__(self, kind, seed, space):
        self.kind = kind
        self.seed = seed
        self.space = space
        # Of the trial that is being drawn; whoever draws one says its index first.
        self.index = 0
        self.relative = None

    def _make(self, *purpose):
        seed = seed_of(self.seed, *purpose)
        if self.kind == "tpe":
            return TPESampler(seed=seed, warn_independent_sampling=False)
        if self.kind == "cmaes":
            # Categorical parameters are drawn at random: that is no reason for a warning with every trial.
            return CmaEsSampler(seed=seed, warn_independent_sampling=False, independent_sampler=RandomSampler(seed=seed))
        if self.kind == "random":
            return RandomSampler(seed=seed)
        # The order of the points must be the same for all trials.
        return GridSampler(grid_of(self.space), seed=seed_of(self.seed, "grid"))

    def before_trial(self, study, trial):
        self.relative = self._make(self.index, "relative")
        # GridSampler gives out points by number and, past them, at random; the index has no gaps, so that each point is taken once.
        if self.kind == "grid" and "grid_id" not in trial.system_attrs:
            study._storage.set_trial_system_attr(trial._trial_id, "search_space", self.relative._search_space)
            study._storage.set_trial_system_attr(trial._trial_id, "grid_id", self.index)

    def infer_relative_search_space(self, study, trial):
        return self.relative.infer_relative_search_space(study, trial)

    def sample_relative(self, study, trial, search_space):
        return self.relative.sample_relative(study, trial, search_space)

    def sample_independent(self, study, trial, param_name, param_distribution):
        sampler = self._make(self.index, param_name)
        return sampler.sample_independent(study, trial, param_name, param_distribution)


def distribution_of(parameter):
    kind = parameter["kind"]
    if kind == "categorical":
        return optuna.distributions.CategoricalDistribution(parameter["choices"])
    low, high, log, step = parameter["low"], parameter["high"], parameter.get("log", False), parameter.get("step")
    if kind == "int":
        return optuna.distributions.IntDistribution(low, high, log=log, step=step or 1)
    return optuna.distributions.FloatDistribution(low, high, log=log, step=step)


def grid_of(space):
    points = {}
    for name, parameter in space.items():
        distribution = distribution_of(parameter)
        if parameter["kind"] == "categorical":
            points[name] = list(distribution.choices)
        else:
            count = int(round((distribution.high - distribution.low) / distribution.step)) + 1
            # The last point exactly, and none that rounding has pushed past it.
            points[name] = [min(distribution.low + k * distribution.step, distribution.high) for k in range(count)]
    return points


def make_pruner(kind, steps):
    if kind == "none":
        return optuna.pruners.NopPruner()
    if kind == "median":
        # The first fold alone says too little.
        return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=min(2, steps))
    if kind == "successive_halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
    # 'auto' would fix the number of brackets by the first trial that ends.
    return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=steps, reduction_factor=2)
