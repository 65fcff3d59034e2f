"""scikit-learn's LogisticRegression for the model `logistic`."""

import warnings


def fit(x, y, weight, c, solver, max_iter, tolerance, seed):
    """x: float64 (rows, features), finite and scaled; y: 0 or 1; weight: one a row or None. Returns what prediction needs."""
    import sklearn
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    # `penalty` is deprecated since scikit-learn 1.8; its default is the l2 penalty.
    model = LogisticRegression(C=c, solver=solver, max_iter=max_iter, tol=tolerance, random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, sample_weight=weight)
    return {
        "coefficients": model.coef_[0],
        "intercept": model.intercept_[0],
        "iterations": int(model.n_iter_[0]),
        "converged": not any(issubclass(w.category, ConvergenceWarning) for w in caught),
        "warnings": sorted({str(w.message).splitlines()[0] for w in caught if not issubclass(w.category, ConvergenceWarning)}),
        "version": sklearn.__version__,
    }


METHODS = {"fit": fit}
