/* One epoch of XOR (full batch of 4, ReLU, BCE, Adam) in the lockstep engine, against the same arithmetic written out
 * by hand for 2-2-1 and 2-8-1: no calls, no arrays of more than 16 replicas between the layers. The floor's weights
 * must end with the library's bits, or it is no floor.
 */
#include "bench/subjects.h"

#include "base/elementary.h"
#include "bench/calls.h"
#include "bench/fused.h"

#include <stdlib.h>
#include <string.h>

#define MOST_R 512
#define MOST_HIDDEN 8
#define PARAMETERS(hidden) (4 * (hidden) + 1)
#define MOST PARAMETERS(MOST_HIDDEN)
#define RESTART                                                                                    \
    1000 /* epochs between fresh starts, so that weights stay in the range of real runs */

#define SAMPLES 4
static const float X[SAMPLES][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Y[SAMPLES] = {0, 1, 1, 0};

/* LANES replicas of the floor. Parameters are in the library's order: W1[2][hidden], b1[hidden], W2[hidden][1], b2[1]. */
typedef struct fused {
    float w[MOST][LANES], m[MOST][LANES], v[MOST][LANES], loss[LANES], correct[LANES];
    double power1[LANES], power2[LANES];
} fused;

typedef struct pair {
    size_t R, hidden, epochs;
    il_network *net;
    il_optimizer adam;
    il_call init, bias;
    float start[MOST * MOST_R]; /* [parameters][R], as in the network */
    float loss[MOST_R], correct[MOST_R];
    fused fused[MOST_R / LANES];
} pair;

static void restart_ours(pair *b) {
    memcpy(il_network_parameters(b->net), b->start, PARAMETERS(b->hidden) * b->R * sizeof(float));
    for (size_t r = 0; r < b->R; r++)
        il_optimizer_reset(&b->adam, b->net, r);
}

static il_status ours(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    for (size_t e = 0; e < b->epochs; e++) {
        if (e % RESTART == 0)
            restart_ours(b);
        il_network_forward(b->net, SAMPLES, X[0]);
        il_network_loss(b->net, SAMPLES, Y, b->loss, b->correct);
        il_network_backward(b->net, SAMPLES, X[0]);
        il_optimizer_step(&b->adam, b->net);
    }
    return IL_OK;
}

/* The hidden units' activations and the logits of all samples. */
IL_INLINE void forward(size_t hidden, const float (*restrict w)[LANES],
                       float (*restrict h)[SAMPLES][LANES], float (*restrict z)[LANES]) {
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t l = 0; l < LANES; l++)
            z[i][l] = w[4 * hidden][l];
    for (size_t j = 0; j < hidden; j++)
        for (size_t l = 0; l < LANES; l++)
            for (size_t i = 0; i < SAMPLES; i++) {
                const float u =
                    w[2 * hidden + j][l] + X[i][0] * w[j][l] + X[i][1] * w[hidden + j][l];
                h[j][i][l] = u < 0 ? 0 : u;
                z[i][l] += h[j][i][l] * w[3 * hidden + j][l];
            }
}

/* Adds sample i's loss and hit; z becomes the gradient with respect to it. */
IL_INLINE void judge(size_t i, float *restrict z, float *restrict loss, float *restrict correct) {
    const float y = Y[i];
    for (size_t l = 0; l < LANES; l++) {
        const float e = il_exp_nonpositivef(z[l] < 0 ? z[l] : -z[l]);
        loss[l] += (z[l] < 0 ? 0 : z[l]) - z[l] * y + il_log1p_unitf(e);
        correct[l] += y > 0.5f ? (z[l] > 0 ? 1.0f : 0.0f) : (z[l] <= 0 ? 1.0f : 0.0f);
        z[l] = ((z[l] < 0 ? e : 1) / (1 + e) - y) * 0.25f;
    }
}

/* Gradients and steps of what belongs to hidden unit j: its two weights, its bias and the output's weight. */
IL_INLINE void update(size_t hidden, size_t j, const float (*restrict h)[LANES],
                      const float (*restrict delta)[LANES], const fused_rates *restrict rates,
                      float (*restrict m)[LANES], float (*restrict v)[LANES],
                      float (*restrict w)[LANES]) {
    const size_t at[] = {j, hidden + j, 2 * hidden + j, 3 * hidden + j};
    for (size_t l = 0; l < LANES; l++) {
        float g[4] = {0};
        for (size_t i = 0; i < SAMPLES; i++) {
            const float d = h[i][l] > 0 ? delta[i][l] * w[at[3]][l] : 0;
            g[0] += X[i][0] * d;
            g[1] += X[i][1] * d;
            g[2] += d;
            g[3] += h[i][l] * delta[i][l];
        }
        for (size_t k = 0; k < 4; k++)
            fused_adam(rates->rate[l], rates->root[l], g[k], &m[at[k]][l], &v[at[k]][l],
                       &w[at[k]][l]);
    }
}

IL_INLINE void fused_epoch(size_t hidden, size_t R, fused *restrict groups) {
    for (fused *f = groups; f < groups + R / LANES; f++) {
        float h[MOST_HIDDEN][SAMPLES][LANES], delta[SAMPLES][LANES];
        float loss[LANES] = {0}, correct[LANES] = {0};
        fused_rates rates;
        forward(hidden, f->w, h, delta);
        judge(0, delta[0], loss, correct);
        judge(1, delta[1], loss, correct);
        judge(2, delta[2], loss, correct);
        judge(3, delta[3], loss, correct);
        for (size_t l = 0; l < LANES; l++) {
            f->loss[l] = loss[l] / SAMPLES;
            f->correct[l] = correct[l];
        }
        fused_advance(f->power1, f->power2, &rates);
        for (size_t j = 0; j < hidden; j++)
            update(hidden, j, h[j], delta, &rates, f->m, f->v, f->w);
        for (size_t k = 4 * hidden, l = 0; l < LANES; l++)
            fused_adam(rates.rate[l], rates.root[l],
                       delta[0][l] + delta[1][l] + delta[2][l] + delta[3][l], &f->m[k][l],
                       &f->v[k][l], &f->w[k][l]);
    }
}

IL_CLONES static void fused_epoch_2(size_t R, fused *restrict groups) {
    fused_epoch(2, R, groups);
}

IL_CLONES static void fused_epoch_8(size_t R, fused *restrict groups) {
    fused_epoch(8, R, groups);
}

static void restart_floor(pair *b) {
    memset(b->fused, 0, sizeof b->fused);
    for (size_t i = 0; i < PARAMETERS(b->hidden) * b->R; i++)
        b->fused[i % b->R / LANES].w[i / b->R][i % LANES] = b->start[i];
    for (size_t r = 0; r < b->R; r++)
        b->fused[r / LANES].power1[r % LANES] = b->fused[r / LANES].power2[r % LANES] = 1;
}

static il_status by_hand(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    for (size_t e = 0; e < b->epochs; e++) {
        if (e % RESTART == 0)
            restart_floor(b);
        if (b->hidden == 2)
            fused_epoch_2(b->R, b->fused);
        else
            fused_epoch_8(b->R, b->fused);
    }
    return IL_OK;
}

static bool same_bits(const void *context) {
    const pair *b = context;
    const float *w = il_network_parameters(b->net);
    for (size_t r = 0; r < b->R; r++) {
        const fused *f = &b->fused[r / LANES];
        size_t l = r % LANES;
        for (size_t k = 0; k < PARAMETERS(b->hidden); k++)
            if (memcmp(&f->w[k][l], &w[k * b->R + r], sizeof *w) != 0)
                return false;
        if (memcmp(&f->loss[l], &b->loss[r], sizeof *w) != 0 ||
            memcmp(&f->correct[l], &b->correct[r], sizeof *w) != 0)
            return false;
    }
    return true;
}

static il_status study(void *context, il_error *err) {
    static const char text[] =
        "data: xor\nnetwork: 2-2-1\noptimizer: adam(lr=0.01)\ninit: he_normal\n"
        "seeds: 1024\nbudget: 1000\nconverged: loss < 1e-30\n";
    (void)context;
    il_study *made = NULL;
    il_results *results = NULL;
    il_status status = il_study_parse(text, sizeof text - 1, "bench", NULL, 0, &made, err);
    if (status == IL_OK)
        status = il_study_run(made, &(il_run_options){.jobs = 1}, &results, err);
    il_results_free(results);
    il_study_free(made);
    return status;
}

static il_status make(pair *b, il_error *err) {
    il_network_config config = {.engine = IL_LOCKSTEP,
                                .replicas = b->R,
                                .batch = SAMPLES,
                                .widths = {3, {2, b->hidden, 1}}};
    const bench_call calls[] = {{&il_optimizers, "adam(lr=0.01)", &b->adam},
                                {&il_inits, "he_normal", &b->init},
                                {&il_inits, "zeros", &b->bias},
                                {&il_activations, "relu", &config.hidden},
                                {&il_losses, "bce", &config.loss}};
    il_status status = BENCH_PARSE(calls, err);
    if (status != IL_OK)
        return status;
    config.slots = il_optimizer_slots(&b->adam);
    config.lane_slots = il_optimizer_lane_slots(&b->adam);
    status = il_network_new(&config, &b->net, err);
    for (size_t r = 0; r < b->R && status == IL_OK; r++)
        status = il_init_network(&b->init, &b->bias, b->net, r, 1 + r, err);
    if (status == IL_OK)
        memcpy(b->start, il_network_parameters(b->net),
               PARAMETERS(b->hidden) * b->R * sizeof(float));
    return status;
}

static void close_pair(void *context) {
    pair *b = context;
    il_network_free(b->net);
    free(b);
}

typedef struct setting {
    size_t hidden, R;
    bool study; /* ours is a whole study, in groups of as many replicas as it chooses */
} setting;

#define UNITS 1024000 /* replica-epochs of a repetition */

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    const setting *s = context;
    pair *b = calloc(1, sizeof *b);
    if (!b)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu replicas", s->R);
    b->R = s->R;
    b->hidden = s->hidden;
    b->epochs = UNITS / s->R;
    *out = (bench_pair){.context = b,
                        .ours = s->study ? study : ours,
                        .floor = by_hand,
                        .units = UNITS,
                        .same = s->study ? NULL : same_bits,
                        .close = close_pair};
    il_status status = make(b, err);
    if (status != IL_OK)
        close_pair(b);
    return status;
}

#define XOR(hidden, name, R, study, most)                                                          \
    {                                                                                              \
        "xor/2-" #hidden "-1/" name, "ns/replica-epoch", 1e9, "fused by hand", 0, most,            \
            &(const setting){hidden, R, study}, open_pair                                          \
    }

static const bench items[] = {
    XOR(2, "R=16", 16, false, 0),    XOR(2, "R=32", 32, false, 0),
    XOR(2, "R=64", 64, false, 0),    XOR(2, "R=128", 128, false, 12),
    XOR(2, "R=256", 256, false, 12), XOR(2, "R=512", 512, false, 0),
    XOR(2, "study", 64, true, 0),    XOR(8, "R=16", 16, false, 0),
    XOR(8, "R=32", 32, false, 0),    XOR(8, "R=64", 64, false, 0),
    XOR(8, "R=128", 128, false, 35), XOR(8, "R=256", 256, false, 0),
    XOR(8, "R=512", 512, false, 0),
};
const bench_table bench_xor = BENCH_TABLE(items);
