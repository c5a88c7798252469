"""`train`: the fold models of a cohort, kept."""

from __future__ import annotations

import argparse

from core.commands.table_arguments import read_aloud
from core.settings import ScreeningSettings
from core.terminal import Terminal, check_file, check_folder, say


def train(arguments: argparse.Namespace) -> None:
    """Train on everybody of known group in a table and keep the models with their card, in a folder or in one file."""
    from core.files import atomic_write, check_free
    from core.screening.bundle import to_file
    from core.screening.card import ENDING
    from core.screening.training import train as fit
    from core.workspace import bundles

    one_file = arguments.out.suffix == ENDING
    (check_file if one_file else check_folder)(arguments.out)
    check_free(arguments.out)
    settings = ScreeningSettings(
        arguments.classifier, arguments.method, arguments.features, random_state=arguments.seed
    )
    with Terminal() as terminal:
        bundle = fit(read_aloud(arguments.table), settings, terminal)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    if one_file:
        atomic_write(arguments.out, to_file(bundle))
    else:
        bundles.save(bundle, arguments.out)
    say(f"Kept as {arguments.out}, SHA-256 of its card {bundle.identity}")
