"""Models: found by name or path, refused when damaged, with the remedy."""

import json
import shutil
from pathlib import Path

import pytest

import textrepair
from textrepair import TextrepairError
from textrepair.models import check_model, find_model


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_model("en_sci_sm"), tmp_path / "copy"))


def test_a_copy_of_the_model_loads_by_path_and_repairs_alike(copy, repairer):
    text = "The sufferers with bosom peril may perhaps have an ailment."
    assert textrepair.load(str(copy)).explain(text) == repairer.explain(text)


@pytest.mark.parametrize(
    "name",
    ["encoder.onnx", "head.onnx", "model.safetensors", "decision.json", "tokenizer.json", "config.json"],
)
def test_a_flipped_byte_is_refused_by_hash(copy, name):
    path = copy / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(TextrepairError, match=rf"{name}: damaged.*(git checkout|reinstall)"):
        textrepair.load(str(copy))


def test_a_missing_file_is_refused(copy):
    (copy / "model.safetensors").unlink()
    with pytest.raises(TextrepairError, match="no file"):
        check_model(copy)


def test_the_weights_are_small_and_no_pickle():
    folder = find_model("en_sci_sm")
    assert (folder / "model.safetensors").stat().st_size < 50_000_000
    assert not [p.name for p in folder.iterdir() if p.suffix in (".pt", ".bin", ".pkl", ".pickle")]


def test_the_model_card_names_what_made_it():
    card = (find_model("en_sci_sm") / "README.md").read_text(encoding="utf8")
    assert "textrepair train " in card


def test_a_model_package_is_found_by_its_entry_point(tmp_path, monkeypatch, copy):
    """A real package on the path, as pip leaves one."""
    package, described = tmp_path / "some_model", tmp_path / "some_model-1.0.dist-info"
    copy.rename(package)
    (package / "__init__.py").touch()
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: some-model\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[textrepair.models]\nxx_sci_md = some_model\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_model("xx_sci_md") == package
    with pytest.raises(TextrepairError, match=r"unknown model 'nowhere'.*en_sci_sm.*xx_sci_md"):
        find_model("nowhere")


def test_a_package_that_is_not_installed_is_named_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr("textrepair.models._SHELVES", (find_model("en_sci_sm").parent.parent / "none",))
    with pytest.raises(TextrepairError, match=r"en_sci_md.*pip install \./models/en_sci_md"):
        find_model("en_sci_md")


def test_the_package_of_the_larger_model_holds_every_file_that_loading_reads():
    folder = find_model("en_sci_md")
    described = (folder / "pyproject.toml").read_text(encoding="utf8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf8"))
    for name in ("__init__.py", "manifest.json", *(n for n in manifest if n != "format")):
        assert f'"{name}"' in described
    assert 'en_sci_md = "textrepair_en_sci_md"' in described


def test_the_larger_model_reads_the_spun_seed_with_the_smaller_one():
    repairer = textrepair.load("en_sci_md")
    assert repairer.large is not None
    assert repairer.reranker.folder == find_model("en_sci_sm")
    text = Path("seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")
    assert "patients" in repairer.fix(text)
    assert all(path.stat().st_size < 95_000_000 for path in find_model("en_sci_md").iterdir())
