"""UFNet / PARK smile features (https://github.com/ROC-HCI/UFNet): OpenFace's units summed up over whole smile videos.

A row a video: `smile_AU12_mean`, `smile_AU12_var`, `smile_AU12_entropy` of seven units, and features of landmarks. What
the data holds beside good rows is counted in the remarks: diagnoses without the word, people with two diagnoses, videos
in which no landmarks were found, several videos of a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import UserError
from core.faces.checked_csv import CsvFile, intensities, refuse_lines, require_columns
from core.faces.importers.protocol import Imported, counted, finish
from core.people import check_spellings
from core.scales import SCALES
from core.types import CONTROL, MAX_INTENSITY, PD

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_FEATURE = re.compile(r"smile_(.+)_(mean|var|entropy)")
_UNIT = re.compile(r"AU\d\d")
_STATISTICS = {"mean": "mean", "var": "variance", "entropy": "entropy"}
_KEYS = ("ID", "date", "Filename", "pd", "Diagnosis", "age")


class UFNet:
    name = "ufnet"
    title = "UFNet / PARK smile features"
    about = (
        "columns ID, Diagnosis and smile_AU01_mean … of seven units, a row a video; one video of each person is kept"
    )

    def recognises(self, file: CsvFile) -> bool:
        return any(re.fullmatch(r"smile_AU\d\d_(mean|var|entropy)", column) for column in file.columns)

    def read(self, file: CsvFile) -> Imported:
        import pandas as pd

        require_columns(
            file, ("ID",), "Without it the videos of one person cannot be told.", "Give the file as UFNet publishes it."
        )
        units = [unit for unit in SCALES[self.name].units if f"smile_{unit}_mean" in file.columns]
        if not units:
            raise UserError(
                f"{file.short_name} has no column smile_AU12_mean.",
                "The means over the video are what is taken as intensities.",
                "Give the file as UFNet publishes it.",
            )
        features = [column for column in file.columns if _FEATURE.fullmatch(column)]
        cells = file.read((*_KEYS, *features))
        refuse_lines(file.name, ("ID",), cells.index, (cells[["ID"]] == "").to_numpy(), "says nothing in")
        means = intensities(file, cells, [f"smile_{unit}_mean" for unit in units], None, MAX_INTENSITY)
        table = pd.DataFrame({"subject": cells["ID"], "emotion": "happiness"})
        remarks = ["The intensities are means over whole smile videos, not those of a peak frame."]
        table["group"] = _groups(file, cells, remarks)
        table["backend"], table["simulated"] = self.name, False
        table[units] = means
        for column in features:
            word, statistic = _FEATURE.fullmatch(column).groups()  # type: ignore[union-attr]
            if word in units:
                table[f"{word}_{_STATISTICS[statistic]}"] = file.numbers(cells[[column]])[column]
        if "age" in cells:
            table["age"] = file.numbers(cells[["age"]])["age"]
        seen = _with_landmarks(file, cells, features, remarks)
        table = table[seen].iloc[_by_date(cells[seen])]
        n_people = cells["ID"].nunique()
        repeated = int(table.duplicated("subject").sum())
        if repeated:
            remarks.append(
                f"{counted(repeated, 'later video')} of the same people left out: the first of each is kept."
            )
        table = table.drop_duplicates("subject").sort_index()
        remarks.append(f"{counted(len(table), 'person').replace('persons', 'people')} of {n_people:,} by ID.")
        check_spellings(table["subject"], file.short_name)
        return finish(self.title, table, remarks)


def _groups(file: CsvFile, cells: pd.DataFrame, remarks: list[str]) -> pd.Series | str:
    """PD or control for each video by `Diagnosis`, which says 1 where `pd` is empty or only possible."""
    if "Diagnosis" not in cells:
        if "pd" not in cells:
            return ""
        words, known = cells["pd"].str.lower(), {"yes": PD, "no": CONTROL}
    else:
        words, known = cells["Diagnosis"].str.removesuffix(".0"), {"1": PD, "0": CONTROL, "": ""}
        refuse_lines(
            file.name,
            ("Diagnosis",),
            cells.index,
            ~words.isin(list(known)).to_numpy()[:, None],
            "is neither 0 nor 1 in",
        )
    groups = words.map(known).fillna("")
    if "pd" in cells and "Diagnosis" in cells:
        for word, what in (("", "empty"), ("possible", "Possible")):
            told = int(((cells["pd"].str.lower() == word) & (groups == PD)).sum())
            if told:
                remarks.append(f"{counted(told, 'video')} with pd {what} and Diagnosis 1: taken as PD.")
    told_of = groups[groups != ""].groupby(cells["ID"]).nunique()
    torn = told_of.index[told_of > 1]
    if len(torn):
        groups = groups.where(~cells["ID"].isin(torn), "")
        remarks.append(
            f"{len(torn)} people have two diagnoses ({', '.join(sorted(torn)[:5])}): their group is left unknown."
        )
    return groups


def _with_landmarks(file: CsvFile, cells: pd.DataFrame, features: list[str], remarks: list[str]) -> np.ndarray:
    """Mask (n,) of the videos in which landmarks were found; the others' units are low too, which is no hypomimia."""
    import numpy as np

    landmarks = [column for column in features if not _UNIT.match(column.removeprefix("smile_"))]
    if not landmarks:
        return np.ones(len(cells), bool)
    seen = (file.numbers(cells[landmarks]).to_numpy() != 0).any(axis=1)
    if not seen.all():
        remarks.append(
            f"{counted(int((~seen).sum()), 'video')} left out: all landmark features are zero, no face was found."
        )
    return seen


def _by_date(cells: pd.DataFrame) -> np.ndarray:
    """Positions of the videos by day, those without one last, and else as they stand in the file."""
    import numpy as np

    days = cells["date"].to_numpy(str) if "date" in cells else np.full(len(cells), "")
    return np.lexsort((days, days == ""))
