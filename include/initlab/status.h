/* Status values and error messages.
 *
 * Every call that can fail returns an il_status and, when `err` is not NULL, fills it with one line
 * that names the place, the value and the remedy. The library never prints and never exits.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_error err;
 *         il_optimizer optimizer;
 *         if (il_optimizer_parse("adam(lr=-1)", &optimizer, &err) == IL_OK)
 *             return 1;
 *         return puts(err.message) < 0; // adam: lr=-1 is outside [1e-30, 1e+06]
 *     }
 */
#ifndef INITLAB_STATUS_H
#define INITLAB_STATUS_H

#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "initlab needs NaN and infinity: build without -ffast-math and -ffinite-math-only"
#endif

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The arithmetic type. The test build defines IL_DOUBLE and compiles the whole library in double.
 */
#ifdef IL_DOUBLE
typedef double il_real;
#else
typedef float il_real;
#endif

typedef enum il_status {
    IL_OK = 0,
    IL_INVALID,    /* the caller's request: a name, a value, a file's content */
    IL_NO_MEMORY,  /* an allocation failed */
    IL_IO,         /* the operating system refused */
    IL_INTERRUPTED /* the caller's cancel flag was set */
} il_status;

typedef struct il_error {
    il_status status;
    char message[512]; /* one line, no trailing newline, always terminated */
} il_error;

/* Fills *err (when not NULL) and returns `status`, so that a function can `return il_fail(…)`.
 * Control characters in the formatted text are replaced by '?', so a message is always one line. */
il_status il_fail(il_error *err, il_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The library's version, "major.minor.patch". */
const char *il_version(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
