/* The real MNIST, when INITLAB_DATA has it. Checksums are those that Python's zlib.crc32 gives of the distributed files. */
#include "data_files.h"

#include "base/clock.h"
#include "initlab/study.h"

#include <cblas.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { SKIPPED = 77 };

static const char *path;

static il_dataset *load(const char *data, const char *scale) {
    const il_folders folders = {1, &path};
    il_error err;
    il_data_request request = {0};
    il_dataset *made = NULL;
    if (il_call_parse(&il_datasets, data, NULL, &request.data, &err) != IL_OK ||
        il_call_parse(&il_scalings, scale, NULL, &request.scale, &err) != IL_OK ||
        il_dataset_new(&request, &folders, &made, &err) != IL_OK)
        fail_msg("%s", err.message);
    return made;
}

static int train_one_epoch(void) {
    static const char text[] = "data: mnist\nnetwork: 784-256-128-10\ninit: he_normal\n"
                               "loss: softmax_ce\noptimizer: adam(lr=0.001)\nbatch: 128\n"
                               "seeds: 1\nbudget: 1\n";
    const il_folders folders = {1, &path};
    const il_sources sources = {.folders = &folders};
    il_error err;
    il_study *study;
    il_results *results;
    openblas_set_num_threads(1);
    if (il_study_parse_with(&sources, text, sizeof text - 1, "mnist", NULL, 0, &study, &err) ==
            IL_OK &&
        il_study_run(study, NULL, &results, &err) == IL_OK)
        return 0;
    fputs(err.message, stderr);
    return 1;
}

/* The 55 MB of pixels are held once, as bytes: a process that trains stays below 120 MB. */
static void memory(void **state) {
    (void)state;
    int status;
    struct rusage used;
    pid_t child = fork();
    if (child == 0)
        _exit(train_one_epoch());
    assert_int_equal(wait4(child, &status, 0, &used), child);
    assert_int_equal(status, 0);
    print_message("mnist: an epoch of training took at most %ld kB\n", used.ru_maxrss);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what is freed */
    assert_in_range(used.ru_maxrss, 55000, 120000);
#endif
}

static void every_byte(void **state) {
    (void)state;
    static const size_t counts[2][10] = {
        {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
        {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}};
    double start = il_seconds();
    il_dataset *data = load("mnist", "none");
    print_message("mnist: read in %.2f s\n", il_seconds() - start);
    assert_int_equal(data->part[IL_TRAIN], 60000);
    assert_int_equal(data->part[IL_TEST], 10000);
    assert_int_equal(data->n, 70000);
    assert_int_equal(data->inputs, 784);
    assert_int_equal(data->rows, 28);
    assert_int_equal(data->columns, 28);
    assert_int_equal(data->classes, 10);
    assert_int_equal(crc32(0, data->pixels, 47040000), 0xf3639b56);
    assert_int_equal(crc32(0, data->pixels + 47040000, 7840000), 0xe4ca5f57);
    size_t count[2][10] = {{0}};
    static uint8_t label[70000];
    for (size_t i = 0; i < 70000; i++) {
        label[i] = (uint8_t)data->label[i];
        count[i >= 60000][data->label[i]]++;
    }
    assert_memory_equal(count, counts, sizeof counts);
    assert_int_equal(crc32(0, label, 60000), 0xba07e8ef);
    assert_int_equal(crc32(0, label + 60000, 10000), 0xee8604d9);
    il_dataset_free(data);
}

/* The mean and deviation that everyone knows, of the samples that train alone. */
static void standardized(void **state) {
    (void)state;
    il_dataset *data = load("mnist", "standardize");
    double std = 1 / (255 * (double)data->scale), mean = -(double)data->offset * std;
    assert_true(fabs(mean - 0.1307) < 5e-5);
    assert_true(fabs(std - 0.3081) < 5e-5);
    il_dataset_free(data);
}

/* The halves of a transfer study: all samples of five classes each, none shared. */
static void halves(void **state) {
    (void)state;
    il_dataset *low = load("mnist(classes=0-4)", "none"),
               *high = load("mnist(classes=5-9)", "none");
    assert_int_equal(low->part[IL_TRAIN], 5923 + 6742 + 5958 + 6131 + 5842);
    assert_int_equal(high->part[IL_TRAIN], 60000 - low->part[IL_TRAIN]);
    assert_int_equal(low->part[IL_TEST], 980 + 1135 + 1032 + 1010 + 982);
    assert_int_equal(low->classes, 5);
    assert_int_equal(high->classes, 5);
    size_t fives = 0;
    for (size_t i = 0; i < high->part[IL_TRAIN]; i++)
        fives += high->label[i] == 0;
    assert_int_equal(fives, 5421);
    il_dataset_free(low);
    il_dataset_free(high);
}

static void subset(void **state) {
    (void)state;
    il_dataset *data = load("mnist(n=1000, noise=0.4)", "none"),
               *clean = load("mnist(n=1000)", "none");
    assert_int_equal(data->part[IL_TRAIN], 1000);
    assert_int_equal(data->part[IL_TEST], 10000);
    assert_memory_equal(data->pixels, clean->pixels, 11000 * 784);
    assert_memory_equal(data->label + 1000, clean->label + 1000, 10000 * sizeof *data->label);
    size_t wrong = 0;
    for (size_t i = 0; i < 1000; i++)
        wrong += data->label[i] != clean->label[i];
    assert_in_range(wrong, 290,
                    430); /* binomial(1000, 0.36): 360 ± 15.2; 4.6 deviations, 4 in a million */
    il_dataset_free(data);
    il_dataset_free(clean);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory), /* first: a child begins with what its parent has */
        cmocka_unit_test(every_byte), cmocka_unit_test(standardized),
        cmocka_unit_test(halves),     cmocka_unit_test(subset),
    };
    path = getenv("INITLAB_DATA");
    if (!path || !*path) {
        puts("INITLAB_DATA is not set: MNIST is not tested");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
