/* The exact tier: hashes of everything that must have the same bits on every machine. This program
 * is linked with the library as built (target_clones) and with each instruction set's variant
 * alone; all must give the values in golden/bits.h, whatever the compiler and its options. When a value there changes
 * for a network that trained before, IL_ALGORITHMS in lab/store/store.h must rise: stores would mix old runs with new.
 */
#include "studies.h"

#include "golden/bits.h"
#include "linalg/gemm.h"
#include "nn/activation.h"
#include "nn/dropout.h"
#include "nn/loss.h"
#include "nn/norm.h"

#define N 4096

static uint64_t hash;

static void begin(void) {
    hash = UINT64_C(0xcbf29ce484222325);
}

static void add(const void *data, size_t size) {
    const unsigned char *p = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
}

static void expect(const char *name, uint64_t expected) {
    if (hash != expected)
        fail_msg("%s: %s hashes to 0x%016llx, not 0x%016llx", VARIANT, name,
                 (unsigned long long)hash, (unsigned long long)expected);
}

static void draw(uint32_t layer, size_t n, il_real *x) {
    il_stream s = il_stream_open(11, IL_PURPOSE_DATA, layer);
    il_stream_normal(&s, n, x);
}

static void streams(void **state) {
    (void)state;
    static uint32_t words[N];
    static il_real x[N];
    begin();
    for (uint32_t layer = 0; layer < 3; layer++) {
        il_stream s = il_stream_open(layer, IL_PURPOSE_WEIGHT, layer);
        il_stream_words(&s, N - layer, words);
        add(words, sizeof words);
        il_stream_uniform(&s, N - layer, x);
        add(x, sizeof x);
        il_stream_normal(&s, N - layer, x);
        add(x, sizeof x);
    }
    expect("streams", BITS_STREAMS);
}

static void products(void **state) {
    (void)state;
    static il_real A[N], B[N], C[N];
    static const size_t shapes[][4] = {
        {3, 5, 7, 16}, {4, 2, 2, 128}, {5, 3, 4, 48}, {17, 33, 9, 1}, {4, 96, 2, 1}};
    begin();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int op = 0; op < 3; op++)
            for (int beta = 0; beta < 2; beta++) {
                const size_t *s = shapes[i];
                il_gemm *const gemm[] = {il_gemm_lockstep.nn, il_gemm_lockstep.nt,
                                         il_gemm_lockstep.tn};
                draw(1, N, A);
                draw(2, N, B);
                draw(3, N, C);
                gemm[op](NULL, s[0], s[1], s[2], s[3], A, B, (il_real)beta, C);
                add(C, s[0] * s[1] * s[3] * sizeof *C);
            }
    expect("products", BITS_PRODUCTS);
}

static il_call defaults_of(const il_desc *desc) {
    il_call call = {.desc = desc};
    for (size_t p = 0; p < desc->n_params; p++)
        call.arg[p] = desc->params[p].initial;
    return call;
}

static void activations(void **state) {
    (void)state;
    static il_real z[N], a[N], delta[N];
    begin();
    draw(4, N, z);
    for (size_t i = 0; i < N; i++)
        z[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? (il_real)0.01 : 30;
    for (size_t i = 0; i < il_activations.n; i++) {
        const il_desc *desc = il_activations.items[i];
        il_call call = defaults_of(desc);
        if (il_activation_of(&call)->slopes)
            continue;
        il_activation_of(&call)->forward(call.arg, N - 3, z, a);
        add(a, (N - 3) * sizeof *a);
        draw(5, N, delta);
        il_activation_of(&call)->backward(call.arg, N - 3, z, a, delta);
        add(delta, (N - 3) * sizeof *delta);
    }
    expect("activations", BITS_ACTIVATIONS);
}

/* One slope, and one for each of 13 units, in 1 and 16 replicas. */
static void learned_slopes(void **state) {
    (void)state;
    static il_real z[N], a[N], delta[N], p[13 * 16], gp[13 * 16];
    begin();
    draw(4, N, z);
    draw(8, 13 * 16, p);
    for (size_t R = 1; R <= 16; R += 15)
        for (size_t slopes = 1; slopes <= 13; slopes += 12) {
            size_t n = 19, size = n * 13 * R;
            il_activation_prelu.forward_learned(n, 13, R, slopes, p, z, a);
            draw(5, N, delta);
            il_activation_prelu.backward_learned(n, 13, R, slopes, p, z, delta, gp);
            add(a, size * sizeof *a);
            add(delta, size * sizeof *delta);
            add(gp, slopes * R * sizeof *gp);
        }
    expect("learned slopes", BITS_LEARNED_SLOPES);
}

/* Three outputs and one, with targets that are shared and with own ones. */
static void losses(void **state) {
    (void)state;
    static const char *const more[] = {"softmax_ce(label_smoothing=0.1)", "huber(delta=0.3)",
                                       "hinge(squared=true)"};
    static il_real z[N], Y[N], delta[N], loss[64], correct[64], scratch[3 * 64], row[64];
    begin();
    draw(6, N, z);
    for (size_t i = 0; i < N; i++) {
        z[i] *= i % 2 ? 1 : 20;
        Y[i] = i / 3 % 3 == i % 3;
    }
    for (size_t i = 0; i < il_losses.n + 3; i++)
        for (size_t how = 0; how < 8; how++) {
            size_t K = how & 1 ? 3 : 1, R = how & 2 ? 64 : 1;
            il_call call;
            il_error err;
            const char *text = i < il_losses.n ? il_losses.items[i]->name : more[i - il_losses.n];
            assert_int_equal(il_call_parse(&il_losses, text, NULL, &call, &err), IL_OK);
            il_loss_pass pass = {.n = 7,
                                 .outputs = K,
                                 .R = R,
                                 .z = z,
                                 .Y = Y,
                                 .own = how & 4,
                                 .loss = loss,
                                 .correct = correct,
                                 .delta = delta,
                                 .scratch = scratch,
                                 .row = row};
            if (K < il_loss_of(&call)->min_outputs)
                continue;
            il_loss_of(&call)->evaluate(call.arg, &pass);
            add(loss, R * sizeof *loss);
            add(correct, R * sizeof *correct);
            add(delta, 7 * K * R * sizeof *delta);
        }
    expect("losses", BITS_LOSSES);
}

/* Results, gradients and running statistics of 7 samples of 9 units, in training and in evaluation. */
static void norms(void **state) {
    (void)state;
    static il_real x[N], y[N], normalized[N], inverse[N], delta[N], gain[N], shift[N], mean[N],
        variance[N], g_gain[N], g_shift[N];
    static double sums[2 * N];
    begin();
    for (size_t i = 0; i < il_norms.n; i++)
        for (size_t how = 0; how < 4; how++) {
            size_t R = how & 1 ? 32 : 1, units = 9, n = 7;
            il_call call = defaults_of(il_norms.items[i]);
            const il_norm_type *type = il_norm_of(&call);
            il_norm_pass pass = {.n = n,
                                 .units = units,
                                 .R = R,
                                 .training = how & 2,
                                 .x = x,
                                 .y = y,
                                 .normalized = normalized,
                                 .inverse = inverse,
                                 .gain = gain,
                                 .shift = shift,
                                 .mean = mean,
                                 .variance = variance,
                                 .delta = delta,
                                 .g_gain = g_gain,
                                 .g_shift = g_shift,
                                 .scratch = sums};
            if (!type->forward)
                continue;
            il_real *const drawn[] = {x, delta, gain, shift, mean, variance};
            for (uint32_t k = 0; k < 6; k++)
                draw(20 + k, N, drawn[k]);
            for (size_t c = 0; c < N; c++)
                variance[c] = 1 + variance[c] * variance[c];
            type->forward(call.arg, &pass);
            type->backward(call.arg, &pass);
            add(y, n * units * R * sizeof *y);
            add(delta, n * units * R * sizeof *delta);
            il_real *const rows[] = {g_gain, g_shift, mean, variance};
            for (size_t k = 0; k < 4; k++)
                add(rows[k], units * R * sizeof **rows);
        }
    expect("norms", BITS_NORMS);
}

static void dropouts(void **state) {
    (void)state;
    static il_real a[N], mask[N], out[N];
    static uint32_t words[4 * IL_MASK_BLOCKS * 32];
    uint64_t seed[32], step[32], block[32];
    begin();
    draw(30, N, a);
    for (size_t r = 0; r < 32; r++) {
        seed[r] = r * r;
        step[r] = 5 * r;
    }
    for (size_t i = 0; i < il_dropouts.n; i++)
        for (size_t R = 1; R <= 32; R += 31) {
            il_call call = defaults_of(il_dropouts.items[i]);
            const il_draws draws = {seed, step};
            if (!il_dropout_of(&call)->law)
                continue;
            il_dropout_forward(&call, &(il_dropout_pass){.n = 7,
                                                         .units = 17,
                                                         .R = R,
                                                         .layer = 2,
                                                         .draws = &draws,
                                                         .a = a,
                                                         .mask = mask,
                                                         .out = out,
                                                         .words = words,
                                                         .block = block});
            add(mask, 7 * 17 * R * sizeof *mask);
            add(out, 7 * 17 * R * sizeof *out);
        }
    expect("dropouts", BITS_DROPOUTS);
}

static void add_study(const char *text) {
    il_study *study = study_of(text);
    for (size_t i = 0; i < study->n_arms; i++)
        study->arms[i].engine = IL_LOCKSTEP;
    il_results *results = run_study(study, 2, 0);
    for (size_t i = 0; i < study->n_arms * study->seeds; i++) {
        const il_run *run = &results->runs[i];
        add(&run->epoch, sizeof run->epoch);
        add(&run->outcome, sizeof run->outcome);
        add(&run->loss, sizeof run->loss);
        add(&run->accuracy, sizeof run->accuracy);
    }
    il_results_free(results);
    il_study_free(study);
}

/* Whole runs: initialization, training, judging, refilling, shrinking. */
static void studies(void **state) {
    (void)state;
    static const char *const texts[] = {
        "data: xor\nnetwork: [2-2-1, 2-8-1]\nhidden: [relu, leaky_relu(slope=0.2)]\n"
        "optimizer: [adam(lr=0.02), sgd(lr=1)]\ninit: [he_normal, xavier_uniform]\nseeds: "
        "100\nbudget: 500\n",
        "data: parity(3)\nnetwork: 3-6-2\nhidden: [tanh, sigmoid]\nloss: [softmax_ce, mse]\n"
        "optimizer: momentum(lr=0.5, nesterov=true)\ninit: lecun_normal\n"
        "bias: uniform(low=-0.5, high=0.5)\nseeds: 100\nbudget: 500\n",
        "data: or\nnetwork: 2-[2]x8-1\nhidden: linear\ninit: [normal(std=1e6), "
        "normal(std=100)]\nseeds: 100\n"
        "budget: 50\n",
    };
    begin();
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        add_study(texts[t]);
    expect("studies", BITS_STUDIES);
}

/* Runs with norms, dropout, learned slopes and mini-batches. */
static void regularized_studies(void **state) {
    (void)state;
    begin();
    add_study("data: parity(4)\nnetwork: 4-6-5-2\nhidden: [gelu, prelu(per_unit=true)]\n"
              "norm: [none, batchnorm, layernorm(after=true)]\ndropout: [none, dropout(0.2)]\n"
              "loss: [hinge, softmax_ce(label_smoothing=0.1)]\nbatch: 6\noptimizer: sgd(lr=0.1)\n"
              "init: he_normal\nseeds: 40\nbudget: 40\n");
    add_study(
        "data: xor\nnetwork: 2-8-1\nhidden: selu\nnorm: batchnorm(after=true)\n"
        "dropout: alpha_dropout(0.1)\nloss: [huber(delta=0.5), mae]\nconverged: accuracy == 1\n"
        "optimizer: adam(lr=0.02)\ninit: lecun_normal\nseeds: 100\nbudget: 100\n");
    expect("regularized studies", BITS_REGULARIZED_STUDIES);
}

int main(void) {
#ifdef __x86_64__
    if ((strcmp(VARIANT, "avx2") == 0 && !__builtin_cpu_supports("avx2")) ||
        (strcmp(VARIANT, "avx512f") == 0 && !__builtin_cpu_supports("avx512f"))) {
        printf("this processor has no %s\n", VARIANT);
        return 77;
    }
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams),
        cmocka_unit_test(products),
        cmocka_unit_test(activations),
        cmocka_unit_test(learned_slopes),
        cmocka_unit_test(losses),
        cmocka_unit_test(norms),
        cmocka_unit_test(dropouts),
        cmocka_unit_test(studies),
        cmocka_unit_test(regularized_studies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
