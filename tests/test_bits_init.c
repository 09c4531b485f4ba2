/* The exact tier of initialization: the weights and biases that every scheme gives, also those that look at data, have
 * the same bits on every machine. Like test_bits.c, this program is linked with the library as built and with each
 * instruction set's variant alone; all must give the hashes in golden/bits_init.h.
 */
#include "fitted.h"

#include <stdio.h>
#include <string.h>

#define R 16

/* Every scheme that reads no file, with the parameters that change what it does. */
static const struct {
    const char *init, *hidden;
    uint64_t hash; /* 64-bit FNV-1a */
} cases[] = {
#include "golden/bits_init.h"
};
#define CASES (sizeof cases / sizeof *cases)

static uint64_t hash_of(const il_network *net) {
    const unsigned char *p = (const void *)il_network_layer(net, 0)->W;
    size_t bytes = il_network_size(net) * R * sizeof(il_real);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* A layer that narrows by a ragged number, one that widens, and one unit at the end, in 16 replicas. */
static void weights(void **state) {
    (void)state;
    size_t wrong = 0;
    for (size_t c = 0; c < CASES; c++) {
        il_call call = parse(&il_inits, cases[c].init);
        il_network *net = build("19-17-30-1", cases[c].hidden, R);
        for (size_t r = 0; r < R; r++) {
            fill(net, r, cases[c].init, NULL, 100 + r);
            if (il_init_type_of(&call)->fit && r % 5 == 0)
                initialize(net, r, cases[c].init, NULL, 100 + r);
        }
        uint64_t hash = hash_of(net);
        if (hash != cases[c].hash) {
            print_error("%s:     {\"%s\", \"%s\", UINT64_C(0x%016llx)},\n", VARIANT, cases[c].init,
                        cases[c].hidden, (unsigned long long)hash);
            wrong++;
        }
        il_network_free(net);
    }
    if (wrong > 0)
        fail_msg("%s: %zu of %zu hashes differ", VARIANT, wrong, CASES);
}

/* Large enough for every way through the generator: many whole groups of blocks, one group and a part of one. */
static void large_layer(void **state) {
    (void)state;
    enum { IN = 97, OUT = 31 };
    static il_real W[IN * OUT], first[IN * OUT];
    static const char *const texts[] = {"he_normal", "he_uniform", "flax_dense"};
    for (size_t t = 0; t < 3; t++) {
        il_error err;
        il_call call = parse(&il_inits, texts[t]);
        il_init_layer layer = {.fan_in = 1, .fan_out = IN * OUT};
        assert_int_equal(il_init_fill(&call, &layer, 5, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
        for (size_t n = 1; n < IN * OUT; n += n < 200 ? 1 : 97) {
            layer.fan_out = n;
            assert_int_equal(il_init_fill(&call, &layer, 5, IL_PURPOSE_WEIGHT, first, &err), IL_OK);
            for (size_t i = 0; i < n; i++) /* the same draws; the scale of he_* is that of fan_in */
                assert_true(first[i] == W[i]);
        }
    }
}

static bool reads_a_file(const il_desc *d) {
    for (size_t p = 0; p < d->n_params; p++)
        if (d->params[p].kind == IL_TEXT)
            return true;
    return false;
}

static void no_scheme_is_missing(void **state) {
    (void)state;
    for (size_t i = 0; i < il_inits.n; i++) {
        bool covered = reads_a_file(il_inits.items[i]);
        for (size_t c = 0; c < CASES && !covered; c++)
            covered = parse(&il_inits, cases[c].init).desc == il_inits.items[i];
        if (!covered)
            fail_msg("golden/bits_init.h has no line for %s", il_inits.items[i]->name);
    }
}

int main(void) {
#ifdef __x86_64__
    if ((strcmp(VARIANT, "avx2") == 0 && !__builtin_cpu_supports("avx2")) ||
        (strcmp(VARIANT, "avx512f") == 0 && !__builtin_cpu_supports("avx512f"))) {
        printf("this processor has no %s\n", VARIANT);
        return 77;
    }
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(large_layer),
        cmocka_unit_test(no_scheme_is_missing),
    };
    return cmocka_run_group_tests(tests, draw_data, NULL);
}
