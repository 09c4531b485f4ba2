/* The trainer: epochs of mini-batches, each run for itself whatever trains beside it. */
#include "cmocka_all.h"
#include "naive.h"

#include "initlab.h"
#include "lab/trainer.h"

#include <stdlib.h>

#define N 23
#define INPUTS 3
#define CLASSES 2

static il_real X[N * INPUTS], Y[N * CLASSES];
static const il_samples data = {.n = N, .X = X, .Y = Y};

static int make_data(void **state) {
    (void)state;
    il_stream s = il_stream_open(8, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, N * INPUTS, X);
    for (size_t i = 0; i < N; i++)
        Y[i * CLASSES + (X[i * INPUTS] * X[i * INPUTS + 1] > 0)] = 1;
    return 0;
}

static il_call call(const il_family *family, const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

typedef struct recipe {
    const char *widths, *hidden, *norm, *dropout, *optimizer, *schedule, *clip, *penalty;
    size_t batch;
    il_order order;
    bool drop_last;
    uint32_t patience;
} recipe;

static const recipe plain = {.widths = "3-5-2",
                             .hidden = "tanh",
                             .norm = "none",
                             .dropout = "none",
                             .optimizer = "sgd(lr=0.1)",
                             .schedule = "constant",
                             .clip = "none",
                             .penalty = "none",
                             .batch = 4};

static il_trainer *trainer_on(const recipe *x, const il_samples *samples, il_engine engine,
                              size_t R) {
    il_error err;
    il_trainer *trainer = NULL;
    il_network_config config = {.hidden = call(&il_activations, x->hidden),
                                .loss = call(&il_losses, "softmax_ce"),
                                .norm = call(&il_norms, x->norm),
                                .dropout = call(&il_dropouts, x->dropout),
                                .engine = engine,
                                .replicas = R};
    il_training training = {.optimizer = call(&il_optimizers, x->optimizer),
                            .schedule = call(&il_schedules, x->schedule),
                            .clip = call(&il_clips, x->clip),
                            .penalty = call(&il_penalties, x->penalty),
                            .batch = x->batch,
                            .order = x->order,
                            .drop_last = x->drop_last,
                            .epochs = 12,
                            .patience = x->patience};
    assert_int_equal(il_widths_parse(x->widths, NULL, &config.widths, &err), IL_OK);
    if (il_trainer_new(&config, &training, samples, NULL, &trainer, &err) != IL_OK)
        fail_msg("%s", err.message);
    return trainer;
}

static il_trainer *trainer_of(const recipe *x, il_engine engine, size_t R) {
    return trainer_on(x, &data, engine, R);
}

static void begin(il_trainer *trainer, size_t replica, uint64_t seed) {
    il_error err;
    il_call init = call(&il_inits, "he_normal"),
            bias = call(&il_inits, "uniform(low=-0.1, high=0.1)");
    assert_int_equal(
        il_init_network(&init, &bias, il_trainer_network(trainer), replica, seed, &err), IL_OK);
    il_trainer_begin(trainer, replica, seed);
}

/* One replica's parameters and running statistics. */
static size_t state_of(il_trainer *trainer, size_t replica, il_real *out) {
    il_network *net = il_trainer_network(trainer);
    size_t n = il_network_size(net), m = il_network_running_size(net), R = il_network_replicas(net);
    for (size_t i = 0; i < n; i++)
        out[i] = il_network_parameters(net)[i * R + replica];
    for (size_t i = 0; i < m; i++)
        out[n + i] = il_network_running(net)[i * R + replica];
    return n + m;
}

/* An epoch is a permutation, another one in each epoch and for each seed, and the same for equal ones. */
static void orders(void **state) {
    (void)state;
    uint32_t a[100], b[100], c[100], lanes[100 * 16];
    for (uint64_t seed = 1; seed < 20; seed++) {
        bool seen[100] = {false};
        size_t moved = 0;
        il_order_shuffle(100, 1, seed, 3, a);
        il_order_shuffle(100, 1, seed, 4, b);
        il_order_shuffle(100, 1, seed + 1, 3, c);
        il_order_shuffle(100, 16, seed, 3, lanes + 5);
        for (size_t i = 0; i < 100; i++) {
            assert_true(a[i] < 100 && !seen[a[i]]);
            seen[a[i]] = true;
            moved += a[i] != i;
            assert_int_equal(lanes[i * 16 + 5], a[i]);
        }
        assert_true(moved > 80);
        assert_memory_not_equal(a, b, sizeof a);
        assert_memory_not_equal(a, c, sizeof a);
    }
    il_order_shuffle(1, 1, 5, 0, a);
    assert_int_equal(a[0], 0);
}

/* Each of 5 samples stands first equally often: chi squared with 4 degrees of freedom over 5000 seeds, whose 1 - 1e-6
 * quantile is 33.4; the place of sample 0 likewise. */
static void orders_are_uniform(void **state) {
    (void)state;
    double first[5] = {0}, place[5] = {0}, chi[2] = {0};
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        uint32_t a[5];
        il_order_shuffle(5, 1, seed, 0, a);
        first[a[0]]++;
        for (size_t i = 0; i < 5; i++)
            place[i] += a[i] == 0;
    }
    for (size_t i = 0; i < 5; i++) {
        chi[0] += (first[i] - 1000) * (first[i] - 1000) / 1000;
        chi[1] += (place[i] - 1000) * (place[i] - 1000) / 1000;
    }
    assert_true(chi[0] < 33.4 && chi[1] < 33.4);
}

/* Mini-batches of plain descent against the textbook network, sample by sample in the same order. */
static void follows_textbook(void **state) {
    (void)state;
    for (int engine = 0; engine < 2; engine++)
        for (int drop_last = 0; drop_last < 2; drop_last++) {
            recipe x = plain;
            x.drop_last = drop_last;
            size_t R = engine == IL_BLAS ? 1 : 16, lane = R - 1, steps = drop_last ? 5 : 6;
            il_trainer *trainer = trainer_of(&x, (il_engine)engine, R);
            assert_int_equal(il_trainer_steps(trainer), steps);
            begin(trainer, lane, 9);
            naive net = {
                .layers = 2, .width = {3, 5, 2}, .hidden = NAIVE_TANH, .loss = NAIVE_SOFTMAX_CE};
            for (size_t k = 0; k < 2; k++) {
                il_real W[15], b[5];
                il_network_get(il_trainer_network(trainer), k, lane, W, b);
                for (size_t j = 0; j < net.width[k + 1]; j++) {
                    net.b[k][j] = (double)b[j];
                    for (size_t p = 0; p < net.width[k]; p++)
                        net.W[k][p][j] = (double)W[p * net.width[k + 1] + j];
                }
            }
            for (uint64_t epoch = 0; epoch < 7; epoch++) {
                uint32_t order[N];
                double mean = 0, seen = 0;
                il_order_shuffle(N, 1, 9, epoch, order);
                for (size_t k = 0; k < steps; k++) {
                    double x_batch[4 * INPUTS], y_batch[4 * CLASSES];
                    size_t n = N - 4 * k < 4 ? N - 4 * k : 4;
                    for (size_t i = 0; i < n; i++) {
                        for (size_t c = 0; c < INPUTS; c++)
                            x_batch[i * INPUTS + c] = (double)X[order[4 * k + i] * INPUTS + c];
                        for (size_t c = 0; c < CLASSES; c++)
                            y_batch[i * CLASSES + c] = (double)Y[order[4 * k + i] * CLASSES + c];
                    }
                    mean += naive_pass(&net, n, x_batch, y_batch) * (double)n;
                    seen += (double)n;
                    for (size_t l = 0; l < 2; l++)
                        for (size_t j = 0; j < net.width[l + 1]; j++) {
                            net.b[l][j] -= 0.1 * net.gb[l][j];
                            for (size_t p = 0; p < net.width[l]; p++)
                                net.W[l][p][j] -= 0.1 * net.gW[l][p][j];
                        }
                }
                il_real loss[16], accuracy[16];
                il_trainer_epoch(trainer, loss, accuracy);
                assert_true(fabs((double)loss[lane] - mean / seen) < 1e-5);
                assert_true(accuracy[lane] >= 0 && accuracy[lane] <= 1);
            }
            double tolerance = sizeof(il_real) == 4 ? 1e-5 : 1e-13;
            for (size_t k = 0; k < 2; k++) {
                il_real W[15], b[5];
                il_network_get(il_trainer_network(trainer), k, lane, W, b);
                for (size_t j = 0; j < net.width[k + 1]; j++) {
                    assert_true(fabs((double)b[j] - net.b[k][j]) < tolerance);
                    for (size_t p = 0; p < net.width[k]; p++)
                        assert_true(fabs((double)W[p * net.width[k + 1] + j] - net.W[k][p][j]) <
                                    tolerance);
                }
            }
            il_trainer_free(trainer);
        }
}

#define RECIPE(w, h, n, d, o, b, how)                                                              \
    {                                                                                              \
        .widths = w, .hidden = h, .norm = n, .dropout = d, .optimizer = o, .schedule = "constant", \
        .clip = "none", .penalty = "none", .batch = b, .order = how                                \
    }

static const recipe recipes[] = {
    RECIPE("3-5-2", "tanh", "none", "none", "adam(lr=0.02)", 4, IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "relu", "batchnorm", "none", "momentum(lr=0.05)", 5, IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "elu", "batchnorm(after=true)", "dropout(p=0.3)", "sgd(lr=0.1)", 6,
           IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "selu", "none", "alpha_dropout(p=0.1)", "adam(lr=0.02)", 6,
           IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "sigmoid", "layernorm", "dropout(p=0.3)", "adam(lr=0.02)", 0,
           IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "tanh", "batchnorm", "none", "momentum(lr=0.05)", 0, IL_ORDER_PER_SEED),
    RECIPE("3-5-2", "tanh", "none", "none", "adam(lr=0.02)", 4, IL_ORDER_SHARED),
    RECIPE("3-6-5-2", "prelu(per_unit=true)", "layernorm(after=true)", "dropout(p=0.2)",
           "momentum(lr=0.05)", 5, IL_ORDER_PER_SEED),
    RECIPE("3-6-5-2", "prelu", "batchnorm", "none", "sgd(lr=0.1)", 0, IL_ORDER_PER_SEED),
    {"3-6-5-2", "relu", "batchnorm", "0.2", "momentum(lr=0.05)", "plateau(patience=0, factor=0.3)",
     "norm(0.5)", "max_norm(1)", 5, IL_ORDER_PER_SEED, true, 2},
    {"3-6-5-2", "prelu", "none", "none", "nadam(lr=0.05)", "cosine(warmup=2)", "value(0.1)",
     "l2(0.01, all=true)", 5, IL_ORDER_PER_SEED, false, 3},
};

/* Epochs as a group runs them. */
static void advance(il_trainer *trainer, int epochs) {
    il_real loss[64], correct[64];
    for (int e = 0; e < epochs; e++) {
        il_trainer_evaluate(trainer, &data, loss, correct);
        il_trainer_observe(trainer, loss);
        il_trainer_epoch(trainer, NULL, NULL);
    }
}

/* A run depends on its seed alone: not on R, the lane, when it began, or what was shrunk away beside it. */
static void runs_stand_alone(void **state) {
    (void)state;
    for (size_t x = 0; x < sizeof recipes / sizeof *recipes; x++) {
        il_real alone[256], among[256];
        il_trainer *one = trainer_of(&recipes[x], IL_LOCKSTEP, 16);
        begin(one, 0, 7);
        advance(one, 9);
        size_t n = state_of(one, 0, alone);

        il_trainer *many = trainer_of(&recipes[x], IL_LOCKSTEP, 64);
        for (size_t r = 0; r < 64; r++)
            begin(many, r, 100 + r);
        advance(many, 4);
        begin(many, 37, 7);
        advance(many, 5);
        size_t lanes[] = {3, 37, 60};
        il_trainer_keep(many, lanes, 3);
        advance(many, 4);
        assert_int_equal(state_of(many, 1, among), n);
        assert_memory_equal(alone, among, n * sizeof *alone);
        assert_true(one->best[0] == many->best[1] && one->stale[0] == many->stale[1]);
        assert_memory_equal(one->schedule, many->schedule + IL_SCHEDULE_STATE,
                            IL_SCHEDULE_STATE * sizeof *one->schedule);
        state_of(many, 0, among);
        assert_memory_not_equal(alone, among, n * sizeof *alone);
        il_trainer_free(one);
        il_trainer_free(many);
    }
}

/* Both engines, step for step, under the same masks. No Adam after a batchnorm: the
 * bias before it has no gradient but rounding, which Adam would enlarge. */
static void engines_agree(void **state) {
    (void)state;
    for (size_t x = 0; x < sizeof recipes / sizeof *recipes; x++) {
        il_real a[256], b[256];
        il_trainer *blas = trainer_of(&recipes[x], IL_BLAS, 1),
                   *lockstep = trainer_of(&recipes[x], IL_LOCKSTEP, 16);
        begin(blas, 0, 7);
        begin(lockstep, 2, 7);
        for (int e = 0; e < 6; e++) {
            il_trainer_epoch(blas, NULL, NULL);
            il_trainer_epoch(lockstep, NULL, NULL);
        }
        size_t n = state_of(blas, 0, a);
        state_of(lockstep, 2, b);
        double difference = 0, norm = 0;
        for (size_t i = 0; i < n; i++) {
            difference += (double)((a[i] - b[i]) * (a[i] - b[i]));
            norm += (double)(a[i] * a[i]);
        }
        assert_true(sqrt(difference / norm) < (sizeof(il_real) == 4 ? 1e-4 : 1e-12));
        il_trainer_free(blas);
        il_trainer_free(lockstep);
    }
}

/* Evaluating changes nothing, in parts or at once gives the same, and a plain full batch is trained on the pass that was
 * evaluated. */
static void evaluation(void **state) {
    (void)state;
    for (size_t x = 0; x < sizeof recipes / sizeof *recipes; x++)
        for (int engine = 0; engine < 2; engine++) {
            size_t R = engine == IL_BLAS ? 1 : 16;
            il_real looked[256], blind[256], loss[16], correct[16], whole[16], right[16];
            il_trainer *a = trainer_of(&recipes[x], (il_engine)engine, R),
                       *b = trainer_of(&recipes[x], (il_engine)engine, R);
            recipe full = recipes[x];
            full.batch = 0;
            il_trainer *c = trainer_of(&full, (il_engine)engine, R);
            begin(a, 0, 5);
            begin(b, 0, 5);
            begin(c, 0, 5);
            il_trainer_evaluate(c, &data, whole, right);
            for (int e = 0; e < 5; e++) {
                il_trainer_evaluate(a, &data, loss, correct);
                if (e == 0) {
                    assert_true(fabs((double)(loss[0] - whole[0])) < 1e-6);
                    assert_true(correct[0] == right[0]);
                }
                il_samples few = {.n = 5, .X = X, .Y = Y};
                if (e == 2)
                    il_trainer_evaluate(a, &few, loss, correct);
                il_trainer_epoch(a, NULL, NULL);
                il_trainer_epoch(b, NULL, NULL);
            }
            size_t n = state_of(a, 0, looked);
            state_of(b, 0, blind);
            assert_memory_equal(looked, blind, n * sizeof *looked);
            il_trainer_free(a);
            il_trainer_free(b);
            il_trainer_free(c);
        }
}

/* Bytes give the very runs that the numbers they stand for give. */
static void pixels(void **state) {
    (void)state;
    static uint8_t bytes[N * INPUTS];
    static il_real numbers[N * INPUTS];
    const il_samples plain_data = {.n = N, .X = numbers, .Y = Y};
    const il_samples as_bytes = {
        .n = N, .pixels = bytes, .Y = Y, .scale = (il_real)0.01, .offset = (il_real)-1.3};
    for (size_t i = 0; i < N * INPUTS; i++) {
        bytes[i] = (uint8_t)(128 + 40 * X[i]);
        numbers[i] = as_bytes.scale * (il_real)bytes[i] + as_bytes.offset;
    }
    for (int engine = 0; engine < 2; engine++)
        for (size_t batch = 0; batch < 8; batch += 4) {
            size_t R = engine == IL_BLAS ? 1 : 16;
            recipe x = plain;
            x.batch = batch;
            il_real loss[2][16], correct[2][16], trained[2][256];
            for (int b = 0; b < 2; b++) {
                const il_samples *samples = b ? &as_bytes : &plain_data;
                il_trainer *t = trainer_on(&x, samples, (il_engine)engine, R);
                begin(t, 0, 5);
                for (int e = 0; e < 5; e++) {
                    il_trainer_evaluate(t, samples, loss[b], correct[b]);
                    il_trainer_epoch(t, NULL, NULL);
                }
                state_of(t, 0, trained[b]);
                il_trainer_free(t);
            }
            assert_true(loss[0][0] == loss[1][0] && correct[0][0] == correct[1][0]);
            assert_memory_equal(trained[0], trained[1], 32 * sizeof trained[0][0]);
        }
}

/* All seeds visit the samples alike when the order is shared: from equal weights they stay equal. */
static void shared_order(void **state) {
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        recipe x = plain;
        x.order = shared ? IL_ORDER_SHARED : IL_ORDER_PER_SEED;
        il_real a[64], b[64];
        il_trainer *trainer = trainer_of(&x, IL_LOCKSTEP, 16);
        begin(trainer, 0, 5);
        begin(trainer, 1, 5);
        il_trainer_begin(trainer, 1, 6);
        il_trainer_epoch(trainer, NULL, NULL);
        size_t n = state_of(trainer, 0, a);
        state_of(trainer, 1, b);
        assert_int_equal(memcmp(a, b, n * sizeof *a) == 0, shared);
        il_trainer_free(trainer);
    }
}

/* The count of epochs without improvement, for each replica. */
static void patience(void **state) {
    (void)state;
    recipe x = plain;
    x.patience = 3;
    il_trainer *trainer = trainer_of(&x, IL_LOCKSTEP, 16);
    begin(trainer, 0, 1);
    begin(trainer, 1, 2);
    il_real loss[16] = {0};
    static const il_real falling[] = {5, 4, 4, 3, 3, 3, 3}, flat[] = {5, 5, 6, 7, 1, 1, 1};
    static const bool stalled[2][7] = {{0, 0, 0, 0, 0, 0, 1}, {0, 0, 0, 1, 0, 0, 0}};
    for (size_t e = 0; e < 7; e++) {
        loss[0] = falling[e];
        loss[1] = flat[e];
        il_trainer_observe(trainer, loss);
        assert_int_equal(il_trainer_stalled(trainer, 0), stalled[0][e]);
        assert_int_equal(il_trainer_stalled(trainer, 1), stalled[1][e]);
    }
    il_trainer_free(trainer);
    trainer = trainer_of(&plain, IL_LOCKSTEP, 16);
    for (size_t e = 0; e < 100; e++)
        il_trainer_observe(trainer, loss);
    assert_false(il_trainer_stalled(trainer, 0));
    il_trainer_free(trainer);
}

/* What a program can get wrong, before any of it is looked into. */
static void refuses(void **state) {
    (void)state;
    il_error err;
    il_trainer *trainer = NULL;
    il_network_config config = {.hidden = call(&il_activations, "relu"),
                                .loss = call(&il_losses, "softmax_ce"),
                                .engine = IL_BLAS,
                                .replicas = 1};
    il_training training = {.optimizer = call(&il_optimizers, "sgd")}, bad = {0};
    const il_samples none = {0};
    assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "0 widths: a network has from 2"));
    assert_int_equal(il_widths_parse("3-5-2", NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_trainer_new(&config, &bad, &data, NULL, &trainer, &err), IL_INVALID);
    assert_string_equal(err.message, "no optimizer is given: read one with il_call_parse");
    assert_int_equal(il_trainer_new(&config, &training, &none, NULL, &trainer, &err), IL_INVALID);
    il_call *const calls[] = {&bad.schedule, &bad.clip, &bad.penalty};
    for (size_t i = 0; i < 3; i++) {
        bad = training;
        *calls[i] = training.optimizer;
        assert_int_equal(il_trainer_new(&config, &bad, &data, NULL, &trainer, &err), IL_INVALID);
        assert_non_null(strstr(err.message, "'sgd' is no "));
    }
    config.norm = training.optimizer;
    assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err), IL_INVALID);
    assert_string_equal(err.message, "'sgd' is no norm");
    assert_null(trainer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders),           cmocka_unit_test(orders_are_uniform),
        cmocka_unit_test(follows_textbook), cmocka_unit_test(runs_stand_alone),
        cmocka_unit_test(engines_agree),    cmocka_unit_test(evaluation),
        cmocka_unit_test(pixels),           cmocka_unit_test(shared_order),
        cmocka_unit_test(patience),         cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, make_data, NULL);
}
