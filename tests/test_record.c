/* Recording: it changes no run, and what it keeps is what training was. */
#include "stores.h"
#include "studies.h"

#include "lab/monitor.h"
#include "lab/store/store.h"
#include "lab/task.h"

#include <math.h>

#define PATH "test_record.db"
#define SEED 3 /* of the run that is made again step by step */

/* One batch of all samples, judged on them; and mini-batches, norm, dropout and judges of their own, in both engines. */
#define FULL "data: xor\nnetwork: 2-6-4-1\nhidden: tanh\noptimizer: adam(lr=0.02)\nbudget: 60\n"
#define PARTS                                                                                      \
    "data: spirals(n=60)\nsplit: random(test=0.3)\nnetwork: 2-8-6-2\nbatch: 7\ndropout: 0.2\n"     \
    "norm: batchnorm\noptimizer: momentum(lr=0.1)\npenalty: weight_decay(0.01)\nbudget: 9\n"       \
    "converged: accuracy > 0.8\n"
#define RUNS "init: [he_normal, xavier_uniform]\nseeds: 70\n"
static const char *const specs[] = {FULL RUNS, PARTS RUNS,
                                    PARTS "init: he_normal\nseeds: 6\nengine: blas\n"};
enum { SPECS = sizeof specs / sizeof *specs };

static int remove_store(void **state) {
    (void)state;
    remove_files(PATH);
    return 0;
}

static il_study *recorded(const char *spec, const char *record) {
    char text[1024];
    snprintf(text, sizeof text, "%srecord: %s\n", spec, record);
    return study_of(text);
}

/* Runs a study with the store's file; what it found there. */
static size_t stored(const il_study *study, size_t jobs, size_t lanes, il_results **out) {
    il_error err;
    il_store *store = NULL;
    il_results *results = NULL;
    il_run_options options = {.jobs = jobs, .lanes = lanes};
    if (il_store_open(PATH, NULL, &store, &err) != IL_OK)
        fail_msg("%s", err.message);
    options.store = store;
    if (il_study_run(study, &options, &results, &err) != IL_OK)
        fail_msg("%s", err.message);
    size_t found = il_store_found(store);
    assert_int_equal(il_store_kept(store), study->n_arms * study->seeds);
    il_store_close(store);
    if (out)
        *out = results;
    else
        il_results_free(results);
    return found;
}

static il_arm_record *record_of_arm(size_t arm) {
    il_error err;
    il_archive *archive = NULL;
    il_arm_record *record = NULL;
    if (il_archive_read(PATH, NULL, &archive, &err) != IL_OK ||
        il_archive_record(archive, arm, &record, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_int_equal(archive->recorded[arm], record->n);
    for (size_t i = 0; i < record->n; i++) {
        const il_run_record *r = &record->run[i];
        const il_run *run = &archive->runs[arm * archive->asked + r->seed - 1];
        assert_int_equal(r->seed, i + 1);
        assert_int_equal(r->point[0].epoch, 0);
        assert_int_equal(r->point[r->n_points - 1].epoch, run->epoch);
        assert_memory_equal(&r->point[r->n_points - 1].loss, &run->loss, sizeof run->loss);
        assert_memory_equal(&r->point[r->n_points - 1].accuracy, &run->accuracy,
                            sizeof run->accuracy);
    }
    il_archive_free(archive);
    return record;
}

static void assert_same_records(const il_arm_record *a, const il_arm_record *b) {
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_layers, b->n_layers);
    assert_int_equal(a->n_snapshot, b->n_snapshot);
    for (size_t i = 0; i < a->n; i++) {
        const il_run_record *x = &a->run[i], *y = &b->run[i];
        assert_int_equal(x->n_points, y->n_points);
        assert_memory_equal(x->point, y->point, x->n_points * sizeof *x->point);
        assert_int_equal(x->n_layer_points, y->n_layer_points);
        if (x->n_layer_points) {
            assert_memory_equal(x->layer, y->layer,
                                x->n_layer_points * a->n_layers * sizeof *x->layer);
            assert_memory_equal(x->layer_epoch, y->layer_epoch,
                                x->n_layer_points * sizeof *x->layer_epoch);
        }
        assert_memory_equal(x->start, y->start, a->n_snapshot * sizeof *x->start);
        assert_memory_equal(x->end, y->end, a->n_snapshot * sizeof *x->end);
        assert_memory_equal(&x->alarms, &y->alarms, sizeof x->alarms);
    }
}

static void recording_changes_no_run(void **state) {
    (void)state;
    static const char *const records[] = {"curves(every=3, seeds=5)", "layers(every=2, seeds=40)"};
    for (size_t i = 0; i < SPECS; i++) {
        il_study *plain = study_of(specs[i]);
        il_results *expected = run_study(plain, 1, 0), *results;
        for (size_t k = 0; k < 4; k++) {
            il_study *study = recorded(specs[i], records[k % 2]);
            remove_store(NULL);
            assert_int_equal(stored(study, 1 + k / 2, k < 2 ? 16 : 64, &results), 0);
            assert_same_runs(results->runs, expected->runs, plain->n_arms * plain->seeds);
            il_results_free(results);
            il_study_free(study);
        }
        il_results_free(expected);
        il_study_free(plain);
    }
}

/* With 16 lanes a recorded run follows another in its lane; with 48 the group shrinks under it. */
static void records_do_not_depend_on_lanes(void **state) {
    (void)state;
    for (size_t i = 0; i < SPECS; i++) {
        il_study *study = recorded(specs[i], "layers(every=4, seeds=40)");
        il_arm_record *record[2];
        for (size_t k = 0; k < 2; k++) {
            remove_store(NULL);
            stored(study, 1 + k, k ? 48 : 16, NULL);
            record[k] = record_of_arm(study->n_arms - 1);
        }
        assert_int_equal(record[0]->n, study->seeds < 40 ? study->seeds : 40);
        assert_same_records(record[0], record[1]);
        il_arm_record_free(record[0]);
        il_arm_record_free(record[1]);
        il_study_free(study);
    }
}

/* A run made again with the public functions alone. */
typedef struct remake {
    il_task task;
    il_trainer *trainer;
    il_network *net;
    il_real before[64]; /* the last layer's weights before the last step */
    size_t weights;
} remake;

static void take_weights(remake *a) {
    il_real b[64];
    a->weights = 6 * 4; /* room for any of the studies' last layers */
    il_network_get(a->net, il_network_layers(a->net) - 1, 0, a->before, b);
}

static void take_before_last(void *context, const il_trainer *trainer, size_t step) {
    if (step + 1 == il_trainer_steps(trainer))
        take_weights(context);
}

static void begin_again(remake *a, const il_study *study) {
    il_error err;
    const il_arm *arm = &study->arms[0];
    size_t R = arm->engine == IL_BLAS ? 1 : 16;
    const il_network_config config = il_arm_network(arm, R);
    il_training training = il_arm_training(study, arm);
    training.stepped = take_before_last;
    training.context = a;
    if (il_task_open(study, arm, &a->task, &err) != IL_OK ||
        il_trainer_new(&config, &training, &a->task.part[IL_TRAIN], &a->task.part[a->task.judges],
                       &a->trainer, &err) != IL_OK)
        fail_msg("%s", err.message);
    a->net = il_trainer_network(a->trainer);
    for (size_t r = 0; r < R; r++) {
        assert_int_equal(il_init_network(&arm->init, &arm->bias, a->net, r, SEED, &err), IL_OK);
        il_trainer_begin(a->trainer, r, SEED);
    }
}

static void assert_point(remake *a, const il_point *point) {
    const il_samples *train = &a->task.part[IL_TRAIN], *judges = &a->task.part[a->task.judges];
    il_real loss[16], right[16];
    il_trainer_evaluate(a->trainer, train, loss, right);
    assert_true(point->train_loss == (float)loss[0]);
    assert_true(point->train_accuracy == (float)(right[0] / (il_real)train->n));
    il_trainer_evaluate(a->trainer, judges, loss, right);
    assert_true(point->loss == (float)loss[0]);
    assert_true(point->accuracy == (float)(right[0] / (il_real)judges->n));
}

static void assert_last_layer(const remake *a, uint32_t epoch, const il_layer_point *point) {
    size_t k = il_network_layers(a->net) - 1;
    const il_layer *y = il_network_layer(a->net, k);
    size_t n = y->fan_in * y->fan_out;
    il_real W[64], b[64];
    double change = 0, before = 0, now = 0;
    il_network_get(a->net, k, 0, W, b);
    for (size_t i = 0; i < n; i++) {
        double moved = (double)(W[i] - a->before[i]);
        change += moved * moved;
        before += (double)(a->before[i] * a->before[i]);
        now += (double)(W[i] * W[i]);
    }
    float ratio = point[k].statistic[IL_PROBE_UPDATE_RATIO];
    assert_float_equal(point[k].statistic[IL_PROBE_WEIGHT_RMS], sqrt(now / (double)n), 1e-6);
    if (epoch == 0)
        assert_true(isnan(ratio));
    else
        assert_float_equal(ratio, sqrt(change / before), 1e-5);
}

static void assert_snapshot(const remake *a, const float *snapshot) {
    il_real W[64], b[64];
    for (size_t k = 0, at = 0; k < il_network_layers(a->net); k++) {
        const il_layer *y = il_network_layer(a->net, k);
        il_network_get(a->net, k, 0, W, b);
        for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
            assert_true(snapshot[at + i] == (float)W[i]);
        for (size_t i = 0; i < y->fan_out; i++)
            assert_true(snapshot[at + y->fan_in * y->fan_out + i] == (float)b[i]);
        at += y->parameters;
    }
}

static void a_record_is_the_run(void **state) {
    (void)state;
    for (size_t i = 0; i < SPECS; i++) {
        il_study *study = recorded(specs[i], "layers(every=3, seeds=4)");
        remake a = {0};
        remove_store(NULL);
        stored(study, 1, 0, NULL);
        il_arm_record *record = record_of_arm(0);
        const il_run_record *run = &record->run[SEED - 1];
        begin_again(&a, study);
        assert_int_equal(run->n_layer_points, run->n_points);
        assert_snapshot(&a, run->start);
        for (size_t p = 0; p < run->n_points; p++) {
            const il_point *point = &run->point[p];
            assert_true(p + 1 == run->n_points || point->epoch == 3 * p);
            while (il_trainer_finished(a.trainer, 0) < point->epoch) {
                take_weights(&a);
                il_trainer_epoch(a.trainer, NULL, NULL);
            }
            assert_point(&a, point);
            assert_int_equal(run->layer_epoch[p], point->epoch);
            assert_last_layer(&a, point->epoch, run->layer + p * record->n_layers);
        }
        assert_snapshot(&a, run->end);
        il_trainer_free(a.trainer);
        il_task_close(&a.task);
        il_arm_record_free(record);
        il_study_free(study);
    }
}

/* The snapshot makes the network again: its outputs judge the samples as the record says. */
static void a_snapshot_is_the_network(void **state) {
    (void)state;
    il_error err;
    for (size_t i = 0; i < SPECS; i++) {
        il_study *study = recorded(specs[i], "curves(seeds=2)");
        il_task task;
        il_archive *archive;
        il_network *net = NULL;
        il_real loss[16], right[16];
        remove_store(NULL);
        stored(study, 1, 0, NULL);
        il_arm_record *record = record_of_arm(0);
        const il_run_record *run = &record->run[1];
        assert_int_equal(il_task_open(study, &study->arms[0], &task, &err), IL_OK);
        const il_samples *judges = &task.part[task.judges];
        assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), IL_OK);
        if (il_archive_network(archive, 0, IL_LOCKSTEP, 16, judges->n, &net, &err) != IL_OK)
            fail_msg("%s", err.message);
        assert_int_equal(il_snapshot_size(net), record->n_snapshot);
        il_snapshot_put(run->start, net, 4);
        il_snapshot_put(run->end, net, 7);
        il_network_forward(net, judges->n, judges->X);
        il_network_loss(net, judges->n, judges->Y, loss, right);
        assert_float_equal(loss[4], run->point[0].loss, 1e-5);
        assert_float_equal(loss[7], run->point[run->n_points - 1].loss, 1e-5);
        il_network_free(net);
        il_archive_free(archive);
        il_task_close(&task);
        il_arm_record_free(record);
        il_study_free(study);
    }
}

/* At epoch 0 a record is a probe of the same network and samples: in the lockstep engine to the bit. */
static void records_begin_as_probes(void **state) {
    (void)state;
    static const char *const cases[] = {
        "data: spirals(n=600)\nnetwork: 2-8-8-2\nbatch: 32\nengine: lockstep\n",
        "data: spirals(n=90)\nnetwork: 2-8-8-2\nnorm: batchnorm\ndropout: 0.3\nbatch: 16\n",
        "data: spirals(n=500)\nnetwork: 2-8-8-2\nengine: blas\nhidden: tanh\n"};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char text[512];
        il_error err;
        il_real X[2 * IL_MONITOR_SAMPLES], Y[2 * IL_MONITOR_SAMPLES];
        il_task task;
        il_probe *probe;
        snprintf(text, sizeof text, "%sinit: he_normal\nseeds: %d\nbudget: 1\nrecord: layers\n",
                 cases[c], SEED);
        il_study *study = study_of(text);
        const il_arm *arm = &study->arms[0];
        remove_store(NULL);
        stored(study, 1, 0, NULL);
        il_arm_record *record = record_of_arm(0);
        assert_int_equal(il_task_open(study, arm, &task, &err), IL_OK);
        const il_samples *train = &task.part[IL_TRAIN];
        size_t n = train->n < IL_MONITOR_SAMPLES ? train->n : IL_MONITOR_SAMPLES;
        for (size_t i = 0; i < n; i++) {
            memcpy(X + 2 * i, train->X + 2 * (i * train->n / n), 2 * sizeof *X);
            memcpy(Y + 2 * i, train->Y + 2 * (i * train->n / n), 2 * sizeof *Y);
        }
        const il_probe_config config = {.network = arm->network,
                                        .hidden = arm->hidden,
                                        .loss = arm->loss,
                                        .norm = arm->norm,
                                        .dropout = arm->dropout,
                                        .data = {.n = n, .X = X, .Y = Y},
                                        .batch = n,
                                        .seeds = 1,
                                        .first_seed = SEED};
        if (il_probe_new(&config, &arm->init, &probe, &err) != IL_OK)
            fail_msg("%s", err.message);
        for (size_t i = 0; i < 3 * IL_PROBE_UPDATE_RATIO; i++) {
            size_t k = i / IL_PROBE_UPDATE_RATIO, s = i % IL_PROBE_UPDATE_RATIO;
            float got = record->run[SEED - 1].layer[k].statistic[s];
            float expected = (float)probe->layer[k].statistic[s].mean;
            bool same = isnan(expected) ? isnan(got) : got == expected;
            if (arm->engine == IL_BLAS && !same)
                same = fabsf(got - expected) <= 1e-5f * (1 + fabsf(expected));
            if (!same)
                fail_msg("case %zu, layer %zu, %s: %.9g, a probe has %.9g", c, k + 1,
                         il_probe_statistic_name((il_probe_statistic)s), (double)got,
                         (double)expected);
        }
        il_probe_free(probe);
        il_task_close(&task);
        il_arm_record_free(record);
        il_study_free(study);
    }
}

static void assert_alarm(const il_alarm *alarm, bool backward, size_t layer, const char *what) {
    if (!alarm->raised || alarm->backward != backward || alarm->layer != layer || alarm->epoch != 0)
        fail_msg("%s: raised %d, backward %d, layer %u, epoch %u, not layer %zu", what,
                 alarm->raised, alarm->backward, alarm->layer, alarm->epoch, layer);
}

/* Puts a number among layer k's weights, whose others are `rest`, and looks. */
static il_alarms alarms_of(remake *a, size_t k, il_real rest, il_real planted) {
    il_error err;
    il_monitor monitor;
    il_layer_point point[5];
    il_alarms alarms = {0};
    const size_t lane = 0;
    const il_layer *y = il_network_layer(a->net, k);
    il_real W[64], b[8] = {0};
    for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
        W[i] = i == 1 ? planted : rest;
    il_network_put(a->net, k, 0, W, b);
    assert_int_equal(il_monitor_open(a->trainer, &monitor, &err), IL_OK);
    il_monitor_measure(&monitor, &lane, 1, point);
    il_alarms_watch(&alarms, 0, point, il_network_layers(a->net));
    il_monitor_close(&monitor);
    return alarms;
}

static void what_is_not_finite_is_found_in_its_layer(void **state) {
    (void)state;
    for (size_t k = 0; k < 10; k++) {
        il_study *study = study_of("data: xor\nnetwork: 2-3-3-3-3-1\nhidden: tanh\n"
                                   "init: he_normal\nengine: blas\n");
        remake a = {0};
        begin_again(&a, study);
        il_alarms alarms =
            alarms_of(&a, k / 2, (il_real)0.5, k % 2 ? (il_real)NAN : (il_real)INFINITY);
        assert_alarm(&alarms.first[IL_ALARM_NONFINITE], false, k / 2 + 1, "planted");
        il_trainer_free(a.trainer);
        il_task_close(&a.task);
        il_study_free(study);
    }
    /* Forward all is 0; backward each layer multiplies by more than the root of the largest float. */
    il_study *study = study_of("data: xor\nnetwork: 2-3-3-3-3-1\nhidden: linear\nloss: mse\n"
                               "init: zeros\nengine: blas\n");
    const il_real large = (il_real)1e25;
    remake a = {0};
    begin_again(&a, study);
    for (size_t k = 1; k < 4; k++)
        alarms_of(&a, k, large, large);
    il_alarms alarms = alarms_of(&a, 4, large, large);
    assert_alarm(&alarms.first[IL_ALARM_NONFINITE], true, 3, "backward");
    il_trainer_free(a.trainer);
    il_task_close(&a.task);
    il_study_free(study);
}

/* Products of the same factor in each layer: the layer is known beforehand. */
static void alarms_name_the_first_layer(void **state) {
    (void)state;
    static const struct {
        const char *spec;
        il_alarm_kind kind;
        bool backward;
        size_t layer;
    } cases[] = {{"hidden: linear\ninit: identity(gain=0.05)\n", IL_ALARM_VANISHED, false,
                  4}, /* 0.05^3 < 0.001 */
                 {"hidden: linear\ninit: identity(gain=20)\n", IL_ALARM_EXPLODED, false,
                  4}, /* 20^3 > 1000 */
                 {"hidden: linear\ninit: zeros\n", IL_ALARM_VANISHED, false,
                  1}, /* nothing comes out of it */
                 {"hidden: linear\ninit: zeros\nbias: constant(1)\n", IL_ALARM_VANISHED, true,
                  8}, /* nothing comes back */
                 {"hidden: relu\ninit: identity\nbias: constant(-9)\n", IL_ALARM_DIED, false, 1}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char text[256];
        snprintf(text, sizeof text,
                 "data: xor\nnetwork: 2-[2]x8-1\nseeds: 3\nbudget: 2\n"
                 "record: layers(seeds=2)\n%s",
                 cases[c].spec);
        il_study *study = study_of(text);
        il_results *results = run_study(study, 1, 0), *again;
        assert_int_equal(results->watched, 2);
        for (size_t i = 0; i < 2; i++)
            assert_alarm(&results->alarms[i].first[cases[c].kind], cases[c].backward,
                         cases[c].layer, cases[c].spec);
        remove_store(NULL); /* those of a store are the same */
        stored(study, 1, 0, NULL);
        stored(study, 1, 0, &again);
        assert_memory_equal(again->alarms, results->alarms, 2 * sizeof *again->alarms);
        il_results_free(again);
        il_results_free(results);
        il_study_free(study);
    }
}

static size_t found(const char *record, il_results **out) {
    il_study *study = recorded(specs[0], record);
    size_t n = stored(study, 2, 0, out);
    il_study_free(study);
    return n;
}

/* Seeds 1 … 5 of two arms run again whenever the store lacks what is asked for, and only then. */
static void records_are_added_to_stored_runs(void **state) {
    (void)state;
    il_results *first, *again;
    assert_int_equal(found("none", &first), 0);
    assert_int_equal(found("curves(every=2, seeds=5)", &again), 130);
    assert_same_runs(again->runs, first->runs, 140);
    assert_int_equal(found("curves(every=2, seeds=5)", NULL), 140);
    assert_int_equal(found("curves(every=6, seeds=4)", NULL), 140);
    assert_int_equal(found("curves(every=3, seeds=5)", NULL), 130);
    assert_int_equal(found("layers(every=6, seeds=5)", NULL), 130);
    assert_int_equal(found("layers(every=12, seeds=5)", NULL), 140);
    assert_int_equal(found("curves(every=3, seeds=5)", NULL), 140); /* is still there */
    assert_int_equal(found("layers(every=6, seeds=6)", NULL), 138);
    il_results_free(first);
    il_results_free(again);
}

static void runs_made_again_must_agree(void **state) {
    (void)state;
    il_error err;
    il_store *store;
    il_results *results;
    il_study *study = recorded(specs[0], "curves(seeds=5)");
    found("none", NULL);
    change_file(PATH, "UPDATE run SET loss = loss + 1e-6 WHERE arm = 2 AND seed = 4");
    assert_int_equal(il_store_open(PATH, NULL, &store, &err), IL_OK);
    assert_int_equal(
        il_study_run(study, &(il_run_options){.store = store, .jobs = 1}, &results, &err),
        IL_INVALID);
    assert_string_equal(err.message,
                        PATH ": seed 4, run again to be recorded, did not end as the "
                             "store has it: it was computed otherwise: use a new file");
    il_store_close(store);
    il_study_free(study);
}

static void stores_of_format_1_are_read_and_go_on(void **state) {
    (void)state;
    il_error err;
    il_archive *archive;
    found("none", NULL);
    change_file(PATH,
                "DROP TABLE record; DROP TABLE epoch; DROP TABLE layer_stat; DROP TABLE snapshot;"
                "DROP TABLE seeding;"
                "PRAGMA user_version = 1");
    assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), IL_OK);
    assert_int_equal(archive->recorded[0] + archive->recorded[1], 0);
    il_archive_free(archive);
    assert_int_equal(found("curves(seeds=5)", NULL), 130);
    il_arm_record *record = record_of_arm(0);
    assert_int_equal(record->n, 5);
    il_arm_record_free(record);
}

static void damaged_records_are_refused(void **state) {
    (void)state;
    static const char *const harms[] = {
        "DELETE FROM layer_stat WHERE layer = 2 AND seed = 3",
        "UPDATE layer_stat SET layer = 7 WHERE layer = 3", "DELETE FROM record WHERE seed = 2",
        "UPDATE snapshot SET parameters = x'00' WHERE seed = 1 AND epoch > 0"};
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        il_error err;
        il_archive *archive;
        il_arm_record *record;
        remove_store(NULL);
        found("layers(seeds=4)", NULL);
        change_file(PATH, harms[i]);
        assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), IL_OK);
        assert_int_equal(il_archive_record(archive, 0, &record, &err), IL_INVALID);
        assert_non_null(strstr(err.message, PATH ": the file is damaged"));
        assert_null(record);
        il_archive_free(archive);
    }
}

static void malformed(void **state) {
    (void)state;
    static const struct {
        const char *record, *message;
    } cases[] = {{"everything", "test:3:9: unknown record 'everything'"},
                 {"curve", "(did you mean 'curves'?)"},
                 {"curves(every=0)", "every"},
                 {"curves(every=1.5)", "every"},
                 {"layers(seeds=0)", "seeds"},
                 {"layers(epochs=3)", "unknown parameter 'epochs'"},
                 {"[none, curves]", "record: expected one value, found a list"},
                 {"", "record: has no value"},
                 {"curves\nbudget: 100000000",
                  "record: every 1 of 100000000 epochs is too often to be kept"},
                 {"layers(every=1)\nbudget: 900000", "give a larger every"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        il_error err;
        il_study *study;
        int n = snprintf(text, sizeof text, "data: xor\nnetwork: 2-2-1\nrecord: %s\ninit: zeros\n",
                         cases[i].record);
        assert_int_equal(il_study_parse(text, (size_t)n, "test", NULL, 0, &study, &err),
                         IL_INVALID);
        if (!strstr(err.message, cases[i].message) || strncmp(err.message, "test:3", 6) != 0)
            fail_msg("%s: %s", cases[i].record, err.message);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, remove_store, remove_store)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(recording_changes_no_run),    CASE(records_do_not_depend_on_lanes),
        CASE(a_record_is_the_run),         CASE(a_snapshot_is_the_network),
        CASE(records_begin_as_probes),     CASE(what_is_not_finite_is_found_in_its_layer),
        CASE(alarms_name_the_first_layer), CASE(records_are_added_to_stored_runs),
        CASE(runs_made_again_must_agree),  CASE(stores_of_format_1_are_read_and_go_on),
        CASE(damaged_records_are_refused), CASE(malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
