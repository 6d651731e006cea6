"""What a sport's network must beat: logistic regression and gradient boosting, a classifier a group of a head.

Belongs here: scikit-learn's estimators, fitted on the network's inputs and written in the network's output layout.
Legend: N rows, F features, W output columns, C classes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sports_platform.core.domain import Head
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


# Fits on the first rows; the second, of later weeks, may end the fitting early and do nothing else.
Fit = Callable[[Rows, Rows, int], Classifier]


def logistic(training: Rows, held_out: Rows, seed: int) -> Classifier:
    """Multinomial logistic regression on standardised inputs, with scikit-learn's default ridge."""
    model: Classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(*training)
    return model


def boosting(training: Rows, held_out: Rows, seed: int) -> Classifier:
    """Gradient-boosted trees; the weeks that stop the network early stop them too."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.08, max_iter=300, max_leaf_nodes=15, l2_regularization=1.0, early_stopping=True,
        n_iter_no_change=8, random_state=seed,
    )  # fmt: skip
    known = np.isin(held_out[1], training[1])
    fitted: Classifier = model.fit(*training, X_val=held_out[0][known], y_val=held_out[1][known])
    return fitted


CLASSIFIERS: Mapping[str, Fit] = {"logistic": logistic, "boosting": boosting}


def predict(
    fit: Fit,
    training: PlayData,
    held_out: PlayData,
    scored: PlayData,
    heads: Sequence[Head],
    frequencies_W: F32,
    seed: int,
) -> F32:
    """Probabilities [N, W] of the scored rows; groups with one class in training keep the class frequencies.

    Only columns of a row's own group are filled by a classifier, for no other is ever scored. A censored row of
    the training data counts as its lowest class.
    """
    output_NW: F32 = np.tile(frequencies_W, (scored.rows, 1))
    for head in heads:
        columns = head_slices(heads)[head.name]
        for group in range(head.groups):
            rows = scored.labels[head.name].group == group
            fitted_on, stopped_on = (_rows(data, head, group) for data in (training, held_out))
            if rows.any() and len(np.unique(fitted_on[1])) > 1 and np.isin(stopped_on[1], fitted_on[1]).any():
                classifier = fit(fitted_on, stopped_on, seed)
                start = columns.start + group * head.classes
                smoothed = _smoothed(classifier, scored.features_NF[rows], head.classes, len(fitted_on[1]))
                output_NW[rows, start : start + head.classes] = smoothed
    return output_NW


def _rows(data: PlayData, head: Head, group: int) -> Rows:
    labels = data.labels[head.name]
    rows = labels.group == group
    return data.features_NF[rows], labels.low[rows]


def _smoothed(classifier: Classifier, features_NF: F32, classes: int, fitted_rows: int) -> npt.NDArray[np.float64]:
    """Probabilities [N, C] with the pseudo-counts of class frequencies, so that no class is impossible."""
    p_NC = np.zeros((len(features_NF), classes))
    p_NC[:, classifier.classes_] = classifier.predict_proba(features_NF)
    smoothed: npt.NDArray[np.float64] = (p_NC * fitted_rows + PSEUDO_COUNT) / (fitted_rows + PSEUDO_COUNT * classes)
    return smoothed
