"""The ways onto other engines; those that need them run in `make test-all`."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from conftest import Inline
from textrepair import load
from textrepair.corpus.batches import Repair
from textrepair.errors import TextrepairError

SPUN = "The sufferers were treated for bosom peril."
FIXED = "The patients were treated for breast cancer."
CLEAN = "Two patients were treated with a new drug."


def test_a_batch_is_repaired_column_by_column() -> None:
    batch = {"id": [1, 2, 3, 4], "body": [SPUN, None, "", CLEAN]}
    repaired = Repair(column="body", edits_column="edits")(batch)
    assert {k: repaired[k] for k in ("id", "body")} == {"id": [1, 2, 3, 4], "body": [FIXED, None, "", CLEAN]}
    assert [[e["before"] for e in edits] for edits in repaired["edits"]] == [
        ["sufferers", "bosom peril"], [], [], []
    ]  # fmt: skip
    assert batch["body"][0] == SPUN
    with pytest.raises(KeyError, match="there is id, body"):
        Repair()(batch)
    with pytest.raises(TypeError, match="int"):
        Repair(column="id")(batch)
    with pytest.raises(TextrepairError, match="unknown setting 'min_scor'"):
        Repair(min_scor=0.5)


def test_its_pickled_form_tells_what_it_does_and_nothing_else(lexicon: Path) -> None:
    one = Repair(min_score=0.9, protect=["x"])
    before = pickle.dumps(one)
    one({"text": [SPUN]})
    assert pickle.dumps(one) == before == pickle.dumps(Repair(protect=["x"], min_score=0.9))
    assert pickle.loads(before)({"text": [SPUN]})["text"] == [FIXED]
    others = [Repair(), Repair(min_score=0.8, protect=["x"]), Repair(lexicon=[str(lexicon)])]
    forms = {pickle.dumps(r) for r in others}
    assert len(forms | {before}) == 4
    lexicon.write_text(lexicon.read_text().replace("treated", "cured"))
    assert pickle.dumps(Repair(lexicon=[str(lexicon)])) not in forms, "the file changed under the same name"


@pytest.mark.engines
def test_datasets_finds_in_its_cache_what_another_process_did(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in (SPUN, CLEAN)))
    code = (
        "import sys, datasets\n"
        "from textrepair.corpus.batches import Repair\n"
        "repair = Repair(min_score=float(sys.argv[2]))\n"
        "data = datasets.load_dataset('json', data_files=sys.argv[1], split='train')\n"
        "data = data.map(repair, batched=True)\n"
        "print(data[0]['text'], '_repair' in vars(repair))"
    )
    env = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}

    def run(score: str) -> str:
        args = [sys.executable, "-c", code, str(tmp_path / "a.jsonl"), score]
        return subprocess.run(args, env=env, capture_output=True, text=True, check=True).stdout.strip()

    assert run("0.5") == f"{FIXED} True"
    assert run("0.5") == f"{FIXED} False", "no model was loaded: the cache had it"
    assert run("0.6") == f"{FIXED} True"


@pytest.mark.engines
def test_datatrove_repairs_in_batches_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from datatrove.data import Document

    from textrepair.corpus import datatrove

    monkeypatch.setattr(datatrove, "BATCH_DOCUMENTS", 2)
    step = datatrove.Repair()
    texts = [SPUN, CLEAN, SPUN]
    step = pickle.loads(pickle.dumps(step))  # as executors send it to their workers
    done = list(step(Document(t, str(n), metadata={"own": n}) for n, t in enumerate(texts)))
    assert [d.text for d in done] == [FIXED, CLEAN, FIXED]
    assert [d.metadata["own"] for d in done] == [0, 1, 2]
    assert [len(d.metadata["textrepair_edits"]) for d in done] == [2, 0, 2]
    stats = step.stats.to_dict()["stats"]
    totals = {k: v["total"] if isinstance(v, dict) else v for k, v in stats.items()}
    assert (totals["documents"], totals["edits"], totals["edits_terminology"], totals["repaired"]) == (
        3,
        4,
        4,
        2,
    )


@pytest.mark.engines
def test_datatrove_runs_in_a_pipeline(tmp_path: Path) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from textrepair.corpus.datatrove import Repair as Step

    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in (SPUN, CLEAN)))
    steps = [
        JsonlReader(str(tmp_path / "in")),
        Step(),
        JsonlWriter(str(tmp_path / "out"), "${rank}.jsonl", None),
    ]
    LocalPipelineExecutor(steps, logging_dir=str(tmp_path / "logs"), tasks=1).run()
    rows = [json.loads(line) for line in (tmp_path / "out/00000.jsonl").read_text().splitlines()]
    assert [r["text"] for r in rows] == [FIXED, CLEAN]


@pytest.mark.engines
def test_datatrove_drops_what_looks_spun() -> None:
    from datatrove.data import Document

    from textrepair.corpus.datatrove import Screen

    seed = (Path(__file__).parents[2] / "seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")
    german = "Die Patienten mit Brustkrebs wurden behandelt und sind genesen. " * 3
    step = pickle.loads(pickle.dumps(Screen(0.5)))  # as executors send it to their workers
    texts = {"spun": seed, "clean": CLEAN, "german": german}
    kept = {d.id: d for d in step(Document(text, name) for name, text in texts.items())}
    assert [*kept] == ["clean", "german"]
    told = {name: d.metadata["textrepair_screen"] for name, d in kept.items()}
    assert told["clean"]["probability"] < 0.5
    assert told["german"]["note"] == "not English"
    stats = step.stats.to_dict()["stats"]
    assert (stats["total"], stats["forwarded"], stats["dropped_spun"]) == (3, 2, 1)


SMALL = {"include_dashboard": False, "object_store_memory": 100_000_000}


def add_node(cluster):
    """A node of one core more; Ray gives up on one that takes over 30 seconds, which is tried again."""
    for _ in range(2):
        try:
            return cluster.add_node(num_cpus=1, **SMALL)
        except Exception as error:
            if "timed out during startup" not in str(error):
                raise
    return cluster.add_node(num_cpus=1, **SMALL)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch):
    """A head without cores for actors and two nodes of one core each, on this machine."""
    import ray
    from ray.cluster_utils import Cluster

    # on a busy machine its parts take longer to find each other than it waits
    monkeypatch.setenv("RAY_agent_register_timeout_ms", "300000")
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **SMALL})
    nodes = [add_node(made) for _ in range(2)]
    made.wait_for_nodes()
    ray.init(address=made.address, log_to_driver=False)
    yield made, nodes
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def losing_a_node(cluster):
    """An engine of two actors that takes a node away as soon as both of them have a batch; what it took."""
    from textrepair.corpus.ray import Actors

    made, nodes = cluster
    lost: list[object] = []

    class Watched(Actors):
        """Takes a node away as soon as both of its actors have a batch."""

        def submit(self, worker: int, texts: list[str]) -> None:
            super().submit(worker, texts)
            if not self.idle() and not lost:
                lost.append(nodes[0])
                made.remove_node(nodes[0], allow_graceful=False)
                add_node(made)

    return partial(Watched, count=2), lost


@pytest.mark.engines
def test_ray_loses_a_node_in_mid_run_and_no_row(losing_a_node, tmp_path: Path) -> None:
    from textrepair.corpus.cleaning import clean

    engine, lost = losing_a_node
    texts = [f"{SPUN} Visit {n}." for n in range(200)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    summary = clean([tmp_path / "a.jsonl"], tmp_path / "b.jsonl", engine=engine)
    assert lost
    assert not summary.refused
    rows = [json.loads(line)["text"] for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert rows == [f"{FIXED} Visit {n}." for n in range(200)]


@pytest.mark.engines
def test_ray_takes_in_a_node_that_joins(cluster, tmp_path: Path) -> None:
    from textrepair.corpus.cleaning import clean
    from textrepair.corpus.ray import Actors

    made, _ = cluster
    worked: set[int] = set()
    joined: list[object] = []

    class Watched(Actors):
        """Has a third node join as soon as both of its actors have a batch; notes which actors worked."""

        def submit(self, worker: int, texts: list[str]) -> None:
            super().submit(worker, texts)
            worked.add(worker)
            if worked == {0, 1} and not joined:
                joined.append(add_node(made))
                made.wait_for_nodes()

    texts = [f"{SPUN} Visit {n}." for n in range(200)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    assert not clean([tmp_path / "a.jsonl"], tmp_path / "b.jsonl", engine=Watched).refused
    assert worked == {0, 1, 2}
    rows = [json.loads(line)["text"] for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert rows == [f"{FIXED} Visit {n}." for n in range(200)]


@pytest.mark.engines
def test_ray_screens_as_one_process_does_though_it_loses_a_node(losing_a_node, tmp_path: Path) -> None:
    from textrepair.corpus.finding import ScreenerSpec
    from textrepair.corpus.screening import screen

    engine, lost = losing_a_node
    texts = [f"{SPUN if n % 5 == 0 else CLEAN} Visit {n}." for n in range(200)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    spec = ScreenerSpec(settings={"gate": 0.05})
    by_ray, summary = screen([tmp_path / "a.jsonl"], tmp_path / "kept", spec=spec, engine=engine)
    assert lost
    assert summary.documents == 200
    assert not summary.refused
    here, _ = screen([tmp_path / "a.jsonl"], spec=spec, engine=Inline(load(gate=0.05)))
    assert [(s.row, s.phrases) for s in by_ray] == [(s.row, s.phrases) for s in here]
    assert [s.probability for s in by_ray] == pytest.approx([s.probability for s in here], abs=1e-3)
    assert {s.row for s in by_ray[:40]} == {*range(0, 200, 5)}
    # asked again, all is known already: nothing is started
    again, _ = screen([tmp_path / "a.jsonl"], tmp_path / "kept", spec=spec, engine=engine)
    assert again == by_ray


@pytest.mark.engines
def test_ray_data_maps_batches_with_a_model_for_each_actor(cluster) -> None:
    import ray

    from textrepair.corpus.ray import Repair as RayRepair

    texts = [SPUN, CLEAN] * 20
    data = ray.data.from_items([{"n": n, "text": t} for n, t in enumerate(texts)])
    data = data.map_batches(RayRepair, fn_constructor_kwargs={"threads": 1}, batch_size=8, concurrency=2)
    rows = sorted(data.take_all(), key=lambda r: r["n"])
    assert [r["text"] for r in rows] == [FIXED, CLEAN] * 20
