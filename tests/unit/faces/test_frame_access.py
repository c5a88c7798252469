"""Any frame of a clip can be had alone, and it is the very one that reading from the start gives under its number."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import UserError
from core.faces.video import Frame, read_frame, read_frames, read_from

WIDTH, HEIGHT = 96, 64
REAL = ("driving_d11.mp4", "no_face.mp4", "single_face.mp4", "source_s29.mp4")


def noise(n: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [np.kron(rng.integers(0, 255, (4, 6, 3), np.uint8), np.ones((16, 16, 1), np.uint8)) for _ in range(n)]


def film(path: Path, codec: str, n: int, fps: float = 20.0) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (WIDTH, HEIGHT))
    for image in noise(n):
        writer.write(image)
    writer.release()
    return path


def uneven_gif(path: Path, n: int) -> Path:
    images = [Image.fromarray(image) for image in noise(n)]
    duration = [40 + 60 * (i % 3) for i in range(n)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=duration)
    return path


def uneven_mp4(path: Path) -> Path:
    """H.264 with B-frames whose rate changes in the middle, as telephones write it."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("no ffmpeg on this machine")
    source = film(path.with_suffix(".avi"), "MJPG", 90)
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-vf", "setpts='if(lt(N,40),N*0.05,2+(N-40)*0.021)/TB'"]
    command += ["-fps_mode", "vfr", "-enc_time_base", "1:90000", "-c:v", "libx264", "-g", "25", "-bf", "3", str(path)]
    subprocess.run(command, check=True)
    return path


def same(one: Frame, other: Frame) -> bool:
    return one.index == other.index and one.timestamp_s == other.timestamp_s and np.array_equal(one.image, other.image)


def check_random_access(path: Path, n_tries: int = 8) -> None:
    frames = list(read_frames(path))
    tries = np.random.default_rng(1).choice(len(frames), min(n_tries, len(frames)), replace=False)
    for index in {0, len(frames) - 1, *map(int, tries)}:
        assert same(read_frame(path, index, frames[index].timestamp_s), frames[index]), (path.name, index)
    assert same(read_frame(path, len(frames) // 2), frames[len(frames) // 2])  # without its time


@pytest.mark.parametrize("name", REAL)
def test_a_frame_of_a_real_clip(shared_data: Path, name: str) -> None:
    check_random_access(shared_data / "clips" / name, n_tries=5)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v"), ("a.mkv", "mp4v"), ("a.webm", "VP80")]
)
def test_a_frame_of_every_container(tmp_path: Path, name: str, codec: str) -> None:
    check_random_access(film(tmp_path / name, codec, 70))


def test_a_frame_at_an_uneven_rate(tmp_path: Path) -> None:
    check_random_access(uneven_gif(tmp_path / "uneven.gif", 30))
    check_random_access(uneven_mp4(tmp_path / "uneven.mp4"), n_tries=20)


def test_a_frame_of_half_a_file(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.avi", "MJPG", 60)
    half = tmp_path / "half.avi"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    check_random_access(half)


def test_an_image_of_a_folder_and_a_still(tmp_path: Path) -> None:
    for number, image in zip((10, 2, 1, 0), noise(4), strict=True):
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
    check_random_access(tmp_path)
    assert len(list(read_frames(tmp_path / "10.png"))) == 1
    check_random_access(tmp_path / "10.png")


def test_reading_goes_on_from_there(shared_data: Path) -> None:
    path = shared_data / "clips" / "driving_d11.mp4"
    frames = list(read_frames(path))
    later = list(read_from(path, 180, frames[180].timestamp_s))
    assert len(later) == len(frames) - 180
    assert all(same(one, other) for one, other in zip(later, frames[180:], strict=True))


def test_a_wrong_time_costs_time_and_never_gives_a_wrong_frame(shared_data: Path) -> None:
    path = shared_data / "clips" / "single_face.mp4"
    frames = list(read_frames(path))
    assert same(read_frame(path, 40, frames[40].timestamp_s + 0.004), frames[40])
    with pytest.raises(UserError, match="no frame 73"):
        read_frame(path, 72)


def test_late_in_a_long_clip_it_takes_no_longer_than_early(tmp_path: Path) -> None:
    path, n = film(tmp_path / "long.mp4", "mp4v", 12_000, fps=25.0), 12_000

    def seconds(index: int) -> float:
        start = time.perf_counter()
        assert read_frame(path, index, index / 25.0).index == index
        return time.perf_counter() - start

    start = time.perf_counter()
    stamps = [frame.timestamp_s for frame in read_frames(path)]
    whole = time.perf_counter() - start
    assert len(stamps) == n
    np.testing.assert_allclose(stamps[11_900], 11_900 / 25.0, atol=1e-6)
    assert min(seconds(11_900) for _ in range(3)) < 0.1 * whole
