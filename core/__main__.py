"""The functions of the pages without a page: `python -m core extract | import | resample | validate | …`.

Status 0: the result is written; 2: something given cannot be used; 130: stopped with Ctrl-C. Nothing goes to stdout.
With status 2 the last line on stderr is the one that tells the fault: it is the only one where the fault shows before
any work, and follows the lines of progress where it shows in the midst of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.commands.discard import add_arguments as add_discard_arguments
from core.commands.discard import discard_study
from core.commands.extract import extract
from core.commands.images import add_evolve_arguments, add_gan_arguments, evolve, gan
from core.commands.import_tables import import_tables
from core.commands.resample import method_name, option, resample
from core.commands.screen import screen
from core.commands.study import add_arguments as add_study_arguments
from core.commands.study import study
from core.commands.train import train
from core.commands.vae import add_arguments as add_vae_arguments
from core.commands.vae import vae
from core.commands.validate import add_arguments as add_validation
from core.commands.validate import validate
from core.errors import Cancelled, UserError
from core.faces import backends
from core.settings import CLASSIFIERS, FEATURE_SETS, METHODS, NEIGHBOURS, RULES, SAMPLERS, SPREADS, ScreeningSettings
from core.terminal import OneLineParser, say, within
from core.variational import BATCH, PER_IMAGE, PLANS


def parser() -> argparse.ArgumentParser:
    root = OneLineParser(prog="python -m core", description=(__doc__ or "").splitlines()[0])
    commands = root.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("extract", help="clips to action units", description=extract.__doc__)
    command.add_argument("clips", nargs="+", type=Path, metavar="CLIP", help="clips, or folders of clips or frames")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument(
        "--workers",
        type=within(int, 0),
        metavar="N",
        help="clips measured at once; without it one a core; 0: none beside this process",
    )
    command.add_argument(
        "--backend", choices=backends.BACKENDS, default=backends.FACE_MESH, help="the mesh that measures them"
    )
    command.set_defaults(function=extract)

    command = commands.add_parser(
        "import", help="tables of other programs to an AU table", description=import_tables.__doc__
    )
    command.add_argument("tables", nargs="+", type=Path, metavar="FILE", help="tables of one format")
    command.add_argument("--out", type=Path, required=True, metavar="TABLE", help="name.csv or name.parquet")
    command.add_argument("--participants", type=Path, metavar="FILE", help="participants.csv or .tsv as in BIDS")
    command.add_argument("--format", default="", metavar="NAME", help="recognised by the header where it is not given")
    command.set_defaults(function=import_tables)

    command = commands.add_parser("resample", help="add synthetic rows", description=resample.__doc__)
    command.add_argument("table", type=Path, metavar="TABLE")
    command.add_argument("--label", required=True, metavar="COLUMN")
    command.add_argument("--features", nargs="+", default=["AU*"], metavar="NAME", help="names or globs of columns")
    names = ", ".join(map(option, SAMPLERS))
    command.add_argument(
        "--method", type=method_name, choices=SAMPLERS, default="AGCL", metavar="NAME", help=f"one of {names}"
    )
    command.add_argument("--alpha", type=within(float, 0), help="synthetic rows per real row, with AGCL per row of a "
                         "pure cluster")  # fmt: skip
    command.add_argument("--threshold", type=within(float, 0, 1), help="AGCL: separation at which a cluster is split")
    command.add_argument("--k", type=within(int, 1), help="AGCL: clusters at the root, without it the elbow; "
                         "kNNMTD, SMOTE, ADASYN and KMeansSMOTE: neighbours")  # fmt: skip
    command.add_argument("--rule", choices=RULES, help="AGCL")
    command.add_argument("--spread", choices=SPREADS, help="AGCL")
    command.add_argument("--sigma", type=within(float, 0), help="Gaussian noise: in standard deviations of a feature; "
                         "S3VAE: on its features, which lie from -1 to 1")  # fmt: skip
    command.add_argument("--neighbours", choices=NEIGHBOURS, help="kNNMTD: of 2022, or the newer")
    command.add_argument("--shrinkage", type=within(float, 0), help="smoothed bootstrap: factor on the kernel's width")
    command.add_argument("--clusters", type=within(int, 1), help="KMeansSMOTE: clusters of K-means")
    command.add_argument("--population", type=within(int, 2), help="genetic search: sets of rows that compete")
    command.add_argument("--generations", type=within(int, 0), help="genetic search")
    command.add_argument("--elite", type=within(int, 0), help="genetic search: sets that pass on unchanged")
    command.add_argument("--crossover", type=within(float, 0, 1), help="genetic search: chance that two sets mix")
    command.add_argument("--mutation", type=within(float, 0, 1), help="genetic search: chance that a row is new")
    command.add_argument("--gate", type=within(float, 0, 1), help="genetic search: share of the real rows of a group "
                         "that would pass as its own")  # fmt: skip
    command.add_argument("--K", type=within(float, 0), help="S3VAE: weight of the KL term; the larger, the farther "
                         "rows lie from their source and the nearer to the middle of their class")  # fmt: skip
    command.add_argument("--plan", choices=PLANS, help="S3VAE: samples x draws of each that a step learns from; "
                         f"{BATCH} is an ordinary VAE, {PER_IMAGE} a network for each row")  # fmt: skip
    command.add_argument("--anneal-steps", type=within(int, 0), metavar="N", help="S3VAE: while K rises from 0")
    command.add_argument("--free-bits", type=within(float, 0), metavar="NATS", help="S3VAE: of a latent unit that cost "
                         "nothing")  # fmt: skip
    command.add_argument("--steps", type=within(int, 1), metavar="N", help="S3VAE: of training")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.set_defaults(function=resample)

    command = commands.add_parser("validate", help="score models on people never seen", description=validate.__doc__)
    add_validation(command)
    command.set_defaults(function=validate)

    command = commands.add_parser("screen", help="screen people by majority vote", description=screen.__doc__)
    command.add_argument("subject", nargs="+", type=Path, metavar="TABLE|CLIP")
    known = command.add_mutually_exclusive_group(required=True)
    known.add_argument("--cohort", type=Path, metavar="TABLE", help="trained on without the person")
    known.add_argument("--model", type=Path, metavar="DIR|FILE", help="a kept model; it says classifier and features")
    command.add_argument(
        "--backend",
        choices=backends.BACKENDS,
        help="the mesh that measures clips; without it that of cohort or model",
    )
    add_training(command)
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.add_argument("--report", metavar="FILE|DIR/", help="beside the result: a report to read, by its ending "
                         ".html or .pdf; in a folder, which is there or ends with /, a PDF a person")  # fmt: skip
    command.set_defaults(function=screen)

    command = commands.add_parser("train", help="train a model on a cohort and keep it", description=train.__doc__)
    command.add_argument("table", type=Path, metavar="TABLE")
    add_training(command)
    command.add_argument("--out", type=Path, required=True, metavar="DIR|FILE",
                         help="a new folder, or name.labmodel for one file")  # fmt: skip
    command.set_defaults(function=train)

    command = commands.add_parser("gan", help="train generators of images", description=gan.__doc__)
    add_gan_arguments(command)
    command.set_defaults(function=gan)

    command = commands.add_parser("evolve", help="evolve a diverse set of images", description=evolve.__doc__)
    add_evolve_arguments(command)
    command.set_defaults(function=evolve)

    command = commands.add_parser("vae", help="train a C-VAE or S3VAE of images", description=vae.__doc__)
    add_vae_arguments(command)
    command.set_defaults(function=vae)

    kinds = commands.add_parser("study", help="whether synthetic images help").add_subparsers(
        required=True, metavar="kind"
    )
    command = kinds.add_parser("augmentation", help="where a class has few images", description=study.__doc__)
    add_study_arguments(command)
    command.set_defaults(function=study)
    command = kinds.add_parser("discard", help="where a class lost images", description=discard_study.__doc__)
    add_discard_arguments(command)
    command.set_defaults(function=discard_study)
    return root


def add_training(command: argparse.ArgumentParser) -> None:
    """What fold models are trained by."""
    usual = ScreeningSettings()
    command.add_argument("--classifier", choices=CLASSIFIERS, default=usual.classifier)
    command.add_argument("--method", choices=METHODS, default=usual.method)
    command.add_argument("--features", choices=FEATURE_SETS, default=usual.features)
    command.add_argument("--seed", type=int, default=usual.random_state)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        chosen.function(chosen)
    except UserError as error:
        say(" ".join(str(error).split()))
        return 2
    except OSError as error:
        say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        return 2
    except (KeyboardInterrupt, Cancelled):
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
