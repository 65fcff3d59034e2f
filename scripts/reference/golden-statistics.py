"""Values that src/metrics and src/models/calibrate are tested against, by scikit-learn and SciPy: .venv/bin/python scripts/reference/golden-statistics.py"""
import json
import os

import numpy as np
import scipy
import scipy.cluster.hierarchy as hierarchy
import sklearn
from scipy import optimize, stats
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

SRC = os.path.join(os.path.dirname(__file__), "..", "..", "src")
MADE_BY = f"scripts/reference/golden-statistics.py with scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}"


def write(path, golden):
    with open(os.path.join(SRC, path), "w") as file:
        json.dump({"madeBy": MADE_BY, **golden}, file, indent=None)
        file.write("\n")


def numbers(values):
    return [float(value) for value in np.asarray(values).ravel()]


def sample(rng, n, spread=0.3):
    """Probabilities with ties, and outcomes they know something of."""
    z = spread * rng.normal(size=n)
    p = np.round(1 / (1 + np.exp(-z)), 2)
    y = (rng.random(n) < 1 / (1 + np.exp(-0.5 * z - 0.1))).astype(float)
    return y, p


def newey_west(a, b, lags):
    """Standard error of the correlation, by the covariance matrix of its five moments and the delta method: another way than that of the project."""
    m = np.column_stack([a, b, a * a, b * b, a * b])
    u = m - m.mean(axis=0)
    n = len(a)
    s = u.T @ u / n
    for lag in range(1, lags + 1):
        g = u[lag:].T @ u[:-lag] / n
        s += (1 - lag / (lags + 1)) * (g + g.T)

    def r(v):
        return (v[4] - v[0] * v[1]) / np.sqrt((v[2] - v[0] ** 2) * (v[3] - v[1] ** 2))

    gradient = optimize.approx_fprime(m.mean(axis=0), r, 1e-7)
    return float(np.sqrt(gradient @ s @ gradient / n))


def of_metrics():
    rng = np.random.default_rng(11)
    y, p = sample(rng, 80, 0.8)
    precision, recall, thresholds = metrics.precision_recall_curve(y, p)
    x = np.round(rng.normal(size=120), 2)
    noise = np.convolve(rng.normal(size=124), np.ones(5), "valid")
    forward = np.round(0.3 * x + 0.4 * noise, 2)
    write("metrics/golden-statistics.json", {
        "y": numbers(y), "p": numbers(p),
        "averagePrecision": metrics.average_precision_score(y, p),
        "precision": numbers(precision), "recall": numbers(recall), "thresholds": numbers(thresholds),
        "brier": metrics.brier_score_loss(y, p),
        "x": numbers(x), "forward": numbers(forward),
        "pearson": float(stats.pearsonr(x, forward)[0]), "spearman": float(stats.spearmanr(x, forward)[0]),
        "standardErrors": {str(lags): newey_west(x, forward, lags) for lags in (0, 4)},
        "rmse": metrics.root_mean_squared_error(forward, x), "mae": metrics.mean_absolute_error(forward, x), "r2": metrics.r2_score(forward, x),
    })


def of_calibration():
    rng = np.random.default_rng(12)
    y, p = sample(rng, 90, 0.9)
    weight = np.round(rng.uniform(0.2, 3, size=90), 2)
    at = np.round(np.linspace(0, 1, 41), 3)
    isotonic, platt = {}, {}
    for name, w in {"plain": None, "weighted": weight}.items():
        fitted = IsotonicRegression(out_of_bounds="clip").fit(p, y, sample_weight=w)
        isotonic[name] = {"knots": numbers(fitted.X_thresholds_), "levels": numbers(fitted.y_thresholds_), "at": numbers(fitted.predict(at))}
        score = np.log(p / (1 - p))
        sigmoid = _SigmoidCalibration().fit(score, y, sample_weight=w)
        # The same objective to the last digit: scikit-learn's solver stops earlier.
        w = np.ones(90) if w is None else w
        ups, downs = w[y > 0].sum(), w[y <= 0].sum()
        t = np.where(y > 0, (ups + 1) / (ups + 2), 1 / (downs + 2))

        def gradient(ab):
            return [(w * (t - 1 / (1 + np.exp(ab[0] * score + ab[1]))) * score).sum(), (w * (t - 1 / (1 + np.exp(ab[0] * score + ab[1])))).sum()]

        exact = optimize.root(gradient, [sigmoid.a_, sigmoid.b_], tol=1e-14).x
        platt[name] = {"scikitLearn": [float(sigmoid.a_), float(sigmoid.b_)], "exact": numbers(exact)}
    write("models/calibrate/golden-calibration.json", {
        "y": numbers(y), "p": numbers(p), "weight": numbers(weight), "at": numbers(at), "isotonic": isotonic, "platt": platt,
    })


def of_blend():
    rng = np.random.default_rng(13)
    n, k = 150, 4
    z = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    p = 1 / (1 + np.exp(-(np.outer(z, [0.9, 0.4, 0.0, -0.5]) + 0.8 * rng.normal(size=(n, k)))))
    p = np.round(p, 3).clip(0.001, 0.999)
    target = np.round(z + 0.5 * rng.normal(size=n), 3)
    signal = np.round(np.outer(z, [0.9, 0.4, 0.0, -0.5]) + 0.8 * rng.normal(size=(n, k)), 3)
    weight = np.round(rng.uniform(0.2, 3, size=n), 2)

    def solve(loss):
        found = optimize.minimize(loss, np.full(k, 1 / k), method="SLSQP", bounds=[(0, 1)] * k, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-15, "maxiter": 1000})
        return {"weights": numbers(found.x), "loss": float(found.fun)}

    def log_loss(w):
        q = np.clip(p @ w, 1e-12, 1 - 1e-12)
        return -(weight * (y * np.log(q) + (1 - y) * np.log(1 - q))).sum() / weight.sum()

    write("models/stack/golden-blend.json", {
        "y": numbers(y), "p": numbers(p), "target": numbers(target), "signal": numbers(signal), "weight": numbers(weight), "count": k,
        "logLoss": solve(log_loss), "squares": solve(lambda w: (weight * (signal @ w - target) ** 2).sum() / weight.sum()),
    })


def of_clusters():
    rng = np.random.default_rng(14)
    n = 60
    base = rng.normal(size=(n, 3))
    x = np.round(np.column_stack([base[:, j % 3] + 0.25 * (1 + j) * rng.normal(size=n) for j in range(9)]), 3)
    x[:, 4] *= -1
    distance = 1 - np.abs(stats.spearmanr(x)[0])
    tree = hierarchy.linkage(distance[np.triu_indices(9, 1)], "average")
    write("select/golden-clusters.json", {
        "rows": n, "columns": 9, "values": numbers(x), "heights": numbers(tree[:, 2]),
        "clusters": {str(cut): [int(c) for c in hierarchy.fcluster(tree, cut, "distance")] for cut in (0.2, 0.4, 0.6, 0.8)},
    })


for make in (of_metrics, of_calibration, of_blend, of_clusters):
    make()
