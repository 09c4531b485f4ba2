/* Learning-rate schedules: each is one file in optim/schedule and one line in its registry. Portable arithmetic only,
 * in double, so that the learning rates have the same bits everywhere. */
#ifndef IL_OPTIM_SCHEDULE_H
#define IL_OPTIM_SCHEDULE_H

#include "initlab/optim.h"

typedef struct il_schedule_type {
    il_desc desc;
    double (*factor)(const double *arg, const il_progress *at, const double *state);
    double start[IL_SCHEDULE_STATE];                                /* of the state */
    void (*observe)(const double *arg, double loss, double *state); /* NULL: does not watch */
    bool whole; /* needs the length of the training, and is over with it */
    int warmup; /* the index of the parameter that counts epochs of warm-up, or -1 */
} il_schedule_type;

extern const il_schedule_type il_schedule_constant, il_schedule_step, il_schedule_exponential,
    il_schedule_cosine, il_schedule_warmup, il_schedule_one_cycle, il_schedule_plateau;

static inline const il_schedule_type *il_schedule_of(const il_call *call) {
    return (const il_schedule_type *)(const void *)call->desc;
}

/* gamma^n by squaring; 0 below 2^-60, where it moves nothing and would in time become subnormal. */
static inline double il_schedule_power(double gamma, uint64_t n) {
    double power = 1;
    for (double square = gamma; n > 0; n >>= 1, square *= square)
        power *= n & 1 ? square : 1;
    return power < 0x1p-60 ? 0 : power;
}

/* From `from` to `to`, half a turn of the cosine, for x in [0, 1]. */
double il_schedule_half_cosine(double from, double to, double x);

/* The linear warm-up from `start` to 1 in so many steps. */
static inline double il_schedule_rise(double start, double steps, uint64_t step) {
    return (double)step < steps ? start + (1 - start) * ((double)step / steps) : 1;
}

#define IL_PARAM_WARMUP_START                                                                      \
    {                                                                                              \
        .name = "start", .doc = "first factor of the warm-up, as in PyTorch's LinearLR",           \
        .initial = 1.0 / 3, .max = 1                                                               \
    }
#define IL_PARAM_LAST_FACTOR                                                                       \
    { .name = "min", .doc = "smallest factor", .max = 1 }

#endif
