/* Reading files: what is refused, what changes meanwhile, and gzip. zlib's compressor makes the gzip files. */
#include "files.h"

#include "io/file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zlib.h>

static const il_file_kind plain = {"dataset", 1 << 20, false}, zipped = {"dataset", 1 << 20, true};

/* Bytes without a pattern that a compressor or a wrong offset could hide behind. */
static char *noise(size_t n) {
    char *bytes = malloc(n + 1);
    assert_non_null(bytes);
    uint64_t x = 88172645463325252u;
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        bytes[i] = (char)(x >> 56 & (i % 1000 < 500 ? 0xFF : 0x0F));
    }
    return bytes;
}

/* One gzip member, to be freed. */
static char *gzip(const void *bytes, size_t n, size_t *out) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uLong most = deflateBound(&z, n) + 32;
    char *member = malloc(most);
    assert_non_null(member);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)member;
    z.avail_out = (uInt)most;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *out = z.total_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
    return member;
}

static void assert_refused(const char *path, const il_file_kind *kind, il_status status,
                           const char *message) {
    il_error err;
    char *text = (char *)1;
    size_t n = 1;
    assert_int_equal(il_file_load(path, kind, &text, &n, &err), status);
    assert_error(&err, status, path, message);
    assert_null(text);
    assert_int_equal(n, 0);
}

static void assert_loads(const char *path, const il_file_kind *kind, const char *bytes, size_t n) {
    il_error err;
    char *text;
    size_t size;
    if (il_file_load(path, kind, &text, &size, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_int_equal(size, n);
    assert_memory_equal(text, bytes, n);
    assert_int_equal(text[n], '\0');
    free(text);
}

static void only_ordinary_files(void **state) {
    (void)state;
    const char *path = path_of("x");
    assert_refused(path, &plain, IL_IO,
                   "cannot read the dataset: No such file or directory (check the path)");
    assert_refused(test_folder, &plain, IL_IO,
                   "cannot read the dataset: Is a directory (name a file that can be read)");
    assert_refused("/dev/null", &plain, IL_INVALID,
                   "no ordinary file: name one that holds a dataset");
    assert_int_equal(mkfifo(path, 0600), 0); /* no one writes: to wait would be for ever */
    assert_refused(path, &plain, IL_INVALID, "no ordinary file: name one that holds a dataset");
    assert_int_equal(unlink(path), 0);

    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    assert_refused(path, &plain, IL_IO,
                   "cannot read the dataset: No such device or address (name a file that can be "
                   "read)");
    close(s);
    assert_int_equal(unlink(path), 0);

    const char *link = path_of("link");
    assert_int_equal(symlink(path, link), 0);
    put("x", "abc", 3);
    assert_loads(link, &plain, "abc", 3);
    if (geteuid() != 0) { /* permissions do not bind root */
        assert_int_equal(chmod(path, 0), 0);
        assert_refused(path, &plain, IL_IO,
                       "cannot read the dataset: Permission denied (check its permissions)");
    }
}

static void sizes(void **state) {
    (void)state;
    static const size_t n[] = {0, 1, 65535, 65536, 65537, 131072, 1 << 20};
    char *bytes = noise(1 << 20);
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
        assert_loads(put("x", bytes, n[i]), &plain, bytes, n[i]);
        assert_loads(path_of("x"), &zipped, bytes, n[i]);
    }
    const char *path = path_of("x");
    assert_int_equal(truncate(path, (1 << 20) + 1), 0);
    assert_refused(path, &plain, IL_INVALID,
                   "1048577 bytes is no dataset: at most 1048576 are accepted");
    free(bytes);
}

/* In pieces of any size the same bytes come, and the end is seen. */
static void pieces(void **state) {
    (void)state;
    enum { N = 200000 };
    static const size_t piece[] = {1, 7, 4096, 65535, 65536, 65537, 150000, N, N + 1};
    char *bytes = noise(N), *read = malloc(N + 2);
    size_t zip_size;
    char *zip = gzip(bytes, N, &zip_size);
    const char *path[] = {put("plain", bytes, N), put("zip", zip, zip_size)};
    for (size_t i = 0; i < 2 * sizeof piece / sizeof piece[0]; i++) {
        il_error err;
        il_file *file;
        size_t got, used = 0, part = piece[i / 2];
        assert_int_equal(il_file_open(path[i % 2], &zipped, &file, &err), IL_OK);
        assert_int_equal(il_file_compressed(file), i % 2);
        assert_int_equal(il_file_size(file), i % 2 ? zip_size : N);
        do {
            assert_int_equal(il_file_read(file, read + used,
                                          part < N + 1 - used ? part : N + 1 - used, &got, &err),
                             IL_OK);
            used += got;
        } while (got);
        assert_int_equal(used, N);
        assert_memory_equal(read, bytes, N);
        assert_int_equal(il_file_end(file, &err), IL_OK);
        assert_int_equal(il_file_read_exactly(file, read, 3, &err), IL_INVALID);
        assert_error(&err, IL_INVALID, path[i % 2],
                     "ends after 200000 bytes, 200003 are needed (truncated?)");
        il_file_close(file);
    }
    for (size_t i = 0; i < 2; i++) {
        il_error err;
        il_file *file;
        assert_int_equal(il_file_open(path[i], &zipped, &file, &err), IL_OK);
        assert_int_equal(il_file_read_exactly(file, read, N - 1, &err), IL_OK);
        assert_int_equal(il_file_end(file, &err), IL_INVALID);
        assert_error(&err, IL_INVALID, path[i],
                     "more bytes follow the 199999 that belong to it (remove them)");
        il_file_close(file);
    }
    free(bytes), free(read), free(zip);
}

enum change { SHRINK, GROW, TOUCH, CHANGES };

static void changes_are_seen(void **state) {
    (void)state;
    enum { N = 200000 };
    char *bytes = noise(N), *read = malloc(N + 100);
    for (int change = 0; change < CHANGES; change++)
        for (int direct = 0; direct < 2; direct++) {
            const char *path = put("x", bytes, N);
            il_error err;
            il_file *file;
            size_t got;
            assert_int_equal(il_file_open(path, &plain, &file, &err), IL_OK);
            assert_int_equal(il_file_read(file, read, 10, &got, &err), IL_OK);
            if (change == TOUCH)
                assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){{1, 0}, {1, 0}}, 0),
                                 0);
            else
                assert_int_equal(truncate(path, change == GROW ? N + 50 : N - 50), 0);
            il_status status = IL_OK;
            for (size_t k = 0; status == IL_OK && k < 300; k++)
                status = il_file_read(file, read, direct ? N + 100 : 1000, &got, &err);
            assert_int_equal(status, IL_IO);
            assert_error(&err, IL_IO, path,
                         "changed while it was read (read it again when nothing writes to it)");
            il_file_close(file);
        }
    free(bytes), free(read);
}

static void gzip_loads(void **state) {
    (void)state;
    static const size_t n[] = {0, 1, 1000, 65536, 300000, 1 << 20};
    char *bytes = noise(1 << 20);
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
        size_t size;
        char *zip = gzip(bytes, n[i], &size);
        assert_loads(put("x", zip, size), &zipped, bytes, n[i]);
        /* Who does not ask for decompression gets the file. */
        if (size <= plain.most)
            assert_loads(path_of("x"), &plain, zip, size);
        free(zip);
    }
    free(bytes);
}

/* Members one after another are one stream, also empty ones. */
static void members(void **state) {
    (void)state;
    static const size_t n[] = {1000, 0, 70000, 3, 0};
    char *bytes = noise(100000), *all = malloc(400000);
    size_t used = 0, from = 0;
    for (size_t i = 0; i < 5; i++) {
        size_t size;
        char *zip = gzip(bytes + from, n[i], &size);
        memcpy(all + used, zip, size);
        used += size;
        from += n[i];
        free(zip);
        assert_loads(put("x", all, used), &zipped, bytes, from);
    }
    memcpy(all + used, "more", 4);
    const char *path = put("x", all, used + 4);
    assert_refused(
        path, &zipped, IL_INVALID,
        "something else follows the compressed data (remove it, or copy the file again)");
    memset(all + used, 0, 4);
    put("x", all, used + 4);
    assert_refused(
        path, &zipped, IL_INVALID,
        "something else follows the compressed data (remove it, or copy the file again)");
    free(bytes), free(all);
}

static void truncated_gzip(void **state) {
    (void)state;
    char *bytes = noise(800);
    size_t size;
    char *zip = gzip(bytes, 800, &size);
    const char *path = path_of("x");
    for (size_t n = 2; n < size; n++) {
        put("x", zip, n);
        assert_refused(path, &zipped, IL_INVALID,
                       "the compressed data breaks off (truncated: copy it again)");
    }
    free(bytes), free(zip);
}

/* Whatever bit flips: the file is refused, or reads the same because the bit is one of few that carry no
 * data. */
static void corrupt_gzip(void **state) {
    (void)state;
    char *bytes = noise(200);
    size_t size, accepted = 0;
    char *zip = gzip(bytes, 200, &size);
    for (size_t bit = 16; bit < 8 * size; bit++) {
        il_error err = {.message = ""};
        char *text;
        size_t n;
        zip[bit / 8] = (char)(zip[bit / 8] ^ 1 << bit % 8);
        il_status status = il_file_load(put("x", zip, size), &zipped, &text, &n, &err);
        if (status == IL_OK) {
            accepted++;
            assert_int_equal(n, 200);
            assert_memory_equal(text, bytes, n);
        } else {
            assert_int_equal(status, IL_INVALID);
        }
        free(text);
        zip[bit / 8] = (char)(zip[bit / 8] ^ 1 << bit % 8);
    }
    /* The flag for text, six bytes of the header, and up to seven bits that pad the last byte. */
    assert_in_range(accepted, 1 + 48, 1 + 48 + 7);

    zip[size - 8] ^= 1;
    const char *path = put("x", zip, size);
    assert_refused(path, &zipped, IL_INVALID,
                   "corrupt gzip data: incorrect data check (copy it again)");
    /* A reader that knows how much data there is sees it when it asks for the end. */
    il_error err;
    il_file *file;
    char all[200];
    assert_int_equal(il_file_open(path, &zipped, &file, &err), IL_OK);
    il_status status = il_file_read_exactly(file, all, 200, &err);
    assert_int_equal(status == IL_OK ? il_file_end(file, &err) : status, IL_INVALID);
    il_file_close(file);
    zip[size - 8] ^= 1;
    zip[size - 1] ^= 1;
    put("x", zip, size);
    assert_refused(path, &zipped, IL_INVALID,
                   "corrupt gzip data: incorrect length check (copy it again)");
    free(bytes), free(zip);
}

/* 64 MB from 64 KB: refused at the limit; and the limit itself is accepted. */
static void bombs(void **state) {
    (void)state;
    size_t n = 64 << 20, size;
    char *zeros = calloc(n, 1);
    char *zip = gzip(zeros, n, &size);
    assert_true(size < 100000);
    const char *path = put("x", zip, size);
    assert_refused(path, &zipped, IL_INVALID,
                   "holds more than 1048576 bytes when decompressed: no dataset has more");
    free(zip);
    zip = gzip(zeros, zipped.most, &size);
    assert_loads(put("x", zip, size), &zipped, zeros, zipped.most);
    free(zip);
    zip = gzip(zeros, zipped.most + 1, &size);
    put("x", zip, size);
    assert_refused(path, &zipped, IL_INVALID,
                   "holds more than 1048576 bytes when decompressed: no dataset has more");
    free(zip), free(zeros);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(only_ordinary_files), WITH_FOLDER(sizes),        WITH_FOLDER(pieces),
        WITH_FOLDER(changes_are_seen),    WITH_FOLDER(gzip_loads),   WITH_FOLDER(members),
        WITH_FOLDER(truncated_gzip),      WITH_FOLDER(corrupt_gzip), WITH_FOLDER(bombs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
