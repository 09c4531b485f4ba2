#include "report/svg.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Eight colors that stay at least 20 apart in CIELAB to normal, protanope and deuteranope eyes, with a contrast to the
 * background of 3 or more; a test simulates it. Dashes tell further series apart. */
#define LIGHT                                                                                      \
    "--s0:#0072b2;--s1:#c04e00;--s2:#239b5e;--s3:#a46489;--s4:#455145;--s5:#094100;--s6:#0f267f;"  \
    "--s7:#420f33;--ink:#1b1b1b;--axis:#555;--grid:#ddd;--halo:#fff"
#define DARK                                                                                       \
    "--s0:#56b4e9;--s1:#ff9a56;--s2:#037a6f;--s3:#d090af;--s4:#eeee51;--s5:#adffdb;--s6:#8a6ee7;"  \
    "--s7:#c9381d;--ink:#eee;--axis:#aaa;--grid:#444;--halo:#16181c"
#define SERIES(n) ".s" #n ",.p" #n "{stroke:var(--s" #n ")}.f" #n "{fill:var(--s" #n ")}"
const char il_svg_style[] =
    "svg{font:13px system-ui,sans-serif;" LIGHT "}"
    "@media screen and (prefers-color-scheme:dark){svg{" DARK "}}"
    "svg text{fill:var(--ink)}svg .onlight{fill:#000}svg .ondark{fill:#fff}"
    "svg .tick{font-size:12px}svg .bold{font-weight:600}"
    ".axis,.frame{stroke:var(--axis);fill:none}.grid{stroke:var(--grid);fill:none}"
    "[class^=s]{fill:none;stroke-width:2}[class^=p],.halo{fill:none;stroke-linecap:round}" SERIES(0)
        SERIES(1) SERIES(2) SERIES(3) SERIES(4) SERIES(5) SERIES(6) SERIES(
            7) ".thin{stroke-width:1}.faint{opacity:.6}.run{fill:none;stroke:var(--axis);opacity:."
               "55}"
               ".d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:9 3 2 3}"
               ".under{fill:none;stroke:#000;stroke-width:4}.over{fill:none;stroke:#fff;stroke-"
               "width:2}"
               ".band{opacity:.15}.c0{opacity:.18}.c1{opacity:.36}.c2{opacity:.6}"
               ".bars{fill:var(--axis);opacity:.4}.bad{fill:#c2185b}"
               "[class^=p]{stroke-width:5}.halo{stroke:var(--halo);stroke-width:7.5}"
               ".p1,.p3,.p5,.p7,.square{stroke-linecap:square}.square{stroke-width:7}.small{stroke-"
               "width:2.6}";

void il_put_escaped(FILE *out, const char *text) {
    for (; *text; text++) {
        const char *name = *text == '&'    ? "&amp;"
                           : *text == '<'  ? "&lt;"
                           : *text == '>'  ? "&gt;"
                           : *text == '"'  ? "&quot;"
                           : *text == '\'' ? "&#39;"
                                           : NULL;
        if (name)
            fputs(name, out);
        else
            putc((unsigned char)*text < 0x20 && *text != '\n' ? '?' : *text, out);
    }
}

char *il_svg_series(size_t series, char class[IL_SVG_CLASS]) {
    snprintf(class, IL_SVG_CLASS, "s%zu d%zu", series % IL_SVG_SERIES, series / IL_SVG_SERIES % 4);
    return class;
}

/* A coordinate to a hundredth, without zeros that say nothing; what is not finite is no place. */
static void put_number(FILE *out, double value) {
    char text[64];
    size_t n = (size_t)snprintf(text, sizeof text, "%.2f", isfinite(value) ? value : 0);
    while (text[n - 1] == '0')
        n--;
    n -= text[n - 1] == '.';
    text[n] = '\0';
    fputs(strcmp(text, "-0") == 0 ? "0" : text, out);
}

static void put_attribute(FILE *out, const char *name, double value) {
    fprintf(out, " %s=\"", name);
    put_number(out, value);
    putc('"', out);
}

/* Ends an element that may have a hint inside. */
static void close_element(FILE *out, const char *element, const char *hint) {
    if (!hint) {
        fputs("/>\n", out);
        return;
    }
    fputs("><title>", out);
    il_put_escaped(out, hint);
    fprintf(out, "</title></%s>\n", element);
}

void il_svg_begin(il_svg *svg, FILE *out, const char *id, double width, double height,
                  const char *title, const char *description, bool alone) {
    *svg = (il_svg){.out = out};
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
            "aria-labelledby=\"%s-title %s-description\" viewBox=\"0 0 %.0f %.0f\"",
            id, id, width, height);
    if (alone)
        fprintf(out, " width=\"%.0f\" height=\"%.0f\"", width, height);
    fprintf(out, ">\n<title id=\"%s-title\">", id);
    il_put_escaped(out, title);
    fprintf(out, "</title>\n<desc id=\"%s-description\">", id);
    il_put_escaped(out, description);
    fputs("</desc>\n", out);
    if (alone)
        fprintf(out, "<style>%s</style>\n", il_svg_style);
}

void il_svg_end(il_svg *svg) {
    fputs("</svg>\n", svg->out);
}

void il_svg_rect(il_svg *svg, double x, double y, double width, double height, const char *class,
                 const char *fill, const char *hint) {
    fprintf(svg->out, "<rect class=\"%s\"", class);
    if (fill)
        fprintf(svg->out, " fill=\"%s\"", fill);
    put_attribute(svg->out, "x", x);
    put_attribute(svg->out, "y", y);
    put_attribute(svg->out, "width", width);
    put_attribute(svg->out, "height", height);
    close_element(svg->out, "rect", hint);
}

void il_svg_line(il_svg *svg, double x1, double y1, double x2, double y2, const char *class) {
    fprintf(svg->out, "<line class=\"%s\"", class);
    put_attribute(svg->out, "x1", x1);
    put_attribute(svg->out, "y1", y1);
    put_attribute(svg->out, "x2", x2);
    put_attribute(svg->out, "y2", y2);
    close_element(svg->out, "line", NULL);
}

void il_svg_circle(il_svg *svg, double x, double y, double radius, const char *class,
                   const char *hint) {
    fprintf(svg->out, "<circle class=\"%s\"", class);
    put_attribute(svg->out, "cx", x);
    put_attribute(svg->out, "cy", y);
    put_attribute(svg->out, "r", radius);
    close_element(svg->out, "circle", hint);
}

void il_svg_text(il_svg *svg, double x, double y, const char *anchor, const char *class,
                 const char *text) {
    fprintf(svg->out, "<text class=\"%s\" text-anchor=\"%s\"", class, anchor);
    put_attribute(svg->out, "x", x);
    put_attribute(svg->out, "y", y);
    putc('>', svg->out);
    il_put_escaped(svg->out, text);
    fputs("</text>\n", svg->out);
}

void il_svg_path_begin(il_svg *svg, const char *class) {
    fprintf(svg->out, "<path class=\"%s\" d=\"", class);
    svg->in_path = false;
}

void il_svg_path_to(il_svg *svg, double x, double y) {
    putc(svg->in_path ? 'L' : 'M', svg->out);
    put_number(svg->out, x);
    putc(' ', svg->out);
    put_number(svg->out, y);
    svg->in_path = true;
}

void il_svg_path_dot(il_svg *svg, double x, double y) {
    svg->in_path = false;
    il_svg_path_to(svg, x, y);
    fputs("h0", svg->out);
}

void il_svg_cells_begin(il_svg *svg, double x, double y, double width, double height,
                        const char *class, const char *fill) {
    fprintf(svg->out, "<path class=\"%s\" shape-rendering=\"crispEdges\"", class);
    if (fill)
        fprintf(svg->out, " fill=\"%s\"", fill);
    fprintf(svg->out, " transform=\"translate(%.2f %.2f) scale(%.5g %.5g)\" d=\"", x, y, width,
            height);
}

void il_svg_cells_run(il_svg *svg, size_t column, size_t row, size_t n) {
    fprintf(svg->out, "M%zu %zuh%zuv1H%zuz", column, row, n, column);
}

void il_svg_path_end(il_svg *svg, const char *hint) {
    putc('"', svg->out);
    close_element(svg->out, "path", hint);
}

/* Nine stops of cividis. */
static const uint8_t stops[][3] = {{0, 34, 78},     {26, 56, 111},   {67, 78, 108},
                                   {97, 101, 111},  {125, 124, 120}, {155, 148, 118},
                                   {188, 174, 108}, {222, 201, 88},  {254, 232, 56}};
enum { LAST = sizeof stops / sizeof *stops - 1 };

char *il_svg_heat(double share, char color[8]) {
    double at = LAST * (share > 0 ? share < 1 ? share : 1 : 0);
    size_t i = at < LAST ? (size_t)at : LAST - 1;
    unsigned rgb[3];
    for (size_t k = 0; k < 3; k++)
        rgb[k] = (unsigned)lround(stops[i][k] + (at - (double)i) * (stops[i + 1][k] - stops[i][k]));
    snprintf(color, 8, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255, rgb[2] & 255);
    return color;
}

const char *il_svg_on_heat(double share) {
    return share > 0.46 ? "onlight" : "ondark";
}
