/* Which samples of a file train, and whose labels lie. */
#include "data_files.h"

/* A thousand samples whose first two pixels are their number. */
static void write_many(void) {
    enum { N = 1000 };
    static uint8_t bytes[16 + N * 2], label[N];
    put32(bytes, 0x803);
    put32(bytes + 4, N);
    put32(bytes + 8, 1);
    put32(bytes + 12, 2);
    for (size_t i = 0; i < N; i++) {
        bytes[16 + 2 * i] = (uint8_t)(i >> 8);
        bytes[17 + 2 * i] = (uint8_t)i;
        label[i] = (uint8_t)(i % 10);
    }
    write_file("mi", bytes, sizeof bytes);
    write_file("ml", bytes, labels_of(bytes, label, N));
}

static size_t number_of(const il_dataset *data, size_t i) {
    return (size_t)data->pixels[2 * i] << 8 | data->pixels[2 * i + 1];
}

/* A larger subset has all of a smaller one; another seed has another. */
static void subsets(void **state) {
    (void)state;
    write_many();
    il_dataset *small = make("idx(mi, ml, n=100)"), *large = make("idx(mi, ml, n=400)"),
               *other = make("idx(mi, ml, n=100, seed=2)"), *again = make("idx(mi, ml, n=100)");
    bool in_large[1000] = {false};
    size_t shared = 0, previous = 0, low = 0;
    for (size_t i = 0; i < 400; i++)
        in_large[number_of(large, i)] = true;
    for (size_t i = 0; i < 100; i++) {
        size_t k = number_of(small, i);
        assert_true(in_large[k]);
        assert_int_equal(small->label[i], k % 10);
        assert_true(i == 0 || k > previous); /* each once, in the file's order */
        previous = k;
        low += k < 500;
        for (size_t j = 0; j < 100; j++)
            shared += number_of(other, j) == k;
    }
    /* Hypergeometric: 10 of 100 shared, standard deviation 2.85, and 50 in the first half, 4.75: five of each, which a
     * fair choice exceeds once in a million. */
    assert_in_range(shared, 0, 24);
    assert_in_range(low, 27, 73);
    assert_int_equal(small->part[IL_TRAIN], 100);
    assert_memory_equal(small->pixels, again->pixels, 200);
    il_dataset_free(small);
    il_dataset_free(large);
    il_dataset_free(other);
    il_dataset_free(again);
}

/* Labels lie as often as asked for, uniformly, and do so for the same samples whatever else is asked. */
static void noise(void **state) {
    (void)state;
    write_many();
    il_dataset *half = make("idx(mi, ml, mi, ml, noise=0.5)"), *all = make("idx(mi, ml, noise=1)"),
               *some = make("idx(mi, ml, noise=0.5, n=300)"), *few = make("idx(mi, ml, noise=0.2)");
    size_t wrong = 0, count[10] = {0};
    for (size_t i = 0; i < 1000; i++) {
        wrong += half->label[i] != i % 10;
        count[all->label[i]]++;
        if (few->label[i] != i % 10)
            assert_int_equal(half->label[i], few->label[i]);
        if (half->label[i] != i % 10)
            assert_int_equal(half->label[i], all->label[i]);
        assert_int_equal(half->label[1000 + i], i % 10); /* those that test are true */
    }
    /* Binomial(1000, 0.45) and (1000, 0.1): 450 ± 15.7 and 100 ± 9.5. Five standard deviations; less than one correct
     * generator in 150000 fails. */
    assert_in_range(wrong, 372, 528);
    for (size_t c = 0; c < 10; c++)
        assert_in_range(count[c], 53, 147);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(some->label[i], half->label[number_of(some, i)]);
    il_dataset_free(half);
    il_dataset_free(all);
    il_dataset_free(some);
    il_dataset_free(few);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subsets),
        cmocka_unit_test(noise),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
