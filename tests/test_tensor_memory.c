/* Memory, seen from outside: malloc and its kin below stand in front of the C library's, for the libraries that
 * ours calls too; and the linker sends what ours itself calls through __wrap_malloc and its kin first. When the
 * n-th allocation fails, for every n, reading and writing tensors says so and leaves nothing behind; and no
 * allocation is larger than the file behind it can justify.
 */
#include "files.h"
#include "golden/tensors.h"

#include "io/file.h"

#include <errno.h>
#include <time.h>
#include <zip.h>
#include <zlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static long allocations, live, fail_at = -1; /* fail_at: the allocation, from 0, that fails */
static size_t largest;

static bool fails(size_t size) {
    largest = size > largest ? size : largest;
    if (allocations++ != fail_at)
        return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block) {
    live += block != NULL;
    return block;
}

void *malloc(size_t size) {
    return fails(size) ? NULL : counted(__libc_malloc(size));
}
void *calloc(size_t n, size_t size) {
    return fails(n * size) ? NULL : counted(__libc_calloc(n, size));
}
void *realloc(void *block, size_t size) {
    if (fails(size))
        return NULL;
    void *moved = __libc_realloc(block, size);
    live += moved && !block;
    return moved;
}
void *aligned_alloc(size_t alignment, size_t size) {
    return fails(size) ? NULL : counted(__libc_memalign(alignment, size));
}
void free(void *block) {
    live -= block != NULL;
    __libc_free(block);
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static long ours; /* live blocks of our library; this file's own calls are not sent here */

static void *counted_ours(void *block) {
    ours += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size) {
    return counted_ours(__real_malloc(size));
}
void *__wrap_calloc(size_t n, size_t size) {
    return counted_ours(__real_calloc(n, size));
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return counted_ours(__real_aligned_alloc(alignment, size));
}
void __wrap_free(void *block) {
    ours -= block != NULL;
    __real_free(block);
}

/* Jansson takes a string without memory for a syntax error, and libzip a buffer for the end of its file. */
static bool is_clean(il_status status, const il_error *err) {
    return status == IL_NO_MEMORY ||
           (status == IL_INVALID && (strstr(err->message, " of the header: ") ||
                                     strstr(err->message, ": Not a zip archive")));
}

/* Runs act(path), with its n-th allocation failing, for every n. What succeeds nevertheless must have the
 * result that it has with enough memory. */
static void assert_clean(il_status (*act)(const char *path, il_error *err), const char *path) {
    bool done = false;
    il_error err;
    size_t size = 0;
    tzset();
    /* What libraries keep from their first use on is not of this call. */
    assert_int_equal(act(path, &err), IL_OK);
    size_t files = count_files(0);
    char *result = files ? get(path, &size) : NULL;
    for (long n = 0; !done; n++) {
        err = (il_error){.message = ""};
        long before = live, ours_before = ours;
        allocations = 0;
        fail_at = n;
        il_status status = act(path, &err);
        done = allocations <= n;
        fail_at = -1;
        tzset(); /* libzip makes the C library read the time zone, and a copy of its name may have failed */
        long after = live, ours_after = ours;
        if (status != IL_OK && (done || !is_clean(status, &err)))
            fail_msg("%s: allocation %ld: status %d: %s", path, n, (int)status, err.message);
        /* libzip 1.7 loses a block in some places where it has no memory. */
        long lost = strstr(path, ".npz") && status == IL_NO_MEMORY ? after - before : 0;
        if (ours_after != ours_before || after != before + lost || lost < 0 || lost > 1)
            fail_msg("%s: allocation %ld: %ld blocks are left", path, n, after - before);
        assert_int_equal(count_files(0), files);
        if (files) {
            size_t m;
            char *now = get(path, &m);
            assert_int_equal(m, size);
            assert_memory_equal(now, result, size);
            free(now);
        }
        assert_true(n < 10000);
    }
    free(result);
}

static il_status read_only(const char *path, il_error *err) {
    il_tensors *set;
    il_status status = il_tensors_read(path, 1 << 20, &set, err);
    assert_true((status == IL_OK) == (set != NULL));
    il_tensors_free(set);
    return status;
}

static void reading(void **state) {
    (void)state;
    for (size_t f = 0; f < sizeof golden / sizeof golden[0]; f++)
        assert_clean(read_only, put(golden[f].name, golden[f].bytes, golden[f].n));
}

static il_tensors *set; /* written by write_only */

static il_status write_only(const char *path, il_error *err) {
    return il_tensors_write(set, path, IL_KEEP_ONE, err);
}

static void writing(void **state) {
    (void)state;
    il_error err;
    assert_int_equal(
        il_tensors_read(put("line.npy", golden[5].bytes, golden[5].n), 1 << 20, &set, &err), IL_OK);
    const char *const ends[] = {"o.npy", "o.npz", "o.safetensors"};
    for (size_t i = 0; i < 3; i++) {
        if (i > 0)
            assert_int_equal(il_tensors_add(set, i == 1 ? "b" : "c", IL_DTYPE_F32, 2,
                                            (size_t[]){3, 7}, NULL, &err),
                             IL_OK);
        if (i == 2)
            assert_int_equal(il_tensors_note(set, "key", "text", &err), IL_OK);
        put(ends[i], "old", 3);
        put("o.npy.1", "old", 3);
        put("o.npz.1", "old", 3);
        put("o.safetensors.1", "old", 3);
        assert_clean(write_only, path_of(ends[i]));
    }
    il_tensors_free(set);
}

static il_status make_and_free(const char *path, il_error *err) {
    (void)path;
    il_tensors *made;
    il_status status = il_tensors_new(&made, err);
    for (size_t i = 0; i < 9 && status == IL_OK; i++) {
        char name[2] = {(char)('a' + i), '\0'};
        status = il_tensors_add(made, name, IL_DTYPE_F32, 1, &i, NULL, err);
        if (status == IL_OK)
            status = il_tensors_note(made, name, "text", err);
        if (status == IL_OK)
            status = il_tensors_note(made, name, "other text", err);
    }
    il_tensors_free(made);
    return status;
}

static void making(void **state) {
    (void)state;
    assert_clean(make_and_free, "a set");
}

static const il_file_kind zipped = {"dataset", 1 << 20, true};

static il_status load_only(const char *path, il_error *err) {
    char *text;
    size_t n;
    il_status status = il_file_load(path, &zipped, &text, &n, err);
    __wrap_free(text);
    return status;
}

static void loading(void **state) {
    (void)state;
    const char *path = path_of("x.gz");
    gzFile file = gzopen(path, "wb");
    static char text[300000];
    assert_int_equal(gzwrite(file, text, sizeof text), sizeof text);
    assert_int_equal(gzclose(file), Z_OK);
    assert_clean(load_only, path);
    assert_clean(load_only, put("x", text, sizeof text));
}

/* Reads what must be refused, and returns the size of the largest block that was asked for meanwhile. */
static size_t largest_for(const char *path) {
    il_error err;
    il_tensors *read;
    largest = 0;
    assert_int_equal(il_tensors_read(path, UINT64_C(1) << 40, &read, &err), IL_INVALID);
    return largest;
}

static const char *put_sized(const char *header, uint64_t said, size_t rest) {
    char bytes[512] = "";
    memcpy(bytes, &said, 8);
    strcpy(bytes + 8, header);
    return put("x", bytes, 8 + strlen(header) + rest);
}

static void sizes_are_checked_first(void **state) {
    (void)state;
    /* A file that is being read takes a block of this size. */
    enum { ROOM = 100000 };
    static const char huge[] = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1000000000],"
                               "\"data_offsets\":[0,1000000000]}}",
                      npy[] = "{'descr': '|u1', 'fortran_order': True, 'shape': (1000000, 1000)}";
    assert_true(largest_for(put_sized(huge, sizeof huge - 1, 100)) < ROOM);
    assert_true(largest_for(put_sized(huge, 1000000000, 100)) < ROOM);
    assert_true(largest_for(put_sized(huge, UINT64_MAX, 100)) < ROOM);
    char bytes[300] = "\x93NUMPY\1";
    bytes[8] = sizeof npy - 1;
    memcpy(bytes + 10, npy, sizeof npy);
    assert_true(largest_for(put("x", bytes, sizeof bytes)) < ROOM);
    memcpy(bytes, "\x93NUMPY\2\0\xFF\xFF\xFF\x7F", 12);
    assert_true(largest_for(put("x", bytes, sizeof bytes)) < ROOM);
}

/* An archive with one deflated array of 500000 zeros, whose two descriptions say that it has `said` bytes. */
static const char *put_archive(uint32_t said) {
    static char array[500128];
    const char *path = path_of("x.npz");
    unlink(path);
    zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
    memset(array, ' ', 128);
    memcpy(array, "\x93NUMPY\1\0\x76\0", 10);
    memcpy(array + 10, "{'descr': '|u1', 'fortran_order': False, 'shape': (500000,)}", 60);
    assert_true(zip_file_add(zip, "a.npy", zip_source_buffer(zip, array, sizeof array, 0), 0) >= 0);
    assert_int_equal(zip_close(zip), 0);
    size_t n;
    char *bytes = get(path, &n);
    for (size_t i = 0; i + 28 < n; i++)
        if (memcmp(bytes + i, "PK\1\2", 4) == 0)
            memcpy(bytes + i + 24, &said, 4);
        else if (memcmp(bytes + i, "PK\3\4", 4) == 0)
            memcpy(bytes + i + 22, &said, 4);
    put("x.npz", bytes, n);
    free(bytes);
    return path;
}

static void archives_cannot_lie(void **state) {
    (void)state;
    il_error err;
    assert_int_equal(read_only(put_archive(500128), &err), IL_OK);
    const char *path = put_archive(3u << 30);
    assert_true(largest_for(path) < 100000);
    assert_int_equal(il_tensors_read(path, UINT64_C(1) << 40, &set, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "'a.npy': 3221225472 bytes cannot come from "));
    assert_int_equal(read_only(path, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "'a.npy': 3221225472 bytes when decompressed, 1048576 are "
                                        "left of what is accepted"));
    /* Within what deflate can do, and still wrong. */
    for (int more = -1; more <= 1; more += 2) {
        assert_int_equal(read_only(put_archive((uint32_t)(500128 + more)), &err), IL_INVALID);
        assert_non_null(strstr(err.message, "its shape needs 500000 bytes"));
    }
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(reading),
        WITH_FOLDER(writing),
        WITH_FOLDER(making),
        WITH_FOLDER(loading),
        WITH_FOLDER(sizes_are_checked_first),
        WITH_FOLDER(archives_cannot_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
