/* One epoch of 2-2-1 XOR (full batch of 4, ReLU, BCE, Adam) in the lockstep engine, against the
 * same arithmetic written out by hand for exactly these shapes: no calls, no arrays between the
 * layers, 16 replicas at a time. The floor's weights must end with the library's bits, or it is no
 * floor.
 */
#include "bench/subjects.h"

#include "base/clones.h"
#include "base/elementary.h"
#include "initlab.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define LANES 16
#define MOST_R 256
#define RESTART                                                                                    \
    1000 /* epochs between fresh starts, so that weights stay in the range of real runs */
#define PARAMETERS 9

static const float X[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Y[4] = {0, 1, 1, 0};

typedef struct pair {
    size_t R, epochs;
    il_network *net;
    il_optimizer adam;
    il_call init, bias;
    float start[PARAMETERS * MOST_R]; /* [9][R], as in the network */
    float w[MOST_R / LANES][PARAMETERS][LANES], m[MOST_R / LANES][PARAMETERS][LANES],
        v[MOST_R / LANES][PARAMETERS][LANES];
    float loss[MOST_R], correct[MOST_R], fused_loss[MOST_R], fused_correct[MOST_R];
    double power1[MOST_R], power2[MOST_R];
} pair;

static void restart_ours(pair *b) {
    memcpy(il_network_parameters(b->net), b->start, PARAMETERS * b->R * sizeof(float));
    for (size_t r = 0; r < b->R; r++)
        il_optimizer_reset(&b->adam, b->net, r);
}

static il_status ours(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    for (size_t e = 0; e < b->epochs; e++) {
        if (e % RESTART == 0)
            restart_ours(b);
        il_network_forward(b->net, 4, X[0]);
        il_network_loss(b->net, 4, Y, b->loss, b->correct);
        il_network_backward(b->net, 4, X[0]);
        il_optimizer_step(&b->adam, b->net);
    }
    return IL_OK;
}

IL_INLINE float flushed(float x) {
    return __builtin_fabsf(x) < FLT_MIN ? 0 : x;
}

IL_INLINE void adam(float g, float rate, float root, float *m, float *v, float *w) {
    *m = flushed(0.9f * *m + (float)(1 - 0.9) * g);
    *v = flushed(0.999f * *v + (float)(1 - 0.999) * (g * g));
    *w -= rate * *m / (__builtin_sqrtf(*v) * root + 1e-8f);
}

/* Sample i of 16 lanes: adds its loss, hit and gradients. */
IL_INLINE void sample(size_t i, const float (*restrict w)[LANES], float (*restrict g)[LANES],
                      float *restrict loss, float *restrict correct) {
    const float x0 = X[i][0], x1 = X[i][1], y = Y[i];
    for (size_t l = 0; l < LANES; l++) {
        const float z0 = w[4][l] + x0 * w[0][l] + x1 * w[2][l], h0 = z0 < 0 ? 0 : z0;
        const float z1 = w[5][l] + x0 * w[1][l] + x1 * w[3][l], h1 = z1 < 0 ? 0 : z1;
        const float z = w[8][l] + h0 * w[6][l] + h1 * w[7][l];
        const float e = il_exp_nonpositivef(z < 0 ? z : -z);
        loss[l] += (z < 0 ? 0 : z) - z * y + il_log1p_unitf(e);
        correct[l] += y > 0.5f ? (z > 0 ? 1.0f : 0.0f) : (z <= 0 ? 1.0f : 0.0f);
        const float delta = ((z < 0 ? e : 1) / (1 + e) - y) * 0.25f;
        const float d0 = z0 > 0 ? delta * w[6][l] : 0, d1 = z1 > 0 ? delta * w[7][l] : 0;
        g[0][l] += x0 * d0;
        g[1][l] += x0 * d1;
        g[2][l] += x1 * d0;
        g[3][l] += x1 * d1;
        g[4][l] += d0;
        g[5][l] += d1;
        g[6][l] += h0 * delta;
        g[7][l] += h1 * delta;
        g[8][l] += delta;
    }
}

/* Parameters in the library's order: W1[2][2], b1[2], W2[2][1], b2[1]; arrays are [R/16][9][16], so
 * that a group of 16 replicas lies together. */
IL_CLONES static void fused_epoch(size_t R, float (*restrict w)[PARAMETERS][LANES],
                                  float (*restrict m)[PARAMETERS][LANES],
                                  float (*restrict v)[PARAMETERS][LANES], double *restrict power1,
                                  double *restrict power2, float *restrict loss,
                                  float *restrict correct) {
    for (size_t c = 0; c < R / LANES; c++) {
        float g[PARAMETERS][LANES] = {{0}}, total[LANES] = {0}, hits[LANES] = {0};
        float rate[LANES], root[LANES];
        sample(0, w[c], g, total, hits);
        sample(1, w[c], g, total, hits);
        sample(2, w[c], g, total, hits);
        sample(3, w[c], g, total, hits);
        for (size_t l = 0; l < LANES; l++) {
            const size_t r = c * LANES + l;
            const double next1 = power1[r] * 0.9, next2 = power2[r] * 0.999;
            loss[r] = total[l] / 4;
            correct[r] = hits[l];
            power1[r] = next1 < 0x1p-60 ? 0 : next1;
            power2[r] = next2 < 0x1p-60 ? 0 : next2;
            rate[l] = 0.01f / (float)(1 - power1[r]);
            root[l] = 1 / __builtin_sqrtf((float)(1 - power2[r]));
        }
        for (size_t k = 0; k < PARAMETERS; k++)
            for (size_t l = 0; l < LANES; l++)
                adam(g[k][l], rate[l], root[l], &m[c][k][l], &v[c][k][l], &w[c][k][l]);
    }
}

static il_status fused(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    for (size_t e = 0; e < b->epochs; e++) {
        if (e % RESTART == 0) {
            for (size_t i = 0; i < PARAMETERS * b->R; i++)
                b->w[i % b->R / LANES][i / b->R][i % LANES] = b->start[i];
            memset(b->m, 0, sizeof b->m);
            memset(b->v, 0, sizeof b->v);
            for (size_t r = 0; r < b->R; r++)
                b->power1[r] = b->power2[r] = 1;
        }
        fused_epoch(b->R, b->w, b->m, b->v, b->power1, b->power2, b->fused_loss, b->fused_correct);
    }
    return IL_OK;
}

static bool same_bits(const void *context) {
    const pair *b = context;
    const float *w = il_network_parameters(b->net);
    for (size_t i = 0; i < PARAMETERS * b->R; i++)
        if (memcmp(&b->w[i % b->R / LANES][i / b->R][i % LANES], &w[i], sizeof *w) != 0)
            return false;
    return memcmp(b->loss, b->fused_loss, b->R * sizeof *b->loss) == 0 &&
           memcmp(b->correct, b->fused_correct, b->R * sizeof *b->loss) == 0;
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
    il_network_config config = {.engine = IL_LOCKSTEP, .replicas = b->R, .batch = 4};
    il_status status = il_optimizer_parse("adam(lr=0.01)", &b->adam, err);
    if (status == IL_OK)
        status = il_call_parse(&il_inits, "he_normal", NULL, &b->init, err);
    if (status == IL_OK)
        status = il_call_parse(&il_inits, "zeros", NULL, &b->bias, err);
    if (status == IL_OK)
        status = il_widths_parse("2-2-1", NULL, &config.widths, err);
    if (status == IL_OK)
        status = il_call_parse(&il_activations, "relu", NULL, &config.hidden, err);
    if (status == IL_OK)
        status = il_call_parse(&il_losses, "bce", NULL, &config.loss, err);
    config.slots = il_optimizer_slots(&b->adam);
    config.lane_slots = il_optimizer_lane_slots(&b->adam);
    if (status == IL_OK)
        status = il_network_new(&config, &b->net, err);
    for (size_t r = 0; r < b->R && status == IL_OK; r++)
        status = il_init_network(&b->init, &b->bias, b->net, r, 1 + r, err);
    if (status == IL_OK)
        memcpy(b->start, il_network_parameters(b->net), PARAMETERS * b->R * sizeof(float));
    return status;
}

static void close_pair(void *context) {
    pair *b = context;
    il_network_free(b->net);
    free(b);
}

typedef struct setting {
    size_t R;
    bool study; /* ours is a whole study, in groups of as many replicas as it chooses */
} setting;

#define UNITS 1024000 /* replica-epochs of a repetition */

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    const setting *s = context;
    pair *b = calloc(1, sizeof *b);
    if (!b)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu replicas", s->R);
    b->R = s->R;
    b->epochs = UNITS / s->R;
    *out = (bench_pair){.context = b,
                        .ours = s->study ? study : ours,
                        .floor = fused,
                        .units = UNITS,
                        .same = s->study ? NULL : same_bits,
                        .close = close_pair};
    il_status status = make(b, err);
    if (status != IL_OK)
        close_pair(b);
    return status;
}

#define XOR(name, R, study, most)                                                                  \
    {                                                                                              \
        "xor/2-2-1/" name, "ns/replica-epoch", 1e9, "fused by hand", 0, most,                      \
            &(const setting){R, study}, open_pair                                                  \
    }

static const bench items[] = {
    XOR("R=16", 16, false, 0),    XOR("R=32", 32, false, 0),   XOR("R=64", 64, false, 0),
    XOR("R=128", 128, false, 12), XOR("R=256", 256, false, 0), XOR("study", 64, true, 0),
};
const bench_table bench_xor = BENCH_TABLE(items);
