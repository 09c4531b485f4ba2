#include "initlab/expr.h"
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *digits(const char *s, size_t *count) {
    while (digit(*s))
        s++, ++*count;
    return s;
}

static const char *spaces(const char *s) {
    return s + strspn(s, " \t\r\n");
}

// The end of the decimal number that begins at s, or NULL. strtod alone would also take "inf",
// "nan", hexadecimal and leading blanks.
static const char *decimal(const char *s) {
    size_t mantissa = 0, exponent = 0;
    s += *s == '+' || *s == '-';
    s = digits(s, &mantissa);
    if (*s == '.')
        s = digits(s + 1, &mantissa);
    if (!mantissa)
        return NULL;
    if (*s != 'e' && *s != 'E')
        return s;
    s++;
    s += *s == '+' || *s == '-';
    s = digits(s, &exponent);
    return exponent ? s : NULL;
}

// Overflow is refused, and so is a number that is not 0 but would be read as 0.
static bool convert(const char *s, locale_t c, double *out) {
    int saved = errno;
    errno = 0;
    *out = strtod_l(s, NULL, c);
    bool lost = errno == ERANGE && *out == 0;
    errno = saved;
    return isfinite(*out) && !lost;
}

bool il_number_parse(const char *text, double *out) {
    const char *end = decimal(text), *below = NULL;
    if (!end)
        return false;
    const char *rest = spaces(end);
    if (*rest == '/') {
        below = spaces(rest + 1);
        end = rest = decimal(below);
        if (!end)
            return false;
    }
    if (*end || *rest)
        return false;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return false;
    double a, b = 1;
    bool good = convert(text, c, &a) && (!below || (convert(below, c, &b) && b != 0));
    freelocale(c);
    if (!good || !isfinite(a / b) || (a / b == 0 && a != 0))
        return false;
    *out = a / b + 0.0; // -0 becomes 0: the two are one value and must have one spelling
    return true;
}

char *il_number_format(double value, char text[32]) {
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = c ? uselocale(c) : (locale_t)0;
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(text, 32, "%.*g", precision, value);
        if (!isfinite(value) || (c && strtod_l(text, NULL, c) == value))
            break;
    }
    // "%g" turns to an exponent as soon as a whole number ends in a zero: 1e+02 for 100.
    char plain[32];
    if (fabs(value) < 1e15 && value == floor(value)) {
        snprintf(plain, sizeof plain, "%.0f", value);
        if (strlen(plain) <= strlen(text))
            memcpy(text, plain, sizeof plain);
    }
    if (c) {
        uselocale(before);
        freelocale(c);
    }
    return text;
}
