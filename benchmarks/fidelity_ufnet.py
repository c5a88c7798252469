"""Do synthetic rows look like people? Every method on draws of 19 + 19 people of real smile videos (UFNet).

Beside them: people who were held out, copies of the people, and other real people, of whom there are a thousand, in the
place of synthetic rows. Means over the draws of the means over 20 splits, and in how many draws the verdict is a pass.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from core.latent.fidelity.assessment import Assessment
    from core.latent.fidelity.splits import Maker
    from core.settings import SamplerSettings
    from core.types import Samples

TABLE = Path(__file__).resolve().parents[2] / "shared" / "data" / "ufnet" / "smile_features_train.csv"
N_DRAWS, N_A_GROUP, ALPHA = 5, 19, 7
MEASURES = {
    "near_copy_share": "near-copies",
    "distance_ratio": "distance",
    "variance_ratio": "variance",
    "told_apart_auroc": "told apart",
    "learned_auroc": "learned",
    "rejected_share": "Table III",
}


def draw(known: Samples, seed: int) -> tuple[Samples, Samples]:
    """19 + 19 of the people, and the others."""
    from dataclasses import replace

    import numpy as np

    rng = np.random.default_rng(seed)
    drawn = np.zeros(len(known.y), bool)
    for label in (0, 1):
        drawn[rng.permutation(np.flatnonzero(known.y == label))[:N_A_GROUP]] = True
    people, others = (
        replace(known, X=known.X[side], y=known.y[side], groups=known.groups[side]) for side in (drawn, ~drawn)
    )
    return people, others


def other_people(pool: Samples) -> Maker:
    """People of `pool` in the place of synthetic rows, as many."""
    import numpy as np

    from core.latent.synthesis import Synthetic

    def make(makers: Samples, seed: int) -> Synthetic:
        rng = np.random.default_rng(seed)
        chosen = np.concatenate(
            [
                rng.choice(np.flatnonzero(pool.y == label), ALPHA * int((makers.y == label).sum()), replace=False)
                for label in (0, 1)
            ]
        )
        return Synthetic(pool.X[chosen], pool.y[chosen], pool.groups[chosen])

    return make


def methods() -> dict[str, SamplerSettings]:
    from core.settings import SAMPLERS, AGCLSettings

    spreads = {f"AGCL, {spread}, 0": AGCLSettings(ALPHA, 0.0, spread=spread) for spread in ("paper", "scaled")}
    paper = {"AGCL, paper, 0.5": AGCLSettings(ALPHA, 0.5, spread="paper")}
    return {**{name: kind(alpha=ALPHA) for name, kind in SAMPLERS.items()}, **spreads, **paper}


def told(name: str, found: list[Assessment], candidate: str) -> str:
    from core.latent.fidelity.verdict import PASSES, verdict

    verdicts = [verdict(one, candidate) for one in found]
    cells = []
    for measure in MEASURES:
        values = [mean for one in found if (mean := one.mean(measure, candidate)) is not None]
        cells.append(f"{sum(values) / len(values):11.2f}" if values else f"{'–':>11}")
    reasons = sorted({reason.split(":")[0] for one in verdicts for reason in one.reasons})
    passed = sum(one.decision == PASSES for one in verdicts)
    return f"{name:22}{''.join(cells)}   {passed} of {len(verdicts)} pass{''.join(f'; {reason}' for reason in reasons)}"


def main() -> int:
    if not TABLE.is_file():
        print(f"fidelity: skipped, {TABLE.name} is not beside the checkout")
        return 0
    from core.faces.importers import read_table
    from core.latent.fidelity.assessment import assess, assess_maker
    from core.latent.fidelity.splits import COPIES, METHOD, REAL
    from core.latent.fidelity.verdict import FAILS, PASSES, verdict
    from core.scales import SCALES
    from core.types import GROUPS, PD, Samples

    table = read_table(TABLE).table
    rows, units = table[table["group"].isin(GROUPS)], SCALES["ufnet"].units
    known = Samples(
        rows[list(units)].to_numpy(float), (rows["group"] == PD).to_numpy(int), rows["subject"].to_numpy(str), units
    )
    draws = [draw(known, seed) for seed in range(N_DRAWS)]
    print(f"{'':22}{''.join(f'{title:>11}' for title in MEASURES.values())}")
    new = [assess_maker(people, other_people(others), random_state=i) for i, (people, others) in enumerate(draws)]
    print(told(REAL, new, REAL))
    print(told(COPIES, new, COPIES))
    print(told("other real people", new, METHOD))
    for name, settings in methods().items():
        found = [assess(people, settings, random_state=i) for i, (people, _) in enumerate(draws)]
        print(told(name, found, METHOD), flush=True)
    held = all(verdict(one, REAL).decision == PASSES and verdict(one, COPIES).decision == FAILS for one in new)
    print(f"fidelity: held-out people pass and copies fail in every draw: {'met' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
