/* The exact tier of the synthetic datasets: hashes of their samples, which must have the same bits on every machine.
 * Linked with every variant of the library, as test_bits.c is. */
#include "datasets.h"

#include "golden/bits_data.h"

#include <stdio.h>

static uint64_t hash_of(const void *data, size_t size, uint64_t hash) {
    const unsigned char *p = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void samples(void **state) {
    (void)state;
    bool same = true;
    for (size_t i = 0; i < sizeof bits_data / sizeof *bits_data; i++) {
        il_dataset *data = dataset_of(bits_data[i].data);
        size_t values = data->n * data->inputs;
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        if (data->pixels)
            hash = hash_of(data->pixels, values, hash);
        else
            hash = hash_of(data->X, values * sizeof *data->X, hash);
        if (data->label)
            hash = hash_of(data->label, data->n * sizeof *data->label, hash);
        else
            hash = hash_of(data->target, data->n * data->outputs * sizeof *data->target, hash);
        if (hash != bits_data[i].hash)
            print_error("%s: {\"%s\", UINT64_C(0x%016llx)},\n", VARIANT, bits_data[i].data,
                        (unsigned long long)hash);
        same = same && hash == bits_data[i].hash;
        il_dataset_free(data);
    }
    assert_true(same);
}

int main(void) {
#ifdef __x86_64__
    if ((strcmp(VARIANT, "avx2") == 0 && !__builtin_cpu_supports("avx2")) ||
        (strcmp(VARIANT, "avx512f") == 0 && !__builtin_cpu_supports("avx512f"))) {
        printf("this processor has no %s\n", VARIANT);
        return 77;
    }
#endif
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
