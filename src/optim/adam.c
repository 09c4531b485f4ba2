/* Adam with bias correction, eps outside the root. Each replica counts its own steps, because the
 * replicas of a group start at different times: the lane slots hold beta1^t and beta2^t.
 */
#include "optim/optimizer.h"

#include "base/clones.h"

#include <float.h>

#define LANES 16

#ifdef IL_DOUBLE
#define SQRT __builtin_sqrt
#define ABS __builtin_fabs
#define SMALLEST_NORMAL DBL_MIN
#else
#define SQRT __builtin_sqrtf
#define ABS __builtin_fabsf
#define SMALLEST_NORMAL FLT_MIN
#endif

enum { LR, BETA1, BETA2, EPS };

typedef struct rule {
    il_real beta1, rest1, beta2, rest2, eps; /* rest = 1 - beta */
} rule;

/* Moments that decay below the smallest normal number become 0: left alone they would settle on a
 * subnormal (0.9 times 4 units of the last place rounds to 4), where arithmetic is a hundred times
 * slower.
 */
IL_INLINE il_real flush(il_real x) {
    return ABS(x) < SMALLEST_NORMAL ? 0 : x;
}

/* One parameter: rate = lr/(1 - beta1^t), root = 1/sqrt(1 - beta2^t). */
IL_INLINE void move(const rule *k, il_real rate, il_real root, il_real g, il_real *m, il_real *v,
                    il_real *w) {
    *m = flush(k->beta1 * *m + k->rest1 * g);
    *v = flush(k->beta2 * *v + k->rest2 * (g * g));
    *w -= rate * *m / (SQRT(*v) * root + k->eps);
}

/* beta^(t+1) from beta^t; 0 once 1 - beta^t is 1, long before it becomes subnormal. */
IL_INLINE double decay(double power, double beta) {
    double next = power * beta;
    return next < 0x1p-60 ? 0 : next;
}

/* Advances the powers of n lanes and returns their rates and roots. The powers are double, because
 * 1 - 0.999^t loses three digits at first. */
IL_INLINE void correct(const double *arg, size_t n, double *restrict power1,
                       double *restrict power2, il_real *restrict rate, il_real *restrict root) {
    il_real lr = (il_real)arg[LR];
    for (size_t l = 0; l < n; l++) {
        power1[l] = decay(power1[l], arg[BETA1]);
        power2[l] = decay(power2[l], arg[BETA2]);
        rate[l] = lr / (il_real)(1 - power1[l]);
        root[l] = 1 / SQRT((il_real)(1 - power2[l]));
    }
}

IL_CLONES static void adam_lanes(const double *arg, rule k, size_t size, size_t R,
                                 const il_real *restrict g, il_real *restrict m,
                                 il_real *restrict v, il_real *restrict w, double *restrict power1,
                                 double *restrict power2) {
    for (size_t r = 0; r < R; r += LANES) {
        il_real rate[LANES], root[LANES];
        correct(arg, LANES, power1 + r, power2 + r, rate, root);
        for (size_t i = r; i < size * R; i += R)
            for (size_t l = 0; l < LANES; l++)
                move(&k, rate[l], root[l], g[i + l], &m[i + l], &v[i + l], &w[i + l]);
    }
}

IL_CLONES static void adam_single(const double *arg, rule k, size_t size, const il_real *restrict g,
                                  il_real *restrict m, il_real *restrict v, il_real *restrict w,
                                  double *restrict power1, double *restrict power2) {
    il_real rate, root;
    correct(arg, 1, power1, power2, &rate, &root);
    for (size_t i = 0; i < size; i++)
        move(&k, rate, root, g[i], &m[i], &v[i], &w[i]);
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[BETA1], (il_real)(1 - arg[BETA1]), (il_real)arg[BETA2],
              (il_real)(1 - arg[BETA2]), (il_real)arg[EPS]};
    if (s->R == 1)
        adam_single(arg, k, s->size, s->g, s->slot[0], s->slot[1], s->w, s->lane, s->lane + 1);
    else
        adam_lanes(arg, k, s->size, s->R, s->g, s->slot[0], s->slot[1], s->w, s->lane,
                   s->lane + s->R);
}

const il_optimizer_type il_optimizer_adam = {
    .desc =
        {.name = "adam",
         .formula =
             "w -= lr*m/(1 - beta1^t)/(sqrt(v/(1 - beta2^t)) + eps), m and v the decaying means "
             "of g and g^2",
         .source = "Kingma & Ba 2015, algorithm 1",
         .params =
             {{.name = "lr", .doc = "learning rate", .initial = 0.001, .min = 1e-30, .max = 1e6},
              {.name = "beta1", .doc = "decay of m", .initial = 0.9, .max = 0.999999999},
              {.name = "beta2", .doc = "decay of v", .initial = 0.999, .max = 0.999999999},
              {.name = "eps", .doc = "added to the root", .initial = 1e-8, .min = 1e-30, .max = 1}},
         .n_params = 4},
    .slots = 2,
    .lane_slots = 2,
    .lane_start = 1,
    .step = step,
};
