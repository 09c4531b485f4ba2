#include "report/events.h"

#include "io/crc32c.h"

#include <string.h>

/* A protocol-buffers message that is being put together. */
typedef struct message {
    unsigned char bytes[IL_SCALARS * (IL_TAG + 16) + 64];
    size_t n;
} message;

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 }; /* wire types */

static void put_varint(message *m, uint64_t value) {
    for (; value >= 128; value >>= 7)
        m->bytes[m->n++] = (unsigned char)(value | 128);
    m->bytes[m->n++] = (unsigned char)value;
}

static void put_tag(message *m, unsigned field, unsigned wire) {
    put_varint(m, field << 3 | wire);
}

static void put_little_endian(message *m, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        m->bytes[m->n++] = (unsigned char)(value >> 8 * i);
}

/* Fields that are zero are left out, as proto3 has it. */
static void put_double(message *m, unsigned field, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits == 0)
        return;
    put_tag(m, field, FIXED64);
    put_little_endian(m, bits, 8);
}

static void put_bytes(message *m, unsigned field, const void *bytes, size_t n) {
    put_tag(m, field, LENGTH);
    put_varint(m, n);
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

/* Summary.Value: tag = 1, simple_value = 2. The latter is one of several kinds, and so is never left out. */
static void put_scalar(message *summary, const il_scalar *scalar) {
    message value = {.n = 0};
    uint32_t bits;
    memcpy(&bits, &scalar->value, sizeof bits);
    put_bytes(&value, 1, scalar->tag, strlen(scalar->tag));
    put_tag(&value, 2, FIXED32);
    put_little_endian(&value, bits, 4);
    put_bytes(summary, 1, value.bytes, value.n);
}

static uint32_t masked_crc(const void *bytes, size_t n) {
    uint32_t crc = il_crc32c(bytes, n);
    return (crc >> 15 | crc << 17) + 0xa282ead8;
}

static void put_record(const message *event, FILE *out) {
    message head = {.n = 0}, tail = {.n = 0};
    put_little_endian(&head, event->n, 8);
    put_little_endian(&head, masked_crc(head.bytes, 8), 4);
    put_little_endian(&tail, masked_crc(event->bytes, event->n), 4);
    fwrite(head.bytes, 1, head.n, out);
    fwrite(event->bytes, 1, event->n, out);
    fwrite(tail.bytes, 1, tail.n, out);
}

/* Event: wall_time = 1, step = 2, file_version = 3, summary = 5. */
void il_events_begin(double wall_time, FILE *out) {
    static const char version[] = "brain.Event:2";
    message event = {.n = 0};
    put_double(&event, 1, wall_time);
    put_bytes(&event, 3, version, sizeof version - 1);
    put_record(&event, out);
}

void il_events_scalars(double wall_time, uint64_t step, const il_scalar *scalar, size_t n,
                       FILE *out) {
    message summary = {.n = 0}, event = {.n = 0};
    for (size_t i = 0; i < n; i++)
        put_scalar(&summary, &scalar[i]);
    put_double(&event, 1, wall_time);
    if (step) {
        put_tag(&event, 2, VARINT);
        put_varint(&event, step);
    }
    put_bytes(&event, 5, summary.bytes, summary.n);
    put_record(&event, out);
}
