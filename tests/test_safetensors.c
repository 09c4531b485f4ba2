/* safetensors files that are not: every way in which a header can lie, with what is said about it. */
#include "files.h"
#include "golden/tensors.h"

static il_status load(const char *path, il_error *err) {
    il_tensors *set = (il_tensors *)1;
    il_status status = il_tensors_read(path, 1 << 20, &set, err);
    assert_true((status == IL_OK) == (set != NULL));
    il_tensors_free(set);
    return status;
}

static void assert_refused(const char *path, const char *message) {
    il_error err;
    assert_int_equal(load(path, &err), IL_INVALID);
    assert_error(&err, IL_INVALID, path, message);
}

/* A file of this header, its true length before it, and `payload` bytes after it. */
static const char *put_header(const char *header, size_t payload) {
    char bytes[8192] = "";
    uint64_t n = strlen(header);
    assert_true(8 + n + payload <= sizeof bytes);
    memcpy(bytes, &n, 8);
    memcpy(bytes + 8, header, n);
    return put("x", bytes, 8 + n + payload);
}

/* 'name' in place of "name" is easier on the eye. */
static const char *quoted(const char *text) {
    static char out[4096];
    size_t i = 0;
    for (; text[i]; i++)
        out[i] = text[i] == '\'' ? '"' : text[i];
    out[i] = '\0';
    return out;
}

#define F32(shape, begin, end)                                                                     \
    "{'dtype':'F32','shape':" shape ",'data_offsets':[" #begin "," #end "]}"

static void headers(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t payload;
        const char *message; /* NULL: accepted */
    } cases[] = {
        {"{}", 0, NULL},
        {"{}      ", 0, NULL},
        {"{'a':" F32("[2]", 0, 8) "}", 8, NULL},
        {"{'b':" F32("[1]", 8, 12) ",'a':" F32("[2]", 0, 8) "}", 12, NULL},
        {"{'a':" F32("[]", 0, 4) ",'__metadata__':{'k':'t'}}", 4, NULL},
        {"{'e':" F32("[0]", 4, 4) ",'a':" F32("[1]", 0, 4) ",'f':" F32("[7,0]", 0, 0) "}", 4, NULL},
        {"{ 'a' : {'data_offsets':[0,3],'shape':[3],'dtype':'U8'},\n\t'b':" F32("[1]", 3, 7) "}", 7,
         NULL},

        {"[]", 0, "no safetensors, npy or npz file: name one of these"},
        {" {}", 0, "no safetensors, npy or npz file: name one of these"},
        {"{'a':}", 0, "byte 6 of the header: unexpected token near '}'"},
        {"{'a':1", 0, "byte 6 of the header: '}' expected near end of file"},
        {"{}x", 0, "byte 3 of the header: end of file expected near 'x'"},
        {"{'\xFF':1}", 0, "byte 2 of the header: unable to decode byte 0xff near '\"'"},
        {"{'a':1,'a':1}", 0, "byte 10 of the header: duplicate object key near '\"a\"'"},
        {"{'a':99999999999999999999}", 0,
         "byte 25 of the header: too big integer near '99999999999999999999'"},
        {"{'a':" F32("[2]", 0, 8) ",'\\u0000':1}", 8,
         "byte 62 of the header: NUL byte in object key not supported near '\"\\u0000\"'"},
        {"{'a':{'dtype':'F32','dtype':'F64','shape':[1],'data_offsets':[0,8]}}", 8,
         "byte 27 of the header: duplicate object key near '\"dtype\"'"},

        {"{'':" F32("[2]", 0, 8) "}", 8, "the name '' is empty"},
        {"{'a\\n':" F32("[2]", 0, 8) "}", 8,
         "the name 'a?' is not UTF-8 without control characters"},
        {"{'a':3}", 0, "a: its description is 3 (it must be an object)"},
        {"{'a':null}", 0, "a: its description is null (it must be an object)"},
        {"{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}}", 8,
         "a: a key besides dtype, shape and data_offsets is 1 (the format has no such key)"},
        {"{'a':{'shape':[2],'data_offsets':[0,8]}}", 8,
         "a: dtype is missing (it must be a string such as \"F32\")"},
        {"{'a':{'dtype':32,'shape':[2],'data_offsets':[0,8]}}", 8,
         "a: dtype is 32 (it must be a string such as \"F32\")"},
        {"{'a':{'dtype':'f32','shape':[2],'data_offsets':[0,8]}}", 8,
         "a: unknown dtype 'f32' (did you mean 'F32'?)"},
        {"{'a':{'dtype':'COMPLEX','shape':[2],'data_offsets':[0,8]}}", 8,
         "a: unknown dtype 'COMPLEX' (known: U64, I64, F64, F32, U32, I32, BF16, F16, U16, I16, "
         "I8, "
         "U8 and 1 more)"},
        {"{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8,
         "a: shape is missing (it must be a list)"},
        {"{'a':" F32("2", 0, 8) "}", 8, "a: shape is 2 (it must be a list)"},
        {"{'a':" F32("[-2]", 0, 8) "}", 8, "a: shape[0] is -2 (it must be a whole number from 0)"},
        {"{'a':" F32("[1,2.0]", 0, 8) "}", 8,
         "a: shape[1] is 2 (it must be a whole number from 0)"},
        {"{'a':" F32("[1,2.5]", 0, 8) "}", 8,
         "a: shape[1] is 2.5 (it must be a whole number from 0)"},
        {"{'a':" F32("[1e3]", 0, 8) "}", 8,
         "a: shape[0] is 1000 (it must be a whole number from 0)"},
        {"{'a':" F32("['2']", 0, 8) "}", 8,
         "a: shape[0] is a string (it must be a whole number from 0)"},
        {"{'a':" F32("[true]", 0, 8) "}", 8,
         "a: shape[0] is true (it must be a whole number from 0)"},
        {"{'a':" F32("[1,1,1,1,1,1,1,1,2]", 0, 8) "}", 8, "a: 9 dims, at most 8 are accepted"},
        {"{'a':" F32("[4294967296,4294967296]", 0, 8) "}", 8,
         "a: its dims have too large a product"},
        {"{'a':" F32("[4611686018427387904]", 0, 8) "}", 8, "a: its dims have too large a product"},
        {"{'a':" F32("[0,9223372036854775807,9]", 0, 0) "}", 0,
         "a: its dims have too large a product"},
        {"{'a':" F32("[1099511627776]", 0, 8) "}", 8,
         "a: F32 in its shape needs 4398046511104 bytes, data_offsets give it 8"},
        {"{'a':" F32("[1099511627776]", 0, 4398046511104) "}", 8,
         "a: its data ends at byte 4398046511104, the file's at 8 (truncated?)"},
        {"{'a':" F32("[3]", 0, 8) "}", 8,
         "a: F32 in its shape needs 12 bytes, data_offsets give it 8"},
        {"{'a':{'dtype':'F32','shape':[2]}}", 8,
         "a: data_offsets is missing (it must be two whole numbers, the beginning and the end)"},
        {"{'a':{'dtype':'F32','shape':[2],'data_offsets':[8]}}", 8,
         "a: data_offsets is a list (it must be two whole numbers, the beginning and the end)"},
        {"{'a':" F32("[2]", -8, 0) "}", 8,
         "a: data_offsets is a list (it must be two whole numbers, the beginning and the end)"},
        {"{'a':" F32("[2]", 8, 0) "}", 8,
         "a: data_offsets is a list (it must be two whole numbers, the beginning and the end)"},
        {"{'a':" F32("[2]", 0.5, 8) "}", 8,
         "a: data_offsets is a list (it must be two whole numbers, the beginning and the end)"},

        {"{'a':" F32("[2]", 4, 12) "}", 12,
         "a: its data begins at byte 4, leaving a hole: the data before it ends at 0"},
        {"{'a':" F32("[1]", 0, 4) ",'b':" F32("[1]", 8, 12) "}", 12,
         "b: its data begins at byte 8, leaving a hole: the data before it ends at 4"},
        {"{'a':" F32("[2]", 0, 8) ",'b':" F32("[2]", 4, 12) "}", 12,
         "b: its data begins at byte 4, overlapping: the data before it ends at 8"},
        {"{'a':" F32("[2]", 0, 8) ",'b':" F32("[2]", 0, 8) "}", 8,
         "b: its data begins at byte 0, overlapping: the data before it ends at 8"},
        {"{'a':" F32("[2]", 0, 8) ",'b':" F32("[0]", 4, 4) "}", 8,
         "b: its data begins at byte 4, overlapping: the data before it ends at 8"},
        {"{'a':" F32("[2]", 0, 8) "}", 7,
         "a: its data ends at byte 8, the file's at 7 (truncated?)"},
        {"{'a':" F32("[2]", 0, 8) "}", 9,
         "the tensors' data ends at byte 8, the file's at 9 (remove what follows)"},
        {"{}", 1, "the tensors' data ends at byte 0, the file's at 1 (remove what follows)"},

        {"{'__metadata__':[]}", 0, "__metadata__: it is a list (it must be an object of strings)"},
        {"{'__metadata__':{'k':1}}", 0, "__metadata__: k is 1 (it must be a string)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        il_error err = {.message = ""};
        const char *path = put_header(quoted(cases[i].header), cases[i].payload);
        il_status status = load(path, &err);
        if (cases[i].message)
            assert_error(&err, IL_INVALID, path, cases[i].message);
        else if (status != IL_OK)
            fail_msg("%s", err.message);
    }
}

static void sizes_that_lie(void **state) {
    (void)state;
    static const struct {
        uint64_t header;
        const char *message;
    } cases[] = {
        {0,
         "no tensor file, or truncated: as safetensors it would have 0 bytes of header, and 4 are "
         "there"},
        {1,
         "no tensor file, or truncated: as safetensors it would have 1 bytes of header, and 4 are "
         "there"},
        {5,
         "no tensor file, or truncated: as safetensors it would have 5 bytes of header, and 4 are "
         "there"},
        {UINT64_MAX,
         "no tensor file, or truncated: as safetensors it would have 18446744073709551615 "
         "bytes of header, and 4 are there"},
        {3, "byte 3 of the header: end of file expected near 'x'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[12] = "........{}xx";
        memcpy(bytes, &cases[i].header, 8);
        assert_refused(put("x", bytes, 12), cases[i].message);
    }
    assert_refused(put("x", "{}", 2),
                   "2 bytes is no tensor file (name a safetensors, npy or npz file)");
    assert_refused(put("x", "", 0),
                   "0 bytes is no tensor file (name a safetensors, npy or npz file)");
    assert_refused(put("x", "\x1F\x8B\x08\0\0\0\0\0\0\0", 10),
                   "is compressed (decompress it with gunzip first)");

    il_error err;
    uint64_t n = (4 << 20) + 1;
    const char *path = put("x", &n, 8);
    assert_int_equal(truncate(path, 5 << 20), 0);
    assert_refused(path, "5242880 bytes is no tensor file: at most 1048576 are accepted");
    il_tensors *set;
    assert_int_equal(il_tensors_read(path, IL_TENSORS_BYTES, &set, &err), IL_INVALID);
    assert_error(&err, IL_INVALID, path, "4194305 bytes of header: at most 4194304 are accepted");
}

/* Cut anywhere, a file is refused. */
static void truncations(void **state) {
    (void)state;
    for (size_t n = 0; n < golden[0].n; n++) {
        il_error err;
        assert_int_equal(load(put("x", golden[0].bytes, n), &err), IL_INVALID);
    }
}

/* Whatever a byte becomes, the file is refused or read, and nothing is written or read out of bounds. */
static void mutations(void **state) {
    (void)state;
    static const char nasty[] = "\0\t\n \"'[]{}:,-+.0159eE\\/u\x7F\x80\xC3\xFF";
    unsigned char bytes[4096];
    const golden_file *file = &golden[1];
    assert_true(file->n <= sizeof bytes);
    size_t refused = 0;
    for (size_t i = 0; i < 700; i++)
        for (size_t k = 0; k < sizeof nasty - 1; k += i < 8 ? 1 : 6) {
            il_error err;
            memcpy(bytes, file->bytes, file->n);
            bytes[i] = (unsigned char)nasty[(k + i) % (sizeof nasty - 1)];
            refused += load(put("x", bytes, file->n), &err) != IL_OK;
        }
    assert_true(refused > 2000);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(headers),
        WITH_FOLDER(sizes_that_lie),
        WITH_FOLDER(truncations),
        WITH_FOLDER(mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
