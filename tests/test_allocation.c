/* Allocation, seen from outside: the linker sends every malloc, calloc, aligned_alloc and free of the library
 * through the functions below. Training allocates nothing; and when the n-th allocation fails, for every n,
 * the call says so and leaves nothing behind.
 */
#include "studies.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static long allocations, live, fail_at = -1; /* fail_at: the allocation, from 0, that fails */

static bool fails(void) {
    return allocations++ == fail_at;
}

static void *counted(void *block) {
    live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : counted(__real_malloc(size));
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : counted(__real_calloc(n, size));
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}
void __wrap_free(void *block) {
    live -= block != NULL;
    __real_free(block);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Every item of the families with which weights move. */
static const char *const optimizers[] = {"sgd(lr=0.1)",
                                         "momentum(lr=0.1)",
                                         "nesterov(lr=0.1)",
                                         "adagrad",
                                         "rmsprop(momentum=0.5, centered=true)",
                                         "adadelta",
                                         "adam(lr=0.01)",
                                         "amsgrad",
                                         "adamw(all=true)",
                                         "nadam",
                                         "lion(weight_decay=0.1)",
                                         "rprop"};
static const char *const schedules[] = {"constant",           "step(every=2)", "exponential(0.9)",
                                        "cosine(warmup=5)",   "warmup",        "one_cycle",
                                        "plateau(patience=1)"};
static const char *const clips[] = {"none", "value(0.1)", "norm(0.1)"};
static const char *const penalties[] = {
    "none", "l1(0.01)", "l2(0.01)", "elastic(0.01, 0.01)", "weight_decay(0.1)", "max_norm(1)"};

static il_call call(const il_family *family, const char *text) {
    il_error err;
    il_call out;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

/* What trains beside optimizer i, so that everything is there at least once. */
static il_training recipe(size_t i) {
    return (il_training){.optimizer = call(&il_optimizers, optimizers[i]),
                         .schedule = call(&il_schedules, schedules[i % COUNT(schedules)]),
                         .clip = call(&il_clips, clips[i % COUNT(clips)]),
                         .penalty = call(&il_penalties, penalties[i % COUNT(penalties)]),
                         .epochs = 50};
}

static void nothing_is_left_out(void **state) {
    (void)state;
    assert_int_equal(COUNT(optimizers), il_optimizers.n);
    assert_int_equal(COUNT(schedules), il_schedules.n);
    assert_int_equal(COUNT(clips), il_clips.n);
    assert_int_equal(COUNT(penalties), il_penalties.n);
    for (size_t i = 0; i < COUNT(optimizers); i++) {
        il_training training = recipe(i);
        assert_ptr_equal(training.optimizer.desc, il_optimizers.items[i]);
        assert_ptr_equal(training.schedule.desc, il_schedules.items[i % COUNT(schedules)]);
        assert_ptr_equal(training.clip.desc, il_clips.items[i % COUNT(clips)]);
        assert_ptr_equal(training.penalty.desc, il_penalties.items[i % COUNT(penalties)]);
    }
}

static void training_allocates_nothing(void **state) {
    (void)state;
    static const il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[4] = {0, 1, 1, 0};
    static const uint8_t pixels[8] = {0, 0, 0, 255, 255, 0, 255, 255};
    static const char *const norms[] = {"none", "batchnorm", "layernorm(after=true)"};
    for (size_t o = 0; o < COUNT(optimizers); o++)
        for (int engine = 0; engine < 2; engine++) {
            il_error err;
            il_trainer *trainer;
            il_call he = call(&il_inits, "he_normal"), zeros = call(&il_inits, "zeros");
            il_real loss[64], correct[64];
            il_training training = recipe(o);
            training.batch = o % 2 ? 3 : 0;
            const il_samples numbers = {.n = 4, .X = X, .Y = Y},
                             bytes = {.n = 4, .pixels = pixels, .scale = 1, .Y = Y},
                             data = o / 2 % 2 ? bytes : numbers;
            size_t R = engine ? 64 : 1, lanes[20];
            il_network_config config = {.engine = engine ? IL_LOCKSTEP : IL_BLAS,
                                        .hidden = call(&il_activations, "tanh"),
                                        .loss = call(&il_losses, "bce"),
                                        .norm = call(&il_norms, norms[o / 3 % 3]),
                                        .dropout = call(&il_dropouts, o % 3 ? "0.3" : "none"),
                                        .replicas = R};
            assert_int_equal(il_widths_parse("2-8-4-1", NULL, &config.widths, &err), IL_OK);
            assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err),
                             IL_OK);
            allocations = 0;
            il_network *net = il_trainer_network(trainer);
            for (size_t i = 0; i < 20; i++)
                lanes[i] = 3 * i;
            for (int epoch = 0; epoch < 50; epoch++) {
                for (size_t r = 0; r < il_network_replicas(net); r += 5) {
                    assert_int_equal(il_init_network(&he, &zeros, net, r, r, &err), IL_OK);
                    il_trainer_begin(trainer, r, r);
                }
                il_trainer_evaluate(trainer, &data, loss, correct);
                il_trainer_observe(trainer, loss);
                il_trainer_epoch(trainer, NULL, NULL);
                if (engine && epoch == 25)
                    il_trainer_keep(trainer, lanes, 20);
            }
            assert_int_equal(allocations, 0);
            il_trainer_free(trainer);
        }
}

static void a_network_is_one_allocation(void **state) {
    (void)state;
    il_error err;
    il_network *net;
    il_network_config config = {.engine = IL_LOCKSTEP,
                                .hidden = call(&il_activations, "tanh"),
                                .loss = call(&il_losses, "bce"),
                                .replicas = 16,
                                .batch = 4,
                                .slots = 2,
                                .lane_slots = 2};
    assert_int_equal(il_widths_parse("2-8-4-1", NULL, &config.widths, &err), IL_OK);
    allocations = 0;
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    assert_int_equal(allocations, 1);
    il_network_free(net);
}

/* Nor do passes with norms, dropout, learned slopes and any loss, with samples of the replicas' own and shared ones. */
static void passes_allocate_nothing(void **state) {
    (void)state;
    static const char *const norms[] = {"batchnorm", "layernorm(after=true)", "none"};
    static const char *const dropouts[] = {"dropout(0.5)", "alpha_dropout(0.1)", "none"};
    static const char *const hidden[] = {"prelu(per_unit=true)", "gelu", "prelu"};
    static il_real X[5 * 2 * 32], Y[5 * 3 * 32];
    for (size_t i = 0; i < il_losses.n * 6; i++) {
        il_error err;
        il_network *net;
        il_real loss[32], correct[32];
        uint64_t seed[32] = {0}, step[32] = {0};
        size_t k = i % 3, R = i / 3 % 2 ? 32 : 1;
        const il_draws draws = {seed, step};
        il_network_config config = {.widths = {4, {2, 7, 5, 3}},
                                    .engine = R == 1 ? IL_BLAS : IL_LOCKSTEP,
                                    .replicas = R,
                                    .batch = 5};
        assert_int_equal(il_call_parse(&il_activations, hidden[k], NULL, &config.hidden, &err),
                         IL_OK);
        assert_int_equal(
            il_call_parse(&il_losses, il_losses.items[i / 6]->name, NULL, &config.loss, &err),
            IL_OK);
        assert_int_equal(il_call_parse(&il_norms, norms[k], NULL, &config.norm, &err), IL_OK);
        assert_int_equal(il_call_parse(&il_dropouts, dropouts[k], NULL, &config.dropout, &err),
                         IL_OK);
        allocations = 0;
        assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
        for (size_t own = 0; own < 2; own++)
            for (size_t training = 0; training < 2; training++) {
                il_pass pass = {
                    .n = 5 - own, .X = X, .Y = Y, .own = own, .training = training ? &draws : NULL};
                il_network_reset(net, R - 1);
                il_pass_forward(net, &pass);
                il_pass_loss(net, &pass, loss, correct);
                il_pass_backward(net, &pass);
            }
        assert_int_equal(allocations, 1); /* that of the network */
        il_network_free(net);
    }
}

/* The number of allocations of a study does not depend on how long it trains. */
static void longer_studies_allocate_no_more(void **state) {
    (void)state;
    il_study *study =
        study_of("data: xor\nnetwork: 2-4-1\noptimizer: adam(lr=0.01)\n"
                 "init: [zeros, he_normal]\nseeds: 200\nbudget: 10\nbaseline: he_normal\n"
                 "record: layers(every=5)\n");
    long counted_for[2];
    for (size_t i = 0; i < 2; i++) {
        study->budget = i ? 1000 : 10;
        allocations = 0;
        il_results_free(run_study(study, 1, 0));
        counted_for[i] = allocations;
    }
    assert_int_equal(counted_for[0], counted_for[1]);
    il_study_free(study);
}

static void every_failure_is_clean(void **state) {
    (void)state;
    static const char text[] =
        "data: [xor, parity(3)]\nnetwork: [2-4-1]\ninit: [zeros, he_normal]\nseeds: 40\n"
        "budget: 20\nbaseline: he_normal\n";
    static const char fitting[] =
        "data: xor\nnetwork: [2-4-1, 2-4-2]\ninit: [zeros, he_normal]\nseeds: 40\n"
        "budget: 20\nbaseline: he_normal\nrecord: layers(seeds=2)\n";
    il_error err;
    il_study *study = NULL;
    assert_int_equal(il_study_parse(text, sizeof text - 1, "test", NULL, 0, &study, &err),
                     IL_INVALID);

    long before = live;
    bool done = false;
    for (long n = 0; !done; n++) {
        il_results *results = NULL;
        study = NULL;
        allocations = 0;
        fail_at = n;
        il_status status =
            il_study_parse(fitting, sizeof fitting - 1, "test", NULL, 0, &study, &err);
        if (status == IL_OK)
            status = il_study_run(study, &(il_run_options){.jobs = 1}, &results, &err);
        done = allocations <= n;
        fail_at = -1;
        assert_int_equal(status, done ? IL_OK : IL_NO_MEMORY);
        assert_true(done == (results != NULL));
        il_results_free(results);
        il_study_free(study);
        assert_int_equal(live, before);
        assert_true(n < 10000);
    }
}

static const char *const claims_text =
    "setup: {data: xor, network: 2-3-2-1, seeds: 20, budget: 20}\nclaims:\n"
    "  - {id: a, sentence: s, a: {init: he_normal}, b: {init: zeros}, test: ratio of median < 1,\n"
    "     tune: [0.01, 0.1]}\n"
    "  - {id: b, sentence: s, a: {init: he_normal}, b: {init: zeros}, test: difference of rmst < "
    "1}\n"
    "  - {id: c, sentence: s, a: {init: zeros}, property: movement(epochs=3) == 0}\n"
    "  - {id: d, sentence: s, a: {init: lsuv, hidden: tanh}, property: activation_growth > 0}\n"
    "  - {id: e, sentence: s, a: {init: zeros}, bits: 00000000000000000000000000000000}\n"
    "  - {id: f, sentence: s, a: {init: he_normal}, b: {init: zeros}, test: a12 > 0.5}\n"
    "  - {id: g, sentence: s, a: {init: ones, network: 2-3-1},\n"
    "     property: narrow_difference(epochs=3) < 1}\n";

/* libyaml allocates for itself, and so is not among what fails. */
static il_status check_claims(il_error *err) {
    il_claims *claims = NULL;
    const il_check_options options = {.run = {.jobs = 1}};
    il_status status =
        il_claims_parse(NULL, claims_text, strlen(claims_text), "claims", &claims, err);
    for (size_t i = 0; claims && i < claims->n && status == IL_OK; i++) {
        il_finding finding;
        status = il_claim_check(&claims->claim[i], &options, &finding, err);
    }
    il_claims_free(claims);
    return status;
}

static void every_failure_of_a_claim_is_clean(void **state) {
    (void)state;
    il_error err;
    allocations = live = 0;
    fail_at = -1;
    assert_int_equal(check_claims(&err), IL_OK);
    assert_int_equal(live, 0);
    long count = allocations;
    assert_in_range(count, 100, 5000);
    for (long n = 0; n < count; n++) {
        allocations = live = 0;
        fail_at = n;
        il_status status = check_claims(&err);
        fail_at = -1;
        if (status != IL_NO_MEMORY || live != 0)
            fail_msg("allocation %ld: status %d, %ld blocks left: %s", n, status, live,
                     err.message);
    }
}

static void every_dataset_fails_cleanly(void **state) {
    (void)state;
    static const char *const texts[] = {"moons",   "circles", "checkerboard", "gaussian", "shapes",
                                        "teacher", "linear",  "sine",         "friedman", "blobs"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        il_error err;
        il_data_request request = {0};
        assert_int_equal(il_call_parse(&il_datasets, texts[i], NULL, &request.data, &err), IL_OK);
        long before = live;
        bool done = false;
        for (long n = 0; !done; n++) {
            il_dataset *data = NULL;
            allocations = 0;
            fail_at = n;
            il_status status = il_dataset_new(&request, NULL, &data, &err);
            done = allocations <= n;
            fail_at = -1;
            assert_int_equal(status, done ? IL_OK : IL_NO_MEMORY);
            assert_true(done == (data != NULL));
            il_dataset_free(data);
            assert_int_equal(live, before);
        }
    }
}

/* A study with a store: what fails leaves a store that the next attempt goes on with. Memory that the C library
 * allocates itself is not counted, so leaks are for the address sanitizer to find. */
static void every_failure_leaves_a_sound_store(void **state) {
    (void)state;
    static const char path[] = "test_allocation.db";
    il_error err;
    il_study *study = study_of("data: xor\nnetwork: 2-4-1\ninit: [zeros, he_normal]\nseeds: 20\n"
                               "budget: 10\nbaseline: zeros\nrecord: layers(seeds=3)\n");
    remove(path);
    bool done = false;
    for (long n = 0; !done; n++) {
        il_results *results = NULL;
        il_archive *archive = NULL;
        il_arm_record *record = NULL;
        il_store *store = NULL;
        allocations = 0;
        fail_at = n;
        il_status status = il_store_open(path, NULL, &store, &err);
        if (status == IL_OK)
            status =
                il_study_run(study, &(il_run_options){.jobs = 1, .store = store}, &results, &err);
        il_store_close(store);
        if (status == IL_OK)
            status = il_archive_read(path, NULL, &archive, &err);
        if (status == IL_OK)
            status = il_archive_record(archive, 1, &record, &err);
        done = allocations <= n;
        fail_at = -1;
        assert_int_equal(status, done ? IL_OK : IL_NO_MEMORY);
        assert_true(done == (record != NULL));
        il_arm_record_free(record);
        il_archive_free(archive);
        il_results_free(results);
        assert_true(n < 10000);
    }
    il_study_free(study);
    remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_out),
        cmocka_unit_test(training_allocates_nothing),
        cmocka_unit_test(a_network_is_one_allocation),
        cmocka_unit_test(passes_allocate_nothing),
        cmocka_unit_test(longer_studies_allocate_no_more),
        cmocka_unit_test(every_failure_is_clean),
        cmocka_unit_test(every_failure_of_a_claim_is_clean),
        cmocka_unit_test(every_dataset_fails_cleanly),
        cmocka_unit_test(every_failure_leaves_a_sound_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
