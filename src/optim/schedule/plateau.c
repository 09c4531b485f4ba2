#include "optim/schedule.h"

#include <math.h>

enum { FACTOR, PATIENCE, THRESHOLD, COOLDOWN, MIN }; /* parameters */
enum { NOW, BEST, BAD_EPOCHS, REST };                /* state */
_Static_assert(REST < IL_SCHEDULE_STATE, "plateau remembers too much");

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)arg, (void)at;
    return state[NOW];
}

/* As in PyTorch, a fall of 1e-8 or less is left out, though here of the factor and not of the learning rate. */
static void observe(const double *arg, double loss, double *state) {
    bool better = loss < state[BEST] * (1 - arg[THRESHOLD]);
    state[BEST] = better ? loss : state[BEST];
    state[BAD_EPOCHS] = better || state[REST] > 0 ? 0 : state[BAD_EPOCHS] + 1;
    state[REST] -= state[REST] > 0;
    if (state[BAD_EPOCHS] <= arg[PATIENCE])
        return;
    double next = state[NOW] * arg[FACTOR];
    next = next < arg[MIN] ? arg[MIN] : next;
    if (state[NOW] - next > 1e-8)
        state[NOW] = next;
    state[REST] = arg[COOLDOWN];
    state[BAD_EPOCHS] = 0;
}

const il_schedule_type il_schedule_plateau = {
    .desc = {.name = "plateau",
             .formula = "times `factor` whenever the loss on the evaluation set has not fallen by "
                        "a share of `threshold` below its least in more than `patience` epochs",
             .source = "PyTorch's ReduceLROnPlateau",
             .params =
                 {{.name = "factor", .doc = "factor of a fall", .initial = 0.1, .max = 0.999999999},
                  {.name = "patience",
                   .doc = "epochs without improvement that are borne",
                   .kind = IL_INTEGER,
                   .initial = 10,
                   .max = 1e9},
                  {.name = "threshold",
                   .doc = "share of the least loss that counts as improvement",
                   .initial = 1e-4,
                   .max = 0.999999999},
                  {.name = "cooldown",
                   .doc = "epochs after a fall that do not count",
                   .kind = IL_INTEGER,
                   .max = 1e9},
                  IL_PARAM_LAST_FACTOR},
             .n_params = 5},
    .factor = factor,
    .start = {[NOW] = 1, [BEST] = HUGE_VAL},
    .observe = observe,
    .warmup = -1,
};
