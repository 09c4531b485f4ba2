#include "report/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR 30    /* times: from there on a scale is logarithmic */
#define POWERS 32 /* of ten that a scale shows at most */

double il_scale_at(const il_scale *s, double value) {
    double share = s->log ? log(fmax(value, s->low) / s->low) / log(s->high / s->low)
                          : (value - s->low) / (s->high - s->low);
    share = share > 0 ? fmin(share, 1) : 0; /* NaN too */
    return s->from + share * (s->to - s->from);
}

il_scale il_scale_of(double low, double high, double from, double to) {
    if (!(high > low) || !isfinite(high) || !isfinite(low)) {
        low = isfinite(low) ? low : 0;
        high = low + (low == 0 ? 1 : fabs(low));
    }
    bool far = low > 0 && high / low > FAR;
    if (far)
        low = fmax(low, high * pow(10, -POWERS));
    return (il_scale){low, high, from, to, far};
}

/* A round step with about `most` of them in a range. */
static double round_step(double range, size_t most) {
    double least = range / (double)most, step = pow(10, floor(log10(least)));
    return least <= step       ? step
           : least <= 2 * step ? 2 * step
           : least <= 5 * step ? 5 * step
                               : 10 * step;
}

size_t il_scale_ticks(const il_scale *s, size_t most, double tick[IL_TICKS]) {
    size_t n = 0;
    double slack = 1e-9 * (s->high - s->low);
    if (s->log) {
        double first = ceil(log10(s->low) - 1e-9), last = floor(log10(s->high) + 1e-9);
        double step = fmax(ceil((last - first + 1) / (double)most), 1);
        for (double power = first; power <= last && n < IL_TICKS; power += step)
            tick[n++] = pow(10, power);
        if (n > 1)
            return n;
        n = 0;
    }
    double step = round_step(s->high - s->low, most);
    for (double v = ceil(s->low / step - 1e-9) * step; v <= s->high + slack && n < IL_TICKS;
         v += step)
        tick[n++] = fabs(v) < slack ? 0 : v;
    return n;
}

/* "10⁻⁶" */
static size_t put_power(char *text, int power) {
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char number[16];
    size_t used = (size_t)sprintf(text, "10");
    snprintf(number, sizeof number, "%d", power);
    for (const char *c = number; *c; c++)
        used += (size_t)sprintf(text + used, "%s", *c == '-' ? "⁻" : digits[*c - '0']);
    return used;
}

char *il_format_short(double value, char text[IL_NUMBER_TEXT]) {
    char shown[32];
    double size = fabs(value);
    if (!isfinite(value))
        return strcpy(text, isnan(value) ? "–" : value > 0 ? "∞" : "−∞");
    if (size == 0 || (size >= 0.00095 && size < 99950)) {
        snprintf(shown, sizeof shown, size >= 1000 ? "%.0f" : "%.3g", size);
        snprintf(text, IL_NUMBER_TEXT, "%s%s", value < 0 ? "−" : "", shown);
        return text;
    }
    snprintf(shown, sizeof shown, "%.1e", size);
    char *e = strchr(shown, 'e');
    int power = atoi(e + 1);
    *e = '\0';
    size_t used = (size_t)sprintf(text, "%s", value < 0 ? "−" : "");
    if (strcmp(shown, "1.0") != 0)
        used += (size_t)sprintf(text + used, "%s·", shown);
    put_power(text + used, power);
    return text;
}

static void put_number(il_svg *svg, double x, double y, const char *anchor, double value,
                       bool percent) {
    char text[IL_NUMBER_TEXT + 8];
    il_format_short(percent ? 100 * value : value, text);
    strcat(text, percent ? " %" : "");
    il_svg_text(svg, x, y, anchor, "tick", text);
}

void il_area_draw(const il_area *area, il_svg *svg) {
    const il_scale *x = &area->x, *y = &area->y;
    double tick[IL_TICKS];
    size_t n = il_scale_ticks(y, area->y_ticks, tick);
    for (size_t i = 0; i < n; i++) {
        double at = il_scale_at(y, tick[i]);
        il_svg_line(svg, x->from, at, x->to, at, "grid");
        if (area->y_numbers)
            put_number(svg, x->from - 6, at + 4, "end", tick[i], area->percent);
    }
    il_svg_line(svg, x->from, y->from, x->to, y->from, "axis");
    n = il_scale_ticks(x, area->x_ticks, tick);
    for (size_t i = 0; i < n; i++) {
        double at = il_scale_at(x, tick[i]);
        il_svg_line(svg, at, y->from, at, y->from + 4, "axis");
        if (area->x_numbers)
            put_number(svg, at, y->from + 17, "middle", tick[i], false);
    }
}
