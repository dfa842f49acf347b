# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import tarfile
from pathlib import Path

from otakube_cluster.images import ProgramImage, write_archive


def write(folder: Path, name: str) -> Path:
    program = folder / "tool"
    program.write_bytes(b"\x7fELF")
    image = ProgramImage(
        tag="localhost/tool:1", programs=(program,), entrypoint=("/bin/tool",), environment={"A": "b"}
    )
    write_archive(image, folder / name)
    return folder / name


def test_an_archive_holds_a_manifest_a_config_and_a_layer_that_agree(tmp_path: Path) -> None:
    with tarfile.open(write(tmp_path, "image.tar")) as tar:
        content = {member.name: (file.read() if (file := tar.extractfile(member)) else b"") for member in tar}
    [manifest] = json.loads(content["manifest.json"])
    config = json.loads(content[manifest["Config"]])
    [layer] = manifest["Layers"]
    assert manifest["RepoTags"] == ["localhost/tool:1"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(content[layer]).hexdigest()}"]
    assert config["config"]["User"] == "65532:65532"


def test_the_program_is_executable_and_the_same_input_gives_the_same_image(tmp_path: Path) -> None:
    first, second = write(tmp_path, "first.tar"), write(tmp_path, "second.tar")
    assert _layer_names(first) == _layer_names(second)
    with tarfile.open(first) as outer:
        [name] = _layer_names(first)
        layer = outer.extractfile(name)
        with tarfile.open(fileobj=layer) as inner:
            assert inner.getmember("bin/tool").mode == 0o755
            assert inner.getmember("tmp").mode == 0o1777


def _layer_names(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        return [name for name in tar.getnames() if name.endswith(".tar")]
