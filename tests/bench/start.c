/* How long the command takes to start: a study of 16 runs in a process of its own, against a process that only prints
 * the version. */
#include "bench/subjects.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct spec {
    char path[32];
} spec;

static il_status spawn(char *const *argv, il_error *err) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int result = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return il_fail(err, IL_NO_MEMORY, "no memory for a process");
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ) == 0)
        waitpid(pid, &result, 0);
    posix_spawn_file_actions_destroy(&actions);
    return result == 0 ? IL_OK : il_fail(err, IL_IO, "initlab %s cannot be run", argv[1]);
}

static il_status run_study(void *context, il_error *err) {
    spec *s = context;
    return spawn((char *[]){"initlab", "run", s->path, "--quiet", NULL}, err);
}

static il_status print_version(void *context, il_error *err) {
    (void)context;
    return spawn((char *[]){"initlab", "--version", NULL}, err);
}

static void close_spec(void *context) {
    spec *s = context;
    unlink(s->path);
    free(s);
}

static il_status open_spec(const void *setting, bench_pair *out, il_error *err) {
    static const char text[] = "data: xor\nnetwork: 2-2-1\ninit: he_normal\nseeds: 16\n"
                               "budget: 100\nconverged: loss < 0.1 and accuracy == 1\n";
    spec *s = calloc(1, sizeof *s);
    (void)setting;
    if (!s)
        return il_fail(err, IL_NO_MEMORY, "no memory for a study");
    strcpy(s->path, "/tmp/initlab-bench-XXXXXX");
    int file = mkstemp(s->path);
    bool written = file >= 0 && write(file, text, sizeof text - 1) == sizeof text - 1;
    if (file >= 0)
        close(file);
    if (!written) {
        close_spec(s);
        return il_fail(err, IL_IO, "/tmp cannot be written to");
    }
    *out = (bench_pair){
        .context = s, .ours = run_study, .floor = print_version, .units = 1, .close = close_spec};
    return IL_OK;
}

static const bench items[] = {
    {"start/run", "ms", 1e3, "printing the version", 0, 20, NULL, open_spec},
};
const bench_table bench_start = BENCH_TABLE(items);
