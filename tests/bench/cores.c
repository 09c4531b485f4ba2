/* What the machine makes of two threads: bare products at once, in memory of their own, against one after the other. The
 * processors of a virtual machine may be halves of one core for a while; nothing that multiplies gains from two then. */
#include "bench/subjects.h"

#include "base/team.h"

#include <cblas.h>
#include <stdlib.h>

#define THREADS 2
#define WIDTH 128
#define PRODUCTS 1000

typedef struct bare {
    il_team *team;
    float *memory[THREADS]; /* three matrices */
} bare;

static void multiply(void *context, size_t part) {
    float *m = ((bare *)context)->memory[part];
    for (int i = 0; i < PRODUCTS; i++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, WIDTH, WIDTH, WIDTH, 1, m, WIDTH,
                    m + WIDTH * WIDTH, WIDTH, 0, m + 2 * WIDTH * WIDTH, WIDTH);
}

static il_status at_once(void *context, il_error *err) {
    (void)err;
    il_team_run(((bare *)context)->team, THREADS, multiply, context);
    return IL_OK;
}

static il_status one_after_the_other(void *context, il_error *err) {
    (void)err;
    il_team_run(NULL, THREADS, multiply, context);
    return IL_OK;
}

static void close_bare(void *context) {
    bare *b = context;
    il_team_free(b->team);
    for (size_t i = 0; i < THREADS; i++)
        free(b->memory[i]);
    free(b);
}

static il_status open_bare(const void *setting, bench_pair *out, il_error *err) {
    (void)setting;
    bare *b = calloc(1, sizeof *b);
    bool made = b && (b->team = il_team_new(THREADS));
    for (size_t i = 0; i < THREADS && made; i++)
        made = (b->memory[i] = calloc(3 * WIDTH * WIDTH, sizeof(float)));
    *out = (bench_pair){.context = b,
                        .ours = at_once,
                        .floor = one_after_the_other,
                        .units = THREADS * PRODUCTS,
                        .floor_units = THREADS * THREADS * PRODUCTS,
                        .close = close_bare};
    if (made)
        return IL_OK;
    if (b)
        close_bare(b);
    return il_fail(err, IL_NO_MEMORY, "no memory for %d products", THREADS);
}

static const bench items[] = {
    {"cores/products", "us/product", 1e6, "half of one thread's time", 0, 0, NULL, open_bare}};
const bench_table bench_cores = BENCH_TABLE(items);
