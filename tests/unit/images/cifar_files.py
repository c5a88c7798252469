"""The files of CIFAR-10 in small, of noise, as Python 2 and 3 write them."""

from __future__ import annotations

import pickle  # noqa: TID251 - to make what the program must read without it
import struct
from pathlib import Path

import numpy as np

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
N_EACH = 20


def batch(number: int, n: int = N_EACH) -> tuple[np.ndarray, list[int]]:
    """(n, 3072) uint8 and labels of the batch with that number; every image is another one."""
    data = np.random.default_rng(number).integers(0, 256, (n, 3072), np.uint8)
    return data, [(i + number) % 10 for i in range(n)]


def of_python_2(data: np.ndarray, labels: list[int]) -> bytes:
    """A batch byte for byte as cPickle of Python 2 and numpy 1 wrote it (protocol 2)."""
    shape = b"K" + bytes([len(data)]) if len(data) < 256 else b"M" + struct.pack("<H", len(data))
    names = b"".join(
        _short(f"{CLASSES[label % 10]}_s_{i:06d}.png".encode()) + b"q\x0f" for i, label in enumerate(labels)
    )
    content = data.tobytes()
    return b"".join(
        [
            b"\x80\x02}q\x01(", _short(b"batch_label"), b"q\x02", _short(b"training batch 1 of 5"), b"q\x03",
            _short(b"labels"), b"q\x04]q\x05(", b"".join(b"K" + bytes([label]) for label in labels), b"e",
            _short(b"data"), b"q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85",
            _short(b"b"), b"\x87Rq\t(K\x01", shape, b"M\x00\x0c\x86cnumpy\ndtype\nq\n", _short(b"u1"),
            b"K\x00K\x01\x87Rq\x0b(K\x03", _short(b"|"), b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T",
            struct.pack("<i", len(content)), content, b"tb", _short(b"filenames"), b"q\x0c]q\r(", names, b"eu.",
        ]
    )  # fmt: skip


def meta_of_python_2(n_each: int) -> bytes:
    """The names of the classes; with 10,000 images a batch as long as the published file, 158 bytes."""
    names = b"".join(_short(name.encode()) + bytes([ord("q"), 5 + i]) for i, name in enumerate(CLASSES))
    return b"".join(
        [
            b"\x80\x02}q\x01(", _short(b"num_cases_per_batch"), b"q\x02M", struct.pack("<H", n_each),
            _short(b"label_names"), b"q\x03]q\x04(", names, b"e", _short(b"num_vis"), b"q\x0fM\x00\x0cu.",
        ]
    )  # fmt: skip


def cifar_10(folder: Path, protocol: int = 0, n: int = N_EACH, by_columns: bool = False) -> Path:
    """`folder` with all the files; protocol 0: as published, 2 to 5: as Python 3 writes them."""
    folder.mkdir(parents=True)
    for number, name in enumerate(BATCHES):
        data, labels = batch(number, n)
        if protocol == 0:
            content = of_python_2(data, labels)
        else:
            told = {b"data": np.asfortranarray(data) if by_columns else data, b"labels": labels,
                    b"batch_label": name.encode(), b"filenames": [b"%d.png" % i for i in range(n)]}  # fmt: skip
            content = pickle.dumps(told, protocol)
        (folder / name).write_bytes(content)
    meta = {"label_names": list(CLASSES), "num_cases_per_batch": n, "num_vis": 3072}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol) if protocol else meta_of_python_2(n))
    return folder


def _short(text: bytes) -> bytes:
    return b"U" + bytes([len(text)]) + text
