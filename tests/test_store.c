/* The store from inside: what is found again, what is another run, what is refused. */
#include "stores.h"
#include "studies.h"

#include "lab/store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH "test_store.db"
#define ARMS 8

#define BODY                                                                                       \
    "data: xor\nnetwork: [2-2-1, 2-4-1]\nhidden: leaky_relu\noptimizer: [adam(lr=0.05), "          \
    "sgd(lr=1e6)]\nbudget: 300\n"
static const char text[] = BODY "init: [zeros, he_normal]\nseeds: 70\nbaseline: he_normal\n";

static int remove_store(void **state) {
    (void)state;
    remove_files(PATH);
    return 0;
}

static il_store *open_store(const il_origin *origin) {
    il_error err;
    il_store *store = NULL;
    if (il_store_open(PATH, origin, &store, &err) != IL_OK)
        fail_msg("%s", err.message);
    return store;
}

/* Runs the study with the store's file and returns how many runs it found there. */
static size_t stored(const char *spec, const il_origin *origin, il_results **out) {
    il_error err;
    il_study *study = study_of(spec);
    il_store *store = open_store(origin);
    il_results *results = NULL;
    if (il_study_run(study, &(il_run_options){.store = store, .jobs = 2}, &results, &err) != IL_OK)
        fail_msg("%s", err.message);
    size_t found = il_store_found(store);
    assert_int_equal(results->found, found);
    assert_int_equal(il_store_kept(store), study->n_arms * study->seeds);
    il_store_close(store);
    il_study_free(study);
    if (out)
        *out = results;
    else
        il_results_free(results);
    return found;
}

static void assert_same_results(const il_results *a, const il_results *b) {
    assert_int_equal(a->seeds, b->seeds);
    assert_same_runs(a->runs, b->runs, a->n_arms * a->seeds);
    for (size_t i = 0; i < a->n_arms; i++)
        assert_memory_equal(&a->arms[i].rmst, &b->arms[i].rmst, sizeof(double));
}

/* Diverged runs, whose loss is not a number, come back too. */
static void finds_every_run_again(void **state) {
    (void)state;
    il_study *study = study_of(text);
    il_results *expected = run_study(study, 1, 0), *first, *again, *wide;
    assert_int_equal(expected->n_arms, ARMS);
    assert_true(expected->arms[3].diverged > 0 && expected->arms[1].converged > 0);
    assert_int_equal(stored(text, NULL, &first), 0);
    assert_int_equal(stored(text, NULL, &again), ARMS * 70);
    assert_same_results(first, expected);
    assert_same_results(again, expected);
    assert_int_equal(stored(BODY "init: [zeros, he_normal]\nseeds: 200\n"
                                 "baseline: he_normal\n",
                            NULL, &wide),
                     ARMS * 70);
    for (size_t i = 0; i < ARMS; i++)
        assert_same_runs(wide->runs + i * 200, expected->runs + i * 70, 70);
    il_results_free(wide);
    assert_int_equal(stored(text, NULL, &wide), ARMS * 70); /* fewer seeds: the first ones */
    assert_same_results(wide, expected);
    il_results_free(first);
    il_results_free(again);
    il_results_free(wide);
    il_results_free(expected);
    il_study_free(study);
}

/* Each text against the first study's runs. */
static void keys_are_what_decides_a_result(void **state) {
    (void)state;
    static const struct {
        const char *spec;
        size_t found;
    } cases[] = {
        {BODY "init: [zeros, he_normal]\nseeds: 20\n", 0},
        {BODY "init: [zeros, he_normal]\nseeds: 20\nstudy: other\nbaseline: zeros\n", 160},
        {BODY "init: [he_normal, zeros, lecun_normal]\nseeds: 20\n", 160},
        {BODY "init: [he_normal(gain=1.4142135623730951), zeros]\nseeds: 20\nbias: constant(0.1)\n",
         0},
        {BODY "init: [zeros, he_normal]\nseeds: 20\nconverged: loss < 0.2\n", 0},
        {BODY "init: [zeros, he_normal]\nseeds: 20\npatience: 5\n", 0},
        {BODY "init: [zeros, he_normal]\nseeds: 20\nbatch: 2\n", 0},
        {BODY "init: [zeros, he_normal]\nseeds: 20\nengine: lockstep\n", 160},
        {BODY "init: [zeros, he_normal]\nseeds: 20\nengine: blas\n", 0},
        {"data: parity(2)\nnetwork: [2-2-1, 2-4-1]\nhidden: tanh\noptimizer: "
         "adam(lr=0.05)\nbudget: "
         "300\ninit: [zeros, he_normal]\nseeds: 20\n",
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (stored(cases[i].spec, NULL, NULL) != cases[i].found)
            fail_msg("case %zu", i);
}

static void another_study_says_how_it_differs(void **state) {
    (void)state;
    il_error err;
    static const struct {
        const char *extra, *difference;
    } cases[] = {{"budget: 300\n", NULL},
                 {"budget: 300\n", NULL},
                 {"budget: 20\n", "budget: 20 (was 300)"},
                 {"budget: 300\n", NULL}, /* the first again */
                 {"budget: 300\nbaseline: zeros\n", "baseline: zeros (was none)"},
                 {"budget: 300\ninit: [zeros, ones]\n", NULL}};
    for (size_t i = 0; i < 5; i++) {
        char spec[256];
        snprintf(spec, sizeof spec, "data: xor\nnetwork: 2-2-1\ninit: [zeros]\nseeds: 4\n%s",
                 cases[i].extra);
        il_study *study = study_of(spec);
        il_store *store = open_store(NULL);
        il_results *results = NULL;
        assert_int_equal(il_study_run(study, &(il_run_options){.store = store}, &results, &err),
                         IL_OK);
        const char *difference = il_store_difference(store);
        if (cases[i].difference ? !difference || strcmp(difference, cases[i].difference) != 0
                                : difference != NULL)
            fail_msg("case %zu: %s", i, difference ? difference : "none");
        il_results_free(results);
        il_store_close(store);
        il_study_free(study);
    }
}

static void other_arithmetic_is_another_run(void **state) {
    (void)state;
    static const char blas[] = "data: xor\nnetwork: 2-2-1\ninit: [zeros]\nseeds: 4\nengine: blas\n";
    static const char lockstep[] = "data: xor\nnetwork: 2-2-1\ninit: [zeros]\nseeds: 4\n";
    il_origin here = {.openblas = "Haswell"}, there = {.openblas = "Zen"},
              plugged = {.openblas = "Zen", .plugins = "0123"};
    assert_int_equal(stored(blas, &here, NULL), 0);
    assert_int_equal(stored(blas, &there, NULL), 0);
    assert_int_equal(stored(blas, &here, NULL), 4);
    assert_int_equal(stored(blas, &plugged, NULL), 4); /* zeros is the library's own */
    assert_int_equal(stored(lockstep, &here, NULL), 0);
    assert_int_equal(stored(lockstep, &there, NULL), 4);
}

/* Every array that training sees counts; the order of equal bytes in different arrays does too. */
static void samples_are_known_by_content(void **state) {
    (void)state;
    il_real X[4] = {0, 1, 0, 1}, target[2] = {0, 1};
    uint32_t label[2] = {0, 1};
    uint8_t pixels[4] = {0, 1, 2, 3};
    il_dataset d = {
        .n = 2, .part = {2}, .inputs = 2, .classes = 2, .outputs = 1, .X = X, .label = label};
    il_digest seen[8];
    size_t n = 0;
    seen[n++] = il_digest_data(&d);
    X[3] = 2;
    seen[n++] = il_digest_data(&d);
    label[0] = 1;
    seen[n++] = il_digest_data(&d);
    d.part[IL_TRAIN] = d.part[IL_TEST] = 1;
    seen[n++] = il_digest_data(&d);
    d.label = NULL;
    d.target = target;
    seen[n++] = il_digest_data(&d);
    d.X = NULL;
    d.pixels = pixels;
    seen[n++] = il_digest_data(&d);
    pixels[0] = 9;
    seen[n++] = il_digest_data(&d);
    d.scale = 0.5f;
    seen[n++] = il_digest_data(&d);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(seen[i].bytes, seen[j].bytes, sizeof seen[i].bytes);
    il_digest again = il_digest_data(&d);
    assert_memory_equal(again.bytes, seen[n - 1].bytes, sizeof again.bytes);
}

typedef struct watch {
    volatile sig_atomic_t cancel;
    size_t at, done;
} watch;

static void progress(void *context, size_t done, size_t total) {
    watch *w = context;
    (void)total;
    w->done = done;
    if (done >= w->at)
        w->cancel = 1;
}

/* Until nothing is left: each time some runs more, and at the end the same as at one go. */
static void an_interrupted_study_goes_on(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of(text);
    il_results *expected = run_study(study, 1, 0), *results = NULL;
    size_t kept = 0, rounds = 0;
    for (il_status status = IL_INTERRUPTED; status == IL_INTERRUPTED; rounds++) {
        watch w = {.at = kept + 100};
        il_store *store = open_store(NULL);
        il_run_options options = {.store = store,
                                  .jobs = 1 + rounds % 2,
                                  .lanes = rounds % 2 ? 16 : 0,
                                  .cancel = &w.cancel,
                                  .progress = progress,
                                  .context = &w};
        status = il_study_run(study, &options, &results, &err);
        assert_int_equal(il_store_found(store), kept);
        assert_true(il_store_kept(store) > kept);
        assert_int_equal(il_store_kept(store), w.done); /* none that had ended is lost */
        kept = il_store_kept(store);
        il_store_close(store);
    }
    assert_true(rounds > 2);
    assert_int_equal(kept, ARMS * 70);
    assert_same_results(results, expected);
    il_results_free(results);
    il_results_free(expected);
    il_study_free(study);
}

static size_t read_store(unsigned char *bytes, size_t size) {
    FILE *file = fopen(PATH, "rb");
    size_t n = file ? fread(bytes, 1, size, file) : 0;
    if (file)
        fclose(file);
    return n;
}

static void write_store(const void *bytes, size_t n) {
    FILE *file = fopen(PATH, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void assert_refused(il_status status, const char *reason) {
    static unsigned char before[1 << 20], after[1 << 20];
    il_error err;
    il_store *store = NULL;
    il_archive *archive = NULL;
    size_t n = read_store(before, sizeof before);
    assert_int_equal(il_store_open(PATH, NULL, &store, &err), status);
    if (!strstr(err.message, reason) || !strstr(err.message, PATH))
        fail_msg("'%s' does not say '%s'", err.message, reason);
    assert_null(store);
    assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), status);
    assert_non_null(strstr(err.message, reason));
    assert_null(archive);
    assert_int_equal(read_store(after, sizeof after), n);
    assert_memory_equal(before, after, n);
}

static void refuses_what_is_not_its_own(void **state) {
    (void)state;
    static unsigned char bytes[1 << 20];
    write_store("study: xor\n", 11);
    assert_refused(IL_INVALID, "is not a store");
    remove_store(NULL);
    change_file(PATH, "CREATE TABLE t (x)");
    assert_refused(IL_INVALID, "is not a store");
    remove_store(NULL);

    stored(text, NULL, NULL);
    size_t n = read_store(bytes, sizeof bytes);
    assert_true(n > 16384 && n < sizeof bytes);
    change_file(PATH, "PRAGMA user_version = 3");
    assert_refused(IL_INVALID, "newer initlab (format 3;");
    write_store(bytes, n);
    stored(text, NULL, NULL);
    write_store(bytes, n - 5000);
    assert_refused(IL_INVALID, "damaged");
    memset(bytes + n - 4096, 0xa5, 4096);
    write_store(bytes, n);
    assert_refused(IL_INVALID, "damaged");
    write_store(bytes, 50);
    assert_refused(IL_INVALID, "is not a store");
}

static void refuses_what_is_not_a_file(void **state) {
    (void)state;
    il_error err;
    il_store *store = NULL;
    il_archive *archive = NULL;
    assert_int_equal(il_store_open("/dev/null", NULL, &store, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "is not a file"));
    assert_int_equal(il_store_open(".", NULL, &store, &err), IL_IO);
    assert_int_equal(il_store_open("no/such/folder.db", NULL, &store, &err), IL_IO);
    assert_string_equal(err.message,
                        "no/such/folder.db: cannot be written to: No such file or directory");
    assert_int_equal(il_archive_read("none.db", NULL, &archive, &err), IL_IO);
    write_store("", 0);
    assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), IL_INVALID);
    assert_null(store);
    assert_int_equal(stored(text, NULL, NULL), 0); /* an empty file is a store to be */
}

static void one_process_writes(void **state) {
    (void)state;
    int ready[2], leave[2];
    char byte = 0, who[64];
    assert_int_equal(pipe(ready) | pipe(leave), 0);
    pid_t child = fork();
    if (child == 0) {
        il_store *mine = NULL;
        byte = il_store_open(PATH, NULL, &mine, NULL) == IL_OK;
        close(leave[1]);
        if (write(ready[1], &byte, 1) == 1)
            (void)!read(leave[0], &byte, 1);
        _exit(0); /* without closing: the lock ends with the process */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    il_error err;
    il_store *store = NULL;
    assert_int_equal(il_store_open(PATH, NULL, &store, &err), IL_IO);
    snprintf(who, sizeof who, "process %ld is writing to it", (long)child);
    assert_non_null(strstr(err.message, who));
    close(leave[1]);
    close(leave[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ready[0]);
    close(ready[1]);
    store = open_store(NULL);
    il_store_close(store);
}

static void an_archive_is_the_study(void **state) {
    (void)state;
    il_error err;
    il_results *results;
    il_archive *a = NULL;
    char spec[512];
    snprintf(spec, sizeof spec, "study: 'a \"quoted\" \\ name'\n%s", text);
    il_origin origin = {
        .openblas = "Haswell", .command = "initlab run x.yaml", .spec = "data: xor\n"};
    stored(spec, &origin, &results);
    if (il_archive_read(PATH, NULL, &a, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_string_equal(a->name, "a \"quoted\" \\ name");
    assert_string_equal(a->command, "initlab run x.yaml");
    assert_string_equal(a->spec, "data: xor\n");
    assert_string_equal(a->openblas, "Haswell");
    assert_string_equal(a->version, il_version());
    assert_string_equal(a->converged, "loss < 0.1 and accuracy == 1");
    assert_non_null(strstr(a->settings, "\nnetwork: 2-2-1, 2-4-1\n"));
    assert_non_null(strstr(a->settings, "\ninit: zeros, he_normal\n"));
    assert_int_equal(a->budget, 300);
    assert_int_equal(a->n_arms, ARMS);
    assert_int_equal(a->seeds, 70);
    assert_int_equal(a->asked, 70);
    il_study *study = study_of(text);
    for (size_t i = 0; i < ARMS; i++) {
        for (il_key key = 0; key < IL_KEYS; key++) {
            char value[IL_WIDTHS_TEXT];
            assert_string_equal(a->value[i][key], il_arm_format(&study->arms[i], key, value));
            assert_int_equal(a->varied[key], key == IL_KEY_NETWORK || key == IL_KEY_OPTIMIZER ||
                                                 key == IL_KEY_INIT);
        }
        assert_string_equal(a->engine[i], "lockstep");
        assert_int_equal(a->baseline[i], study->arms[i].baseline);
    }
    assert_same_runs(a->runs, results->runs, ARMS * 70);
    assert_memory_equal(a->arms, results->arms, ARMS * sizeof *a->arms);
    il_archive_free(a);

    assert_int_equal(il_archive_read(PATH, "nobody", &a, &err), IL_INVALID);
    assert_string_equal(err.message, PATH ": there is no study 'nobody' in it");
    assert_int_equal(il_archive_read(PATH, "a \"quoted\" \\ name", &a, &err), IL_OK);
    il_archive_free(a);
    il_results_free(results);
    il_study_free(study);
}

/* An incomplete study is told by the seeds that all arms have run. */
static void an_archive_may_be_incomplete(void **state) {
    (void)state;
    il_error err;
    il_archive *a = NULL;
    stored(text, NULL, NULL);
    change_file(
        PATH,
        "DELETE FROM run WHERE arm = 2 AND seed = 31; DELETE FROM run WHERE arm = 5 AND seed > 50");
    assert_int_equal(il_archive_read(PATH, NULL, &a, &err), IL_OK);
    assert_int_equal(a->asked, 70);
    assert_int_equal(a->seeds, 30);
    assert_int_equal(a->arms[4].runs, 30);
    assert_int_equal(a->ran[70 + 30], 0);
    assert_int_equal(a->ran[70 + 31], 1);
    il_archive_free(a);
    change_file(PATH, "DELETE FROM run WHERE arm = 6");
    assert_int_equal(il_archive_read(PATH, NULL, &a, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "no seed has run in every arm of"));
    assert_int_equal(stored(text, NULL, NULL), ARMS * 70 - 70 - 20 - 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, remove_store, remove_store)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(finds_every_run_again),
        CASE(keys_are_what_decides_a_result),
        CASE(another_study_says_how_it_differs),
        CASE(other_arithmetic_is_another_run),
        CASE(samples_are_known_by_content),
        CASE(an_interrupted_study_goes_on),
        CASE(refuses_what_is_not_its_own),
        CASE(refuses_what_is_not_a_file),
        CASE(one_process_writes),
        CASE(an_archive_is_the_study),
        CASE(an_archive_may_be_incomplete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
