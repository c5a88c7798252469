"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

HEAD_BYTES = 4096
"""How many of the first bytes of a file it takes to tell."""

STILLS = {"jpg": "JPEG", "png": "PNG", "bmp": "BMP", "tif": "TIFF", "webp": "WEBP"}
"""Endings of the stills that are taken, and what Pillow calls their formats."""


def media_kind(head: bytes) -> str:
    """The usual ending of the clip or still that begins with `head`; empty for anything else."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"M4A ", b"M4B ") or brand[:3] in (b"hei", b"hev", b"mif", b"avi"):
            return ""
        return "mov" if brand == b"qt  " else "mp4"
    if head[4:8] in (b"moov", b"mdat", b"wide"):
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "webm" if b"webm" in head[:64] else "mkv"
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WEBP": "webp"}.get(head[8:12], "")
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpg"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return "tif"
    return "bmp" if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" else ""


def other_kind(head: bytes) -> str:
    """In words, what other kind of file begins with `head`; empty where that cannot be told."""
    if head[:4] in (b"PK\3\4", b"PK\5\6", b"Rar!", b"7z\xbc\xaf") or head[:2] == b"\x1f\x8b":
        return "an archive (such as a zip or an Excel file)"
    if head[:2] == b"MZ" or head[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe") or head[:2] == b"#!":
        return "a program"
    if head[:5] == b"%PDF-":
        return "a PDF document"
    brand = head[8:12] if head[4:8] == b"ftyp" or head[:4] == b"RIFF" else b""
    if brand in (b"M4A ", b"M4B ", b"WAVE") or head[:4] in (b"fLaC", b"OggS") or head[:3] == b"ID3":
        return "a sound recording without a picture"
    if brand[:3] in (b"hei", b"hev", b"mif"):
        return "a HEIC image, which has to be exported as jpg"
    try:
        text = head.decode("utf-8") if len(head) < HEAD_BYTES else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return ""
    if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
        return ""
    start = text.lstrip("\ufeff \t\r\n")[:14].lower()
    return "a web page" if start.startswith(("<!doctype html", "<html")) else "a text"
