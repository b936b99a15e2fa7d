"""Fit how signs are weighed, and print the numbers for `doorward/admission/campaigns/weighing.py`.

    .venv/bin/python -m tools.campaigns.weighing

The half `dev` of `tests/evals/campaigns` is played into ordinary messages, at a share of one half and of one quarter.
Crowds count twentyfold. The bias is put so that one ordinary message in a hundred reaches the bar 0 on an ordinary day,
without any campaign's rows; `CAMPAIGN_BAR` asks for more.
"""

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.admission.campaigns.weighing import CAMPAIGN, CONCERTED, features_of
from doorward.doors.cli.commands.evals import make_lab
from doorward.doors.cli.evals import Given
from doorward.doors.cli.evals.campaigns import Setting
from doorward.doors.cli.evals.campaigns.judging import play_all
from doorward.doors.cli.evals.campaigns.playing import CROWD, ORDINARY
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.kit.settings import Settings
from tools.campaigns.__main__ import ROOT
from tools.feelings.training import fit

OWN: Final = ROOT / "tests/evals/campaigns"
BEFORE_COUNTED: Final = 8
"""Messages of a campaign from which on they are learnt from."""

WORTH_OF_CROWDS: Final = 20.0
RIDGE: Final = 3.0
FALSE: Final = 0.01

Rows = NDArray[np.float64]


def gather() -> tuple[list[dict[str, float]], list[str], list[bool]]:
    """Return the features of all messages that count, the kind of what was played, and whether each was of it."""
    lab = make_lab(Settings(), tell=lambda _doing: None)
    given = Given(data=OWN, own=OWN, phrases=installed_phrases(), half="dev")
    features, kinds, owns = [], [], []
    for share in (0.5, 0.25):
        for kind, campaigns in play_all(lab, given, setting=Setting(share=share)).items():
            for played in (one for plays in campaigns.values() for one in plays):
                places = [one.place for one in played if one.own]
                first = places[BEFORE_COUNTED] if places else 0
                for one in played[first:]:
                    features.append(features_of(one.likeness.signs))
                    kinds.append(kind)
                    owns.append(one.own)
    return features, kinds, owns


def weigh(rows: Rows, own: NDArray[np.bool_], worth: Rows, calm: NDArray[np.bool_]) -> Rows:
    """Return weights of the columns and the bias; both classes count as much altogether."""
    spread, middle = rows.std(axis=0), rows.mean(axis=0)
    worth = np.where(own, worth[~own].sum() / own.sum(), worth)
    weights = fit(np.c_[(rows - middle) / spread, np.ones(len(rows))], own, worth, ridge=RIDGE)[:-1] / spread
    return np.append(weights, -np.quantile(rows[calm] @ weights, 1 - FALSE))


def main() -> int:
    """Fit and print."""
    features, kinds, owns = gather()
    of_crowd, calm = (np.array([kind == one for kind in kinds]) for one in (CROWD, ORDINARY))
    own = np.array(owns)
    for name, weighed, found, worth in (
        ("CONCERTED", CONCERTED, own, np.ones(len(own))),
        ("CAMPAIGN", CAMPAIGN, own & ~of_crowd, np.where(own & of_crowd, WORTH_OF_CROWDS, 1.0)),
    ):
        columns = [column for column in weighed if column]
        rows = np.array([[one[column] for column in columns] for one in features])
        fitted = dict(zip([*columns, ""], weigh(rows, found, worth, calm).round(3).tolist(), strict=True))
        print(f"{name}: Final = {fitted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
