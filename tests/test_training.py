"""The simulated spinners and the trainer: seeded, exact in their gold, resumable."""

import json

import numpy as np
import pytest

from textrepair.rerank import DELETE, align, slot_targets
from textrepair.training.spinner import article_slips, build_channel, spin_text, words_of, wordy

CHANNEL = build_channel(
    [("disease", "illness", 1.0), ("immune system", "insusceptible framework", 1.0), *wordy()]
)
TEXT = (
    "A disease of the immune system may be chronic. Disease, however, is a burden;\n the Immune System rests."
)


@pytest.mark.parametrize("seed", range(20))
def test_gold_gives_back_the_original(seed):
    spun, gold = spin_text(TEXT, CHANNEL, np.random.default_rng(seed), 0.5)
    out, at = [], 0
    for g in gold:
        assert spun[g.start : g.end] == g.spun
        out += [spun[at : g.start], g.accept[0]]
        at = g.end
    assert "".join([*out, spun[at:]]) == TEXT


def test_the_same_seed_spins_alike_and_another_does_not():
    spins = [spin_text(TEXT, CHANNEL, np.random.default_rng(s), 0.5)[0] for s in (1, 1, 2, 3, 4)]
    assert spins[0] == spins[1]
    assert len(set(spins)) > 2


def test_rate_zero_changes_nothing():
    assert spin_text(TEXT, CHANNEL, np.random.default_rng(0), 0.0) == (TEXT, [])


def test_some_spinners_mend_the_article_and_some_do_not():
    channel = build_channel([("disease", "illness", 1.0)])
    spun = {spin_text("A disease.", channel, np.random.default_rng(s), 1.0)[0] for s in range(20)}
    assert spun == {"A illness.", "An illness."}
    assert not article_slips(words_of("the disease"), [], np.random.default_rng(0))


def test_an_article_that_was_swapped_itself_is_not_mended():
    channel = build_channel([("is a", "is usually a", 1.0), ("disease", "illness", 1.0)])
    spins = [spin_text("It is a disease.", channel, np.random.default_rng(s), 1.0) for s in range(20)]
    assert "It is usually a illness." in {spun for spun, _ in spins}
    assert all(spun[g.start : g.end] == g.spun for spun, gold in spins for g in gold)


@pytest.mark.parametrize(
    ("spun", "canonical", "pairs"),
    [
        (["brand", "new"], ["new"], [("brand", ()), ("new", ("new",))]),
        (["for", "instance"], ["such", "as"], [("for", ("such",)), ("instance", ("as",))]),
        (["in", "spite", "of"], ["despite"], [("in", ("despite",)), ("spite", ()), ("of", ())]),
        (["lately"], ["in", "recent", "years"], [("lately", ("in", "recent", "years"))]),
    ],
)
def test_align(spun, canonical, pairs):
    assert align(canonical, spun) == pairs


def test_surplus_pieces_are_deleted():
    assert slot_targets([5, 6], [7, 8, 9]) == [7, 8]
    assert slot_targets([5, 6], []) == [DELETE, DELETE]


@pytest.mark.slow
def test_training_runs_learns_and_resumes(tmp_path):
    """A two-layer model on a few sentences: the loss falls, and a second start goes on from the first."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForMaskedLM

    from textrepair.models import find_model
    from textrepair.training.denoise import Sampler, pack, train

    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"text": TEXT * 3}) + "\n" for _ in range(40)), encoding="utf8")
    tokenizer = Tokenizer.from_file(str(find_model("en_sci_sm") / "tokenizer.json"))
    packed = pack([corpus], tokenizer, tmp_path / "packed.npz")
    sampler = Sampler(packed, [(1.0, CHANNEL)], tokenizer, seed=1)
    first, again = (sampler.batch(3, 2, 48) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))

    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    reports: list[str] = []
    for minutes in (0.1, 0.2):
        train(
            BertForMaskedLM(config), sampler, tmp_path / "out", minutes=minutes, rate=3e-3, size=4, length=48,
            report=reports.append,
        )  # fmt: skip
    steps = [int(r.split()[1]) for r in reports]
    losses = [float(r.split("loss ")[1].split()[0]) for r in reports]
    assert steps == sorted(set(steps))
    assert losses[-1] < losses[0] / 2
    assert (tmp_path / "out" / "model.safetensors").exists()
