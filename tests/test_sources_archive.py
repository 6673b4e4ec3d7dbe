"""Finding raw files: what a user would lose if files were missed, altered unseen or followed astray."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest

from analysis.paths import raw_dir
from analysis.sources.archive import MAX_FILE_BYTES, SourceFile, iter_sources
from analysis.sources.errors import BadSidecar, HashMismatch, NoSuchPath, UnreadableSource
from analysis.sources.readers import read_source
from analysis.sources.sidecars import load_sidecar

NOTICE = "关于巡察整改情况的通报\n一、关于“学习不深入”的问题。\n整改情况：已完成。\n"


def faults(folder: Path) -> dict[str, str]:
    """source_path → reason_code of everything below the folder that cannot be read."""
    found = {}
    for source in iter_sources([folder]):
        try:
            read_source(source)
        except UnreadableSource as error:
            found[source.source_path] = error.reason_code
    return found


def zip_bytes(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_raw_reports_are_the_ones_their_sidecars_describe():
    """A clone with an altered report would give other numbers under the same source."""
    sources = list(iter_sources())
    assert [source.source_path for source in sources] == [
        "anshan.txt",
        "dandong.txt",
        "kaifeng.txt",
        "yiyang.txt",
        "yushu.txt",
    ]
    for source in sources:
        data = (raw_dir() / source.source_path).read_bytes()
        assert source.sidecar["sha256"] == hashlib.sha256(data).hexdigest()
        document = read_source(source)
        assert document.text == data.decode("utf-8")
        assert document.sidecar["city_code"].isdigit() and document.sidecar["issuer_name"].endswith("党组")


def test_altered_raw_file_stops_everything(tmp_path):
    """Numbers from an edited report would look sourced."""
    path = tmp_path / "a.txt"
    path.write_text(NOTICE, encoding="utf-8")
    (tmp_path / "a.txt.meta.yml").write_text(f"sha256: {hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    assert len(list(iter_sources([tmp_path]))) == 1
    path.write_text(NOTICE.replace("已完成", "未完成"), encoding="utf-8")
    with pytest.raises(HashMismatch, match="a.txt.*sidecar"):
        next(iter_sources([tmp_path]))


@pytest.mark.parametrize("damage", [b"", b"\x00\x01\x02\xff" * 500])
def test_raw_file_damaged_beyond_reading_costs_only_itself(tmp_path, damage):
    """The other cities' results would be lost for one broken file."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(NOTICE, encoding="utf-8")
        (tmp_path / f"{name}.meta.yml").write_text(f"sha256: {hashlib.sha256(NOTICE.encode()).hexdigest()}\n")
    (tmp_path / "a.txt").write_bytes(damage)
    assert list(faults(tmp_path)) == ["a.txt"]


def test_removed_raw_file_is_reported_not_forgotten(tmp_path):
    """A briefing would silently compare four cities instead of five."""
    (tmp_path / "gone.txt.meta.yml").write_text("publisher: 某局党组\n")
    (tmp_path / "here.txt").write_text(NOTICE, encoding="utf-8")
    assert faults(tmp_path) == {"gone.txt": "missing_file"}


@pytest.mark.parametrize(
    "text",
    [
        "publisher: [unclosed",
        "- a list",
        "pubisher: misspelt",
        "city_code: '12'",
        "sha256: abc",
        "publication_date: last year",
        "publication_date: 0201-06-01",
        "feedback_date: 2201-06-01",
        "feedback_date: !!timestamp x",
        "publisher: !!int x",
        "publisher: !!python/object:os.system x",
        'publisher: "\\ud800"',
        'publisher: "\\0"',
        "publisher: {a: b}",
        "? [a]\n: b",
        "\x00",
        "*unknown",
        "publisher: &a [*a]",
    ],
)
def test_a_mistake_in_a_sidecar_is_named_and_costs_only_its_file(tmp_path, text):
    """A misspelt field would be dropped and the notice filed under the wrong city or date."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(NOTICE, encoding="utf-8")
    (tmp_path / "a.txt.meta.yml").write_text(text)
    with pytest.raises(BadSidecar, match="a.txt.meta.yml"):
        load_sidecar(tmp_path / "a.txt")
    bad, good = iter_sources([tmp_path])
    assert bad.fault[0] == "bad_sidecar" and "a.txt.meta.yml" in bad.fault[1] and "\n" not in bad.fault[1]
    assert good.fault is None


def test_a_file_given_by_its_own_path_needs_no_sidecar(tmp_path):
    """Every notice that a user names on the command line would be set aside."""
    (tmp_path / "a.txt").write_text(NOTICE, encoding="utf-8")
    (source,) = iter_sources([tmp_path / "a.txt"])
    assert source.fault is None and source.sidecar == {}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_a_sidecar_that_is_no_file_neither_hangs_nor_passes_in_silence(tmp_path, make):
    (tmp_path / "a.txt").write_text(NOTICE, encoding="utf-8")
    make(tmp_path / "a.txt.meta.yml")
    [source] = iter_sources([tmp_path])
    assert source.fault[0] == "bad_sidecar" and "a.txt.meta.yml" in source.fault[1]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("整改通报.txt".encode("gb18030"), "整改通报.txt"),
        ("整改通报.txt".encode(), "整改通报.txt"),
        (b"a\xff\xfe.txt", "a\\xff\\xfe.txt"),
        (b"line\nbreak.txt", "line\\nbreak.txt"),
    ],
)
def test_a_file_name_in_any_encoding_is_opened_and_can_be_printed(tmp_path, raw, shown):
    """A GBK archive unpacked on Linux leaves names that are no UTF-8."""
    path = os.path.join(os.fsencode(tmp_path), raw)
    with open(path, "wb") as handle:
        handle.write(NOTICE.encode())
    [source] = iter_sources([tmp_path])
    assert source.source_path == shown
    assert os.fsencode(source.path) == path and source.read_bytes() == NOTICE.encode()
    source.source_path.encode("utf-8")


def test_hidden_files_and_editor_leftovers_are_no_notices(tmp_path):
    """Each would show up as a notice that could not be read."""
    for name in (".DS_Store", ".gitkeep", "~$notice.docx", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    assert [source.source_path for source in iter_sources([tmp_path])] == ["notice.txt"]


def test_paths_outside_raw_keep_their_names_and_order(tmp_path):
    """IDs and tables would depend on the machine or on the order of the disk."""
    folder = tmp_path / "文件夹 with spaces"
    (folder / "sub").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "sub/c.txt"):
        (folder / name).write_text(NOTICE, encoding="utf-8")
    assert [source.source_path for source in iter_sources([folder])] == ["a.txt", "b.txt", "sub/c.txt"]
    assert [source.source_path for source in iter_sources([folder / "b.txt", folder])] == [
        "b.txt",
        "a.txt",
        "sub/c.txt",
    ]
    with pytest.raises(NoSuchPath, match="no such file"):
        list(iter_sources([folder / "none.txt"]))


def test_links_neither_loop_nor_leave_the_folder(tmp_path):
    """A loop would hang the run; a link could publish a private file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("private", encoding="utf-8")
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    os.symlink(folder, folder / "loop")
    os.symlink(secret, folder / "out.txt")
    os.symlink("self.txt", folder / "self.txt")
    os.symlink("nothing.txt", folder / "dangling.txt")
    os.mkfifo(folder / "pipe.txt")
    assert faults(folder) == {
        "loop": "link_not_followed",
        "out.txt": "link_outside_folder",
        "self.txt": "link_not_followed",
        "dangling.txt": "link_not_followed",
        "pipe.txt": "not_a_file",
    }


def test_deeply_nested_folders_are_walked_without_recursion(tmp_path):
    """A backup of a backup would end the run with a stack error."""
    folder = tmp_path
    for _ in range(150):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    assert len(list(iter_sources([tmp_path]))) == 1


def test_sources_travel_to_worker_processes(tmp_path):
    """``--jobs`` and dask would fail on the first file, or on the first unreadable one."""
    (tmp_path / "a.txt").write_text(NOTICE, encoding="utf-8")
    source = pickle.loads(pickle.dumps(next(iter_sources([tmp_path]))))
    assert read_source(source).text == NOTICE
    error = pickle.loads(pickle.dumps(UnreadableSource("read", "code", "text")))
    assert (error.stage, error.reason_code, str(error)) == ("read", "code", "text")


def test_notices_inside_archives_are_read(tmp_path):
    """A county's yearly bundle would be ignored."""
    inner = zip_bytes({"deep.txt": NOTICE.encode()})
    (tmp_path / "bundle.zip").write_bytes(
        zip_bytes(
            {
                "b/two.txt": NOTICE.encode(),
                "a/one.txt": NOTICE.encode("gb18030"),
                "inner.zip": inner,
                "__MACOSX/._x": b"x",
            }
        )
    )
    with tarfile.open(tmp_path / "bundle.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("three.txt")
        info.size = len(NOTICE.encode())
        archive.addfile(info, io.BytesIO(NOTICE.encode()))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found = {source.source_path: read_source(source).text for source in iter_sources([tmp_path])}
    assert found == dict.fromkeys(
        (
            "bundle.tar.gz!/three.txt",
            "bundle.zip!/a/one.txt",
            "bundle.zip!/b/two.txt",
            "bundle.zip!/inner.zip!/deep.txt",
        ),
        NOTICE,
    )


def test_chinese_member_names_from_windows_are_legible(tmp_path):
    """Sources would be listed under unreadable names."""
    data = zip_bytes({"XXXX.txt": NOTICE.encode()}).replace(b"XXXX", "通报".encode("gbk"))
    (tmp_path / "w.zip").write_bytes(data)
    assert [source.source_path for source in iter_sources([tmp_path])] == ["w.zip!/通报.txt"]


def test_members_cannot_name_their_way_out(tmp_path):
    """A crafted archive could show up as, or overwrite, another file."""
    (tmp_path / "evil.zip").write_bytes(
        zip_bytes({"../../etc/notice.txt": NOTICE.encode(), "/abs.txt": NOTICE.encode()})
    )
    assert sorted(source.source_path for source in iter_sources([tmp_path])) == [
        "evil.zip!/abs.txt",
        "evil.zip!/etc/notice.txt",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.zip"]


def test_archive_bombs_are_set_aside(tmp_path):
    """One hostile or careless file would fill the memory and cost everyone's result."""
    bomb = zip_bytes({"zeros.txt": b"0" * 30_000_000})
    nested = zip_bytes({"1.zip": zip_bytes({"2.zip": zip_bytes({"3.txt": NOTICE.encode()})})})
    (tmp_path / "bomb.zip").write_bytes(bomb)
    (tmp_path / "nested.zip").write_bytes(nested)
    (tmp_path / "broken.zip").write_bytes(zip_bytes({"a.txt": NOTICE.encode()})[:60])
    assert faults(tmp_path) == {
        "bomb.zip!/zeros.txt": "archive_too_large",
        "nested.zip!/1.zip!/2.zip": "nested_too_deep",
        "broken.zip": "broken_archive",
    }


def test_oversized_files_are_not_opened(tmp_path):
    """A film dropped by mistake would be read into memory."""
    path = tmp_path / "big.txt"
    with open(path, "wb") as handle:
        handle.truncate(MAX_FILE_BYTES + 1)
    assert faults(tmp_path) == {"big.txt": "file_too_large"}


def test_unreadable_file_is_set_aside_with_the_next_step(tmp_path):
    """The run would stop at a file the user may not read."""
    with pytest.raises(UnreadableSource, match="may read it") as caught:
        SourceFile(tmp_path / "vanished.txt", "vanished.txt", 10).read_bytes()
    assert caught.value.reason_code == "cannot_open"
