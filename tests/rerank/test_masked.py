"""The masked reranker against a slow, plain reading of its definition, on tiny models of two kinds."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)

from textrepair import TextrepairError, load
from textrepair.models import find_model
from textrepair.pipeline.candidates import Candidate
from textrepair.rerank import Evidence, MaskedReranker, ScoringRequest, ToEncode, masked

SENTENCES = [
    "Women with breast cancer were treated with chemotherapy and followed for five years.",
    "The sufferers were treated for bosom peril in spite of the signal to noise ratio.",
    "Patients with an immune complex had more naïve T-cells; the β-blocker (10 mg) was stopped.",
    "Flag to commotion proportion, and also the coronary artery, despite everything 🧬 else.",
]
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
LENGTH = 64  # pieces the tiny models read at once


def save(folder: Path, tokenizer: Tokenizer, model: torch.nn.Module, **special: str) -> str:
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    # far from zero, so that every number depends on its context
    for p in model.parameters():
        if p.dim() > 1:
            torch.nn.init.normal_(p, std=0.3)
    model.save_pretrained(folder)
    return str(folder)


def bert(folder: Path) -> str:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # no trained vocabulary: between pieces as frequent as each other the trainer draws lots
    normal, split = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    words = {w for text in SENTENCES for w, _ in split.pre_tokenize_str(normal.normalize_str(text))}
    letters = sorted(set("".join(words)))
    several = sorted(w for w in words if len(w) > 1)
    halves = {piece for w in several[1::2] for piece in (w[: len(w) // 2], f"##{w[len(w) // 2 :]}")}
    parts = sorted({*several[::2], *halves, *(f"##{c}" for c in letters)} - {*letters})
    vocabulary = [*special, *letters, *parts]
    tokenizer = Tokenizer(models.WordPiece({p: k for k, p in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normal, split
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=LENGTH, pad_token_id=0, **SIZE
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return save(folder, tokenizer, BertForMaskedLM(config), **dict(zip(names, special, strict=True)))


def roberta(folder: Path, *, mask: bool = True) -> str:
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        SENTENCES,
        trainers.BpeTrainer(
            vocab_size=380,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    # offsets with the leading space, as a careless folder has them
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=False)
    torch.manual_seed(2)
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=LENGTH + 2, type_vocab_size=1, **SIZE
    )
    names = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    if mask:
        names["mask_token"] = "<mask>"
    return save(folder, tokenizer, RobertaForMaskedLM(config), **names)


def unigram(folder: Path) -> str:
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        SENTENCES,
        trainers.UnigramTrainer(
            vocab_size=150, special_tokens=special, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    torch.manual_seed(3)
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=LENGTH + 2, type_vocab_size=1, **SIZE
    )
    names = ("bos_token", "pad_token", "eos_token", "unk_token", "mask_token")
    return save(folder, tokenizer, RobertaForMaskedLM(config), **dict(zip(names, special, strict=True)))


KINDS = {"bert": bert, "roberta": roberta, "unigram": unigram}


@pytest.fixture(scope="module", params=sorted(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return KINDS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def reranker(folder: str) -> MaskedReranker:
    return MaskedReranker(folder)


def candidate(text: str, before: str, after: str) -> Candidate:
    start = text.index(before)
    return Candidate(start, start + len(before), before, after, "wording", "test", "", -1.0)


@cache
def opened(folder: str):
    return AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder).eval()


def plain(folder: str, text: str, words: list[tuple[int, int]]) -> tuple[float, float, int]:
    """Within-word left-to-right PLL of the words at these offsets, one mask pattern at a time.

    With the log probability of the model's first choices there, and the number of pieces.
    """
    tokenizer, model = opened(folder)
    encoded = tokenizer(text, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    total, best, pieces = 0.0, 0.0, 0
    for start, end in words:
        mine = [k for k, (s, e) in enumerate(offsets) if max(s, start) < min(e, end)]
        assert mine
        pieces += len(mine)
        for n, k in enumerate(mine):
            row = [tokenizer.mask_token_id if j in mine[n:] else i for j, i in enumerate(ids)]
            with torch.no_grad():
                chances = model(torch.tensor([row])).logits[0, k].log_softmax(-1)
            total += chances[ids[k]].item()
            best += chances.max().item()
    return total, best, pieces


def at(text: str, words: str) -> list[tuple[int, int]]:
    """The offsets of space-separated words, found one after the other."""
    out: list[tuple[int, int]] = []
    for word in words.split():
        start = re.compile(rf"\b{word}\b").search(text, out[-1][1] if out else 0).start()  # type: ignore[union-attr]
        out.append((start, start + len(word)))
    return out


# text, before, after; words that change and their neighbours, as it stands and as it would be
EXCHANGES = [
    (
        "Women with breast cancer were treated.",
        "cancer",
        "peril",
        "breast [cancer] were",
        "breast [peril] were",
    ),
    (
        "The signal to noise ratio in spite of cancer.",
        "in spite of",
        "despite",
        "ratio [in spite of] cancer",
        "ratio [despite] cancer",
    ),
    ("Sufferers were treated.", "Sufferers", "Patients", "[Sufferers] were", "[Patients] were"),
    ("It was treated with peril", "peril", "chemotherapy", "with [peril]", "with [chemotherapy]"),
    ("and also the artery", "and also the", "and the", "and [also] the", "and the"),
    ("the artery in women", "artery", "coronary artery", "the artery", "the [coronary] artery"),
    # beyond one byte and one code unit, before and at the place; a composed and an astral letter
    ("β 🧬 naïve T-cells were followed", "naïve", "immune", "β [naïve] T", "β [immune] T"),
    ("ratio\nof (bosom\tperil)", "bosom\tperil", "breast\tcancer", "of [bosom peril]", "of [breast cancer]"),
    ("peril", "peril", "cancer", "[peril]", "[cancer]"),
]


@pytest.mark.parametrize(("text", "before", "after", "now", "then"), EXCHANGES)
def test_it_is_the_within_word_left_to_right_pll(folder, reranker, text, before, after, now, then):
    edited = text.replace(before, after)
    clean = str.maketrans("\n\t", "  ")
    keep, _, _ = plain(folder, text.translate(clean), at(text, re.sub(r"[][]", "", now)))
    target, best, _ = plain(folder, edited.translate(clean), at(edited, re.sub(r"[][]", "", then)))
    [[evidence]] = reranker.score([(text, [candidate(text, before, after)])])
    assert evidence[:3] == pytest.approx((target, keep, best), abs=1e-4)


@pytest.mark.parametrize(("text", "before", "after", "now", "then"), EXCHANGES[:4])
def test_pieces_are_those_of_the_longer_side(folder, reranker, text, before, after, now, then):
    edited = text.replace(before, after)
    sides = [
        sum(plain(folder, t, at(t, w))[2] for w in re.findall(r"\[(.*?)\]", marked))
        for t, marked in ((text, now), (edited, then))
    ]
    [[evidence]] = reranker.score([(text, [candidate(text, before, after)])])
    assert evidence.pieces == max(sides)


LONG = " ".join(SENTENCES * 6)


def places(text: str, swaps: dict[str, list[str]]) -> list[Candidate]:
    return [
        Candidate(m.start(), m.end(), before, after, "wording", "test", "", -1.0)
        for before, afters in swaps.items()
        for m in re.finditer(rf"\b{before}\b", text)
        for after in afters
    ]


SWAPS = {
    "breast cancer": ["bosom peril", "cancer"],
    "sufferers": ["patients", "women"],
    "despite": ["in spite of"],
}


def test_a_batch_changes_no_number(reranker):
    jobs = [(t, places(t, SWAPS)) for t in [*SENTENCES, LONG, "", "nothing to ask"]]
    together = reranker.score(jobs)
    for job, found in zip(jobs, together, strict=True):
        [alone] = reranker.score([job])
        assert len(found) == len(job[1])
        for a, b in zip(alone, found, strict=True):
            assert a == pytest.approx(b, abs=1e-4)


def test_it_names_nothing_itself(reranker):
    jobs = [(t, places(t, SWAPS)) for t in [*SENTENCES, ""]]
    encodings = reranker.encode([ToEncode(t, [(0, len(t))]) for t, _ in jobs])
    words = [[m.span() for m in re.finditer(r"\w+", t)] for t, _ in jobs]
    asked = reranker.score_candidates(
        [ScoringRequest(s, found, w) for s, (_, found), w in zip(encodings, jobs, words, strict=True)]
    )
    assert asked == [(evidence, []) for evidence in reranker.score(jobs)]


def test_far_masks_share_passes_and_near_ones_do_not(reranker, monkeypatch):
    rows = []
    read = type(reranker.pretrained).read
    monkeypatch.setattr(type(reranker.pretrained), "read", lambda self, r: rows.append(r) or read(self, r))
    found = places(LONG, SWAPS)
    reranker.score([(LONG, found)])
    monkeypatch.setattr(masked, "APART", 10**6)
    reranker.score([(LONG, found)])
    shared, single = rows
    assert len(shared) < len(single)
    assert all(len(r.wanted) == 1 for r in single)
    assert max(len(r.ids) for r in shared + single) <= LENGTH


def test_candidates_of_one_piece_share_one_pass_for_their_place(tmp_path, monkeypatch):
    reranker = MaskedReranker(bert(tmp_path))
    text = "with breast cancer"
    pieces = [w for w in reranker.pretrained.tokenizer.get_vocab() if w.isalpha() and len(w) > 3][:8]
    read = type(reranker.pretrained).read
    rows = []
    monkeypatch.setattr(type(reranker.pretrained), "read", lambda self, r: rows.extend(r) or read(self, r))
    reranker.score([(text, [candidate(text, "cancer", w) for w in pieces])])
    own = [r for r in rows if any(len(wanted) > 1 for _, wanted in r.wanted)]
    assert [sum(len(wanted) > 1 for _, wanted in r.wanted) for r in own] == [1]
    [(_, wanted)] = [w for w in own[0].wanted if len(w[1]) > 1]
    assert len(wanted) >= len(set(pieces))  # and the piece that stands, if it is one


def test_long_texts_are_read_without_seams(reranker, monkeypatch):
    """Each place of a long text is judged with context on both sides, wherever the windows end."""
    monkeypatch.setattr(masked, "APART", 10**6)
    text = " ".join(f"{SENTENCES[n % 4]}" for n in range(8))
    found = [
        Candidate(m.start(), m.end(), m[0], "of", "wording", "test", "", -1.0)
        for m in re.finditer(r"\w+", text)
        if m[0] != "of"
    ]
    [evidence] = reranker.score([(text, found)])
    tokenizer = reranker.pretrained.tokenizer
    context = (LENGTH - 2 - (LENGTH - 2) // 16) // 8
    readable = [e for e in evidence if e != Evidence(0, 0, 0, 0)]
    assert len(readable) >= 0.9 * len(found)  # the rest holds a letter this tokenizer never saw
    for k, c in enumerate(found):
        [(lo, hi, numbers)] = list(reranker._passages(text, [c]))
        assert numbers == [0]
        before = len(tokenizer.encode(text[lo : c.start], add_special_tokens=False))
        behind = len(tokenizer.encode(text[c.end : hi], add_special_tokens=False))
        assert lo == 0 or before >= context - 4, k
        assert hi == len(text) or behind >= context - 4, k


def test_what_it_cannot_read_it_says_nothing_of(tmp_path):
    reranker = MaskedReranker(bert(tmp_path))
    text = "the 漢字 of breast cancer, (x)"
    found = [
        candidate(text, "漢字", "signal"),  # no such letters in the vocabulary
        candidate(text, "(x)", "[x]"),  # no word changes
        candidate(text, "cancer", " ".join(["noise"] * LENGTH)),  # more than the model reads at once
        candidate(text, "cancer", "peril"),
    ]
    [evidence] = reranker.score([(text, found)])
    assert [e.pieces > 0 for e in evidence] == [False, False, False, True]
    assert evidence[0] == Evidence(0, 0, 0, 0)


def test_breast_peril_scores_below_breast_cancer():
    """The only real masked language model at hand is our own: a BERT trained partly on masks."""
    reranker = MaskedReranker(str(find_model("en_sci_sm")))
    text = "Women with bosom peril were treated with chemotherapy and followed for five years."
    [evidence] = reranker.score(
        [(text, [candidate(text, "bosom peril", a) for a in ("breast cancer", "breast peril")])]
    )
    cancer, peril = evidence
    assert cancer.target > peril.target
    assert cancer.target > cancer.keep
    text = text.replace("bosom peril", "breast cancer")
    [[spun]] = reranker.score([(text, [candidate(text, "breast cancer", "breast peril")])])
    assert spun.target < spun.keep


def drop(name: str):
    return lambda folder: (folder / name).unlink()


def headless(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file(
        {k: v for k, v in weights.items() if not k.startswith("cls.")},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def causal(folder: Path) -> None:
    GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=8, n_layer=1, n_head=1)).save_pretrained(folder)


def unheard_of(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "unheard-of"}), encoding="utf8")


def truncated(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def other_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_bytes((find_model("en_sci_sm") / "tokenizer.json").read_bytes())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (drop("config.json"), "no config.json.*AutoModelForMaskedLM"),
        (drop("model.safetensors"), "weights cannot be read.*model.safetensors"),
        (drop("tokenizer.json"), "tokenizer.*tokenizer.json"),
        (headless, "weights lack cls.*no trained masked language model"),
        (causal, "'gpt2' model is no masked language model"),
        (unheard_of, "config.json cannot be used.*unheard-of"),
        (truncated, "weights cannot be read"),
        (other_tokenizer, "30,522 pieces.*do not belong together"),
    ],
)
def test_a_folder_that_will_not_do_is_refused_with_the_reason(tmp_path, damage, said):
    folder = bert(tmp_path / "tiny")
    damage(Path(folder))
    with pytest.raises(TextrepairError, match=rf"(?s)reranker '{re.escape(folder)}'.*{said}"):
        MaskedReranker(folder)


def test_a_tokenizer_without_a_mask_is_refused(tmp_path):
    with pytest.raises(TextrepairError, match="no mask token"):
        MaskedReranker(roberta(tmp_path, mask=False))


@pytest.mark.parametrize("name", ["no-such/model", "no/such/folder", "./nowhere", "no such name"])
def test_a_model_that_is_nowhere_is_named_with_the_remedy(name):
    with pytest.raises(TextrepairError, match=rf"reranker '{name}': no such folder.*hf download"):
        MaskedReranker(name)


@pytest.mark.parametrize("value", ["", 3, ["a"]])
def test_a_setting_that_is_no_name_is_refused(value):
    with pytest.raises(TextrepairError, match=r"reranker: .* is no model"):
        load(reranker=value)
