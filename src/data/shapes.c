/* Grey pictures of one or two objects, after Shapeset-3×2: triangles, parallelograms and ellipses, and the task to say
 * which, one of nine classes, without saying which of two is in front.
 *
 * An object is a regular triangle, a square or a disc whose circumscribed circle is turned by any angle, stretched to a
 * diameter of 0.2 to 0.8 of the picture along each axis, and turned again; it lies a pixel or more off the border. The
 * background's grey is at most 0.45 and the objects' at least 0.55, or the other way round. The second object covers at
 * most half of the first. All this as in the authors' program (github.com/glorotxa/Shapeset), from which we differ so:
 * classes have equal frequency; the border is kept by the circumscribed ellipse, not by the corners; coverage is counted
 * in pixels, not estimated, and a pixel belongs to an object when its center does; ellipses are exact, not polygons.
 * From 16 pixels on, every object has a pixel: the thinnest triangle's inscribed circle is wider than a pixel's diagonal.
 *
 * Picture i is drawn from a stream of its own, so more pictures only add.
 */
#include "data/synthetic.h"

#include "base/elementary.h"

enum { N, SIZE, SEED };

#define MOST_SIZE 64
#define MOST_TRIES 64 /* to place an object; of 1.8 million pictures none took more than 25 */

typedef enum figure { TRIANGLE, PARALLELOGRAM, ELLIPSE, NONE } figure;

static const figure classes[][2] = {
    {TRIANGLE, NONE},          {PARALLELOGRAM, NONE},          {ELLIPSE, NONE},
    {TRIANGLE, PARALLELOGRAM}, {PARALLELOGRAM, ELLIPSE},       {TRIANGLE, ELLIPSE},
    {TRIANGLE, TRIANGLE},      {PARALLELOGRAM, PARALLELOGRAM}, {ELLIPSE, ELLIPSE},
};
#define CLASSES (sizeof classes / sizeof *classes)

/* The map from the picture back to the unit circle, in which its figure is inscribed. */
typedef struct object {
    enum figure figure;
    double x, y; /* center, in pixels */
    double back[2][2];
} object;

static object draw_object(il_uniforms *draws, figure of, double size) {
    double a = il_uniforms_next(draws, 0.1, 0.4) * size, /* half axes */
        b = il_uniforms_next(draws, 0.1, 0.4) * size;
    double first = il_uniforms_next(draws, 0, 2 * IL_PI),
           second = il_uniforms_next(draws, 0, 2 * IL_PI);
    double c1 = il_cos(first), s1 = il_sin(first), c2 = il_cos(second), s2 = il_sin(second);
    double wide = 1 + __builtin_sqrt(a * c2 * a * c2 + b * s2 * b * s2), /* half a box around it */
        high = 1 + __builtin_sqrt(a * s2 * a * s2 + b * c2 * b * c2);
    double x = il_uniforms_next(draws, wide, size - wide);
    double y = il_uniforms_next(draws, high, size - high);
    return (object){.figure = of,
                    .x = x,
                    .y = y,
                    .back = {{c1 * c2 / a - s1 * s2 / b, c1 * s2 / a + s1 * c2 / b},
                             {-s1 * c2 / a - c1 * s2 / b, -s1 * s2 / a + c1 * c2 / b}}};
}

static bool inside(const object *o, double x, double y) {
    const double u = o->back[0][0] * (x - o->x) + o->back[0][1] * (y - o->y),
                 v = o->back[1][0] * (x - o->x) + o->back[1][1] * (y - o->y);
    const double root3 = 1.7320508075688772;
    if (o->figure == ELLIPSE)
        return u * u + v * v <= 1;
    if (o->figure == PARALLELOGRAM)
        return 2 * u * u <= 1 && 2 * v * v <= 1;
    return v >= -0.5 && root3 * u + v <= 1 && v - root3 * u <= 1;
}

/* Marks the object's pixels; returns how many there are, and in *both those that are marked in `under` too. */
static size_t cover(const object *o, size_t size, const uint8_t *under, uint8_t *mask,
                    size_t *both) {
    size_t area = 0;
    *both = 0;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            uint8_t in = inside(o, (double)j + 0.5, (double)i + 0.5);
            mask[i * size + j] = in;
            area += in;
            *both += in & under[i * size + j];
        }
    return area;
}

/* Draws objects until one covers at most half of what is under it, which has `first` pixels. Returns its area. */
static size_t place(il_uniforms *draws, figure of, size_t size, size_t first, const uint8_t *under,
                    uint8_t *mask) {
    size_t area = 0, both = 0;
    for (size_t i = 0; i < MOST_TRIES; i++) {
        object o = draw_object(draws, of, (double)size);
        area = cover(&o, size, under, mask, &both);
        if (2 * both <= first)
            break;
    }
    return area;
}

static uint8_t grey(il_uniforms *draws, bool bright) {
    double shade = bright ? il_uniforms_next(draws, 0.55, 1) : il_uniforms_next(draws, 0, 0.45);
    return (uint8_t)(255 * shade + 0.5);
}

static void paint(size_t n, const uint8_t *mask, uint8_t shade, uint8_t *pixels) {
    for (size_t p = 0; p < n; p++)
        pixels[p] = mask[p] ? shade : pixels[p];
}

static void draw_picture(double seed, size_t i, size_t size, uint8_t *pixels) {
    uint8_t mask[2][MOST_SIZE * MOST_SIZE] = {0};
    il_uniforms draws = il_uniforms_open(seed, (uint32_t)i);
    bool bright = il_uniforms_pick(&draws, 2) == 1; /* objects on a dark background */
    bool swapped = il_uniforms_pick(&draws, 2) == 1;
    const figure *figures = classes[i % CLASSES];
    const size_t n = size * size, two = figures[1] != NONE;
    const figure back = figures[two && swapped], front = figures[two && !swapped];
    uint8_t ground = grey(&draws, !bright);
    for (size_t p = 0; p < n; p++)
        pixels[p] = ground;
    size_t area = place(&draws, back, size, 0, mask[1], mask[0]);
    paint(n, mask[0], grey(&draws, bright), pixels);
    if (two) {
        place(&draws, front, size, area, mask[0], mask[1]);
        paint(n, mask[1], grey(&draws, bright), pixels);
    }
}

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    size_t n = (size_t)call->arg[N], size = (size_t)call->arg[SIZE];
    const il_dataset_shape shape = {
        .n = n, .inputs = size * size, .classes = CLASSES, .rows = size, .columns = size};
    il_status status = il_dataset_allocate(&shape, out, err);
    for (size_t i = 0; status == IL_OK && i < n; i++) {
        (*out)->label[i] = (uint32_t)(i % CLASSES);
        draw_picture(call->arg[SEED], i, size, (*out)->pixels + i * size * size);
    }
    return status;
}

const il_dataset_type il_dataset_shapes = {
    .desc = {.name = "shapes",
             .formula = "pictures of one or two triangles, parallelograms and ellipses: which?",
             .source = "after Shapeset-3x2, Glorot & Bengio 2010, section 2.1",
             .params = {IL_PARAM_N(1800, 9),
                        {.name = "size",
                         .doc = "pixels along a side",
                         .kind = IL_INTEGER,
                         .initial = 32,
                         .min = 16,
                         .max = MOST_SIZE},
                        IL_PARAM_SEED("all that is drawn")},
             .n_params = 3},
    .make = make,
};
