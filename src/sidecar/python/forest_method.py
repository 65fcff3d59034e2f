"""scikit-learn's random forests for the model `random_forest`."""


def fit(x, y, weight, task, trees, max_depth, min_samples_leaf, max_features, bootstrap, seed, threads):
    """x: float32 (rows, features), finite; y: 0 or 1, or any number of a regression; weight: one a row or None; max_depth: 0 is no limit.

    Returns the trees, their nodes one after the other: what prediction needs. `left` and `right` count from the tree's first node and are -1 at a leaf;
    `value` is the share of y = 1, or the mean of y, among the node's rows.
    """
    import numpy
    import sklearn
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    classifies = task == "classification"
    forest = (RandomForestClassifier if classifies else RandomForestRegressor)(
        n_estimators=trees,
        max_depth=None if max_depth == 0 else max_depth,
        min_samples_leaf=min_samples_leaf,
        max_features=max_features,
        bootstrap=bootstrap,
        random_state=seed,
        n_jobs=threads,
    ).fit(x, y, sample_weight=weight)
    nodes = [each.tree_ for each in forest.estimators_]
    join = lambda name, dtype: numpy.concatenate([getattr(tree, name) for tree in nodes]).astype(dtype)  # noqa: E731
    return {
        "sizes": numpy.array([tree.node_count for tree in nodes], dtype=numpy.int32),
        "feature": join("feature", numpy.int32),
        "threshold": join("threshold", numpy.float64),
        "left": join("children_left", numpy.int32),
        "right": join("children_right", numpy.int32),
        # Of a classifier the last axis holds the shares of the two classes.
        "value": numpy.concatenate([tree.value[:, 0, 1 if classifies else 0] for tree in nodes]),
        "importance": forest.feature_importances_,
        "version": sklearn.__version__,
    }


METHODS = {"fit": fit}
