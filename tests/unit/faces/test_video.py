"""Reading real files: what is read counts, not what a header or a name claims."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import UserError
from core.faces.video import FOLDER_FPS, is_still, probe, read_frames
from core.settings import Limits

N, WIDTH, HEIGHT = 40, 96, 64


def write_clip(path: Path, codec: str = "MJPG", n: int = N, fps: float = 20.0) -> Path:
    """A clip of noise, so that every frame takes about the same share of the file."""
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (WIDTH, HEIGHT))
    for _ in range(n):
        writer.write(rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8))
    writer.release()
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.avi")


def refusal(path: Path, limits: Limits = Limits()) -> UserError:  # noqa: B008
    with pytest.raises(UserError) as caught:
        list(read_frames(path, limits))
    return caught.value


def test_a_clip_streams_its_frames_with_their_times(clip: Path) -> None:
    info = probe(clip)
    assert (info.width, info.height, info.fps, info.n_frames_claimed) == (WIDTH, HEIGHT, 20.0, N)
    assert info.duration_s == pytest.approx(2.0)
    frames = list(read_frames(clip))
    assert [frame.index for frame in frames] == list(range(N))
    np.testing.assert_allclose([frame.timestamp_s for frame in frames], np.arange(N) / 20, atol=1e-6)
    assert frames[0].image.shape == (HEIGHT, WIDTH, 3)
    assert frames[0].image.dtype == np.uint8


def test_half_a_file_gives_the_frames_that_are_really_in_it(clip: Path, tmp_path: Path) -> None:
    whole = clip.read_bytes()
    half = tmp_path / "half.avi"
    half.write_bytes(whole[: len(whole) // 2])
    n_read = sum(1 for _ in read_frames(half))
    assert probe(half).n_frames_claimed == N
    assert 0.3 * N < n_read < 0.6 * N


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "mp4v"), ("a.mkv", "MJPG"), ("a.webm", "VP80")])
def test_containers(tmp_path: Path, name: str, codec: str) -> None:
    path = write_clip(tmp_path / name, codec)
    assert sum(1 for _ in read_frames(path)) == N


def test_an_avi_named_mp4_is_read_for_what_it_is(clip: Path, tmp_path: Path) -> None:
    misnamed = clip.rename(tmp_path / "clip.mp4")
    assert sum(1 for _ in read_frames(misnamed)) == N


def test_a_gif_keeps_its_uneven_times(tmp_path: Path) -> None:
    images = [Image.fromarray(np.full((HEIGHT, WIDTH, 3), 10 * i, np.uint8)) for i in range(12)]
    path = tmp_path / "uneven.gif"
    images[0].save(path, save_all=True, append_images=images[1:], duration=[40] * 6 + [100] * 6)
    steps = np.diff([frame.timestamp_s for frame in read_frames(path)])
    np.testing.assert_allclose(steps, [0.04] * 6 + [0.1] * 5, atol=1e-3)


def test_rotation_in_the_file_is_applied(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "phone.mp4", "mp4v")
    content = bytearray(path.read_bytes())
    matrix_at = content.index(b"tkhd") + 44
    quarter_turn = (0, 0x00010000, 0, -0x00010000, 0, 0, HEIGHT << 16, 0, 0x40000000)
    content[matrix_at : matrix_at + 36] = struct.pack(">9i", *quarter_turn)
    path.write_bytes(content)
    info = probe(path)
    assert (info.width, info.height) == (HEIGHT, WIDTH)
    assert next(read_frames(path)).image.shape == (WIDTH, HEIGHT, 3)


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 1, 0):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((HEIGHT, WIDTH, 3), number, np.uint8))
    (tmp_path / "notes.txt").write_text("not a frame")
    frames = list(read_frames(tmp_path))
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [0, 1, 2, 10]
    assert frames[2].timestamp_s == pytest.approx(2 / FOLDER_FPS)
    assert probe(tmp_path).n_frames_claimed == 4


def test_a_still_is_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "still.jpg"
    cv2.imwrite(str(path), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert is_still(path)
    assert not is_still(tmp_path)
    assert len(list(read_frames(path))) == 1
    assert probe(path).duration_s == 0.0


def test_what_is_not_a_clip_is_refused_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("#EXTM3U\nhttp://example.com/a.ts\n" * 40)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    (tmp_path / "torn.mp4").write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 400)
    (tmp_path / "bare").mkdir()
    assert "is not a clip" in refusal(tmp_path / "text.mp4").what
    assert "is empty" in refusal(tmp_path / "empty.mp4").what
    assert "cannot be played" in refusal(tmp_path / "torn.png").what
    assert "cannot be played" in refusal(tmp_path / "torn.mp4").what
    assert "has no images" in refusal(tmp_path / "bare").what
    assert "is not there" in refusal(tmp_path / "missing.mp4").what


def test_an_absurd_image_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    side = 60_000
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    path = tmp_path / "huge.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )
    error = refusal(path)
    assert "too large" in error.what
    assert "60000 x 60000" in error.why


def test_limits(clip: Path, tmp_path: Path) -> None:
    assert "too long" in refusal(clip, Limits(max_duration_s=1.0)).what
    assert "too large" in refusal(clip, Limits(max_megapixels=0.001)).what
    assert "frame rate" in refusal(write_clip(tmp_path / "slow.avi", fps=2.0)).what


def test_a_long_clip_is_refused_even_where_its_header_says_it_is_short(clip: Path) -> None:
    content = bytearray(clip.read_bytes())
    for tag, offset in ((b"avih", 24), (b"strh", 40)):
        at = content.index(tag) + offset
        content[at : at + 4] = struct.pack("<I", 5)
    clip.write_bytes(content)
    if probe(clip).n_frames_claimed < N:
        assert "too long" in refusal(clip, Limits(max_duration_s=1.0)).what
    else:
        pytest.fail("the header was not believed; this test must change another field")
