/* When the n-th allocation fails, for every n, building a dataset says so and leaves nothing behind; and nothing large is
 * allocated for a small file. */
#include "data_files.h"

static long allocations, live, fail_at = -1; /* fail_at: the allocation, from 0, that fails */
static size_t largest;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static bool fails(size_t size) {
    largest = size > largest ? size : largest;
    return allocations++ == fail_at;
}

static void *counted(void *block) {
    live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size) {
    return fails(size) ? NULL : counted(__real_malloc(size));
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails(n * size) ? NULL : counted(__real_calloc(n, size));
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails(size) ? NULL : counted(__real_aligned_alloc(alignment, size));
}
void __wrap_free(void *block) {
    live -= block != NULL;
    __real_free(block);
}

/* Returns how many allocations it takes. */
static long assert_clean(const char *call) {
    for (long n = 0;; n++) {
        il_error err = {.message = ""};
        il_dataset *data;
        live = allocations = 0;
        fail_at = n;
        il_status status = build(call, NULL, &data, &err);
        fail_at = -1;
        if (status != IL_OK) {
            assert_int_equal(status, IL_NO_MEMORY);
            assert_non_null(strstr(err.message, "memory"));
            assert_null(data);
            assert_true(allocations > n);
        }
        il_dataset_free(data);
        assert_int_equal(live, 0);
        if (status == IL_OK)
            return n;
    }
}

static void every_allocation(void **state) {
    (void)state;
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4},
                         labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    static const char table[] = "a,b,c\n1,2,x\n3,4,y\n";
    write_gz("i", images, sizeof images);
    write_gz("l", labels, sizeof labels);
    write_gz("t.csv", table, sizeof table - 1);
    assert_in_range(assert_clean("idx(i, l, i, l, n=1, noise=0.5)"), 10, 100);
    assert_in_range(assert_clean("csv(t.csv)"), 5, 100);
    assert_int_equal(assert_clean("digits"), 1);
}

/* Headers promise what they like. */
static void nothing_from_a_promise(void **state) {
    (void)state;
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0x20, 0, 0, 0, 0x20, 0, 1, 2, 3},
                         labels[] = {0, 0, 8, 1, 0x10, 0, 0, 0, 0, 1},
                         good[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    for (int packed = 0; packed < 2; packed++) {
        il_error err;
        il_dataset *data;
        (packed ? write_gz : write_file)("i", images, sizeof images);
        (packed ? write_gz : write_file)("l", labels, sizeof labels);
        (packed ? write_gz : write_file)("g", good, sizeof good);
        largest = 0;
        assert_int_equal(build("idx(i, g)", NULL, &data, &err), IL_INVALID);
        assert_int_equal(build("idx(i, l)", NULL, &data, &err), IL_INVALID);
        assert_in_range(largest, 1, 1 << 17);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation),
        cmocka_unit_test(nothing_from_a_promise),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
