#include "cmocka_all.h"

#include "base/arena.h"

#include <stdlib.h>

static void offsets_are_aligned_and_apart(void **state) {
    (void)state;
    il_layout layout = {0};
    size_t a = il_layout_reserve(&layout, 4, 3, 5, 1); /* 60 bytes */
    size_t b = il_layout_reserve(&layout, 8, 2, 2, 3); /* 96 bytes */
    size_t c = il_layout_reserve(&layout, 1, 0, 9, 1); /* none */
    size_t d = il_layout_reserve(&layout, 1, 1, 1, 1);
    assert_int_equal(a, 0);
    assert_int_equal(b, 64);
    assert_int_equal(c, 192);
    assert_int_equal(d, 192);
    assert_int_equal(layout.size, 256);
    unsigned char *block = il_layout_allocate(&layout);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % IL_ALIGN, 0);
    for (size_t i = 0; i < layout.size; i++)
        assert_int_equal(block[i], 0);
    free(block);
}

static void overflow_is_no_memory(void **state) {
    (void)state;
    static const size_t huge[][4] = {{8, SIZE_MAX, 1, 1},
                                     {1, SIZE_MAX / 2, 3, 1},
                                     {1, 1, SIZE_MAX / 2, 2},
                                     {1, SIZE_MAX / 2, 1, 1}};
    for (size_t i = 0; i < 4; i++) {
        il_layout layout = {0};
        il_layout_reserve(&layout, 4, 100, 1, 1);
        il_layout_reserve(&layout, huge[i][0], huge[i][1], huge[i][2], huge[i][3]);
        il_layout_reserve(&layout, 4, 100, 1, 1);
        assert_true(layout.overflow);
        assert_null(il_layout_allocate(&layout));
    }
    il_layout empty = {0};
    void *block = il_layout_allocate(&empty);
    assert_non_null(block);
    free(block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_aligned_and_apart),
        cmocka_unit_test(overflow_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
