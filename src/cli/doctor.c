/* initlab doctor: what this build computes with, and how it chooses engines. */
#include "cli/cli.h"

#include "base/clones.h"
#include "base/pool.h"
#include "lab/spec.h"

#include <cblas.h>
#include <stdlib.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The variant that the loader binds: of those in base/clones.h the best that the processor has. */
static const char *kernels(void) {
#if defined(__x86_64__) && defined(__linux__)
    if (__builtin_cpu_supports("avx512f"))
        return "avx512f";
    if (__builtin_cpu_supports("avx2"))
        return "avx2";
#endif
    return "default";
}

il_fingerprint cli_fingerprint(void) {
    return (il_fingerprint){.version = il_version(),
                            .compiler = COMPILER,
                            .real = sizeof(il_real) == sizeof(float) ? "float" : "double",
                            .kernels = kernels(),
                            .openblas_config = openblas_get_config(),
                            .openblas_core = openblas_get_corename(),
                            .openblas_threads = (size_t)openblas_get_num_threads()};
}

static bool is_lockstep(size_t width, size_t samples) {
    il_widths widths = {.n = 2, .width = {width, width}};
    return il_engine_auto(&widths, samples) == IL_LOCKSTEP;
}

/* That a step may have in lockstep. */
static size_t most_samples(size_t width) {
    size_t samples = 1;
    while (samples < IL_MAX_WIDTH && is_lockstep(width, samples + 1))
        samples++;
    return samples;
}

/* The limits are asked of the rule itself, so that this text cannot fall behind it. */
static void print_engines(void) {
    size_t width = 1;
    while (width < IL_MAX_WIDTH && is_lockstep(width + 1, 1))
        width++;
    printf(
        "engine auto     lockstep when no layer has more than %zu units and a step has at most\n"
        "                %zu samples, or %zu where none has more than %zu; else blas; the number\n"
        "                of seeds never matters\n",
        width, most_samples(width), most_samples(width / 4), width / 4);
    puts("  lockstep      many replicas at once in plain loops; the same bits on every machine\n"
         "  blas          one replica, products by OpenBLAS; the same bits for the same OpenBLAS,\n"
         "                and core type");
}

int cli_doctor(const cli_args *args) {
    (void)args;
    il_fingerprint f = cli_fingerprint();
    const char *forced = getenv("OPENBLAS_CORETYPE");
    printf("initlab         %s\n", f.version);
    printf("compiler        %s\n", f.compiler);
    printf("il_real         %s, %zu bits\n", f.real, 8 * sizeof(il_real));
    printf("OpenBLAS        %s\n", f.openblas_config);
    printf("  core type     %s (%s%s)\n", f.openblas_core,
           forced ? "OPENBLAS_CORETYPE=" : "found by OpenBLAS", forced ? forced : "");
    printf("  threads       %zu as started; 1 under each worker of 'initlab run'\n",
           f.openblas_threads);
    printf("kernels         %s\n", f.kernels);
    printf(
        "processors      %zu; 'initlab run' starts a worker on each unless --jobs says otherwise\n",
        il_processors());
    print_engines();
    return CLI_OK;
}
