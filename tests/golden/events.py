"""Event files as TensorBoard itself writes and reads them (tensorboard 2.21).

    pip install tensorboard
    events.py > events.h              the records that tests/test_events.c holds ours against
    events.py FILE.db DIR             whether DIR, written by `initlab export FILE.db --tensorboard DIR`, read by
                                      TensorBoard's EventAccumulator has exactly the numbers of FILE.db
"""
import math
import os
import sqlite3
import sys
import tempfile

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer import record_writer

# (wall time, step, [(tag, value)]); test_events.c has the same.
EVENTS = [
    (0.0, 0, [("loss/train", 0.6931472), ("accuracy/train", 0.0)]),
    (1.0, 1, [("loss/train", 1e30), ("layer1/a_rms", -1.5e-9)]),
    (300.0, 300, [("loss/train", math.inf)]),
    (4e9, 4000000000, [("layer12/update_ratio", 0.001)]),
]


def golden():
    with tempfile.TemporaryFile() as file:
        writer = record_writer.RecordWriter(file)
        writer.write(event_pb2.Event(file_version="brain.Event:2").SerializeToString())
        for wall_time, step, scalars in EVENTS:
            values = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in scalars]
            event = event_pb2.Event(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=values))
            writer.write(event.SerializeToString())
        file.seek(0)
        data = file.read()
    print("/* Made by events.py with TensorBoard's own writer. */")
    print("static const unsigned char golden_events[] = {")
    for i in range(0, len(data), 12):
        print("    " + ", ".join("0x%02x" % b for b in data[i : i + 12]) + ",")
    print("};")


def numbers(db, sql, arm, seed):
    return list(db.execute(sql, (arm, seed)))


def expected(db, arm, seed):
    """Tag -> [(step, value)], NULLs left out."""
    out = {}
    tags = ["loss/train", "accuracy/train", "loss/evaluation", "accuracy/evaluation"]
    sql = "SELECT epoch, train_loss, train_accuracy, loss, accuracy FROM epoch WHERE arm = ? AND seed = ? ORDER BY epoch"
    for epoch, *values in numbers(db, sql, arm, seed):
        for tag, value in zip(tags, values):
            if value is not None:
                out.setdefault(tag, []).append((epoch, value))
    rows = db.execute("SELECT * FROM layer_stat WHERE arm = ? AND seed = ? ORDER BY epoch, layer", (arm, seed))
    names = [column[0] for column in rows.description]
    for row in rows:
        for name, value in list(zip(names, row))[4:]:
            if value is not None:
                out.setdefault("layer%d/%s" % (row[3], name), []).append((row[2], value))
    return out


def check(path, folder):
    db = sqlite3.connect(path)
    places = db.execute("SELECT place, arm FROM member WHERE study = (SELECT study FROM study ORDER BY turn DESC LIMIT 1)")
    count = 0
    for place, arm in places.fetchall():
        (name,) = [entry for entry in os.listdir(folder) if entry.startswith("%d-" % (place + 1))]
        for (seed,) in db.execute("SELECT seed FROM record WHERE arm = ?", (arm,)).fetchall():
            events = event_accumulator.EventAccumulator(
                os.path.join(folder, name, "seed-%d" % seed), size_guidance={"scalars": 0, "tensors": 0}
            )
            events.Reload()
            want = expected(db, arm, seed)
            assert sorted(events.Tags()["scalars"]) == sorted(want), (name, seed)
            for tag, values in want.items():
                got = [(event.step, event.value) for event in events.Scalars(tag)]
                assert got == values, (name, seed, tag)
                count += len(got)
    print("%d numbers are those of %s" % (count, path))


if len(sys.argv) == 3:
    check(sys.argv[1], sys.argv[2])
else:
    golden()
