/* Checkpoints: training that was interrupted goes on to the bit, whatever it was interrupted by. */
#include "cmocka_all.h"

#include "initlab.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N 23
#define INPUTS 3

static char folder[] = "/tmp/initlab-checkpoint-XXXXXX", path[64], before[80];
static il_real X[N * INPUTS], Y[N * 2];
static const il_samples data = {.n = N, .X = X, .Y = Y};

static int prepare(void **state) {
    (void)state;
    il_stream s = il_stream_open(8, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, N * INPUTS, X);
    for (size_t i = 0; i < N; i++)
        Y[i * 2 + (X[i * INPUTS] * X[i * INPUTS + 1] > 0)] = 1;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/c.safetensors", folder);
    snprintf(before, sizeof before, "%s.1", path);
    return 0;
}

static int clean(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static il_call call(const il_family *family, const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

typedef struct recipe {
    const char *hidden, *norm, *dropout, *optimizer, *schedule;
    size_t batch;
    const char *clip, *penalty;
    uint32_t epochs;
} recipe;

static const recipe recipes[] = {
    {"tanh", "none", "none", "adam(lr=0.01)", "constant", 4, "none", "none", 12},
    {"relu", "batchnorm", "0.3", "momentum(lr=0.05)", "constant", 4, "none", "none", 12},
    {"relu", "layernorm", "none", "sgd(lr=0.1)", "constant", 0, "none", "none", 12},
    {"prelu(per_unit=true)", "batchnorm(after=true)", "alpha_dropout(0.2)", "nadam(lr=0.05)",
     "plateau(patience=0, factor=0.5)", 7, "norm(0.1)", "max_norm(1)", 12},
    {"prelu", "none", "none", "adamw(lr=0.05)", "cosine(warmup=1)", 4, "value(0.05)",
     "l2(0.1, all=true)", 12},
    {"elu", "layernorm(after=true)", "none", "rprop", "one_cycle", 0, "none", "weight_decay(0.1)",
     12},
    {"relu", "none", "0.5", "rmsprop(momentum=0.9, centered=true)", "exponential(gamma=0.9)", 5,
     "none", "l1(0.01)", 12},
};
#define RECIPES (sizeof recipes / sizeof *recipes)

static il_trainer *trainer_of(const recipe *x, il_engine engine) {
    il_error err;
    il_trainer *trainer = NULL;
    il_network_config config = {.hidden = call(&il_activations, x->hidden),
                                .loss = call(&il_losses, "softmax_ce"),
                                .norm = call(&il_norms, x->norm),
                                .dropout = call(&il_dropouts, x->dropout),
                                .engine = engine,
                                .replicas = engine == IL_BLAS ? 1 : 16};
    il_training training = {.optimizer = call(&il_optimizers, x->optimizer),
                            .schedule = call(&il_schedules, x->schedule),
                            .clip = call(&il_clips, x->clip),
                            .penalty = call(&il_penalties, x->penalty),
                            .batch = x->batch,
                            .epochs = x->epochs,
                            .patience = 3};
    assert_int_equal(il_widths_parse("3-6-5-2", NULL, &config.widths, &err), IL_OK);
    if (il_trainer_new(&config, &training, &data, NULL, &trainer, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_call init = call(&il_inits, "he_normal"), bias = call(&il_inits, "zeros");
    for (size_t r = 0; r < config.replicas; r++) {
        assert_int_equal(
            il_init_network(&init, &bias, il_trainer_network(trainer), r, 40 + r, &err), IL_OK);
        il_trainer_begin(trainer, r, 40 + r);
    }
    return trainer;
}

static void train(il_trainer *t, int epochs) {
    il_real loss[16], correct[16];
    for (int e = 0; e < epochs; e++) {
        il_trainer_evaluate(t, &data, loss, correct);
        il_trainer_observe(t, loss);
        il_trainer_epoch(t, NULL, NULL);
    }
}

static void assert_equal_state(il_trainer *a, il_trainer *b) {
    il_network *x = il_trainer_network(a), *y = il_trainer_network(b);
    size_t R = il_network_replicas(x);
    il_real loss[2][16], correct[2][16];
    assert_memory_equal(il_network_parameters(x), il_network_parameters(y),
                        il_network_size(x) * R * sizeof(il_real));
    assert_memory_equal(il_network_running(x), il_network_running(y),
                        il_network_running_size(x) * R * sizeof(il_real));
    il_trainer_evaluate(a, &data, loss[0], correct[0]);
    il_trainer_evaluate(b, &data, loss[1], correct[1]);
    assert_memory_equal(loss[0], loss[1], R * sizeof(il_real));
    for (size_t r = 0; r < R; r++) {
        assert_int_equal(il_trainer_finished(a, r), il_trainer_finished(b, r));
        assert_int_equal(il_trainer_stalled(a, r), il_trainer_stalled(b, r));
    }
}

static const il_remark notes[] = {{"data", "products"}};

static void save(const il_trainer *t) {
    il_error err;
    if (il_trainer_save(t, notes, 1, path, &err) != IL_OK)
        fail_msg("%s", err.message);
}

/* Train 5, save, load elsewhere, train 5 more: as if 10 had been trained at once. */
static void resumed(void **state) {
    (void)state;
    for (size_t i = 0; i < RECIPES; i++)
        for (int engine = 0; engine < 2; engine++) {
            il_error err;
            bool older = true;
            il_trainer *whole = trainer_of(&recipes[i], (il_engine)engine),
                       *first = trainer_of(&recipes[i], (il_engine)engine),
                       *second = trainer_of(&recipes[i], (il_engine)engine);
            train(whole, 10);
            train(first, 5);
            save(first);
            train(second, 2); /* which is forgotten */
            assert_int_equal(il_trainer_load(second, notes, 1, path, &older, &err), IL_OK);
            assert_false(older);
            assert_int_equal(il_trainer_finished(second, 0), 5);
            assert_equal_state(first, second);
            train(second, 5);
            assert_equal_state(whole, second);
            train(first, 5); /* saving changes nothing */
            assert_equal_state(whole, first);
            il_trainer_free(whole);
            il_trainer_free(first);
            il_trainer_free(second);
        }
}

static void refused(const recipe *x, il_engine engine, const char *note, const char *message) {
    il_error err = {.message = ""};
    bool older;
    il_trainer *t = trainer_of(x, engine), *untouched = trainer_of(x, engine);
    const il_remark mine = {notes[0].key, note};
    assert_int_equal(il_trainer_load(t, &mine, 1, path, &older, &err), IL_INVALID);
    if (!strstr(err.message, message))
        fail_msg("%s\nlacks\n%s", err.message, message);
    assert_equal_state(t, untouched);
    il_trainer_free(t);
    il_trainer_free(untouched);
}

static void other_trainings(void **state) {
    (void)state;
    il_trainer *t = trainer_of(&recipes[0], IL_BLAS);
    save(t);
    il_trainer_free(t);
    recipe x = recipes[0];
    refused(&x, IL_BLAS, "sums",
            "was made with data products, but this training has sums: give the same, or another "
            "file");
    refused(&x, IL_LOCKSTEP, "products",
            "was made with engine blas, but this training has lockstep");
    x.batch = 5;
    refused(&x, IL_BLAS, "products", "was made with batch 4, but this training has 5");
    x = recipes[0];
    x.optimizer = "adam(lr=0.02)";
    refused(&x, IL_BLAS, "products", "was made with optimizer adam(lr=0.01)");
    x = recipes[0];
    x.hidden = "relu";
    refused(&x, IL_BLAS, "products", "was made with hidden tanh");
    x = recipes[0];
    x.clip = "value(0.1)";
    refused(&x, IL_BLAS, "products", "was made with clip none");
    x = recipes[0];
    x.epochs = 24; /* any other number serves where the schedule does not look at it */
    t = trainer_of(&x, IL_BLAS);
    bool older;
    il_error err;
    assert_int_equal(il_trainer_load(t, notes, 1, path, &older, &err), IL_OK);
    il_trainer_free(t);
    t = trainer_of(&recipes[4], IL_BLAS);
    save(t);
    il_trainer_free(t);
    x = recipes[4];
    x.epochs = 24;
    refused(&x, IL_BLAS, "products", "was made with epochs 12, but this training has 24");
    il_tensors *set;
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    assert_int_equal(il_tensors_write(set, path, IL_REPLACE, &err), IL_OK);
    il_tensors_free(set);
    refused(&recipes[0], IL_BLAS, "products", "is no checkpoint");
}

/* The generation before serves when the last one is damaged. */
static void generations(void **state) {
    (void)state;
    il_error err;
    bool older = false;
    il_trainer *t = trainer_of(&recipes[0], IL_BLAS), *u = trainer_of(&recipes[0], IL_BLAS);
    train(t, 1);
    save(t);
    train(t, 1);
    save(t);
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(il_trainer_load(u, notes, 1, path, &older, &err), IL_OK);
    assert_true(older);
    assert_int_equal(il_trainer_finished(u, 0), 1);
    assert_int_equal(truncate(before, 100), 0);
    assert_int_not_equal(il_trainer_load(u, notes, 1, path, &older, &err), IL_OK);
    assert_non_null(strstr(err.message, path));
    il_trainer_free(t);
    il_trainer_free(u);
}

/* Saves as fast as it can until it is killed. */
static void save_for_ever(void) {
    il_trainer *t = trainer_of(&recipes[1], IL_LOCKSTEP);
    for (;;) {
        train(t, 1);
        save(t);
    }
}

static void killed(void **state) {
    (void)state;
    il_error err;
    bool older;
    uint64_t most = 0;
    il_trainer *t = trainer_of(&recipes[1], IL_LOCKSTEP),
               *again = trainer_of(&recipes[1], IL_LOCKSTEP);
    save(t);
    for (long moment = 0; moment < 50; moment++) {
        pid_t child = fork();
        if (child == 0)
            save_for_ever();
        const struct timespec wait = {0, 2000000 + moment * 700001 % 20000000};
        nanosleep(&wait, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        if (il_trainer_load(t, notes, 1, path, &older, &err) != IL_OK)
            fail_msg("killed at moment %ld: %s", moment, err.message);
        most = il_trainer_finished(t, 0) > most ? il_trainer_finished(t, 0) : most;
    }
    assert_true(most > 0); /* or no child had time to save */
    train(again, (int)il_trainer_finished(t, 0));
    assert_equal_state(t, again);
    il_trainer_free(t);
    il_trainer_free(again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumed),
        cmocka_unit_test(other_trainings),
        cmocka_unit_test(generations),
        cmocka_unit_test(killed),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
