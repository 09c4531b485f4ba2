/* initlab bench: how fast this program is here, next to what the machine allows. */
#include "bench/bench.h"
#include "cli/cli.h"

#include "base/text.h"
#include "report/bench.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

enum { REPETITIONS = 7 }; /* unless the option says otherwise; --help says so too */
enum { TABLE, JSON };

/* A benchmark is named in full, or by what stands before one of its slashes. */
static bool is_named(const bench *b, const char *name) {
    size_t n = strlen(name);
    return strncmp(b->name, name, n) == 0 && (b->name[n] == '\0' || b->name[n] == '/');
}

static bool is_wanted(const cli_args *args, const bench *b) {
    for (int i = 0; i < args->n_operands; i++)
        if (is_named(b, args->operand[i]))
            return true;
    return args->n_operands == 0;
}

static size_t count(void) {
    size_t n = 0;
    for (size_t i = 0; i < bench_n_tables; i++)
        n += bench_tables[i]->n;
    return n;
}

/* Lists pointers to all benchmarks, and their names; false after a message without memory. */
static bool list(const bench ***all, const char ***names) {
    size_t n = 0;
    *all = calloc(count(), sizeof **all);
    *names = calloc(count(), sizeof **names);
    if (!*all || !*names)
        return cli_fail(CLI_IO, "no memory for %zu benchmarks", count()) == CLI_OK;
    for (size_t i = 0; i < bench_n_tables; i++)
        for (size_t k = 0; k < bench_tables[i]->n; k++, n++) {
            (*all)[n] = &bench_tables[i]->items[k];
            (*names)[n] = (*all)[n]->name;
        }
    return true;
}

static int check_name(const char *name, const bench *const *all, const char *const *names) {
    for (size_t i = 0; i < count(); i++)
        if (is_named(all[i], name))
            return CLI_OK;
    const char *near = il_nearest(name, names, count());
    if (near)
        return cli_fail(CLI_USAGE, "unknown benchmark '%.64s' (did you mean '%s'?)", name, near);
    char subjects[256];
    size_t used = 0;
    for (size_t i = 0; i < bench_n_tables && used < sizeof subjects; i++) {
        const char *first = bench_tables[i]->items[0].name;
        used += (size_t)snprintf(subjects + used, sizeof subjects - used, "%s%.*s",
                                 i > 0 ? ", " : "", (int)strcspn(first, "/"), first);
    }
    return cli_fail(CLI_USAGE, "unknown benchmark '%.64s': there are %s", name, subjects);
}

static int measure(const cli_args *args, const bench *const *all, il_benchmark *rows, size_t *n,
                   size_t repetitions) {
    const il_table_style style = cli_table_style(args);
    bool table = args->value[CLI_BENCH_FORMAT] == TABLE;
    if (table)
        il_bench_heading(&style, stdout);
    for (size_t i = 0; i < count(); i++) {
        const bench *b = all[i];
        bench_medians medians;
        il_error err;
        if (!is_wanted(args, b))
            continue;
        if (bench_measure(b, repetitions, &medians, &err) != IL_OK)
            return cli_fail_library(&err);
        rows[*n] = (il_benchmark){.name = b->name,
                                  .unit = b->unit,
                                  .against = b->against,
                                  .value = medians.value,
                                  .floor = medians.floor,
                                  .most_ratio = b->most_ratio,
                                  .most_value = b->most_value};
        if (table)
            il_bench_row(&rows[*n], &style, stdout);
        fflush(stdout);
        ++*n;
    }
    return CLI_OK;
}

int cli_bench(const cli_args *args) {
    const bench **all = NULL;
    const char **names = NULL;
    il_benchmark *rows = calloc(count(), sizeof *rows);
    il_fingerprint fingerprint = cli_fingerprint();
    size_t n = 0, given = args->value[CLI_REPETITIONS], repetitions = given ? given : REPETITIONS;
    il_error err;
    int code = rows && list(&all, &names) ? CLI_OK : CLI_IO;
    for (int i = 0; i < args->n_operands && code == CLI_OK; i++)
        code = check_name(args->operand[i], all, names);
    openblas_set_num_threads(1); /* global; a benchmark that wants more says so */
    if (code == CLI_OK)
        code = measure(args, all, rows, &n, repetitions);
    if (code == CLI_OK && args->value[CLI_BENCH_FORMAT] == JSON &&
        il_bench_json(rows, n, repetitions, &fingerprint, stdout, &err) == IL_NO_MEMORY)
        code = cli_fail_library(&err);
    free(rows);
    free(all);
    free(names);
    return code;
}
