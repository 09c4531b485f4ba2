/* Files that become shorter, or longer, while they are read: the first read of the file changes it. */
#include "data_files.h"

#include <errno.h>

static const char *victim; /* changed by the next read; NULL: none is */
static long becomes;

ssize_t __real_read(int fd, void *to, size_t n);
ssize_t __wrap_read(int fd, void *to, size_t n);

ssize_t __wrap_read(int fd, void *to, size_t n) {
    if (victim && truncate(victim, becomes) != 0)
        fail_msg("%s: %s", victim, strerror(errno));
    victim = NULL;
    return __real_read(fd, to, n);
}

static void assert_noticed(const char *call, const char *file, long size) {
    char message[128];
    snprintf(message, sizeof message,
             "%s: changed while it was read (read it again when nothing writes to it)", file);
    victim = file;
    becomes = size;
    assert_refused_in(call, NULL, IL_IO, message);
    assert_null(victim);
}

static void write_idx(void (*put)(const char *name, const void *bytes, size_t n)) {
    static uint8_t images[16 + 200000] = {0, 0, 8, 3, 0, 0, 0x4E, 0x20, 0, 0, 0, 5, 0, 0, 0, 2},
                               labels[8 + 20000] = {0, 0, 8, 1, 0, 0, 0x4E, 0x20, 1};
    for (size_t i = 16; i < sizeof images; i++)
        images[i] = (uint8_t)(i * i >> 7);
    put("i", images, sizeof images);
    put("l", labels, sizeof labels);
}

static void idx(void **state) {
    (void)state;
    struct stat info;
    write_idx(write_file);
    il_dataset_free(make("idx(i, l)"));
    assert_noticed("idx(i, l)", "l", 20007);
    write_idx(write_file);
    assert_noticed("idx(i, l)", "l", 20009);
    write_idx(write_gz);
    il_dataset_free(make("idx(i, l)"));
    assert_int_equal(stat("l", &info), 0);
    assert_noticed("idx(i, l)", "l", info.st_size / 2);
}

static void csv(void **state) {
    (void)state;
    static const char text[] = "1,0\n2,1\n3,0\n";
    write_text("t.csv", text);
    il_dataset_free(make("csv(t.csv)"));
    assert_noticed("csv(t.csv)", "t.csv", 8); /* a good table, but not the one that was named */
    write_text("t.csv", text);
    assert_noticed("csv(t.csv)", "t.csv", 13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx),
        cmocka_unit_test(csv),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
