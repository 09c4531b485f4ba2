/* npy and npz files that are not: headers that lie, and archives that are corrupt, encrypted, or bombs. */
#include "files.h"
#include "golden/tensors.h"

static il_status load(const char *path, uint64_t most, il_error *err) {
    il_tensors *set = (il_tensors *)1;
    il_status status = il_tensors_read(path, most, &set, err);
    assert_true((status == IL_OK) == (set != NULL));
    il_tensors_free(set);
    return status;
}

static void assert_refused(const char *path, const char *message) {
    il_error err;
    assert_int_equal(load(path, 1 << 20, &err), IL_INVALID);
    assert_error(&err, IL_INVALID, path, message);
}

/* Version 1.0 with this header and `payload` bytes after it. */
static const char *put_npy(const char *header, size_t payload) {
    char bytes[4096] = "\x93NUMPY\1";
    size_t n = strlen(header);
    assert_true(10 + n + payload <= sizeof bytes);
    bytes[8] = (char)(n & 0xFF);
    bytes[9] = (char)(n >> 8);
    memcpy(bytes + 10, header, n);
    return put("x", bytes, 10 + n + payload);
}

#define NPY(descr, shape) "{'descr': " descr ", 'fortran_order': False, 'shape': " shape ", }\n"

static void headers(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t payload;
        const char *message; /* NULL: accepted */
    } cases[] = {
        {NPY("'<f4'", "(2,)"), 8, NULL},
        {NPY("\"<f4\"", "(1, 2)"), 8, NULL},
        {NPY("'<u1'", "(2,)"), 2, NULL},
        {NPY("'|b1'", "()"), 1, NULL},
        {NPY("'<i8'", "(0,)"), 0, NULL},
        {"{'shape':(2,),'fortran_order':True,'descr':'<i2'}", 4, NULL},
        {NPY("'>f4'", "(2,)"), 8, "elements of type '>f4' (big-endian: save array.astype('<f4'))"},
        {NPY("'|O'", "(2,)"), 8, "elements of type '|O' (Python objects: save numbers)"},
        {NPY("'<c8'", "(1,)"), 8, "elements of type '<c8' (save array.astype('<f4'))"},
        {NPY("'<f44'", "(1,)"), 8, "elements of type '<f44' (save array.astype('<f4'))"},
        {NPY("''", "(1,)"), 8, "elements of type '' (save array.astype('<f4'))"},
        {NPY("[('a', '<f4')]", "(2,)"), 8,
         "a structured array (save one column as an array of its own)"},
        {NPY("f4", "(2,)"), 8,
         "npy header: expected a type such as '<f4', found 'f4, 'fortran_order': False, 'shape': "
         "(2,...'"},
        {NPY("'<f4'", "(3,)"), 8, "its shape needs 12 bytes, 8 follow the header (copy it again)"},
        {NPY("'<f4'", "(1,)"), 8, "its shape needs 4 bytes, 8 follow the header (copy it again)"},
        {NPY("'<f4'", "(-2,)"), 8,
         "npy header: expected a whole number from 0 in the shape, found '-2,), }?'"},
        {NPY("'<f4'", "(2.0,)"), 8,
         "npy header: expected ',' or ')' in the shape, found '.0,), }?'"},
        {NPY("'<f4'", "(2L,)"), 8, "npy header: expected ',' or ')' in the shape, found 'L,), }?'"},
        {NPY("'<f4'", "(2)"), 8,
         "npy header: expected a tuple of one dim, such as (3,), found ', }?'"},
        {NPY("'<f4'", "[2]"), 8, "npy header: expected a shape such as (3, 4), found '[2], }?'"},
        {NPY("'<f4'", "(,)"), 8,
         "npy header: expected a whole number from 0 in the shape, found ',), }?'"},
        {NPY("'<f4'", "(18446744073709551616,)"), 8,
         "npy header: expected a dim that can be addressed, found '18446744073709551616,), }?'"},
        {NPY("'<f4'", "(4294967296, 4294967296)"), 8,
         "its dims have too large a product (copy it again)"},
        {NPY("'<f4'", "(0, 9223372036854775807, 4)"), 0,
         "its dims have too large a product (copy it again)"},
        {NPY("'<f4'", "(1099511627776,)"), 8,
         "its shape needs 4398046511104 bytes, 8 follow the header (copy it again)"},
        {NPY("'<f4'", "(1,1,1,1,1,1,1,1,1)"), 8, "more than 8 dims (save a reshaped array)"},
        {"", 0, "npy header: expected '{', found ''"},
        {"{", 0, "npy header: expected 'descr', 'fortran_order' or 'shape', found ''"},
        {"{}", 0,
         "npy header: expected 'descr', 'fortran_order' and 'shape' before the end, found ''"},
        {"{'descr': '<f4', 'shape': (2,)}", 8,
         "npy header: expected 'descr', 'fortran_order' and 'shape' before the end, found ''"},
        {"{'descr': '<f4', 'descr': '<f4'}", 8,
         "npy header: expected each of 'descr', 'fortran_order' and 'shape' once, found ''descr': "
         "'<f4'}'"},
        {"{'order': 1}", 8,
         "npy header: expected each of 'descr', 'fortran_order' and 'shape' once, found ''order': "
         "1}'"},
        {"{'descr' '<f4'}", 8, "npy header: expected ':', found ''<f4'}'"},
        {"{'descr': '<f4' 'shape': (2,)}", 8,
         "npy header: expected ',' or '}', found ''shape': (2,)}'"},
        {"{'descr': '<f4', 'fortran_order': 0}", 8,
         "npy header: expected True or False, found '0}'"},
        {NPY("'<f4'", "(2,)") "x", 8, "npy header: expected the end, found 'x'"},
        {"{'descr': '<f4\\'', }", 8,
         "npy header: expected a type such as '<f4', found ''<f4\\'', }'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        il_error err = {.message = ""};
        const char *path = put_npy(cases[i].header, cases[i].payload);
        il_status status = load(path, 1 << 20, &err);
        if (cases[i].message)
            assert_error(&err, IL_INVALID, path, cases[i].message);
        else if (status != IL_OK)
            fail_msg("%s", err.message);
    }
}

static void beginnings(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *message;
    } cases[] = {
        {"\x93NUMPY\0\0..", 10, "npy version 0.0 (1.0, 2.0 and 3.0 are read)"},
        {"\x93NUMPY\4\0....", 12, "npy version 4.0 (1.0, 2.0 and 3.0 are read)"},
        {"\x93NUMPY\1\1..", 10, "npy version 1.1 (1.0, 2.0 and 3.0 are read)"},
        {"\x93NUMPY\1\0", 8, "ends in its header (truncated: copy it again)"},
        {"\x93NUMPY\1\0.", 9, "ends in its header (truncated: copy it again)"},
        {"\x93NUMPY\2\0...", 11, "ends in its header (truncated: copy it again)"},
        {"\x93NUMPY\1\0\1\0", 10, "ends in its header (truncated: copy it again)"},
        {"\x93NUMPY\2\0\xFF\xFF\xFF\xFF", 12, "ends in its header (truncated: copy it again)"},
        {"\x93NUMPY\1\0\2\0{\0", 12, "npy header: a NUL byte (copy it again)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(put("x", cases[i].bytes, cases[i].n), cases[i].message);
    const char *path = put("x", "\x93NUMPY\2\0\1\0\1\0", 12);
    assert_int_equal(truncate(path, 70000), 0);
    assert_refused(path, "65537 bytes of header: at most 65536 are accepted");
}

static const golden_file *find(const char *name) {
    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++)
        if (strcmp(golden[i].name, name) == 0)
            return &golden[i];
    fail_msg("no golden file %s", name);
    return NULL;
}

/* Cut anywhere, a file is refused. */
static void truncations(void **state) {
    (void)state;
    static const char *const names[] = {"cube.npy", "cube3.npy", "stored.npz", "deflated.npz"};
    for (size_t i = 0; i < 4; i++)
        for (size_t n = 0; n < find(names[i])->n; n++) {
            il_error err;
            assert_int_equal(load(put("x", find(names[i])->bytes, n), 1 << 20, &err), IL_INVALID);
        }
}

static void mutations(void **state) {
    (void)state;
    static const char *const names[] = {"cube.npy", "fortran.npy", "deflated.npz"};
    static unsigned char bytes[8192];
    for (size_t f = 0; f < 3; f++) {
        const golden_file *file = find(names[f]);
        assert_true(file->n <= sizeof bytes);
        size_t refused = 0;
        for (size_t i = 0; i < file->n; i++)
            for (size_t bit = i % 3; bit < 8; bit += 3) {
                il_error err;
                memcpy(bytes, file->bytes, file->n);
                bytes[i] = (unsigned char)(bytes[i] ^ 1u << bit);
                refused += load(put("x", bytes, file->n), 1 << 20, &err) != IL_OK;
            }
        assert_true(refused > file->n);
    }
}

/* Where an archive has the two descriptions of its n-th entry: in front of its data, and in the directory. */
static unsigned char *find_record(unsigned char *bytes, size_t n, const char *mark, size_t nth) {
    for (size_t i = 0; i + 4 <= n; i++)
        if (memcmp(bytes + i, mark, 4) == 0 && nth-- == 0)
            return bytes + i;
    fail_msg("no record %zu", nth);
    return NULL;
}

typedef struct patch {
    const char *file;
    size_t local, central; /* offsets in the descriptions of entry 0 */
    unsigned char value[4];
    size_t n;
    const char *message;
} patch;

static void archives(void **state) {
    (void)state;
    static const patch cases[] = {
        {"stored.npz", 6, 8, {1}, 1, "'a.npy': is encrypted (save it without a password)"},
        {"deflated.npz",
         8,
         10,
         {12},
         1,
         "'a.npy': is compressed by method 12 (save it with numpy.savez)"},
        {"deflated.npz",
         14,
         16,
         {1, 2, 3, 4},
         4,
         "'a.npy': zip archive: CRC error (copy it again)"},
        {"stored.npz", 30, 46, {'b'}, 1, NULL},
        {"stored.npz",
         34,
         50,
         {'x'},
         1,
         "'a.npx': is no .npy (PyTorch archives are no npz: save with "
         "safetensors.torch.save_file)"},
        {"stored.npz", 30, 46, {'\n'}, 1, "'?.npy': is not UTF-8 without control characters"},
    };
    static unsigned char bytes[8192];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        il_error err;
        const patch *p = &cases[i];
        const golden_file *file = find(p->file);
        memcpy(bytes, file->bytes, file->n);
        memcpy(find_record(bytes, file->n, "PK\3\4", 0) + p->local, p->value, p->n);
        memcpy(find_record(bytes, file->n, "PK\1\2", 0) + p->central, p->value, p->n);
        const char *path = put("x", bytes, file->n);
        if (p->message)
            assert_refused(path, p->message);
        else
            assert_int_equal(load(path, 1 << 20, &err), IL_OK);
    }

    /* 'long.npy' and 'none.npy' become one name. */
    const golden_file *file = find("stored.npz");
    memcpy(bytes, file->bytes, file->n);
    for (size_t i = 0; i + 8 <= file->n; i++)
        if (memcmp(bytes + i, "long.npy", 8) == 0)
            memcpy(bytes + i, "none.npy", 8);
    assert_refused(put("x", bytes, file->n),
                   "zip archive: two of its entries have one name (remove one)");

    /* A bit of an array. */
    memcpy(bytes, file->bytes, file->n);
    unsigned char *data = find_record(bytes, file->n, "\x93NUM", 0) + 128;
    *data ^= 1;
    assert_refused(put("x", bytes, file->n), "'a.npy': zip archive: CRC error (copy it again)");

    /* An empty archive is a set of none. */
    il_error err;
    assert_int_equal(
        load(put("x", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22), 1 << 20, &err), IL_OK);
    assert_refused(put("x", "PK\3\4 no archive at all", 22),
                   "zip archive: Not a zip archive (copy it again)");
}

/* What counts against the limit is what the entries hold together, when decompressed: four headers of 128
 * bytes, 6 floats, an integer, nothing, and 200 doubles. */
static void bombs(void **state) {
    (void)state;
    enum { HELD = 4 * 128 + 6 * 4 + 8 + 200 * 8 };
    const golden_file *file = find("deflated.npz");
    assert_true(file->n < HELD - 1);
    il_error err;
    const char *path = put("x", file->bytes, file->n);
    assert_int_equal(load(path, HELD, &err), IL_OK);
    assert_int_equal(load(path, HELD - 1, &err), IL_INVALID);
    assert_error(&err, IL_INVALID, path,
                 "'long.npy': 1728 bytes when decompressed, 1727 are left of what is accepted");
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(headers),   WITH_FOLDER(beginnings), WITH_FOLDER(truncations),
        WITH_FOLDER(mutations), WITH_FOLDER(archives),   WITH_FOLDER(bombs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
