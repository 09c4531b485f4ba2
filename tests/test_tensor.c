/* Sets of tensors, and files of them as other libraries write and read them. With a folder as its argument, the
 * program writes the golden sets there, for golden/tensors.py to check.
 */
#include "files.h"
#include "golden/tensors.h"

#include <float.h>
#include <math.h>

enum { GOLDEN = sizeof golden / sizeof golden[0] };

static il_tensors *read_set(const char *path) {
    il_error err;
    il_tensors *set;
    if (il_tensors_read(path, IL_TENSORS_BYTES, &set, &err) != IL_OK)
        fail_msg("%s", err.message);
    return set;
}

/* The set of a golden file, made from its values. */
static il_tensors *make_set(const golden_file *file) {
    il_error err;
    il_tensors *set;
    size_t v = 0;
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    for (size_t t = 0; t < file->n_tensors; t++) {
        const golden_tensor *g = &file->tensor[t];
        void *data;
        assert_int_equal(il_tensors_add(set, g->name, g->dtype, g->n_dims, g->shape, &data, &err),
                         IL_OK);
        for (size_t i = 0; i < set->tensor[t].count; i++, v++) {
            double x = file->value[v];
            switch (g->dtype) {
            case IL_DTYPE_F64:
                ((double *)data)[i] = x;
                break;
            case IL_DTYPE_F32:
                ((float *)data)[i] = (float)x;
                break;
            case IL_DTYPE_I64:
                ((int64_t *)data)[i] = (int64_t)x;
                break;
            case IL_DTYPE_I16:
                ((int16_t *)data)[i] = (int16_t)x;
                break;
            default:
                fail_msg("%s: no values of type %s", file->name, il_dtype_name(g->dtype));
            }
        }
    }
    return set;
}

static void assert_golden(const il_tensors *set, const golden_file *file) {
    assert_int_equal(set->n, file->n_tensors);
    size_t v = 0;
    for (size_t t = 0; t < file->n_tensors; t++) {
        const golden_tensor *g = &file->tensor[t];
        const il_tensor *tensor = il_tensors_find(set, g->name);
        assert_non_null(tensor);
        assert_int_equal(tensor->dtype, g->dtype);
        assert_int_equal(tensor->n_dims, g->n_dims);
        size_t count = 1;
        for (size_t d = 0; d < g->n_dims; count *= g->shape[d++])
            assert_int_equal(tensor->shape[d], g->shape[d]);
        assert_int_equal(tensor->count, count);
        assert_int_equal((uintptr_t)tensor->data % 16, 0);
        il_real *real = malloc((count + 1) * sizeof *real);
        assert_non_null(real);
        il_tensor_values(tensor, real);
        for (size_t i = 0; i < count; i++, v++) {
            double x = il_tensor_at(tensor, i);
            if (memcmp(&x, &file->value[v], sizeof x) != 0)
                fail_msg("%s: %s: element %zu is %.17g, not %.17g", file->name, g->name, i, x,
                         file->value[v]);
            assert_true(real[i] == (il_real)x);
        }
        free(real);
    }
}

static void golden_files_load(void **state) {
    (void)state;
    for (size_t f = 0; f < GOLDEN; f++) {
        il_tensors *set = read_set(put(golden[f].name, golden[f].bytes, golden[f].n));
        assert_golden(set, &golden[f]);
        assert_string_equal(set->path, path_of(golden[f].name));
        il_tensors_free(set);
    }
    il_tensors *set = read_set(path_of("types.safetensors"));
    assert_int_equal(set->n_notes, 1);
    assert_string_equal(il_tensors_text(set, "format"), "np \"1\"\n\a \303\251");
    assert_null(il_tensors_text(set, "Format"));
    assert_null(il_tensors_find(set, "of"));
    /* What a double rounds is exact in place. */
    assert_true(((uint64_t *)il_tensors_find(set, "of uint64")->data)[1] == UINT64_MAX);
    assert_true(((int64_t *)il_tensors_find(set, "of int64")->data)[1] == INT64_MAX);
    il_tensors_free(set);
}

/* Written again, a set is what it was; and where another library has one way to write it, the bytes are its. */
static void round_trips(void **state) {
    (void)state;
    static const char *const ends[] = {"o.safetensors", "o.npz", "o.npy"};
    for (size_t f = 0; f < GOLDEN; f++)
        for (size_t e = 0; e < 3; e++) {
            il_error err;
            const char *out = path_of(ends[e]), *own = strrchr(golden[f].name, '.');
            il_tensors *set = read_set(put(golden[f].name, golden[f].bytes, golden[f].n));
            bool same_format = strcmp(strrchr(ends[e], '.'), own) == 0;
            bool fits = e == 0 || (e == 1 ? set->n > 0 : set->n == 1);
            fits &= e == 0 || (set->n_notes == 0 && strcmp(golden[f].name, "bfloat.safetensors"));
            assert_int_equal(il_tensors_write(set, out, IL_REPLACE, &err),
                             fits ? IL_OK : IL_INVALID);
            assert_true(fits || !same_format);
            il_tensors_free(set);
            if (!fits)
                continue;
            size_t n;
            char *bytes = get(out, &n);
            if (same_format && golden[f].same) {
                assert_int_equal(n, golden[f].n);
                assert_memory_equal(bytes, golden[f].bytes, n);
            }
            free(bytes);
            if (e < 2 || strcmp(own, ".npy") == 0) {
                set = read_set(out);
                assert_golden(set, &golden[f]);
                il_tensors_free(set);
            }
        }
}

/* The bytes depend on the set alone: not on the order in which it was made, the time, or the time zone. */
static void bytes_are_of_the_set(void **state) {
    (void)state;
    for (size_t f = 0; f < GOLDEN; f++) {
        if (strcmp(golden[f].name, "shapes.safetensors") != 0)
            continue;
        il_error err;
        il_tensors *set = make_set(&golden[f]);
        size_t n, m;
        assert_int_equal(il_tensors_write(set, path_of("a.safetensors"), IL_REPLACE, &err), IL_OK);
        char *a = get(path_of("a.safetensors"), &n);
        assert_int_equal(n, golden[f].n);
        assert_memory_equal(a, golden[f].bytes, n);
        free(a);
        assert_int_equal(il_tensors_write(set, path_of("a.npz"), IL_REPLACE, &err), IL_OK);
        setenv("TZ", "Asia/Tokyo", 1);
        assert_int_equal(il_tensors_write(set, path_of("b.npz"), IL_REPLACE, &err), IL_OK);
        unsetenv("TZ");
        a = get(path_of("a.npz"), &n);
        char *b = get(path_of("b.npz"), &m);
        assert_int_equal(n, m);
        assert_memory_equal(a, b, n);
        free(a), free(b);
        il_tensors_free(set);
    }
}

/* Every half there is, against its definition. */
static void halves(void **state) {
    (void)state;
    il_error err;
    il_tensors *set;
    void *half, *brain;
    static const size_t all[1] = {65536};
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    assert_int_equal(il_tensors_add(set, "h", IL_DTYPE_F16, 1, all, &half, &err), IL_OK);
    assert_int_equal(il_tensors_add(set, "b", IL_DTYPE_BF16, 1, all, &brain, &err), IL_OK);
    for (size_t i = 0; i < 65536; i++)
        ((uint16_t *)half)[i] = ((uint16_t *)brain)[i] = (uint16_t)i;
    for (int type = 0; type < 2; type++)
        for (unsigned i = 0; i < 65536; i++) {
            int bits = type ? 7 : 10, top = type ? 255 : 31, bias = type ? 127 : 15;
            int exponent = (int)(i & 0x7FFF) >> bits, fraction = (int)i & ((1 << bits) - 1);
            double x = il_tensor_at(&set->tensor[type], i);
            double magnitude = exponent == top ? (double)(fraction ? NAN : INFINITY)
                               : exponent ? ldexp((1 << bits) + fraction, exponent - bias - bits)
                                          : ldexp(fraction, 1 - bias - bits);
            assert_true(isnan(magnitude) ? isnan(x) : fabs(x) == magnitude);
            assert_int_equal(signbit(x) != 0, i >> 15);
        }
    il_tensors_free(set);
}

static void adding(void **state) {
    (void)state;
    il_error err;
    il_tensors *set;
    void *data[40];
    static const size_t nine[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1},
                        huge[3] = {(size_t)1 << 40, (size_t)1 << 40, 0};
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    for (size_t i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "t%zu", i);
        assert_int_equal(il_tensors_add(set, name, IL_DTYPE_F32, 1, &i, &data[i], &err), IL_OK);
        for (size_t k = 0; k < i; k++) {
            assert_true(((float *)data[i])[k] == 0.0f);
            ((float *)data[i])[k] = (float)(100 * i + k);
        }
        assert_int_equal(il_tensors_note(set, name, "1", &err), IL_OK);
    }
    for (size_t i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "t%zu", i);
        assert_ptr_equal(il_tensors_find(set, name)->data, data[i]);
        for (size_t k = 0; k < i; k++)
            assert_true(il_tensor_at(&set->tensor[i], k) == (double)(100 * i + k));
    }
    assert_int_equal(il_tensors_note(set, "t7", "two\nlines", &err), IL_OK);
    assert_int_equal(set->n_notes, 40);
    assert_string_equal(il_tensors_text(set, "t7"), "two\nlines");
    assert_string_equal(il_tensors_text(set, "t8"), "1");

    static const struct {
        const char *name, *message;
        size_t n_dims;
        const size_t *shape;
    } bad[] = {
        {"", "the name '' is empty", 0, NULL},
        {"t3", "there are two tensors called 't3'", 0, NULL},
        {"a\nb", "the name 'a?b' is not UTF-8 without control characters", 0, NULL},
        {"\xFF", "the name '\xFF' is not UTF-8 without control characters", 0, NULL},
        {"__metadata__", "the name '__metadata__' is taken by the format's metadata", 0, NULL},
        {"x", "x: 9 dims, at most 8 are possible", 9, nine},
        {"x", "x: its dims have too large a product", 2, huge},
        {"x", "x: its dims have too large a product", 3, huge},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(
            il_tensors_add(set, bad[i].name, IL_DTYPE_F64, bad[i].n_dims, bad[i].shape, NULL, &err),
            IL_INVALID);
        assert_string_equal(err.message, bad[i].message);
    }
    assert_int_equal(set->n, 40);
    static const char *const texts[] = {"\xFF", "a\xC3", "\xC3(", "\xED\xA0\x80", "ok\n\x80"};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(il_tensors_note(set, "k", texts[i], &err), IL_INVALID);
        assert_string_equal(err.message, "a note's key and text must be UTF-8");
        assert_int_equal(il_tensors_note(set, texts[i], "t", &err), IL_INVALID);
    }
    assert_int_equal(il_tensors_note(set, "k", "\t\xC2\x85 \xC3\xA9\x7F", &err), IL_OK);
    il_tensors_free(set);
    il_tensors_free(NULL);
}

static void finite_values(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *message; /* NULL: finite */
    } cases[] = {
        {(double)NAN, "0.weight[1, 2, 0] is NaN: only finite numbers are accepted"
                      " (save it before training diverges)"},
        {-(double)INFINITY, "0.weight[1, 2, 0] is -infinity: only finite numbers are accepted"
                            " (save it before training diverges)"},
        {(double)FLT_MAX, NULL},
        {1e39, sizeof(il_real) == 4
                   ? "0.weight[1, 2, 0] is 1e+39: more than a float holds (scale it down)"
                   : NULL},
    };
    for (size_t i = 0; i < 4; i++) {
        il_error err;
        il_tensors *set;
        void *data;
        const char *path = path_of("x.safetensors");
        assert_int_equal(il_tensors_new(&set, &err), IL_OK);
        assert_int_equal(
            il_tensors_add(set, "0.weight", IL_DTYPE_F64, 3, (size_t[]){2, 3, 2}, &data, &err),
            IL_OK);
        ((double *)data)[10] = cases[i].value;
        /* Files hold what they hold; who wants finite numbers says so. */
        assert_int_equal(il_tensors_write(set, path, IL_REPLACE, &err), IL_OK);
        il_tensors_free(set);
        set = read_set(path);
        assert_int_equal(il_tensors_check_finite(set, &err), cases[i].message ? IL_INVALID : IL_OK);
        if (cases[i].message)
            assert_error(&err, IL_INVALID, path, cases[i].message);
        il_tensors_free(set);
    }
}

static void writing_refused(void **state) {
    (void)state;
    il_error err;
    il_tensors *set;
    static const struct {
        const char *name, *message;
    } cases[] = {
        {"x", "its end names no format of tensors (known: .safetensors, .npz, .npy)"},
        {".npz", ".npz holds at least one tensor (write a .safetensors)"},
        {"x.pt", "its end names no format of tensors (known: .safetensors, .npz, .npy)"},
        {"x.npz", ".npz holds at least one tensor (write a .safetensors)"},
        {"x.npy", ".npy holds one tensor, and there are 0 (write a .npz)"},
        {"no/x.safetensors",
         "cannot write the tensors: No such file or directory (make the folder first)"},
        {"x.npz", "b: NumPy has no type BF16 (write a .safetensors)"},
        {"x.npy", "b: NumPy has no type BF16 (write a .safetensors)"},
        {"x.npz", ".npz holds no notes, and there are 1 (write a .safetensors)"},
        {"x.safetensors", "the set needs 5000064 bytes of header, at most 4194304 are accepted "
                          "(write fewer tensors or notes)"},
    };
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = path_of(cases[i].name);
        if (i == 6)
            assert_int_equal(il_tensors_add(set, "b", IL_DTYPE_BF16, 0, NULL, NULL, &err), IL_OK);
        if (i == 8)
            assert_int_equal(il_tensors_note(set, "k", "t", &err), IL_OK);
        if (i == 9) {
            char *text = malloc(5000001);
            assert_non_null(text);
            memset(text, 'x', 5000000);
            text[4999979] = '\0';
            assert_int_equal(il_tensors_note(set, "k", text, &err), IL_OK);
            free(text);
        }
        il_status status = il_tensors_write(set, path, IL_KEEP_ONE, &err);
        assert_error(&err, i == 5 ? IL_IO : IL_INVALID, path, cases[i].message);
        assert_int_equal(status, err.status);
        assert_int_equal(count_files(0), 0);
    }
    il_tensors_free(set);
}

/* What can be refused before there is anything to write, and leaves nothing behind. */
static void tried(void **state) {
    (void)state;
    il_error err;
    static const struct {
        const char *name;
        bool notes;
        il_status status;
        const char *message;
    } cases[] = {
        {"x.npz", false, IL_OK, NULL},
        {"x.safetensors", true, IL_OK, NULL},
        {"x.npz", true, IL_INVALID, ".npz holds no notes (write a .safetensors)"},
        {"x.npy", false, IL_INVALID, ".npy holds one tensor (write a .safetensors)"},
        {"x", true, IL_INVALID,
         "its end names no format of tensors (known: .safetensors, .npz, .npy)"},
        {"no/x.npz", false, IL_IO,
         "cannot write the tensors: No such file or directory (make the folder first)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = path_of(cases[i].name);
        assert_int_equal(il_tensors_try(path, cases[i].notes, &err), cases[i].status);
        if (cases[i].message)
            assert_error(&err, cases[i].status, path, cases[i].message);
        assert_int_equal(count_files(0), 0);
    }
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(int argc, char **argv) {
    if (argc > 1) {
        il_error err;
        snprintf(test_folder, sizeof test_folder, "%s", argv[1]);
        for (size_t f = 0; f < GOLDEN; f++) {
            const char *path = put(golden[f].name, golden[f].bytes, golden[f].n);
            il_tensors *set;
            if (il_tensors_read(path, IL_TENSORS_BYTES, &set, &err) != IL_OK ||
                il_tensors_write(set, path, IL_REPLACE, &err) != IL_OK)
                return puts(err.message), 1;
            il_tensors_free(set);
        }
        return 0;
    }
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(golden_files_load), WITH_FOLDER(round_trips), WITH_FOLDER(bytes_are_of_the_set),
        cmocka_unit_test(halves),       cmocka_unit_test(adding), WITH_FOLDER(finite_values),
        WITH_FOLDER(writing_refused),   WITH_FOLDER(tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
