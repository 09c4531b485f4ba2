/* The loops of lockstep.c for one instruction set. lockstep.c includes this file once for each, with
 *   SET          the suffix of its names,
 *   TARGET       the attribute that chooses the instructions,
 *   BYTES        of a vector,
 *   TALL, WIDE   rows and columns of a tile: as many as leave registers for the factors beside the sums.
 * Vectors are named here because compilers keep an array of plain numbers in registers only now and then.
 *
 * The numbers of an element are taken a cache line at a time: lines of a column lie a power of two apart more often than
 * not, and would be gone from the cache when the rest of them is wanted.
 */
#define PASTE_NAMES(name, set) name##_##set
#define PASTE(name, set) PASTE_NAMES(name, set)
#define vector PASTE(vector, SET)
#define tile PASTE(tile, SET)
#define band PASTE(band, SET)
#define any_bands PASTE(any_bands, SET)
#define bands PASTE(bands, SET)
#define VECTORS (LINE / BYTES)

/* clang unrolls loops this short before it chooses registers, gcc when it is told to. */
#ifdef __clang__
#define EACH(i, n) for (size_t i = 0; i < (n); i++)
#else
#define EACH(i, n) _Pragma("GCC unroll 4") for (size_t i = 0; i < (n); i++)
#endif

typedef il_real vector __attribute__((vector_size(BYTES), aligned(sizeof(il_real)), may_alias));

/* rows by columns elements of C, the line from lane l on of each. */
IL_INLINE void tile(size_t rows, size_t columns, bool shared, size_t k, size_t l,
                    const operands *x) {
    vector sum[TALL][WIDE][VECTORS] = {{{{0}}}};
    if (x->bias) {
        EACH(i, rows)
            EACH(j, columns)
                EACH(v, VECTORS)
                    sum[i][j][v] = ((const vector *)(x->bias + j * x->cj + l))[v];
    } else if (x->beta != 0) {
        EACH(i, rows)
            EACH(j, columns)
                EACH(v, VECTORS)
                    sum[i][j][v] =
                        x->beta * ((const vector *)(x->C + i * x->ci + j * x->cj + l))[v];
    }
    const il_real *A = x->A + (shared ? 0 : l), *B = x->B + l;
    for (size_t p = 0; p < k; p++, A += x->ap, B += x->bp)
        EACH(i, rows)
            EACH(v, VECTORS) {
                vector a = {0};
                if (shared)
                    a = A[i * x->ai] - a; /* in all lanes; -0 stays -0 */
                else
                    a = ((const vector *)(A + i * x->ai))[v];
                EACH(j, columns)
                    sum[i][j][v] += a * ((const vector *)(B + j * x->bj))[v];
            }
    EACH(i, rows)
        EACH(j, columns)
            EACH(v, VECTORS)
                ((vector *)(x->C + i * x->ci + j * x->cj + l))[v] = sum[i][j][v];
}

/* `rows` rows of C. */
IL_INLINE void band(size_t rows, bool shared, size_t n, size_t k, size_t lanes, operands x) {
    const size_t step = LINE / sizeof(il_real);
    for (; n >= WIDE; n -= WIDE, x = moved(x, 0, WIDE))
        for (size_t l = 0; l < lanes; l += step)
            tile(rows, WIDE, shared, k, l, &x);
    for (; n > 0; n--, x = moved(x, 0, 1))
        for (size_t l = 0; l < lanes; l += step)
            tile(rows, 1, shared, k, l, &x);
}

IL_INLINE void any_bands(bool shared, size_t m, size_t n, size_t k, size_t lanes, operands x) {
    for (; m >= TALL; m -= TALL, x = moved(x, TALL, 0))
        band(TALL, shared, n, k, lanes, x);
    for (; m >= 2; m -= 2, x = moved(x, 2, 0))
        band(2, shared, n, k, lanes, x);
    for (; m > 0; m--, x = moved(x, 1, 0))
        band(1, shared, n, k, lanes, x);
}

TARGET static void bands(bool shared, size_t m, size_t n, size_t k, size_t lanes, operands x) {
    if (shared)
        any_bands(true, m, n, k, lanes, x);
    else
        any_bands(false, m, n, k, lanes, x);
}

#undef PASTE_NAMES
#undef PASTE
#undef vector
#undef tile
#undef band
#undef any_bands
#undef bands
#undef VECTORS
#undef EACH
#undef SET
#undef TARGET
#undef BYTES
#undef TALL
#undef WIDE
