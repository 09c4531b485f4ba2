#include "report/svg.h"

#include <math.h>

/* Control characters cannot stand in XML. */
static void put_escaped(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else
            putc((unsigned char)*text < ' ' ? '?' : *text, out);
    }
}

static void put_element(FILE *out, const char *name, const char *text) {
    fprintf(out, "<%s>", name);
    put_escaped(out, text);
    fprintf(out, "</%s>", name);
}

void il_svg_begin(FILE *out, double width, double height, const char *title,
                  const char *description) {
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.5g %.5g\" width=\"%.5g\" "
            "height=\"%.5g\" role=\"img\" aria-labelledby=\"title description\">\n"
            "<title id=\"title\">",
            width, height, width, height);
    put_escaped(out, title);
    fputs("</title>\n<desc id=\"description\">", out);
    put_escaped(out, description);
    fputs("</desc>\n<style>\n"
          "svg { background: #fff; font: 13px system-ui, sans-serif }\n"
          "text { fill: #1a1a1a } line { stroke: #1a1a1a }\n"
          "@media (prefers-color-scheme: dark) {\n"
          "  svg { background: #161616 } text { fill: #e8e8e8 } line { stroke: #e8e8e8 }\n"
          "}\n</style>\n",
          out);
}

void il_svg_end(FILE *out) {
    fputs("</svg>\n", out);
}

void il_svg_text(FILE *out, double x, double y, il_svg_anchor anchor, const char *text) {
    static const char *const anchors[] = {"start", "middle", "end"};
    fprintf(out, "<text x=\"%.5g\" y=\"%.5g\" text-anchor=\"%s\">", x, y, anchors[anchor]);
    put_escaped(out, text);
    fputs("</text>\n", out);
}

void il_svg_text_up(FILE *out, double x, double y, const char *text) {
    fprintf(out, "<text transform=\"translate(%.5g %.5g) rotate(-90)\" text-anchor=\"middle\">", x,
            y);
    put_escaped(out, text);
    fputs("</text>\n", out);
}

void il_svg_rect(FILE *out, double x, double y, double width, double height, const char *fill,
                 const char *title) {
    fprintf(out, "<rect x=\"%.5g\" y=\"%.5g\" width=\"%.5g\" height=\"%.5g\" fill=\"%s\"", x, y,
            width, height, fill);
    if (!title) {
        fputs("/>\n", out);
        return;
    }
    putc('>', out);
    put_element(out, "title", title);
    fputs("</rect>\n", out);
}

void il_svg_line(FILE *out, double x1, double y1, double x2, double y2) {
    fprintf(out, "<line x1=\"%.5g\" y1=\"%.5g\" x2=\"%.5g\" y2=\"%.5g\"/>\n", x1, y1, x2, y2);
}

static void put_polyline(FILE *out, const double *x, const double *y, size_t n, const char *color,
                         int width) {
    fprintf(out,
            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" stroke-linejoin=\"round\" "
            "points=\"",
            color, width);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%.5g,%.5g", i ? " " : "", x[i], y[i]);
    fputs("\"/>\n", out);
}

void il_svg_curve(FILE *out, const double *x, const double *y, size_t n) {
    put_polyline(out, x, y, n, "#000", 5);
    put_polyline(out, x, y, n, "#fff", 2);
}

void il_svg_viridis(double at, char color[8]) {
    static const unsigned char map[][3] = {{68, 1, 84},    {71, 44, 122},  {59, 81, 139},
                                           {44, 113, 142}, {33, 144, 141}, {39, 173, 129},
                                           {92, 200, 99},  {170, 220, 50}, {253, 231, 37}};
    enum { STEPS = sizeof map / sizeof *map - 1 };
    double place = fmin(fmax(at, 0), 1) * STEPS;
    size_t i = (size_t)fmin(place, STEPS - 1);
    double rest = place - (double)i;
    int rgb[3];
    for (size_t k = 0; k < 3; k++)
        rgb[k] = (int)lround(map[i][k] + rest * (map[i + 1][k] - map[i][k]));
    snprintf(color, 8, "#%02x%02x%02x", (unsigned)rgb[0] & 255, (unsigned)rgb[1] & 255,
             (unsigned)rgb[2] & 255);
}
