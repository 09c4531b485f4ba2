/* Each parameter has a step size of its own, which grows while the sign of its gradient stays and shrinks when it
 * turns; the learning rate is where the sizes begin. A schedule multiplies every move. */
#include "optim/optimizer.h"

#include "optim/scalar.h"

enum { LR, ETA_MINUS, ETA_PLUS, MIN, MAX };

static void advance(const double *arg, size_t R, const double *lr, double *lane,
                    il_real *const *rate) {
    (void)lane;
    for (size_t r = 0; r < R; r++)
        rate[0][r] = (il_real)(lr[r] / arg[LR]);
}

typedef struct rule {
    il_real shrink, grow, min, max;
} rule;

/* A gradient that has turned counts as 0 in this step and the next. */
IL_CLONES static void rprop_descend(size_t rows, size_t R, rule k, const il_real *restrict factor,
                                    const il_real *restrict g, il_real *restrict before,
                                    il_real *restrict size, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            il_real sign = il_sign(g[at]), turn = sign * before[at];
            il_real s = size[at] * (turn > 0 ? k.grow : turn < 0 ? k.shrink : 1);
            s = s < k.min ? k.min : s;
            s = s > k.max ? k.max : s;
            before[at] = turn < 0 ? 0 : sign;
            w[at] -= factor[r] * (before[at] * s);
            size[at] = s;
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[ETA_MINUS], (il_real)arg[ETA_PLUS], (il_real)arg[MIN],
              (il_real)arg[MAX]};
    rprop_descend(s->rows, s->R, k, s->rate[0], s->g, s->slot[0], s->slot[1], s->w);
}

static double start(const double *arg, size_t slot) {
    return slot == 1 ? arg[LR] : 0;
}

const il_optimizer_type il_optimizer_rprop = {
    .desc = {.name = "rprop",
             .formula = "w -= size*sign(g), size times eta_plus after two equal signs; times "
                        "eta_minus, and no move, when the sign turns",
             .source = "Riedmiller & Braun 1993; Igel & Hüsken 2000 (iRprop-); PyTorch's Rprop, "
                       "which ignores schedules",
             .params =
                 {IL_PARAM_LR("first size; a schedule multiplies every move", 0.01),
                  {.name = "eta_minus",
                   .doc = "factor when the sign turns",
                   .initial = 0.5,
                   .max = 1,
                   .above_min = true},
                  {.name = "eta_plus",
                   .doc = "factor when it stays",
                   .initial = 1.2,
                   .min = 1,
                   .max = 100},
                  {.name = "min", .doc = "smallest size", .initial = 1e-6, .min = 1e-30, .max = 1},
                  {.name = "max",
                   .doc = "largest size, also where min is above it",
                   .initial = 50,
                   .min = 1e-30,
                   .max = 1e6}},
             .n_params = 5},
    .slots = 2,
    .rates = 1,
    .slot_start = start,
    .advance = advance,
    .step = step,
};
