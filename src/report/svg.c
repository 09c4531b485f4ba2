#include "report/svg.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Okabe & Ito's colors, darkened or lightened where the background asks for it; dashes tell further series apart. */
#define LIGHT                                                                                      \
    "--s0:#0072b2;--s1:#c04e00;--s2:#007a5a;--s3:#a8437f;--s4:#8a6d00;--s5:#4d4d4d;--s6:#6b4fb3;"  \
    "--s7:#9c2f2f;--ink:#1b1b1b;--axis:#555;--grid:#ddd"
#define DARK                                                                                       \
    "--s0:#56b4e9;--s1:#ff9a56;--s2:#35c79f;--s3:#e89ac7;--s4:#f0e442;--s5:#c8c8c8;--s6:#b8a2f0;"  \
    "--s7:#ff8f8f;--ink:#eee;--axis:#aaa;--grid:#444"
#define SERIES(n) ".s" #n ",.p" #n "{stroke:var(--s" #n ")}.f" #n "{fill:var(--s" #n ")}"
const char il_svg_style[] =
    "svg{font:13px system-ui,sans-serif;" LIGHT "}"
    "@media screen and (prefers-color-scheme:dark){svg{" DARK "}}"
    "svg text{fill:var(--ink)}svg .onlight{fill:#000}svg .ondark{fill:#fff}"
    ".under{fill:none;stroke:#000;stroke-width:4}.over{fill:none;stroke:#fff;stroke-width:2}"
    "svg .tick{font-size:12px}.bold{font-weight:600}.run{fill:none;stroke:var(--axis);"
    "stroke-width:1;opacity:.55}.axis{stroke:var(--axis);fill:none}.grid{stroke:var(--grid);fill:"
    "none}"
    "[class^=s]{fill:none;stroke-width:2}.band{opacity:.15}"
    ".c0{opacity:.18}.c1{opacity:.36}.c2{opacity:.6}.faint{opacity:.6}.bars{opacity:.35}[class^=p],"
    ".halo{fill:none;"
    "stroke-width:5;stroke-linecap:round}.halo{stroke:var(--back,#fff);stroke-width:7.5}"
    ".p1,.p3,.p5,.p7,.square{stroke-linecap:square;stroke-width:4.5}.frame{fill:none;"
    "stroke:var(--axis)}.square{stroke-width:7}"
    ".d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:9 3 2 3}" SERIES(0)
        SERIES(1) SERIES(2) SERIES(3) SERIES(4) SERIES(5) SERIES(6) SERIES(7);

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

void il_svg_shapes_begin(il_svg *svg, const char *class, const char *fill) {
    fprintf(svg->out, "<path class=\"%s\"", class);
    if (fill)
        fprintf(svg->out, " fill=\"%s\"", fill);
    fputs(" d=\"", svg->out);
}

void il_svg_shapes_rect(il_svg *svg, double x, double y, double width, double height) {
    const struct {
        char command;
        double number;
    } steps[] = {{'H', x + width}, {'v', height}, {'H', x}};
    putc('M', svg->out);
    put_number(svg->out, x);
    putc(' ', svg->out);
    put_number(svg->out, y);
    for (size_t i = 0; i < 3; i++) {
        putc(steps[i].command, svg->out);
        put_number(svg->out, steps[i].number);
    }
    putc('z', svg->out);
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
