"""What a sport's network must beat: logistic regression and gradient boosting, a classifier a group of a head.

Belongs here: scikit-learn's estimators, fitted on the network's inputs and written in the network's output layout.
A head whose groups are candidates has one classifier for all of them, which is told of the candidate.
Legend: N rows, F features, W output columns, C classes.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.models.baselines import PSEUDO_COUNT
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices

F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
Rows = tuple[F32, I64]  # inputs and classes


class Classifier(Protocol):
    """What is used of a fitted scikit-learn classifier."""

    classes_: I64

    def predict_proba(self, features: F32) -> npt.NDArray[np.float64]:
        """Probabilities [N, classes seen]."""
        ...


# Fits a head on the first rows; the second, of later weeks, may end the fitting early and do nothing else.
Fit = Callable[[ModelPlan, Head, Rows, Rows, int], Classifier]

# Of gradient boosting, where a sport says nothing else of the head.
_BOOSTING = {
    "learning_rate": 0.08,
    "max_iter": 300,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 50,
    "l2_regularization": 1.0,
    "n_iter_no_change": 8,
}


def logistic(plan: ModelPlan, head: Head, training: Rows, held_out: Rows, seed: int) -> Classifier:
    """Multinomial logistic regression on standardised inputs, with scikit-learn's default ridge."""
    # Ten times the default tolerance, at which 266 inputs of 230,000 plays took more than five CPU minutes.
    model: Classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, tol=1e-3)).fit(*training)
    return model


def boosting(plan: ModelPlan, head: Head, training: Rows, held_out: Rows, seed: int) -> Classifier:
    """Gradient-boosted trees with the head's settings; the weeks that stop the network early stop them too."""
    settings = {**_BOOSTING, **plan.boosting.get(head.name, {})}
    model = HistGradientBoostingClassifier(**settings, early_stopping=True, random_state=seed)
    known = np.isin(held_out[1], training[1])
    fitted: Classifier = model.fit(*training, X_val=held_out[0][known], y_val=held_out[1][known])
    return fitted


CLASSIFIERS: Mapping[str, Fit] = {"logistic": logistic, "boosting": boosting}


def predict(
    fit: Fit,
    training: PlayData,
    held_out: PlayData,
    scored: PlayData,
    plan: ModelPlan,
    frequencies_W: F32,
    seed: int,
    on_head: Callable[[str], None] = lambda head: None,
) -> F32:
    """Probabilities [N, W] of the scored rows; groups with one class in training keep the class frequencies.

    Tells `on_head` of each head before its classifiers are fitted.
    Only columns of a row's own group are filled by a classifier, for no other is ever scored. A censored row of
    the training data counts as its lowest class.
    """
    output_NW: F32 = np.tile(frequencies_W, (scored.rows, 1))
    for head in plan.heads:
        on_head(head.name)
        for groups in _classifier_groups(plan, head):
            _fill(output_NW, fit, (training, held_out, scored), plan, head, groups, seed)
    return output_NW


def _classifier_groups(plan: ModelPlan, head: Head) -> list[range]:
    """The groups each classifier of a head is for."""
    if head.name in plan.pooled_heads:
        return [range(head.groups)]
    return [range(group, group + 1) for group in range(head.groups)]


def _fill(
    output_NW: F32,
    fit: Fit,
    data: tuple[PlayData, PlayData, PlayData],
    plan: ModelPlan,
    head: Head,
    groups: range,
    seed: int,
) -> None:
    """Fit on the first of the data, stop on the second, and write the probabilities of the third's rows."""
    training, held_out, scored = data
    rows = np.flatnonzero(np.isin(scored.labels[head.name].group, groups))
    fitted_on, stopped_on = (_rows(part, plan, head, groups) for part in (training, held_out))
    if not len(rows) or len(np.unique(fitted_on[1])) < 2 or not np.isin(stopped_on[1], fitted_on[1]).any():
        return
    classifier = fit(plan, head, fitted_on, stopped_on, seed)
    p_nC = _smoothed(classifier, _rows(scored, plan, head, groups)[0], head.classes, len(fitted_on[1]))
    starts = head_slices(plan.heads)[head.name].start + scored.labels[head.name].group[rows] * head.classes
    output_NW[rows[:, None], starts[:, None] + np.arange(head.classes)] = p_nC


def _rows(data: PlayData, plan: ModelPlan, head: Head, groups: range) -> Rows:
    labels = data.labels[head.name]
    rows = np.isin(labels.group, groups)
    features, group = data.features_NF[rows], labels.group[rows]
    if len(groups) > 1:
        features = np.hstack([features, plan.candidate_inputs(head.name, features, data.feature_names, group)])
    return features, labels.low[rows]


def _smoothed(classifier: Classifier, features_NF: F32, classes: int, fitted_rows: int) -> npt.NDArray[np.float64]:
    """Probabilities [N, C] with the pseudo-counts of class frequencies, so that no class is impossible."""
    p_NC = np.zeros((len(features_NF), classes))
    p_NC[:, classifier.classes_] = classifier.predict_proba(features_NF)
    smoothed: npt.NDArray[np.float64] = (p_NC * fitted_rows + PSEUDO_COUNT) / (fitted_rows + PSEUDO_COUNT * classes)
    return smoothed
