/* idx files: what is read from them, where they are found, and every way to be malformed. */
#include "data_files.h"

enum { TRAIN = 5, TEST = 2, ROWS = 2, COLUMNS = 3, PIXELS = ROWS * COLUMNS };

static const char call[] = "idx(i, l, ti, tl)";
static const uint8_t labels[TRAIN] = {2, 0, 1, 2, 2}, test_labels[TEST] = {1, 0};

static uint8_t pixel(size_t sample, size_t j) {
    return (uint8_t)(37 * sample + 11 * j + 250);
}

/* A file of n images numbered from `first`; returns its size. */
static size_t images_of(uint8_t *to, size_t first, size_t n) {
    put32(to, 0x803);
    put32(to + 4, (uint32_t)n);
    put32(to + 8, ROWS);
    put32(to + 12, COLUMNS);
    for (size_t i = 0; i < n * PIXELS; i++)
        to[16 + i] = pixel(first + i / PIXELS, i % PIXELS);
    return 16 + n * PIXELS;
}

typedef void writer(const char *name, const void *bytes, size_t n);

/* The four files, good in all. */
static void write_set(writer *put, const char *const names[4]) {
    uint8_t bytes[128];
    put(names[0], bytes, images_of(bytes, 0, TRAIN));
    put(names[1], bytes, labels_of(bytes, labels, TRAIN));
    put(names[2], bytes, images_of(bytes, TRAIN, TEST));
    put(names[3], bytes, labels_of(bytes, test_labels, TEST));
}

static const char *const plain[] = {"i", "l", "ti", "tl"};

static void assert_whole(const il_dataset *data) {
    assert_int_equal(data->n, TRAIN + TEST);
    assert_int_equal(data->part[IL_TRAIN], TRAIN);
    assert_int_equal(data->part[IL_TEST], TEST);
    assert_int_equal(data->inputs, PIXELS);
    assert_int_equal(data->rows, ROWS);
    assert_int_equal(data->columns, COLUMNS);
    assert_int_equal(data->classes, 3);
    assert_int_equal(data->white, 255);
    assert_null(data->X);
    for (size_t i = 0; i < data->n; i++) {
        assert_int_equal(data->label[i], i < TRAIN ? labels[i] : test_labels[i - TRAIN]);
        for (size_t j = 0; j < PIXELS; j++)
            assert_int_equal(data->pixels[i * PIXELS + j], pixel(i, j));
    }
}

static void pairs(void **state) {
    (void)state;
    writer *const writers[] = {write_file, write_gz};
    for (size_t w = 0; w < 2; w++) {
        write_set(writers[w], plain);
        il_dataset *data = make(call), *part = make("idx(i, l)");
        assert_whole(data);
        assert_int_equal(part->n, TRAIN);
        assert_int_equal(part->part[IL_TEST], 0);
        assert_memory_equal(part->pixels, data->pixels, TRAIN * PIXELS);
        il_dataset_free(data);
        il_dataset_free(part);
    }
    assert_refused("idx(i, l, ti)", "idx: give both test_images= and test_labels=, or none");
    assert_refused("idx(i, l, test_labels=tl)",
                   "idx: give both test_images= and test_labels=, or none");
}

static void classes_kept(void **state) {
    (void)state;
    write_set(write_file, plain);
    il_dataset *data = make("idx(i, l, ti, tl, classes=\"0,2\")");
    static const size_t kept[] = {0, 1, 3, 4, 6};
    static const uint32_t renumbered[] = {1, 0, 1, 1, 0};
    assert_int_equal(data->classes, 2);
    assert_int_equal(data->part[IL_TRAIN], 4);
    assert_int_equal(data->part[IL_TEST], 1);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(data->label[i], renumbered[i]);
        assert_int_equal(data->pixels[i * PIXELS], pixel(kept[i], 0));
    }
    il_dataset_free(data);
    data = make("idx(i, l, ti, tl, classes=0-2)");
    assert_whole(data);
    il_dataset_free(data);
    assert_refused("idx(i, l, classes=1)", "idx: classes=\"1\" leaves 1: keep 2 or more");
    assert_refused("idx(i, l, classes=1-3)", "idx: classes=\"1-3\": 1-3 is outside 0-2: count from "
                                             "0, or write all");
    assert_refused("idx(i, l, classes=two)",
                   "idx: classes=\"two\": 'two' is no number or range: write all, or a list such "
                   "as \"1,3-5\"");
    assert_refused("idx(i, l, n=6)", "idx: n=6 is more than the 5 samples that train");
    assert_refused("idx(i, l, n=3, classes=0-1)", "idx: n=3 is more than the 2 samples that train");
}

static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

static void write_in(const char *place, writer *put, const char *end, const char *const files[4]) {
    char path[4][128];
    const char *paths[4];
    mkdir(place, 0700);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s%s", place, files[i], end);
        paths[i] = path[i];
    }
    write_set(put, paths);
}

static void found_by_name(void **state) {
    (void)state;
    const char *const paths[] = {"a", "b"};
    const il_folders folders = {2, paths};
    mkdir("a", 0700);
    mkdir("b", 0700);
    assert_refused("mnist", "mnist: no folder is known in which its files could lie: give "
                            "il_folders");
    assert_refused_in("mnist", &folders, IL_INVALID,
                      "mnist: no train-images-idx3-ubyte, with .gz or without, in mnist/ below "
                      "these folders, or in themselves: a, b (data/fetch.sh mnist brings it)");
    write_in("b/mnist", write_gz, ".gz", names);
    il_dataset *data = make_in("mnist", &folders);
    assert_int_equal(data->classes, 10); /* whatever the labels are */
    assert_int_equal(data->n, TRAIN + TEST);
    il_dataset_free(data);
    /* Nearer files that do not belong together are not completed from elsewhere. */
    write_text("a/train-labels-idx1-ubyte", "");
    assert_refused_in("mnist", &folders, IL_INVALID,
                      "mnist: a has no t10k-labels-idx1-ubyte, with .gz or without "
                      "(data/fetch.sh mnist brings it)");
    write_in("a", write_file, "", names);
    data = make_in("mnist", &folders);
    il_dataset_free(data);
    /* MNIST's files are not those of another dataset. */
    assert_refused_in("kmnist", &folders, IL_INVALID,
                      "kmnist: no train-images-idx3-ubyte, with .gz or without, in kmnist/ below "
                      "these folders: a, b (data/fetch.sh kmnist brings it)");
    write_in("b/kmnist", write_file, "", names);
    write_in("b/fashion_mnist", write_gz, ".gz", names);
    il_dataset_free(make_in("kmnist", &folders));
    il_dataset_free(make_in("fashion_mnist(n=2)", &folders));
    uint8_t bytes[64] = {0};
    write_file("a/t10k-labels-idx1-ubyte", bytes, labels_of(bytes, (uint8_t[]){3, 10}, 2));
    assert_refused_in("mnist", &folders, IL_INVALID,
                      "a/t10k-labels-idx1-ubyte: label 10 of sample 1, counted from 0, is outside "
                      "0-9: name the files of one dataset");
}

/* EMNIST's pictures lie on their side, and its letters begin with 1. */
static void emnist(void **state) {
    (void)state;
    static const char *const letters[] = {
        "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte",
        "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte"};
    const char *const path = "e";
    const il_folders folders = {1, &path};
    uint8_t bytes[64];
    write_in("e", write_file, "", letters);
    assert_refused_in("emnist(letters)", &folders, IL_INVALID,
                      "e/emnist-letters-train-labels-idx1-ubyte: label 0 of sample 1, counted from "
                      "0, is outside 1-26: name the files of one dataset");
    write_file("e/emnist-letters-train-labels-idx1-ubyte", bytes,
               labels_of(bytes, (uint8_t[]){1, 26, 1, 2, 3}, TRAIN));
    write_file("e/emnist-letters-test-labels-idx1-ubyte", bytes,
               labels_of(bytes, (uint8_t[]){4, 5}, TEST));
    il_dataset *data = make_in("emnist(split=letters)", &folders);
    static const uint32_t expected[] = {0, 25, 0, 1, 2, 3, 4};
    assert_int_equal(data->classes, 26);
    for (size_t i = 0; i < data->n; i++) {
        assert_int_equal(data->label[i], expected[i]);
        for (size_t r = 0; r < ROWS; r++)
            for (size_t c = 0; c < COLUMNS; c++)
                assert_int_equal(data->pixels[i * PIXELS + r * COLUMNS + c],
                                 pixel(i, c * ROWS + r));
    }
    il_dataset_free(data);
    assert_refused_in("emnist", &folders, IL_INVALID,
                      "emnist: no emnist-balanced-train-images-idx3-ubyte, with .gz or without, in "
                      "emnist/ below these folders, or in themselves: e (data/fetch.sh emnist "
                      "brings it)");
}

/* What is said of a file cut to `cut` bytes. */
static void expect_cut(size_t file, size_t cut, size_t size, char message[256]) {
    static const size_t header[] = {16, 8, 16, 8}, n[] = {TRAIN, TRAIN, TEST, TEST};
    bool images = file % 2 == 0;
    if (cut < 4 || cut < header[file])
        snprintf(message, 256, "%s: ends after %zu bytes, %zu are needed (truncated?)", plain[file],
                 cut, cut < 4 ? (size_t)4 : header[file]);
    else
        snprintf(message, 256,
                 "%s: has %zu bytes, but its header speaks of %zu samples of %s, which makes %zu: "
                 "copy it again",
                 plain[file], cut, n[file], images ? "2x3" : "1x1", size);
}

static void truncated(void **state) {
    (void)state;
    char message[256];
    for (size_t f = 0; f < 4; f++) {
        size_t n;
        write_set(write_file, plain);
        unsigned char *bytes = read_file(plain[f], &n);
        for (size_t cut = 0; cut < n; cut++) {
            write_file(plain[f], bytes, cut);
            expect_cut(f, cut, n, message);
            assert_refused(call, message);
        }
        free(bytes);
    }
}

/* Compressed data that breaks off: in zlib's words, and never a dataset. */
static void truncated_gzip(void **state) {
    (void)state;
    for (size_t f = 0; f < 4; f++) {
        size_t n;
        write_set(write_gz, plain);
        unsigned char *bytes = read_file(plain[f], &n);
        for (size_t cut = 0; cut < n; cut++) {
            il_error err = {.message = ""};
            il_dataset *data;
            char begin[8];
            write_file(plain[f], bytes, cut);
            assert_int_equal(build(call, NULL, &data, &err), IL_INVALID);
            assert_null(data);
            snprintf(begin, sizeof begin, "%s: ", plain[f]);
            assert_int_equal(strncmp(err.message, begin, strlen(begin)), 0);
            assert_non_null(strstr(err.message, cut < 2    ? "(truncated?)"
                                                : cut < 40 ? ""
                                                           : "(truncated: copy it again)"));
        }
        free(bytes);
    }
}

static void write_head(const char *name, uint32_t magic, uint32_t n, uint32_t rows,
                       uint32_t columns) {
    uint8_t bytes[32] = {0};
    put32(bytes, magic);
    put32(bytes + 4, n);
    put32(bytes + 8, rows);
    put32(bytes + 12, columns);
    write_file(name, bytes, magic == 0x801 ? 13 : 32);
}

static void headers(void **state) {
    (void)state;
    write_set(write_file, plain);
    write_head("x", 0x00000d03, TRAIN, ROWS, COLUMNS);
    assert_refused("idx(x, l)", "x: begins with 0x00000d03, but idx data of images with 0x00000803 "
                                "(unsigned bytes): name such a file");
    write_head("x", 0x01000801, TRAIN, 0, 0);
    assert_refused("idx(i, x)", "x: begins with 0x01000801, but idx data of labels with 0x00000801 "
                                "(unsigned bytes): name such a file");
    assert_refused("idx(l, i)", "i: holds images, not labels: exchange the two paths");
    assert_refused("idx(l, l)", "l: holds labels, not images: exchange the two paths");
    write_head("x", 0x803, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF);
    assert_refused("idx(x, l)", "x: 4294967295 samples of 4294967295x4294967295 are more than the "
                                "1073741824 bytes that are accepted");
    /* 2^64 bytes, which a product of 64 bits would call 0. */
    write_head("x", 0x803, 1u << 31, 1u << 31, 4);
    assert_refused("idx(x, l)",
                   "x: 2147483648 samples of 2147483648x4 are more than the 1073741824 "
                   "bytes that are accepted");
    write_head("x", 0x803, 0, ROWS, COLUMNS);
    assert_refused("idx(x, l)", "x: holds no samples (0 of 2x3)");
    write_head("x", 0x803, TRAIN, 0, COLUMNS);
    assert_refused("idx(x, l)", "x: holds no samples (5 of 0x3)");
    write_head("x", 0x803, 1, 4, 4);
    assert_refused("idx(x, l)", "l: 5 labels for the 1 images in x: name the files of one set");
    write_head("x", 0x803, 2, 4, 2);
    assert_refused("idx(i, l, x, tl)", "x: images of 4x2, but those that train have 2x3");
    write_head("x", 0x801, 5, 0, 0);
    assert_refused("idx(i, x)", "idx: classes=\"all\" leaves 1: keep 2 or more");
    assert_refused("idx(i, l, ti, l)", "l: 5 labels for the 2 images in ti: name the files of one "
                                       "set");
    uint8_t bytes[64];
    write_file("x", bytes, labels_of(bytes, (uint8_t[]){0, 3}, 2));
    assert_refused("idx(i, l, ti, x)", "x: label 3 of sample 1, counted from 0, is outside 0-2: no "
                                       "sample that trains has this class");
}

static void trailing_bytes(void **state) {
    (void)state;
    uint8_t bytes[128] = {0};
    write_set(write_file, plain);
    size_t n = images_of(bytes, 0, TRAIN);
    write_file("i", bytes, n + 1);
    assert_refused(call, "i: has 47 bytes, but its header speaks of 5 samples of 2x3, which makes "
                         "46: copy it again");
    write_gz("i", bytes, n + 1);
    assert_refused(call, "i: more bytes follow the 46 that belong to it (remove them)");
    write_set(write_gz, plain);
    unsigned char *packed = read_file("tl", &n);
    memset(packed + n, 'x', 2);
    write_file("tl", packed, n + 2);
    free(packed);
    assert_refused(call, "tl: something else follows the compressed data (remove it, or copy the "
                         "file again)");
    n = labels_of(bytes, labels, TRAIN);
    write_gz("l", bytes, n);
    packed = read_file("l", &n);
    packed[n - 5] ^= 1; /* of the checksum */
    write_file("l", packed, n);
    free(packed);
    assert_refused(call, "l: corrupt gzip data: incorrect data check (copy it again)");
}

/* 64 MiB of zeros behind a small header are not unpacked, and a header that promises them is not believed. */
static void bombs(void **state) {
    (void)state;
    enum { SIZE = 1 << 26 };
    uint8_t *bytes = calloc(SIZE, 1);
    assert_non_null(bytes);
    write_set(write_gz, plain);
    images_of(bytes, 0, TRAIN);
    write_gz("i", bytes, SIZE);
    assert_refused(call, "i: more bytes follow the 46 that belong to it (remove them)");
    labels_of(bytes, labels, TRAIN);
    write_gz("l", bytes, SIZE);
    assert_refused(call, "l: more bytes follow the 13 that belong to it (remove them)");
    put32(bytes, 0x803);
    put32(bytes + 4, 5);
    put32(bytes + 8, 10000);
    put32(bytes + 12, 10000);
    write_set(write_gz, plain);
    write_gz("i", bytes, 16);
    struct stat info;
    assert_int_equal(stat("i", &info), 0);
    char message[256];
    snprintf(message, sizeof message,
             "i: has %lld bytes of compressed data, but its header speaks of 5 samples of "
             "10000x10000, which cannot come from fewer than 484496: copy it again",
             (long long)info.st_size);
    assert_refused(call, message);
    free(bytes);
}

static void no_files(void **state) {
    (void)state;
    write_set(write_file, plain);
    write_text("empty", "");
    mkdir("dir", 0700);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("idx(empty, l)", "empty: ends after 0 bytes, 4 are needed (truncated?)");
    assert_refused("idx(i, empty)", "empty: ends after 0 bytes, 4 are needed (truncated?)");
    assert_refused_in("idx(dir, l)", NULL, IL_IO,
                      "dir: cannot read the set of idx data: Is a directory (name a file that can "
                      "be read)");
    assert_refused("idx(fifo, l)", "fifo: no ordinary file: name one that holds a set of idx data");
    assert_refused_in("idx(none, l)", NULL, IL_IO,
                      "none: cannot read the set of idx data: No such file or directory (check the "
                      "path)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),         cmocka_unit_test(classes_kept),
        cmocka_unit_test(found_by_name), cmocka_unit_test(emnist),
        cmocka_unit_test(truncated),     cmocka_unit_test(truncated_gzip),
        cmocka_unit_test(headers),       cmocka_unit_test(trailing_bytes),
        cmocka_unit_test(bombs),         cmocka_unit_test(no_files),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
