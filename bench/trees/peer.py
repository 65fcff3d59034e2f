"""The Python side of `npm run bench -- trees`: the packages' own fits, predictions and SHAP values, a turn for each line of standard input."""
import json
import os
import sys
import time

import lightgbm as lgb
import numpy as np
import sklearn
import xgboost as xgb
from sklearn.ensemble import RandomForestClassifier

folder = sys.argv[1]
with open(os.path.join(folder, "problem.json")) as file:
    problem = json.load(file)
x = np.fromfile(os.path.join(folder, "x.f64")).reshape(-1, problem["columns"])
y = np.fromfile(os.path.join(folder, "y.f64"))
first, rounds, threads = problem["train"], problem["rounds"], problem["threads"]
train, label = x[:first], y[:first]
test = x[first:]
explained = test[: problem["explained"]]
grown = {}


def grow_xgboost():
    rows = xgb.QuantileDMatrix(train, label, max_bin=problem["xgboost"]["max_bin"], nthread=threads)
    grown["xgboost"] = xgb.train(problem["xgboost"], rows, rounds)


def grow_lightgbm():
    rows = lgb.Dataset(train, label, params=problem["lightgbm"])
    grown["lightgbm"] = lgb.train(problem["lightgbm"], rows, rounds)


def grow_forest():
    forest = problem["forest"]
    RandomForestClassifier(
        n_estimators=forest["trees"],
        max_depth=forest["maxDepth"],
        min_samples_leaf=forest["minSamplesLeaf"],
        max_features=forest["maxFeatures"],
        n_jobs=threads,
        random_state=1,
    ).fit(train, label)


COMMANDS = {
    "xgboost train": grow_xgboost,
    "xgboost predict": lambda: grown["xgboost"].inplace_predict(test),
    "xgboost shap": lambda: grown["xgboost"].predict(xgb.DMatrix(explained), pred_contribs=True),
    "lightgbm train": grow_lightgbm,
    "lightgbm predict": lambda: grown["lightgbm"].predict(test),
    "lightgbm shap": lambda: grown["lightgbm"].predict(explained, pred_contrib=True),
    "forest train": grow_forest,
}


def answer(value):
    sys.stdout.write("@ " + json.dumps(value) + "\n")
    sys.stdout.flush()


answer({"scikit-learn": sklearn.__version__, "numpy": np.__version__})
for line in sys.stdin:
    started = time.perf_counter()
    COMMANDS[line.strip()]()
    answer({"ms": (time.perf_counter() - started) * 1000})
