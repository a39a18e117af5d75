"""Generated files beside those of the user."""

import msgspec
import pytest

from narrowgate.generate.files import Index, write_files
from narrowgate.model.errors import InputError

INDEX = Index(narrowgate="1", design="d", option="alias", format="terraform", files={})


def test_what_is_no_longer_needed_is_removed_and_the_users_files_stay(tmp_path):
    write_files(tmp_path, {"main.tf": "a\n", "modules/x/old.tf": "b\n"}, INDEX)
    (tmp_path / "mine.tf").write_text("mine\n")
    done = write_files(tmp_path, {"main.tf": "a\n", "new.tf": "c\n"}, INDEX)
    assert (done.written, done.unchanged, done.removed) == (("new.tf",), ("main.tf",), ("modules/x/old.tf",))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "main.tf",
        "mine.tf",
        "narrowgate-terraform.json",
        "new.tf",
    ]


def test_a_file_that_was_edited_is_refused_and_nothing_is_written(tmp_path):
    write_files(tmp_path, {"a.tf": "a\n", "b.tf": "b\n"}, INDEX)
    (tmp_path / "b.tf").write_text("edited\n")
    with pytest.raises(InputError, match="edited") as raised:
        write_files(tmp_path, {"a.tf": "new\n", "b.tf": "new\n"}, INDEX)
    assert "--force" in raised.value.help
    assert (tmp_path / "a.tf").read_text() == "a\n"
    write_files(tmp_path, {"a.tf": "new\n", "b.tf": "new\n"}, INDEX, force=True)
    assert (tmp_path / "b.tf").read_text() == "new\n"


def test_a_file_that_was_edited_is_not_removed_either(tmp_path):
    write_files(tmp_path, {"a.tf": "a\n"}, INDEX)
    (tmp_path / "a.tf").write_text("edited\n")
    with pytest.raises(InputError, match="edited"):
        write_files(tmp_path, {"b.tf": "b\n"}, INDEX)


def test_a_file_of_the_users_in_the_way_is_never_overwritten(tmp_path):
    (tmp_path / "main.tf").write_text("mine\n")
    with pytest.raises(InputError, match="stands where"):
        write_files(tmp_path, {"main.tf": "a\n"}, INDEX, force=True)
    assert (tmp_path / "main.tf").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["../outside.tf", "/etc/passwd", "a/../../b"])
def test_an_index_that_names_files_outside_is_refused(tmp_path, name):
    told = msgspec.structs.replace(INDEX, files={name: "0" * 64})
    (tmp_path / "narrowgate-terraform.json").write_bytes(msgspec.json.encode(told))
    with pytest.raises(InputError, match="outside"):
        write_files(tmp_path, {"main.tf": "a\n"}, INDEX)


def test_a_broken_index_is_one_clear_error(tmp_path):
    (tmp_path / "narrowgate-terraform.json").write_text("{")
    with pytest.raises(InputError, match="no index"):
        write_files(tmp_path, {"main.tf": "a\n"}, INDEX)


def test_a_link_is_never_followed(tmp_path):
    (tmp_path / "target").write_text("theirs\n")
    (tmp_path / "main.tf").symlink_to(tmp_path / "target")
    with pytest.raises(InputError, match="link"):
        write_files(tmp_path, {"main.tf": "a\n"}, INDEX, force=True)
    assert (tmp_path / "target").read_text() == "theirs\n"
