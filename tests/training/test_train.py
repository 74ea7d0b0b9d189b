"""Training: it learns, it can be killed anywhere, it refuses what it cannot use, and its folder loads."""

from __future__ import annotations

import json
import math
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader
from typer.testing import CliRunner

import textrepair
from textrepair import TextrepairError, cli
from textrepair.rerank import CLS, DELETE, SEP
from textrepair.rerank.network import hidden_states
from textrepair.texts import read_texts
from textrepair.training.base import read_base, read_mean
from textrepair.training.denoise import CHECKPOINT, HELD, STAGES, Recipe, train
from textrepair.training.packed import pack
from textrepair.training.paraphrases import paraphrases
from textrepair.training.samples import DOUBTFUL, MASK, OTHERS, Draws, Mixture, Sampler
from textrepair.training.spinner import Swap, build_channel

RECIPE = Recipe(steps=12, every=3, size=4, length=48)
CHANNELS = [(1.0, build_channel(paraphrases()))]
TERMS = build_channel([("of the", "of this very", 1.0)])


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Weights are the same to the last bit for one number of threads only."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def sampler(tiny: Path, corpus: Path) -> Sampler:
    return Sampler(pack([read_texts(corpus)]), CHANNELS, TERMS, read_base(str(tiny), 1).tokenizer, seed=1)


def trained(tiny: Path, sampler: Sampler, out: Path, recipe: Recipe, rate: float = 3e-3, **made_of: str):
    out.mkdir(exist_ok=True)
    model = read_base(str(tiny), recipe.seed).model
    return list(train(model, sampler, out, recipe, state=out, rate=rate, made_of=made_of))


# What is drawn -----------------------------------------------------------------------------------


def test_batches_depend_on_seed_and_step_alone_whoever_draws_them(sampler: Sampler) -> None:
    draws = Draws(sampler, 3, 48, STAGES[-1].mixture)
    alone = [draws[k] for k in (5, 6, 7)]
    for workers in (0, 2):
        drawn = list(DataLoader(draws, batch_size=None, sampler=[5, 6, 7], num_workers=workers))
        assert all(
            torch.equal(a, b) for x, y in zip(alone, drawn, strict=True) for a, b in zip(x, y, strict=True)
        )
    assert not torch.equal(alone[0].ids, alone[1].ids)
    other = Sampler(sampler.corpus, CHANNELS, TERMS, sampler.tokenizer, seed=2)
    assert not torch.equal(other.batch(5, 3, 48, STAGES[-1].mixture).ids, alone[0].ids)


def test_the_three_parts_of_a_corpus_never_mix(tiny: Path) -> None:
    """Document k says nothing but its own letter: what is drawn tells where it was drawn."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    texts = [f"{letters[k % 26]}{letters[k // 26]} " * 60 for k in range(120)]
    packed = pack([texts[:50], texts[50:]])
    parts = {name: {t.split()[0] for k, t in enumerate(texts) if packed.part(k) == name}
             for name in ("trained on", "held out", "spared")}  # fmt: skip
    assert [len(p) for p in parts.values()] == [60, 30, 30]
    assert {t.split()[0] for of_file in packed.spared for t in of_file} == parts["spared"]
    sampler = Sampler(packed, CHANNELS, TERMS, read_base(str(tiny), 1).tokenizer, seed=1)
    for name in ("trained on", "held out"):
        ids = sampler.on(name).batch(0, 200, 48, Mixture(0.0, 0.0, 0.0)).ids[:, 1:3]
        drawn = {sampler.tokenizer.decode(row.tolist()).replace(" ", "")[:2] for row in ids}
        assert drawn <= parts[name]
        assert len(drawn) > 20


def test_targets_are_what_stood_there(sampler: Sampler) -> None:
    words = ("results", "may", "vary")
    ids, targets, shares = sampler.encode(words, [Swap(1, 2, ("may", "perhaps"))], [False, False, True], 48)
    perhaps, vary = sampler.pieces("perhaps"), sampler.pieces("vary")
    learnt = [(i, t) for i, t, share in zip(ids, targets, shares, strict=True) if share == 1]
    assert learnt == [(p, DELETE) for p in perhaps] + [(MASK, p) for p in vary]
    kept = [t for t in targets[1:-1] if t != DELETE]
    assert kept == [p for w in words for p in sampler.pieces(w)]


def test_words_a_spinner_may_have_put_there_are_learnt_from_more_often(sampler: Sampler) -> None:
    words = ("sufferers", "mrna")
    _, _, shares = sampler.encode(words, [], [False, False], 48)
    split = 1 + len(sampler.pieces("sufferers"))
    assert set(shares[1:split]) == {DOUBTFUL}
    assert set(shares[split:-1]) == {OTHERS}


def test_terms_are_planted_in_passages_that_are_clean_otherwise(sampler: Sampler) -> None:
    """Of a passage with terms planted far fewer pieces are changed than of one spun."""
    changed = {}
    for name, mixture in {"spun": Mixture(1.0, 0.0, 0.0), "planted": Mixture(0.0, 1.0, 0.0)}.items():
        batch = sampler.batch(0, 100, 48, mixture)
        changed[name] = int((batch.ids.view(-1)[batch.where] != batch.what).sum())
    assert 0 < changed["planted"] < changed["spun"] / 2


def test_of_every_piece_of_a_word_it_is_told_whether_it_was_replaced(sampler: Sampler) -> None:
    batch = sampler.batch(0, 100, 96, Mixture(spun=0.8, planted=0.0, masked=0.2))
    ids, replaced = batch.ids.view(-1), batch.replaced.view(-1)
    assert set(ids[replaced < 0].tolist()) == {0, CLS, SEP, MASK}
    assert not {0, CLS, SEP, MASK} & set(ids[replaced >= 0].tolist())
    told = ids[batch.where] != MASK
    assert torch.equal(replaced[batch.where][told] == 1, (ids[batch.where] != batch.what)[told])
    assert 0 < int((replaced == 1).sum()) < int((replaced == 0).sum())


@pytest.mark.parametrize("texts", [[], ["Too few. " * 500] * 39, ["Short."] * 100])
def test_a_corpus_too_small_to_divide_is_refused(texts: list[str]) -> None:
    with pytest.raises(TextrepairError, match=r"too small: .* give at least 40 of 2,000"):
        pack([texts])


# How it goes on ----------------------------------------------------------------------------------


def test_it_learns_and_keeps_the_best_weights(tiny: Path, sampler: Sampler, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    last = trained(tiny, sampler, tmp_path, replace(RECIPE, steps=60, every=20))[-1]
    assert [(m.step, m.stage) for m in last.history] == [
        (0, "before"), (20, STAGES[1].name), (40, STAGES[1].name), (60, STAGES[1].name)
    ]  # fmt: skip
    assert last.history[-1].loss < last.history[0].loss - 1
    assert (last.done, last.stopped) == (1.0, False)
    weights = load_file(tmp_path / "model.safetensors")
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)["model"]
    assert all(torch.equal(v, state[k].half()) for k, v in weights.items())


def test_what_it_began_with_is_kept_when_nothing_is_better(
    tiny: Path, sampler: Sampler, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    last = trained(tiny, sampler, tmp_path / "more", replace(RECIPE, steps=60, every=20))[-1]
    assert last.history[-1].loss < last.history[0].loss
    shutil.copy(tiny / "tokenizer.json", tmp_path / "more")
    recipe = replace(RECIPE, steps=6, every=3)
    worse = trained(tmp_path / "more", sampler, tmp_path / "worse", recipe, rate=0.5)[-1]
    assert min(m.loss for m in worse.history[1:]) > worse.history[0].loss
    began, kept = (load_file(tmp_path / name / "model.safetensors") for name in ("more", "worse"))
    assert all(torch.equal(v, kept[k]) for k, v in began.items())


@pytest.mark.parametrize(("enough", "first"), [(1.0, STAGES[0].name), (-1.0, STAGES[1].name)])
def test_a_base_that_undoes_spins_is_not_taught_the_language_first(
    tiny: Path, sampler: Sampler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: float, first: str
) -> None:
    monkeypatch.setattr("textrepair.training.denoise.UNDOES_SPINS", enough)
    last = trained(tiny, sampler, tmp_path, replace(RECIPE, steps=3, every=1))[-1]
    assert [m.stage for m in last.history[1:]] == [first, STAGES[1].name, STAGES[1].name]


@pytest.mark.parametrize("budget", [{"steps": 0}, {"steps": 1}, {"minutes": 0.0}, {"minutes": 1e-6}])
def test_the_smallest_budgets_leave_weights_too(
    tiny: Path, sampler: Sampler, tmp_path: Path, budget: dict[str, float]
) -> None:
    last = trained(tiny, sampler, tmp_path, Recipe(size=2, length=48, **budget))[-1]
    assert last.done == 1.0
    assert (tmp_path / "model.safetensors").exists()
    assert trained(tiny, sampler, tmp_path, Recipe(size=2, length=48, **budget))[-1].history == last.history


def test_it_stops_early_when_nothing_gets_better(tiny: Path, sampler: Sampler, tmp_path: Path) -> None:
    recipe = replace(RECIPE, steps=60, every=3, patience=2)
    last = trained(tiny, sampler, tmp_path, recipe, rate=0.0)[-1]
    assert last.stopped
    assert last.step < 60
    again = trained(tiny, sampler, tmp_path, recipe, rate=0.0)
    assert [(s.step, s.stopped) for s in again] == [(last.step, True)]


def test_a_loss_that_is_no_number_ends_it(tiny: Path, sampler: Sampler, tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match="at step 3"):
        trained(tiny, sampler, tmp_path, replace(RECIPE, steps=3), rate=math.inf)


@pytest.mark.parametrize(
    ("recipe", "made_of", "named"),
    [
        (replace(RECIPE, seed=2), {"corpus": "a"}, "another seed"),
        (replace(RECIPE, length=24), {"corpus": "a"}, "another length"),
        (RECIPE, {"corpus": "b"}, "another corpus"),
    ],
)
def test_another_training_does_not_go_on_from_a_checkpoint(
    tiny: Path, sampler: Sampler, tmp_path: Path, recipe: Recipe, made_of: dict[str, str], named: str
) -> None:
    trained(tiny, sampler, tmp_path, RECIPE, corpus="a")
    with pytest.raises(TextrepairError, match=rf"{HELD}: this training was begun with {named};.*--out"):
        trained(tiny, sampler, tmp_path, recipe, **made_of)


def test_a_finished_training_goes_on_under_a_larger_budget_as_if_it_had_never_ended(
    tiny: Path, sampler: Sampler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 12 steps the rate is held for 9: what is learnt until then hangs on no budget, but for its rise."""
    monkeypatch.setattr("textrepair.training.denoise.UNDOES_SPINS", -1.0)
    monkeypatch.setattr("textrepair.training.denoise.WARM", 1e-9)
    trained(tiny, sampler, tmp_path / "short", RECIPE)
    trained(tiny, sampler, tmp_path / "long", replace(RECIPE, steps=24))
    again = trained(tiny, sampler, tmp_path / "short", replace(RECIPE, steps=24))
    assert again[0].step == 9
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("short", "long")]
    assert files[0] == files[1]


def test_killed_anywhere_it_ends_with_the_same_weights(tiny: Path, corpus: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed.py")
    command = [sys.executable, str(script), str(tiny), str(corpus), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["-9"] * 7
    states = [torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ("whole", "killed")]
    assert states[0]["at"]["step"] == states[1]["at"]["step"] == 12
    assert all(torch.equal(v, states[1]["model"][k]) for k, v in states[0]["model"].items())
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "killed")]
    assert files[0] == files[1]


def test_a_full_disk_leaves_the_last_checkpoint_to_go_on_from(
    tiny: Path, sampler: Sampler, tmp_path: Path
) -> None:
    """A limit on file sizes fails a write half-way, as a full disk does."""
    trained(tiny, sampler, tmp_path / "whole", RECIPE)
    full = tmp_path / "full"
    full.mkdir()
    model = read_base(str(tiny), 1).model
    steps = train(model, sampler, full, RECIPE, state=full, rate=3e-3, made_of={})
    while next(steps).step < 4:
        pass
    last = (full / HELD).read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            list(steps)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (full / HELD).read_bytes() == last
    assert not list(full.glob(".*.part"))
    trained(tiny, sampler, full, RECIPE)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "full")]
    assert weights[0] == weights[1]


@pytest.mark.parametrize("recipe", [RECIPE, replace(RECIPE, steps=0)])
def test_a_disk_full_from_the_start_leaves_nothing_that_cannot_be_gone_on_from(
    tiny: Path, sampler: Sampler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: Recipe
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("textrepair.training.denoise.save_weights", full)
        with pytest.raises(OSError, match="No space"):
            trained(tiny, sampler, tmp_path, recipe)
    trained(tiny, sampler, tmp_path, recipe)
    assert (tmp_path / "model.safetensors").exists()
    assert (tmp_path / "config.json").exists()


# What it starts from -----------------------------------------------------------------------------


def _config(**changes: object):
    def change(folder: Path) -> None:
        record = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**record, **changes}))

    return change


def _no_numbers(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["bert.embeddings.word_embeddings.weight"][7, 0] = math.nan
    save_file(weights, folder / "model.safetensors")


def _tokenizer(before: str, after: str):
    def change(folder: Path) -> None:
        text = (folder / "tokenizer.json").read_text(encoding="utf8")
        assert before in text
        (folder / "tokenizer.json").write_text(text.replace(before, after), encoding="utf8")

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: (f / "config.json").unlink(), "no config.json"),
        (lambda f: (f / "model.safetensors").unlink(), "no model.safetensors"),
        (lambda f: (f / "tokenizer.json").unlink(), "no tokenizer.json"),
        (lambda f: (f / "config.json").write_text("{"), "config.json: no JSON"),
        (lambda f: (f / "config.json").write_text("[]"), "config.json: no JSON object"),
        (lambda f: (f / "training.json").write_text("{"), "training.json: no JSON"),
        (lambda f: (f / "model.safetensors").write_bytes(b"x" * 99), "model.safetensors: damaged"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer.json: no tokenizer"),
        (_config(model_type="roberta"), "model_type is 'roberta'; only 'bert' and 'mpnet'"),
        (_config(max_position_embeddings=128), "reads 128 pieces at once; 320 are needed"),
        (_config(hidden_size=64), r"the weights do not fit config\.json: [^\n]*$"),
        (_config(num_attention_heads=5), "config.json: describes no BERT"),
        (_config(hidden_size="wide"), "config.json: describes no BERT"),
        (_config(max_position_embeddings=None), "config.json: describes no BERT"),
        (_config(model_type="mpnet", max_position_embeddings=322), "another kind of tokenizer"),
        (_no_numbers, "weights that are no numbers"),
        (_config(num_hidden_layers=3), "no weights of a BERT encoder: bert.encoder.layer.2"),
        (_config(vocab_size=99), "another kind of tokenizer"),
        (_tokenizer('"[MASK]"', '"<mask>"'), "another kind of tokenizer"),
        (_tokenizer('"lowercase": true', '"lowercase": false'), "capitals"),
    ],
)
def test_a_base_that_cannot_be_used_is_refused(tiny: Path, tmp_path: Path, change, message: str) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "base"))
    change(folder)
    with pytest.raises(TextrepairError, match=rf"base.*{message}"):
        read_base(str(folder), 1)


def test_an_mpnet_is_read_as_a_bert_that_computes_the_same(tiny: Path, tiny_mpnet: Path) -> None:
    from tokenizers import Tokenizer
    from transformers import MPNetModel

    base = read_base(str(tiny_mpnet), 1)
    assert base.headless
    assert base.tokenizer.get_vocab() == read_base(str(tiny), 1).tokenizer.get_vocab()
    text = "Patients with cancer, [MASK] treated."
    pieces = base.tokenizer.encode(text, add_special_tokens=False).ids
    theirs = Tokenizer.from_file(str(tiny_mpnet / "tokenizer.json"))
    same = theirs.encode(text.replace("[MASK]", "<mask>"), add_special_tokens=False).ids
    ours = torch.tensor([[101, *pieces, 102, 0]])
    mpnet = MPNetModel.from_pretrained(tiny_mpnet).eval()
    mask = (ours != 0).long()
    with torch.no_grad():
        read = hidden_states(base.model.eval(), ours, mask)
        wanted = mpnet(torch.tensor([[0, *same, 2, 1]]), attention_mask=mask).last_hidden_state[0]
    torch.testing.assert_close(read[:-1], wanted[:-1])


def test_an_mpnet_without_its_distances_is_refused(tiny_mpnet: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(tiny_mpnet, tmp_path / "base"))
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.relative_attention_bias.weight"]
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(TextrepairError, match=r"no weights of an MPNet encoder: .*relative_attention_bias"):
        read_base(str(folder), 1)


def test_an_encoder_gets_a_head_drawn_by_the_seed(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(tiny, tmp_path / "encoder"))
    weights = load_file(folder / "model.safetensors")
    save_file(
        {k.removeprefix("bert."): v for k, v in weights.items() if k.startswith("bert.")},
        folder / "model.safetensors",
    )
    heads = [read_base(str(folder), seed) for seed in (1, 1, 2)]
    assert all(b.headless for b in heads)
    assert not read_base(str(tiny), 1).headless
    one, same, other = (b.model.cls.predictions.transform.dense.weight for b in heads)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_several_bases_give_their_mean(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    other = Path(shutil.copytree(tiny, tmp_path / "other"))
    weights = load_file(other / "model.safetensors")
    save_file({k: v + 1.0 for k, v in weights.items()}, other / "model.safetensors")
    (other / "manifest.json").unlink(missing_ok=True)
    one, two, mean = (read_mean(names, 1) for names in ([str(tiny)], [str(other)], [str(tiny), str(other)]))
    torch.testing.assert_close(
        mean.model.state_dict(),
        {k: (v + two.model.state_dict()[k]) / 2 for k, v in one.model.state_dict().items()},
    )
    assert mean.sha256 == f"{one.sha256} + {two.sha256}"


def test_bases_of_different_shapes_have_no_mean(tiny: Path, tiny_mpnet: Path) -> None:
    with pytest.raises(TextrepairError, match="another architecture than"):
        read_mean([str(tiny), str(tiny_mpnet)], 1)


# From the shell ----------------------------------------------------------------------------------


def run(*args: str | Path):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.mark.slow
def test_from_a_corpus_to_a_model_that_loads(tiny: Path, corpus: Path, tmp_path: Path) -> None:
    bad = tmp_path / "mine.jsonl"
    bad.write_bytes(corpus.read_bytes() + b"no JSON\n")
    out = tmp_path / "model"
    refused = run("train", bad, "--from", tiny, "--out", out, "--steps", 6)
    assert (refused.exit_code, refused.stdout) == (2, "")
    documents = len(corpus.read_text(encoding="utf8").splitlines())
    assert f"{bad}:{documents + 1}: no JSON" in refused.stderr
    assert not out.exists()

    done = run("train", bad, "--from", tiny, "--out", out, "--steps", 6, "--every", 3, "--skip-bad")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert "step 6" in done.stderr
    assert "1 line left out" in done.stderr
    assert "--skip-bad" not in done.stderr, "what was given is no advice"
    # the threshold that six steps are safe at hangs on the clean cases there are: none may be
    repairer = textrepair.load(str(out), min_score=0.5)
    assert "breast cancer" in repairer.fix("The sufferers were treated for bosom peril.")
    record = json.loads((out / "training.json").read_text())
    assert record["data"]["files"][0]["skipped"] == 1
    card = (out / "README.md").read_text(encoding="utf8")
    for said in (record["command"], str(documents), record["data"]["files"][0]["sha256"][:16], "Limits"):
        assert said in card
    assert {p.name for p in out.iterdir()} == {
        "README.md", "config.json", "decision.json", "encoder.onnx", "head.onnx", "manifest.json",
        "model.safetensors", "tokenizer.json", "training.json",
    }  # fmt: skip

    again = run("train", bad, "--from", tiny, "--out", out, "--steps", 6)
    assert again.exit_code == 2
    assert "holds a finished model" in again.stderr


def test_the_larger_model_of_a_pair_is_trained_alone_and_reads_with_the_smaller(
    tiny: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pair"
    run = ["train", corpus, "--from", tiny, "--steps", 3, "--reads-first", "en_sci_sm", "--out", out]
    done = CliRunner().invoke(cli.app, [*map(str, run)])
    assert done.exit_code == 0, done.stderr
    assert "--reads-first en_sci_sm" in json.loads((out / "training.json").read_text())["command"]
    assert "It reads again what `en_sci_sm` finds spun" in (out / "README.md").read_text(encoding="utf8")
    assert {p.name for p in out.iterdir()} == {
        "README.md", "config.json", "decision.json", "encoder.onnx", "head.onnx", "manifest.json",
        "model-1-of-1.safetensors", "tokenizer.json", "training.json",
    }  # fmt: skip
    repairer = textrepair.load(str(out))
    assert repairer.large is not None
    text = Path("seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")
    assert repairer.explain(text).edits


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "NEW", "--reads-first", "no_such"], "unknown model 'no_such'"),
        (["--out", "OTHER"], "holds other files, such as note.txt"),
        (["--out", "OTHER/note.txt"], "is a file"),
        (["--out", "NEW", "--from", "no_such"], "unknown model 'no_such'"),
        (["--out", "OTHER/note.txt/new"], "note.txt: is a file"),
        (["--out", "NEW", "--pairs", "none.tsv"], "none.tsv: cannot be read"),
        (["--out", "NEW", "--clean", "none.jsonl"], "none.jsonl: cannot be read"),
        (["--out", "NEW", "--clean", "OTHER"], "other: is a folder"),
        (["--out", "NEW", "--tortured", "OTHER/other.csv"], "other.csv: not as expected: no tortured phrase"),
        (["--out", "NEW", "--seed", "99999999999999999999"], "--seed"),
        (["--out", "NEW", "--pairs", "OTHER/note.txt"], "note.txt: no column"),
        (["--out", "NEW", "--steps", "1", "--minutes", "1"], "exclude each other"),
        (["--out", "NEW", "--device", "tpu"], "unknown device 'tpu'"),
    ],
)
def test_bad_usage_is_named_and_writes_nothing(
    tiny: Path, corpus: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/note.txt").write_text("one\ttwo\nthree\tfour\n")
    (tmp_path / "other/other.csv").write_text("one,two\nthree,four\n")
    other, new = str(tmp_path / "other"), str(tmp_path / "new")
    args = [o.replace("OTHER", other).replace("NEW", new) for o in options]
    told = run("train", corpus, "--from", tiny, *args)
    assert (told.exit_code, told.stdout) == (2, "")
    assert message in " ".join(told.stderr.replace("│", " ").split())
    assert not (tmp_path / "new").exists()


def test_a_corpus_that_is_not_there_is_told_before_anything_is_loaded(
    tiny: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textrepair.training.run.read_mean", None)
    told = run("train", corpus, tmp_path / "none.jsonl", "--from", tiny, "--out", tmp_path / "new")
    assert told.exit_code == 2
    assert "none.jsonl: cannot be read: No such file or directory" in told.stderr


def test_an_interrupted_training_tells_how_to_go_on(
    tiny: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("textrepair.training.denoise._learn", interrupted)
    out = tmp_path / "new"
    told = run("train", corpus, "--from", tiny, "--out", out, "--steps", 6)
    assert told.exit_code == 130
    assert f"interrupted; the same command goes on from what is kept in {out}" in told.stderr


def test_a_gpu_that_is_not_there_is_named(
    tiny: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    told = run("train", corpus, "--from", tiny, "--out", tmp_path / "new", "--device", "cuda")
    assert told.exit_code == 2
    assert "device 'cuda': this torch finds no GPU" in told.stderr


def test_spin_prints_records(corpus: Path) -> None:
    told = run("spin", corpus, "--rate", "0.3", "--seed", "2")
    assert told.exit_code == 0, told.stderr
    records = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(records) == len(corpus.read_text(encoding="utf8").splitlines())
    assert sum(bool(r["gold"]) for r in records) > 80
    assert run("spin", corpus, "--rate", "0.3", "--seed", "2").stdout == told.stdout
