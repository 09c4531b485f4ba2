#include "report/svg.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Okabe & Ito's colors, darkened or lightened where the background asks for it. */
const char il_svg_style[] =
    "svg{font:13px system-ui,sans-serif}"
    "svg text{fill:#1b1b1b}.axis{stroke:#555;fill:none}.grid{stroke:#ddd;fill:none}"
    ".note{font-size:11px}.s path,path.s{fill:none}"
    ".s0,.s1,.s2,.s3,.s4,.s5,.s6,.s7{fill:none;stroke-width:2}"
    ".s0{stroke:#0072b2}.s1{stroke:#c04e00}.s2{stroke:#007a5a}.s3{stroke:#a8437f}"
    ".s4{stroke:#8a6d00}.s5{stroke:#2b7fb8}.s6{stroke:#333}.s7{stroke:#6b4fb3}"
    ".d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:9 3 2 3}"
    ".band{stroke:none;fill:#0072b2;opacity:.13}.dot{fill:#0072b2}.bar{fill:#0072b2}"
    "svg .onlight{fill:#111}svg .ondark{fill:#fff}"
    "@media (prefers-color-scheme:dark){"
    "svg text{fill:#eee}.axis{stroke:#aaa}.grid{stroke:#444}"
    ".s0{stroke:#56b4e9}.s1{stroke:#ff9a56}.s2{stroke:#35c79f}.s3{stroke:#e89ac7}"
    ".s4{stroke:#f0e442}.s5{stroke:#8ccbf0}.s6{stroke:#ddd}.s7{stroke:#b8a2f0}"
    ".band{fill:#56b4e9;opacity:.2}.dot,.bar{fill:#56b4e9}}"
    "@media print{svg text{fill:#000}.axis{stroke:#333}.grid{stroke:#ccc}"
    ".s0{stroke:#0072b2}.s1{stroke:#c04e00}.s2{stroke:#007a5a}.s3{stroke:#a8437f}"
    ".s4{stroke:#8a6d00}.s5{stroke:#2b7fb8}.s6{stroke:#333}.s7{stroke:#6b4fb3}"
    ".band{fill:#0072b2;opacity:.13}.dot,.bar{fill:#0072b2}}";

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

void il_svg_path_end(il_svg *svg, const char *hint) {
    putc('"', svg->out);
    close_element(svg->out, "path", hint);
}

/* Nine stops of cividis. */
static const uint8_t stops[][3] = {{0, 34, 78},     {18, 53, 112},   {59, 73, 108},
                                   {87, 93, 109},   {112, 113, 115}, {138, 134, 120},
                                   {165, 156, 116}, {195, 179, 105}, {254, 232, 56}};
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
    return share > 0.55 ? "onlight" : "ondark";
}
