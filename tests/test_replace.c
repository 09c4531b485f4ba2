/* Replacing files: the linker sends the library's system calls through the functions below, so that each can
 * fail; and a process that writes is killed at random moments.
 */
#include "files.h"

#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

static long calls, fail_at = -1; /* fail_at: the call, from 0, that fails */
static int fail_with = ENOSPC;
static bool no_links; /* a file system without hard links */

static bool fails(void) {
    if (calls++ != fail_at)
        return false;
    errno = fail_with;
    return true;
}

#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters {                                                                \
        return fails() ? -1 : __real_##name arguments;                                             \
    }

WRAP(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, flock, (int fd, int operation), (fd, operation))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))

int __real_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags) {
    if (no_links) {
        errno = EPERM;
        return -1;
    }
    return fails() ? -1 : __real_linkat(a, from, b, to, flags);
}

static il_status replace(const char *path, const char *text, il_generations generations,
                         il_error *err) {
    il_replacement *new;
    il_status status = il_replace_begin(path, "text", &new, err);
    if (status != IL_OK)
        return status;
    size_t n = strlen(text);
    status = il_replace_write(new, text, n / 2, err);
    if (status == IL_OK)
        status = il_replace_write(new, text + n / 2, n - n / 2, err);
    if (status == IL_OK)
        return il_replace_commit(new, generations, err);
    il_replace_abandon(new);
    return status;
}

static void assert_replaced(const char *path, const char *text, il_generations generations) {
    il_error err;
    if (replace(path, text, generations, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static void assert_holds(const char *path, const char *text) {
    size_t n;
    char *bytes = get(path, &n);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(bytes, text, n);
    free(bytes);
}

static void assert_refused(const char *path, il_status status, const char *message) {
    il_error err;
    assert_int_equal(replace(path, "new", IL_REPLACE, &err), status);
    assert_error(&err, status, path, message);
}

static void generations(void **state) {
    (void)state;
    const char *path = path_of("x"), *old = path_of("x.1");
    for (int links = 0; links < 2; links++) {
        no_links = !links;
        assert_replaced(path, "one", IL_KEEP_ONE);
        assert_int_equal(count_files(0), 1);
        assert_replaced(path, "two", IL_REPLACE);
        assert_int_equal(count_files(0), 1);
        assert_replaced(path, "three", IL_KEEP_ONE);
        assert_holds(old, "two");
        assert_replaced(path, "four", IL_KEEP_ONE);
        assert_holds(path, "four");
        assert_holds(old, "three");
        /* As left by a process killed between its last two steps. */
        assert_int_equal(unlink(old), 0);
        assert_int_equal(link(path, old), 0);
        assert_replaced(path, "five", IL_KEEP_ONE);
        assert_holds(path, "five");
        assert_holds(old, "four");
        assert_int_equal(count_files(1), 2);
    }
    no_links = false;
}

static void permissions_and_links_stay(void **state) {
    (void)state;
    struct stat info;
    const char *path = path_of("x"), *link = path_of("link");
    mode_t mask = umask(027);
    assert_replaced(path, "one", IL_REPLACE);
    umask(mask);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(symlink("x", link), 0);
    assert_replaced(link, "two", IL_KEEP_ONE);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0604);
    assert_holds(path, "two");
    assert_holds(path_of("x.1"), "one");

    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("nowhere", link), 0);
    assert_refused(link, IL_IO,
                   "cannot write the text: No such file or directory (make the folder first)");
}

static void relative_paths(void **state) {
    (void)state;
    char before[1024];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(test_folder), 0);
    assert_replaced("x", "one", IL_REPLACE);
    assert_replaced("./x", "two", IL_KEEP_ONE);
    assert_int_equal(chdir(before), 0);
    assert_holds(path_of("x"), "two");
}

static void places_that_cannot_be(void **state) {
    (void)state;
    char name[400], path[512];
    assert_refused(path_of("no/x"), IL_IO,
                   "cannot write the text: No such file or directory (make the folder first)");
    assert_refused(test_folder, IL_IO, "cannot write the text: Is a directory (name a file)");
    snprintf(path, sizeof path, "%s/", test_folder);
    assert_refused(path, IL_IO, "cannot write the text: Is a directory (name a file)");
    assert_refused("", IL_IO, "cannot write the text: Is a directory (name a file)");
    assert_refused("/dev/full", IL_INVALID, "no ordinary file: name one to write the text to");
    const char *fifo = path_of("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(fifo, IL_INVALID, "no ordinary file: name one to write the text to");
    memset(name, 'x', sizeof name);
    for (size_t n = 240; n <= 300; n += 30) {
        snprintf(path, sizeof path, "%s/%.*s", test_folder, (int)n, name);
        il_error err;
        il_status status = replace(path, "new", IL_REPLACE, &err);
        assert_int_equal(status, n < 244 ? IL_OK : IL_IO);
    }
    count_files(1);
    const char *file = put("x", "old", 3), *temporary = path_of("x.initlab-tmp");
    assert_int_equal(symlink(path_of("victim"), temporary), 0);
    assert_refused(file, IL_IO,
                   "cannot write the text: Too many levels of symbolic links (name another file)");
    assert_holds(file, "old");
    assert_int_equal(count_files(0), 2);
}

/* In a process of its own, which can give up privileges: returns what it printed. */
static void in_a_child(void (*act)(const char *path, il_error *err), const char *path,
                       il_error *err) {
    int ends[2], code;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        il_error result = {.status = IL_OK};
        act(path, &result);
        _exit(__real_write(ends[1], &result, sizeof result) != sizeof result);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], err, sizeof *err), sizeof *err);
    close(ends[0]);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
}

static void as_nobody(const char *path, il_error *err) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return;
    replace(path, "new", IL_REPLACE, err);
}

static void write_protection(void **state) {
    (void)state;
    il_error err;
    const char *path = put("x", "old", 3);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(test_folder, 0777), 0);
    in_a_child(as_nobody, path, &err);
    assert_error(&err, IL_IO, path,
                 "cannot write the text: Permission denied (write where that is permitted)");
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(chmod(test_folder, 0555), 0);
    in_a_child(as_nobody, path, &err);
    assert_int_equal(chmod(test_folder, 0700), 0);
    assert_error(&err, IL_IO, path,
                 "cannot write the text: Permission denied (write where that is permitted)");
    assert_holds(path, "old");
    assert_int_equal(count_files(0), 1);
}

static void with_little_room(const char *path, il_error *err) {
    struct rlimit limit = {1000, 1000};
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) == 0)
        replace(path, text, IL_KEEP_ONE, err);
}

static void no_space(void **state) {
    (void)state;
    il_error err;
    const char *path = put("x", "old", 3);
    in_a_child(with_little_room, path, &err);
    assert_error(&err, IL_IO, path, "cannot write the text: File too large (free some space)");
    assert_holds(path, "old");
    assert_int_equal(count_files(0), 1);
}

/* When the n-th call fails, for every n, the old file is there and no temporary; after the last call, which
 * syncs the folder, the new file is. */
static void every_failure_is_clean(void **state) {
    (void)state;
    /* flock, fchmod, two writes, fsync, rename, fsync; link and rename, or rename, keep the old file. */
    static const long steps[] = {7, 9, 8};
    for (int kind = 0; kind < 3; kind++)
        for (long n = 0; n <= steps[kind]; n++) {
            il_error err;
            const char *path = put("x", "old", 3);
            put("x.1", "older", 5);
            calls = 0;
            fail_at = n;
            no_links = kind == 2;
            il_status status = replace(path, "new", kind ? IL_KEEP_ONE : IL_REPLACE, &err);
            fail_at = -1;
            assert_int_equal(status, n < steps[kind] ? IL_IO : IL_OK);
            if (status != IL_OK)
                assert_error(&err, IL_IO, path,
                             "cannot write the text: No space left on device (free some space)");
            assert_holds(path, n < steps[kind] - 1 ? "old" : "new");
            if (kind == 0 || n < 6)
                assert_holds(path_of("x.1"), "older");
            else if (n >= steps[kind] - 1)
                assert_holds(path_of("x.1"), "old");
            /* Moved back from PATH.1, the old file is the only one. */
            assert_int_equal(count_files(1), kind == 2 && n == 6 ? 1 : 2);
        }
    no_links = false;
}

/* Who writes a file holds its temporary; who died left one that is reused. */
static void one_writer(void **state) {
    (void)state;
    il_error err;
    il_replacement *first;
    const char *path = put("x", "old", 3), *temporary = path_of("x.initlab-tmp");
    put("x.initlab-tmp", "half of a long text from before", 31);
    assert_int_equal(il_replace_begin(path, "text", &first, &err), IL_OK);
    assert_refused(path, IL_IO,
                   "cannot write the text: Resource temporarily unavailable (another process is "
                   "writing it: wait, or name another file)");
    assert_int_equal(il_replace_write(first, "new", 3, &err), IL_OK);
    assert_holds(temporary, "new");
    assert_holds(path, "old");
    assert_int_equal(il_replace_commit(first, IL_REPLACE, &err), IL_OK);
    assert_holds(path, "new");
    assert_int_equal(count_files(0), 1);
    assert_int_equal(il_replace_begin(path, "text", &first, &err), IL_OK);
    il_replace_abandon(first);
    assert_holds(path, "new");
    assert_int_equal(count_files(0), 1);
}

enum { ELEMENTS = 30000 };

static void save_for_ever(const char *path) {
    for (double round = 0;; round++) {
        il_error err;
        il_tensors *set;
        void *data[2];
        static const size_t shape[2] = {3, ELEMENTS / 3};
        if (il_tensors_new(&set, &err) != IL_OK ||
            il_tensors_add(set, "a", IL_DTYPE_F64, 2, shape, &data[0], &err) != IL_OK ||
            il_tensors_add(set, "b", IL_DTYPE_F64, 2, shape, &data[1], &err) != IL_OK)
            _exit(1);
        for (size_t i = 0; i < 2 * ELEMENTS; i++)
            ((double *)data[i / ELEMENTS])[i % ELEMENTS] = round;
        if (il_tensors_write(set, path, IL_KEEP_ONE, &err) != IL_OK)
            _exit(1);
        il_tensors_free(set);
    }
}

/* The round in which a file was written, the same in every element; fails when it does not load. */
static double round_of(const char *path) {
    il_error err;
    il_tensors *set;
    if (il_tensors_read(path, IL_TENSORS_BYTES, &set, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_int_equal(set->n, 2);
    double round = il_tensor_at(&set->tensor[0], 0);
    for (size_t t = 0; t < 2; t++) {
        assert_int_equal(set->tensor[t].count, ELEMENTS);
        for (size_t i = 0; i < ELEMENTS; i++)
            assert_true(il_tensor_at(&set->tensor[t], i) == round);
    }
    il_tensors_free(set);
    return round;
}

static void killed_at_any_moment(void **state) {
    (void)state;
    char ends[2][32] = {"x.safetensors", "x.npz"};
    uint32_t x = 12345;
    for (int kill_number = 0; kill_number < 60; kill_number++) {
        const char *name = ends[kill_number % 2];
        char path[256], old[260];
        snprintf(path, sizeof path, "%s/%s", test_folder, name);
        snprintf(old, sizeof old, "%s.1", path);
        int code;
        pid_t child = fork();
        if (child == 0)
            save_for_ever(path);
        /* The first two rounds are there before it dies, and then any moment. */
        for (int waited = 0; access(old, F_OK) != 0; waited++) {
            if (waited == 20000)
                kill(child, SIGKILL);
            assert_in_range(waited, 0, 20000);
            usleep(1000);
        }
        x = x * 1664525 + 1013904223;
        usleep(x >> 16 & 0x3FFF);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_true(WIFSIGNALED(code));
        double now = round_of(path), before = round_of(old);
        assert_true(now == before + 1 || now == before || before > now);
        if (kill_number % 10 < 2)
            unlink(old);
    }
    assert_in_range(count_files(0), 2, 8);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(generations),
        WITH_FOLDER(permissions_and_links_stay),
        WITH_FOLDER(relative_paths),
        WITH_FOLDER(places_that_cannot_be),
        WITH_FOLDER(write_protection),
        WITH_FOLDER(no_space),
        WITH_FOLDER(every_failure_is_clean),
        WITH_FOLDER(one_writer),
        WITH_FOLDER(killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
