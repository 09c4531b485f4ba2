"""Writes schedules.h: learning rates of whole trainings by PyTorch's schedulers, for tests/test_schedule.c.

    pip install torch
    python3 schedules.py

The base learning rate is 1, so that the rates are factors. One value a step, the rate with which the step is taken.
"""

import math
import random
from pathlib import Path

import torch
from torch.optim import lr_scheduler as S

draw = random.Random(3)
LOSSES = [round(2 * 0.9**e + 0.3 * draw.random(), 4) for e in range(40)] + [0.4] * 20 + [round(0.02 * 0.9998**e, 9) for e in range(20)]
LOSSES[12] = math.nan
LOSSES[20] = math.inf


def warm_cosine(optimizer, start, rise, total, low):
    parts = [S.LinearLR(optimizer, start, total_iters=rise), S.CosineAnnealingLR(optimizer, total - rise, low)]
    return S.SequentialLR(optimizer, parts, [rise])


# The schedule in call notation, steps in an epoch, epochs, the scheduler, and when it is stepped.
CASES = [
    ("constant", 3, 5, lambda o: S.ConstantLR(o, 1.0), "step"),
    ("step(every=3, gamma=0.5)", 4, 12, lambda o: S.StepLR(o, 3, 0.5), "epoch"),
    ("step(every=10)", 1, 40, lambda o: S.StepLR(o, 10), "epoch"),
    ("exponential(gamma=0.9)", 3, 20, lambda o: S.ExponentialLR(o, 0.9), "epoch"),
    ("exponential(gamma=1)", 2, 3, lambda o: S.ExponentialLR(o, 1.0), "epoch"),
    ("cosine", 5, 10, lambda o: S.CosineAnnealingLR(o, 50), "step"),
    ("cosine(min=0.1)", 1, 30, lambda o: S.CosineAnnealingLR(o, 30, 0.1), "step"),
    ("cosine", 1, 1, lambda o: S.CosineAnnealingLR(o, 1), "step"),
    ("cosine(warmup=5)", 1, 40, lambda o: warm_cosine(o, 1 / 3, 5, 40, 0.0), "step"),
    ("cosine(warmup=3, start=0.01, min=0.02)", 7, 9, lambda o: warm_cosine(o, 0.01, 21, 63, 0.02), "step"),
    ("warmup", 4, 8, lambda o: S.LinearLR(o, total_iters=20), "step"),
    ("warmup(epochs=3, start=0.25)", 1, 8, lambda o: S.LinearLR(o, 0.25, total_iters=3), "step"),
    ("one_cycle", 5, 10, lambda o: S.OneCycleLR(o, 1.0, 50, cycle_momentum=False), "step"),
    ("one_cycle(pct_start=0.15, div_factor=10, final_div_factor=50)", 1, 37,
     lambda o: S.OneCycleLR(o, 1.0, 37, pct_start=0.15, div_factor=10, final_div_factor=50, cycle_momentum=False), "step"),
    ("one_cycle", 3, 1, lambda o: S.OneCycleLR(o, 1.0, 3, cycle_momentum=False), "step"),
    ("plateau(factor=0.9, patience=2)", 1, 80, lambda o: S.ReduceLROnPlateau(o, factor=0.9, patience=2), "loss"),
    ("plateau", 2, 60, lambda o: S.ReduceLROnPlateau(o), "loss"),
    ("plateau(factor=0.5, patience=1)", 1, 60, lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=1), "loss"),
    ("plateau(factor=0.7, patience=0, threshold=0.05, cooldown=2)", 1, 60,
     lambda o: S.ReduceLROnPlateau(o, factor=0.7, patience=0, threshold=0.05, cooldown=2), "loss"),
    ("plateau(factor=0.2, patience=1, min=0.03)", 1, 60,
     lambda o: S.ReduceLROnPlateau(o, factor=0.2, patience=1, min_lr=0.03), "loss"),
    ("plateau(factor=0.01, patience=0)", 1, 60, lambda o: S.ReduceLROnPlateau(o, factor=0.01, patience=0), "loss"),
]


def rates(epoch_steps, epochs, make, when):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    out = []
    for epoch in range(epochs):
        for _ in range(epoch_steps):
            out.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if when == "step":
                scheduler.step()
        if when == "epoch":
            scheduler.step()
        if when == "loss":
            scheduler.step(LOSSES[epoch])
    return out


def c(x):
    return "(double)NAN" if math.isnan(x) else "HUGE_VAL" if math.isinf(x) else repr(x)


def lines(values):
    texts = [c(x) for x in values]
    return [", ".join(texts[i : i + 5]) + "," for i in range(0, len(texts), 5)]


out = [
    f"/* Made by schedules.py with torch {torch.__version__.split('+')[0]}: do not edit. */",
    "/* clang-format off */",
    f"static const double golden_losses[] = {{ /* at the end of each epoch */",
    *lines(LOSSES),
    "};",
    "static const struct golden_schedule {",
    "    const char *text;",
    "    uint64_t epoch_steps, epochs;",
    f"    double factor[{max(case[1] * case[2] for case in CASES)}]; /* of each step */",
    "} golden_schedules[] = {",
]
for text, epoch_steps, epochs, make, when in CASES:
    out += [f'{{"{text}", {epoch_steps}, {epochs}, {{', *lines(rates(epoch_steps, epochs, make, when)), "}},"]
Path(__file__).with_name("schedules.h").write_text("\n".join([*out, "};", ""]))
